"""The tables of an ESCO archive: their names and columns, the part each belongs to, and the edition's number.

Formats and traps were read on 1.0 (French) and 1.1.1 (English); docs/rules/esco.md lists them.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _

from competences.importers.base import Claim, SourceMark
from competences.importers.source import BrokenSource, Source
from competences.rules.positions import position

FILE_NAME = re.compile(r"^(?P<table>[a-z]+)(?:_(?P<language>[a-z]{2}(?:-[a-z]{2})?))?\.csv$", re.IGNORECASE)
NUMBER = re.compile(r"(?<![a-z0-9])v(?P<number>\d+(?:\.\d+){1,2})(?!\.?\d)", re.IGNORECASE)
"""The number inside "ESCO dataset - v1.1.1 - classification - en - csv.zip"."""

CLASSIFICATION, RELATIONS = "classification", "relations"
SCHEMES, HIERARCHY = "conceptSchemes", "skillsHierarchy"
USES, NEEDS = "occupationSkillRelations", "skillSkillRelations"
OCCUPATION_PILLAR, SKILL_PILLAR = "broaderRelationsOccPillar", "broaderRelationsSkillPillar"

SKILL_KINDS = {"skill/competence": "skill", "knowledge": "knowledge"}
FLAGS = {"essential": "essential", "optional": "optional"}
GROUPS = "group/http"
"""The scope of ISCO groups and of skill groups, whose identifiers are URIs (importers/base.py, Key)."""


class ConceptList(NamedTuple):
    """A table of concepts: what its conceptType says, the kinds it gives, the columns to keep.

    `needed` columns are in every edition read; `later` ones came after 1.0.
    """

    table: str
    concept_type: str
    kinds: tuple[str, ...]
    needed: tuple[str, ...]
    later: tuple[str, ...]


LISTS = (
    ConceptList(
        "occupations",
        "Occupation",
        ("job",),
        ("iscoGroup",),
        ("code", "status", "regulatedProfessionNote", "scopeNote", "definition"),
    ),
    ConceptList(
        "skills",
        "KnowledgeSkillCompetence",
        ("skill", "knowledge"),
        ("skillType", "reuseLevel"),
        ("status", "scopeNote", "definition"),
    ),
    ConceptList("ISCOGroups", "ISCOGroup", ("group",), ("code",), ("status", "scopeNote")),
    ConceptList("skillGroups", "SkillGroup", ("group",), (), ("code", "status", "scopeNote")),
)


class Collection(NamedTuple):
    """A list of concepts chosen for what they share: its name here, its concept scheme, the kinds it lists.

    `label` stands in where conceptSchemes is absent.
    """

    name: str
    scheme: str
    label: str
    kinds: tuple[str, ...] = ("skill", "knowledge")

    @property
    def external_id(self) -> str:
        """Its own scope, so that one absent collection leaves the others stated."""
        return f"collection-{self.name}"

    @property
    def scope(self) -> str:
        return f"group/{self.external_id}"


_SCHEMES = "http://data.europa.eu/esco/concept-scheme/"
DIGITAL, ICT = "digitalSkillsCollection", "ictSkillsCollection"
COLLECTIONS = {
    DIGITAL: Collection("digital", f"{_SCHEMES}6c930acd-c104-4ece-acf7-f44fd7333036", "Digital"),
    "digCompSkillsCollection": Collection("digcomp", f"{_SCHEMES}digcomp", "DigComp"),
    "greenSkillsCollection": Collection("green", f"{_SCHEMES}green", "Green"),
    "transversalSkillsCollection": Collection(
        "transversal", f"{_SCHEMES}skill-transversal-groups", "Transversal"
    ),
    "languageSkillsCollection": Collection("language", f"{_SCHEMES}skill-language-groups", "Language"),
    "researchSkillsCollection": Collection("research", f"{_SCHEMES}research", "Research"),
    "researchOccupationsCollection": Collection(
        "research-occupations",
        f"{_SCHEMES}8ae4b9f3-507e-4057-a145-2f96f0132613",
        "Research occupations",
        ("job",),
    ),
    ICT: Collection("ict", f"{_SCHEMES}ict", "ICT"),
}
"""`ict` is in 1.1.0 alone: an edition with the digital collection and without this one has dropped it."""

_OF_CLASSIFICATION = (*(each.table for each in LISTS), HIERARCHY, SCHEMES, *COLLECTIONS)
_OF_RELATIONS = (USES, NEEDS, OCCUPATION_PILLAR, SKILL_PILLAR)
_TABLES = {
    table.lower(): (role, table)
    for role, tables in ((CLASSIFICATION, _OF_CLASSIFICATION), (RELATIONS, _OF_RELATIONS))
    for table in tables
}


class Part(NamedTuple):
    """The tables of one role in one language, all in one source: file names by table."""

    role: str
    language: str
    source: Source
    tables: dict[str, str]

    @property
    def mark(self) -> SourceMark:
        """The checksum is of the part's own files: the same from two zips as from one folder."""
        checksum = self.source.checksum(self.tables.values())
        return SourceMark(self.role, self.language, checksum, self.source.name)


def find_parts(sources: Sequence[Source]) -> list[Part]:
    """The parts that the sources hold, in their order; files of no ESCO table are left alone.

    Raises BrokenSource for a source without any part, and for a table or a part that comes twice.
    """
    parts: dict[tuple[str, str], Part] = {}
    for source in sources:
        found = _parts_of(source)
        if not found:
            message = _("on n’y trouve aucun des fichiers d’ESCO, comme occupations_fr.csv")
            raise BrokenSource.at(source.name, "missing_file", message)
        for part in found:
            if (part.role, part.language) in parts:
                message = _("une autre source donne déjà cette partie d’ESCO dans la même langue")
                raise BrokenSource.at(source.name, "duplicate_source", message)
            parts[part.role, part.language] = part
    return list(parts.values())


def _parts_of(source: Source) -> list[Part]:
    parts: dict[tuple[str, str], Part] = {}
    for name in sorted(source.files):
        match = FILE_NAME.match(name)
        if match is None or match["table"].lower() not in _TABLES:
            continue
        role, table = _TABLES[match["table"].lower()]
        language = (match["language"] or "").lower()
        if role == CLASSIFICATION and not language:
            message = _("le nom du fichier ne dit pas sa langue, comme dans occupations_fr.csv")
            raise BrokenSource.at(name, "no_language", message)
        part = parts.setdefault((role, language), Part(role, language, source, {}))
        if table in part.tables:
            raise BrokenSource.at(name, "duplicate_file", _("deux fichiers portent la même table"))
        part.tables[table] = name
    return [parts[key] for key in sorted(parts)]


def find_number(sources: Sequence[Source], claim: Claim) -> str:
    """The edition's number, on which the names of the sources and the caller must agree.

    Raises BrokenSource when they differ, and when nobody says it: it is nowhere inside the files.
    """
    said = {source.name: match["number"] for source in sources if (match := NUMBER.search(source.name))}
    if claim.number is not None:
        said["--edition"] = claim.number.strip().removeprefix("v")
    if not said:
        message = _("donnez le numéro de l’édition : ni les fichiers ni leurs noms ne le disent")
        raise BrokenSource.at(sources[0].name, "no_number", message)
    if len({_place(number) for number in said.values()}) > 1:
        pair = _("%(name)s : %(value)s")
        told = ", ".join(pair % {"name": place, "value": number} for place, number in sorted(said.items()))
        message = _("les numéros d’édition diffèrent (%s)") % told
        raise BrokenSource.at(sources[0].name, "number_disagrees", message)
    return next(iter(said.values()))


def _place(number: str) -> int | str:
    """1.2 and 1.2.0 are one number. What is no number at all is the caller's to refuse."""
    try:
        return position(number)
    except ValueError:
        return number
