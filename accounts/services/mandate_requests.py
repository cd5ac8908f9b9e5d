"""Mandate requests: an adviser asks, the person answers. The answer opens the file, the question never does.

The adviser never learns whether an address has an account: what is said, refused and counted depends on the
adviser's own requests alone, until the person answers.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_person, require_system
from accounts.constraints import constraints_as_refusals
from accounts.enums import MANDATE_PURPOSES, MandateRequestState, Purpose
from accounts.errors import NotFound, Refused
from accounts.models import Mandate, MandateRequest, Organisation, User, Worker
from accounts.models.mandate_requests import REASON_LENGTH, MandateRequestQuerySet, first_instant_open
from accounts.models.people import normalised_email
from accounts.notification_kinds import MANDATE_ASKED, MANDATE_ASKED_OUTSIDE
from accounts.queries.addresses import owner_of
from accounts.queries.advisers import is_adviser
from accounts.services.mandates import grant_mandates
from accounts.services.notifications import enqueue

MOST_A_DAY = 20
"""Requests of one adviser in 24 hours, those taken back too: nobody makes us write to strangers all day."""

MOST_AN_ADDRESS = 2
"""Of them to one address."""

MOST_RECEIVED = 5
"""Requests of everybody to one address in 24 hours: whoever has that address is left in peace."""

QUIET_AFTER_NO = timedelta(days=30)
"""After a no, that adviser leaves that person the next word."""

KEPT_WITHOUT_YES = timedelta(days=30)
"""How long a request that got no yes is kept once it is over: it holds the address of somebody who may have
no account."""

LONGEST = timedelta(days=3 * 366)
"""How far ahead an adviser may wish the end: the person may always give more, or less."""

_FIELDS = {"mandate_request_one_waiting": "email"}

_STATES = MandateRequestState

ALREADY: dict[MandateRequestState, "str | Promise"] = {
    _STATES.ACCEPTED: _(
        "Vous avez déjà répondu oui à cette demande. L’accès donné est dans « Qui peut voir quoi », où vous"
        " pouvez le retirer. Rien d’autre n’a changé."
    ),
    _STATES.DECLINED: _("Vous avez déjà répondu non à cette demande. Rien n’est ouvert."),
    _STATES.TAKEN_BACK: _(
        "La personne a repris sa demande avant votre réponse. Rien n’est ouvert, et vous n’avez rien à faire."
    ),
    _STATES.EXPIRED: _(
        "Cette demande est restée 30 jours sans réponse : elle n’est plus valable. Rien n’est ouvert. Vous"
        " pouvez donner un accès vous-même depuis « Qui peut voir quoi »."
    ),
}


@transaction.atomic
def ask_mandate(
    *,
    actor: Actor,
    organisation: Organisation,
    email: str,
    purposes: Iterable[Purpose | str],
    reason: str,
    end_on: date,
    now: datetime | None = None,
) -> MandateRequest:
    """An adviser of `organisation` asks whoever has this address for some purposes, until `end_on` excluded.

    One message leaves, which says neither who asks nor why. Raises `NotFound` to whoever does not advise
    there; `Refused` beside its field for one's own address, no purpose, no reason, a bad end, a request that
    waits already, one too many in a day, or one too soon after a no.
    """
    adviser, now = require_person(actor), now or timezone.now()
    on = timezone.localdate(now)
    # Two requests of one adviser at once queue up here, so that the day's limit holds.
    Worker.objects.select_for_update(of=("self",), no_key=True).get(user=adviser)
    if not is_adviser(adviser, organisation, on):
        raise NotFound
    email, chosen = _address(adviser, email), _purposes(purposes)
    reason = _reason(reason)
    _refuse_bad_end(on, end_on)
    if not adviser.name:
        message = _("Une demande porte un nom. Écrivez le vôtre dans « Mon compte », puis revenez ici.")
        raise Refused("no_name", message)
    _expire(MandateRequest.objects.filter(adviser=adviser, email=email), on, now)
    _refuse_too_many(adviser, email, now)
    with constraints_as_refusals(MandateRequest, fields=_FIELDS):
        request = MandateRequest.objects.create(
            adviser=adviser,
            organisation=organisation,
            email=email,
            purposes=[purpose.value for purpose in chosen],
            reason=reason,
            end_on=end_on,
            asked_at=now,
        )
    _tell_person(actor, request)
    return request


@transaction.atomic
def accept_request(
    *,
    actor: Actor,
    request: MandateRequest,
    purposes: Iterable[Purpose],
    end_on: date | None,
    now: datetime | None = None,
) -> list[Mandate]:
    """The person says yes, to some of the purposes asked and until the day they choose.

    Raises `NotFound` to anybody else; `Refused` in words when it was answered, taken back or has expired
    meanwhile, when its adviser has left, or as `grant_mandates` does.
    """
    now = now or timezone.now()
    person, request = _locked(actor, request, now)
    chosen = list(purposes)
    if set(chosen) - set(request.purposes):
        raise Refused("purpose_not_asked", _("Ce but n’a pas été demandé."), field="purposes")
    on = timezone.localdate(now)
    if not is_adviser(request.adviser, request.organisation, on):
        message = _(
            "Cette personne ne conseille plus chez %(organisation)s : sa demande n’a plus lieu d’être. Rien"
            " n’est ouvert, et vous n’avez rien à faire."
        )
        raise Refused("adviser_left", message % {"organisation": request.organisation.name})
    mandates = grant_mandates(
        actor=person,
        worker=person.worker,
        adviser=request.adviser,
        organisation=request.organisation,
        purposes=chosen,
        on=on,
        end_on=end_on,
        reason=request.reason,
        request=request,
        granted_at=now,
    )
    _finish(request, _STATES.ACCEPTED, now, person.worker)
    return mandates


@transaction.atomic
def decline_request(*, actor: Actor, request: MandateRequest, now: datetime | None = None) -> MandateRequest:
    """The person says no, without a reason. Raises as `accept_request`."""
    now = now or timezone.now()
    person, request = _locked(actor, request, now)
    return _finish(request, _STATES.DECLINED, now, person.worker)


@transaction.atomic
def take_back_request(
    *, actor: Actor, request: MandateRequest, now: datetime | None = None
) -> MandateRequest:
    """The adviser takes the question back. Raises `NotFound` to anybody else, `Refused` when it is over."""
    now, adviser = now or timezone.now(), require_person(actor)
    found = MandateRequest.objects.select_for_update(of=("self",)).filter(pk=request.pk, adviser=adviser)
    request = _found(found.first())
    state = request.state_on(timezone.localdate(now))
    if state != _STATES.WAITING:
        message = _("Cette demande est terminée (%(state)s) : il n’y a plus rien à reprendre.")
        raise Refused(f"request_{state}", message % {"state": state.label})
    return _finish(request, _STATES.TAKEN_BACK, now)


@transaction.atomic
def prune_mandate_requests(*, actor: Actor, now: datetime) -> int:
    """Closes what nobody answered in time, deletes what got no yes and is over for a month, says how many.

    Safe to run twice.
    """
    require_system(actor)
    _expire(MandateRequest.objects.all(), timezone.localdate(now), now)
    over = MandateRequest.objects.filter(finished_at__lt=now - KEPT_WITHOUT_YES)
    deleted, _by_model = over.exclude(state=_STATES.ACCEPTED).delete()
    return deleted


def _address(adviser: User, email: str) -> str:
    """The address, in its one spelling."""
    email = normalised_email(email)
    try:
        validate_email(email)
    except ValidationError as error:
        message = _("Écrivez une adresse e-mail entière, comme prenom@exemple.fr.")
        raise Refused("bad_email", message, field="email") from error
    if email == adviser.email or EmailAddress.objects.filter(user=adviser, email=email).exists():
        raise Refused("asks_oneself", _("Cette adresse est la vôtre."), field="email")
    return email


def _purposes(purposes: Iterable[Purpose | str]) -> list[Purpose]:
    chosen = sorted({Purpose(purpose) for purpose in purposes}, key=list(Purpose).index)
    if not chosen:
        raise Refused("request_without_purpose", _("Cochez au moins un but."), field="purposes")
    if set(chosen) - set(MANDATE_PURPOSES):
        raise Refused("mandate_purpose_known", _("Ce but n’existe pas."), field="purposes")
    return chosen


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if not reason:
        message = _("Dites à la personne pourquoi vous le demandez.")
        raise Refused("request_without_reason", message, field="reason")
    if len(reason) > REASON_LENGTH:
        long = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": REASON_LENGTH}
        raise Refused("long_reason", long, field="reason")
    return reason


def _refuse_bad_end(on: date, end_on: date) -> None:
    if end_on <= on:
        raise Refused("mandate_end_after_start", _("La fin vient après aujourd’hui."), field="end_on")
    if end_on > on + LONGEST:
        raise Refused("request_too_long", _("La fin est trop loin : trois ans au plus."), field="end_on")


def _refuse_too_many(adviser: User, email: str, now: datetime) -> None:
    """The limits. None of them depends on whether the address has an account."""
    lately = MandateRequest.objects.filter(asked_at__gt=now - timedelta(days=1))
    mine = lately.filter(adviser=adviser)
    if mine.count() >= MOST_A_DAY:
        message = _("Vous avez fait %(most)s demandes en un jour. Réessayez demain : rien n’est perdu.")
        raise Refused("too_many_requests", message % {"most": MOST_A_DAY})
    waits = MandateRequest.objects.filter(adviser=adviser, email=email, state=_STATES.WAITING).exists()
    if waits:  # the constraint says so in its words
        return
    no = Q(adviser=adviser, state=_STATES.DECLINED, email=email, finished_at__gt=now - QUIET_AFTER_NO)
    if MandateRequest.objects.filter(no).exists():
        message = _(
            "Cette personne vous a répondu non il y a moins de 30 jours. Laissez-lui l’initiative : elle peut"
            " vous donner accès quand elle le veut."
        )
        raise Refused("asked_after_no", message, field="email")
    if mine.filter(email=email).count() >= MOST_AN_ADDRESS:
        message = _("Vous avez déjà écrit %(most)s fois à cette adresse en un jour. Réessayez demain.")
        raise Refused("too_many_to_one", message % {"most": MOST_AN_ADDRESS}, field="email")
    if lately.filter(email=email).count() >= MOST_RECEIVED:
        message = _("Cette adresse a reçu beaucoup de demandes aujourd’hui. Réessayez demain.")
        raise Refused("too_many_received", message, field="email")


def _tell_person(actor: Actor, request: MandateRequest) -> None:
    """One message: to the account that confirmed this address, else to the address in the adviser's name."""
    known = owner_of(request.email)
    enqueue(
        actor=actor,
        kind=MANDATE_ASKED if known else MANDATE_ASKED_OUTSIDE,
        recipient=known or request.adviser,
        address="" if known else request.email,
        dedupe_key=f"{MANDATE_ASKED}:{request.pk}",
        payload={"request": request.pk},
    )


def _locked(actor: Actor, request: MandateRequest, now: datetime) -> tuple[User, MandateRequest]:
    """The person to whom it is addressed, and the request that waits, held: two answers at once queue up."""
    person = require_person(actor)
    Worker.objects.select_for_update(of=("self",), no_key=True).get(user=person)
    rows = MandateRequest.objects.addressed_to(person).select_for_update(of=("self",))
    request = _found(rows.select_related("adviser", "organisation").filter(pk=request.pk).first())
    state = request.state_on(timezone.localdate(now))
    if state != _STATES.WAITING:
        raise Refused(f"request_{state}", ALREADY[state])
    return person, request


def _found(request: MandateRequest | None) -> MandateRequest:
    if request is None:
        raise NotFound
    return request


def _finish(
    request: MandateRequest, state: MandateRequestState, now: datetime, worker: Worker | None = None
) -> MandateRequest:
    request.state, request.finished_at, request.worker = state, max(now, request.asked_at), worker
    request.save(update_fields=["state", "finished_at", "worker"])
    return request


def _expire(requests: MandateRequestQuerySet, on: date, now: datetime) -> None:
    """Closes those of them that waited for thirty days."""
    old = requests.filter(state=_STATES.WAITING, asked_at__lt=first_instant_open(on))
    old.update(state=_STATES.EXPIRED, finished_at=now)
