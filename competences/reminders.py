"""The messages and reminders that this app registers at start-up."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import notifications, reminders
from accounts.email_rendering import absolute_url
from accounts.enums import Category
from accounts.notifications import NotificationKind
from accounts.reminders import Candidate, ReminderKind
from competences import bilan_kinds
from competences.queries import messages
from competences.rules.attestations import REMINDED_AFTER_DAYS

BILAN_STAGES = (-30, -7, 0)
"""Days before the wished date of a bilan on which the person is reminded."""

SELF_REVIEW_STAGES = (-7, 0)
"""The same for the date of a self-review, which takes six minutes: a week before, and the day itself."""


def register() -> None:
    """Registers the kinds of the app; called once, when the applications are ready."""
    notifications.register(
        NotificationKind(
            name="reference_changed",
            category=Category.SKILLS,
            title=_("Le référentiel a changé pour mes compétences"),
            template="reference_changed",
            details=messages.reference_changed,
            is_obsolete=_nothing_to_see,
        )
    )
    notifications.register(
        NotificationKind(
            name="edition_retired",
            category=Category.SKILLS,
            title=_("Une édition du référentiel a été retirée"),
            template="edition_retired",
            details=messages.edition_retired,
        )
    )
    notifications.register(
        NotificationKind(
            name="organisation_jobs_changed",
            category=Category.SKILLS,
            title=_("Le référentiel a changé pour les métiers de mon organisation"),
            template="organisation_jobs_changed",
            details=messages.organisation_jobs_changed,
            is_obsolete=_no_longer_a_member,
        )
    )
    notifications.register(
        NotificationKind(
            name="bilan_due",
            category=Category.BILANS,
            title=_("La date de mon prochain bilan approche"),
            template="bilan_due",
            details=messages.bilan_due,
            is_obsolete=_plan_moved,
        )
    )
    _register_reviews()
    reminders.register(
        ReminderKind(
            name="bilan_due", notification_kind="bilan_due", stages=BILAN_STAGES, candidates=_bilans_due
        )
    )
    _register_self_reviews()
    bilan_kinds.register()


def _register_self_reviews() -> None:
    notifications.register(
        NotificationKind(
            name="self_review_due",
            category=Category.SKILLS,
            title=_("La date de ma prochaine revue approche"),
            template="self_review_due",
            details=messages.self_review_due,
            is_obsolete=_review_moved,
        )
    )
    reminders.register(
        ReminderKind(
            name="self_review_due",
            notification_kind="self_review_due",
            stages=SELF_REVIEW_STAGES,
            candidates=_self_reviews_due,
        )
    )


def _register_reviews() -> None:
    """What readers and workers are told of review requests."""
    notifications.register(
        NotificationKind(
            name="review_asked",
            category=Category.MANDATES,
            title=_("Une personne me demande mon avis"),
            template="review_asked",
            details=messages.review_asked,
            is_obsolete=_no_longer_waiting,
            context=_request_address,
        )
    )
    notifications.register(
        NotificationKind(
            # Its row is the worker's, whose page of messages does not show it: it was for somebody else.
            name="review_asked_outside",
            category=Category.MANDATES,
            title=_("J’ai demandé un avis par e-mail"),
            template="review_asked",
            on_page=False,
            is_obsolete=_no_longer_waiting,
            context=_request_address,
        )
    )
    notifications.register(
        NotificationKind(
            name="review_answered",
            category=Category.SKILLS,
            title=_("J’ai une réponse à ma demande d’avis"),
            template="review_answered",
            details=messages.own_review,
        )
    )
    notifications.register(
        NotificationKind(
            name="review_waiting",
            category=Category.SKILLS,
            title=_("Ma demande d’avis attend depuis deux semaines"),
            template="review_waiting",
            details=messages.own_review,
            is_obsolete=_no_longer_waiting,
        )
    )
    reminders.register(
        ReminderKind(
            name="review_waiting",
            notification_kind="review_waiting",
            stages=(0,),
            candidates=_reviews_waiting,
        )
    )


def _no_longer_waiting(notification: Any) -> bool:
    """The request was answered, declined or withdrawn."""
    from competences.models import ReviewRequest

    return not ReviewRequest.objects.unfinished().filter(pk=notification.payload["request"]).exists()


def _request_address(notification: Any) -> dict[str, Any]:
    """The page of the request, which opens for its reader alone."""
    from competences.models import ReviewRequest

    review = ReviewRequest.objects.get(pk=notification.payload["request"])
    return {"review_url": absolute_url("competences:review", review.public_id)}


def _reviews_waiting(on: dt.date, horizon_days: int) -> Iterator[Candidate]:
    """Requests that nobody has answered, whose fourteenth day has come in the last month or is near."""
    from competences.models import ReviewRequest

    first = on - dt.timedelta(days=31 + REMINDED_AFTER_DAYS)
    last = on + dt.timedelta(days=horizon_days - REMINDED_AFTER_DAYS)
    waiting = ReviewRequest.objects.unfinished().filter(asked_at__date__range=(first, last))
    for review in waiting.select_related("worker").order_by("pk").iterator():
        yield Candidate(
            recipient_id=review.worker.user_id,
            subject_key=f"request-{review.pk}",
            due_on=timezone.localdate(review.asked_at) + dt.timedelta(days=REMINDED_AFTER_DAYS),
            payload={"request": review.pk},
        )


def _nothing_to_see(notification: Any) -> bool:
    """No flag of that edition is open any more."""
    from competences.models import RiskFlag

    flags = RiskFlag.objects.open().filter(statement__worker__user=notification.recipient_id)
    return not flags.filter(edition=notification.payload["edition"]).exists()


def _no_longer_a_member(notification: Any) -> bool:
    """The person has left the organisation, or the edition no longer counts."""
    from accounts.models import Membership
    from competences.models import Edition

    members = Membership.objects.in_force(timezone.localdate()).filter(user=notification.recipient_id)
    is_member = members.filter(organisation=notification.payload["organisation"]).exists()
    return not (
        is_member and Edition.objects.in_history().filter(pk=notification.payload["edition"]).exists()
    )


def _plan_moved(notification: Any) -> bool:
    """The plan that the reminder was for has another date, or is gone."""
    from competences.models import BilanPlan

    day = dt.date.fromisoformat(notification.payload["day"])
    return not BilanPlan.objects.filter(pk=notification.payload["plan"], next_on=day).exists()


def _review_moved(notification: Any) -> bool:
    """The review was done since, has another date, or is no longer wished."""
    from competences.models import SelfReviewPlan

    day = dt.date.fromisoformat(notification.payload["day"])
    return not SelfReviewPlan.objects.filter(pk=notification.payload["plan"], next_on=day).exists()


def _bilans_due(on: dt.date, horizon_days: int) -> Iterator[Candidate]:
    """Plans whose date is near enough for a stage to be reached, or passed less than a month ago."""
    from competences.models import BilanPlan

    return _due(BilanPlan, BILAN_STAGES, on, horizon_days)


def _self_reviews_due(on: dt.date, horizon_days: int) -> Iterator[Candidate]:
    """The same for the reviews of people who wish one every so many months."""
    from competences.models import SelfReviewPlan

    return _due(SelfReviewPlan, SELF_REVIEW_STAGES, on, horizon_days)


def _due(plans_of: Any, stages: tuple[int, ...], on: dt.date, horizon_days: int) -> Iterator[Candidate]:
    first = on - dt.timedelta(days=31)
    last = on + dt.timedelta(days=horizon_days - min(stages))
    # In no order: asked for one, the database reads everybody's plans to begin sooner.
    plans = plans_of.objects.filter(next_on__range=(first, last)).order_by()
    rows = plans.values_list("pk", "worker_id", "worker__user_id", "next_on")
    for plan, worker, user, next_on in rows.iterator():
        yield Candidate(
            recipient_id=user,
            subject_key=f"worker-{worker}",
            due_on=next_on,
            payload={"plan": plan, "day": next_on.isoformat()},
        )
