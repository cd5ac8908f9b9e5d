"""A person's path: dates said by the day, the month or the year, and what the periods add up to. Pure.

docs/rules/career.md says how months are counted. Periods are half-open, `[start_on, end_on)`; several may run
at once.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal, NamedTuple

from competences.rules.clocks import add_months
from competences.rules.labels import fold

Precision = Literal["day", "month", "year"]

MONTH_DAYS = 365.25 / 12
"""Days of a month on average: months of several periods add up without a calendar between them."""

WHOLE = 100

MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet"),
    *("aout", "septembre", "octobre", "novembre", "decembre"),
)
ENGLISH_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december"),
)
MONTH_NUMBERS = {
    name: number for names in (MONTHS, ENGLISH_MONTHS) for number, name in enumerate(names, start=1)
}
"""Names of months without accents, as people write them, in French and in English."""

WRITTEN: tuple[tuple[Precision, re.Pattern[str]], ...] = (
    ("year", re.compile(r"(?P<year>\d{4})")),
    ("month", re.compile(r"(?P<month>\d{1,2}) (?P<year>\d{4})")),
    ("month", re.compile(r"(?P<year>\d{4}) (?P<month>\d{1,2})")),
    ("day", re.compile(r"(?P<day>\d{1,2}) (?P<month>\d{1,2}) (?P<year>\d{4})")),
    ("day", re.compile(r"(?P<year>\d{4}) (?P<month>\d{1,2}) (?P<day>\d{1,2})")),
)


class Moment(NamedTuple):
    """A date as a person said it: the first day that it may mean, and how much of it they said."""

    on: dt.date
    precision: Precision = "day"

    @property
    def next_on(self) -> dt.date:
        """The day after the last one that it may mean."""
        if self.precision == "year":
            return dt.date(self.on.year + 1, 1, 1)
        if self.precision == "month":
            return add_months(self.on.replace(day=1), 1)
        return self.on + dt.timedelta(days=1)


def read_moment(text: str) -> Moment | None:
    """A date that a person typed: "2019", "03/2019", "mars 2019", "15/03/2019", "2019-03-15".

    None for anything else, and for a date that is not in the calendar.
    """
    words = fold(text).replace("1er", "1").split()
    plain = " ".join(str(MONTH_NUMBERS.get(word, word)) for word in words)
    for precision, pattern in WRITTEN:
        if found := pattern.fullmatch(plain):
            said = {name: int(number) for name, number in found.groupdict().items()}
            if said["year"] >= dt.MAXYEAR:
                return None  # no day follows it
            try:
                return Moment(dt.date(said["year"], said.get("month", 1), said.get("day", 1)), precision)
            except ValueError:
                return None
    return None


def write_moment(moment: Moment) -> str:
    """The same as `read_moment` reads it: "2019", "03/2019", "15/03/2019"."""
    on = moment.on
    return {
        "year": f"{on.year:04}",
        "month": f"{on.month:02}/{on.year:04}",
        "day": f"{on.day:02}/{on.month:02}/{on.year:04}",
    }[moment.precision]


def last_moment(end_on: dt.date, precision: Precision) -> Moment:
    """The last day, month or year of a period that ends just before `end_on`."""
    last = end_on - dt.timedelta(days=1)
    if precision == "year":
        return Moment(dt.date(last.year, 1, 1), precision)
    return Moment(last.replace(day=1) if precision == "month" else last, precision)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One period of a path, as rules and pages read it. Empty texts and None: not said.

    `label` is what it was in words; `title` the concept of the job where one was chosen; `share_percent` of
    a whole week; `end_on` None while it goes on. The reason of a pause is not here: it is for its person.
    """

    kind: str
    start_on: dt.date
    end_on: dt.date | None = None
    public_id: str = ""
    contract: str = ""
    share_percent: int | None = None
    title: int | None = None
    label: str = ""
    organisation: str = ""
    place: str = ""
    details: str = ""
    start_precision: Precision = "day"
    end_precision: Precision = "day"
    version: int = 1

    @property
    def first(self) -> Moment:
        """The beginning as it was said."""
        return Moment(self.start_on, self.start_precision)

    @property
    def last(self) -> Moment | None:
        """The end as it was said, None while the period goes on."""
        return last_moment(self.end_on, self.end_precision) if self.end_on else None

    def until(self, on: dt.date) -> dt.date:
        """The day before which the period has run, as seen at the end of the day `on`."""
        tomorrow = on + dt.timedelta(days=1)
        return min(self.end_on, tomorrow) if self.end_on else tomorrow


class Stretch(NamedTuple):
    """Days `[start_on, end_on)`."""

    start_on: dt.date
    end_on: dt.date

    @property
    def days(self) -> int:
        return (self.end_on - self.start_on).days


class Months(NamedTuple):
    """What periods of one kind add up to, in months on average. `months`: days that at least one of them
    covers, once; `full_time`: every period by its share of time, which may be more than the first where
    several ran at once."""

    months: float
    full_time: float


def covered(periods: Iterable[Period], on: dt.date) -> list[Stretch]:
    """The days up to `on` that at least one period covers, oldest first, none touching the next."""
    found: list[Stretch] = []
    for start, end in sorted(_stretches(periods, on)):
        if found and start <= found[-1].end_on:
            found[-1] = Stretch(found[-1].start_on, max(found[-1].end_on, end))
        else:
            found.append(Stretch(start, end))
    return found


def months_by_kind(periods: Iterable[Period], on: dt.date) -> dict[str, Months]:
    """What the periods of each kind add up to, up to the day `on`. A share that is not said is the whole."""
    by_kind: dict[str, list[Period]] = defaultdict(list)
    for period in periods:
        by_kind[period.kind].append(period)
    return {kind: _months(of_kind, on) for kind, of_kind in by_kind.items()}


def overlap_share(periods: Iterable[Period], on: dt.date) -> float:
    """Of the days that a path covers up to `on`, the share, 0 to 1, on which several periods run at once."""
    known = list(periods)
    total = sum(stretch.days for stretch in covered(known, on))
    return sum(stretch.days for stretch in _doubled(known, on)) / total if total else 0.0


def unfilled(periods: Iterable[Period], on: dt.date) -> list[Stretch]:
    """Whole calendar months, between the first period and the month of `on`, of which nothing is noted,
    newest first. They are no fault: a page offers to say something of them."""
    found: list[Stretch] = []
    known = covered(periods, on)
    ends = [*known, Stretch(on.replace(day=1), on)] if known and known[-1].end_on <= on else known
    for before, after in pairwise(ends):
        first = before.end_on.replace(day=1)
        start = first if first == before.end_on else add_months(first, 1)
        end = after.start_on.replace(day=1)
        if start < end:
            found.append(Stretch(start, end))
    return found[::-1]


@dataclass(frozen=True, slots=True)
class Year:
    """What a timeline shows of one year: the periods that began in it, side by side, those that went on, and
    the months of which nothing is noted, which began in it too."""

    year: int
    began: Sequence[Period] = field(default_factory=list)
    running: Sequence[Period] = field(default_factory=list)
    blank: Sequence[Stretch] = field(default_factory=list)


def timeline(periods: Iterable[Period], on: dt.date) -> list[Year]:
    """The years in which something began, newest first."""
    known = sorted(periods, key=lambda period: (period.start_on, period.until(on)), reverse=True)
    began: dict[int, list[Period]] = defaultdict(list)
    blank: dict[int, list[Stretch]] = defaultdict(list)
    for period in known:
        began[period.start_on.year].append(period)
    for stretch in unfilled(known, on):
        blank[stretch.start_on.year].append(stretch)
    return [
        Year(
            year,
            began.get(year, []),
            [p for p in known if p.start_on.year < year and p.until(on) > dt.date(year, 1, 1)],
            blank.get(year, []),
        )
        for year in sorted(began.keys() | blank.keys(), reverse=True)
    ]


def sheets(years: Iterable[Year], most: int) -> list[list[Year]]:
    """The years of a timeline in sheets of at most `most` periods, in the same order. A year that is longer
    than what is left of a sheet goes on over the next one, where it says again only what began in it."""
    found: list[list[Year]] = [[]]
    room = most
    for year in years:
        part, rest = year, year.began
        while len(rest) > room:
            if room:
                found[-1].append(replace(part, began=rest[:room]))
                part = Year(year.year)
            rest = rest[room:]
            found.append([])
            room = most
        found[-1].append(replace(part, began=rest))
        room -= len(rest)
    return [sheet for sheet in found if sheet]


def _stretches(periods: Iterable[Period], on: dt.date) -> Iterator[Stretch]:
    for period in periods:
        until = period.until(on)
        if period.start_on < until:
            yield Stretch(period.start_on, until)


def _months(periods: Sequence[Period], on: dt.date) -> Months:
    once = sum(stretch.days for stretch in covered(periods, on))
    weighed = sum(
        max(0, (period.until(on) - period.start_on).days) * (period.share_percent or WHOLE) / WHOLE
        for period in periods
    )
    return Months(once / MONTH_DAYS, weighed / MONTH_DAYS)


def _doubled(periods: Iterable[Period], on: dt.date) -> Iterator[Stretch]:
    """The days that at least two periods cover."""
    steps: list[tuple[dt.date, int]] = []
    for start, end in _stretches(periods, on):
        steps += [(start, 1), (end, -1)]
    running, since = 0, dt.date.min
    for day, step in sorted(steps):
        if running >= 2:
            yield Stretch(since, day)
        running, since = running + step, day
