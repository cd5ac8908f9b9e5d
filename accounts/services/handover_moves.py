"""What a handover does when it moves, is undone, or runs out of time. The callers hold the worker's row."""

import datetime as dt
from collections import Counter
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import handover_effects
from accounts.actors import SYSTEM, Actor, require_system
from accounts.errors import Refused
from accounts.models import HandoverPart, Mandate, Membership, User, Worker
from accounts.notification_kinds import HANDOVER_MOVED
from accounts.queries.handovers import handover_law
from accounts.rules.handovers import after, reading_end
from accounts.services.notifications import enqueue

#: Versions of the sentence of consent (`accounts.mandate_texts`) by move.
TEXTS = {"accept": "handover-1", "pass_in_silence": "handover-silence-1", "undo": "handover-undone-1"}


def locked_parts(parts: QuerySet[HandoverPart]) -> list[HandoverPart]:
    """The parts with what they name, held until the end of the transaction; their workers are held first."""
    workers = Worker.objects.select_for_update(of=("self",), no_key=True)
    list(workers.filter(pk__in=parts.order_by().values("worker")).order_by("pk").values_list("pk"))
    return list(
        parts.select_for_update(of=("self",))
        .select_related(
            "handover__from_adviser",
            "handover__to_adviser",
            "handover__organisation",
            "mandate",
            "worker__user",
        )
        .order_by("pk")
    )


def set_state(part: HandoverPart, move: str, **fields: Any) -> None:
    """Moves the part along the table of `rules/handovers.py`. Raises `Refused` from any other state."""
    state = after(part.state, move)
    if state is None:
        message = _("Cette question n’est plus ouverte : %(state)s. Rien n’a changé.")
        raise Refused("handover_over", message % {"state": part.get_state_display()})
    for name, value in {"state": state, **fields}.items():
        setattr(part, name, value)
    part.save(update_fields=["state", *fields])


def move_part(part: HandoverPart, move: str, now: dt.datetime) -> None:
    """The colleague takes over: the former mandate ends, the colleague's begins, the former reads a while.

    Raises `Refused` when the question is over, when the access ended meanwhile, or when the colleague left.
    """
    today, handover, old = timezone.localdate(now), part.handover, part.mandate
    if after(part.state, move) is not None:
        _refuse_impossible(part, today)
    set_state(
        part,
        move,
        answered_at=now if move == "accept" else None,
        moved_at=now,
        reads_until=reading_end(part.purpose, today, handover_law(today).reading_days),
    )
    old.withdrawn_at = max(now, old.granted_at)
    old.save(update_fields=["withdrawn_at"])
    part.new_mandate = _given(part, handover.to_adviser, TEXTS[move], now)
    part.effects = handover_effects.apply(part)
    part.save(update_fields=["new_mandate", "effects"])


def undo_part(part: HandoverPart, now: dt.datetime) -> None:
    """The way back: the colleague's new mandate ends, the former adviser is given what they had."""
    set_state(part, "undo", settled_at=now)
    if part.new_mandate is not None and part.new_mandate.withdrawn_at is None:
        part.new_mandate.withdrawn_at = max(now, part.new_mandate.granted_at)
        part.new_mandate.save(update_fields=["withdrawn_at"])
    if _advises(part.handover.from_adviser, part, timezone.localdate(now)):
        _given(part, part.handover.from_adviser, TEXTS["undo"], now)
    handover_effects.undo(part)


def settle_handovers(*, actor: Actor, now: dt.datetime | None = None) -> Counter[str]:
    """Moves what nobody objected to in time, and closes the questions that make no sense any more.

    One transaction a person. Says how many parts "moved" and "lapsed". Safe twice: a part leaves its state
    once. Follow-up moves in silence only while the former adviser still advises there: a consent that fell
    with its adviser is not handed on; the person may still say yes.
    """
    require_system(actor)
    now = now or timezone.now()
    today, counts = timezone.localdate(now), Counter[str]()
    moves = handover_law(today).silence == "moves"
    waiting = HandoverPart.objects.proposed().order_by().values_list("worker_id", flat=True).distinct()
    for worker_id in sorted(waiting):
        with transaction.atomic():
            for part in locked_parts(HandoverPart.objects.proposed().filter(worker_id=worker_id)):
                counts.update(_settle(part, moves, today, now))
    return counts


def _settle(part: HandoverPart, moves: bool, today: dt.date, now: dt.datetime) -> list[str]:
    try:
        _refuse_impossible(part, today)
    except Refused:
        set_state(part, "lapse", settled_at=now)
        return ["lapsed"]
    is_due = moves and part.moves_on is not None and part.moves_on <= today
    if not (is_due and _advises(part.handover.from_adviser, part, today)):
        return []
    move_part(part, "pass_in_silence", now)
    people = (part.worker.user, part.handover.from_adviser, part.handover.to_adviser)
    for person in people:
        enqueue(
            actor=SYSTEM,
            kind=HANDOVER_MOVED,
            recipient=person,
            dedupe_key=f"{HANDOVER_MOVED}:{part.handover_id}:{person.pk}:{today}",
            payload={"handover": part.handover_id},
        )
    return ["moved"]


def _refuse_impossible(part: HandoverPart, on: dt.date) -> None:
    """A part may move while the person's mandate stands and the colleague advises in that organisation."""
    old = part.mandate
    if old.withdrawn_at is not None or (old.end_on is not None and old.end_on <= on):
        message = _("L’accès dont ce relais parle a pris fin. Il n’y a plus rien à passer.")
        raise Refused("mandate_over", message)
    if not (part.handover.to_adviser.is_active and _advises(part.handover.to_adviser, part, on)):
        message = _("%(name)s ne conseille plus dans cet organisme. Votre suivi ne change pas.")
        raise Refused("colleague_left", message % {"name": part.handover.to_adviser.display_name})


def _advises(adviser: User, part: HandoverPart, on: dt.date) -> bool:
    members = Membership.objects.in_force(on).advisers()
    return members.filter(user=adviser, organisation=part.handover.organisation).exists()


def _given(part: HandoverPart, adviser: User, text_version: str, now: dt.datetime) -> Mandate | None:
    """A mandate like the former one for `adviser`, from today; None where that adviser has one already."""
    old, today = part.mandate, timezone.localdate(now)
    end_on = old.end_on
    if end_on is not None and end_on <= today:
        return None
    held = (
        Mandate.objects.not_withdrawn()
        .overlapping(today, end_on)
        .filter(worker=part.worker, adviser=adviser, purpose=part.purpose)
        .order_by("start_on")
        .first()
    )
    if held is not None and held.start_on <= today:
        return None
    return Mandate.objects.create(
        worker=part.worker,
        adviser=adviser,
        organisation=part.handover.organisation,
        purpose=part.purpose,
        start_on=today,
        # One that begins later stays: no day is covered twice.
        end_on=held.start_on if held is not None else end_on,
        reason=old.reason,
        text_version=text_version,
        granted_at=now,
    )
