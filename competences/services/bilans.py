"""The rhythm of bilans that a worker wishes."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.models import BilanPlan
from competences.models.bilans import RHYTHM_MONTHS
from competences.rules.clocks import FIRST_DAY, next_bilan


@transaction.atomic
def set_bilan_plan(
    *, actor: Actor, worker: Worker, last_on: dt.date, rhythm_months: int, on: dt.date
) -> BilanPlan:
    """Sets the date of the last bilan and the rhythm, in months; the next date follows.

    Raises Refused with the field at fault: a last bilan in the future or before
    anybody living, a rhythm out of bounds.
    """
    if not isinstance(actor, System) and worker.user_id != actor.pk:
        raise NotFound
    if last_on > on:
        raise Refused("future_date", _("Cette date est dans le futur."), field="last_on")
    if last_on < FIRST_DAY:
        raise Refused("old_date", _("Vérifiez l’année de cette date."), field="last_on")
    if not RHYTHM_MONTHS[0] <= rhythm_months <= RHYTHM_MONTHS[1]:
        raise Refused("bad_rhythm", _("Choisissez un rythme de 1 à 120 mois."), field="rhythm_months")
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    plan, _created = BilanPlan.objects.update_or_create(
        worker=worker,
        defaults={
            "last_on": last_on,
            "rhythm_months": rhythm_months,
            "next_on": next_bilan(last_on, rhythm_months, on).on,
        },
    )
    return plan
