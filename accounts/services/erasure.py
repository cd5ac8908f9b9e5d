"""Erasing an account: asked by its person, or because nobody came for two years; always with time to change
one's mind. GDPR art. 5 (1) e and 17, read on 2026-11-23; the two years are `account.inactive` of the law.

What hangs on an account goes with it. Somebody else's rows keep what is theirs, without the name: the account
of an adviser that others must still be told of stays, empty and closed.
"""

import datetime as dt
import re
import uuid
from collections import Counter
from functools import partial

from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_person, require_system
from accounts.enums import ErasureReason
from accounts.erasure import parts
from accounts.errors import Refused
from accounts.models import (
    Erasure,
    ErasureRequest,
    FileOpening,
    MandateRequest,
    Membership,
    Notification,
    NotificationPreference,
    Share,
    User,
    Worker,
)
from accounts.notification_kinds import ERASURE_ASKED
from accounts.queries.addresses import addresses_of
from accounts.services.notifications import enqueue
from law.queries import law_on

DAYS_TO_CHANGE = 7
"""Days between the request and the erasure: whoever finds a telephone open erases nothing unseen."""

WARNED_DAYS = 60
"""Days between the warning and the erasure of an account that nobody uses."""

NOBODY = "Compte effacé"
"""What stands where a name was signed; a text of the database, the same for everybody."""


@transaction.atomic
def request_erasure(*, actor: Actor, now: dt.datetime | None = None) -> ErasureRequest:
    """The person asks that everything be erased in seven days. Asking twice keeps the first day.

    Raises Refused to who runs the site: the last administrator would lock everybody out.
    """
    now = now or timezone.now()
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=require_person(actor).pk)
    if person.is_staff:
        raise Refused(
            "staff_stays",
            _("Ce compte administre le site : demandez d’abord à un autre de retirer ce droit."),
        )
    return _request(person, ErasureReason.REQUEST, DAYS_TO_CHANGE, now)


@transaction.atomic
def cancel_erasure(*, actor: Actor) -> bool:
    """The person changes their mind; whether there was something to call off."""
    deleted, _by_model = ErasureRequest.objects.filter(user=require_person(actor)).delete()
    return bool(deleted)


@transaction.atomic
def warn_inactive(*, actor: Actor, now: dt.datetime, limit: int = 500) -> int:
    """Warns the people who have not come for two years, sixty days before their account is erased; how many.

    Signing in calls it off (`keep_used`). Safe twice.
    """
    require_system(actor)
    today = timezone.localdate(now)
    rule = law_on(today).get("account.inactive")
    if rule is None:
        return 0
    idle_since = now - dt.timedelta(days=365 * rule.count)
    idle = User.objects.filter(is_active=True, is_staff=False, erasure_request=None).filter(
        Q(last_login__lt=idle_since) | Q(last_login=None, joined_at__lt=idle_since)
    )
    found = list(idle.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:limit])
    for user in found:
        _request(user, ErasureReason.INACTIVE, WARNED_DAYS, now)
    return len(found)


def keep_used(user: User) -> None:
    """Somebody signed in: an account that is used is not erased for want of use."""
    ErasureRequest.objects.filter(user=user, reason=ErasureReason.INACTIVE).delete()


def erase_due_accounts(*, actor: Actor, now: dt.datetime, limit: int = 50) -> Counter[str]:
    """Erases the accounts whose day has come, one transaction each; counts of accounts, rows and files. Safe
    twice: a request that was called off meanwhile is not found, a run that died is ended by the next."""
    require_system(actor)
    counts: Counter[str] = Counter()
    today = timezone.localdate(now)
    due = ErasureRequest.objects.due(today).order_by("due_on", "pk").values_list("pk", flat=True)
    for key in list(due[:limit]):
        with transaction.atomic():
            rows = ErasureRequest.objects.due(today).select_for_update(of=("self",), skip_locked=True)
            request = rows.select_related("user").filter(pk=key).first()
            if request is not None:
                done = _erase(request.user, ErasureReason(request.reason), today)
                counts.update({"accounts": 1, "rows": done.rows, "files": done.files})
    return counts


def _request(user: User, reason: ErasureReason, days: int, now: dt.datetime) -> ErasureRequest:
    due_on = timezone.localdate(now) + dt.timedelta(days=days)
    request, is_new = ErasureRequest.objects.get_or_create(
        user=user, defaults={"reason": reason, "asked_at": now, "due_on": due_on}
    )
    if is_new:
        enqueue(
            actor=user,
            kind=ERASURE_ASKED,
            recipient=user,
            dedupe_key=f"{ERASURE_ASKED}:{user.pk}:{uuid.uuid4()}",
            payload={"request": request.pk},
        )
    return request


def _erase(user: User, reason: ErasureReason, today: dt.date) -> Erasure:
    """All of one account, in the caller's transaction."""
    worker_id, key = user.worker.pk, user.pk
    files = sum(part.erase(user) for part in parts())
    _forget_in_others_rows(user)
    _forget_sessions(key)
    try:
        with transaction.atomic():
            rows, _by_model = user.delete()
    except ProtectedError:
        rows = _empty(user, today)
    # The log is on a line of its own: it goes once everything else has.
    transaction.on_commit(lambda: FileOpening.objects.filter(worker_id=worker_id).delete())
    return Erasure.objects.create(erased_on=today, reason=reason, rows=rows, files=files)


def _forget_in_others_rows(user: User) -> None:
    """Names that were signed and addresses that were typed, in rows that are somebody else's."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            signed = f"{field.name}_name"
            if field.related_model is User and any(one.name == signed for one in model._meta.get_fields()):
                model._base_manager.filter(**{field.name: user}).update(**{signed: NOBODY})
    addresses = addresses_of(user)
    MandateRequest.objects.filter(email__in=addresses).delete()
    Share.objects.filter(recipient_email__in=addresses).delete()
    Notification.objects.filter(address__in=addresses).delete()
    LogEntry.objects.filter(user=user).delete()
    told = Q(pk__in=[])
    for text in {user.name, *addresses} - {""}:
        word = rf"(^|\W){re.escape(text)}($|\W)"
        told |= Q(object_repr__iregex=word) | Q(change_message__iregex=word)
    # What others did in the administration stays, without its words: a name that somebody chose, "modifié"
    # perhaps, must not take the log of everybody away.
    LogEntry.objects.filter(told).update(object_repr=NOBODY, change_message="")


def _forget_sessions(key: int) -> None:
    """Devices that are still signed in hold what was typed on them, in the database and in the cache."""
    ours = [row.pk for row in Session.objects.iterator() if row.get_decoded().get(SESSION_KEY) == str(key)]
    Session.objects.filter(pk__in=ours).delete()
    # After the commit: until then another request would read the row, and put its copy back in the cache.
    for session in ours:
        transaction.on_commit(partial(SessionStore().delete, session), robust=True)


def _empty(user: User, today: dt.date) -> int:
    """An account that other people's rows name (a mandate held, a handover) stays without anything of the
    person: no address, no name, no right, an empty record. Gives how many rows went."""
    gone = 0
    for rows in (
        Worker.objects.filter(user=user),
        EmailAddress.objects.filter(user=user),
        Notification.objects.filter(recipient=user),
        NotificationPreference.objects.filter(user=user),
        ErasureRequest.objects.filter(user=user),
        Membership.objects.filter(user=user, start_on__gte=today),
        *_own_rows(user),
    ):
        gone += rows.delete()[0]
    Membership.objects.filter(user=user).filter(Q(end_on=None) | Q(end_on__gt=today)).update(end_on=today)
    user.name, user.email = NOBODY, f"{uuid.uuid4()}@exemple.invalid"
    user.is_active = user.is_staff = user.is_superuser = False
    user.last_login = None
    user.set_unusable_password()
    user.save()
    Worker.objects.create(user=user)
    return gone


def _own_rows(user: User) -> list["models.QuerySet[models.Model]"]:
    """The rows of every app that would go with the account, but for its roles, which explain the past."""
    kept = (Worker, EmailAddress, Notification, NotificationPreference, ErasureRequest, Membership)
    return [
        relation.related_model._base_manager.filter(**{relation.field.name: user})
        for relation in User._meta.related_objects
        if relation.on_delete is models.CASCADE and relation.related_model not in kept
    ]
