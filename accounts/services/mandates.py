"""Mandates: given and taken back by the worker alone."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System, require_person
from accounts.constraints import constraints_as_refusals
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.errors import NotFound, Refused
from accounts.mandate_texts import CURRENT_VERSION
from accounts.models import Mandate, Membership, Organisation, User, Worker
from accounts.notification_kinds import MANDATE_GRANTED
from accounts.services.notifications import enqueue

_FIELDS = {"mandate_end_after_start": "end_on", "mandate_one_open": "purposes"}


def grant_mandate(
    *,
    actor: Actor,
    worker: Worker,
    adviser: User,
    organisation: Organisation,
    purpose: Purpose,
    on: date,
    end_on: date | None = None,
    reason: str = "",
    granted_at: datetime | None = None,
) -> Mandate:
    """One purpose of `grant_mandates`."""
    return grant_mandates(
        actor=actor,
        worker=worker,
        adviser=adviser,
        organisation=organisation,
        purposes=[purpose],
        on=on,
        end_on=end_on,
        reason=reason,
        granted_at=granted_at,
    )[0]


@transaction.atomic
def grant_mandates(
    *,
    actor: Actor,
    worker: Worker,
    adviser: User,
    organisation: Organisation,
    purposes: Iterable[Purpose],
    on: date,
    end_on: date | None = None,
    reason: str = "",
    granted_at: datetime | None = None,
) -> list[Mandate]:
    """The worker lets one adviser of one organisation open the file, from the day `on` to `end_on` excluded.

    One mandate a purpose; the adviser is told once. Only the worker may do it (and a command, for
    demonstration data, which then gives `granted_at` too).
    Raises `NotFound` to anybody else; `Refused` when no purpose is given, when the person is oneself or is
    not an adviser there, when the end is not after the start, or when a mandate covers one of those days.
    """
    worker = _locked(actor, worker)
    chosen = sorted({Purpose(purpose) for purpose in purposes}, key=list(Purpose).index)
    _refuse_bad_request(worker, adviser, organisation, chosen, on, end_on)
    instant = granted_at or timezone.now()
    with constraints_as_refusals(Mandate, fields=_FIELDS):
        mandates = [
            Mandate.objects.create(
                worker=worker,
                adviser=adviser,
                organisation=organisation,
                purpose=purpose,
                start_on=on,
                end_on=end_on,
                reason=" ".join(reason.split()),
                text_version=CURRENT_VERSION,
                granted_at=instant,
            )
            for purpose in chosen
        ]
    enqueue(
        actor=actor,
        kind=MANDATE_GRANTED,
        recipient=adviser,
        dedupe_key=f"{MANDATE_GRANTED}:{mandates[0].public_id}",
        payload={"mandate_id": mandates[0].pk},
    )
    return mandates


@transaction.atomic
def withdraw_mandate(*, actor: Actor, mandate: Mandate, now: datetime | None = None) -> Mandate:
    """The worker takes a mandate back; the adviser sees the file no more from this very moment.

    Taking it back twice changes nothing. Raises `NotFound` to anybody but the worker (and commands).
    """
    _locked(actor, mandate.worker)
    mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
    if mandate.withdrawn_at is None:
        mandate.withdrawn_at = max(now or timezone.now(), mandate.granted_at)
        mandate.save(update_fields=["withdrawn_at"])
    return mandate


def _locked(actor: Actor, worker: Worker) -> Worker:
    """The actor's own file, held until the end of the transaction: two grants at once queue up."""
    if not isinstance(actor, System) and require_person(actor).pk != worker.user_id:
        raise NotFound
    return Worker.objects.select_for_update(of=("self",), no_key=True).get(pk=worker.pk)


def _refuse_bad_request(
    worker: Worker,
    adviser: User,
    organisation: Organisation,
    purposes: list[Purpose],
    on: date,
    end_on: date | None,
) -> None:
    """Every reason to say no, each beside its field."""
    if not purposes:
        raise Refused("mandate_without_purpose", _("Cochez au moins un but."), field="purposes")
    if set(purposes) - set(MANDATE_PURPOSES):
        raise Refused("mandate_purpose_known", _("Ce but n’existe pas."), field="purposes")
    if adviser.pk == worker.user_id:
        raise Refused("mandate_to_oneself", _("Vous voyez déjà votre propre dossier."), field="adviser")
    if end_on is not None and end_on <= on:
        raise Refused("mandate_end_after_start", _("La fin vient après aujourd’hui."), field="end_on")
    is_adviser = (
        Membership.objects.in_force(on).advisers().filter(user=adviser, organisation=organisation).exists()
    )
    if not (is_adviser and adviser.is_active):
        raise Refused(
            "not_an_adviser_there",
            _("Cette personne n’est pas conseillère dans cet organisme."),
            field="adviser",
        )
    overlapping = (
        Mandate.objects.not_withdrawn()
        .overlapping(on, end_on)
        .filter(worker=worker, adviser=adviser, purpose__in=purposes)
    )
    if overlapping.exists():
        raise Refused(
            "mandate_overlap",
            _("Cette personne a déjà votre accord pour l’un de ces buts. Retirez-le pour le changer."),
            field="purposes",
        )
