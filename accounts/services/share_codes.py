"""The codes that open a share by link: sent to its address alone, and typed by whoever reads that mailbox."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_system
from accounts.errors import NotFound, Refused
from accounts.models import Share, ShareCode, Worker
from accounts.queries.shares import facts_of
from accounts.rules.shares import may_send, may_try
from accounts.services.notifications import enqueue
from accounts.share_keys import is_code

WRONG = _("Ce code n’ouvre rien. Vérifiez les huit chiffres du dernier message, ou demandez un autre code.")


@transaction.atomic
def send_code(*, actor: Actor, share: Share, now: datetime) -> ShareCode:
    """Sends another code to the address that the share names, for a visitor who has its link.

    The machine acts: the visitor is nobody yet. Codes of more than a day are forgotten on the way. Raises
    Refused beyond five an hour or ten a day, to this address by this person, NotFound once the share is over.
    """
    require_system(actor)
    # Its other shares to that address queue up here too, so that the limit holds.
    Worker.objects.select_for_update(of=("self",), no_key=True).get(pk=share.worker_id)
    share = _locked_open(share, now)
    share.codes.filter(sent_at__lt=now - timedelta(days=1)).delete()
    # All the shares of this person to this address write to one mailbox.
    near = ShareCode.objects.sent_after(now - timedelta(days=1)).filter(
        share__worker=share.worker_id, share__recipient_email=share.recipient_email
    )
    if not may_send(list(near.values_list("sent_at", flat=True)), now):
        message = _("Plusieurs codes sont déjà partis. Utilisez le dernier, ou réessayez dans une heure.")
        raise Refused("too_many_codes", message)
    code = ShareCode.objects.create(share=share, sent_at=now)
    enqueue(
        actor=actor,
        kind="share_code",
        recipient=share.worker.user,
        dedupe_key=f"share_code:{code.public_id}",
        payload={"code_id": code.pk},
    )
    return code


def open_with_code(*, actor: Actor, share: Share, typed: str, now: datetime) -> ShareCode:
    """The last code sent for this share, once these are its digits; it opens for an hour, and once.

    A wrong code counts even though it is refused. Raises Refused on the field `code` for a wrong code, one
    that is too old, was used, or was tried too often, in the same words; NotFound once the share is over.
    """
    require_system(actor)
    code = _tried(share, typed, now)
    if code is None:
        raise Refused("share_code_wrong", WRONG, field="code")
    return code


@transaction.atomic
def _tried(share: Share, typed: str, now: datetime) -> ShareCode | None:
    """The code when it is right; two who type it at once queue up here, and one of them opens."""
    share = _locked_open(share, now)
    code = share.codes.order_by("-sent_at", "-pk").first()
    if code is None or not may_try(facts_of(code), now):
        return None
    if not is_code(typed, code.public_id):
        code.attempts += 1
        code.save(update_fields=["attempts"])
        return None
    code.used_at = now
    code.save(update_fields=["used_at"])
    return code


def _locked_open(share: Share, now: datetime) -> Share:
    """The share, held until the end of the transaction, while it is open."""
    rows = Share.objects.open_on(timezone.localdate(now)).exclude(recipient_email="")
    locked = rows.select_for_update(of=("self",)).select_related("worker__user").filter(pk=share.pk).first()
    if locked is None:
        raise NotFound
    return locked
