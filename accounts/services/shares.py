"""Shares: made, extended and closed by the worker alone."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import sharing
from accounts.actors import Actor, System, require_person, require_system
from accounts.constraints import constraints_as_refusals
from accounts.enums import ShareKind
from accounts.errors import NotFound, Refused
from accounts.models import Membership, Organisation, Share, ShareItem, Worker
from accounts.models.people import normalised_email
from accounts.models.shares import TITLE_LENGTH
from accounts.rules.shares import end_fault
from accounts.services.notifications import OutboxRow, enqueue, enqueue_many
from accounts.share_texts import CURRENT_VERSION

MOST_ITEMS = 100
"""More than that is not read by anybody, and was not chosen item by item."""
MOST_OPEN = 50
"""Shares that one person keeps open at once: a list that can be looked after."""
MOST_A_DAY = 10
"""Shares of one person in 24 hours, closed ones too: nobody makes us write to strangers all day."""
MOST_AN_ADDRESS = 2
"""Of them to one address."""

KEPT = timedelta(days=365)
"""How long a share is remembered after it stopped opening anything: as long as the log of who read it."""

END_WORDS: Mapping[str, "str | Promise"] = {
    "share_end_past": _("Choisissez une date après aujourd’hui."),
    "share_end_far": _("Un partage dure un an au plus. Choisissez une date plus proche."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTo:
    """To whom: exactly one of an address and an organisation."""

    email: str = ""
    organisation: Organisation | None = None

    @property
    def reader_name(self) -> str:
        """As the worker names them."""
        return self.organisation.name if self.organisation else self.email


@transaction.atomic
def make_share(
    *,
    actor: Actor,
    worker: Worker,
    to: SharedTo,
    ticked: Collection[tuple[str, UUID]],
    end_on: date,
    title: str = "",
    public_id: UUID | None = None,
    now: datetime | None = None,
) -> Share:
    """Shows some items to one address or one organisation, until the day `end_on` excluded.

    The address gets its link, the organisation's members a message; neither says who nor what. With the same
    `public_id`, a form that is sent twice makes one share.

    Raises Refused with the field at fault: nothing or too much to show, an end past or too far, oneself, too
    many shares; NotFound to anybody but the worker, and for an item that is not theirs.
    """
    worker = _locked(actor, worker)
    now = now or timezone.now()
    made = Share.objects.filter(public_id=public_id).first() if public_id else None
    if made is not None and made.worker_id == worker.pk:
        return made
    on = timezone.localdate(now)
    reader = _reader(worker, to, on)
    _refuse_end(end_on, on)
    _refuse_too_many(worker, str(reader.get("recipient_email", "")), on, now)
    items = _own_items(worker, ticked, on)
    with constraints_as_refusals(Share, fields={"share_within_a_year": "end_on"}):
        share = Share.objects.create(
            # A reader knows the identifier of what they read: it names no share of theirs.
            public_id=public_id if public_id and made is None else uuid4(),
            worker=worker,
            title=" ".join(title.split())[:TITLE_LENGTH],
            text_version=CURRENT_VERSION,
            created_at=now,
            agreed_on=on,
            end_on=end_on,
            **reader,
        )
    ShareItem.objects.bulk_create(ShareItem(share=share, kind=kind, public_id=one) for kind, one in items)
    _tell(actor, share, on)
    return share


@transaction.atomic
def close_share(*, actor: Actor, share: Share, now: datetime | None = None) -> Share:
    """The worker closes a share: nobody reads it from this very moment. Closing twice changes nothing.

    Raises NotFound to anybody but the worker (and commands).
    """
    share = _locked_share(actor, share)
    if share.closed_at is None:
        share.closed_at = max(now or timezone.now(), share.created_at)
        share.save(update_fields=["closed_at"])
    return share


@transaction.atomic
def extend_share(*, actor: Actor, share: Share, end_on: date, on: date) -> Share:
    """Moves the end of an open share, a year from the day `on` at most.

    Raises Refused for another end, and once the share ended or was closed: what is over is shared anew, after
    looking again at what is shown.
    """
    share = _locked_share(actor, share)
    if not share.is_open(on):
        raise Refused(
            "share_over", _("Ce partage est fini : créez-en un autre pour montrer de nouveau ces éléments.")
        )
    _refuse_end(end_on, on)
    share.end_on, share.agreed_on = end_on, on
    with constraints_as_refusals(Share, fields={"share_within_a_year": "end_on"}):
        share.save(update_fields=["end_on", "agreed_on"])
    return share


@transaction.atomic
def prune_shares(*, actor: Actor, now: datetime) -> int:
    """Erases shares that have opened nothing for a year, with the addresses they name; says how many.

    Safe to run twice.
    """
    require_system(actor)
    over = Share.objects.over_before(timezone.localdate(now - KEPT))
    keys = list(over.values_list("pk", flat=True))
    over.delete()
    return len(keys)


def _locked(actor: Actor, worker: Worker) -> Worker:
    """The actor's own file, held until the end of the transaction, so that the day's limits hold."""
    if not isinstance(actor, System) and require_person(actor).pk != worker.user_id:
        raise NotFound
    rows = Worker.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    return rows.get(pk=worker.pk)


def _locked_share(actor: Actor, share: Share) -> Share:
    if not isinstance(actor, System) and require_person(actor).pk != share.worker.user_id:
        raise NotFound
    return Share.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=share.pk)


def _reader(worker: Worker, to: SharedTo, on: date) -> dict[str, object]:
    """The columns that name the reader. Raises Refused on the field `email` or `organisation`."""
    if (to.organisation is None) is (not to.email.strip()):
        raise Refused(
            "share_names_its_reader", _("Choisissez une adresse e-mail ou une organisation."), field="kind"
        )
    if to.organisation is not None:
        if not Membership.objects.in_force(on).filter(organisation=to.organisation).exists():
            message = _("Personne ne pourrait lire : cette organisation n’a plus de membre ici.")
            raise Refused("share_to_nobody", message, field="organisation")
        return {"kind": ShareKind.ORGANISATION, "organisation": to.organisation}
    email = normalised_email(to.email)
    try:
        validate_email(email)
    except ValidationError as error:
        message = _("Écrivez une adresse e-mail entière, comme prenom@exemple.fr.")
        raise Refused("bad_email", message, field="email") from error
    if email == worker.user.email or EmailAddress.objects.filter(user=worker.user, email=email).exists():
        message = _("Cette adresse est la vôtre : donnez celle de la personne qui lira.")
        raise Refused("share_to_oneself", message, field="email")
    return {"kind": ShareKind.LINK, "recipient_email": email}


def _refuse_end(end_on: date, on: date) -> None:
    if fault := end_fault(end_on, on):
        raise Refused(fault, END_WORDS[fault], field="end_on")


def _refuse_too_many(worker: Worker, email: str, on: date, now: datetime) -> None:
    if Share.objects.filter(worker=worker).open_on(on).count() >= MOST_OPEN:
        message = _("Vous avez %(most)s partages ouverts. Fermez-en un pour en créer un autre.")
        raise Refused("too_many_open", message % {"most": MOST_OPEN})
    lately = Share.objects.filter(worker=worker, created_at__gt=now - timedelta(days=1))
    if lately.count() >= MOST_A_DAY:
        message = _("Vous avez créé %(most)s partages en un jour. Réessayez demain : rien n’est perdu.")
        raise Refused("too_many_shares", message % {"most": MOST_A_DAY})
    if email and lately.filter(recipient_email=email).count() >= MOST_AN_ADDRESS:
        message = _("Vous avez déjà écrit %(most)s fois à cette adresse en un jour. Réessayez demain.")
        raise Refused("too_many_to_one", message % {"most": MOST_AN_ADDRESS}, field="email")


def _own_items(worker: Worker, ticked: Collection[tuple[str, UUID]], on: date) -> list[tuple[str, UUID]]:
    """The items, once each and in their order, all of them offered to this worker on that day."""
    items = list(dict.fromkeys(ticked))
    if not items:
        raise Refused("share_of_nothing", _("Cochez au moins un élément à montrer."), field="items")
    if len(items) > MOST_ITEMS:
        message = _("Cochez %(most)s éléments au plus par partage.") % {"most": MOST_ITEMS}
        raise Refused("too_many_items", message, field="items")
    offered = {
        (kind.name, one.public_id)
        for kind in sharing.kinds()
        if any(name == kind.name for name, _id in items)
        for one in kind.offered(worker, on)
    }
    if not offered.issuperset(items):
        raise NotFound
    return items


def _tell(actor: Actor, share: Share, on: date) -> None:
    """Each reader gets one message, and the worker another: a share is never made behind their back."""
    payload: dict[str, object] = {"share_id": share.pk}
    enqueue(
        actor=actor,
        kind="share_made",
        recipient=share.worker.user,
        dedupe_key=f"share_made:{share.pk}",
        payload=payload,
    )
    if share.organisation is None:
        enqueue(
            actor=actor,
            kind="share_link",
            recipient=share.worker.user,
            address=share.recipient_email,
            dedupe_key=f"share_link:{share.pk}",
            payload=payload,
        )
        return
    members = Membership.objects.in_force(on).filter(organisation=share.organisation, user__is_active=True)
    readers = members.exclude(user=share.worker.user_id).order_by("user_id").values_list("user_id", flat=True)
    rows = (
        OutboxRow(recipient_id=reader, dedupe_key=f"share_received:{share.pk}:{reader}", payload=payload)
        for reader in readers.distinct()
    )
    enqueue_many(actor=actor, kind="share_received", rows=rows)
