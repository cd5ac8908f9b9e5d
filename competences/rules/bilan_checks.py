"""What the law asks of a bilan: each check with its answer, its article and the day that was read.

A check says ok, not ok, or to be checked by a person; it forbids nothing by itself. What keeps a bilan from
moving is in rules/bilan_readiness.py. Words are in competences/bilan_words.py, worked examples in
docs/rules/bilans.md.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import SequenceMatcher

from competences.rules.bilans import CLOSED, FOLLOW_UP, Hours
from competences.rules.clocks import add_months
from competences.rules.labels import fold
from competences.rules.legal import Figures

OK, NOT_OK, TO_CHECK = "ok", "not_ok", "to_check"

CPF, PLAN, RECLASSIFICATION = "cpf", "plan", "reclassification"
PUBLIC = (CPF, "france_travail", "other_public")
"""Funders whose money is public or pooled."""

BY_EMPLOYER = (PLAN, RECLASSIFICATION)
"""What an employer pays, with pooled money or without: the text of the page says that a person looks."""

READ_ON = dt.date(2026, 11, 23)
"""When the articles that carry no figure were read."""

_LEGAL_FORMS = frozenset(
    [
        "sa",
        "sas",
        "sasu",
        "sarl",
        "eurl",
        "snc",
        "scop",
        "scic",
        "scp",
        "sci",
        "selarl",
        "gie",
        "asso",
        "association",
        "ste",
        "societe",
    ]
)
_INITIALS = re.compile(r"\b(\w) (?=\w\b)")
"""The blanks of "s a s", which folding makes of "S.A.S."."""

_ALIKE = 0.85
"""How near two names are, from 0 to 1, when a person should look."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierBilan:
    """A bilan of the same person that began in the house and is over: who paid it, and its days."""

    funder: str
    requested_on: dt.date
    ended_on: dt.date
    was_stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BilanFacts:
    """What is known of a bilan on a day.

    `employers` are those that the person names or works for here; `perhaps_employers` those of their path,
    which may be clients. `shares_employer`: the adviser works for the same employer. `requested_on` is the
    day of the request to the funder, today while there is none. `last_noted_on`: the last bilan that the
    person noted, whose funder nobody knows.
    """

    state: str
    requested_on: dt.date
    need: str = ""
    provider: str = ""
    employers: tuple[str, ...] = ()
    perhaps_employers: tuple[str, ...] = ()
    shares_employer: bool = False
    is_certified: bool | None = None
    funder: str = ""
    cost: Decimal | None = None
    has_consent: bool = False
    sent_on: dt.date | None = None
    answer: str = ""
    hours: Hours = field(default_factory=lambda: Hours(accompaniment=0, personal_work=0, planned=0))
    planned_appointments: int = 0
    earlier: tuple[EarlierBilan, ...] = ()
    last_noted_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: its `answer`, the `code` of the sentence that tells it with its `values`, and its source."""

    name: str
    answer: str
    code: str
    article: str
    read_on: dt.date = READ_ON
    is_certain: bool = True
    values: Mapping[str, object] = field(default_factory=dict)


def checks(facts: BilanFacts, figures: Figures, on: dt.date) -> list[Check]:
    """Every check of a bilan on the day `on`, in the order of the page, by the `figures` of its request."""
    return [
        consent(facts),
        provider(facts),
        length(facts, figures),
        waiting(facts, figures),
        ceiling(facts, figures),
        convention(facts, figures, on),
        certification(facts, figures),
    ]


def consent(facts: BilanFacts) -> Check:
    """A bilan is made with the person's consent alone (L6313-4)."""
    answer, code = (OK, "consent_given") if facts.has_consent else (NOT_OK, "consent_missing")
    return Check(name="consent", answer=answer, code=code, article="C. trav. L6313-4")


def provider(facts: BilanFacts) -> Check:
    """The provider is never the employer (R6313-5, R6313-6).

    The same name is a no; a name that looks like it, or an adviser who works for the same employer, is for a
    person to look at: a provider with other activities needs a separate organisation for bilans.
    """

    def told(answer: str, code: str, **values: object) -> Check:
        article = "C. trav. R6313-5, R6313-6"
        return Check(name="provider", answer=answer, code=code, article=article, values=values)

    if not facts.provider:
        return told(TO_CHECK, "provider_unknown")
    for employer in facts.employers:
        if same_name(facts.provider, employer):
            return told(NOT_OK, "provider_is_employer", employer=employer)
    for employer in (*facts.employers, *facts.perhaps_employers):
        if alike(facts.provider, employer):
            return told(TO_CHECK, "provider_like_employer", employer=employer)
    if facts.shares_employer:
        return told(TO_CHECK, "adviser_of_employer")
    if not facts.employers:
        return told(TO_CHECK, "employer_unknown")
    return told(OK, "provider_apart")


def length(facts: BilanFacts, figures: Figures) -> Check:
    """13 hours of accompaniment at least, 24 hours at most (R6313-4, L6313-4)."""
    least, least_for, most = (figures.get(f"bilan.hours.{key}") for key in ("least", "least_for", "most"))
    hours = facts.hours
    if most and hours.total > minutes_of(most.number):
        values = {"most": int(most.number)}
        return Check(
            name="length",
            answer=NOT_OK,
            code="too_long",
            article=most.article,
            read_on=most.read_on,
            values=values,
        )
    applies = least is not None and (least_for is None or least_for.value == "all" or facts.funder in PUBLIC)
    if least is None or not applies:
        source = least_for or least or most
        return Check(
            name="length",
            answer=OK,
            code="no_least_length",
            article=source.article if source else "C. trav. L6313-4",
            read_on=source.read_on if source else READ_ON,
            is_certain=least is None,
        )
    lacking = minutes_of(least.number) - hours.accompaniment
    over = facts.state in (CLOSED, FOLLOW_UP)
    if lacking <= 0:
        answer, code = OK, "long_enough"
    elif over:
        answer, code = NOT_OK, "too_short"
    else:
        answer, code = TO_CHECK, "hours_to_come"
    return Check(
        name="length",
        answer=answer,
        code=code,
        article=least.article,
        read_on=least.read_on,
        # Whether the least length binds a bilan that no funder pays is told differently.
        is_certain=facts.funder in PUBLIC or least_for is None or least_for.is_certain,
        values={"least": int(least.number), "lacking": max(0, lacking), "planned": hours.planned},
    )


def waiting(facts: BilanFacts, figures: Figures) -> Check:
    """No bilan paid by a funder in the five years before the request (D6323-6).

    An earlier bilan that an employer paid, one that was stopped, or one that the person only noted, may or
    may not have been paid with public or pooled money: a person looks. So it is when the new funder is not
    the CPF, of which alone the text speaks.
    """
    years, since = figures.get("bilan.waiting.years"), figures.get("bilan.waiting.from")
    if years is None or facts.funder not in PUBLIC:
        article = years.article if years else "C. trav. D6323-6"
        return Check(name="waiting", answer=OK, code="no_waiting", article=article)

    def told(answer: str, code: str, **values: object) -> Check:
        return Check(
            name="waiting",
            answer=answer,
            code=code,
            article=years.article,
            read_on=years.read_on,
            is_certain=since is None or since.is_certain,
            values={"years": int(years.number), **values},
        )

    from_end = since is None or since.value == "end"
    sure, perhaps = [], []
    for bilan in facts.earlier:
        day = bilan.ended_on if from_end else bilan.requested_on
        if bilan.funder in PUBLIC and not bilan.was_stopped:
            sure.append(day)
        elif bilan.funder in (*PUBLIC, *BY_EMPLOYER):
            perhaps.append(day)
    if facts.last_noted_on and facts.last_noted_on not in [bilan.ended_on for bilan in facts.earlier]:
        perhaps.append(facts.last_noted_on)
    for days, is_sure in ((sure, True), (perhaps, False)):
        if not days:
            continue
        last = max(days)
        free_on = free_again(last, int(years.number))
        if facts.requested_on < free_on:
            answer = NOT_OK if is_sure and facts.funder == CPF else TO_CHECK
            return told(answer, "too_early" if is_sure else "perhaps_too_early", last=last, free_on=free_on)
    return told(OK, "waited_enough")


def ceiling(facts: BilanFacts, figures: Figures) -> Check:
    """What the CPF may pay of the price; the rest is the person's or a third party's (D6323-1 A)."""
    most = figures.get("bilan.ceiling.cpf")
    if facts.funder != CPF or most is None:
        article = most.article if most else "C. trav. L6323-6"
        return Check(name="ceiling", answer=OK, code="no_ceiling", article=article)
    values: dict[str, object] = {"most": most.number}
    if facts.cost is None:
        answer, code = TO_CHECK, "price_unknown"
    else:
        rest = rest_to_pay(facts.cost, most.number)
        values |= {"cost": facts.cost, "rest": rest}
        answer, code = (TO_CHECK, "above_ceiling") if rest else (OK, "under_ceiling")
    return Check(
        name="ceiling",
        answer=answer,
        code=code,
        article=most.article,
        read_on=most.read_on,
        is_certain=most.is_certain,
        values=values,
    )


def convention(facts: BilanFacts, figures: Figures, on: dt.date) -> Check:
    """A convention of three parties when the employer pays; ten days to sign it (R6313-8).

    Days are calendar days, the day of sending not counted: the article says "ten days" and no more.
    """
    days = figures.get("bilan.convention.days")
    values: dict[str, object] = {}
    if not is_convention_due(facts.funder):
        answer, code = OK, "no_convention"
    elif facts.answer == "signed":
        answer, code = OK, "convention_signed"
    elif facts.answer == "refused":
        answer, code = NOT_OK, "convention_refused"
    elif facts.sent_on is None:
        answer, code = NOT_OK, "convention_not_sent"
    else:
        last = last_day_to_answer(facts.sent_on, figures)
        values = {"last": last}
        if is_silent(facts, figures, on):
            answer, code = NOT_OK, "convention_silence"
        else:
            answer, code = TO_CHECK, "convention_waiting"
    return Check(
        name="convention",
        answer=answer,
        code=code,
        article=days.article if days else "C. trav. R6313-8",
        read_on=days.read_on if days else READ_ON,
        is_certain=code not in ("convention_silence", "convention_waiting"),
        values=values,
    )


def certification(facts: BilanFacts, figures: Figures) -> Check:
    """Public or pooled money pays a certified provider alone (Qualiopi, L6316-1)."""
    rule = figures.get("bilan.qualiopi")
    if facts.is_certified:
        answer, code = OK, "certified"
    elif rule is None or facts.funder not in (*PUBLIC, *BY_EMPLOYER):
        answer, code = OK, "no_certification"
    elif facts.is_certified is None:
        answer, code = TO_CHECK, "certification_unknown"
    elif facts.funder in PUBLIC:
        answer, code = NOT_OK, "not_certified"
    else:
        answer, code = TO_CHECK, "not_certified_for_pooled"
    article = rule.article if rule else "C. trav. L6316-1"
    read_on = rule.read_on if rule else READ_ON
    return Check(name="certification", answer=answer, code=code, article=article, read_on=read_on)


# What the checks are made of -------------------------------------------------------------------------------


def minutes_of(hours: Decimal) -> int:
    return int(hours * 60)


def free_again(last: dt.date, years: int) -> dt.date:
    """The first day on which a bilan may be asked for again: the same day so many years later.

    29 February gives 28 February where the year has no 29: a period of years ends on the last day of the
    month when the day is not there (as in C. pr. civ. 641; the decree is silent).
    """
    return add_months(last, 12 * years)


def rest_to_pay(cost: Decimal, most: Decimal) -> Decimal:
    """What the CPF may not pay of a price, in euros."""
    return max(Decimal(0), cost - most)


def is_convention_due(funder: str) -> bool:
    """Whether the person, the employer and the provider must sign a convention."""
    return funder in BY_EMPLOYER


def last_day_to_answer(sent_on: dt.date, figures: Figures) -> dt.date:
    """The last day on which a convention sent on that day may be signed."""
    days = figures.get("bilan.convention.days")
    return sent_on + dt.timedelta(days=int(days.number) if days else 10)


def is_silent(facts: BilanFacts, figures: Figures, on: dt.date) -> bool:
    """Whether a convention was left without an answer beyond its days, which is a refusal."""
    silence = figures.get("bilan.convention.silence")
    return bool(
        is_convention_due(facts.funder)
        and facts.sent_on
        and not facts.answer
        and (silence is None or silence.value == "refusal")
        and on > last_day_to_answer(facts.sent_on, figures)
    )


def _plain(name: str) -> str:
    """A name without its signs, accents, capitals and legal form."""
    folded = _INITIALS.sub(r"\1", fold(name))
    return " ".join(word for word in folded.split() if word not in _LEGAL_FORMS)


def same_name(one: str, other: str) -> bool:
    """Whether two organisations bear the same name, but for signs, capitals and legal form."""
    return bool(_plain(one)) and _plain(one) == _plain(other)


def alike(one: str, other: str) -> bool:
    """Whether two names look so much alike that a person should say whether they are one organisation.

    Every word of one is in the other, or hardly a letter differs.
    """
    first, second = _plain(one), _plain(other)
    if not first or not second:
        return False
    words, others = set(first.split()), set(second.split())
    return words <= others or others <= words or SequenceMatcher(None, first, second).ratio() >= _ALIKE
