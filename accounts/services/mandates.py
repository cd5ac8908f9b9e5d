"""Mandates: given and taken back by the worker alone."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System, require_person
from accounts.constraints import constraints_as_refusals
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.errors import NotFound, Refused
from accounts.mandate_texts import CURRENT_VERSION
from accounts.models import Mandate, MandateRequest, Organisation, User, Worker
from accounts.models.mandate_requests import REASON_LENGTH
from accounts.notification_kinds import MANDATE_GRANTED
from accounts.queries.advisers import is_adviser
from accounts.services.notifications import enqueue

FARTHEST_START = timedelta(days=366)
"""How far ahead an access may begin: further away, somebody mistyped a year."""

_FIELDS = {"mandate_end_after_start": "end_on", "mandate_one_open": "purposes"}


def grant_mandate(
    *,
    actor: Actor,
    worker: Worker,
    adviser: User,
    organisation: Organisation,
    purpose: Purpose,
    on: date,
    start_on: date | None = None,
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
        start_on=start_on,
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
    start_on: date | None = None,
    end_on: date | None = None,
    reason: str = "",
    request: MandateRequest | None = None,
    granted_at: datetime | None = None,
) -> list[Mandate]:
    """The worker, on the day `on`, lets one adviser of one organisation open the file.

    It opens from `start_on` (that very day when it is not given) to `end_on` excluded. One mandate a purpose;
    the adviser is told once, on the first day. `request` is the adviser's request that this answers. Only the
    worker may do it (and a command, for demonstration data, which then gives `granted_at` too).
    Raises `NotFound` to anybody else; `Refused` when no purpose is given, when the person is oneself or is
    not an adviser there, for a start that is past or too far, for an end that is not after the start, for a
    long reason, or when a mandate covers one of those days.
    """
    worker = _locked(actor, worker)
    chosen = sorted({Purpose(purpose) for purpose in purposes}, key=list(Purpose).index)
    start_on, reason = start_on or on, " ".join(reason.split())
    _refuse_bad_words(chosen, reason)
    _refuse_bad_days(on, start_on, end_on)
    _refuse_bad_place(worker, adviser, organisation, on)
    _refuse_twice(worker, adviser, chosen, start_on, end_on)
    instant = granted_at or timezone.now()
    with constraints_as_refusals(Mandate, fields=_FIELDS):
        mandates = [
            Mandate.objects.create(
                worker=worker,
                adviser=adviser,
                organisation=organisation,
                purpose=purpose,
                start_on=start_on,
                end_on=end_on,
                reason=reason,
                request=request,
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
        not_before=_morning(start_on) if start_on > on else None,
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


def _morning(day: date) -> datetime:
    """The first instant of a day, on a wall clock in France."""
    return timezone.make_aware(datetime.combine(day, time.min))


def _refuse_bad_words(purposes: list[Purpose], reason: str) -> None:
    if not purposes:
        raise Refused("mandate_without_purpose", _("Cochez au moins un but."), field="purposes")
    if set(purposes) - set(MANDATE_PURPOSES):
        raise Refused("mandate_purpose_known", _("Ce but n’existe pas."), field="purposes")
    if len(reason) > REASON_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": REASON_LENGTH}
        raise Refused("long_reason", message, field="reason")


def _refuse_bad_days(on: date, start_on: date, end_on: date | None) -> None:
    if start_on < on:
        message = _("Un accès ne commence pas dans le passé : choisissez aujourd’hui ou plus tard.")
        raise Refused("mandate_starts_late", message, field="start_on")
    if start_on > on + FARTHEST_START:
        message = _("Le premier jour est trop loin : un an au plus.")
        raise Refused("mandate_starts_far", message, field="start_on")
    if end_on is not None and end_on <= start_on:
        said = _("La fin vient après aujourd’hui.") if start_on == on else _("La fin vient après le début.")
        raise Refused("mandate_end_after_start", said, field="end_on")


def _refuse_bad_place(worker: Worker, adviser: User, organisation: Organisation, on: date) -> None:
    if adviser.pk == worker.user_id:
        raise Refused("mandate_to_oneself", _("Vous voyez déjà votre propre dossier."), field="adviser")
    if not is_adviser(adviser, organisation, on):
        raise Refused(
            "not_an_adviser_there",
            _("Cette personne n’est pas conseillère dans cet organisme."),
            field="adviser",
        )


def _refuse_twice(
    worker: Worker, adviser: User, purposes: list[Purpose], start_on: date, end_on: date | None
) -> None:
    overlapping = (
        Mandate.objects.not_withdrawn()
        .overlapping(start_on, end_on)
        .filter(worker=worker, adviser=adviser, purpose__in=purposes)
    )
    if overlapping.exists():
        raise Refused(
            "mandate_overlap",
            _("Cette personne a déjà votre accord pour l’un de ces buts. Retirez-le pour le changer."),
            field="purposes",
        )
