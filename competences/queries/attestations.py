"""Review requests as their worker and their reader see them, and what others say of statements."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from accounts.access import Thing, access_object
from accounts.actors import Actor
from accounts.enums import Purpose
from accounts.errors import NotFound
from accounts.models import Mandate, User, Worker
from competences.models import Attestation, Evidence, ReviewRequest, SkillRevision, SkillStatement
from competences.queries.records import statements_of, with_labels

_SKILLS = Count("statements", filter=Q(statements__removed_at=None), distinct=True)
_PIECES = Count("evidence", distinct=True)


# The worker ------------------------------------------------------------------------------------------------


def requests_of(worker: Worker) -> QuerySet[ReviewRequest]:
    """The requests of a worker, the latest first, each with its `skills` and `pieces` counted."""
    rows = ReviewRequest.objects.filter(worker=worker).select_related("reader", "organisation")
    return rows.annotate(skills=_SKILLS, pieces=_PIECES).order_by("-asked_at", "-pk")


def opened_requests(worker: Worker, on: dt.date) -> QuerySet[ReviewRequest]:
    """Those of them that their reader may open that day."""
    return requests_of(worker).filter(pk__in=_opened(worker, on).values("pk"))


def own_request(user: User, public_id: UUID, *, on: dt.date) -> ReviewRequest:
    """A request of the reader's own record, with its moves, and whether it `is_open` to its reader that day.

    Raises NotFound. Two queries.
    """
    rows = requests_of(user.worker).select_related("reader", "organisation", "worker__user")
    rows = rows.annotate(is_open=Exists(_opened(user.worker, on).filter(pk=OuterRef("pk"))))
    found = rows.prefetch_related("moves").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def _opened(worker: Worker, on: dt.date) -> QuerySet[ReviewRequest]:
    """A mandate that ended closes an adviser's request too."""
    mandates = Mandate.objects.effective(on).filter(worker=worker, purpose=Purpose.REVIEW)
    by_mandate = Q(capacity="adviser", reader__in=mandates.values("adviser"))
    opened = ReviewRequest.objects.filter(worker=worker).open_on(on)
    return opened.filter(~Q(capacity="adviser") | by_mandate)


def review_mandates(worker: Worker, on: dt.date) -> QuerySet[Mandate]:
    """The mandates to review that hold that day: the advisers who may be asked."""
    mandates = Mandate.objects.effective(on).filter(worker=worker, purpose=Purpose.REVIEW)
    return mandates.select_related("adviser", "organisation").order_by("adviser__name", "pk")


# The reader ------------------------------------------------------------------------------------------------


def reviews_for(reader: User, on: dt.date) -> QuerySet[ReviewRequest]:
    """What that person may answer that day, the oldest first, with `skills` and `pieces` counted.

    A list names people and asks their question; it opens no file.
    """
    rows = ReviewRequest.objects.for_reader(reader, on).unfinished()
    rows = rows.select_related("worker__user").annotate(skills=_SKILLS, pieces=_PIECES)
    return rows.order_by("asked_at", "pk")


def answered_by(reader: User, on: dt.date) -> QuerySet[ReviewRequest]:
    """What that person answered and may still read again, the latest first."""
    rows = ReviewRequest.objects.for_reader(reader, on).filter(state="answered")
    return rows.select_related("worker__user").order_by("-moved_at", "-pk")


def access_review(
    actor: Actor, public_id: UUID, *, on: dt.date, thing: Thing = Thing.REVIEW_REQUEST
) -> ReviewRequest:
    """A request, for its reader, through the door that writes down the opening of this `thing`.

    Raises NotFound when it is absent or not for this actor, alike, after one query.
    """
    rows = ReviewRequest.objects.for_reader(actor, on)  # type: ignore[arg-type]
    found = rows.select_related("worker__user", "reader", "organisation").filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    access_object(actor, found.worker.public_id, thing, on=on)
    return found


def known_review(reader: User, public_id: UUID, *, on: dt.date) -> ReviewRequest:
    """A request that this person may open, or took before it closed: the services say then what became of it.

    Raises NotFound for any other. Nothing of it may be shown without `access_review`.
    """
    may_open = ReviewRequest.objects.for_reader(reader, on).values("pk")
    rows = ReviewRequest.objects.filter(Q(pk__in=may_open) | Q(reader=reader), public_id=public_id)
    found = rows.select_related("worker__user", "reader", "organisation").first()
    if found is None:
        raise NotFound
    return found


def asked_statements(review: ReviewRequest, *, actor: User, on: dt.date) -> list[SkillStatement]:
    """The ticked statements that still stand, by name, each with the ticked `proofs` that prove it."""
    rows = reviewed_statements(review.worker).filter(review_requests=review)
    rows = rows.prefetch_related(
        Prefetch("evidence", Evidence.objects.filter(review_requests=review), to_attr="proofs")
    )
    return sorted(with_labels(rows, actor=actor, on=on), key=lambda statement: statement.label.casefold())


def shown_evidence(review: ReviewRequest, public_id: UUID) -> Evidence:
    """A ticked piece of evidence that has a file, while it proves a ticked skill that still stands: what left
    the page has no address any more. Raises NotFound for any other.
    """
    asked = review.statements.standing()
    rows = Evidence.objects.with_file().filter(review_requests=review, statements__in=asked)
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def answers_of(review: ReviewRequest) -> dict[int, list[Attestation]]:
    """What was answered to a request and not taken back, by key of statement. One query."""
    return {one.statement_id: [one] for one in review.attestations.standing()}


def given_views(review: ReviewRequest, author: User) -> dict[int, Attestation]:
    """What that person answered to a request, by key of statement, what they took back included."""
    return {one.statement_id: one for one in review.attestations.filter(author=author)}


# Statements ------------------------------------------------------------------------------------------------


def reviewed_statements(worker: Worker) -> QuerySet[SkillStatement]:
    """The skills that stand in a record for whoever reviews them: without what references say of them, which
    may tell of the person's jobs."""
    rows = statements_of(worker).prefetch_related(None)
    return rows.prefetch_related(Prefetch("revisions", SkillRevision.objects.current(), to_attr="current"))


def with_recognition(statements: Iterable[SkillStatement], *, own: bool, on: dt.date) -> list[SkillStatement]:
    """The same statements, each with its `attestations_shown` and its `evidence_shown`, which knows if it
    `expired` that day. Two queries.

    `own`: the person reads, and sees what they hide from others too. The caller holds the right to show the
    record; the reader of a review request has `asked_statements`, which shows what was ticked.
    """
    found = list(statements)
    keys = [statement.pk for statement in found]
    views = Attestation.objects.standing() if own else Attestation.objects.shown()
    by_statement: dict[int, list[Attestation]] = defaultdict(list)
    for view in views.filter(statement__in=keys).select_related("request"):
        by_statement[view.statement_id].append(view)
    ties = Evidence.statements.through.objects.filter(skillstatement__in=keys).select_related("evidence")
    pieces: dict[int, list[Evidence]] = defaultdict(list)
    for tie in ties.order_by("-evidence__added_at", "-evidence_id"):
        tie.evidence.expired = tie.evidence.is_expired(on)  # type: ignore[attr-defined]
        pieces[tie.skillstatement_id].append(tie.evidence)
    for statement in found:
        statement.attestations_shown = by_statement[statement.pk]  # type: ignore[attr-defined]
        statement.evidence_shown = pieces[statement.pk]  # type: ignore[attr-defined]
    return found
