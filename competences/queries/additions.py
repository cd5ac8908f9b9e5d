"""What a person may add to their record: the skills of a job, and what a field proposes as they type."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from accounts.models import Worker
from competences.enums import ConceptKind, CoreFlag
from competences.models import SkillStatement
from competences.queries.names import Named
from competences.queries.readable import Reader
from competences.queries.search import Hit, search
from competences.queries.sheets import Sheet, sheet

PLACES_IN_ORDER = (
    CoreFlag.CORE,
    CoreFlag.ESSENTIAL,
    CoreFlag.EMERGING,
    CoreFlag.NONE,
    CoreFlag.OPTIONAL,
)


@dataclass(frozen=True, slots=True)
class Tick:
    """A skill that a job asks for, and whether the record holds it."""

    named: Named
    is_held: bool


def ticks_of_job(
    worker: Worker, *, actor: Reader, on: dt.date, slug: str, code: str
) -> tuple[Sheet, list[Tick]]:
    """The newest sheet of a job, and the skills and the knowledge that it asks for, the core first. Six
    queries, or seven. Raises NotFound as `sheet` does."""
    found = sheet(actor=actor, on=on, slug=slug, kind=ConceptKind.JOB, external_id=code)
    asked = [
        named
        for flag in PLACES_IN_ORDER
        for kind in (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)
        for named in found.links.get(kind, [])
        if named.flag == flag
    ]
    held = held_concepts(worker, [named.pk for named in asked])
    return found, [Tick(named, named.pk in held) for named in asked]


def proposed(
    text: str, worker: Worker, *, kinds: Sequence[str], limit: int, readable: Reader
) -> list[tuple[Hit, bool]]:
    """What a search finds to declare, and whether the record holds it. Four queries, none without a word."""
    found = search(text, kinds=kinds, limit=limit, readable=readable)
    held = held_concepts(worker, [hit.concept_id for hit in found])
    return [(hit, hit.concept_id in held) for hit in found]


def held_concepts(worker: Worker, concepts: Collection[int]) -> set[int]:
    """Those of the concepts that the record holds. One query."""
    standing = SkillStatement.objects.standing().filter(worker=worker, concept__in=concepts)
    return set(standing.values_list("concept_id", flat=True))
