"""A person, an adviser with a mandate for bilans, and a bilan brought to any state by its own services."""

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from accounts.enums import Purpose
from accounts.models import Mandate, User
from competences.bilan_texts import CURRENT_VERSION
from competences.models import Appointment, Bilan
from competences.services import bilan_moves
from competences.services.appointments import AppointmentSaid, plan_appointment
from competences.services.bilan_details import Described, consent_to_bilan, describe_bilan
from tests.accounts.factories import NOW, TODAY, MandateFactory, OrganisationFactory, UserFactory

STEPS = ("prepare", "begin", "investigate", "conclude", "close", "follow_up")


def mandate_of(person: User, **fields: object) -> Mandate:
    """A mandate for bilans, to a new adviser of a new body, unless given."""
    name = {} if "organisation" in fields else {"organisation": OrganisationFactory(name="Cap Bilan")}
    return MandateFactory(worker=person.worker, purpose=Purpose.BILAN, **{**name, **fields})


def described(mandate: Mandate | None = None, **fields: object) -> Described:
    """All that is asked before a bilan is prepared."""
    provider = {"mandate": mandate} if mandate else {"provider_name": "Cabinet du Port"}
    said = {"need": "Changer de métier", "funder": "cpf", "cost": Decimal(1500), "is_certified": True}
    return Described(**{**said, "employer_name": "Usine Neuve", **provider, **fields})


def wished(person: User | None = None, *, now: dt.datetime = NOW) -> Bilan:
    """A bilan that a person has just wished."""
    person = person or UserFactory()
    return bilan_moves.wish_bilan(actor=person, worker=person.worker, need="Changer de métier", now=now)


def bilan_in(
    state: str,
    person: User | None = None,
    mandate: Mandate | None = None,
    *,
    now: dt.datetime = NOW,
    **said: object,
) -> Bilan:
    """A bilan brought to `state` by its person, through every state before it."""
    bilan = wished(person, now=now)
    actor = bilan.worker.user
    describe_bilan(actor=actor, bilan=bilan, described=described(mandate, **said), now=now)
    if state == "wished":
        return bilan
    if state in ("abandoned", "refused"):
        stop = bilan_moves.abandon_bilan if state == "abandoned" else bilan_moves.refuse_bilan
        return stop(actor=actor, bilan=bilan, now=now)
    consent_to_bilan(actor=actor, bilan=bilan, version=CURRENT_VERSION, now=now)
    for step in STEPS:
        bilan = getattr(bilan_moves, f"{step}_bilan")(actor=actor, bilan=bilan, now=now)
        if bilan.state == state:
            return bilan
    raise ValueError(state)


def at(day: dt.date = TODAY, hour: int = 14, minute: int = 0) -> dt.datetime:
    """That hour of that day on a wall clock in France."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)))


def said(
    starts_at: dt.datetime, minutes: int = 120, kind: str = "accompaniment", place: str = ""
) -> AppointmentSaid:
    """What is said of an appointment."""
    return AppointmentSaid(kind=kind, starts_at=starts_at, minutes=minutes, place=place)


def planned(
    bilan: Bilan, days: int = 7, minutes: int = 120, *, actor: User | None = None, now: dt.datetime = NOW
) -> Appointment:
    """An interview of a bilan, so many days from now."""
    starts_at = at(timezone.localdate(now) + dt.timedelta(days=days))
    person = actor or bilan.worker.user
    return plan_appointment(
        actor=person, worker=bilan.worker, bilan=bilan, said=said(starts_at, minutes), now=now
    )


def held(bilan: Bilan, minutes: int) -> None:
    """Interviews that took place, so many minutes in all."""
    while minutes > 0:
        part = min(minutes, 480)
        Appointment.objects.create(
            worker=bilan.worker,
            bilan=bilan,
            kind="accompaniment",
            state="held",
            starts_at=bilan.created_at,
            minutes=part,
            created_at=bilan.created_at,
        )
        minutes -= part
