"""What a search shows: hits grouped by kind, each with the name it bears now and what it belongs to."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from competences.enums import ConceptKind, LinkKind
from competences.models import OPEN, Concept, ConceptLink, ConceptRevision
from competences.queries.search import search

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
    found = [(c.pk, c.reference.slug, str(c.kind), c.external_id, "") for c in coded]
    coded_ids = {c.pk for c in coded}
    found += [
        (h.concept_id, h.reference, h.kind, h.external_id, h.label)
        for h in hits
        if h.concept_id not in coded_ids
    ]
    now = _newest_names(pk for pk, *_rest in found)
    jobs = _jobs_of_titles(pk for pk, _slug, kind, *_rest in found if kind == ConceptKind.TITLE)
    grouped: dict[str, list[Result]] = defaultdict(list)
    for pk, slug, kind, external_id, matched in found:
        label, until = now[pk]
        job_code, job_label = jobs.get(pk, ("", ""))
        former = matched if matched != label else ""
        if job_label == label:
            continue  # The main title of a job is the job itself, which is listed under its own kind.
        result = Result(kind, external_id, slug, label, until == OPEN, former, job_code, job_label)
        grouped[kind].append(result)
    return {str(kind): grouped[kind] for kind in kinds if grouped[kind]}


def _with_code(text: str) -> list[Concept]:
    code = text.strip()
    if not any(c.isdigit() for c in code) or len(code) > 20:
        return []
    rows = Concept.objects.filter(kind=ConceptKind.JOB, external_id__iexact=code)
    return list(rows.select_related("reference").order_by("reference__slug"))


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
