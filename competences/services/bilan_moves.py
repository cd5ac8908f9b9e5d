"""A bilan from the wish to its follow-up: one service a move, by the table of rules/bilans.py.

Each move is a line of the log: from what to what, by whom, in what capacity, when. The person or the adviser
moves it from phase to phase; nobody but the person stops it. Locks are taken in the order worker, bilan,
appointment.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Thing
from accounts.access import may as may_open
from accounts.actors import SYSTEM, Actor, System, require_system
from accounts.constraints import constraints_as_refusals
from accounts.errors import NotFound, Refused
from accounts.models import User, Worker
from competences.bilan_words import reason_words
from competences.enums import BilanState, ConventionAnswer
from competences.models import Bilan, BilanMove, BilanPlan
from competences.models.bilans import NEED_LENGTH
from competences.queries.bilan_messages import waiting_conventions
from competences.queries.bilans import facts_of, figures_of
from competences.rules import bilan_checks
from competences.rules.bilan_readiness import blocking, missing
from competences.rules.bilans import ADVISER, MACHINE, MOVES, PERSON, RUNNING, STOPPED, is_undoable, may
from competences.rules.clocks import next_bilan
from competences.rules.texts import some_lines
from competences.services.appointments import cancel_to_come
from competences.services.bilan_notices import tell_bilan
from competences.services.documents import date_documents
from competences.services.ownership import UNDO_WITHIN, require_own

LAPSED_AT_ONCE = 500
"""Conventions that one run of the job looks at."""


@transaction.atomic
def wish_bilan(*, actor: Actor, worker: Worker, need: str = "", now: dt.datetime | None = None) -> Bilan:
    """The person wishes a bilan.

    Raises Refused when one is running, or when `need` is too long. A running one whose convention was left
    without an answer beyond its days is refused first, whether or not the job has passed.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    need = some_lines(need)
    if len(need) > NEED_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": NEED_LENGTH}
        raise Refused("long_text", message, field="need")
    Worker.objects.select_for_update(of=("self",), no_key=True).get(pk=worker.pk)
    for running in Bilan.objects.select_for_update(of=("self",)).filter(worker=worker, state__in=RUNNING):
        if not _lapse(running, now):
            raise Refused("bilan_one_running", _("Vous avez déjà un bilan en cours."))
    with constraints_as_refusals(Bilan):
        bilan = Bilan.objects.create(worker=worker, need=need, created_at=now, moved_at=now)
    _log(bilan, "", actor, PERSON, now)
    return bilan


@transaction.atomic
def prepare_bilan(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """Need, provider and funder are said. Raises Refused with what is missing."""
    return _move("prepare", actor, bilan, now)


@transaction.atomic
def begin_bilan(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """The first phase begins. Raises Refused with what is missing: the consent of the person above all."""
    return _move("begin", actor, bilan, now)


@transaction.atomic
def investigate_bilan(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """The second phase begins."""
    return _move("investigate", actor, bilan, now)


@transaction.atomic
def conclude_bilan(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """The third phase begins."""
    return _move("conclude", actor, bilan, now)


@transaction.atomic
def close_bilan(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """The bilan ends; the person's rhythm of bilans starts again from that day."""
    return _move("close", actor, bilan, now)


@transaction.atomic
def follow_up_bilan(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """The follow-up interview was held."""
    return _move("follow_up", actor, bilan, now)


@transaction.atomic
def abandon_bilan(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """The person stops, without a reason. From then on nobody else sees that there was a bilan."""
    return _move("abandon", actor, bilan, now)


@transaction.atomic
def refuse_bilan(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """The person does not want this bilan, without a reason. Seen by nobody else, as for `abandon_bilan`."""
    return _move("refuse", actor, bilan, now)


@transaction.atomic
def undo_move(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """Takes back the last move, by who made it, within 24 hours; appointments that it called off stay so.

    Raises Refused when the last move is not of those, when it is too old, or when another bilan runs since.
    """
    now = now or timezone.now()
    found, role = held_bilan(actor, bilan, now, stopped=True)
    last = undoable_move(found, role, actor, now)
    if last is None:
        raise Refused("not_undoable", _("Cette étape ne peut plus être reprise. Rien n’a changé."))
    before = found.state
    found.state = last.before
    found.ended_on = None
    if last.before not in (BilanState.PRELIMINARY, BilanState.INVESTIGATION, BilanState.CONCLUSIONS):
        found.started_on = None
    if found.convention_answer == ConventionAnswer.REFUSED:
        found.convention_answer, found.convention_answered_on = "", None
    found.moved_at = now
    with transaction.atomic(), constraints_as_refusals(Bilan):
        found.save()
    date_documents(found)
    _log(found, before, actor, role, now)
    return found


def undoable_move(bilan: Bilan, role: str, actor: Actor, now: dt.datetime) -> BilanMove | None:
    """The last move, when that actor may still take it back. One query."""
    last = bilan.moves.order_by("-at", "-pk").first()
    if last is None or now - last.at > UNDO_WITHIN or not is_undoable(last.before, last.after, role):
        return None
    is_theirs = last.role == role and (isinstance(actor, System) or last.actor_id == actor.pk)
    return last if is_theirs and last.after == bilan.state else None


@transaction.atomic
def lapse_conventions(*, actor: Actor, now: dt.datetime | None = None) -> int:
    """Closes the bilans whose convention was left without an answer beyond its days. Returns how many.

    The rule is computed too, so that a late run changes nothing for anybody.
    """
    require_system(actor)
    now = now or timezone.now()
    lapsed = 0
    for bilan in waiting_conventions()[:LAPSED_AT_ONCE]:
        Worker.objects.select_for_update(of=("self",), no_key=True).get(pk=bilan.worker_id)
        found = Bilan.objects.select_for_update(of=("self",)).get(pk=bilan.pk)
        lapsed += _lapse(found, now)
    return lapsed


def held_bilan(actor: Actor, bilan: Bilan, now: dt.datetime, *, stopped: bool = False) -> tuple[Bilan, str]:
    """The bilan, locked after its worker, and in what capacity the actor writes in it.

    Raises NotFound to everybody but its person, the adviser who accompanies it while a mandate for bilans is
    in force, and the machine; and to the adviser once the person stopped it.
    """
    Worker.objects.select_for_update(of=("self",), no_key=True).get(pk=bilan.worker_id)
    rows = Bilan.objects.select_for_update(of=("self",)).select_related("worker", "organisation")
    found = rows.filter(pk=bilan.pk).first()
    if found is None:
        raise NotFound
    role = role_in(actor, found, timezone.localdate(now))
    if role is None or (role == ADVISER and found.state in STOPPED):
        raise NotFound
    return found, role


def role_in(actor: Actor, bilan: Bilan, on: dt.date) -> str | None:
    """Person, adviser or machine; None to everybody else."""
    if isinstance(actor, System):
        return MACHINE
    if not isinstance(actor, User):
        return None
    if bilan.worker.user_id == actor.pk:
        return PERSON
    accompanies = bilan.adviser_id == actor.pk
    return (
        ADVISER if accompanies and may_open(actor, bilan.worker, Thing.BILAN, Action.WRITE, on=on) else None
    )


def stop(bilan: Bilan, state: str, actor: Actor, role: str, now: dt.datetime) -> None:
    """Ends a locked bilan in one of the states that stop it, with its appointments to come."""
    before, bilan.state = bilan.state, state
    bilan.ended_on, bilan.moved_at = timezone.localdate(now), now
    bilan.save()
    date_documents(bilan)
    _log(bilan, before, actor, role, now)
    cancel_to_come(actor=actor, bilan=bilan, now=now)


def _move(name: str, actor: Actor, bilan: Bilan, now: dt.datetime | None) -> Bilan:
    now = now or timezone.now()
    on = timezone.localdate(now)
    found, role = held_bilan(actor, bilan, now)
    # The machine writes the demonstration's, in the place of the person.
    if not may(name, found.state, PERSON if role == MACHINE else role):
        raise Refused(
            "bilan_elsewhere",
            _("Ce bilan n’est plus à cette étape. Relisez la page, puis recommencez. Rien n’a changé."),
        )
    after = MOVES[name].after
    if after in STOPPED:
        stop(found, after, actor, role, now)
        return found
    reasons = blocking(missing(name, facts_of(found, on), figures_of(found), on))
    if reasons:
        raise Refused(f"missing_{reasons[0].code}", reason_words(reasons[0]))
    before, found.state, found.moved_at = found.state, after, now
    if name == "begin":
        found.started_on = on
    if name == "close":
        found.ended_on = on
        _follow(found.worker, on)
    found.save()
    if name == "close":
        date_documents(found)
    _log(found, before, actor, role, now)
    tell_bilan(actor=actor, bilan=found, by=role)
    return found


def _follow(worker: Worker, on: dt.date) -> None:
    """The rhythm that the person wishes starts again from the bilan that has just ended."""
    plan = BilanPlan.objects.filter(worker=worker).first()
    if plan is not None and plan.last_on < on:
        plan.last_on = on
        plan.next_on = next_bilan(on, plan.rhythm_months, on).on
        plan.save()


def _lapse(bilan: Bilan, now: dt.datetime) -> bool:
    """Refuses a locked bilan whose convention was left without an answer beyond its days; says whether."""
    on = timezone.localdate(now)
    if bilan.state not in MOVES["lapse"].before:
        return False
    if not bilan_checks.is_silent(facts_of(bilan, on), figures_of(bilan), on):
        return False
    before, bilan.state = bilan.state, BilanState.REFUSED
    bilan.ended_on, bilan.moved_at = on, now
    bilan.save()
    date_documents(bilan)
    _log(bilan, before, SYSTEM, MACHINE, now)
    tell_bilan(actor=SYSTEM, bilan=bilan, by=MACHINE)
    return True


def _log(bilan: Bilan, before: str, actor: Actor, role: str, now: dt.datetime) -> None:
    person = actor if isinstance(actor, User) else None
    BilanMove.objects.create(
        bilan=bilan,
        before=before,
        after=bilan.state,
        actor=person,
        actor_name=person.display_name if person else "Pérenne",
        role=role,
        at=now,
    )
