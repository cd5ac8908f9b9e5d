"""Pictures: every mark is in its box, in order, and adds up to what it shows."""

import datetime as dt
import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.domains import domain_of
from competences.rules.pictures import (
    COLUMNS,
    MOST_ROWS,
    RADIUS,
    THINNEST,
    WIDTH,
    Spell,
    bars,
    counted,
    radar,
    shorten,
    text_width,
    time_picture,
)

ON = dt.date(2026, 11, 24)
NEAR = 0.11
"""Coordinates are written with one decimal."""

LEVEL = st.none() | st.floats(0, 8)
DAYS = st.dates(dt.date(1950, 1, 1), ON)


def distance(one, other):
    return math.dist(one, other)


@given(st.lists(st.tuples(LEVEL, LEVEL), min_size=3, max_size=9))
def test_a_radar_places_each_level_on_its_axis(levels):
    now, then = [one for one, _other in levels], [other for _one, other in levels]
    drawn = radar(now, then, 8)
    for axis, one, other in zip(drawn.axes, now, then, strict=True):
        assert 0 <= axis.label.x <= WIDTH
        assert 0 <= axis.label.y <= drawn.height
        for mark, level in ((axis.now, one), (axis.then, other)):
            assert (mark is None) == (level is None)
            if mark:
                assert distance(mark, drawn.centre) == pytest.approx(RADIUS * level / 8, abs=NEAR)
                assert distance(mark, axis.end) == pytest.approx(RADIUS * (1 - level / 8), abs=2 * NEAR)
    count = len(now)
    sides = sum(now[n] is not None and now[(n + 1) % count] is not None for n in range(count))
    assert len(drawn.now) == sides
    assert [level for level, _corners in drawn.rings] == [2, 4, 6, 8]
    for one, other in pairwise(axis.label for axis in drawn.axes):
        assert distance(one, other) > 20


@pytest.mark.parametrize("lengths", [(2, 2), (5, 4)])
def test_a_radar_needs_areas(lengths):
    with pytest.raises(ValueError, match="three areas"):
        radar([None] * lengths[0], [None] * lengths[1], 8)


PARTS = st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(0, 400)), max_size=5)


@given(st.lists(st.tuples(st.text(max_size=90), st.sampled_from(["", " : 3 sur 7"]), PARTS), max_size=15))
def test_bars_share_one_scale_and_keep_their_order(rows):
    drawn = bars(rows)
    longest = max((sum(count for _name, count in parts) for _label, _end, parts in rows), default=0)
    assert len(drawn.rows) == len(rows)
    below = 0.0
    for row, (_label, end, parts) in zip(drawn.rows, rows, strict=True):
        shown = [(name, count) for name, count in parts if count]
        assert [part.name for part in row.segments] == [name for name, _count in shown]
        for part, (_name, count) in zip(row.segments, shown, strict=True):
            assert part.width == pytest.approx(WIDTH * count / longest, abs=NEAR)
        for one, other in pairwise(row.segments):
            assert one.x + one.width == pytest.approx(other.x, abs=2 * NEAR)
        if row.segments:
            last = row.segments[-1]
            assert 0 <= row.segments[0].x <= NEAR
            assert last.x + last.width <= WIDTH + NEAR
        assert row.label.endswith(end)
        assert text_width(row.label) <= WIDTH
        assert below < row.text_y < row.y < drawn.height
        below = row.y


@given(st.text(max_size=120), st.floats(20, 400))
def test_a_label_is_cut_to_what_fits(text, width):
    found = shorten(text, width)
    assert text_width(found) <= max(width, text_width("…"))
    assert found == text or (found.endswith("…") and text.startswith(found[:-1]))


@st.composite
def spells(draw):
    found = []
    for _number in range(draw(st.integers(0, MOST_ROWS))):
        start = draw(DAYS)
        days = draw(st.none() | st.integers(1, 4000))
        end = start + dt.timedelta(days=days) if days else None
        found.append(Spell(draw(st.text(max_size=80)), "solid", start, end))
    return found


COUNTS = st.dictionaries(st.integers(1950, 2026), st.integers(1, 300)).map(
    lambda found: sorted(found.items())
)


@given(spells(), COUNTS)
def test_time_runs_from_left_to_right_in_the_box(rows, counts):
    drawn = time_picture(rows, counts, ON)
    if drawn is None:
        assert not rows
        assert not counts
        return
    for row, spell in zip(drawn.rows, rows, strict=True):
        assert row.bar.x >= 0
        assert row.bar.width >= THINNEST
        assert row.bar.x + row.bar.width <= WIDTH + NEAR
        assert text_width(row.label) <= WIDTH
        assert row.goes_on == (spell.end_on is None)
    starts = sorted(zip((row.start_on for row in rows), (row.bar.x for row in drawn.rows), strict=True))
    assert all(one[1] <= other[1] + THINNEST + NEAR for one, other in pairwise(starts))
    assert all(one.y < other.text_y for one, other in pairwise(drawn.rows))
    assert len(drawn.columns) == len(counts)
    most = max((count for _year, count in counts), default=1)
    for column, (_year, count) in zip(drawn.columns, counts, strict=True):
        assert column.height == pytest.approx(COLUMNS * count / most, abs=NEAR)
        assert column.y + column.height == pytest.approx(drawn.base, abs=2 * NEAR)
        assert 0 <= column.x <= column.x + column.width <= WIDTH + NEAR
    for one, other in pairwise(drawn.ticks):
        assert other.x - one.x > text_width("2000", 11)
    assert all(tick.x + text_width("2000", 11) <= WIDTH for tick in drawn.ticks)
    assert drawn.ticks_y < drawn.height


@given(st.lists(DAYS))
def test_counts_by_year_add_up(days):
    found = counted(days)
    assert sum(count for _year, count in found) == len(days)
    assert [year for year, _count in found] == sorted({day.year for day in days})


TREES = {
    "under the top": ({1: [10], 10: [20], 20: [30]}, {10, 20, 30}, 20),
    "the top alone": ({1: [30]}, {30}, 30),
    "through a broader skill": ({1: [2], 2: [20], 20: [30]}, {20, 30}, 20),
    "no group": ({1: [2]}, {30}, None),
    "nothing above": ({}, {30}, None),
    "a circle": ({1: [10], 10: [20], 20: [10]}, {10, 20}, 10),
    "two parents": ({1: [11, 10], 10: [30], 11: [31]}, {10, 11, 30, 31}, 10),
}


@pytest.mark.parametrize(("parents", "groups", "domain"), TREES.values(), ids=TREES)
def test_a_skill_is_in_the_group_under_the_top(parents, groups, domain):
    assert domain_of(1, parents, groups) == domain


@given(st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 9))), st.frozensets(st.integers(0, 9)))
def test_no_tree_keeps_one_climbing(parents, groups):
    assert domain_of(0, parents, groups) in (groups | {None})
