"""What a record's file tells of a person's path, of their self-reviews and of what they first answered.

The caller holds the right to read that record.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Count, Max, Prefetch, Sum

from accounts.models import Worker
from competences.enums import CareerKind, DatePrecision
from competences.models import CareerPeriod, FirstUse, SelfReview, SelfReviewAnswer, SelfReviewPlan
from competences.queries.names import labels_of
from competences.queries.record_entries import in_slices, mark_of, named, told
from competences.record_parts import Entry

PERIOD_FIELDS = (
    *("kind", "contract", "share_percent", "free_text", "organisation", "place", "details", "reason"),
    *("start_on", "start_precision", "end_on", "end_precision"),
    *("created_at", "changed_at", "removed_at", "version"),
)
REVIEW_FIELDS = ("started_at", "closed_at", "end")
ANSWER_FIELDS = ("kind", "before", "version", "answered_at")
PLAN_FIELDS = ("last_on", "rhythm_months", "next_on")
FIRST_USE_FIELDS = ("job_words", "aim", "ease", "left_at", "finished_at")


def _labelled(worker: Worker, **chosen: Any) -> Iterator[tuple[CareerPeriod, str]]:
    """The periods of a path, the oldest first, each with the label of its title."""
    rows = CareerPeriod.objects.filter(worker=worker, **chosen).select_related("title__reference", "edition")
    for held in in_slices(rows.order_by("start_on", "pk")):
        labels = labels_of(row.title_id for row in held if row.title_id)
        for row in held:
            yield row, labels.get(row.title_id, "")


def period_entries(worker: Worker) -> Iterator[Entry]:
    """The periods of a path, those taken away too."""
    for row, label in _labelled(worker):
        title = named(row.title, row.edition, label) if row.title else None
        yield {"id": str(row.public_id), "title": title, **told(row, PERIOD_FIELDS)}


def periods_mark(worker: Worker) -> str:
    rows = CareerPeriod.objects.filter(worker=worker)
    return mark_of(rows, versions=Sum("version"), last=Max("changed_at"), gone=Max("removed_at"))


def number_of_periods(worker: Worker) -> int:
    return CareerPeriod.objects.filter(worker=worker).count()


# JSON Resume: nothing of a pause is in it, and of no period its reason -------------------------------------

NAMES: Mapping[str, tuple[Iterable[str], str, str]] = {
    "work": ((CareerKind.WORK, CareerKind.COOPERATIVE), "name", "position"),
    "volunteer": ((CareerKind.VOLUNTEERING,), "organization", "position"),
    "education": ((CareerKind.STUDY, CareerKind.TRAINING), "institution", "area"),
}
"""The kinds of periods of each section, and what it calls the place and what was done there."""


def resume_section(section: str) -> Callable[[Worker], Iterator[Entry]]:
    """What tells the periods of a section of JSON Resume, the latest first as it asks."""
    kinds, place, doing = NAMES[section]

    def tell(worker: Worker) -> Iterator[Entry]:
        found = list(_labelled(worker, kind__in=list(kinds), removed_at=None))
        for row, label in reversed(found):
            entry = {
                place: row.organisation,
                doing: label or row.free_text,
                "startDate": _said(row.start_on, row.start_precision),
                "endDate": _said(row.end_on - dt.timedelta(days=1), row.end_precision) if row.end_on else "",
            }
            if section != "education":
                entry["summary"] = row.details
            yield {name: value for name, value in entry.items() if value}

    return tell


def _said(on: dt.date, precision: str) -> str:
    """A date as far as the person said it: "2019", "2019-03", "2019-03-15"."""
    length = {DatePrecision.YEAR: 4, DatePrecision.MONTH: 7}.get(DatePrecision(precision), 10)
    return on.isoformat()[:length]


# Self-reviews and first answers ----------------------------------------------------------------------------


def self_review_entries(worker: Worker) -> Iterator[Entry]:
    """The self-reviews of a person, with their answers in order."""
    answers = SelfReviewAnswer.objects.select_related("statement").order_by("answered_at", "pk")
    rows = SelfReview.objects.filter(worker=worker).prefetch_related(
        Prefetch("answers", answers, to_attr="in_order")
    )
    for held in in_slices(rows.order_by("started_at", "pk"), 50):
        for row in held:
            yield {
                "id": str(row.public_id),
                **told(row, REVIEW_FIELDS),
                "answers": [
                    {"statement": str(one.statement.public_id), **told(one, ANSWER_FIELDS)}
                    for one in row.in_order
                ],
            }


def self_reviews_mark(worker: Worker) -> str:
    rows = SelfReview.objects.filter(worker=worker)
    answers = SelfReviewAnswer.objects.filter(review__worker=worker)
    closed = {"last": Max("started_at"), "closed": Max("closed_at"), "ended": Count("closed_at")}
    return f"{mark_of(rows, **closed)} {mark_of(answers, last=Max('answered_at'))}"


def number_of_self_reviews(worker: Worker) -> int:
    return SelfReview.objects.filter(worker=worker).count()


def plan_entries(worker: Worker) -> Iterator[Entry]:
    """The rhythm of self-reviews that the person wishes; one entry, or none."""
    for row in SelfReviewPlan.objects.filter(worker=worker):
        yield told(row, PLAN_FIELDS)


def first_use_entries(worker: Worker) -> Iterator[Entry]:
    """What the person answered when they first came in; one entry, or none."""
    for row in FirstUse.objects.filter(worker=worker):
        yield told(row, FIRST_USE_FIELDS)


def mark_of_entries(entries: Callable[[Worker], Iterator[Entry]]) -> Callable[[Worker], str]:
    """The mark of a part of one row: what it tells."""
    return lambda worker: repr([sorted(entry.items()) for entry in entries(worker)])


def number_of_entries(entries: Callable[[Worker], Iterator[Entry]]) -> Callable[[Worker], int]:
    """The number of entries of a part of one row."""
    return lambda worker: sum(1 for _entry in entries(worker))
