"""The skills of one record. The caller holds the right to read that record."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import fields

from django.db.models import Prefetch, QuerySet

from accounts.models import Worker
from competences.models import RiskFlag, SkillRevision, SkillStatement
from competences.queries.names import labels_of
from competences.queries.readable import Reader, hidden_references
from competences.rules.skill_histories import SaidFacts, Spell, spells


def statements_of(worker: Worker) -> QuerySet[SkillStatement]:
    """The skills that stand in a record, the latest first, with what is said of them and open flags."""
    return (
        SkillStatement.objects.standing()
        .filter(worker=worker)
        .select_related("concept__reference", "edition")
        .prefetch_related(
            Prefetch("revisions", SkillRevision.objects.current(), to_attr="current"),
            Prefetch(
                "flags", RiskFlag.objects.open().select_related("edition__reference"), to_attr="open_flags"
            ),
        )
        .order_by("-declared_at", "-pk")
    )


def flagged(statements: QuerySet[SkillStatement]) -> QuerySet[SkillStatement]:
    """Those of the statements that an open flag names."""
    return statements.filter(pk__in=RiskFlag.objects.open().values("statement_id"))


def with_labels(
    statements: Iterable[SkillStatement],
    *,
    actor: Reader,
    on: dt.date,
    labels: Mapping[int, str] | None = None,
) -> list[SkillStatement]:
    """The same statements, each with its `label`, what is `said` of it now and whether it `is_readable`:
    whether the actor may open its reference that day; the person's own words have no reference to open. A
    record keeps the names of an own reference whoever reads it. One query for the labels, by concept, unless
    they are known; one more where an organisation owns a reference.
    """
    found = list(statements)
    hidden = hidden_references(actor, (s.concept.reference for s in found if s.concept), on=on)
    if labels is None:
        labels = labels_of(s.concept_id for s in found if s.concept_id)
    for statement in found:
        statement.label = labels.get(statement.concept_id, statement.free_text)
        statement.said = statement.current[0]
        for flag in getattr(statement, "open_flags", ()):
            flag.hidden = flag.is_hidden(on)
        statement.is_readable = bool(statement.concept) and statement.concept.reference_id not in hidden
    return found


def history_of(statement: SkillStatement) -> list[Spell]:
    """What was said of a skill through time, the latest first, without repeating what stayed. One query."""
    names = [one.name for one in fields(SaidFacts)]
    told = [
        Spell(
            SaidFacts(**{**{name: getattr(row, name) for name in names}, "sources": tuple(row.sources)}),
            row.start_at,
            row.end_at,
            row.confirmed_on,
        )
        for row in statement.revisions.order_by("start_at")
    ]
    return spells(told)[::-1]
