"""What a search shows: hits by kind, each with its present name and what it belongs to, and the filters."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from competences.enums import ConceptKind, LinkKind
from competences.queries.name_indexes import FOUND_KINDS
from competences.queries.readable import Reader
from competences.queries.search import Hit, find

KINDS = FOUND_KINDS
SHOWN_A_KIND = 5
SHOWN_OF_ONE_KIND = 60
MOST = 300
"""Results taken away at once: a search that answers more is too wide to be read."""


@dataclass(frozen=True, slots=True)
class Result:
    """A concept found. `also` is another name of it that answered, `former` one that it bears no more; `job`
    the code and label of the job that a title belongs to, or belonged to last."""

    kind: str
    external_id: str
    reference: str
    label: str
    in_force: bool
    also: str = ""
    former: str = ""
    job_code: str = ""
    job_label: str = ""

    @property
    def code(self) -> str:
        """The code by which people know a job; an address is not one."""
        return self.external_id if self.kind == ConceptKind.JOB and "/" not in self.external_id else ""


@dataclass(frozen=True, slots=True)
class Results:
    """The best results by kind, the kind of the best one first, and how many there are of each kind and in
    each reference: each count keeps the other filter. `references` are names by slug."""

    groups: dict[str, list[Result]]
    total: int
    by_kind: dict[str, int]
    of_any_kind: int
    by_reference: dict[str, int]
    references: dict[str, str]


def results(
    *,
    text: str,
    kinds: Sequence[str] = KINDS,
    kind: str | None = None,
    reference: str | None = None,
    limit: int = SHOWN_OF_ONE_KIND,
    limit_a_kind: int = SHOWN_A_KIND,
    readable: Reader | None = None,
    language: str | None = None,
) -> Results:
    """What answers a text: the best of each kind, or more of one when `kind` is chosen.

    Five queries at most, whatever the text and the results.
    """
    found = find(
        text,
        kinds=[str(kind) for kind in kinds],
        kind=kind,
        reference=reference,
        limit=limit,
        limit_a_kind=None if kind else limit_a_kind,
        readable=readable,
        language=language,
    )
    jobs = _jobs_of_titles([hit.concept_id for hit in found.hits if hit.kind == ConceptKind.TITLE])
    groups: dict[str, list[Result]] = {}
    for hit in found.hits:
        groups.setdefault(hit.kind, []).append(_result(hit, *jobs.get(hit.concept_id, ("", ""))))
    return Results(
        groups, found.total, found.by_kind, found.of_any_kind, found.by_reference, found.references
    )


def _result(hit: Hit, job_code: str, job_label: str) -> Result:
    other = hit.matched if hit.matched != hit.label else ""
    return Result(
        hit.kind,
        hit.external_id,
        hit.reference,
        hit.label,
        in_force=not hit.withdrawn,
        also="" if hit.matched_is_former else other,
        former=other if hit.matched_is_former else "",
        job_code=job_code,
        job_label=job_label,
    )


def _jobs_of_titles(titles: list[int]) -> dict[int, tuple[str, str]]:
    """For each title the code and the name of its job, or of its last one."""
    if not titles:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.id, c.external_id, (SELECT label FROM competences_conceptrevision"
            "  WHERE concept_id = c.id ORDER BY since DESC LIMIT 1)"
            " FROM unnest(%s::bigint[]) t(id), LATERAL (SELECT target_id FROM competences_conceptlink"
            "  WHERE source_id = t.id AND kind = %s ORDER BY since DESC LIMIT 1) l"
            " JOIN competences_concept c ON c.id = l.target_id",
            [titles, LinkKind.TITLE_OF],
        )
        return {title: (code, label) for title, code, label in cursor.fetchall() if label}
