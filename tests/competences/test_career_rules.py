"""The path: dates as people write them, and what periods add up to."""

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.career import (
    MONTH_DAYS,
    Moment,
    Period,
    Stretch,
    covered,
    last_moment,
    months_by_kind,
    overlap_share,
    read_moment,
    sheets,
    timeline,
    unfilled,
    write_moment,
)

ON = dt.date(2026, 11, 24)
DAYS = st.dates(dt.date(2015, 1, 1), ON)
PRECISIONS = st.sampled_from(["day", "month", "year"])

WRITTEN = [
    ("2019", Moment(dt.date(2019, 1, 1), "year")),
    ("03/2019", Moment(dt.date(2019, 3, 1), "month")),
    ("3-2019", Moment(dt.date(2019, 3, 1), "month")),
    ("mars 2019", Moment(dt.date(2019, 3, 1), "month")),
    ("Août 2019", Moment(dt.date(2019, 8, 1), "month")),
    ("2019-03", Moment(dt.date(2019, 3, 1), "month")),
    ("15/03/2019", Moment(dt.date(2019, 3, 15), "day")),
    (" 1er mars 2019 ", Moment(dt.date(2019, 3, 1), "day")),
    ("2019-03-15", Moment(dt.date(2019, 3, 15), "day")),
    ("29/02/2023", None),
    ("13/2019", None),
    ("15/03/19", None),
    ("0000", None),
    ("9999", None),
    ("hier", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "moment"), WRITTEN)
def test_a_date_is_read_as_people_write_it(text, moment):
    assert read_moment(text) == moment


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading(text):
    found = read_moment(text)
    assert found is None or found.next_on > found.on


def as_said(day, precision):
    return Moment(
        day.replace(month=1, day=1)
        if precision == "year"
        else day.replace(day=1 if precision == "month" else day.day),
        precision,
    )


@given(DAYS, PRECISIONS)
def test_what_is_written_reads_back(day, precision):
    moment = as_said(day, precision)
    assert read_moment(write_moment(moment)) == moment
    assert last_moment(moment.next_on, precision) == moment
    assert moment.on <= day < moment.next_on


def period(start_on, end_on=None, kind="work", share_percent=None, label=""):
    return Period(kind=kind, start_on=start_on, end_on=end_on, share_percent=share_percent, label=label)


@st.composite
def some_periods(draw):
    found = []
    for _number in range(draw(st.integers(0, 8))):
        start = draw(DAYS)
        days = draw(st.none() | st.integers(1, 900))
        end = start + dt.timedelta(days=days) if days else None
        kind = draw(st.sampled_from(["work", "study", "pause"]))
        found.append(period(start, end, kind, draw(st.none() | st.integers(1, 100))))
    return found


def days_of(periods, on=ON):
    """Each day that runs, as often as a period covers it: the same written the long way."""
    return [
        period.start_on + dt.timedelta(days=n)
        for period in periods
        for n in range((min(period.end_on or dt.date.max, on + dt.timedelta(days=1)) - period.start_on).days)
    ]


@given(some_periods())
def test_covered_days_are_those_of_the_periods_each_once(periods):
    found = covered(periods, ON)
    assert sum(stretch.days for stretch in found) == len(set(days_of(periods)))
    assert all(one.end_on < other.start_on for one, other in pairwise(found))


@given(some_periods())
def test_months_and_overlap_count_days(periods):
    for kind, months in months_by_kind(periods, ON).items():
        days = days_of([p for p in periods if p.kind == kind])
        assert months.months * MONTH_DAYS == pytest.approx(len(set(days)))
        assert months.full_time * MONTH_DAYS <= len(days) + 1e-6
    days = days_of(periods)
    doubled = {day for day in set(days) if days.count(day) > 1} if len(days) < 1500 else None
    if doubled is not None:
        assert overlap_share(periods, ON) == pytest.approx(len(doubled) / len(set(days)) if days else 0)
    assert 0 <= overlap_share(periods, ON) <= 1


@given(some_periods())
def test_unfilled_months_are_whole_and_hold_nothing(periods):
    days = set(days_of(periods))
    found = unfilled(periods, ON)
    for stretch in found:
        assert (stretch.start_on.day, stretch.end_on.day) == (1, 1)
        assert not any(stretch.start_on <= day < stretch.end_on for day in days)
        assert min(days) < stretch.start_on
        assert stretch.end_on <= ON
    assert found == sorted(found, reverse=True)
    if days:
        blank = {
            (month.year, month.month)
            for month in (dt.date(y, m, 1) for y in range(2015, 2027) for m in range(1, 13))
            if min(days) < month < ON.replace(day=1)
            and not any((d.year, d.month) == (month.year, month.month) for d in days)
        }
        told = {
            (s.start_on.year + (s.start_on.month - 1 + n) // 12, (s.start_on.month - 1 + n) % 12 + 1)
            for s in found
            for n in range(round(s.days / MONTH_DAYS))
        }
        assert told == blank


@given(some_periods())
def test_a_timeline_holds_each_period_once_newest_first(periods):
    years = timeline(periods, ON)
    assert [year.year for year in years] == sorted({year.year for year in years}, reverse=True)
    began = [one for year in years for one in year.began]
    assert sorted(map(id, began)) == sorted(map(id, periods))
    for year in years:
        assert all(one.start_on.year == year.year for one in year.began)
        assert all(one.start_on.year < year.year for one in year.running)


@given(some_periods(), st.integers(1, 4))
def test_sheets_hold_every_period_in_order(periods, most):
    years = timeline(periods, ON)
    found = sheets(years, most)
    assert all(sum(len(year.began) for year in sheet) <= most for sheet in found)
    assert all(sheet for sheet in found)
    together = [year for sheet in found for year in sheet]
    assert [one for year in together for one in year.began] == [one for year in years for one in year.began]
    assert [one for year in together for one in year.blank] == [one for year in years for one in year.blank]
    assert sum(len(year.running) for year in together) == sum(len(year.running) for year in years)


def test_a_share_of_time_counts_for_what_it_is():
    year = dt.date(2024, 1, 1), dt.date(2025, 1, 1)
    found = months_by_kind([period(*year, share_percent=50), period(*year, share_percent=30)], ON)["work"]
    assert round(found.months) == 12
    assert found.full_time == pytest.approx(0.8 * found.months)


def test_a_month_that_is_begun_is_not_blank():
    gone = period(dt.date(2026, 1, 1), dt.date(2026, 9, 15))
    assert unfilled([gone], ON) == [Stretch(dt.date(2026, 10, 1), dt.date(2026, 11, 1))]
    assert unfilled([gone, period(dt.date(2026, 10, 31))], ON) == []
    assert unfilled([], ON) == []
