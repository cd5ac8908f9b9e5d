"""The messages and reminders that this app registers at start-up."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import notifications, reminders
from accounts.enums import Category
from accounts.notifications import NotificationKind
from accounts.reminders import Candidate, ReminderKind
from competences.queries import messages

BILAN_STAGES = (-30, -7, 0)
"""Days before the wished date of a bilan on which the person is reminded."""


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
    reminders.register(
        ReminderKind(
            name="bilan_due", notification_kind="bilan_due", stages=BILAN_STAGES, candidates=_bilans_due
        )
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


def _bilans_due(on: dt.date, horizon_days: int) -> Iterator[Candidate]:
    """Plans whose date is near enough for a stage to be reached, or passed less than a month ago."""
    from competences.models import BilanPlan

    first = on - dt.timedelta(days=31)
    last = on + dt.timedelta(days=horizon_days - min(BILAN_STAGES))
    plans = BilanPlan.objects.filter(next_on__range=(first, last)).select_related("worker").order_by("pk")
    for plan in plans.iterator():
        yield Candidate(
            recipient_id=plan.worker.user_id,
            subject_key=f"worker-{plan.worker_id}",
            due_on=plan.next_on,
            payload={"plan": plan.pk, "day": plan.next_on.isoformat()},
        )
