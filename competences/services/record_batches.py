"""Declaring and taking out many skills at once, under the rules of one (services/records.py).

What is read and written is the same number of statements whatever the number of skills.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.models import Concept, Edition, SkillRevision, SkillStatement
from competences.models.records import FREE_TEXT_LENGTH
from competences.queries.references import last_editions_of
from competences.services.ownership import require_own
from competences.services.records import DECLARABLE, Said, declare_free_skill, declare_skill, refuse_bad
from competences.services.risks import review_statements


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSkill:
    """A skill to declare: a concept against the newest edition that holds it, or the person's own words."""

    concept: int | None
    text: str
    said: Said


@transaction.atomic
def declare_skills(
    *, actor: Actor, worker: Worker, asked: Sequence[NewSkill], now: dt.datetime | None = None
) -> list[SkillStatement | Refused]:
    """Adds these skills, in their order: for each, its statement, or why it cannot be added; the others are.

    A refusal is one that `declare_skill` or `declare_free_skill` would have given.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    try:
        with transaction.atomic():
            return _declare(actor, worker, asked, now)
    except IntegrityError:
        # Another tab declared one of them meanwhile, or the database folds a letter that we do not.
        return [_declare_one(actor, worker, one, now) for one in asked]


@transaction.atomic
def take_out_untouched(
    *, actor: Actor, worker: Worker, statement_ids: Sequence[int], now: dt.datetime | None = None
) -> list[int]:
    """Takes out those of the statements that stand as they were declared; gives their ids. The person said
    something else of the others meanwhile."""
    require_own(actor, worker)
    now = now or timezone.now()
    rows = SkillStatement.objects.standing().filter(worker=worker, pk__in=statement_ids, version=1)
    out = list(rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    SkillStatement.objects.filter(pk__in=out).update(removed_at=now, version=2)
    review_statements(actor=actor, statement_ids=out, now=now)
    return out


def _declare(
    actor: Actor, worker: Worker, asked: Sequence[NewSkill], now: dt.datetime
) -> list[SkillStatement | Refused]:
    today = timezone.localdate(now)
    wanted = {one.concept for one in asked if one.concept is not None}
    seen = Concept.objects.visible_to(actor, on=today).filter(pk__in=wanted, kind__in=DECLARABLE)
    known = set(seen.values_list("pk", flat=True))
    editions = last_editions_of(known)
    held = _held(worker, asked)
    made: list[SkillStatement | Refused] = []
    for one in asked:
        refusal = _refusal(one, known, editions, held, today)
        made.append(refusal or _statement(actor, worker, one, editions, now))
        if refusal is None:
            held.add(_key(one))
    rows = [row for row in made if isinstance(row, SkillStatement)]
    SkillStatement.objects.bulk_create(rows)
    SkillRevision.objects.bulk_create(
        SkillRevision(statement=row, confirmed_on=today, start_at=now, **one.said.columns())
        for row, one in zip(made, asked, strict=True)
        if isinstance(row, SkillStatement)
    )
    review_statements(actor=actor, statement_ids=[row.pk for row in rows], now=now)
    return made


def _statement(
    actor: Actor, worker: Worker, one: NewSkill, editions: dict[int, Edition], now: dt.datetime
) -> SkillStatement:
    return SkillStatement(
        worker=worker,
        concept_id=one.concept,
        edition=editions[one.concept] if one.concept is not None else None,
        free_text="" if one.concept is not None else " ".join(one.text.split()),
        author=None if isinstance(actor, System) else actor,
        declared_at=now,
    )


def _held(worker: Worker, asked: Sequence[NewSkill]) -> set[int | str]:
    """What the record holds of these: concepts, and own words in lower case."""
    keys = [_key(one) for one in asked]
    standing = SkillStatement.objects.standing().filter(worker=worker).annotate(words=Lower("free_text"))
    concepts = standing.filter(concept__in=[key for key in keys if isinstance(key, int)])
    words = standing.filter(concept=None, words__in=[key for key in keys if isinstance(key, str)])
    return {*concepts.values_list("concept_id", flat=True), *words.values_list("words", flat=True)}


def _key(one: NewSkill) -> int | str:
    return one.concept if one.concept is not None else " ".join(one.text.split()).lower()


def _refusal(
    one: NewSkill,
    known: set[int],
    editions: dict[int, Edition],
    held: set[int | str],
    today: dt.date,
) -> Refused | None:
    try:
        refuse_bad(one.said, today)
    except Refused as refusal:
        return refusal
    if one.concept is not None and (one.concept not in known or one.concept not in editions):
        return Refused("not_found", _("Cette compétence n’est plus dans le référentiel."), field="concept")
    if one.concept is None and not one.text.split():
        return Refused("no_text", _("Écrivez la compétence avec vos mots."), field="text")
    if one.concept is None and len(" ".join(one.text.split())) > FREE_TEXT_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": FREE_TEXT_LENGTH}
        return Refused("long_text", message, field="text")
    if _key(one) in held:
        return Refused(
            "already_declared", _("Cette compétence est déjà dans votre dossier."), field="concept"
        )
    return None


def _declare_one(actor: Actor, worker: Worker, one: NewSkill, now: dt.datetime) -> SkillStatement | Refused:
    try:
        if one.concept is None:
            return declare_free_skill(actor=actor, worker=worker, text=one.text, said=one.said, now=now)
        edition = last_editions_of([one.concept]).get(one.concept)
        if edition is None:
            raise NotFound
        concept = Concept.objects.select_related("reference").get(pk=one.concept)
        return declare_skill(
            actor=actor, worker=worker, concept=concept, edition=edition, said=one.said, now=now
        )
    except Refused as refusal:
        return refusal
    except NotFound:
        return Refused("not_found", _("Cette compétence n’est plus dans le référentiel."), field="concept")
