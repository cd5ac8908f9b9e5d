"""The facts that the rules of risk ask for, read for many concepts and titles at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from competences.enums import LinkKind
from competences.models import Concept, ConceptLink, ConceptRevision, Edition
from competences.rules.risks import ConceptFacts, Span

Held = dict[int, list[tuple[int, Span]]]


def concept_facts(concepts: Collection[int]) -> dict[int, ConceptFacts]:
    """What the editions say of each of these skills. Four queries."""
    references = dict(Concept.objects.filter(pk__in=concepts).values_list("pk", "reference_id"))
    newest = newest_places(set(references.values()))
    listed: dict[int, list[Span]] = defaultdict(list)
    rows = ConceptRevision.objects.filter(concept__in=concepts, since__gte=0)
    for concept, since, until in rows.values_list("concept_id", "since", "until"):
        listed[concept].append(Span(since, until))
    used: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    links = ConceptLink.objects.filter(target__in=concepts, kind=LinkKind.USES)
    columns = links.values_list("target_id", "source_id", "since", "until", "flag")
    for concept, job, since, until, flag in columns:
        used[concept][job].append(Span(since, until, flag))
    jobs = _jobs_now({job for lives in used.values() for job in lives})
    return {
        concept: ConceptFacts(newest[reference], listed[concept], used[concept], jobs)
        for concept, reference in references.items()
        if reference in newest
    }


def jobs_of_titles(titles: Iterable[int]) -> Held:
    """The jobs that each title had, and where. One query."""
    held: Held = defaultdict(list)
    links = ConceptLink.objects.filter(source__in=list(titles), kind=LinkKind.TITLE_OF)
    for title, job, since, until in links.values_list("source_id", "target_id", "since", "until"):
        held[title].append((job, Span(since, until)))
    return held


def newest_places(references: Collection[int]) -> dict[int, int]:
    """The place of the newest edition of each reference. One query."""
    editions = Edition.objects.in_history().filter(reference__in=references)
    return dict(editions.values_list("reference_id", "position"))


def _jobs_now(jobs: Collection[int]) -> frozenset[int]:
    """Those of the jobs that the newest edition of their reference lists: their row has no end."""
    rows = ConceptRevision.objects.open().filter(concept__in=jobs)
    return frozenset(rows.values_list("concept_id", flat=True))
