"""Account security messages, written in the outbox as a kind and ids.

Links and tokens do not exist yet here: `accounts.notification_kinds` makes them when the message leaves.
"""

import uuid

from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.actors import Actor, require_system
from accounts.models import Notification, User
from accounts.notification_kinds import (
    ACCOUNT_EXISTS,
    EMAIL_CHANGED,
    EMAIL_CONFIRMATION,
    PASSWORD_CHANGED,
    PASSWORD_RESET,
)
from accounts.queries.addresses import address_row
from accounts.services.notifications import enqueue


@transaction.atomic
def request_confirmation(*, actor: Actor, address: EmailAddress) -> Notification:
    """Asks the owner of an address to confirm it; a request that still waits is not doubled."""
    return _enqueue_once(
        actor=actor, kind=EMAIL_CONFIRMATION, recipient=address.user, payload={"email_address_id": address.pk}
    )


@transaction.atomic
def request_password_reset(*, actor: Actor, user: User, email: str) -> Notification:
    """Sends a link to set another password to `email`, an address of `user`.

    An address nobody has confirmed gets the confirmation instead: a link that opens the account must not go
    to somebody else's mailbox.
    """
    address = address_row(user, email)
    if address is None:
        # An account opened by a command has no row yet for its own address.
        address = EmailAddress.objects.create(
            user=user, email=email.lower(), primary=email.lower() == user.email
        )
    if not address.verified:
        return request_confirmation(actor=actor, address=address)
    return _enqueue_once(
        actor=actor, kind=PASSWORD_RESET, recipient=user, payload={"email_address_id": address.pk}
    )


@transaction.atomic
def announce_existing_account(*, actor: Actor, user: User) -> Notification:
    """Somebody signs up with the address of `user`: its owner is told, and nobody else learns it."""
    address = address_row(user, user.email)
    if address is not None and not address.verified:
        return request_confirmation(actor=actor, address=address)
    return _enqueue_once(actor=actor, kind=ACCOUNT_EXISTS, recipient=user, payload={})


@transaction.atomic
def announce_password_change(*, actor: Actor, user: User) -> Notification:
    """Tells the owner of the account that its password was set or changed."""
    return _enqueue(actor=actor, kind=PASSWORD_CHANGED, recipient=user, payload={})


@transaction.atomic
def announce_address_change(*, actor: Actor, user: User, former: str) -> Notification:
    """Tells the former address that the account answers to another one."""
    return _enqueue(actor=actor, kind=EMAIL_CHANGED, recipient=user, payload={}, address=former)


def _enqueue(
    *, actor: Actor, kind: str, recipient: User, payload: dict[str, object], address: str = ""
) -> Notification:
    """Each event has its own message, however close it is to the one before."""
    require_system(actor)
    return enqueue(
        actor=actor,
        kind=kind,
        recipient=recipient,
        dedupe_key=f"{kind}:{recipient.pk}:{uuid.uuid4()}",
        payload=payload,
        address=address,
    )


def _enqueue_once(*, actor: Actor, kind: str, recipient: User, payload: dict[str, object]) -> Notification:
    """The message of this kind that still waits for this person, else a new one."""
    require_system(actor)
    waiting = Notification.objects.waiting().filter(kind=kind, recipient=recipient, payload=payload).first()
    return waiting or _enqueue(actor=actor, kind=kind, recipient=recipient, payload=payload)
