"""Flags of one record, each with its explanation and what may be done; those that people contest, for their
advisers; how often each rule is contested."""

import datetime as dt
import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from rapidfuzz import fuzz

from accounts.access import Thing, files_open_to
from accounts.errors import NotFound
from accounts.models import User
from competences.enums import ConceptKind, JobUse, LinkKind, RiskRule
from competences.models import Concept, ConceptLink, RiskFlag, SkillStatement, WorkerJob
from competences.queries.names import Named, labels_of
from competences.queries.readable import hidden_references
from competences.queries.records import statements_of, with_labels
from competences.queries.sheets import CORE_ORDER, History, history
from competences.queries.standing import standings
from competences.queries.successors import with_proposals
from competences.rules.durability import Durability
from competences.rules.labels import fold

SHOWN = 6
"""Substitutes and neighbours shown: a choice that one can make."""

RANKED = 300
"""Skills that are read to be ranked."""

SHOWN_JOBS = 5
FEWEST_PEOPLE = 11
"""People below which no figure is told: a smaller group might name somebody (product.md)."""


class Candidate(NamedTuple):
    """A skill that might do instead: how many of the jobs that asked for the former one ask for it
    (`common`), how many do not (`missing`), and how durable it is."""

    named: Named
    common: int
    missing: int
    durability: Durability


@dataclass(frozen=True, slots=True)
class FlagPage:
    """A flag explained. `history` looks at the newest edition; `before` is how the edition before the one
    that opened the flag was called, empty when there is none.

    `jobs_before`: the jobs that asked for the skill in it, a few of them by name; `jobs_now` how many do in
    the newest edition. `substitutes`: skills that those jobs ask for, the nearest first. `neighbours`:
    durable skills of the person's own jobs that they do not hold.
    """

    flag: RiskFlag
    statement: SkillStatement
    history: History | None
    before: str
    jobs_before: Sequence[Named]
    jobs_before_count: int
    jobs_now_count: int
    substitutes: Sequence[Candidate]
    neighbours: Sequence[Candidate]


class RuleFigures(NamedTuple):
    """How often a rule speaks, is contested and is hidden, over everybody; None for a figure too small to be
    told."""

    rule: RiskRule
    open: int
    contested: int | None
    hidden: int | None


def own_flags(user: User, on: dt.date) -> list[SkillStatement]:
    """The statements of a record that flags speak of, hidden or not, with label and flags."""
    rows = statements_of(user.worker).filter(pk__in=RiskFlag.objects.open().values("statement_id"))
    return with_labels(rows, actor=user, on=on)


def own_flag(user: User, public_id: uuid.UUID) -> RiskFlag:
    """A flag of the reader's own record, open or closed. Raises NotFound."""
    rows = RiskFlag.objects.filter(statement__worker__user=user, public_id=public_id)
    found = rows.select_related("edition__reference", "statement__concept__reference").first()
    if found is None:
        raise NotFound
    return found


def flag_page(user: User, public_id: uuid.UUID, *, on: dt.date) -> FlagPage:
    """A flag with its explanation. Constant number of queries. Raises NotFound.

    For a skill of a reference that the person may no longer read, the explanation stops at the flag itself.
    """
    flag = own_flag(user, public_id)
    [statement] = with_proposals([flag.statement], actor=user, on=on)
    if statement.removed_at is not None:
        raise NotFound
    if hidden_references(user, [flag.edition.reference], on=on):
        statement.label = labels_of([statement.concept_id])[statement.concept_id]
        return FlagPage(flag, statement, None, "", (), 0, 0, (), ())
    past = history(actor=user, on=on, slug=flag.edition.reference.slug)
    places = [e for e in past.editions if e.position < flag.edition.position]
    jobs_before, jobs_now = _asking(
        flag.statement.concept_id, places[-1].position if places else None, past.position
    )
    own_jobs = _own_jobs(user, on)
    asked = _asked(user, {pk for pk, *_rest in (*jobs_before, *own_jobs)}, past, flag.statement.concept)
    near = _skills_of(jobs_before, asked)
    mine = _skills_of(own_jobs, asked)
    shown_jobs = jobs_before[:SHOWN_JOBS]
    concepts = {row.concept for row in (*near, *mine)} | {pk for pk, *_rest in shown_jobs}
    labels = past.labels({statement.concept_id, *concepts})
    concept = statement.concept
    statement.label = labels.named(concept.pk, concept.kind, concept.external_id).label
    names = {row.concept: labels.named(row.concept, row.kind, row.code, row.flag) for row in (*near, *mine)}
    substitutes = _nearest(near, names, statement.label, len(jobs_before))
    others = [row for row in mine if row.concept not in {row.concept for row in substitutes}]
    stand = standings(row.concept for row in (*substitutes, *others))
    return FlagPage(
        flag=flag,
        statement=statement,
        history=past,
        before=places[-1].name if places else "",
        jobs_before=[labels.named(*job) for job in shown_jobs],
        jobs_before_count=len(jobs_before),
        jobs_now_count=len(jobs_now),
        substitutes=[
            Candidate(
                names[row.concept], row.jobs, len(jobs_before) - row.jobs, stand[row.concept].durability
            )
            for row in substitutes
        ],
        neighbours=[
            Candidate(names[row.concept], row.jobs, 0, stand[row.concept].durability)
            for row in others
            if stand[row.concept].durability.word in ("very_durable", "durable")
        ][:SHOWN],
    )


def contested_flags(adviser: User, on: dt.date) -> QuerySet[RiskFlag]:
    """The contested flags of the people that an adviser follows, the latest first; each with its person.

    The list says who contests which rule and since when; the skill and the reason are read in the person's
    file, whose opening is written down.
    """
    people = files_open_to(adviser, Thing.FLAGS, on=on).exclude(user=adviser)
    rows = RiskFlag.objects.contested().filter(statement__worker__in=people, statement__removed_at=None)
    found = rows.select_related("statement__worker__user", "edition__reference")
    return found.order_by("-contested_at", "pk")


def rule_figures(on: dt.date) -> list[RuleFigures]:
    """How often each rule speaks, is contested and is hidden, over everybody; rules that speak to fewer than
    `FEWEST_PEOPLE` are left out, and so are smaller figures. One query."""
    rows = (
        RiskFlag.objects.open()
        .values("rule")
        .annotate(
            people=Count("statement__worker", distinct=True),
            number=Count("pk"),
            contested=Count("pk", filter=Q(contested_at__isnull=False, contest_ended_at=None)),
            hidden=Count("pk", filter=Q(hidden_until__gt=on)),
        )
        .filter(people__gte=FEWEST_PEOPLE)
    )
    by_rule = {row["rule"]: row for row in rows}
    return [
        RuleFigures(rule, found["number"], _unless_few(found["contested"]), _unless_few(found["hidden"]))
        for rule in RiskRule
        if (found := by_rule.get(rule))
    ]


def _unless_few(people: int) -> int | None:
    """A flag a person and rule: so few flags are so few people."""
    return people if people == 0 or people >= FEWEST_PEOPLE else None


# Facts of the explanation ----------------------------------------------------------------------------------

Job = tuple[int, str, str]
"""A job: its row, kind and code."""


class _Skill(NamedTuple):
    """A skill that some jobs ask for: how many of them, and its best place in one."""

    concept: int
    kind: str
    code: str
    flag: str
    jobs: int


def _asking(concept: int, before: int | None, now: int) -> tuple[list[Job], list[Job]]:
    """The jobs that asked for a skill at a place (none for None), and those that do at another, by code. One
    query."""
    links = ConceptLink.objects.filter(target=concept, kind=LinkKind.USES, source__kind=ConceptKind.JOB)
    columns = ("source_id", "source__kind", "source__external_id", "since", "until")
    rows = list(links.order_by("source__external_id").values_list(*columns))

    def at(place: int | None) -> list[Job]:
        return [row[:3] for row in rows if place is not None and row[3] <= place < row[4]]

    return at(before), at(now)


def _own_jobs(user: User, on: dt.date) -> list[Job]:
    """The jobs of the person's current titles. One query."""
    titles = WorkerJob.objects.in_force(on).filter(worker__user=user, use=JobUse.CURRENT).values("title")
    links = ConceptLink.objects.open().filter(source__in=titles, kind=LinkKind.TITLE_OF)
    return list(links.values_list("target_id", "target__kind", "target__external_id").distinct())


def _asked(user: User, jobs: Collection[int], past: History, left: Concept) -> list[tuple[Any, ...]]:
    """What these jobs ask for in the edition shown, of the same kind and not held: (job, row, kind, code,
    place in the job). One query."""
    held = SkillStatement.objects.standing().filter(worker__user=user, concept=OuterRef("target"))
    links = ConceptLink.objects.as_of(past.position).filter(
        source__in=list(jobs), kind=LinkKind.USES, target__kind=left.kind
    )
    columns = ("source_id", "target_id", "target__kind", "target__external_id", "flag")
    return list(links.exclude(target=left).exclude(Exists(held)).values_list(*columns))


def _skills_of(jobs: Sequence[Job], asked: Sequence[tuple[Any, ...]]) -> list[_Skill]:
    """Those that most of these jobs ask for first, the core before the rest."""
    counts: Counter[tuple[int, str, str]] = Counter()
    flags: dict[int, list[str]] = defaultdict(list)
    of_jobs = {pk for pk, *_rest in jobs}
    for job, pk, kind, code, flag in asked:
        if job in of_jobs:
            counts[pk, kind, code] += 1
            flags[pk].append(flag)
    found = [
        _Skill(pk, kind, code, min(flags[pk], key=lambda flag: CORE_ORDER.get(flag, 2)), number)
        for (pk, kind, code), number in counts.items()
    ]
    found.sort(key=lambda row: (-row.jobs, CORE_ORDER.get(row.flag, 2), row.code))
    return found[:RANKED]


def _nearest(rows: Sequence[_Skill], names: dict[int, Named], label: str, jobs: int) -> list[_Skill]:
    """The skills nearest to one: half by the name, half by the jobs that ask for both."""
    wanted = fold(label)

    def nearness(row: _Skill) -> float:
        return fuzz.token_set_ratio(wanted, names[row.concept].folded) / 100 + row.jobs / max(jobs, 1)

    return sorted(rows, key=lambda row: (-nearness(row), names[row.concept].folded))[:SHOWN]
