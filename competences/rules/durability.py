"""How well a skill holds in its reference: four words, each with its reasons.

Breadth gives the word (how many jobs ask for the skill, in how many areas); persistence limits it (a skill
not seen asked for in every edition cannot be very durable); a high exposure of those jobs takes one word
away, an unknown one nothing. docs/rules/durability.md gives the reason of each figure.
"""

from dataclasses import dataclass
from typing import Literal

from competences.rules.exposure import Exposure
from competences.rules.reasons import Reason

DurabilityWord = Literal["fragile", "to_watch", "durable", "very_durable"]
WORDS: tuple[DurabilityWord, ...] = ("fragile", "to_watch", "durable", "very_durable")
"""From the weakest to the strongest."""

A_FEW_JOBS = 2
"""From ROME 58 to 60, 9.5 % of the skills that one job asked for lost it; of those that two asked for, 2.3 %
lost both."""

SEVERAL_JOBS = 5
"""From five jobs on, 1 skill in 2,181 lost them all between the same editions (1 in 200 at four jobs)."""

MANY_JOBS, MANY_AREAS = 10, 3
"""The strongest word is for what holds when a whole area changes: many jobs, in at least three areas. Some
3 % of the skills that ROME 60's jobs ask for."""

TIMES_SEEN = 2
"""One edition alone says nothing of what lasts."""


@dataclass(frozen=True, slots=True)
class DurabilityFacts:
    """One skill as its reference has it.

    `jobs`: those that ask for it in the newest edition; `areas`: how many areas they belong to, None where
    the reference does not sort them; `editions`: those imported (issues of one number are one);
    `asked_in`: those of them that list the skill and in which a job asks for it.
    """

    jobs: int
    areas: int | None
    editions: int
    asked_in: int
    exposure: Exposure


@dataclass(frozen=True, slots=True)
class Durability:
    """A word and its reasons; no word where no job ever asked for the skill: there is nothing to measure."""

    word: DurabilityWord | None
    reasons: tuple[Reason, ...]


def durability(facts: DurabilityFacts) -> Durability:
    """The word for a skill, with what breadth, persistence and exposure say, in that order.

    Raises ValueError on facts that cannot be together.
    """
    if facts.asked_in > facts.editions or (facts.jobs and not facts.asked_in):
        raise ValueError(f"a skill cannot be asked for more often than it was seen: {facts}")
    if not facts.asked_in:
        return Durability(None, (Reason("never_asked", {"editions": facts.editions}),))
    step, breadth = _breadth(facts)
    limit, persistence = _persistence(facts)
    step = min(step, limit)
    reasons = [breadth, persistence]
    if facts.jobs:
        reasons.append(_exposure(facts.exposure))
        step = max(0, step - facts.exposure.is_high)
    return Durability(WORDS[step], tuple(reasons))


def _breadth(facts: DurabilityFacts) -> tuple[int, Reason]:
    jobs, areas = facts.jobs, facts.areas
    figures = {"jobs": jobs} if areas is None else {"jobs": jobs, "areas": areas}
    if jobs == 0:
        return 0, Reason("no_job_left")
    if jobs < A_FEW_JOBS:
        return 0, Reason("one_job", figures)
    if jobs < SEVERAL_JOBS:
        return 1, Reason("few_jobs", figures)
    if areas is None:
        return 2, Reason("several_jobs_areas_unknown", figures)
    if jobs >= MANY_JOBS and areas >= MANY_AREAS:
        return 3, Reason("many_jobs", figures)
    return 2, Reason("several_jobs", figures)


def _persistence(facts: DurabilityFacts) -> tuple[int, Reason]:
    """The strongest step that the past allows."""
    strongest = len(WORDS) - 1
    figures = {"asked_in": facts.asked_in, "editions": facts.editions}
    if facts.editions < TIMES_SEEN:
        return strongest - 1, Reason("persistence_unknown")
    if facts.asked_in < facts.editions:
        return strongest - 1, Reason("not_in_every_edition", figures)
    return strongest, Reason("in_every_edition", figures)


def _exposure(found: Exposure) -> Reason:
    if not found.is_known:
        return Reason("exposure_unknown")
    return Reason("exposure_high" if found.is_high else "exposure_not_high")
