"""What readers of tables share: finding a file, adding a concept or a link, and saying what is wrong."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from django.utils.translation import gettext as _

from competences.importers.base import Key, ParsedEdition
from competences.importers.source import Anomalies, Source
from competences.rules.edition_diff import ConceptState


class Reading:
    """One reading of one source: its tables, the edition that grows, and the anomalies met.

    `tables` gives the file name of each table, by the name under which the reader knows it.
    """

    fallback_encodings: ClassVar[Mapping[str, str]] = {}
    """Tables that a producer publishes in another encoding than UTF-8."""

    def __init__(
        self, source: Source, tables: Mapping[str, str], edition: ParsedEdition, anomalies: Anomalies
    ) -> None:
        self.source = source
        self.tables = tables
        self.edition = edition
        self.anomalies = anomalies

    def _rows(self, table: str, *columns: str, padded: bool = False) -> Iterator[tuple[int, Sequence[str]]]:
        encoding = self.fallback_encodings.get(table)
        return self.source.rows(self.tables[table], columns, self.anomalies, encoding, padded=padded)

    def _columns(self, table: str, *columns: str) -> list[Sequence[str]]:
        encoding = self.fallback_encodings.get(table)
        return self.source.columns(self.tables[table], columns, self.anomalies, encoding)

    def _has(self, *tables: str) -> bool:
        """Whether all these optional files are there; each absent one leaves a note."""
        absent = [t for t in tables if t not in self.tables]
        for table in absent:
            message = _("fichier facultatif absent : ce qu’il dirait reste comme avant")
            self.anomalies.note(table, "not_stated", message)
        return not absent

    def _add(self, table: str, line: int, key: Key, state: ConceptState, column: int = 1) -> Key:
        if key in self.edition.concepts:
            message = _("identifiant déjà rencontré : %s") % key.external_id
            self.anomalies.error(self.tables[table], "duplicate_id", message, line, column)
        self.edition.concepts[key] = state
        return key

    def _link(self, kind: str, source: Key, target: Key, flag: str = "") -> bool:
        """Adds a link; False when it was there already."""
        links = self.edition.links.setdefault(kind, {})
        fresh = (source, target) not in links
        links[source, target] = flag
        return fresh

    def _known(self, table: str, line: int, column: int, known: dict[str, Key], code: str) -> Key | None:
        key = known.get(code)
        if key is None:
            message = _("identifiant inconnu : %s") % code
            self.anomalies.error(self.tables[table], "unknown_id", message, line, column)
        return key


def require_files(
    tables: Mapping[str, str], required: Iterable[str], naming: Callable[[str], str], anomalies: Anomalies
) -> None:
    """Raises BrokenSource with each required file that is absent, under the name that `naming` gives it."""
    for table in required:
        if table not in tables:
            message = _("ce fichier est obligatoire et il manque")
            anomalies.error(naming(table), "missing_file", message)
    anomalies.stop_on_errors()


def filled(attributes: dict[str, str]) -> dict[str, str]:
    """Empty means not assessed: it is left out."""
    return {name: value for name, value in attributes.items() if value}


def shared_attributes(names: Sequence[str]) -> Callable[[tuple[str, ...]], dict[str, str]]:
    """What gives the attributes of these names from their values: for the same values the same set, which
    nobody changes. Many concepts bear the same few."""

    @functools.cache
    def attributes(values: tuple[str, ...]) -> dict[str, str]:
        return filled(dict(zip(names, values, strict=True)))

    return attributes
