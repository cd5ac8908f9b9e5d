"""The skills of one record. The caller holds the right to read that record."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import Prefetch, QuerySet

from accounts.models import Worker
from competences.models import RiskFlag, SkillLevel, SkillStatement
from competences.queries.names import labels_of
from competences.queries.readable import Reader, hidden_references


def statements_of(worker: Worker) -> QuerySet[SkillStatement]:
    """The skills that stand in a record, with level, open flags and concept, the latest first."""
    return (
        SkillStatement.objects.standing()
        .filter(worker=worker)
        .select_related("concept__reference", "edition")
        .prefetch_related(
            Prefetch("levels", SkillLevel.objects.filter(end_at=None), to_attr="current"),
            Prefetch(
                "flags", RiskFlag.objects.open().select_related("edition__reference"), to_attr="open_flags"
            ),
        )
        .order_by("-declared_at", "-pk")
    )


def flagged(statements: QuerySet[SkillStatement]) -> QuerySet[SkillStatement]:
    """Those of the statements that an open flag names."""
    return statements.filter(pk__in=RiskFlag.objects.open().values("statement_id"))


def with_labels(statements: Iterable[SkillStatement], *, actor: Reader, on: dt.date) -> list[SkillStatement]:
    """The same statements, each with its `label`, its `level` and whether it `is_readable`: whether the actor
    may open its reference that day. A record keeps the names of an own reference whoever reads it.
    """
    found = list(statements)
    hidden = hidden_references(actor, (s.concept.reference for s in found), on=on)
    labels = labels_of(s.concept_id for s in found)
    for statement in found:
        statement.label = labels[statement.concept_id]
        statement.level = statement.current[0].level
        statement.is_readable = statement.concept.reference_id not in hidden
    return found
