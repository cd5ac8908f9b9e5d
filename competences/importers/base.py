"""What every importer hands over, whatever the format it read."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.translation import gettext as _

from competences.importers.source import Anomaly, BrokenSource, Source
from competences.rules.edition_diff import ConceptState


class Key(NamedTuple):
    """A concept's identity in its reference: its kind and the identifier that the producer gave it.

    Groups and areas, whose codes are unique in their own list alone, bear the list's name before a
    colon ("theme:001").
    """

    kind: str
    external_id: str

    @property
    def scope(self) -> str:
        """What a source states or leaves unsaid as a whole: a kind, or one list of groups."""
        if self.kind in ("group", "area"):
            return f"{self.kind}/{self.external_id.partition(':')[0]}"
        return self.kind


Links = dict[str, dict[tuple[Key, Key], str]]
"""For each kind of link, the flag of each (source, target)."""


class SourceMark(NamedTuple):
    """Which bytes an edition was read from: their part in it and their language (models.EditionSource)."""

    role: str
    language: str
    sha256: str
    name: str


@dataclass(slots=True)
class ParsedEdition:
    """An edition as its sources state it.

    `concepts` are named in `language`, `translations` in other languages. `successors` are the concepts
    that the producer itself declares to replace another (old to new).

    What an absent optional file would have said is *not stated*: the scopes of concepts, the links
    (kind, source scope, target scope), and for a kind of concept the attributes ("description"
    included) that keep their former value.
    """

    format: str
    number: str
    published_on: dt.date | None
    title: str
    sources: list[SourceMark]
    language: str = "fr"
    concepts: dict[Key, ConceptState] = field(default_factory=dict)
    translations: dict[str, dict[Key, ConceptState]] = field(default_factory=dict)
    links: Links = field(default_factory=dict)
    successors: dict[Key, Key] = field(default_factory=dict)
    unstated_scopes: set[str] = field(default_factory=set)
    unstated_links: set[tuple[str, str, str]] = field(default_factory=set)
    unstated_attributes: dict[str, set[str]] = field(default_factory=dict)
    anomalies: list[Anomaly] = field(default_factory=list)
    confirm: Callable[[], list[Anomaly]] = list
    """What is left to read and only repeats the rest: the anomalies found there. It decides nothing of what
    is written, so it may run beside the writing. Raises BrokenSource, and nothing may then be kept."""

    def counts(self) -> dict[str, int]:
        """How many concepts of each kind the source states, and how many job-to-item links."""
        tally: dict[str, int] = {}
        for key in self.concepts:
            tally[key.kind] = tally.get(key.kind, 0) + 1
        return tally | {"links": len(self.links.get("uses", {}))}


class Claim(NamedTuple):
    """What the caller says of the edition, to be checked against what the source says of itself."""

    number: str | None = None
    published_on: dt.date | None = None


Parser = Callable[[Sequence[Source], Claim], ParsedEdition]
Parsers = Mapping[str, Parser]


def only_source(sources: Sequence[Source]) -> Source:
    """The one source of a format that is published whole. Raises BrokenSource when several are given."""
    if len(sources) != 1:
        message = _("ce format se lit d’un seul fichier, dossier ou archive")
        raise BrokenSource.at(sources[1].name, "too_many_sources", message)
    return sources[0]
