"""Self-assessments and what they show: levels, comparisons, proposals for the record."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language

from accounts.access import Thing, access_object
from accounts.errors import NotFound
from accounts.models import User, Worker
from competences.enums import ConceptKind
from competences.models import Concept, Edition, Instrument, SelfAssessment, SkillRevision, SkillStatement
from competences.rules.instruments import Competence, Texts, level_of, mean_of


@dataclass(frozen=True, slots=True)
class CompetenceLevel:
    """The level of one competence, 0 to 8; None where nothing was answered. `then`: that of the other one."""

    code: str
    label: str
    now: int | None
    then: int | None


@dataclass(frozen=True, slots=True)
class AreaLevel:
    """The means of an area, and its competences."""

    label: str
    now: float | None
    then: float | None
    competences: Sequence[CompetenceLevel]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A level that the record does not say: of a `statement` it holds (at `held`), or of one it lacks."""

    code: str
    label: str
    level: int
    concept: Concept
    edition: Edition
    statement: SkillStatement | None
    held: int | None


def said(texts: Texts) -> str:
    """A text of an instrument in the language of the page."""
    return texts.get((get_language() or "fr")[:2], texts["fr"])


def newest_instrument(kind: str = "digcomp") -> Instrument | None:
    """The instrument of that kind that a new self-assessment is made with."""
    return Instrument.objects.filter(slug=kind).order_by("-pk").first()


def own_assessments(worker: Worker) -> list[SelfAssessment]:
    """A person's self-assessments, the one in progress first, then the latest."""
    rows = SelfAssessment.objects.filter(worker=worker).select_related("instrument")
    return sorted(rows, key=lambda one: (one.finished_at is not None, -one.started_at.timestamp()))


def own_assessment(user: User, public_id: UUID) -> SelfAssessment:
    """One's own. Raises NotFound."""
    rows = SelfAssessment.objects.select_related("instrument", "worker__user")
    found = rows.filter(public_id=public_id, worker__user=user).first()
    if found is None:
        raise NotFound
    return found


def open_assessment(user: User, public_id: UUID, *, on: dt.date) -> tuple[SelfAssessment, bool]:
    """A self-assessment and whether it is the reader's own; a finished one made in a bilan opens, through the
    door, for the adviser of that bilan. Raises NotFound to everybody else."""
    rows = SelfAssessment.objects.select_related("instrument", "worker__user", "bilan")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    if found.worker.user_id == user.pk:
        return found, True
    bilan = found.bilan
    if found.finished_at is None or bilan is None or not bilan.is_accompanied_by(user):
        raise NotFound
    access_object(user, found.worker.public_id, Thing.SELF_ASSESSMENT, on=on)
    return found, False


def levels_of(assessment: SelfAssessment) -> dict[str, int]:
    """The level of each competence that was answered, by code. One query."""
    return {row.code: level_of(row.answers) for row in assessment.answers.all()}


def compared(assessment: SelfAssessment, other: SelfAssessment | None) -> list[AreaLevel]:
    """Levels by area and competence, beside those of another self-assessment. Two queries."""
    now = levels_of(assessment)
    then: Mapping[str, int] = levels_of(other) if other else {}
    areas = []
    for area in assessment.instrument.questions.areas:
        rows = [
            CompetenceLevel(one.code, said(one.label), now.get(one.code), then.get(one.code))
            for one in area.competences
        ]
        means = mean_of([row.now for row in rows]), mean_of([row.then for row in rows])
        areas.append(AreaLevel(said(area.label), *means, rows))
    return areas


def earlier(assessment: SelfAssessment) -> list[SelfAssessment]:
    """The finished self-assessments of the same person and kind of instrument to compare with."""
    rows = SelfAssessment.objects.finished().select_related("instrument").exclude(pk=assessment.pk)
    return list(rows.filter(worker=assessment.worker_id, instrument__slug=assessment.instrument.slug))


def next_question(assessment: SelfAssessment, code: str = "") -> tuple[Competence, Mapping[str, list[str]]]:
    """The competence of that code, else the first that is not answered, else the first; and all answers."""
    answered = {row.code: row.answers for row in assessment.answers.all()}
    competences = assessment.instrument.questions.competences
    asked = assessment.instrument.questions.competence(code) if code else None
    waiting = (one for one in competences if one.code not in answered)
    return asked or next(waiting, competences[0]), answered


def proposals_of(assessment: SelfAssessment) -> list[Proposal]:
    """What the record would say otherwise, in the order of the questions; a level of 0 proposes nothing.

    A constant number of queries: answers, concepts, editions, statements with their levels.
    """
    levels = {code: level for code, level in levels_of(assessment).items() if level}
    questions = assessment.instrument.questions
    found = Concept.objects.filter(
        reference__slug=questions.reference, kind=ConceptKind.SKILL, external_id__in=levels
    )
    concepts = {concept.external_id: concept for concept in found}
    edition = (
        Edition.objects.in_history()
        .filter(reference__slug=questions.reference)
        .order_by("-position")
        .select_related("reference")
        .first()
    )
    if edition is None:
        return []
    current = SkillRevision.objects.current().filter(
        statement__worker=assessment.worker_id,
        statement__removed_at=None,
        statement__concept__in=[concept.pk for concept in concepts.values()],
    )
    held = {row.statement.concept_id: row for row in current.select_related("statement__worker")}
    proposals = []
    for one in questions.competences:
        concept = concepts.get(one.code)
        row = held.get(concept.pk) if concept else None
        if concept is None or (row is not None and row.level == levels[one.code]):
            continue
        proposals.append(
            Proposal(
                code=one.code,
                label=said(one.label),
                level=levels[one.code],
                concept=concept,
                edition=edition,
                statement=row.statement if row else None,
                held=row.level if row else None,
            )
        )
    return proposals
