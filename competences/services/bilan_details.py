"""What is said of a bilan: need, provider, funder, price; consent; convention. Locks as for its moves."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import NotFound, Refused
from accounts.models import Mandate
from competences.bilan_texts import CURRENT_VERSION
from competences.bilan_words import reason_words
from competences.enums import BilanState, ConventionAnswer, Funder
from competences.models import Bilan
from competences.models.bilans import NAME_LENGTH, NEED_LENGTH
from competences.queries.bilans import bilan_mandates, facts_of, figures_of
from competences.rules import bilan_checks
from competences.rules.bilan_readiness import Reason
from competences.rules.bilans import ADVISER, MACHINE, PERSON, PHASES, RUNNING
from competences.rules.clocks import FIRST_DAY
from competences.rules.texts import one_line, some_lines
from competences.services.bilan_moves import held_bilan, stop

MOST_EUROS = Decimal("99999.99")


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What the person says of their bilan. The provider is the adviser of `mandate`, else `provider_name`."""

    need: str = ""
    mandate: Mandate | None = None
    provider_name: str = ""
    is_certified: bool | None = None
    employer_name: str = ""
    funder: str = ""
    cost: Decimal | None = None
    requested_on: dt.date | None = None


@transaction.atomic
def describe_bilan(
    *, actor: Actor, bilan: Bilan, described: Described, now: dt.datetime | None = None
) -> Bilan:
    """The person says what they expect, who accompanies them and who pays; again at any time while it runs.

    Once the first phase has begun the funder stays: the checks were made on it. Another funder makes the
    convention of the former one void. Raises Refused with the field at fault, the employer as provider first.
    """
    now = now or timezone.now()
    found = _own_running(actor, bilan, now)
    on = timezone.localdate(now)
    need, provider, employer = (
        some_lines(described.need),
        one_line(described.provider_name),
        one_line(described.employer_name),
    )
    _refuse_bad_description(need, provider, employer, described, on)
    if found.state in PHASES and described.funder != found.funder:
        message = _("Le financeur ne change plus une fois le bilan commencé. Vous pouvez arrêter ce bilan.")
        raise Refused("funder_stays", message, field="funder")
    mandate = described.mandate
    if mandate is not None:
        mandate = bilan_mandates(found.worker, on).filter(pk=mandate.pk).first()
        if mandate is None:
            raise Refused("no_mandate", _("Choisissez dans la liste."), field="provider")
    if not bilan_checks.is_convention_due(described.funder):
        found.convention_sent_on = found.convention_answered_on = None
        found.convention_answer = ""
    found.adviser = mandate.adviser if mandate else None
    found.organisation = mandate.organisation if mandate else None
    found.provider_name = "" if mandate else provider
    found.need, found.employer_name, found.funder = need, employer, described.funder
    found.is_certified, found.cost = described.is_certified, described.cost
    found.requested_on = described.requested_on
    _refuse_employer(found, on)
    found.save()
    return found


@transaction.atomic
def consent_to_bilan(*, actor: Actor, bilan: Bilan, version: str, now: dt.datetime | None = None) -> Bilan:
    """The person accepts the sentence `version` of bilan_texts.py. Twice keeps the first.

    Raises Refused when another sentence has come since, or once the bilan is over.
    """
    now = now or timezone.now()
    found = _own_running(actor, bilan, now)
    if found.consented_at is not None:
        return found
    if version != CURRENT_VERSION:
        message = _("Le texte de l’accord a changé. Relisez-le, puis recommencez.")
        raise Refused("text_changed", message, field="consent")
    found.consented_at, found.consent_version = now, version
    found.save(update_fields=["consented_at", "consent_version"])
    return found


@transaction.atomic
def withdraw_consent(*, actor: Actor, bilan: Bilan, now: dt.datetime | None = None) -> Bilan:
    """The person takes their consent back before the first phase; from then on, it is stopping the bilan."""
    now = now or timezone.now()
    found = _own_running(actor, bilan, now)
    if found.state in PHASES:
        message = _("Le bilan a commencé : pour retirer votre accord, arrêtez-le. Ce n’est jamais une faute.")
        raise Refused("bilan_begun", message)
    found.consented_at, found.consent_version = None, ""
    found.save(update_fields=["consented_at", "consent_version"])
    return found


@transaction.atomic
def set_convention(
    *,
    actor: Actor,
    bilan: Bilan,
    sent_on: dt.date,
    answer: str = "",
    answered_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> Bilan:
    """Notes the convention: the day the employer sent it, by the person or the adviser; and the answer, which
    is the person's alone. A refusal refuses the bilan, as silence does (C. trav. R6313-8).

    Raises Refused with the field at fault: a bilan without a convention or already begun, a day to come, an
    answer before the sending or after the days that the article gives.
    """
    now = now or timezone.now()
    found, role = held_bilan(actor, bilan, now)
    if found.state not in (BilanState.WISHED, BilanState.PREPARED):
        raise Refused("bilan_begun", _("La convention se signe avant le début du bilan. Rien n’a changé."))
    if not bilan_checks.is_convention_due(found.funder):
        message = _("Ce bilan n’a pas besoin de convention avec un employeur.")
        raise Refused("no_convention", message, field="sent_on")
    if answer and role == ADVISER:
        raise NotFound
    if found.convention_answer and role == ADVISER:
        raise Refused("answered", _("La personne a déjà répondu. Rien n’a changé."), field="sent_on")
    on = timezone.localdate(now)
    _refuse_bad_convention(found, sent_on, answer, answered_on, on)
    found.convention_sent_on = sent_on
    found.convention_answer, found.convention_answered_on = answer, (answered_on or on) if answer else None
    found.save()
    if answer == ConventionAnswer.REFUSED:
        stop(found, BilanState.REFUSED, actor, PERSON if role == MACHINE else role, now)
    return found


def _own_running(actor: Actor, bilan: Bilan, now: dt.datetime) -> Bilan:
    found, role = held_bilan(actor, bilan, now)
    if role == ADVISER:
        raise NotFound
    if found.state not in RUNNING:
        raise Refused("bilan_over", _("Ce bilan est fini : il ne change plus."))
    return found


def _refuse_bad_description(
    need: str, provider: str, employer: str, described: Described, on: dt.date
) -> None:
    choose = _("Choisissez dans la liste.")
    lengths = (("need", need, NEED_LENGTH), ("provider_name", provider, NAME_LENGTH))
    for name, text, most in (*lengths, ("employer_name", employer, NAME_LENGTH)):
        if len(text) > most:
            message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": most}
            raise Refused("long_text", message, field=name)
    if described.funder and described.funder not in Funder.values:
        raise Refused("bad_funder", choose, field="funder")
    if described.cost is not None and not 0 <= described.cost <= MOST_EUROS:
        raise Refused("bad_cost", _("Vérifiez ce prix."), field="cost")
    if described.requested_on is not None:
        _refuse_bad_day(described.requested_on, on, "requested_on")


def _refuse_bad_day(day: dt.date, on: dt.date, field: str) -> None:
    if day > on:
        raise Refused("future_date", _("Cette date est dans le futur."), field=field)
    if day < FIRST_DAY:
        raise Refused("old_date", _("Vérifiez l’année de cette date."), field=field)


def _refuse_employer(bilan: Bilan, on: dt.date) -> None:
    check = bilan_checks.provider(facts_of(bilan, on))
    if check.answer == bilan_checks.NOT_OK:
        reason = Reason(code=check.code, blocks=True, values=check.values)
        raise Refused(check.code, reason_words(reason), field="provider")


def _refuse_bad_convention(
    bilan: Bilan, sent_on: dt.date, answer: str, answered_on: dt.date | None, on: dt.date
) -> None:
    _refuse_bad_day(sent_on, on, "sent_on")
    last = bilan_checks.last_day_to_answer(sent_on, figures_of(bilan))
    if answer and answer not in ConventionAnswer.values:
        raise Refused("bad_answer", _("Choisissez dans la liste."), field="answer")
    if not answer:
        if on > last:
            message = _(
                "Le délai pour signer est passé : sans réponse, c’est un refus. Si vous avez signé à temps,"
                " notez aussi votre réponse et son jour."
            )
            raise Refused("convention_silence", message, field="sent_on")
        return
    day = answered_on or on
    _refuse_bad_day(day, on, "answered_on")
    if day < sent_on:
        message = _("On répond à une convention après l’avoir reçue.")
        raise Refused("answered_before", message, field="answered_on")
    if day > last and answer == ConventionAnswer.SIGNED:
        message = _("Le délai pour signer est passé : sans réponse à temps, c’est un refus.")
        raise Refused("convention_silence", message, field="answered_on")
