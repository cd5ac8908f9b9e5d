"""The closed vocabularies of references, and the reasons of rules, in the plain words that pages print."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.templatetags.components import in_words
from competences.enums import ChangeKind, ConceptKind
from competences.rules.clocks import NextBilan

KIND_PLURALS: Mapping[str, Promise] = {
    ConceptKind.JOB: _("Métiers"),
    ConceptKind.TITLE: _("Appellations"),
    ConceptKind.SKILL: _("Compétences"),
    ConceptKind.KNOWLEDGE: _("Savoirs"),
    ConceptKind.CONTEXT: _("Contextes de travail"),
    ConceptKind.GROUP: _("Groupes"),
    ConceptKind.AREA: _("Domaines"),
}

# How grave a change is decides the colour of its tag; the words come first.
CHANGE_BADGES: Mapping[str, str] = {
    ChangeKind.ADDED: "last",
    ChangeKind.LINKED: "last",
    ChangeKind.REMOVED: "gone",
    ChangeKind.UNLINKED: "gone",
    ChangeKind.ORPHANED: "gone",
    ChangeKind.RENAMED: "risk",
    ChangeKind.MOVED: "risk",
    ChangeKind.TOOK_LABEL_OF_OTHER: "risk",
    ChangeKind.RECYCLED: "risk",
}

# What a change is called on its tag, where the name in the enum is too long or has a gender.
CHANGE_TAGS: Mapping[str, Promise] = {
    ChangeKind.MOVED: _("passé à un autre métier"),
    ChangeKind.TOOK_LABEL_OF_OTHER: _("nom pris à un autre métier"),
    ChangeKind.LINKED: _("lien ajouté"),
    ChangeKind.UNLINKED: _("lien retiré"),
    ChangeKind.REFLAGGED: _("place modifiée"),
    ChangeKind.ORPHANED: _("sans métier"),
}

CHANGE_WORDS: Mapping[str, Promise] = {
    ChangeKind.ADDED: _("Ajoutés"),
    ChangeKind.REMOVED: _("Retirés"),
    ChangeKind.RENAMED: _("Renommés"),
    ChangeKind.COSMETIC: _("Écrits autrement"),
    ChangeKind.RETAGGED: _("Étiquettes modifiées"),
    ChangeKind.MOVED: _("Passés à un autre métier"),
    ChangeKind.TOOK_LABEL_OF_OTHER: _("Nom pris à un autre métier"),
    ChangeKind.RECYCLED: _("Code donné à un autre métier"),
    ChangeKind.LINKED: _("Ajoutés à un métier"),
    ChangeKind.UNLINKED: _("Retirés d’un métier"),
    ChangeKind.REFLAGGED: _("Place modifiée dans un métier"),
    ChangeKind.ORPHANED: _("Plus demandés par aucun métier"),
}

# (attribute, value) of a job in ROME, as told to a person, with the class of its tag. An attribute that is
# absent was not assessed: it is not said. Value N of a tag is not said either, except in a list of changes.
JOB_TAGS: Mapping[tuple[str, str], tuple[Promise, str]] = {
    ("transition_eco", "Emploi Vert"): (_("métier vert : il protège l’environnement"), "last"),
    ("transition_eco", "Emploi stratégique pour la Transition écologique"): (
        _("stratégique pour la transition écologique"),
        "last",
    ),
    ("transition_eco", "Emploi Brun"): (_("fragilisé par la transition écologique"), "risk"),
    ("transition_num", "O"): (_("transformé par le numérique"), "info"),
    ("transition_demo", "O"): (_("transformé par le vieillissement de la population"), "info"),
    ("emploi_reglemente", "O"): (_("métier réglementé"), ""),
    ("emploi_cadre", "O"): (_("emploi de cadre"), ""),
}

TAG_NAMES: Mapping[str, Promise] = {
    "transition_eco": _("transition écologique"),
    "transition_num": _("transition numérique"),
    "transition_demo": _("transition démographique"),
    "emploi_reglemente": _("métier réglementé"),
    "emploi_cadre": _("emploi de cadre"),
}
TAG_VALUES: Mapping[str, Promise] = {
    "": _("non évalué"),
    "O": _("oui"),
    "N": _("non"),
    "Emploi Blanc": _("sans effet propre"),
    "Emploi Vert": _("métier vert"),
    "Emploi Brun": _("métier fragilisé"),
    "Emploi stratégique pour la Transition écologique": _("métier stratégique"),
}

# Attributes told as facts on the sheet of a skill, a piece of knowledge or a context.
FACTS: Mapping[str, Promise] = {
    "nature": _("Nature"),
    "cat_comp": _("Catégorie"),
    "sous_cat_comp": _("Sorte"),
    "categorie_savoir": _("Catégorie"),
    "sous_categorie_savoir": _("Sorte"),
    "libelle_type_cont_trav": _("Sorte"),
    "classification": _("Rang parmi les noms du métier"),
    "libelle_origine": _("Vient de"),
}


def bilan_rule(due: NextBilan) -> str:
    """Why the next bilan falls on its day."""
    words = ngettext(
        "Tous les mois à partir du %(date)s, le rythme que vous avez choisi.",
        "Tous les %(months)s mois à partir du %(date)s, le rythme que vous avez choisi.",
        due.months,
    )
    return words % {"months": due.months, "date": in_words(due.last_on)}
