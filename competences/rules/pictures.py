"""Where the marks of a picture go: numbers in, coordinates out. Pure; docs/rules/pictures.md says what each
picture tells.

The box of every picture is `WIDTH` units wide, the width of a small phone, and as high as it needs. Labels
stand on lines of their own, cut to what fits: no two overlap, at whatever size the page shows the picture.
"""

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

WIDTH = 340.0
TEXT = 13.0
"""Height of letters, in the same units."""

LINE = 18.0
BAR = 14.0
MARGIN = 6.0
ELLIPSIS = "…"

RADIUS = 112.0
RINGS = 4
LABEL_AWAY = 18.0

TICK_APART = 44.0
"""Between two years of an axis: a year is four figures wide."""

COLUMNS = 44.0
"""Height of the tallest column of a count by year."""

MOST_ROWS = 20
"""Periods that a picture shows: a screen or two of a phone."""

THINNEST = 3.0
"""A day among forty years is still seen."""


class Point(NamedTuple):
    x: float
    y: float


class Segment(NamedTuple):
    """A part of a bar, from `x` on, `width` wide. `name` says which part."""

    name: str
    x: float
    width: float


# Words ------------------------------------------------------------------------------------------------------


def text_width(text: str, size: float = TEXT) -> float:
    """At most how wide a text is: each sign counts for a wide one of its sort."""
    return sum(_sign_width(sign) for sign in text) * size


def shorten(text: str, width: float, size: float = TEXT) -> str:
    """The text, or its beginning with "…" where all of it would be wider than `width`."""
    if text_width(text, size) <= width:
        return text
    room = width - text_width(ELLIPSIS, size)
    ends = accumulate(text_width(sign, size) for sign in text)
    kept = sum(1 for end in ends if end <= room)
    return text[:kept].rstrip() + ELLIPSIS


def _sign_width(sign: str) -> float:
    if sign in " .,;:'’!|ijltIf-":
        return 0.4
    if sign.isascii() and (sign.islower() or sign.isdecimal()) and sign not in "mw":
        return 0.6
    return 0.95 if ord(sign) < 0x2000 else 1.1


# Levels by area ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Axis:
    """One area of a radar: where its axis ends, where its number stands, its two marks (None: not said)."""

    end: Point
    label: Point
    now: Point | None
    then: Point | None


@dataclass(frozen=True, slots=True)
class Radar:
    """`rings` are corners of the grid with the level each stands for; `now` and `then` the lines between
    marks of areas that follow one another. An area that is not said leaves them open: it is not zero."""

    height: float
    centre: Point
    axes: Sequence[Axis]
    rings: Sequence[tuple[int, Sequence[Point]]]
    now: Sequence[tuple[Point, Point]]
    then: Sequence[tuple[Point, Point]]


def radar(now: Sequence[float | None], then: Sequence[float | None], top: int) -> Radar:
    """A radar of levels from 0 to `top`, one axis an area, the first upwards, the others clockwise.

    Raises ValueError for fewer than three areas, and where the two do not name as many.
    """
    count = len(now)
    if count < 3 or len(then) != count:
        raise ValueError("a radar has three areas or more, each with what it was")
    centre = Point(WIDTH / 2, RADIUS + LABEL_AWAY + LINE)
    marks_now = [_mark(centre, level, place, count, top) for place, level in enumerate(now)]
    marks_then = [_mark(centre, level, place, count, top) for place, level in enumerate(then)]
    axes = [
        Axis(
            end=_at(centre, RADIUS, place, count),
            label=_at(centre, RADIUS + LABEL_AWAY, place, count),
            now=marks_now[place],
            then=marks_then[place],
        )
        for place in range(count)
    ]
    levels = [top * ring // RINGS for ring in range(1, RINGS + 1)]
    rings = [
        (level, [_at(centre, RADIUS * level / top, place, count) for place in range(count)])
        for level in levels
    ]
    return Radar(
        height=round(2 * centre.y, 1),
        centre=centre,
        axes=axes,
        rings=rings,
        now=list(_sides(marks_now)),
        then=list(_sides(marks_then)),
    )


def _at(centre: Point, distance: float, place: int, count: int) -> Point:
    angle = 2 * math.pi * place / count
    return Point(
        round(centre.x + distance * math.sin(angle), 1), round(centre.y - distance * math.cos(angle), 1)
    )


def _mark(centre: Point, level: float | None, place: int, count: int, top: int) -> Point | None:
    return None if level is None else _at(centre, RADIUS * min(max(level, 0), top) / top, place, count)


def _sides(marks: Sequence[Point | None]) -> Iterator[tuple[Point, Point]]:
    for one, other in zip(marks, [*marks[1:], marks[0]], strict=True):
        if one and other:
            yield one, other


# Shares and counts ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BarRow:
    """A label on its line, at `text_y`, and under it a bar at `y`."""

    label: str
    text_y: float
    y: float
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Bars:
    height: float
    rows: Sequence[BarRow]


def bars(rows: Sequence[tuple[str, str, Sequence[tuple[str, int]]]]) -> Bars:
    """Rows of parts, (label, end of the label, [(name of the part, count)]): one scale for all, the longest
    bar as wide as the box. Parts that are empty have no segment. A label is cut before its end, never in it.
    """
    longest = max((sum(count for _name, count in parts) for _label, _end, parts in rows), default=0)
    step = LINE + BAR + 2 * MARGIN
    return Bars(
        height=round(step * len(rows), 1),
        rows=[
            BarRow(
                label=shorten(label, WIDTH - text_width(end)) + end,
                text_y=round(step * place + TEXT, 1),
                y=round(step * place + LINE, 1),
                segments=_segments(parts, longest),
            )
            for place, (label, end, parts) in enumerate(rows)
        ],
    )


def _segments(parts: Sequence[tuple[str, int]], whole: int) -> list[Segment]:
    """Parts of a bar one after the other, in the order given."""
    ends = [0, *accumulate(count for _name, count in parts)]
    return [
        Segment(name, round(WIDTH * start / whole, 1), round(WIDTH * count / whole, 1))
        for (name, count), start in zip(parts, ends, strict=False)
        if count
    ]


# Time -------------------------------------------------------------------------------------------------------


class Spell(NamedTuple):
    """A label during `[start_on, end_on)`; None: it goes on. `name` says which mark it has."""

    label: str
    name: str
    start_on: dt.date
    end_on: dt.date | None


class Tick(NamedTuple):
    x: float
    year: int


class Column(NamedTuple):
    """A count of one year."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class TimeRow:
    """A label on its line and its bar on the axis of time under it. A bar that goes on ends at the edge."""

    label: str
    text_y: float
    y: float
    bar: Segment
    goes_on: bool


@dataclass(frozen=True, slots=True)
class TimePicture:
    """Rows newest first, then columns of counts by year standing on `base`, then the years under them."""

    height: float
    rows: Sequence[TimeRow]
    columns: Sequence[Column]
    base: float
    ticks: Sequence[Tick]
    ticks_y: float


def time_picture(
    spells: Sequence[Spell], counts: Sequence[tuple[int, int]], on: dt.date
) -> TimePicture | None:
    """Spells, newest first, over counts by year, (year, count), all on one axis from the first year to the
    end of the year of `on`. None where there is nothing to show."""
    years = [*(spell.start_on.year for spell in spells), *(year for year, _count in counts)]
    if not years:
        return None
    first, after = min(years), max(on.year, *years) + 1
    scale = WIDTH / (after - first)
    step = LINE + BAR + MARGIN
    rows = [_time_row(spell, place * step, first, scale, on) for place, spell in enumerate(spells)]
    top = step * len(rows)
    most = max((count for _year, count in counts), default=0)
    base = top + (LINE + COLUMNS if counts else 0)
    columns = [
        Column(
            x=round((year - first) * scale, 1),
            y=round(base - COLUMNS * count / most, 1),
            width=round(max(scale - 1, scale / 2), 1),
            height=round(COLUMNS * count / most, 1),
        )
        for year, count in counts
        if count
    ]
    apart = max(1, math.ceil(TICK_APART / scale))
    ticks = [
        Tick(round((year - first) * scale, 1), year)
        for year in range(first, after, apart)
        if (year - first) * scale + text_width("2000") <= WIDTH
    ]
    height = round(base + LINE + MARGIN, 1)
    return TimePicture(height, rows, columns, round(base, 1), ticks, round(base + LINE, 1))


def _time_row(spell: Spell, top: float, first: int, scale: float, on: dt.date) -> TimeRow:
    end = min(spell.end_on or on + dt.timedelta(days=1), on + dt.timedelta(days=1))
    x, until = (_place(day, first, scale) for day in (spell.start_on, end))
    width = max(until - x, THINNEST)
    x = min(x, WIDTH - width)
    return TimeRow(
        label=shorten(spell.label, WIDTH),
        text_y=round(top + TEXT, 1),
        y=round(top + LINE, 1),
        bar=Segment(spell.name, round(x, 1), round(width, 1)),
        goes_on=spell.end_on is None,
    )


def _place(day: dt.date, first: int, scale: float) -> float:
    """Where a day stands: its year, and how much of it is gone."""
    year = dt.date(day.year, 1, 1)
    return (day.year - first + (day - year).days / 366) * scale


def counted(days: Iterable[dt.date]) -> list[tuple[int, int]]:
    """How many days each year holds, oldest year first; years without any are left out."""
    found: dict[int, int] = {}
    for day in days:
        found[day.year] = found.get(day.year, 0) + 1
    return sorted(found.items())
