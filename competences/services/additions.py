"""Declaring many skills at once, and taking them back at once.

A batch has no row of its own: it is what a person declared at one instant.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.models import Concept, ConceptRevision, Edition, SkillRevision, SkillStatement
from competences.services.ownership import UNDO_WITHIN, require_own
from competences.services.records import DECLARABLE, Said, refuse_bad
from competences.services.risks import review_statements

MOST_AT_ONCE = 500
"""Skills in one batch: more than any job asks for."""


@dataclass(slots=True)
class Batch:
    """What became of a batch: the statements made, and the concepts that were not, by why."""

    at: dt.datetime
    made: list[SkillStatement] = field(default_factory=list)
    refused: dict[int, "str | Promise"] = field(default_factory=dict)


@transaction.atomic
def declare_skills(
    *,
    actor: Actor,
    worker: Worker,
    concepts: Sequence[int],
    said: Said,
    now: dt.datetime | None = None,
) -> Batch:
    """Declares each of these concepts, with the same said of all, against the newest edition that holds it.

    A concept that cannot be is refused by itself, with a sentence, and the others are declared: one that the
    record holds already, that is not a skill, that nobody lists any more or that the person may not read.
    Raises Refused for what `refuse_bad` refuses, for too many concepts, and when another tab declared one of
    them at that very moment: then nothing is written. The same number of queries for one as for many.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    refuse_bad(said, timezone.localdate(now))
    if len(concepts) > MOST_AT_ONCE:
        message = _("C’est trop d’un coup : cochez %(most)s compétences au plus.")
        raise Refused("too_many", message % {"most": MOST_AT_ONCE})
    batch = Batch(now)
    editions = _declarable(actor, concepts, timezone.localdate(now))
    held = set(
        SkillStatement.objects.standing()
        .filter(worker=worker, concept__in=concepts)
        .values_list("concept_id", flat=True)
    )
    author = None if isinstance(actor, System) else actor
    wanted = []
    for concept in dict.fromkeys(concepts):
        if concept in held:
            batch.refused[concept] = _("Elle est déjà dans votre dossier.")
        elif concept not in editions:
            batch.refused[concept] = _("Elle n’est plus dans le référentiel.")
        else:
            wanted.append(
                SkillStatement(
                    worker=worker,
                    concept_id=concept,
                    edition=editions[concept],
                    author=author,
                    declared_at=now,
                )
            )
    batch.made = _written(wanted)
    SkillRevision.objects.bulk_create(
        SkillRevision(
            statement=statement, confirmed_on=timezone.localdate(now), start_at=now, **said.columns()
        )
        for statement in batch.made
    )
    if batch.made:
        review_statements(actor=actor, statement_ids=[made.pk for made in batch.made], now=now)
    return batch


@transaction.atomic
def undo_batch(
    *, actor: Actor, worker: Worker, at: dt.datetime, now: dt.datetime | None = None
) -> list[SkillStatement]:
    """Takes out, within 24 hours, the skills that the record got at that instant and that were not touched
    since. Raises NotFound when there is none, Refused later than that."""
    require_own(actor, worker)
    now = now or timezone.now()
    rows = SkillStatement.objects.standing().filter(worker=worker, declared_at=at, version=1)
    found = list(rows.select_for_update(of=("self",)).order_by("pk"))
    if not found:
        raise NotFound
    if now - at > UNDO_WITHIN:
        message = _("Le délai de 24 heures est passé. Vous pouvez retirer ces compétences une par une.")
        raise Refused("too_late", message)
    for statement in found:
        statement.removed_at = now
        statement.version += 1
    SkillStatement.objects.bulk_update(found, ["removed_at", "version"])
    review_statements(actor=actor, statement_ids=[statement.pk for statement in found], now=now)
    return found


def _declarable(actor: Actor, concepts: Sequence[int], on: dt.date) -> dict[int, Edition]:
    """The newest edition that holds each of the concepts that the person may declare. Three queries."""
    seen = Concept.objects.visible_to(actor, on=on).filter(pk__in=concepts, kind__in=DECLARABLE)
    references = dict(seen.values_list("pk", "reference_id"))
    ends: dict[int, int] = {}
    for concept, until in ConceptRevision.objects.filter(concept__in=references).values_list(
        "concept_id", "until"
    ):
        ends[concept] = max(until, ends.get(concept, until))
    editions = list(
        Edition.objects.in_history().filter(reference__in=set(references.values())).defer("anomalies")
    )
    found = {}
    for concept, end in ends.items():
        held = [e for e in editions if e.reference_id == references[concept] and e.position < end]
        if held:
            found[concept] = max(held, key=lambda edition: edition.position)
    return found


def _written(statements: list[SkillStatement]) -> list[SkillStatement]:
    try:
        with transaction.atomic():
            return SkillStatement.objects.bulk_create(statements)
    except IntegrityError as error:
        message = _(
            "Une de ces compétences vient d’entrer dans votre dossier, dans un autre onglet. Rien n’a été"
            " ajouté : relisez vos coches, puis envoyez de nouveau."
        )
        raise Refused("declared_meanwhile", message) from error
