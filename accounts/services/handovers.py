"""Handovers: an adviser proposes, each person answers purpose by purpose. Nothing moves by the proposal.

Locks, in this order: the workers, by their keys, then the parts.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_person
from accounts.constraints import constraints_as_refusals
from accounts.enums import HandoverState
from accounts.errors import NotFound, Refused
from accounts.models import Handover, HandoverPart, Mandate, Membership, Organisation, User, Worker
from accounts.models.handovers import HANDOVER_NOTE_LENGTH
from accounts.notification_kinds import HANDOVER_ANSWERED, HANDOVER_OFFERED, HANDOVER_PROPOSED
from accounts.queries.handovers import handover_law, movable_mandates
from accounts.rules.handovers import in_time, silence_day
from accounts.services.handover_moves import locked_parts, move_part, set_state, undo_part
from accounts.services.notifications import OutboxRow, enqueue, enqueue_many

MOST_PEOPLE = 200
"""People of one handover: as many as an adviser follows, and few enough for one transaction."""

MOST_A_DAY = 20
"""Handovers of one adviser in 24 hours, those taken back too: each writes to everybody in it."""

YES, NO, LATER = "yes", "no", "later"
"""What a person answers. Later says nothing: the question stays open."""


@dataclass(frozen=True)
class Proposed:
    """A handover, and who was left out of it with the reason."""

    handover: Handover
    left_out: list[tuple[Worker, Promise | str]]


@transaction.atomic
def propose_handover(
    *,
    actor: Actor,
    to_adviser: User,
    organisation: Organisation,
    workers: Collection[Worker],
    note: str = "",
    key: UUID,
    now: dt.datetime | None = None,
) -> Proposed:
    """Asks each person whether a colleague of the same organisation takes over, for each mandate held there.

    The people and the colleague get one message each. The same `key` twice gives the first handover again.
    Raises `Refused`: the colleague is oneself or no adviser there, nobody is left to ask, one too many a day.
    """
    person, now = require_person(actor), now or timezone.now()
    today = timezone.localdate(now)
    note = " ".join(note.split())
    _refuse_bad_colleague(person, to_adviser, organisation, today)
    if len(note) > HANDOVER_NOTE_LENGTH:
        raise Refused("long_note", _("Ce mot est trop long : 500 caractères au plus."), field="note")
    if len(workers) > MOST_PEOPLE:
        message = _("Choisissez %(most)s personnes au plus à la fois.") % {"most": MOST_PEOPLE}
        raise Refused("too_many_people", message)
    locked = list(
        Worker.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .filter(pk__in=[worker.pk for worker in workers])
        .order_by("pk")
    )
    before = Handover.objects.filter(from_adviser=person, key=key).first()
    if before is not None:
        return Proposed(before, [])
    _refuse_too_many(person, now)
    chosen, left_out = sorted_out(person, to_adviser, organisation, locked, today)
    if not chosen:
        raise Refused("nobody_to_ask", _("Aucune de ces personnes ne peut être proposée. Rien n’est parti."))
    with constraints_as_refusals(Handover, HandoverPart):
        handover = Handover.objects.create(
            from_adviser=person,
            to_adviser=to_adviser,
            organisation=organisation,
            note=note,
            key=key,
            proposed_at=now,
        )
        law = handover_law(today)
        HandoverPart.objects.bulk_create(
            HandoverPart(
                handover=handover,
                worker_id=mandate.worker_id,
                mandate=mandate,
                purpose=mandate.purpose,
                moves_on=silence_day(mandate.purpose, today, law.objection_days, law.silence),
            )
            for mandate in chosen
        )
    asked = {mandate.worker_id for mandate in chosen}
    _tell_proposed(person, handover, [worker for worker in locked if worker.pk in asked])
    return Proposed(handover, left_out)


@transaction.atomic
def withdraw_handover(*, actor: Actor, handover: Handover, now: dt.datetime | None = None) -> int:
    """The adviser who proposed takes back, within 24 hours, what nobody has answered yet: how many parts.

    What moved already stays: the person said yes. Raises `Refused` when it is too late, `NotFound` to others.
    """
    now = now or timezone.now()
    if require_person(actor).pk != handover.from_adviser_id:
        raise NotFound
    if not in_time(handover.proposed_at, now):
        message = _("Le délai de 24 heures est passé : les personnes répondent maintenant elles-mêmes.")
        raise Refused("too_late", message)
    waiting = [part for part in locked_parts(handover.parts.all()) if part.state == HandoverState.PROPOSED]
    for part in waiting:
        set_state(part, "withdraw", settled_at=now)
    return len(waiting)


@transaction.atomic
def answer_handover(
    *, actor: Actor, handover: Handover, answers: Mapping[UUID, str], now: dt.datetime | None = None
) -> list[HandoverPart]:
    """The person answers YES, NO or LATER for parts of theirs, by public identifier; those that changed.

    A yes moves at once. Raises `NotFound` for anybody else's part; `Refused` when the question is over: it
    was answered, withdrawn, or the access ended meanwhile. Nothing is then written.
    """
    person, now = require_person(actor), now or timezone.now()
    parts = locked_parts(handover.parts.filter(worker__user=person, public_id__in=answers))
    if len(parts) < len(answers) or not set(answers.values()) <= {YES, NO, LATER}:
        raise NotFound
    changed = []
    for part in parts:
        answer = answers[part.public_id]
        if answer == YES:
            move_part(part, "accept", now)
        elif answer == NO:
            set_state(part, "decline", answered_at=now)
        if answer != LATER:
            changed.append(part)
    if changed:
        _tell_answered(actor, handover, now)
    return changed


@transaction.atomic
def reopen_answer(*, actor: Actor, part: HandoverPart, now: dt.datetime | None = None) -> HandoverPart:
    """The person takes a no back, within 24 hours. From then on only a yes moves: they have objected once."""
    now = now or timezone.now()
    part = _own_part(actor, part)
    if part.state == HandoverState.DECLINED and not in_time(part.answered_at or now, now):
        raise _too_late()
    with constraints_as_refusals(HandoverPart):
        set_state(part, "reopen", answered_at=None, moves_on=None)
    return part


@transaction.atomic
def undo_handover(*, actor: Actor, part: HandoverPart, now: dt.datetime | None = None) -> HandoverPart:
    """The person undoes a move, within 24 hours of it: the former adviser has the same access again.

    Where that adviser has left the organisation, only the colleague's access ends.
    """
    now = now or timezone.now()
    part = _own_part(actor, part)
    if part.moved_at is not None and not in_time(part.moved_at, now):
        raise _too_late()
    undo_part(part, now)
    _tell_answered(actor, part.handover, now)
    return part


@transaction.atomic
def end_reading(*, actor: Actor, part: HandoverPart, now: dt.datetime | None = None) -> HandoverPart:
    """The person ends at once what the former adviser still reads. Twice is once."""
    now = now or timezone.now()
    part = _own_part(actor, part)
    if part.reads_until is None:
        raise Refused("nothing_to_end", _("Cette personne ne lit rien au titre de ce relais."))
    if part.reading_ended_at is None:
        part.reading_ended_at = now
        part.save(update_fields=["reading_ended_at"])
    return part


def _own_part(actor: Actor, part: HandoverPart) -> HandoverPart:
    """The part, held, for its own person; `NotFound` to anybody else."""
    parts = locked_parts(HandoverPart.objects.filter(pk=part.pk, worker__user=require_person(actor)))
    if not parts:
        raise NotFound
    return parts[0]


def _too_late() -> Refused:
    message = _(
        "Le délai de 24 heures est passé. Vous pouvez toujours retirer ou donner un accès depuis "
        "« Qui peut voir quoi »."
    )
    return Refused("too_late", message)


def _refuse_bad_colleague(person: User, to_adviser: User, organisation: Organisation, on: dt.date) -> None:
    if to_adviser.pk == person.pk:
        raise Refused("to_oneself", _("On ne passe pas le relais à soi-même."), field="colleague")
    members = Membership.objects.in_force(on).advisers().filter(organisation=organisation)
    if not members.filter(user=person).exists():
        raise NotFound
    if not (to_adviser.is_active and members.filter(user=to_adviser).exists()):
        message = _("Cette personne n’est pas conseillère dans cet organisme.")
        raise Refused("not_an_adviser_there", message, field="colleague")


def _refuse_too_many(person: User, now: dt.datetime) -> None:
    # Two at once queue up here, so that the day's limit holds.
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    lately = Handover.objects.filter(from_adviser=person, proposed_at__gt=now - dt.timedelta(days=1))
    if lately.count() >= MOST_A_DAY:
        message = _("Vous avez proposé %(most)s relais en un jour. Réessayez demain : rien n’est parti.")
        raise Refused("too_many_handovers", message % {"most": MOST_A_DAY})


def sorted_out(
    person: User, to_adviser: User, organisation: Organisation, workers: list[Worker], on: dt.date
) -> tuple[list[Mandate], list[tuple[Worker, Promise | str]]]:
    """The mandates to ask about, and the people left out, each with a reason."""
    held = list(movable_mandates(person, organisation, on).filter(worker__in=workers).order_by("pk"))
    waiting = set(
        HandoverPart.objects.proposed().filter(mandate__in=held).values_list("mandate_id", flat=True)
    )
    chosen, left_out = [], []
    for worker in workers:
        theirs = [mandate for mandate in held if mandate.worker_id == worker.pk]
        free = [mandate for mandate in theirs if mandate.pk not in waiting]
        reason: Promise | str = ""
        if worker.user_id == to_adviser.pk:
            reason = _("c’est cette personne elle-même")
        elif not theirs:
            reason = _("vous n’avez plus son accord dans cet organisme")
        elif not free:
            reason = _("un autre relais attend déjà sa réponse")
        if reason:
            left_out.append((worker, reason))
        else:
            chosen += free
    return chosen, left_out


def _tell_proposed(actor: User, handover: Handover, workers: list[Worker]) -> None:
    """One message a person, one to the colleague; none of them names anybody."""
    enqueue_many(
        actor=actor,
        kind=HANDOVER_PROPOSED,
        rows=[
            OutboxRow(
                recipient_id=worker.user_id,
                dedupe_key=f"{HANDOVER_PROPOSED}:{handover.pk}:{worker.pk}",
                payload={"handover": handover.pk},
            )
            for worker in workers
        ],
    )
    enqueue(
        actor=actor,
        kind=HANDOVER_OFFERED,
        recipient=handover.to_adviser,
        dedupe_key=f"{HANDOVER_OFFERED}:{handover.pk}",
        payload={"handover": handover.pk},
    )


def _tell_answered(actor: Actor, handover: Handover, now: dt.datetime) -> None:
    """Both advisers, once a day and handover however many people answer."""
    for adviser in (handover.from_adviser, handover.to_adviser):
        enqueue(
            actor=actor,
            kind=HANDOVER_ANSWERED,
            recipient=adviser,
            dedupe_key=f"{HANDOVER_ANSWERED}:{handover.pk}:{adviser.pk}:{timezone.localdate(now)}",
            payload={"handover": handover.pk},
        )
