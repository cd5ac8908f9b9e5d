"""The names of each reference held in memory, one index a language, until an import changes the reference.

Reading ROME and ESCO takes about a second, once a process and edition; docs/adr/0011 says why they are held.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator

from django.db import connection

from competences.enums import ConceptKind
from competences.models import OPEN, Edition
from competences.queries.readable import Readable
from competences.rules.labels import DEFAULT_LANGUAGE, fold
from competences.rules.name_index import NameIndex, Standing

FOUND_KINDS = (
    ConceptKind.JOB,
    ConceptKind.TITLE,
    ConceptKind.SKILL,
    ConceptKind.KNOWLEDGE,
    ConceptKind.CONTEXT,
)
"""The kinds that a search finds, in the order in which they are shown."""

MOST_REFERENCES = 100
"""References held at once: beyond, the one that was asked for the longest ago is let go."""

Row = tuple[int, str, str, str, str, int]
"""A concept, its kind, a language, a folded label, alternatives one a line, the end of the interval."""

_held: OrderedDict[tuple[str, int], tuple[str, list[NameIndex]]] = OrderedDict()
_lock = threading.Lock()


def name_indexes(reference: Readable) -> list[NameIndex]:
    """The indexes of a reference, one a language, as of its state."""
    key = connection.settings_dict["NAME"], reference.pk
    with _lock:
        held = _held.get(key)
        if held is None or held[0] != reference.state:
            held = _held[key] = reference.state, _read(reference.pk)
        _held.move_to_end(key)
        while len(_held) > MOST_REFERENCES:
            _held.popitem(last=False)
    return held[1]


def forget() -> None:
    """Lets go of every name: the next search reads them again."""
    with _lock:
        _held.clear()


def _read(reference: int) -> list[NameIndex]:
    indexes: dict[str, NameIndex] = {}
    withdrawn: set[int] = set()
    for translated in (False, True):
        for (concept, language), rows in _grouped(_rows(reference, translated=translated)):
            kind, until = rows[0][1], rows[0][5]
            if not translated and until != OPEN:
                withdrawn.add(concept)
            index = indexes.get(language)
            if index is None:
                index = indexes[language] = NameIndex(language)
            index.add(concept, kind, _names(rows, translated=translated), withdrawn=concept in withdrawn)
    for index in indexes.values():
        _mark_twins(index)
        index.close()
    return list(indexes.values())


def _grouped(rows: Iterable[Row]) -> Iterator[tuple[tuple[int, str], list[Row]]]:
    """The rows of each concept in each language, the newest first."""
    key, group = None, []
    for row in rows:
        if (row[0], row[2]) != key:
            if key is not None:
                yield key, group
            key, group = (row[0], row[2]), []
        group.append(row)
    if key is not None:
        yield key, group


def _rows(reference: int, *, translated: bool) -> Iterator[Row]:
    """The names of a reference by concept, in the language of its editions or in the others."""
    kinds = [str(kind) for kind in FOUND_KINDS]
    with connection.cursor() as cursor:
        if translated:
            cursor.execute(
                "SELECT c.id, c.kind, t.language, t.folded, t.alternatives, t.until"
                " FROM competences_concepttranslation t JOIN competences_concept c ON c.id = t.concept_id"
                " WHERE c.reference_id = %s AND c.kind = ANY(%s) ORDER BY c.id, t.language, t.since DESC",
                [reference, kinds],
            )
            yield from cursor.fetchall()
            return
        languages = dict(Edition.objects.filter(reference=reference).values_list("position", "language"))
        usual = languages[max(languages)] if languages else DEFAULT_LANGUAGE
        cursor.execute(
            "SELECT c.id, c.kind, r.folded, r.alternatives, r.until, r.since"
            " FROM competences_conceptrevision r JOIN competences_concept c ON c.id = r.concept_id"
            " WHERE c.reference_id = %s AND c.kind = ANY(%s) ORDER BY c.id, r.since DESC",
            [reference, kinds],
        )
        for concept, kind, folded, alternatives, until, since in cursor.fetchall():
            yield concept, kind, languages.get(since, usual), folded, alternatives, until


def _names(rows: list[Row], *, translated: bool) -> list[tuple[str, Standing]]:
    """The names of one concept. Its newest label is its name, in force or not; a translation that
    ended is a former name."""
    found = []
    for place, (_concept, _kind, _language, folded, alternatives, until) in enumerate(rows):
        former = place > 0 or (translated and until != OPEN)
        found.append((folded, Standing.FORMER if former else Standing.LABEL))
        if alternatives:
            standing = Standing.FORMER if former else Standing.OTHER
            found += [(fold(line), standing) for line in alternatives.split("\n")]
    return found


def _mark_twins(index: NameIndex) -> None:
    """The main title of a job bears its name: an answer shows the job alone."""
    labels = list(index.labels())
    jobs = {folded for owner, folded in labels if index.kinds[owner] == "job" and not index.withdrawn[owner]}
    for owner, folded in labels:
        if index.kinds[owner] == "title" and folded in jobs:
            index.twins[owner] = 1
