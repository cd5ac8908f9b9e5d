"""Self-reviews (Ma revue): a person goes through their record, one answer a skill. Only the person writes it.

An answer and what it says of the skill are written together (services/records.py), against the version of the
statement that the person saw: of two tabs that answer the same skill, the second is told. The order of locks
is the review, then its statements.
"""

import datetime as dt
from dataclasses import asdict, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.enums import SelfReviewAnswerKind, SelfReviewEnd
from competences.models import (
    SelfReview,
    SelfReviewAnswer,
    SelfReviewPlan,
    SkillRevision,
    SkillStatement,
)
from competences.models.records import LEVELS
from competences.models.self_reviews import SELF_REVIEW_MONTHS
from competences.rules.self_reviews import DEFAULT_MONTHS, OPEN_FOR, is_left, level_answer, next_self_review
from competences.services.ownership import UNDO_WITHIN, require_own
from competences.services.records import Former, Said, change_skill, confirm_skills, own_statement, take_back

Kind = SelfReviewAnswerKind


@transaction.atomic
def start_self_review(*, actor: Actor, worker: Worker, now: dt.datetime | None = None) -> SelfReview:
    """The review in progress, or a new one; one that was left open for 60 days is closed first.

    Raises Refused when the record holds no skill.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    review = SelfReview.objects.open().filter(worker=worker).first()
    if review is not None and not is_left(review.started_at, now):
        return review
    if review is not None:
        _close(review, SelfReviewEnd.TOO_OLD, review.started_at + OPEN_FOR)
    if not SkillStatement.objects.standing().filter(worker=worker).exists():
        raise Refused(
            "nothing_to_review",
            _("Votre dossier ne contient pas encore de compétence. Ajoutez-en une, puis revenez ici."),
        )
    return SelfReview.objects.create(worker=worker, started_at=now)


@transaction.atomic
def confirm_answer(
    *,
    actor: Actor,
    review: SelfReview,
    statement: SkillStatement,
    version: int,
    now: dt.datetime | None = None,
) -> SelfReviewAnswer:
    """The person says the same again of the skill. Raises Refused as `_answer` does."""
    return _answer(actor, review, statement, version, Kind.CONFIRMED, {}, now)


@transaction.atomic
def level_answer_of(
    *,
    actor: Actor,
    review: SelfReview,
    statement: SkillStatement,
    version: int,
    level: int,
    now: dt.datetime | None = None,
) -> SelfReviewAnswer:
    """The person says a level. Raises Refused for one off the scale, and as `_answer` does."""
    if not 1 <= level <= LEVELS:
        raise Refused("bad_level", _("Choisissez un niveau de 1 à 8."), field="level")
    return _answer(actor, review, statement, version, None, {"level": level}, now)


@transaction.atomic
def stop_answer(
    *,
    actor: Actor,
    review: SelfReview,
    statement: SkillStatement,
    version: int,
    now: dt.datetime | None = None,
) -> SelfReviewAnswer:
    """The person no longer practises the skill, which stays in their record. Raises Refused as the others."""
    return _answer(actor, review, statement, version, Kind.STOPPED, {"is_practised": False}, now)


@transaction.atomic
def skip_answer(
    *,
    actor: Actor,
    review: SelfReview,
    statement: SkillStatement,
    version: int,
    now: dt.datetime | None = None,
) -> SelfReviewAnswer:
    """The person leaves the skill as it is until the next review. Raises Refused as `_answer` does."""
    return _answer(actor, review, statement, version, Kind.SKIPPED, None, now)


@transaction.atomic
def confirm_rest(
    *,
    actor: Actor,
    review: SelfReview,
    versions: dict[int, int],
    now: dt.datetime | None = None,
) -> int:
    """Confirms at once the skills of `versions` (the version seen, by statement), those still to be asked.

    Returns how many. A skill that was answered or taken out meanwhile is left alone; raises Refused, and
    writes nothing, when what is said of one of the others changed since it was shown.
    """
    now = now or timezone.now()
    review = _in_progress(actor, review, now)
    waiting = waiting_statements(review).filter(pk__in=versions).in_bulk()
    seen = {key: versions[key] for key in waiting}
    current = SkillRevision.objects.current().filter(statement__in=seen)
    before = {revision.statement_id: _kept(revision) for revision in current}
    confirm_skills(actor=actor, worker=review.worker, versions=seen, now=now)
    SelfReviewAnswer.objects.bulk_create(
        SelfReviewAnswer(
            review=review,
            statement_id=key,
            kind=Kind.CONFIRMED,
            before=before[key],
            version=version + 1,
            answered_at=now,
        )
        for key, version in seen.items()
    )
    _finish_when_done(review, now)
    return len(seen)


@transaction.atomic
def undo_answer(
    *, actor: Actor, review: SelfReview, now: dt.datetime | None = None
) -> list[SelfReviewAnswer]:
    """Takes back the last answer, or all those of the last press, within 24 hours; a review that it had
    finished is open again.

    Raises Refused when there is nothing to take back, when it is too late, when a skill changed since, and
    when a later review has started.
    """
    now = now or timezone.now()
    review = _own(actor, review)
    last = review.answers.order_by("-answered_at", "-pk").first()
    if last is None or review.end == SelfReviewEnd.TOO_OLD or is_left(review.started_at, now):
        raise Refused("nothing_to_undo", _("Il n’y a pas de réponse à annuler."))
    if now - last.answered_at > UNDO_WITHIN:
        message = _("Le délai de 24 heures est passé. Vous pouvez changer la compétence dans votre dossier.")
        raise Refused("too_late", message)
    rows = list(review.answers.filter(answered_at=last.answered_at))
    former = {row.statement_id: _former(row) for row in rows if row.before is not None}
    if former:
        take_back(actor=actor, worker=review.worker, former=former, said_at=last.answered_at, now=now)
    review.answers.filter(answered_at=last.answered_at).delete()
    if review.closed_at is not None:
        _reopen(review)
    return rows


@transaction.atomic
def finish_self_review(*, actor: Actor, review: SelfReview, now: dt.datetime | None = None) -> SelfReview:
    """The person ends the review here: what was not asked stays as it is. Ending twice is ending once."""
    now = now or timezone.now()
    review = _own(actor, review)
    if review.closed_at is None:
        if is_left(review.started_at, now):
            raise _left()
        _end(review, SelfReviewEnd.STOPPED, now)
    return review


@transaction.atomic
def set_self_review_plan(
    *, actor: Actor, worker: Worker, rhythm_months: int | None, now: dt.datetime | None = None
) -> SelfReviewPlan:
    """How often the person wishes to go through their record; None for no date and no reminder. Without a
    review yet, the months are counted from today.

    Raises Refused for a rhythm out of bounds.
    """
    require_own(actor, worker)
    today = timezone.localdate(now or timezone.now())
    if rhythm_months is not None and not SELF_REVIEW_MONTHS[0] <= rhythm_months <= SELF_REVIEW_MONTHS[1]:
        raise Refused("bad_rhythm", _("Choisissez un rythme de 1 à 24 mois."), field="rhythm_months")
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    plan = SelfReviewPlan.objects.filter(worker=worker).first() or SelfReviewPlan(
        worker=worker, last_on=today
    )
    plan.rhythm_months = rhythm_months
    return _date(plan, today)


def waiting_statements(review: SelfReview) -> QuerySet[SkillStatement]:
    """The skills that the review has still to ask (rules/self_reviews.py says which and why), in no order."""
    answered = review.answers.values("statement")
    return (
        SkillStatement.objects.standing()
        .filter(worker=review.worker_id, declared_at__lte=review.started_at)
        .exclude(pk__in=answered)
    )


def _answer(
    actor: Actor,
    review: SelfReview,
    statement: SkillStatement,
    version: int,
    kind: Kind | None,
    said: dict[str, Any] | None,
    now: dt.datetime | None,
) -> SelfReviewAnswer:
    """Writes an answer and what it says: `said` is what changes, None when nothing is said; a `kind` of None
    is told by the level.

    Raises Refused when the review is closed, the skill answered already, or changed since `version`; NotFound
    when the skill is not one of the record.
    """
    now = now or timezone.now()
    review = _in_progress(actor, review, now)
    statement = own_statement(actor, statement)
    if statement.worker_id != review.worker_id:
        raise NotFound
    current = statement.revisions.current().get()
    before = Said.of(current)
    answer = SelfReviewAnswer(
        review=review,
        statement=statement,
        kind=kind or Kind(level_answer(before.level, (said or {})["level"])),
        before=None if said is None else _kept(current),
        version=version + (said is not None),
        answered_at=now,
    )
    _save_once(answer)
    if said is not None:
        written = replace(before, **said)
        change_skill(actor=actor, statement=statement, version=version, said=written, now=now)
    _finish_when_done(review, now)
    return answer


def _save_once(answer: SelfReviewAnswer) -> None:
    try:
        with transaction.atomic():
            answer.save()
    except IntegrityError as error:
        message = _(
            "Vous avez déjà répondu pour cette compétence, dans un autre onglet ou sur un autre appareil."
            " Cette première réponse est gardée."
        )
        raise Refused("already_answered", message) from error


def _own(actor: Actor, review: SelfReview) -> SelfReview:
    rows = SelfReview.objects.select_for_update(of=("self",)).select_related("worker")
    found = rows.filter(pk=review.pk).first()
    if found is None:
        raise NotFound
    require_own(actor, found.worker)
    return found


def _in_progress(actor: Actor, review: SelfReview, now: dt.datetime) -> SelfReview:
    found = _own(actor, review)
    if found.closed_at is not None:
        raise Refused("closed", _("Cette revue est terminée. Vos réponses sont gardées."))
    if is_left(found.started_at, now):
        raise _left()
    return found


def _left() -> Refused:
    message = _(
        "Cette revue est restée ouverte plus de 60 jours : elle est close. Vos réponses sont gardées."
        " Vous pouvez en commencer une autre."
    )
    return Refused("left", message)


def _finish_when_done(review: SelfReview, now: dt.datetime) -> None:
    if not waiting_statements(review).exists():
        _end(review, SelfReviewEnd.FINISHED, now)


def _end(review: SelfReview, end: SelfReviewEnd, now: dt.datetime) -> None:
    """Closes a review that counts: the next date is counted from it."""
    _close(review, end, now)
    today = timezone.localdate(now)
    plan, _created = SelfReviewPlan.objects.get_or_create(
        worker=review.worker,
        defaults={
            "last_on": today,
            "rhythm_months": DEFAULT_MONTHS,
            "next_on": next_self_review(today, DEFAULT_MONTHS, today).on,
        },
    )
    plan.last_on = today
    _date(plan, today)


def _close(review: SelfReview, end: SelfReviewEnd, at: dt.datetime) -> None:
    review.closed_at, review.end = at, end
    review.save(update_fields=["closed_at", "end"])


def _reopen(review: SelfReview) -> None:
    """A review goes on after its last answer was taken back. Its date stays: it moves when it ends again."""
    review.closed_at, review.end = None, ""
    try:
        with transaction.atomic():
            review.save(update_fields=["closed_at", "end"])
    except IntegrityError as error:
        message = _(
            "Une autre revue a commencé depuis. Vous pouvez changer la compétence dans votre dossier."
        )
        raise Refused("other_review", message) from error


def _date(plan: SelfReviewPlan, today: dt.date) -> SelfReviewPlan:
    months = plan.rhythm_months
    plan.next_on = next_self_review(plan.last_on, months, today).on if months else None
    plan.save()
    return plan


def _kept(revision: SkillRevision) -> dict[str, Any]:
    """What a revision says, as JSON keeps it."""
    held: dict[str, Any] = {**asdict(Said.of(revision)), "confirmed_on": revision.confirmed_on}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in held.items()}


def _former(answer: SelfReviewAnswer) -> Former:
    """The same, read back."""
    held = dict(answer.before or {})
    for name in ("acquired_on", "practised_on", "confirmed_on"):
        held[name] = dt.date.fromisoformat(held[name]) if held[name] else None
    confirmed_on = held.pop("confirmed_on")
    return Former(version=answer.version, said=Said(**held), confirmed_on=confirmed_on)
