"""What waits for an adviser today, the oldest first, and what others changed in the files they accompany.

Each part is asked under the purposes that let it be told, as the list is (queries/caseload.py). Nothing here
opens a file. The number of queries is the same whatever the number of people.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Count, Exists, Max, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Purpose
from accounts.models import User, Worker
from competences.enums import AppointmentState, BilanState, DocumentKind, NoteVisibility
from competences.models import (
    Appointment,
    Bilan,
    BilanDocument,
    BilanMove,
    CaseloadVisit,
    Note,
    ReviewRequest,
    SkillRevision,
)
from competences.queries.attestations import reviews_for
from competences.queries.caseload import (
    ENDING,
    QUIET,
    TOUCHED,
    UNPLANNED,
    Accompanied,
    Caseload,
    Choice,
    Counts,
)
from competences.queries.contacts import MEETING
from competences.rules.caseload import CHANGES_DAYS, DESTROYED_DAYS

MOST_DUE, MOST_CHANGES, MOST_NAMED = 50, 30, 5
"""Lines of what waits, of what changed, and of the people shown beside a link to the list."""


class Waits(StrEnum):
    """What may wait for an adviser."""

    APPOINTMENT = "appointment"
    UNTOLD = "untold"
    REVIEW = "review"
    BILAN = "bilan"
    SYNTHESIS = "synthesis"
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that waits: for whom, since or until when, where it is done; `review` has the question."""

    what: Waits
    worker: Worker
    at: dt.datetime
    on: dt.date
    url: str
    review: ReviewRequest | None = None
    document: BilanDocument | None = None

    @property
    def days(self) -> int:
        """How many days ago; negative for what is to come."""
        return (self.on - timezone.localdate(self.at)).days

    @property
    def days_to_come(self) -> int:
        return -self.days


class Changed(StrEnum):
    """What others may have changed."""

    SKILLS = "skills"
    NOTE = "note"
    BILAN = "bilan"
    MANDATE = "mandate"


@dataclass(frozen=True, slots=True)
class Change:
    """Somebody changed something in a file: `number` of skills, or the `state` of a bilan, by `who`."""

    what: Changed
    worker: Worker
    at: dt.datetime
    number: int = 0
    who: str = ""
    state: BilanState | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """An adviser's first screen. `since`: from when changes are told, and whether the adviser said so."""

    due: list[Due]
    counts: Counts
    quiet: list[Accompanied]
    touched: list[Accompanied]
    changes: list[Change]
    since: dt.datetime
    was_seen: bool

    @property
    def quiet_total(self) -> int:
        return self.counts.filters[QUIET]

    @property
    def touched_total(self) -> int:
        return self.counts.filters[TOUCHED]

    @property
    def unplanned_total(self) -> int:
        return self.counts.filters[UNPLANNED]

    @property
    def ending_total(self) -> int:
        return self.counts.filters[ENDING]


def today(adviser: User, *, now: dt.datetime) -> Today:
    """Everything that the first screen shows."""
    caseload = Caseload(adviser, now=now)
    visit = CaseloadVisit.objects.filter(adviser=adviser).first()
    since = visit.seen_until if visit else now - dt.timedelta(days=CHANGES_DAYS)
    counts = caseload.counts(Choice())
    quiet = caseload.people(Choice(vue=QUIET, tri="contact"))[:MOST_NAMED]
    touched = caseload.people(Choice(vue=TOUCHED))[:MOST_NAMED]
    return Today(
        due=_due(caseload),
        counts=counts,
        quiet=caseload.lines(quiet) if counts.filters[QUIET] else [],
        touched=caseload.lines(touched) if counts.filters[TOUCHED] else [],
        changes=_changes(caseload, since),
        since=since,
        was_seen=visit is not None,
    )


# What waits ------------------------------------------------------------------------------------------------


def _due(caseload: Caseload) -> list[Due]:
    """What waits, the oldest first: what is late, then today, then what comes."""
    parts: list[Callable[[Caseload], Iterable[Due]]] = [_appointments, _reviews, _bilans, _documents]
    found = [one for part in parts for one in part(caseload)]
    return sorted(found, key=lambda one: (one.at, one.worker.pk))[:MOST_DUE]


def _appointments(caseload: Caseload) -> Iterable[Due]:
    """Those of today, and those of before whose outcome nobody noted."""
    until = timezone.make_aware(dt.datetime.combine(caseload.on + dt.timedelta(days=1), dt.time.min))
    rows = Appointment.objects.filter(
        adviser=caseload.adviser,
        state=AppointmentState.PLANNED,
        starts_at__lt=until,
        worker__in=caseload.mandates(*MEETING).values("worker"),
    )
    for row in rows.select_related("worker__user").order_by("starts_at", "pk")[:MOST_DUE]:
        is_past = timezone.localdate(row.starts_at) < caseload.on
        what = Waits.UNTOLD if is_past else Waits.APPOINTMENT
        yield Due(what, row.worker, row.starts_at, caseload.on, _file(row.worker))


def _reviews(caseload: Caseload) -> Iterable[Due]:
    """What people ask this adviser to say of their skills, with the question and the number of proofs."""
    for row in reviews_for(caseload.adviser, caseload.on)[:MOST_DUE]:
        url = reverse("competences:review", args=[row.public_id])
        yield Due(Waits.REVIEW, row.worker, row.asked_at, caseload.on, url, review=row)


def _bilans(caseload: Caseload) -> Iterable[Due]:
    """Bilans ready to begin, and those in their last phase whose synthesis is not handed over."""
    handed = BilanDocument.objects.handed().filter(bilan=OuterRef("pk"), kind=DocumentKind.SYNTHESIS)
    rows = Bilan.objects.accompanied_by(caseload.adviser).filter(
        state__in=[BilanState.PREPARED, BilanState.CONCLUSIONS],
        worker__in=caseload.mandates(Purpose.BILAN).values("worker"),
    )
    rows = rows.annotate(is_handed=Exists(handed)).select_related("worker__user")
    for row in rows.order_by("moved_at", "pk")[:MOST_DUE]:
        if row.state == BilanState.PREPARED:
            yield Due(Waits.BILAN, row.worker, row.moved_at, caseload.on, _file(row.worker))
        elif not row.is_handed:
            url = reverse("competences:synthesis", args=[row.public_id])
            yield Due(Waits.SYNTHESIS, row.worker, row.moved_at, caseload.on, url)


def _documents(caseload: Caseload) -> Iterable[Due]:
    """Documents of the bilans this adviser accompanied, to be destroyed within a month, or by now."""
    rows = BilanDocument.objects.filter(
        bilan__in=Bilan.objects.accompanied_by(caseload.adviser),
        destroy_on__lte=caseload.on + dt.timedelta(days=DESTROYED_DAYS),
        worker__in=caseload.mandates(Purpose.BILAN).values("worker"),
    )
    for row in rows.select_related("worker__user").order_by("destroy_on", "pk")[:MOST_DUE]:
        at = timezone.make_aware(dt.datetime.combine(row.destroy_on, dt.time.min))
        url = reverse("competences:document", args=[row.public_id])
        yield Due(Waits.DOCUMENT, row.worker, at, caseload.on, url, document=row)


def _file(worker: Worker) -> str:
    return reverse("competences:adviser_worker", args=[worker.public_id])


# What others changed ---------------------------------------------------------------------------------------


def _changes(caseload: Caseload, since: dt.datetime) -> list[Change]:
    """What a person or another adviser changed since then in files that this adviser may read, the latest
    first."""
    parts = [_said, _noted, _moved, _given]
    found = [one for part in parts for one in part(caseload, since)]
    return sorted(found, key=lambda one: one.at, reverse=True)[:MOST_CHANGES]


def _said(caseload: Caseload, since: dt.datetime) -> list[Change]:
    """What people said of their skills, one line a person. Two queries."""
    rows = (
        SkillRevision.objects.filter(
            start_at__gt=since, statement__worker__in=caseload.mandates(Purpose.FOLLOW_UP).values("worker")
        )
        .values("statement__worker")
        .annotate(number=Count("statement", distinct=True), at=Max("start_at"))
        .order_by("-at")[:MOST_CHANGES]
    )
    found = {row["statement__worker"]: row for row in rows}
    people = Worker.objects.select_related("user").in_bulk(list(found))
    return [
        Change(Changed.SKILLS, people[pk], row["at"], number=row["number"])
        for pk, row in found.items()
        if pk in people
    ]


def _noted(caseload: Caseload, since: dt.datetime) -> Iterable[Change]:
    """Notes that colleagues shared, where this adviser holds the same purpose in the same organisation."""
    same = caseload.mandates().filter(
        worker=OuterRef("worker"), purpose=OuterRef("purpose"), organisation=OuterRef("organisation")
    )
    rows = Note.objects.filter(Exists(same), visibility=NoteVisibility.SHARED, edited_at__gt=since)
    rows = rows.filter(worker__in=caseload.mandates().values("worker")).exclude(author=caseload.adviser)
    for row in _latest(rows, "edited_at"):
        yield Change(Changed.NOTE, row.worker, row.edited_at, who=row.author_name)


def _moved(caseload: Caseload, since: dt.datetime) -> Iterable[Change]:
    """Phases of the bilans of this adviser that somebody else opened or closed."""
    rows = BilanMove.objects.filter(
        at__gt=since,
        bilan__in=Bilan.objects.accompanied_by(caseload.adviser),
        bilan__worker__in=caseload.mandates(Purpose.BILAN).values("worker"),
    ).exclude(actor=caseload.adviser)
    for row in rows.select_related("bilan__worker__user").order_by("-at", "-pk")[:MOST_CHANGES]:
        yield Change(Changed.BILAN, row.bilan.worker, row.at, who=row.actor_name, state=BilanState(row.after))


def _given(caseload: Caseload, since: dt.datetime) -> Iterable[Change]:
    """Mandates given since then, one line a person."""
    seen: dict[int, Change] = {}
    for row in _latest(caseload.mandates().filter(granted_at__gt=since), "granted_at"):
        seen.setdefault(row.worker_id, Change(Changed.MANDATE, row.worker, row.granted_at))
    return seen.values()


def _latest(rows: QuerySet, column: str) -> QuerySet:
    return rows.select_related("worker__user").order_by(f"-{column}", "-pk")[:MOST_CHANGES]
