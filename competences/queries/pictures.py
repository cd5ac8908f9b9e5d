"""The figures that a person's pictures show: their own record, read once for all of them.

The number of queries is the same for an empty record and for three hundred skills: said, wanted jobs, links,
path, names, and three for durability (nine at most with an own reference among the wanted jobs).
"""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from accounts.models import User
from competences.enums import ConceptKind, JobUse, LinkKind, ReferenceFormat
from competences.models import OPEN, CareerPeriod, ConceptLink, SkillRevision, WorkerJob
from competences.queries.career import named_periods
from competences.queries.names import labels_of
from competences.queries.readable import hidden_references
from competences.queries.standing import standings
from competences.rules.career import Period
from competences.rules.domains import domain_of
from competences.rules.durability import WORDS
from competences.rules.gaps import Asked, Share, gap
from competences.rules.labels import fold
from competences.rules.pictures import counted

NOT_JUDGED = "not_judged"
DURABILITIES = (*reversed(WORDS), NOT_JUDGED)
"""The strongest first; then what no reference lets us judge."""


class Area(NamedTuple):
    """One area of DigComp. `now` and `then` are the means of the levels said on its competences, None where
    none is; `said` of `asked` competences have a level now, `said_then` had one."""

    label: str
    asked: int
    said: int
    now: float | None
    said_then: int
    then: float | None


class Domain(NamedTuple):
    """What a job asks for in one domain, the core of the job apart. An empty label: in no domain."""

    label: str
    core: Share
    other: Share

    @property
    def all(self) -> Share:
        return Share(self.core.held + self.other.held, self.core.asked + self.other.asked)

    @property
    def core_other_all(self) -> tuple[Share, Share, Share]:
        """The three, as a row of a table has them."""
        return self.core, self.other, self.all


class Wanted(NamedTuple):
    """A job that the person wants, as the page offers it. `job` is None where no edition lists it."""

    public_id: uuid.UUID
    label: str
    job: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """All that the pictures show. `acquired`: how many skills by year, oldest first; `undated`: those whose
    day nobody said. `durability`: how many skills under each word of `DURABILITIES`."""

    areas: Sequence[Area]
    wanted: Sequence[Wanted]
    chosen: Wanted | None
    domains: Sequence[Domain]
    share: Share
    core: Share
    periods: Sequence[Period]
    acquired: Sequence[tuple[int, int]]
    undated: int
    durability: Mapping[str, int]
    skills: int


class Said(NamedTuple):
    """What a person says of one skill."""

    concept: int | None
    level: int | None
    acquired_on: dt.date | None


class Links(NamedTuple):
    """What the newest editions say: what the chosen job asks for, with the category that its producer gives
    it (ROME: "Savoir-être professionnel", "Normes et procédés"), what concepts are part of, the groups among
    these, and by reference the areas of DigComp, (number, area) to competences."""

    asked: list[Asked]
    categories: dict[int, str]
    parents: dict[int, list[int]]
    groups: set[int]
    digcomp: dict[int, dict[tuple[str, int], list[int]]]


def figures(
    user: User, *, on: dt.date, since: dt.date | None = None, job: uuid.UUID | None = None
) -> Figures:
    """The figures of a person's pictures. `since`: the earlier day to compare levels with; `job`: the wanted
    job to show, the last one they named for None and for one that is not theirs."""
    now, then = _said(user, since)
    wanted_rows = _wanted(user, on)
    row = next((row for row in wanted_rows if row.public_id == job), wanted_rows[0] if wanted_rows else None)
    links = _links(row.job_id if row else None)
    held = {said.concept for said in now if said.concept is not None}
    domains = {one.concept: domain_of(one.concept, links.parents, links.groups) for one in links.asked}
    digcomp = _digcomp(links.digcomp, held)
    path = list(CareerPeriod.objects.kept().filter(worker__user=user).order_by("-start_on", "-pk"))
    named = {area for _number, area in digcomp} | {pk for pk in domains.values() if pk is not None}
    named |= {one.title_id for one in wanted_rows} | {period.title_id for period in path if period.title_id}
    labels = labels_of(named)
    wanted = [Wanted(one.public_id, labels.get(one.title_id, ""), one.job_id) for one in wanted_rows]
    found = gap(links.asked, held, ())
    return Figures(
        areas=[_area(labels[area], asked, now, then) for (_number, area), asked in sorted(digcomp.items())],
        wanted=wanted,
        chosen=next((one for one in wanted if row and one.public_id == row.public_id), None),
        domains=_domains(links, held, {pk: labels.get(group, "") for pk, group in domains.items() if group}),
        share=found.share,
        core=found.core,
        periods=named_periods(path, labels),
        acquired=counted(said.acquired_on for said in now if said.acquired_on),
        undated=sum(said.acquired_on is None for said in now),
        durability=_durability(now),
        skills=len(now),
    )


def _said(user: User, since: dt.date | None) -> tuple[list[Said], list[Said]]:
    """What the person says now, and what they said at the end of the day `since`. One query."""
    stands = Q(end_at=None, statement__removed_at=None)
    stood = Q(pk__in=[])
    at = None
    if since is not None:
        midnight = dt.datetime.combine(since + dt.timedelta(days=1), dt.time.min)
        at = timezone.make_aware(midnight)
        gone = Q(statement__removed_at=None) | Q(statement__removed_at__gt=at)
        stood = Q(start_at__lt=at) & (Q(end_at=None) | Q(end_at__gte=at)) & gone
    rows = SkillRevision.objects.filter(stands | stood, statement__worker__user=user).order_by("pk")
    columns = ("statement__concept_id", "level", "acquired_on", "start_at", "end_at", "statement__removed_at")
    now, then = [], []
    for concept, level, acquired_on, start_at, end_at, removed_at in rows.values_list(*columns):
        said = Said(concept, level, acquired_on)
        if end_at is None and removed_at is None:
            now.append(said)
        if at and start_at < at and (end_at is None or end_at >= at):
            then.append(said)
    return now, then


def _wanted(user: User, on: dt.date) -> list[Any]:
    """The wanted jobs, the last named first, each with the row of its job as `job_id`. One query; one more
    where somebody owns a reference among them."""
    jobs = ConceptLink.objects.open().filter(kind=LinkKind.TITLE_OF, source=OuterRef("title"))
    rows = WorkerJob.objects.in_force(on).filter(worker__user=user, use=JobUse.WANTED)
    rows = rows.select_related("title__reference").annotate(job_id=Subquery(jobs.values("target")[:1]))
    found = list(rows.order_by("-start_on", "-pk"))
    hidden = hidden_references(user, (row.title.reference for row in found), on=on)
    return [row for row in found if row.title.reference_id not in hidden]


def _links(job: int | None) -> Links:
    """One query: a page that asks three would wait three times."""
    found = Links([], {}, defaultdict(list), set(), defaultdict(lambda: defaultdict(list)))
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE asked AS ("
            " SELECT l.target_id, l.flag,"
            " coalesce(r.attributes ->> 'categorie_savoir', r.attributes ->> 'cat_comp', '') AS category"
            " FROM competences_conceptlink l"
            " JOIN competences_concept c ON c.id = l.target_id AND c.kind IN (%(skill)s, %(knowledge)s)"
            " LEFT JOIN competences_conceptrevision r ON r.concept_id = c.id AND r.until = %(open)s"
            " WHERE l.source_id = %(job)s AND l.kind = %(uses)s AND l.until = %(open)s"
            "), up AS ("
            " SELECT l.source_id, l.target_id FROM competences_conceptlink l JOIN asked a"
            " ON a.target_id = l.source_id WHERE l.kind = %(part_of)s AND l.until = %(open)s"
            " UNION SELECT l.source_id, l.target_id FROM competences_conceptlink l JOIN up"
            " ON up.target_id = l.source_id WHERE l.kind = %(part_of)s AND l.until = %(open)s"
            ") SELECT 'asked', target_id, 0, flag, 0, category FROM asked"
            " UNION ALL SELECT 'up', up.source_id, up.target_id, c.kind, 0, '' FROM up"
            " JOIN competences_concept c ON c.id = up.target_id"
            " UNION ALL SELECT 'area', l.source_id, a.id, a.external_id, a.reference_id, ''"
            " FROM competences_reference r JOIN competences_concept a ON a.reference_id = r.id"
            " AND a.kind = %(area)s JOIN competences_conceptlink l ON l.target_id = a.id"
            " AND l.kind = %(part_of)s AND l.until = %(open)s"
            " JOIN competences_concept s ON s.id = l.source_id AND s.kind = %(skill)s"
            " WHERE r.format = %(digcomp)s AND r.owner_id IS NULL ORDER BY 1, 2, 3",
            {
                "job": job,
                "open": OPEN,
                "uses": LinkKind.USES,
                "part_of": LinkKind.PART_OF,
                "skill": ConceptKind.SKILL,
                "knowledge": ConceptKind.KNOWLEDGE,
                "area": ConceptKind.AREA,
                "digcomp": ReferenceFormat.DIGCOMP,
            },
        )
        for what, source, target, text, reference, category in cursor.fetchall():
            if what == "asked":
                found.asked.append(Asked(source, text))
                found.categories[source] = category
            elif what == "up":
                found.parents[source].append(target)
                if text in (ConceptKind.GROUP, ConceptKind.AREA):
                    found.groups.add(target)
            else:
                found.digcomp[reference][text, target].append(source)
    return found


def _digcomp(
    known: Mapping[int, Mapping[tuple[str, int], list[int]]], held: set[int]
) -> Mapping[tuple[str, int], list[int]]:
    """The areas of the DigComp reference of which the record holds most; of the first one where it holds
    none."""
    if not known:
        return {}
    best = max(
        sorted(known), key=lambda pk: sum(one in held for skills in known[pk].values() for one in skills)
    )
    return known[best]


def _area(label: str, asked: Sequence[int], now: Sequence[Said], then: Sequence[Said]) -> Area:
    levels, before = _levels(asked, now), _levels(asked, then)
    return Area(label, len(asked), len(levels), _mean(levels), len(before), _mean(before))


def _levels(asked: Sequence[int], said: Sequence[Said]) -> list[int]:
    wanted = set(asked)
    return [one.level for one in said if one.concept in wanted and one.level is not None]


def _mean(levels: Sequence[int]) -> float | None:
    return sum(levels) / len(levels) if levels else None


def _domains(links: Links, held: set[int], groups: Mapping[int, str]) -> list[Domain]:
    """The domains of what is asked for, the largest first, what is in none last. What no group holds is under
    its category: ROME sorts no knowledge otherwise."""
    by_domain: dict[str, list[Asked]] = defaultdict(list)
    for one in links.asked:
        by_domain[groups.get(one.concept) or links.categories[one.concept]].append(one)
    found = [
        Domain(
            label,
            _share([one for one in ones if one.is_core], held),
            _share([one for one in ones if not one.is_core], held),
        )
        for label, ones in by_domain.items()
    ]
    return sorted(found, key=lambda one: (not one.label, -one.all.asked, fold(one.label)))


def _share(asked: Sequence[Asked], held: set[int]) -> Share:
    return Share(sum(one.concept in held for one in asked), len(asked))


def _durability(said: Sequence[Said]) -> dict[str, int]:
    """How many skills under each word. Three queries, none for no skill of a reference."""
    known = standings(one.concept for one in said if one.concept is not None)
    found = dict.fromkeys(DURABILITIES, 0)
    for one in said:
        standing = known.get(one.concept) if one.concept is not None else None
        found[(standing.durability.word if standing else None) or NOT_JUDGED] += 1
    return found
