"""What the reference did to the jobs that people and organisations named, since the edition they read.

A job is named by a title. From the edition that the row names to the newest, the title may have been
withdrawn or moved to another job, and its job may have been renamed, have taken the name of another, or
have had its code given to another job. The caller holds the right to read the rows.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import QuerySet

from accounts.written import is_any_of, written
from competences.enums import ConceptKind, LinkKind
from competences.models import Concept, ConceptLink, ConceptRevision, Edition, OrganisationJob, WorkerJob
from competences.rules.labels import fold


@dataclass(frozen=True, slots=True)
class JobAt:
    """A job as an edition names it."""

    concept: Concept
    label: str


@dataclass(frozen=True, slots=True)
class JobReview:
    """What changed for a named job between two editions; `says_something` when anything did.

    `before` and `after` are the title's job then and now, None where it had none. `new_holder` is what the
    former job's code names now, where it was recycled; `took_from` the job that bore the present name then.
    """

    since: Edition
    newest: Edition
    is_withdrawn: bool
    before: JobAt | None
    after: JobAt | None
    is_renamed: bool
    new_holder: JobAt | None
    took_from: Concept | None

    @property
    def is_moved(self) -> bool:
        """Whether the title stands under another job."""
        return bool(self.before and self.after and self.before.concept != self.after.concept)

    @property
    def says_something(self) -> bool:
        """Whether there is anything to look at."""
        return self.is_withdrawn or self.is_moved or self.is_renamed or self.new_holder is not None


class Span(NamedTuple):
    """A value during an interval of editions."""

    value: Any
    since: int
    until: int


def job_reviews(rows: Sequence[OrganisationJob | WorkerJob]) -> dict[int, JobReview]:
    """The review of each row that the reference changed something for, by the row's id.

    The rows are read with their edition. At most five queries, whatever their number.
    """
    states = _states(rows)
    renamed = [state for state in states if state.new_label_of_former]
    titles = _titles({state.before.pk for state in renamed if state.before})
    bearers = _bearers({fold(state.new_label_of_former) for state in renamed}, renamed)
    found = {state.row.pk: state.review(titles, bearers) for state in states}
    return {pk: review for pk, review in found.items() if review.says_something}


def count_reviews(rows: Sequence[OrganisationJob | WorkerJob], homes: Iterable[ConceptLink]) -> int:
    """How many reviews `job_reviews` finds, from the links of their titles, read already. Two queries, or
    three: what took the name of another says nothing alone."""
    states = _states(rows, homes)
    nothing: dict[Any, list[Span]] = defaultdict(list)
    silent = [state for state in states if not state.review(nothing, nothing).says_something]
    unsure = {state.before.pk for state in silent if state.before and state.new_label_of_former}
    titles = _titles(unsure)
    return len(states) - sum(not state.review(titles, nothing).says_something for state in silent)


def _states(
    rows: Sequence[OrganisationJob | WorkerJob], links: Iterable[ConceptLink] | None = None
) -> "list[_State]":
    """Those that name an older edition than the newest, with the names and the jobs of their titles."""
    behind = _behind(rows)
    if not behind:
        return []
    titles = {row.title_id for row, _newest in behind}
    homes: dict[int, list[Span]] = defaultdict(list)
    for link in _links_of(titles=list(titles)) if links is None else links:
        homes[link.source_id].append(Span(link.target, link.since, link.until))
    names = _names(titles | {span.value.pk for spans in homes.values() for span in spans})
    return [_State(row, newest, homes[row.title_id], names) for row, newest in behind]


class _State:
    """One row between its edition and the newest."""

    def __init__(
        self,
        row: OrganisationJob | WorkerJob,
        newest: Edition,
        homes: list[Span],
        names: dict[int, list[Span]],
    ) -> None:
        self.row, self.newest, self.names = row, newest, names
        self.then, self.now = row.edition.position, newest.position
        self.before: Concept | None = _at(homes, self.then)
        self.after: Concept | None = _at(homes, self.now)

    @property
    def new_label_of_former(self) -> str:
        """What the former job is called now, where that is another name than then; else empty.

        Names in two languages are not compared.
        """
        if self.before is None or self.row.edition.language != self.newest.language:
            return ""
        old, new = (_at(self.names[self.before.pk], place) for place in (self.then, self.now))
        return new if old and new and fold(old) != fold(new) else ""

    def review(self, titles: dict[int, list[Span]], bearers: dict[str, list[Span]]) -> JobReview:
        new_label = self.new_label_of_former
        stays = self.before is not None and self.before == self.after
        return JobReview(
            since=self.row.edition,
            newest=self.newest,
            is_withdrawn=_at(self.names[self.row.title_id], self.now) is None,
            before=self._job(self.before, self.then),
            after=self._job(self.after, self.now),
            is_renamed=bool(new_label and stays),
            new_holder=self._job(self.before, self.now) if new_label and self._is_recycled(titles) else None,
            took_from=self._former_bearer(bearers, new_label) if new_label and stays else None,
        )

    def _job(self, job: Concept | None, place: int) -> JobAt | None:
        label = _at(self.names[job.pk], place) if job else None
        return JobAt(job, label) if job and label else None

    def _is_recycled(self, titles: dict[int, list[Span]]) -> bool:
        """Renamed, and none of the titles it had is still under it."""
        spans = titles[self.before.pk] if self.before else []
        had, has = ({s.value for s in spans if s.since <= p < s.until} for p in (self.then, self.now))
        return bool(had and not had & has)

    def _former_bearer(self, bearers: dict[str, list[Span]], label: str) -> Concept | None:
        held = [s.value for s in bearers[fold(label)] if s.since <= self.then < s.until]
        same = [job for job in held if job != self.before and job.reference_id == self.row.title.reference_id]
        return same[0] if same else None


def _at(spans: Iterable[Span], place: int) -> Any:
    return next((span.value for span in spans if span.since <= place < span.until), None)


def _behind(rows: Sequence[Any]) -> list[tuple[Any, Edition]]:
    """The rows that name an older edition than the newest of their reference, with that one. One query."""
    references = {row.edition.reference_id for row in rows}
    last = {e.reference_id: e for e in _newest(references=list(references))} if references else {}
    found = []
    for row in rows:
        end = last.get(row.edition.reference_id)
        if end and row.edition.position < end.position:
            found.append((row, end))
    return found


@written
def _newest(*, references: list[int]) -> QuerySet[Edition]:
    rows = Edition.objects.in_history().filter(is_any_of("reference", references))
    return rows.order_by("reference_id", "-position").distinct("reference_id").defer("anomalies", "changes")


@written
def _links_of(*, titles: list[int]) -> QuerySet[ConceptLink]:
    """The links of titles to their jobs."""
    links = ConceptLink.objects.filter(is_any_of("source", titles), kind=LinkKind.TITLE_OF)
    return links.select_related("target__reference")


def _titles(jobs: set[int]) -> dict[int, list[Span]]:
    """The titles of jobs. One query, none for no job."""
    found: dict[int, list[Span]] = defaultdict(list)
    for job, *span in _titles_of(jobs=list(jobs)) if jobs else ():
        found[job].append(Span(*span))
    return found


@written
def _titles_of(*, jobs: list[int]) -> QuerySet[ConceptLink]:
    links = ConceptLink.objects.filter(is_any_of("target", jobs), kind=LinkKind.TITLE_OF)
    return links.values_list("target_id", "source_id", "since", "until")


def _names(concepts: Iterable[int]) -> dict[int, list[Span]]:
    """The names of concepts. One query."""
    found: dict[int, list[Span]] = defaultdict(list)
    for concept, *span in _names_of(concepts=list(set(concepts))):
        found[concept].append(Span(*span))
    return found


@written
def _names_of(*, concepts: list[int]) -> QuerySet[ConceptRevision]:
    rows = ConceptRevision.objects.filter(is_any_of("concept", concepts))
    return rows.values_list("concept_id", "label", "since", "until")


def _bearers(folded: set[str], states: Iterable[_State]) -> dict[str, list[Span]]:
    """The jobs of the same references that have borne these names. One query, none for no name."""
    if not folded:
        return defaultdict(list)
    references = {state.row.title.reference_id for state in states}
    rows = ConceptRevision.objects.filter(
        concept__reference__in=references, concept__kind=ConceptKind.JOB, folded__in=folded
    )
    found: dict[str, list[Span]] = defaultdict(list)
    for row in rows.select_related("concept__reference").order_by("concept__external_id"):
        found[row.folded].append(Span(row.concept, row.since, row.until))
    return found
