"""Search in the names of every reference that may be read: one ranking for pages, API and command.

docs/rules/search.md says how a name is found and ranked.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection

from competences.models import OPEN
from competences.queries.name_indexes import FOUND_KINDS, name_indexes
from competences.queries.readable import Readable, Reader, readable_states
from competences.rules.labels import fold
from competences.rules.name_index import Standing
from competences.rules.name_search import Answer, answers, coded, read_closely

MAX_TEXT = 200
"""Characters of a text that are read."""

REMEMBERED = 1_000
"""Texts whose answers a process remembers."""

MOST_REMEMBERED = 100
"""Hits of an answer that is remembered: about 40 kB. A list taken away as a file may hold thousands."""

SEARCHED = ("job", "title", "skill", "knowledge")
"""The kinds that answer when none is asked for."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept that answers a search.

    `label` is the name it bears now, or bore last when it is `withdrawn`; `matched` the name that answered,
    which may be another, a translated or a former one (`matched_is_former`). `score` is 0 to about 110.
    """

    concept_id: int
    reference: str
    kind: str
    external_id: str
    label: str
    matched: str
    score: float
    withdrawn: bool
    matched_is_former: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: the best hits, how many concepts answer, and how many by kind and by reference.

    Each count keeps the other filter and not its own: it says what choosing it would show. `of_any_kind` is
    less than the sum of the kinds where a job hides its main title, which bears its name.
    """

    hits: list[Hit]
    total: int = 0
    by_kind: dict[str, int] = field(default_factory=dict)
    of_any_kind: int = 0
    by_reference: dict[str, int] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    """The names of the references that may be read, by slug."""


def search(
    text: str,
    *,
    kinds: Sequence[str] = SEARCHED,
    reference: str | None = None,
    limit: int = 10,
    readable: Reader | None = None,
) -> list[Hit]:
    """The best concepts for what a person typed, best first; none for a text without a word.

    Only the references that `readable` may read answer: the published ones for None.
    """
    return find(text, kinds=kinds, reference=reference, limit=limit, readable=readable).hits


def find(
    text: str,
    *,
    kinds: Sequence[str] = SEARCHED,
    kind: str | None = None,
    reference: str | None = None,
    limit: int = 10,
    limit_a_kind: int | None = None,
    readable: Reader | None = None,
    language: str | None = None,
) -> Found:
    """The same with counts: `kinds` are searched, `kind` and `reference` are the filters chosen among them.

    `limit_a_kind` caps the hits of each kind. Labels are given in `language` where the reference has it.
    What was found is remembered until a reference changes: people type the same beginnings. One query for a
    text that was asked lately; else two, one more for a person who reads and one for what looks like a code.
    """
    asked = text[:MAX_TEXT]
    if not fold(asked):
        return Found([])
    known = tuple(readable_states(readable))
    database = connection.settings_dict["NAME"]
    found = remembered if limit <= MOST_REMEMBERED else remembered.__wrapped__
    return found(database, known, asked, tuple(kinds), kind, reference, limit, limit_a_kind, language)


@lru_cache(REMEMBERED)
def remembered(
    database: str,
    known: tuple[Readable, ...],
    text: str,
    kinds: tuple[str, ...],
    kind: str | None,
    reference: str | None,
    limit: int,
    limit_a_kind: int | None,
    language: str | None,
) -> Found:
    """What `find` gives, from the references in the state in which they are. Nobody changes what it holds."""
    folded = fold(text)
    indexes = [(reference_.slug, index) for reference_ in known for index in name_indexes(reference_)]
    slugs = {id(index): slug for slug, index in indexes}
    answering = answers([index for _slug, index in indexes], folded)
    if concepts := _with_code(text, known):
        first = coded([index for _slug, index in indexes], concepts)
        answering = first + [a for a in answering if a.concept not in concepts]
    wanted = frozenset(kinds)
    # Answers are many and their groups few: what is counted and what is chosen is decided a group.
    groups = [(slugs[id(a.index)], a.kind, a.is_twin) for a in answering]
    shown = set()
    of_any_kind = 0
    by_kind: Counter[str] = Counter()
    by_reference: Counter[str] = Counter()
    for group, number in Counter(groups).items():
        slug, of_kind, is_twin = group
        if of_kind not in wanted:
            continue
        is_hidden = is_twin and "job" in wanted
        in_reference = reference in (None, slug)
        is_kind = kind == of_kind or (kind is None and not is_hidden)
        by_kind[of_kind] += number * in_reference
        of_any_kind += number * (in_reference and not is_hidden)
        by_reference[slug] += number * is_kind
        if in_reference and is_kind:
            shown.add(group)
    chosen = [answer for answer, group in zip(answering, groups, strict=True) if group in shown]
    best = read_closely(chosen, folded)
    if limit_a_kind is not None:
        best = _first_of_each_kind(best, limit_a_kind)
    return Found(
        _hits(best[:limit], slugs, language),
        len(chosen),
        {str(k): by_kind[k] for k in FOUND_KINDS if by_kind[k]},
        of_any_kind,
        {slug: number for slug, number in sorted(by_reference.items()) if number},
        {reference_.slug: reference_.name for reference_ in known},
    )


def _first_of_each_kind(found: Iterable[Answer], limit: int) -> list[Answer]:
    seen: Counter[str] = Counter()
    kept = []
    for answer in found:
        seen[answer.kind] += 1
        if seen[answer.kind] <= limit:
            kept.append(answer)
    return kept


def _with_code(text: str, references: Sequence[Readable]) -> set[int]:
    """The concepts that bear an identifier, if the text looks like one ("M1805")."""
    code = text.strip()
    if not any(c.isdigit() for c in code) or " " in code:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM competences_concept"
            " WHERE reference_id = ANY(%s) AND kind = ANY(%s) AND external_id = ANY(%s)",
            [
                [reference.pk for reference in references],
                [str(kind) for kind in FOUND_KINDS],
                [code, code.upper(), code.lower()],
            ],
        )
        return {row[0] for row in cursor.fetchall()}


# What is shown of an answer --------------------------------------------------------------------------------


@dataclass(slots=True)
class _Names:
    """What is known of the names of a concept: its code, its label by language ("" for its edition's)."""

    code: str
    labels: dict[str, str] = field(default_factory=dict)
    all: list[str] = field(default_factory=list)


def _hits(found: Sequence[Answer], slugs: dict[int, str], language: str | None) -> list[Hit]:
    """Answers as they are shown: one query, whatever their number."""
    names = _names([answer.concept for answer in found])
    hits = []
    for answer in found:
        known = names[answer.concept]
        label = known.labels.get(language or "") or known.labels[""]
        matched = answer.index.name(answer.name)
        if matched != fold(label):
            matched = next((name for name in known.all if fold(name) == matched), matched)
        else:
            matched = label
        hits.append(
            Hit(
                answer.concept,
                slugs[id(answer.index)],
                answer.kind,
                known.code,
                label,
                matched,
                round(answer.score, 1),
                answer.withdrawn,
                answer.index.standings[answer.name] == Standing.FORMER,
            )
        )
    return hits


def _names(concepts: list[int]) -> dict[int, _Names]:
    """Every name that each concept has or had, the newest first, and its code."""
    names: dict[int, _Names] = {}
    if not concepts:
        return names
    named: dict[int, list[tuple]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            # The code by a subquery: a planner without statistics, just after an import, would join badly.
            "SELECT n.*, (SELECT external_id FROM competences_concept WHERE id = n.concept_id) FROM ("
            " SELECT concept_id, '' AS language, label, alternatives, since, until"
            " FROM competences_conceptrevision WHERE concept_id = ANY(%(concepts)s) UNION ALL"
            " SELECT concept_id, language, label, alternatives, since, until"
            " FROM competences_concepttranslation WHERE concept_id = ANY(%(concepts)s)) n",
            {"concepts": concepts},
        )
        for row in cursor.fetchall():
            named[row[0]].append(row)
    for concept, rows in named.items():
        rows.sort(key=lambda row: -row[4])
        known = names[concept] = _Names(rows[0][6])
        for _concept, language, label, alternatives, _since, until, _code in rows:
            if not language or until == OPEN:
                known.labels.setdefault(language, label)
            known.all.append(label)
            if alternatives:
                known.all.extend(alternatives.split("\n"))
    return names
