"""The successors proposed for the skills of one record. The caller holds the right to read that record.

A successor in a reference that the person may no longer read is not proposed: nobody declares what they
cannot read.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.errors import NotFound
from accounts.models import User
from competences.models import RiskFlag, SkillStatement, SuccessorProposal
from competences.models.references import visible_lookup
from competences.queries.names import label_of, labels_of
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
    rows = _readable(SuccessorProposal.objects.waiting(), actor, on).filter(statement__in=placed)
    found = rows.select_related("successor__reference", "edition__reference")
    waiting: dict[int, list[Proposed]] = defaultdict(list)
    later: dict[int, int] = defaultdict(int)
    named = found.annotate(label=label_of("successor"), left_label=label_of("statement__concept"))
    for row in named.order_by("-confidence", "pk"):
        if str(row.public_id) in left_for_later:
            later[row.statement_id] += 1
        else:
            waiting[row.statement_id].append(Proposed(row, row.label, row.left_label))
    for statement in statements:
        statement.waiting_proposals = waiting[statement.pk]
        statement.later = later[statement.pk]
    return list(statements)


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
