"""What a search shows: hits grouped by kind, each with the name it bears now and what it belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from competences.enums import ConceptKind, LinkKind
from competences.models import OPEN, Concept, ConceptLink, ConceptRevision
from competences.queries.search import Hit, search

KINDS = (
    ConceptKind.JOB,
    ConceptKind.TITLE,
    ConceptKind.SKILL,
    ConceptKind.KNOWLEDGE,
    ConceptKind.CONTEXT,
)
MOST = 300
"""Hits read at most: a search that answers more is too wide to be read."""


@dataclass(frozen=True, slots=True)
class Result:
    """A concept found. `matched` is the former name that answered, when it bears another one now; `job`
    the code and label of the job that a title belongs to, or belonged to last."""

    kind: str
    external_id: str
    reference: str
    label: str
    in_force: bool
    matched: str = ""
    job_code: str = ""
    job_label: str = ""


def results(*, text: str, kinds: Sequence[str] = KINDS, limit: int = MOST) -> dict[str, list[Result]]:
    """The best results by kind, in the order of `kinds`; kinds that answer nothing are left out.

    A job's code ("M1805") finds that job, whichever reference bears it. Six queries at most beside one a
    word of the text.
    """
    hits = search(text, kinds=[str(kind) for kind in kinds], limit=limit)
    coded = _with_code(text) if ConceptKind.JOB in kinds else []
    coded_ids = {hit.concept_id for hit in coded}
    found = [*coded, *(hit for hit in hits if hit.concept_id not in coded_ids)]
    jobs = _jobs_of_titles(hit.concept_id for hit in found if hit.kind == ConceptKind.TITLE)
    grouped: dict[str, list[Result]] = defaultdict(list)
    for hit in found:
        job_code, job_label = jobs.get(hit.concept_id, ("", ""))
        if job_label == hit.label:
            continue  # The main title of a job is the job itself, which is listed under its own kind.
        grouped[hit.kind].append(
            Result(
                hit.kind,
                hit.external_id,
                hit.reference,
                hit.label,
                in_force=not hit.withdrawn,
                matched=hit.matched if hit.matched != hit.label else "",
                job_code=job_code,
                job_label=job_label,
            )
        )
    return {str(kind): grouped[kind] for kind in kinds if grouped[kind]}


def _with_code(text: str) -> list[Hit]:
    """The jobs that bear a code, as the best of hits."""
    code = text.strip()
    if not any(c.isdigit() for c in code) or len(code) > 20:
        return []
    rows = Concept.objects.filter(kind=ConceptKind.JOB, external_id__iexact=code)
    coded = list(rows.select_related("reference").order_by("reference__slug"))
    names = _newest_names(concept.pk for concept in coded)
    return [
        Hit(c.pk, c.reference.slug, c.kind, c.external_id, label, label, score=100, withdrawn=until != OPEN)
        for c in coded
        for label, until in [names[c.pk]]
    ]


def _newest_names(concepts: Iterable[int]) -> dict[int, tuple[str, int]]:
    """The name that each concept bears, or bore last, and where that name ends."""
    rows = ConceptRevision.objects.filter(concept__in=list(concepts))
    rows = rows.order_by("concept_id", "-since").distinct("concept_id")
    return {pk: (label, until) for pk, label, until in rows.values_list("concept_id", "label", "until")}


def _jobs_of_titles(titles: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = ConceptLink.objects.filter(source__in=list(titles), kind=LinkKind.TITLE_OF)
    rows = rows.order_by("source_id", "-since").distinct("source_id")
    found = list(rows.values_list("source_id", "target_id", "target__external_id"))
    names = _newest_names(job for _title, job, _code in found)
    return {title: (code, names[job][0]) for title, job, code in found if job in names}
