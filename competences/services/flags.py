"""What a person answers to a flag: hide it for a while, or say that it is wrong. Neither closes it."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import NotFound, Refused
from competences.models import RiskFlag
from competences.models.risks import CONTEST_LENGTH
from competences.rules.clocks import add_months
from competences.rules.texts import some_lines
from competences.services.ownership import require_own

HIDE_MONTHS = (1, 3, 6, 12)
"""How long a flag may be hidden: the reference moves about twice a year, and nothing is hidden for ever."""


@transaction.atomic
def hide_flag(*, actor: Actor, flag: RiskFlag, months: int, now: dt.datetime | None = None) -> RiskFlag:
    """The person's own screens no longer show it before that many months. Raises Refused for another delay
    than those of `HIDE_MONTHS`, and for a flag that is closed."""
    found = _own_open(actor, flag)
    if months not in HIDE_MONTHS:
        raise Refused("bad_delay", _("Choisissez un délai dans la liste."), field="months")
    found.hidden_until = add_months(timezone.localdate(now), months)
    found.save(update_fields=["hidden_until"])
    return found


@transaction.atomic
def show_flag(*, actor: Actor, flag: RiskFlag) -> RiskFlag:
    """The flag is shown again."""
    found = _own_open(actor, flag)
    found.hidden_until = None
    found.save(update_fields=["hidden_until"])
    return found


@transaction.atomic
def contest_flag(*, actor: Actor, flag: RiskFlag, reason: str, now: dt.datetime | None = None) -> RiskFlag:
    """The person says that the flag is wrong, and why. Their adviser sees it; the rule's figures count it.

    Raises Refused for an empty or too long reason, and for a flag that is closed.
    """
    found = _own_open(actor, flag)
    reason = some_lines(reason)
    if not reason:
        raise Refused("no_reason", _("Dites en quelques mots pourquoi ce signal est faux."), field="reason")
    if len(reason) > CONTEST_LENGTH:
        raise Refused(
            "long_reason",
            _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": CONTEST_LENGTH},
            field="reason",
        )
    found.contested_at = now or timezone.now()
    found.contest_reason = reason
    found.contest_ended_at = None
    found.save(update_fields=["contested_at", "contest_reason", "contest_ended_at"])
    return found


@transaction.atomic
def withdraw_contest(*, actor: Actor, flag: RiskFlag, now: dt.datetime | None = None) -> RiskFlag:
    """The person no longer contests it; that they did stays written."""
    found = _own_open(actor, flag)
    if not found.is_contested:
        raise Refused("not_contested", _("Vous ne contestez pas ce signal."))
    found.contest_ended_at = now or timezone.now()
    found.save(update_fields=["contest_ended_at"])
    return found


def _own_open(actor: Actor, flag: RiskFlag) -> RiskFlag:
    """The flag, locked, for the person whose skill it speaks of; absent for anybody else."""
    rows = RiskFlag.objects.select_for_update(of=("self",)).select_related("statement__worker")
    found = rows.filter(pk=flag.pk).first()
    if found is None:
        raise NotFound
    require_own(actor, found.statement.worker)
    if found.closed_at is not None:
        raise Refused("closed", _("Ce signal est déjà fermé : il n’y a plus rien à faire."))
    return found
