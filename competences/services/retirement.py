"""Taking an edition out of the history: rows read as if it had never come; what it opened is undone."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, require_staff
from accounts.errors import Refused
from competences.enums import EditionStatus, ImpactState
from competences.importers.base import Key
from competences.importers.bulk import analyse
from competences.importers.plan import next_places
from competences.models import Concept, Edition, Reference
from competences.queries.references import neighbours
from competences.rules.intervals import Retirement, Row, retire
from competences.services.references import rewrite_later_changes
from competences.services.risks import undo_impact

TABLES = {
    "conceptrevision": ("t.concept_id", "t.label, t.alternatives, t.description, t.attributes::text"),
    "concepttranslation": ("t.concept_id, t.language", "t.label, t.alternatives, t.description"),
    "conceptlink": ("t.kind, t.source_id, t.target_id", "t.flag"),
}
"""The tables of intervals: what names a row, and what it says."""


@dataclass(frozen=True, slots=True)
class RetirementReport:
    """What went: rows of intervals moved and dropped, flags closed and opened again, proposals taken back,
    people told."""

    reference: str
    edition: str
    applied: bool
    moved: int
    dropped: int
    flags_closed: int
    flags_opened: int
    proposals: int
    messages: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def retire_edition(
    *, actor: Actor, edition: Edition, apply: bool = False, now: dt.datetime | None = None
) -> RetirementReport:
    """Takes an edition out of the history; with `apply` only, else everything is undone once counted.

    The edition stays, marked as retired: what people declared against it keeps its source, and a concept
    that it alone listed keeps its name, at a place where no edition is. Flags that it opened are closed with
    that reason, its proposals are taken back, and whoever had been told of it is told. The same bytes may
    be imported again.

    Raises Refused when it is retired already.
    """
    require_staff(actor)
    now = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE competences_concept IN SHARE ROW EXCLUSIVE MODE")
    Reference.objects.select_for_update(of=("self",)).get(pk=edition.reference_id)
    edition = Edition.objects.select_for_update(of=("self",)).select_related("reference").get(pk=edition.pk)
    if edition.status != EditionStatus.CURRENT:
        raise Refused("already_retired", _("L’édition %s est déjà retirée.") % edition.name)
    before, later = neighbours(edition.reference, edition.position)
    moved = dropped = 0
    for table, (key, value) in TABLES.items():
        found = _retirement(table, key, value, edition, later)
        _write(f"competences_{table}", found, keeps_names=table == "conceptrevision")
        moved += len(found.since) + len(found.until)
        dropped += len(found.drop)
    edition.status = EditionStatus.RETIRED
    edition.impact = ImpactState.DONE
    edition.content_revision += 1
    edition.save(update_fields=["status", "impact", "content_revision"])
    undone = undo_impact(actor=actor, edition=edition, now=now)
    edition.change_rows.all().delete()
    rewrite_later_changes(before, later)
    analyse()
    if not apply:
        transaction.set_rollback(True)
    return RetirementReport(edition.reference.slug, edition.name, apply, moved, dropped, **undone)


def _retirement(table: str, key: str, value: str, edition: Edition, later: Sequence[Edition]) -> Retirement:
    following_of = _following_of(table, edition, later)
    # Where an edition leaves things unsaid, what comes next may start with any edition after it.
    following = [e.position for e in (later if following_of else later[:1])]
    source = "source_id" if table == "conceptlink" else "concept_id"
    width = key.count(",") + 1
    with connection.cursor() as cursor:
        cursor.execute(
            # Texts of this file, never from outside.
            f"SELECT t.id, t.since, t.until, {key}, {value} FROM competences_{table} t"  # noqa: S608
            f" JOIN competences_concept c ON c.id = t.{source} WHERE c.reference_id = %(reference)s"
            " AND (t.since = %(here)s OR t.until = %(here)s OR t.since = ANY(%(following)s))",
            {"reference": edition.reference_id, "here": edition.position, "following": following},
        )
        rows = [
            Row(row, tuple(rest[:width]), tuple(rest[width:]), since, until)
            for row, since, until, *rest in cursor.fetchall()
        ]
    return retire(
        rows,
        here=edition.position,
        following=following[0] if following else None,
        following_of=following_of,
    )


def _following_of(
    table: str, edition: Edition, later: Sequence[Edition]
) -> Callable[[tuple[Any, ...]], int | None] | None:
    """Of the key of a row, the place of the first later edition that speaks of it; None where all do."""
    if table == "concepttranslation" or not any(e.unsaid for e in later):
        return None
    named = Concept.objects.filter(reference=edition.reference_id).values_list("pk", "kind", "external_id")
    scopes = {pk: Key(kind, external_id).scope for pk, kind, external_id in named}
    if table == "conceptrevision":
        return next_places(later, lambda key: scopes[key[0]], "scopes")
    return next_places(later, lambda key: (key[0], scopes[key[1]], scopes[key[2]]), "links")


def _write(table: str, found: Retirement, *, keeps_names: bool) -> None:
    """Drops first: a row may take the start of one that goes."""
    with connection.cursor() as cursor:
        if found.drop and keeps_names:
            # The only name of a concept goes to a place before all editions, where no history looks.
            cursor.execute(
                f"UPDATE {table} t SET since = -t.since, until = 1 - t.since WHERE t.id = ANY(%(rows)s)"  # noqa: S608
                f" AND NOT EXISTS (SELECT FROM {table} o WHERE o.concept_id = t.concept_id"
                " AND o.id <> ALL(%(rows)s))",
                {"rows": found.drop},
            )
        if found.drop:
            cursor.execute(f"DELETE FROM {table} WHERE id = ANY(%s) AND since > 0", [found.drop])  # noqa: S608
        for column, places in (("since", found.since), ("until", found.until)):
            if places:
                cursor.execute(
                    f"UPDATE {table} t SET {column} = moved.place"  # noqa: S608
                    " FROM unnest(%s::bigint[], %s::bigint[]) moved (id, place) WHERE t.id = moved.id",
                    [list(places), list(places.values())],
                )
