"""The evidence of one record. The caller holds the right to read that record."""

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.errors import NotFound
from accounts.models import User, Worker
from competences.enums import ReviewState
from competences.models import Evidence, SkillStatement
from competences.queries.names import labels_of
from competences.queries.records import statements_of, with_labels
from competences.rules.labels import fold

OFFERED = 30
"""Skills offered at once to be ticked: a form that a telephone can show. A word finds the others."""


def evidence_of(worker: Worker) -> QuerySet[Evidence]:
    """The evidence of a record, the latest first."""
    return Evidence.objects.filter(worker=worker).order_by("-added_at", "-pk")


def own_evidence(user: User, public_id: UUID) -> Evidence:
    """A piece of evidence of the reader's own record. Raises NotFound."""
    found = evidence_of(user.worker).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def was_read(evidence: Evidence) -> bool:
    """Whether somebody who was asked for a view has taken it up, or gave it, with this piece before them."""
    read = (ReviewState.IN_REVIEW, ReviewState.ANSWERED, ReviewState.CLOSED)
    return evidence.review_requests.filter(state__in=read).exists()


def with_ties(evidence: Iterable[Evidence], *, on: dt.date) -> list[Evidence]:
    """The same evidence, each with the `tied` statements that stand (with `label`) and whether it `expired`.

    Three queries whatever their number.
    """
    found = list(evidence)
    through = Evidence.statements.through.objects.filter(
        evidence__in=[piece.pk for piece in found], skillstatement__removed_at=None
    )
    ties = list(through.select_related("skillstatement").order_by("skillstatement_id"))
    labels = labels_of(tie.skillstatement.concept_id for tie in ties if tie.skillstatement.concept_id)
    tied: dict[int, list[SkillStatement]] = {piece.pk: [] for piece in found}
    for tie in ties:
        statement = tie.skillstatement
        statement.label = labels.get(statement.concept_id, statement.free_text)
        tied[tie.evidence_id].append(statement)
    for piece in found:
        piece.tied = tied[piece.pk]  # type: ignore[attr-defined]
        piece.expired = piece.is_expired(on)  # type: ignore[attr-defined]
    return found


def offered_statements(
    user: User, *, on: dt.date, chosen: Iterable[str] = (), text: str = ""
) -> list[SkillStatement]:
    """The skills of one's own record to tick: those `chosen` (public ids) first, then those whose label holds
    the words of `text`, the latest first, `OFFERED` of them at most. A constant number of queries.
    """
    everything = with_labels(statements_of(user.worker), actor=user, on=on)
    ticked, words = set(chosen), fold(text).split()
    first = [one for one in everything if str(one.public_id) in ticked]
    others = [
        one
        for one in everything
        if str(one.public_id) not in ticked and all(word in fold(one.label) for word in words)
    ]
    return first + others[:OFFERED]
