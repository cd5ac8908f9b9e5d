"""One bilan as its page shows it, to the person and to the adviser: one story, each their buttons."""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from competences.bilan_texts import BILAN_TEXTS, CURRENT_VERSION
from competences.bilan_words import ANSWERS, CHECK_NAMES, check_words, duration_words, reason_words
from competences.enums import BilanState
from competences.models import Bilan, BilanMove
from competences.queries.appointments import appointments_of
from competences.queries.bilans import facts_of, figures_of
from competences.queries.documents import destroyed_of, documents_of
from competences.rules import bilan_checks
from competences.rules.bilan_readiness import blocking, missing
from competences.rules.bilans import (
    CLOSED,
    CONCLUSIONS,
    ENDED,
    FOLLOW_UP,
    INVESTIGATION,
    PERSON,
    PHASES,
    PRELIMINARY,
    PREPARED,
    RUNNING,
    STOPPED,
    WISHED,
    Hours,
    moves_from,
)
from competences.rules.legal import Figures
from competences.services.bilan_moves import undoable_move

MOVE_WORDS: dict[str, "str | Promise"] = {
    "prepare": gettext_lazy("Mon bilan est préparé"),
    "begin": gettext_lazy("Commencer la phase préliminaire"),
    "investigate": gettext_lazy("Passer à l’investigation"),
    "conclude": gettext_lazy("Passer aux conclusions"),
    "close": gettext_lazy("Terminer le bilan"),
    "follow_up": gettext_lazy("L’entretien de suivi a eu lieu"),
    "abandon": gettext_lazy("Arrêter ce bilan"),
    "refuse": gettext_lazy("Refuser ce bilan"),
}

PHASE_HELPS: dict[str, "str | Promise"] = {
    WISHED: gettext_lazy("Ce qui est attendu, qui accompagne et qui paie sont à dire avant de commencer."),
    PREPARED: gettext_lazy("Tout est dit. Le bilan peut commencer une fois l’accord donné."),
    PRELIMINARY: gettext_lazy(
        "On précise votre besoin, on choisit la forme du bilan, on se met d’accord sur son déroulement."
    ),
    INVESTIGATION: gettext_lazy("On construit un ou plusieurs projets, et on les met à l’épreuve."),
    CONCLUSIONS: gettext_lazy("On prend connaissance des résultats, et on prévoit les étapes du projet."),
    CLOSED: gettext_lazy("Ce bilan est terminé. Un entretien de suivi reste possible."),
    FOLLOW_UP: gettext_lazy("Ce bilan est terminé, et l’entretien de suivi a eu lieu."),
    BilanState.ABANDONED: gettext_lazy("Vous avez arrêté ce bilan. Personne d’autre ne le voit."),
    BilanState.REFUSED: gettext_lazy(
        "Ce bilan est refusé. Ce n’est jamais une faute. Personne d’autre ne le voit."
    ),
}

STEPS: tuple[tuple["str | Promise", tuple[str, ...]], ...] = (
    (gettext_lazy("Préparation"), (WISHED, PREPARED)),
    (gettext_lazy("Phase préliminaire"), (PRELIMINARY,)),
    (gettext_lazy("Phase d’investigation"), (INVESTIGATION,)),
    (gettext_lazy("Phase de conclusions"), (CONCLUSIONS,)),
    (gettext_lazy("Suite"), (CLOSED, FOLLOW_UP)),
)


OWN_CHECKS = ("waiting",)
"""Checks that would tell an adviser of the person's other bilans, those they stopped among them."""


def bilan_context(bilan: Bilan, role: str, actor: Actor, now: dt.datetime) -> dict[str, Any]:
    """What the page of a bilan shows. About seventeen queries, whatever the number of rows."""
    on = timezone.localdate(now)
    facts, figures = facts_of(bilan, on), figures_of(bilan)
    moves = list(bilan.moves.all())
    possible = [name for name in moves_from(bilan.state, role) if name not in ("abandon", "refuse")]
    is_own = role == PERSON
    hidden = () if is_own else OWN_CHECKS
    return {
        "bilan": bilan,
        "is_own": is_own,
        "is_running": bilan.state in RUNNING,
        "is_stopped": bilan.state in STOPPED,
        "is_begun": bilan.state in PHASES,
        "help": PHASE_HELPS[bilan.state] if is_own or bilan.state not in STOPPED else "",
        "steps": steps(bilan.state, moves),
        "facts": told(bilan),
        "next": [_step(name, facts, figures, on, hidden) for name in possible],
        "checks": [one for one in shown_checks(facts, figures, on) if one["check"].name not in hidden],
        "hours": hours_told(facts.hours, figures),
        "appointments": appointments_of(bilan.worker).filter(bilan=bilan),
        "may_plan": bilan.state in (*RUNNING, CLOSED),
        "moves": moves,
        "undoable": undoable_move(bilan, role, actor, now),
        "consent_text": BILAN_TEXTS.get(bilan.consent_version or CURRENT_VERSION, ""),
        "consent_version": CURRENT_VERSION,
        "convention_due": bilan_checks.is_convention_due(bilan.funder),
        "may_answer": bilan.state in (WISHED, PREPARED) and not bilan_checks.is_silent(facts, figures, on),
        "is_silent": bilan_checks.is_silent(facts, figures, on),
        "documents": documents_of(bilan),
        "destroyed": destroyed_of(bilan),
        "assessments": bilan.self_assessments.finished(),
        "may_write": bilan.state in PHASES,
        "may_add": bilan.state not in ENDED,
    }


def steps(state: str, moves: Iterable[BilanMove]) -> list[dict[str, Any]]:
    """The steps of the page, each done, current or to come; those that were gone through before a stop."""
    order = [states for _label, states in STEPS]
    seen = {move.before for move in moves} if state in STOPPED else {state}
    reached = max((i for i, states in enumerate(order) if seen & set(states)), default=0)
    is_over = state in STOPPED or state == FOLLOW_UP
    return [
        {
            "label": label,
            "state": "done"
            if i < reached or (i == reached and is_over)
            else "current"
            if i == reached
            else "todo",
        }
        for i, (label, _states) in enumerate(STEPS)
    ]


def shown_checks(facts: bilan_checks.BilanFacts, figures: Figures, on: dt.date) -> list[dict[str, Any]]:
    """The checks in words, each with its badge."""
    return [
        {
            "name": CHECK_NAMES[check.name],
            "text": check_words(check),
            "answer": ANSWERS[check.answer][0],
            "kind": ANSWERS[check.answer][1],
            "check": check,
        }
        for check in bilan_checks.checks(facts, figures, on)
    ]


def hours_told(hours: Hours, figures: Figures) -> dict[str, Any]:
    """The hours as text, and in minutes for the bars."""
    least, most = figures.get("bilan.hours.least"), figures.get("bilan.hours.most")
    return {
        "accompaniment": hours.accompaniment,
        "total": hours.total,
        "accompaniment_words": duration_words(hours.accompaniment),
        "work_words": duration_words(hours.personal_work),
        "planned_words": duration_words(hours.planned) if hours.planned else "",
        "total_words": duration_words(hours.total),
        "least": int(least.number) if least else 0,
        "most": int(most.number) if most else 0,
        "least_minutes": bilan_checks.minutes_of(least.number) if least else 0,
        "most_minutes": bilan_checks.minutes_of(most.number) if most else 0,
    }


def told(bilan: Bilan) -> list[tuple[str, str]]:
    """What was said of a bilan, as facts of the page."""
    who = bilan.provider_name
    if bilan.organisation:
        name = bilan.adviser.display_name if bilan.adviser else ""
        who = f"{name}, {bilan.organisation.name}" if name else bilan.organisation.name
    rows = [
        (_("Ce qui est attendu"), bilan.need),
        (_("Accompagnement"), who),
        (_("Qui paie"), bilan.get_funder_display() if bilan.funder else ""),
    ]
    return [(label, value or _("pas encore dit")) for label, value in rows]


def _step(
    name: str, facts: bilan_checks.BilanFacts, figures: Figures, on: dt.date, hidden: Sequence[str]
) -> dict[str, Any]:
    """A move that may come next, with what is missing before it; `hidden`: checks kept from the reader."""
    reasons = missing(name, facts, figures, on)
    if "waiting" in hidden:
        reasons = [reason for reason in reasons if reason.code not in ("too_early", "perhaps_too_early")]
    blocked = blocking(reasons)
    return {
        "move": name,
        "label": MOVE_WORDS[name],
        "is_blocked": bool(blocked),
        "missing": [reason_words(reason) for reason in blocked],
        "notes": [reason_words(reason) for reason in reasons if not reason.blocks],
    }
