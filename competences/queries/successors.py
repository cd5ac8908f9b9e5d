"""The successors proposed for the skills of one record. The caller holds the right to read that record.

A successor in a reference that the person may no longer read is not proposed: nobody declares what they
cannot read.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.errors import NotFound
from accounts.models import User, Worker
from accounts.written import written
from competences.models import RiskFlag, SkillStatement, SuccessorProposal
from competences.models.references import visible_lookup
from competences.queries.names import LabelOf, labels_of
from competences.queries.readable import Reader


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal with the names of the successor and of the skill whose place it would take."""

    proposal: SuccessorProposal
    label: str
    left_label: str


def touched(statements: QuerySet[SkillStatement], *, actor: Reader, on: dt.date) -> QuerySet[SkillStatement]:
    """Those of the statements that a flag names, unless the person hid it, or with a proposal to answer."""
    flags = RiskFlag.objects.shown(on).values("statement_id")
    proposals = _readable(SuccessorProposal.objects.waiting(), actor, on).values("statement_id")
    return statements.filter(Q(pk__in=flags) | Q(pk__in=proposals))


def with_proposals(
    statements: Sequence[SkillStatement], *, actor: Reader, on: dt.date, left_for_later: Collection[str] = ()
) -> list[SkillStatement]:
    """The same statements, each with its `waiting_proposals`, the surest first. One query, none
    for the person's own words.

    Those that the person left for later, by their public ids, are counted in `later` instead.
    """
    placed = [statement.pk for statement in statements if statement.concept_id]
    waiting = SuccessorProposal.objects.waiting().filter(statement__in=placed)
    attach_proposals(statements, _named(_readable(waiting, actor, on)), left_for_later)
    return list(statements)


def waiting_of(worker: Worker, *, actor: Reader, on: dt.date) -> list[Proposed]:
    """What waits for an answer in a record, the surest first. One query."""
    if isinstance(actor, User) and actor.is_active:
        return _proposed(_waiting_of(worker=worker.pk, reader=actor.pk, on=on))
    rows = SuccessorProposal.objects.waiting().filter(statement__worker=worker, statement__removed_at=None)
    return _named(_readable(rows, actor, on))


@written
def _waiting_of(*, worker: int, reader: int, on: dt.date) -> QuerySet[SuccessorProposal]:
    rows = SuccessorProposal.objects.waiting().filter(statement__worker=worker, statement__removed_at=None)
    return _with_names(_readable(rows, User(pk=reader), on))


def attach_proposals(
    statements: Iterable[SkillStatement], proposals: Iterable[Proposed], left_for_later: Collection[str]
) -> None:
    """Gives each statement its `waiting_proposals`, and in `later` how many were left for later."""
    waiting: dict[int, list[Proposed]] = defaultdict(list)
    later: dict[int, int] = defaultdict(int)
    for one in proposals:
        if str(one.proposal.public_id) in left_for_later:
            later[one.proposal.statement_id] += 1
        else:
            waiting[one.proposal.statement_id].append(one)
    for statement in statements:
        statement.waiting_proposals = waiting[statement.pk]
        statement.later = later[statement.pk]


def _named(rows: QuerySet[SuccessorProposal]) -> list[Proposed]:
    return _proposed(_with_names(rows))


def _with_names(rows: QuerySet[SuccessorProposal]) -> QuerySet[SuccessorProposal]:
    labels = {"label": LabelOf("successor"), "left_label": LabelOf("statement__concept")}
    whole = rows.select_related("successor__reference", "edition__reference").annotate(**labels)
    return whole.defer("edition__anomalies", "edition__changes").order_by("-confidence", "pk")


def _proposed(rows: Iterable[SuccessorProposal]) -> list[Proposed]:
    return [Proposed(row, row.label, row.left_label) for row in rows]  # type: ignore[attr-defined]


def own_proposal(user: User, public_id: UUID, *, on: dt.date) -> Proposed:
    """A proposal of the reader's own record, answered or not. Raises NotFound. Two queries."""
    own = SuccessorProposal.objects.filter(statement__worker__user=user, public_id=public_id)
    rows = _readable(own, user, on)
    found = rows.select_related("statement__concept", "successor__reference", "edition__reference").first()
    if found is None:
        raise NotFound
    labels = labels_of([found.successor_id, found.statement.concept_id])
    return Proposed(found, labels[found.successor_id], labels[found.statement.concept_id])


def _readable(
    proposals: QuerySet[SuccessorProposal], actor: Reader, on: dt.date
) -> QuerySet[SuccessorProposal]:
    return proposals.filter(visible_lookup(actor, on, "successor__reference__"))
