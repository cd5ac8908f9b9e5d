"""The closed vocabularies of references, and the reasons of rules, in the plain words that pages print."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.templatetags.components import in_words
from competences.enums import (
    ChangeKind,
    ConceptKind,
    CoreFlag,
    ImportState,
    ReferenceFormat,
    ReviewState,
    SelfReviewAnswerKind,
    UploadState,
)
from competences.rules.clocks import NextBilan
from competences.rules.self_reviews import NextSelfReview
from competences.rules.successors import ENOUGH_FOR_A_PERSON

KIND_PLURALS: Mapping[str, Promise] = {
    ConceptKind.JOB: _("Métiers"),
    ConceptKind.TITLE: _("Appellations"),
    ConceptKind.SKILL: _("Compétences"),
    ConceptKind.KNOWLEDGE: _("Savoirs"),
    ConceptKind.CONTEXT: _("Contextes de travail"),
    ConceptKind.GROUP: _("Groupes"),
    ConceptKind.AREA: _("Domaines"),
    ConceptKind.LEVEL: _("Niveaux"),
    ConceptKind.STATEMENT: _("Énoncés"),
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
    ChangeKind.RETYPED: "risk",
    ChangeKind.REPLACED: "info",
}

# What a change is called on its tag, where that is not the noun it is counted by (CHANGE_NOUNS).
CHANGE_TAGS: Mapping[str, Promise] = {
    ChangeKind.RENAMED: _("nouveau nom"),
    ChangeKind.COSMETIC: _("autre écriture"),
    ChangeKind.RETAGGED: _("autres étiquettes"),
    ChangeKind.LINKED: _("ajout au métier"),
    ChangeKind.UNLINKED: _("retrait du métier"),
    ChangeKind.REFLAGGED: _("autre place dans le métier"),
    ChangeKind.ORPHANED: _("sans métier"),
    ChangeKind.RETYPED: _("autre nature"),
}

# An upload is told beside an edition as well as beside a table: words that fit both.
UPLOAD_WORDS: Mapping[str, Promise] = {
    UploadState.WAITING: _("en attente de lecture"),
    UploadState.READING: _("lecture en cours"),
    UploadState.READY: _("à appliquer"),
    UploadState.APPLYING: _("application en cours"),
    UploadState.APPLIED: _("application terminée"),
    UploadState.REFUSED: _("à corriger"),
    UploadState.FAILED: _("en panne, à renvoyer"),
    UploadState.EXPIRED: _("hors délai, à renvoyer"),
}
UPLOAD_BADGES: Mapping[str, str] = {
    UploadState.READY: "info",
    UploadState.APPLIED: "last",
    UploadState.REFUSED: "gone",
    UploadState.FAILED: "gone",
}

IMPORT_BADGES: Mapping[str, str] = {
    ImportState.READY: "info",
    ImportState.DONE: "last",
    ImportState.EXPIRED: "gone",
}

REVIEW_BADGES: Mapping[str, str] = {
    ReviewState.WAITING: "risk",
    ReviewState.IN_REVIEW: "info",
    ReviewState.ANSWERED: "last",
    ReviewState.CLOSED: "last",
}

# Every change is told by a noun, which fits what is counted whatever its gender: "Compétences : 1 ajout".
CHANGE_NOUNS: Mapping[str, Any] = {
    ChangeKind.ADDED: ngettext_lazy("ajout", "ajouts"),
    ChangeKind.REMOVED: ngettext_lazy("retrait", "retraits"),
    ChangeKind.RENAMED: ngettext_lazy("changement de nom", "changements de nom"),
    ChangeKind.COSMETIC: ngettext_lazy("retouche d’écriture", "retouches d’écriture"),
    ChangeKind.RETAGGED: ngettext_lazy("changement d’étiquettes", "changements d’étiquettes"),
    ChangeKind.MOVED: ngettext_lazy("passage à un autre métier", "passages à un autre métier"),
    ChangeKind.TOOK_LABEL_OF_OTHER: ngettext_lazy(
        "nom pris à un autre métier", "noms pris à un autre métier"
    ),
    ChangeKind.RECYCLED: ngettext_lazy("code donné à un autre métier", "codes donnés à un autre métier"),
    ChangeKind.LINKED: ngettext_lazy("ajout à un métier", "ajouts à un métier"),
    ChangeKind.UNLINKED: ngettext_lazy("retrait d’un métier", "retraits d’un métier"),
    ChangeKind.REFLAGGED: ngettext_lazy(
        "changement de place dans un métier", "changements de place dans un métier"
    ),
    ChangeKind.ORPHANED: ngettext_lazy("abandon par tous les métiers", "abandons par tous les métiers"),
    ChangeKind.RETYPED: ngettext_lazy("changement de nature", "changements de nature"),
    ChangeKind.REPLACED: ngettext_lazy("remplacement", "remplacements"),
}


def change_noun(name: str, number: int) -> str:
    """What happened to so many concepts, as a noun that follows the number."""
    return str(CHANGE_NOUNS[name] % number)


def change_tag(name: str) -> str:
    """What happened to one concept, in words that agree with no gender: "ajout" fits a job and a skill."""
    return str(CHANGE_TAGS[name]) if name in CHANGE_TAGS else change_noun(name, 1)


# Why a concept is held to replace another, read after "parce que" (codes of models.Change).
DECLARED = "declared"
SUCCESSOR_REASONS: Mapping[str, Promise] = {
    DECLARED: _("le producteur le déclare"),
    "same_label": _("c’est le même nom sous un autre identifiant"),
    "same_titles": _("ce sont les mêmes appellations"),
    "same_jobs": _("les mêmes métiers la demandent"),
    "same_parent": _("c’est la même famille"),
    "near_label": _("les noms se ressemblent"),
}

# How sure a replacement is, from a confidence on 100: the words for that and above, the surest first.
CONFIDENCE_WORDS: tuple[tuple[int, Promise], ...] = (
    (100, _("sûr")),
    (80, _("presque sûr")),
    (ENOUGH_FOR_A_PERSON, _("probable")),
    (0, _("possible, à vérifier")),
)

# The places that a skill or a piece of knowledge may have in a job, in the order of a sheet: the title of the
# list and the class of its tag.
PLACES: Mapping[str, tuple[Promise, str]] = {
    CoreFlag.CORE: (_("cœur de métier"), "last"),
    CoreFlag.ESSENTIAL: (_("indispensables"), "last"),
    CoreFlag.EMERGING: (_("émergentes"), "info"),
    CoreFlag.NONE: (_("les autres"), ""),
    CoreFlag.OPTIONAL: (_("en option"), ""),
}

# The same, for one of them.
PLACE_TAGS: Mapping[str, tuple[Promise, str]] = {
    CoreFlag.CORE: (_("cœur de métier"), "last"),
    CoreFlag.ESSENTIAL: (_("indispensable"), "last"),
    CoreFlag.EMERGING: (_("émergente"), "info"),
    CoreFlag.OPTIONAL: (_("en option"), ""),
}

# (attribute, value) of a job in ROME, as told to a person, with the class of its tag. An attribute that is
# absent was not assessed: it is not said. Value N of a tag is not said either, except in a list of changes.
JOB_TAGS: Mapping[tuple[str, str], tuple[Promise, str]] = {
    ("transition_eco", "Emploi Vert"): (_("métier vert : il protège l’environnement"), "last"),
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


class SourceMention(NamedTuple):
    """Whom a reference comes from, as its licence asks it to be said. `lang` is the language of the mention
    where the licence fixes its words, else empty."""

    mention: "str | Promise"
    licence: "str | Promise"
    lang: str = ""


SOURCE_MENTIONS: Mapping[str, SourceMention] = {
    ReferenceFormat.ROME: SourceMention(_("Source : France Travail, ROME"), _("Licence Ouverte (Etalab)")),
    # The words that the Commission asks for (Decision 2011/833/EU), which are not ours to translate.
    ReferenceFormat.ESCO: SourceMention(
        "This service uses the ESCO classification of the European Commission.", "CC BY 4.0", "en"
    ),
    ReferenceFormat.DIGCOMP: SourceMention(_("Source : Commission européenne, DigComp"), "CC BY 4.0"),
}
# References that are written in a producer's format and are not that producer's.
OWN_MENTIONS: Mapping[str, SourceMention] = {
    "demo": SourceMention(_("Inventé pour la démonstration : ce n’est le référentiel de personne."), ""),
}


def bilan_rule(due: NextBilan) -> str:
    """Why the next bilan falls on its day."""
    words = ngettext(
        "Tous les mois à partir du %(date)s, le rythme que vous avez choisi.",
        "Tous les %(months)s mois à partir du %(date)s, le rythme que vous avez choisi.",
        due.months,
    )
    return words % {"months": due.months, "date": in_words(due.last_on)}


def self_review_rule(due: NextSelfReview) -> str:
    """Why the next self-review falls on its day."""
    words = ngettext(
        "Tous les mois à partir du %(date)s.",
        "Tous les %(months)s mois à partir du %(date)s.",
        due.months,
    )
    return words % {"months": due.months, "date": in_words(due.last_on)}


# What the answers of a self-review come to, in the order in which they are told.
SELF_REVIEW_COUNTS: Mapping[str, Promise] = {
    SelfReviewAnswerKind.CONFIRMED: ngettext_lazy(
        "%(number)d compétence confirmée", "%(number)d compétences confirmées", "number"
    ),
    SelfReviewAnswerKind.RAISED: ngettext_lazy(
        "%(number)d niveau plus haut", "%(number)d niveaux plus hauts", "number"
    ),
    SelfReviewAnswerKind.LOWERED: ngettext_lazy(
        "%(number)d niveau plus bas", "%(number)d niveaux plus bas", "number"
    ),
    SelfReviewAnswerKind.PLACED: ngettext_lazy(
        "%(number)d niveau précisé", "%(number)d niveaux précisés", "number"
    ),
    SelfReviewAnswerKind.STOPPED: ngettext_lazy(
        "%(number)d compétence plus pratiquée", "%(number)d compétences plus pratiquées", "number"
    ),
    SelfReviewAnswerKind.SKIPPED: ngettext_lazy(
        "%(number)d compétence passée, sans rien changer",
        "%(number)d compétences passées, sans rien changer",
        "number",
    ),
}


# How a skill stands -----------------------------------------------------------------------------------------

DURABILITY_WORDS: Mapping[str, Promise] = {
    "very_durable": _("très durable"),
    "durable": _("durable"),
    "to_watch": _("à surveiller"),
    "fragile": _("fragile"),
}
DURABILITY_BADGES: Mapping[str, str] = {"very_durable": "last", "durable": "last", "fragile": "risk"}

EXPOSURE_WORDS: Mapping[str, Promise] = {
    "low": _("exposition faible"),
    "partial": _("exposition partielle"),
    "high": _("exposition forte"),
}
EXPOSURE_BADGES: Mapping[str, str] = {"partial": "info", "high": "risk"}

# The classes of the ILO's table of 2025; another source's are shown as they are.
EXPOSURE_CLASSES: Mapping[str, Promise] = {
    "Not Exposed": _("non exposé"),
    "Minimal Exposure": _("exposition minime"),
    "Exposed: Gradient 1": _("exposé, degré 1 sur 4"),
    "Exposed: Gradient 2": _("exposé, degré 2 sur 4"),
    "Exposed: Gradient 3": _("exposé, degré 3 sur 4"),
    "Exposed: Gradient 4": _("exposé, degré 4 sur 4"),
}

# The reasons of the rules of durability, exposure, fragility and ageing (rules/reasons.py), by code.
REASON_WORDS: Mapping[str, Promise] = {
    "never_asked": _(
        "Aucun métier ne l’a demandée dans les éditions que nous avons : il n’y a rien à mesurer."
    ),
    "no_job_left": _("Plus aucun métier ne la demande dans la dernière édition."),
    "one_job": _("Un seul métier la demande."),
    "few_jobs": _("%(jobs)d métiers la demandent : c’est peu."),
    "several_jobs": ngettext_lazy(
        "%(jobs)d métiers la demandent, dans un seul grand domaine.",
        "%(jobs)d métiers la demandent, dans %(areas)d grands domaines.",
        "areas",
    ),
    "several_jobs_areas_unknown": _(
        "%(jobs)d métiers la demandent. Ce référentiel ne range pas ses métiers par grand domaine."
    ),
    "many_jobs": _("%(jobs)d métiers la demandent, dans %(areas)d grands domaines : c’est beaucoup."),
    "persistence_unknown": _(
        "Nous n’avons qu’une édition de ce référentiel : on ne sait pas encore si elle dure."
    ),
    "in_every_edition": _("Elle est demandée dans chacune des %(editions)d éditions que nous avons."),
    "not_in_every_edition": _(
        "Elle est demandée dans %(asked_in)d des %(editions)d éditions que nous avons."
    ),
    "exposure_unknown": _("L’exposition de ces métiers à l’IA n’est pas connue : elle ne compte pas."),
    "exposure_high": _("L’exposition de ces métiers à l’IA est forte : cela joue contre elle."),
    "exposure_not_high": _("L’exposition de ces métiers à l’IA n’est pas forte : elle n’enlève rien."),
    "scored": ngettext_lazy(
        "Cette source donne un score à ce métier.",
        "Cette source donne un score à %(known)d des %(jobs)d métiers qui la demandent.",
        "jobs",
    ),
    "too_few_scored": _(
        "Cette source ne connaît que %(known)d des %(jobs)d métiers qui la demandent : "
        "trop peu pour conclure."
    ),
    "inherited": ngettext_lazy(
        "Ce score est hérité du code parent du métier : d’autres métiers ont le même.",
        "Scores hérités du code parent des métiers : %(inherited)d. Plusieurs métiers ont alors le même.",
        "jobs",
    ),
    "digital": ngettext_lazy(
        "Transition numérique : le référentiel dit que ce métier est transformé.",
        "Transition numérique, métiers transformés : %(digital)d sur les %(assessed)d qui sont évalués.",
        "jobs",
    ),
    "not_digital": ngettext_lazy(
        "Transition numérique : le référentiel dit que ce métier n’est pas transformé.",
        "Transition numérique, métiers transformés : aucun sur les %(assessed)d qui sont évalués.",
        "jobs",
    ),
    "hangs_on_one_job": _(
        "Elle tient à un seul métier : si sa fiche ne la demande plus, aucune autre ne la demandera."
    ),
    "not_confirmed": _("Pas confirmée depuis %(months)d mois ou plus."),
    "not_practised": _("Pas pratiquée depuis %(months)d mois ou plus."),
}


def tags_in_words(text: str) -> str:
    """The tags of a `retagged` change ("transition_num=O · emploi_cadre=N") in words."""
    told = []
    for part in text.split(" · "):
        name, _equals, value = part.partition("=")
        words = {"name": TAG_NAMES.get(name, name), "value": TAG_VALUES.get(value, value)}
        told.append(gettext("%(name)s : %(value)s") % words)
    return ", ".join(told)


class MatchedRow(Protocol):
    """What `match_word` reads of a proposal."""

    @property
    def confidence(self) -> int: ...

    @property
    def choices(self) -> list[dict[str, Any]]: ...


def match_word(row: MatchedRow) -> Promise | str:
    """How sure it is that a skill of a reference is the one that was read (queries/record_matches.py)."""
    if not row.choices:
        return _("aucun nom ressemblant : vos mots")
    for least, words in MATCH_WORDS:
        if row.confidence >= least:
            return words
    return _("noms à vérifier : vos mots sinon")


MATCH_WORDS: tuple[tuple[int, Promise], ...] = (
    (100, _("même nom")),
    (90, _("autre nom de cette compétence")),
    (75, _("nom proche, à vérifier")),
)
"""From which confidence on each is said, the surest first."""
