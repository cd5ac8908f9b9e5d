"""When a person wishes their next bilan."""

import datetime as dt

from accounts.models import Worker
from competences.models import BilanPlan
from competences.rules.clocks import NextBilan, next_bilan


def bilan_plan(worker: Worker) -> BilanPlan | None:
    return BilanPlan.objects.filter(worker=worker).first()


def due_bilan(worker: Worker, on: dt.date) -> NextBilan | None:
    """The next bilan that the worker wishes, with its reasons; None without a plan."""
    plan = bilan_plan(worker)
    return next_bilan(plan.last_on, plan.rhythm_months, on) if plan else None
