"""What a person says of a skill, in the plain words that pages print."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.templatetags.components import in_words
from competences.enums import SkillWish, StatementSource
from competences.rules.skill_histories import SaidFacts

LEVEL_WORDS: Mapping[int, Promise] = {
    1: _("1 · tâches simples, avec de l’aide"),
    2: _("2 · tâches simples, presque seul ou seule"),
    3: _("3 · tâches courantes, seul ou seule"),
    4: _("4 · tâches variées, à ma façon"),
    5: _("5 · j’aide d’autres personnes"),
    6: _("6 · je m’adapte aux cas difficiles"),
    7: _("7 · je résous des problèmes complexes"),
    8: _("8 · je propose de nouvelles façons de faire"),
}
"""The eight levels of DigComp, each in a line."""

LEVEL_EXAMPLES: Mapping[int, Promise] = {
    1: _("Quelqu’un est à côté de moi et me dit quoi faire."),
    2: _("Je refais ce qu’on m’a montré, et je demande quand je bloque."),
    3: _("Je fais seul ou seule ce qui revient toujours, par exemple remplir le tableau du mois."),
    4: _("Je choisis comment m’y prendre quand la demande change un peu."),
    5: _("On vient me demander, et je montre aux autres."),
    6: _("Je trouve la bonne façon de faire dans un cas que je n’avais jamais vu."),
    7: _("On m’appelle quand les autres n’y arrivent plus ; je guide une équipe."),
    8: _("J’invente des façons de faire que d’autres reprennent, dans mon métier ou ailleurs."),
}
"""What each level looks like in a day of work, for the help beside the form."""

FIELD_WORDS: Mapping[str, Promise] = {
    "level": _("le niveau"),
    "wish": _("l’envie"),
    "sources": _("où vous l’avez appris"),
    "context": _("le cadre"),
    "acquired_on": _("la date de début"),
    "practised_on": _("la dernière pratique"),
    "is_practised": _("si vous la pratiquez encore"),
}


def said_facts(facts: SaidFacts) -> list[tuple[str, str]]:
    """(term, value) of everything that was said; what was not is left out, but for the level."""
    told = [(gettext("Niveau"), level_words(facts.level))]
    if facts.wish:
        told.append((gettext("Envie"), str(SkillWish(facts.wish).label)))
    if facts.sources:
        told.append((gettext("Appris dans"), sources_words(facts.sources)))
    if facts.context:
        told.append((gettext("Cadre"), facts.context))
    if facts.acquired_on:
        told.append((gettext("Depuis le"), in_words(facts.acquired_on)))
    if facts.practised_on:
        told.append((gettext("Dernière pratique"), in_words(facts.practised_on)))
    told.append((gettext("Encore pratiquée"), gettext("oui") if facts.is_practised else gettext("non")))
    return told


def level_words(level: int | None) -> str:
    """A level by its number and its words; "à préciser" while it is not said."""
    return str(LEVEL_WORDS[level]) if level else gettext("à préciser")


def sources_words(sources: Iterable[str]) -> str:
    """Where a skill was learnt, as a list in words."""
    return get_text_list([str(StatementSource(source).label) for source in sources], gettext("et"))


def changed_words(changed: Iterable[str]) -> str:
    """What a spell says otherwise than the one before, as a list in words; empty for nothing."""
    return get_text_list([str(FIELD_WORDS[name]) for name in changed], gettext("et"))
