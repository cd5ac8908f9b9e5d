"""What shares add to the registries: messages, a reminder and a right."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from accounts import grants, notifications, reminders
from accounts.email_rendering import absolute_url
from accounts.enums import Category, Purpose
from accounts.grants import Grant, Granted
from accounts.models import Notification, Share, ShareCode, User, Worker
from accounts.notifications import Detail, NotificationKind
from accounts.queries.shares import facts_of, shares_of
from accounts.reminders import Candidate, ReminderKind
from accounts.rules.shares import REMINDED_DAYS, may_try
from accounts.share_keys import code_digits, link_key


def register() -> None:
    """Called once, when the app is ready."""
    for kind in _KINDS:
        notifications.register(kind)
    reminders.register(
        ReminderKind(
            name="share_ending",
            notification_kind="share_ending",
            stages=(-REMINDED_DAYS,),
            candidates=_ending,
        )
    )
    grants.register(Grant(name="share", purpose=Purpose.SHARE, workers=_workers, listed=_listed))


# The right -------------------------------------------------------------------------------------------------


def _workers(actor: User, on: date) -> QuerySet[Worker]:
    """The workers who show something to an organisation of that person."""
    return Worker.objects.filter(pk__in=Share.objects.for_member(actor, on).order_by().values("worker"))


def _listed(worker: Worker, on: date) -> list[Granted]:
    """The shares that open something on that day. One query."""
    return [
        Granted(
            who=share.reader_name,
            what=ngettext("%(number)s élément partagé", "%(number)s éléments partagés", share.ticked)
            % {"number": share.ticked},
            until=share.end_on,
            url=reverse("accounts:share", args=[share.public_id]),
        )
        for share in shares_of(worker).open_on(on)  # type: ignore[attr-defined]
    ]


# The reminder ----------------------------------------------------------------------------------------------


def _ending(on: date, horizon_days: int) -> Iterator[Candidate]:
    """Open shares whose last week comes within the horizon; one agreed for less than a week needs no
    reminder."""
    last = on + timedelta(days=horizon_days + REMINDED_DAYS)
    shares = Share.objects.open_on(on).filter(end_on__lte=last).select_related("worker").order_by("pk")
    for share in shares.iterator():
        if share.end_on - share.agreed_on > timedelta(days=REMINDED_DAYS):
            yield Candidate(
                recipient_id=share.worker.user_id,
                subject_key=f"share-{share.pk}",
                due_on=share.end_on,
                payload={"share_id": share.pk, "day": share.end_on.isoformat()},
            )


def _end_moved(notification: Notification) -> bool:
    """The share was closed since, or has another end."""
    day = date.fromisoformat(notification.payload["day"])
    return not _open(notification).filter(end_on=day).exists()


# The messages ----------------------------------------------------------------------------------------------


def _open(notification: Notification) -> QuerySet[Share]:
    return Share.objects.open_on(timezone.localdate()).filter(pk=notification.payload["share_id"])


def _is_over(notification: Notification) -> bool:
    return not _open(notification).exists()


def _link_words(notification: Notification) -> dict[str, Any]:
    """The link, made when the message leaves."""
    share = Share.objects.get(pk=notification.payload["share_id"])
    return {"share_url": absolute_url("accounts:share_link", link_key(share.public_id))}


def _code(notification: Notification) -> ShareCode | None:
    """The code, while its share is open and it may still be typed."""
    open_today = Share.objects.open_on(timezone.localdate())
    rows = ShareCode.objects.filter(pk=notification.payload["code_id"], share__in=open_today)
    code = rows.select_related("share").first()
    return code if code is not None and may_try(facts_of(code), timezone.now()) else None


def _code_is_old(notification: Notification) -> bool:
    return _code(notification) is None


def _code_address(notification: Notification) -> str:
    code = _code(notification)
    return code.share.recipient_email if code else ""


def _code_words(notification: Notification) -> dict[str, Any]:
    """The digits, made when the message leaves, in two groups."""
    code = ShareCode.objects.get(pk=notification.payload["code_id"])
    digits = code_digits(code.public_id)
    return {"code": f"{digits[:4]} {digits[4:]}"}


def _own_details(rows: Sequence[Notification], recipient: User, on: date) -> dict[int, Detail]:
    """To whom, and the page of the share. One query."""
    wanted = {row.payload["share_id"] for row in rows}
    shares = Share.objects.filter(pk__in=wanted, worker__user=recipient).select_related("organisation")
    known = {share.pk: share for share in shares}
    return {
        row.pk: Detail(
            text=share.reader_name,
            label=gettext("Voir ce partage"),
            page="accounts:share",
            arguments=(share.public_id,),
        )
        for row in rows
        if (share := known.get(row.payload["share_id"]))
    }


def _received_details(rows: Sequence[Notification], recipient: User, on: date) -> dict[int, Detail]:
    """The way to what is shared, while it opens for that person. One query."""
    wanted = {row.payload["share_id"] for row in rows}
    shares = Share.objects.for_member(recipient, on).filter(pk__in=wanted).select_related("organisation")
    known = {share.pk: share for share in shares}
    return {
        row.pk: Detail(
            text=share.reader_name,
            label=gettext("Lire ce qui est partagé"),
            page="accounts:shared",
            arguments=(share.public_id,),
        )
        for row in rows
        if (share := known.get(row.payload["share_id"]))
    }


_KINDS = [
    NotificationKind(
        name="share_made",
        category=Category.MANDATES,
        title=_("J’ai créé un partage"),
        template="share_made",
        details=_own_details,
    ),
    NotificationKind(
        # Its row is the worker's, whose page of messages does not show it: it is for somebody else.
        name="share_link",
        category=Category.MANDATES,
        title=_("J’ai partagé par lien"),
        template="share_link",
        on_page=False,
        is_obsolete=_is_over,
        context=_link_words,
    ),
    NotificationKind(
        name="share_received",
        category=Category.MANDATES,
        title=_("On partage un profil avec mon organisation"),
        template="share_received",
        is_obsolete=_is_over,
        details=_received_details,
    ),
    NotificationKind(
        # It goes to the address of the share: what the worker confirmed or switched off says nothing of it.
        name="share_code",
        category=Category.SECURITY,
        title=_("Un code pour lire un partage"),
        template="share_code",
        security=True,
        before_verification=True,
        on_page=False,
        is_obsolete=_code_is_old,
        address=_code_address,
        context=_code_words,
    ),
    NotificationKind(
        name="share_ending",
        category=Category.MANDATES,
        title=_("Un de mes partages se ferme bientôt"),
        template="share_ending",
        is_obsolete=_end_moved,
        details=_own_details,
    ),
]
