"""When a person wishes their next bilan."""

import datetime as dt

from accounts.models import Worker
from competences.models import BilanPlan
from competences.rules.clocks import NextBilan, next_bilan


def bilan_plan(worker: Worker) -> BilanPlan | None:
    """No query where the worker was read with it."""
    return getattr(worker, "bilan_plan", None)


def due_bilan(worker: Worker, on: dt.date) -> NextBilan | None:
    """The next bilan that the worker wishes, with its reasons; None without a plan."""
    plan = bilan_plan(worker)
    return next_bilan(plan.last_on, plan.rhythm_months, on) if plan else None
