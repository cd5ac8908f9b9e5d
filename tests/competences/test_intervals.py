"""Intervals of editions: whatever the order of the imports, each edition reads back as it was stated."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from competences.rules.intervals import Held, Row, plan, retire
from competences.rules.positions import OPEN

KEYS = "abc"


def as_held(rows) -> Held:
    rows = list(rows)
    return Held({r.key: r.value for r in rows}, [r.id for r in rows], [r.until for r in rows])


class Rows:
    """A table of intervals in memory, written as a plan says."""

    def __init__(self) -> None:
        self.rows: dict[int, list] = {}
        self.places: list[int] = []
        self.silent: dict[int, set[str]] = {}

    def as_of(self, place: int) -> dict[str, int]:
        return {key: value for key, value, since, until in self.rows.values() if since <= place < until}

    def next_of(self, place: int):
        """Of a key, the place of the first later edition that speaks of it."""
        return lambda key: min(
            (p for p in self.places if p > place and key not in self.silent[p]), default=None
        )

    def starting_next(self, place: int) -> Held:
        next_of = self.next_of(place)
        found = (
            row
            for later in self.places
            for row in self.holding(lambda s, _u, later=later: s == later)
            if next_of(row.key) == later
        )
        return as_held(found)

    def holding(self, chosen) -> list[Row]:
        return [Row(i, *row) for i, row in self.rows.items() if chosen(*row[2:])]

    def held(self, chosen) -> Held:
        return as_held(self.holding(chosen))

    def apply(self, found, place: int) -> None:
        for row in found.end:
            self.rows[row][3] = place
        for row in found.start_earlier:
            self.rows[row][2] = place
        for row in found.drop:
            del self.rows[row]
        for added in found.add:
            self.rows[max(self.rows, default=0) + 1] = list(added)

    def retire(self, place: int) -> None:
        following = min((p for p in self.places if p > place), default=None)
        rows = [
            Row(i, *row)
            for i, row in self.rows.items()
            if place in (row[2], row[3]) or (row[2] > place and row[2] in self.places)
        ]
        found = retire(rows, here=place, following=following, following_of=self.next_of(place))
        for row, since in found.since.items():
            self.rows[row][2] = since
        for row, until in found.until.items():
            self.rows[row][3] = until
        for row in found.drop:
            del self.rows[row]
        self.places.remove(place)

    def complete(self, stated: dict[str, int], place: int) -> None:
        """A second source of the edition at `place`, which speaks of the keys that it states alone."""
        following = min((p for p in self.places if p > place), default=None)
        found = plan(
            covering=self.held(lambda s, u: s <= place < u),
            starting_next=self.starting_next(place),
            stated=stated,
            is_stated=lambda key: key in stated,
            here=place,
            following=following,
            starting_here={i for i, row in self.rows.items() if row[2] == place},
            following_of=self.next_of(place),
        )
        self.apply(found, place)
        self.silent[place] -= stated.keys()

    def write(self, stated: dict[str, int], place: int, silent: set[str] = frozenset()) -> int:
        following = min((p for p in self.places if p > place), default=None)
        found = plan(
            covering=self.held(lambda s, u: s < place < u),
            starting_next=self.starting_next(place),
            stated=stated,
            is_stated=lambda key: key not in silent,
            here=place,
            following=following,
            following_of=self.next_of(place),
        )
        self.apply(found, place)
        self.places.append(place)
        self.silent[place] = set(silent)
        return len(found.end) + len(found.start_earlier) + len(found.add)


editions = st.dictionaries(st.sampled_from(KEYS), st.integers(0, 2))


@given(st.dictionaries(st.integers(1, 9), editions, min_size=1), st.randoms(use_true_random=False))
def test_every_edition_reads_back_in_any_order_of_import(stated, random):
    table = Rows()
    order = list(stated)
    random.shuffle(order)
    for place in order:
        table.write(stated[place], place)
    for place, edition in stated.items():
        assert table.as_of(place) == edition


@given(st.dictionaries(st.integers(1, 9), editions, min_size=1))
def test_intervals_of_a_key_never_overlap_nor_end_before_they_start(stated):
    table = Rows()
    for place in sorted(stated, reverse=True):
        table.write(stated[place], place)
    for key in KEYS:
        spans = sorted((s, u) for k, _v, s, u in table.rows.values() if k == key)
        assert all(since < until for since, until in spans)
        assert all(first[1] <= second[0] for first, second in pairwise(spans))


@given(editions)
def test_the_same_content_again_writes_nothing(edition):
    table = Rows()
    table.write(edition, 1)
    assert table.write(edition, 2) == 0


@given(editions, editions)
def test_what_a_source_does_not_speak_of_stays(first, second):
    table = Rows()
    table.write(first, 1)
    table.write({k: v for k, v in second.items() if k != "a"}, 2, silent={"a"})
    assert table.as_of(2).get("a") == first.get("a")


silences = st.dictionaries(st.integers(1, 9), st.tuples(editions, st.sets(st.sampled_from(KEYS))), min_size=1)


def as_stated(said: dict[int, tuple[dict[str, int], set[str]]]) -> dict[int, dict[str, int]]:
    """What each edition says: what it leaves unsaid is as the edition before it has it."""
    found, before = {}, {}
    for place in sorted(said):
        edition, silent = said[place]
        spoken = {key: value for key, value in edition.items() if key not in silent}
        before = found[place] = {**{k: v for k, v in before.items() if k in silent}, **spoken}
    return found


def imported(said, order) -> Rows:
    table = Rows()
    for place in order:
        edition, silent = said[place]
        table.write({k: v for k, v in edition.items() if k not in silent}, place, silent)
    return table


@given(silences, st.randoms(use_true_random=False))
def test_what_is_left_unsaid_reads_as_before_in_any_order_of_import_and_after_a_retirement(said, random):
    order = list(said)
    random.shuffle(order)
    table = imported(said, order)
    assert {place: table.as_of(place) for place in said} == as_stated(said)
    gone = random.choice(order)
    table.retire(gone)
    left = {place: told for place, told in said.items() if place != gone}
    assert {place: table.as_of(place) for place in left} == as_stated(left)


def test_a_row_that_nothing_ended_is_open():
    table = Rows()
    table.write({"a": 1}, 5)
    assert table.rows[1] == ["a", 1, 5, OPEN]


@given(st.dictionaries(st.integers(1, 9), editions, min_size=1), st.randoms(use_true_random=False))
def test_a_retired_edition_leaves_the_others_as_they_were_stated(stated, random):
    table = Rows()
    order = list(stated)
    random.shuffle(order)
    for place in order:
        table.write(stated[place], place)
    gone = random.choice(order)
    table.retire(gone)
    alone = Rows()
    for place in sorted(stated.keys() - {gone}):
        alone.write(stated[place], place)
        assert table.as_of(place) == stated[place]
    spans = sorted(tuple(row) for row in table.rows.values())
    assert spans == sorted(tuple(row) for row in alone.rows.values())


@given(st.dictionaries(st.integers(1, 5), editions, min_size=1), editions, st.data())
def test_a_second_source_adds_to_its_edition_and_to_no_other(stated, more, data):
    table = Rows()
    for place in sorted(stated):
        table.write(stated[place], place)
    place = data.draw(st.sampled_from(sorted(stated)))
    table.complete(more, place)
    for other, edition in stated.items():
        assert table.as_of(other) == (edition | more if other == place else edition)
