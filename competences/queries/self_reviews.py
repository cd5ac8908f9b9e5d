"""The self-review of one person. The caller is that person."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.errors import NotFound
from accounts.models import User, Worker
from competences.enums import SelfReviewEnd
from competences.models import RiskFlag, SelfReview, SelfReviewPlan, SkillRevision, SkillStatement
from competences.queries.names import labels_of
from competences.queries.records import statements_of
from competences.rules.self_reviews import (
    OPEN_FOR,
    Asked,
    NextSelfReview,
    is_left,
    next_self_review,
    to_ask,
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a review has come: the keys still to be asked in order, each with the version of its statement,
    how many skills are answered already, and the key and the instant of the last answer.

    `keys` finds a skill that waits by its public identifier.
    """

    waiting: Mapping[int, int]
    keys: Mapping[uuid.UUID, int]
    answered: int
    last: tuple[int, dt.datetime] | None

    @property
    def total(self) -> int:
        """The skills of the review."""
        return self.answered + len(self.waiting)

    @property
    def number(self) -> int:
        """The place of the skill that is asked now, from 1."""
        return min(self.answered + 1, self.total)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a review changed: how many answers by kind, the skills of each kind by name, and the name and the
    instant of the last answer."""

    counts: Mapping[str, int]
    labels: Mapping[str, list[str]]
    last: tuple[str, dt.datetime] | None


def own_self_review(user: User, public_id: uuid.UUID) -> SelfReview:
    """A review of the person. Raises NotFound for another's."""
    found = SelfReview.objects.filter(worker=user.worker, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def latest_self_review(worker: Worker) -> SelfReview | None:
    """The review started last, open or not."""
    return SelfReview.objects.filter(worker=worker).first()


def with_open_review(workers: QuerySet[Worker]) -> QuerySet[Worker]:
    """The same people, each with `has_open_review`: whether they left a review on the way."""
    unfinished = SelfReview.objects.filter(worker=OuterRef("pk"), closed_at=None)
    return workers.annotate(has_open_review=Exists(unfinished))


def was_left(review: SelfReview | None, now: dt.datetime) -> bool:
    """Whether that review was left open for too long, closed by the next start or not yet."""
    if review is None:
        return False
    is_open = review.closed_at is None
    return review.end == SelfReviewEnd.TOO_OLD or (is_open and is_left(review.started_at, now))


def closed_on(review: SelfReview) -> dt.datetime:
    """When a review that was left counts as closed."""
    return review.closed_at or review.started_at + OPEN_FOR


def progress(review: SelfReview, on: dt.date | None = None) -> Progress:
    """Two queries, however many skills. A flag that the person has hidden that day does not count."""
    answers = list(review.answers.order_by("answered_at", "pk").values_list("statement", "answered_at"))
    answered = {key for key, _at in answers}
    said = SkillRevision.objects.current().filter(statement=OuterRef("pk")).values("confirmed_on")
    seen = RiskFlag.objects.shown(on) if on else RiskFlag.objects.open()
    flags = seen.filter(statement=OuterRef("pk"))
    rows = (
        SkillStatement.objects.standing()
        .filter(worker=review.worker_id)
        .annotate(is_flagged=Exists(flags), confirmed_on=Subquery(said[:1]))
        .order_by("pk")
        .values_list("pk", "is_flagged", "confirmed_on", "declared_at", "version", "public_id")
    )
    found = {row[0]: row for row in rows}
    skills = (Asked(*row[:4]) for row in found.values())
    asked = to_ask(skills, answered=answered, started_at=review.started_at)
    return Progress(
        waiting={one.key: found[one.key][4] for one in asked},
        keys={found[one.key][5]: one.key for one in asked},
        answered=len(answered),
        last=answers[-1] if answers else None,
    )


def named_statements(worker: Worker, keys: Iterable[int], on: dt.date) -> dict[int, SkillStatement]:
    """Standing skills of the record by their keys, each with its `label`, what is `said` of it and the
    `open_flags` that the person has not hidden that day. Four queries."""
    found = statements_of(worker).filter(pk__in=set(keys)).in_bulk()
    labels = labels_of(one.concept_id for one in found.values() if one.concept_id)
    for one in found.values():
        one.label = labels.get(one.concept_id, one.free_text)
        one.said = one.current[0]
        one.open_flags = [flag for flag in one.open_flags if not flag.is_hidden(on)]
    return found


def outcome(review: SelfReview) -> Outcome:
    """Two queries."""
    answers = list(review.answers.select_related("statement").order_by("answered_at", "pk"))
    names = labels_of(one.statement.concept_id for one in answers if one.statement.concept_id)
    named = [(one, names.get(one.statement.concept_id, one.statement.free_text)) for one in answers]
    labels: dict[str, list[str]] = {}
    for one, label in named:
        labels.setdefault(one.kind, []).append(label)
    last = (named[-1][1], answers[-1].answered_at) if answers else None
    return Outcome(Counter(one.kind for one in answers), labels, last)


def self_review_plan(worker: Worker) -> SelfReviewPlan | None:
    """The rhythm that the person wishes; None before their first review."""
    return SelfReviewPlan.objects.filter(worker=worker).first()


def due_self_review(plan: SelfReviewPlan | None, on: dt.date) -> NextSelfReview | None:
    """The next review that the person wishes, with its reasons; None without a rhythm."""
    if plan is None or plan.rhythm_months is None:
        return None
    return next_self_review(plan.last_on, plan.rhythm_months, on)
