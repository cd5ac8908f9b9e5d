"""The messages of this app: account security, and access given to an adviser."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from allauth.account.utils import user_pk_to_url_str
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.email_rendering import absolute_url
from accounts.enums import Category
from accounts.models import (
    ErasureRequest,
    Handover,
    HandoverPart,
    Mandate,
    MandateRequest,
    Notification,
    User,
)
from accounts.notifications import Detail, NotificationKind, register

EMAIL_CONFIRMATION = "email_confirmation"
PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of a message
ACCOUNT_EXISTS = "account_exists"
PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a message
EMAIL_CHANGED = "email_changed"
ERASURE_ASKED = "erasure_asked"
MANDATE_GRANTED = "mandate_granted"
MANDATE_ASKED = "mandate_asked"
MANDATE_ASKED_OUTSIDE = "mandate_asked_outside"
HANDOVER_PROPOSED = "handover_proposed"
HANDOVER_OFFERED = "handover_offered"
HANDOVER_ANSWERED = "handover_answered"
HANDOVER_MOVED = "handover_moved"

#: A link asked for so long ago is no longer expected: the person has asked again, or given up.
ASKED_TOO_LONG_AGO = timedelta(hours=24)


def register_kinds() -> None:
    """Called once, when the app is ready."""
    for kind in _KINDS:
        register(kind)


def _address(notification: Notification) -> EmailAddress | None:
    """The row of the address this message is about; None once it was removed."""
    return EmailAddress.objects.filter(
        pk=notification.payload["email_address_id"], user_id=notification.recipient_id
    ).first()


def _address_text(notification: Notification) -> str:
    row = _address(notification)
    return row.email if row else ""


def _is_old(notification: Notification) -> bool:
    return timezone.now() - notification.created_at > ASKED_TOO_LONG_AGO


def _confirmation_is_needless(notification: Notification) -> bool:
    row = _address(notification)
    return row is None or row.verified


def _confirmation_words(notification: Notification) -> dict[str, Any]:
    row = EmailAddress.objects.get(pk=notification.payload["email_address_id"])
    key = EmailConfirmationHMAC(row).key
    return {"confirm_url": absolute_url("account_confirm_email", key), "address": row.email}


def _reset_is_needless(notification: Notification) -> bool:
    row = _address(notification)
    return row is None or not row.verified or _is_old(notification)


def _reset_words(notification: Notification) -> dict[str, Any]:
    user = notification.recipient
    token = default_token_generator.make_token(user)
    return {"reset_url": absolute_url("account_reset_password_from_key", user_pk_to_url_str(user), token)}


def _sign_in_words(notification: Notification) -> dict[str, Any]:
    return {
        "login_url": absolute_url("account_login"),
        "forgotten_url": absolute_url("account_reset_password"),
    }


def _mandate_is_over(notification: Notification) -> bool:
    today = timezone.localdate()
    return not Mandate.objects.effective(today).filter(pk=notification.payload["mandate_id"]).exists()


def _mandate_details(rows: Sequence[Notification], recipient: User, on: date) -> dict[int, Detail]:
    """Who gave the access, while it still opens that person's file. One query."""
    wanted = {row.payload["mandate_id"] for row in rows}
    mandates = Mandate.objects.effective(on).filter(pk__in=wanted, adviser=recipient)
    known = {mandate.pk: mandate for mandate in mandates.select_related("worker__user")}
    return {
        row.pk: Detail(
            text=mandate.worker.user.display_name,
            label=gettext("Voir les personnes que j’accompagne"),
            page="competences:adviser",
        )
        for row in rows
        if (mandate := known.get(row.payload["mandate_id"]))
    }


def _request_is_over(notification: Notification) -> bool:
    """The request was answered, taken back, or nobody answered it in time."""
    waiting = MandateRequest.objects.waiting(timezone.localdate())
    return not waiting.filter(pk=notification.payload["request"]).exists()


def _request_words(notification: Notification) -> dict[str, Any]:
    """The page of the request, which opens for the person of that address alone."""
    request = MandateRequest.objects.get(pk=notification.payload["request"])
    return {"request_url": absolute_url("accounts:mandate_request", request.public_id)}


def _request_details(rows: Sequence[Notification], recipient: User, on: date) -> dict[int, Detail]:
    """Who asks, while it may be answered. One query."""
    wanted = {row.payload["request"] for row in rows}
    found = MandateRequest.objects.waiting(on).addressed_to(recipient).filter(pk__in=wanted)
    known = {request.pk: request for request in found.select_related("adviser", "organisation")}
    return {
        row.pk: Detail(
            text=f"{request.adviser.display_name}, {request.organisation.name}",
            label=gettext("Lire la demande et répondre"),
            page="accounts:mandate_request",
            arguments=(request.public_id,),
        )
        for row in rows
        if (request := known.get(row.payload["request"]))
    }


def _no_longer_asked(notification: Notification) -> bool:
    """The person answered, or the question is over."""
    parts = HandoverPart.objects.to_answer(timezone.localdate())
    asked = parts.filter(handover=notification.payload["handover"], worker__user=notification.recipient_id)
    return not asked.exists()


def _handover_details(rows: Sequence[Notification], recipient: User, on: date) -> dict[int, Detail]:
    """The page of the handover: the person's own, or the advisers'. Two queries."""
    wanted = {row.payload["handover"] for row in rows}
    found = Handover.objects.in_bulk(wanted)
    parts = HandoverPart.objects.filter(handover__in=wanted, worker__user=recipient)
    theirs = set(parts.values_list("handover_id", flat=True))
    details = {}
    for row in rows:
        handover = found.get(row.payload["handover"])
        if handover is None:
            continue
        if handover.pk in theirs:
            label, page = gettext("Lire et répondre"), "competences:handover_answer"
        elif recipient.pk in (handover.from_adviser_id, handover.to_adviser_id):
            label, page = gettext("Voir ce relais"), "competences:handover"
        else:
            continue
        details[row.pk] = Detail(label=label, page=page, arguments=(handover.public_id,))
    return details


def _erasure_is_off(notification: Notification) -> bool:
    """The person changed their mind, or came back."""
    return not ErasureRequest.objects.filter(pk=notification.payload["request"]).exists()


def _erasure_words(notification: Notification) -> dict[str, Any]:
    """The day, and the page where one may change one's mind."""
    request = ErasureRequest.objects.get(pk=notification.payload["request"])
    return {"due_on": request.due_on, "erase_url": absolute_url("accounts:erase")}


def _erasure_details(rows: Sequence[Notification], recipient: User, on: date) -> dict[int, Detail]:
    """The same page."""
    detail = Detail(label=gettext("Voir la date, ou garder mon compte"), page="accounts:erase")
    return dict.fromkeys((row.pk for row in rows), detail)


def _password_details(rows: Sequence[Notification], recipient: User, on: date) -> dict[int, Detail]:
    """Where to choose another one."""
    detail = Detail(label=gettext("Changer mon mot de passe"), page="account_change_password")
    return dict.fromkeys((row.pk for row in rows), detail)


_KINDS = [
    NotificationKind(
        name=EMAIL_CONFIRMATION,
        category=Category.SECURITY,
        title=_("Adresse e-mail à confirmer"),
        template="email_confirmation",
        security=True,
        before_verification=True,
        is_obsolete=_confirmation_is_needless,
        context=_confirmation_words,
        address=_address_text,
        on_page=False,
    ),
    NotificationKind(
        name=PASSWORD_RESET,
        category=Category.SECURITY,
        title=_("Nouveau mot de passe demandé"),
        template="password_reset",
        security=True,
        is_obsolete=_reset_is_needless,
        context=_reset_words,
        address=_address_text,
        on_page=False,
    ),
    NotificationKind(
        name=ACCOUNT_EXISTS,
        category=Category.SECURITY,
        title=_("Vous avez déjà un compte"),
        template="account_exists",
        security=True,
        is_obsolete=_is_old,
        context=_sign_in_words,
        on_page=False,
    ),
    NotificationKind(
        name=PASSWORD_CHANGED,
        category=Category.SECURITY,
        title=_("Mot de passe changé"),
        template="password_changed",
        security=True,
        context=_sign_in_words,
        details=_password_details,
    ),
    NotificationKind(
        name=EMAIL_CHANGED,
        category=Category.SECURITY,
        title=_("Adresse e-mail changée"),
        template="email_changed",
        security=True,
        # It goes to the former address, which the account no longer holds.
        before_verification=True,
    ),
    NotificationKind(
        name=ERASURE_ASKED,
        category=Category.SECURITY,
        title=_("Effacement de mon compte"),
        template="erasure_asked",
        security=True,
        is_obsolete=_erasure_is_off,
        context=_erasure_words,
        details=_erasure_details,
    ),
    NotificationKind(
        name=MANDATE_GRANTED,
        category=Category.MANDATES,
        title=_("Un accès vous est donné"),
        template="mandate_granted",
        is_obsolete=_mandate_is_over,
        context=_sign_in_words,
        details=_mandate_details,
    ),
    NotificationKind(
        name=MANDATE_ASKED,
        category=Category.MANDATES,
        title=_("Une personne me demande un accès"),
        template="mandate_asked",
        is_obsolete=_request_is_over,
        context=_request_words,
        details=_request_details,
    ),
    NotificationKind(
        # Its row is the adviser's, whose page of messages does not show it: it was for somebody else.
        name=MANDATE_ASKED_OUTSIDE,
        category=Category.MANDATES,
        title=_("J’ai demandé un accès par e-mail"),
        template="mandate_asked",
        on_page=False,
        is_obsolete=_request_is_over,
        context=_request_words,
    ),
    NotificationKind(
        name=HANDOVER_PROPOSED,
        category=Category.MANDATES,
        title=_("Un relais m’est proposé"),
        template="handover_proposed",
        is_obsolete=_no_longer_asked,
        context=_sign_in_words,
        details=_handover_details,
    ),
    NotificationKind(
        name=HANDOVER_OFFERED,
        category=Category.MANDATES,
        title=_("Un collègue me propose un relais"),
        template="handover_offered",
        context=_sign_in_words,
        details=_handover_details,
    ),
    NotificationKind(
        name=HANDOVER_ANSWERED,
        category=Category.MANDATES,
        title=_("Une personne a répondu à un relais"),
        template="handover_answered",
        context=_sign_in_words,
        details=_handover_details,
    ),
    NotificationKind(
        name=HANDOVER_MOVED,
        category=Category.MANDATES,
        title=_("Un relais a eu lieu"),
        template="handover_moved",
        context=_sign_in_words,
        details=_handover_details,
    ),
]
