"""Reads of the references: an edition by its name, an edition whole, and the comparison of two."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.errors import DomainError, NotFound
from competences.enums import ChangeKind
from competences.models import Change, Concept, Edition, Reference
from competences.queries.readable import Reader
from competences.rules import edition_diff
from competences.rules.edition_diff import USES, ConceptChange, ConceptState, Snapshot
from competences.rules.successors import SURE, successors

NAMED_AT_ONCE = 10_000
"""Concepts named by their keys in one query; more are found by reading the whole reference."""


class NoSuchEdition(DomainError):
    """The reference, or the edition asked for, was never imported."""


def find_edition(reference: str, name: str) -> Edition:
    """The edition `name` ("60", or "60.2" for an issue) of the reference with that slug.

    Raises NoSuchEdition, which lists the editions that exist.
    """
    editions = Edition.objects.in_history().filter(reference__slug=reference).select_related("reference")
    found = editions.numbered(name).first()
    if found is None:
        known = ", ".join(e.name for e in editions)
        message = _(
            "L’édition %(name)s du référentiel %(reference)s n’existe pas. Éditions connues : %(known)s."
        )
        values = {"name": name, "reference": reference, "known": known or _("aucune")}
        raise NoSuchEdition("no_such_edition", message % values)
    return found


def last_edition_of(concept: Concept) -> Edition | None:
    """The newest edition that holds a concept: the one in force, or the last before it was withdrawn."""
    until = concept.revisions.order_by("-until").values_list("until", flat=True).first()
    editions = Edition.objects.in_history().filter(reference=concept.reference_id)
    return editions.filter(position__lt=until).last() if until else None


def last_editions_of(concepts: Iterable[int]) -> dict[int, Edition]:
    """The same for many concepts, by their rows. Two queries."""
    rows = Concept.objects.filter(pk__in=set(concepts)).annotate(until=Max("revisions__until"))
    places = {pk: (reference, until) for pk, reference, until in rows.values_list("pk", "reference", "until")}
    wanted = {reference for reference, _until in places.values()}
    editions = list(Edition.objects.in_history().filter(reference__in=wanted).order_by("-position"))
    found = {
        pk: next((e for e in editions if e.reference_id == reference and e.position < (until or 0)), None)
        for pk, (reference, until) in places.items()
    }
    return {pk: edition for pk, edition in found.items() if edition}


def named_concept(
    concept_id: int, kinds: Sequence[str], *, actor: Reader, on: dt.date
) -> tuple[Concept, Edition, str]:
    """A concept that a person named, of one of these kinds; the newest edition that holds it; its label.

    A person names what they may read: raises NotFound for anything else, and for what does not exist.
    """
    rows = Concept.objects.visible_to(actor, on=on).select_related("reference")
    concept = rows.filter(pk=concept_id, kind__in=kinds).first()
    edition = last_edition_of(concept) if concept else None
    if concept is None or edition is None:
        raise NotFound
    return concept, edition, concept.revisions.order_by("since").last().label


def neighbours(reference: Reference, position: int) -> tuple[Edition | None, list[Edition]]:
    """The edition just before a place, and those after it, the nearest first."""
    editions = Edition.objects.in_history().filter(reference=reference)
    return editions.filter(position__lt=position).last(), list(editions.filter(position__gt=position))


def languages(edition: Edition) -> list[str]:
    """The languages in which the sources of an edition name its concepts; its own first."""
    found = edition.sources.exclude(language="").values_list("language", flat=True)
    return list(dict.fromkeys([edition.language, *found.order_by("pk")]))


def snapshot(edition: Edition, language: str | None = None) -> Snapshot[int]:
    """A whole edition from the intervals, by ids of concepts; named in `language` where it is there."""
    place = {"reference": edition.reference_id, "at": edition.position}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, c.kind, r.label, r.description, r.attributes::text, r.alternatives"
            " FROM competences_conceptrevision r JOIN competences_concept c ON c.id = r.concept_id"
            " WHERE c.reference_id = %(reference)s AND r.since <= %(at)s AND r.until > %(at)s",
            place,
        )
        concepts = {
            row[0]: ConceptState(row[1], row[2], row[3], _attributes(row[4]), row[5])
            for row in cursor.fetchall()
        }
        cursor.execute(
            "SELECT l.kind, l.source_id, l.target_id, l.flag FROM competences_conceptlink l"
            " JOIN competences_concept c ON c.id = l.source_id"
            " WHERE c.reference_id = %(reference)s AND l.since <= %(at)s AND l.until > %(at)s",
            place,
        )
        links: dict[str, dict[tuple[int, int], str]] = {}
        for kind, source, target, flag in cursor.fetchall():
            links.setdefault(kind, {})[source, target] = flag
        if language and language != edition.language:
            cursor.execute(
                "SELECT c.id, r.label FROM competences_concepttranslation r"
                " JOIN competences_concept c ON c.id = r.concept_id WHERE c.reference_id = %(reference)s"
                " AND r.language = %(language)s AND r.since <= %(at)s AND r.until > %(at)s",
                {**place, "language": language},
            )
            for concept, label in cursor.fetchall():
                if concept in concepts:
                    concepts[concept] = concepts[concept]._replace(label=label)
    return Snapshot(concepts, links, language or edition.language, says_links=USES in links)


def changes_between(old: Edition, new: Edition) -> tuple[list[ConceptChange[int]], dict[str, Any]]:
    """Every change from one edition to another of the same reference, and the figures of them.

    Labels are compared in a language that both editions have; where there is none, they are not.
    What a source declares to replace another is known at its import alone: here successors are proposals,
    but for those that the newer of two neighbours declared, which its Change rows keep.
    """
    common = next((language for language in languages(new) if language in languages(old)), None)
    before, after = snapshot(old, common), snapshot(new, common)
    found = edition_diff.changes(before, after, same_identifier=_same_identifier(old.reference_id))
    found += successors(before, after, found, declared=_declared(new))
    return found, edition_diff.counts(before, after, found)


def _same_identifier(reference: int) -> list[tuple[int, int]]:
    """Pairs of concepts to which the producer gives one identifier under two kinds, both ways round."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one.id, other.id FROM competences_concept one JOIN competences_concept other"
            " ON other.reference_id = one.reference_id AND other.external_id = one.external_id"
            " AND other.kind <> one.kind WHERE one.reference_id = %s",
            [reference],
        )
        return cursor.fetchall()


def _declared(edition: Edition) -> dict[int, int]:
    rows = Change.objects.filter(edition=edition, kind=ChangeKind.REPLACED, confidence=SURE)
    return dict(rows.values_list("concept_id", "other_id"))


@dataclass(frozen=True, slots=True)
class ToldChange:
    """One change between two editions, with the producer's identifiers."""

    change: str
    kind: str
    id: str
    other: str
    before: str
    after: str
    confidence: int | None
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two editions compared: the figures of everything, and the changes of the kinds asked for."""

    reference: str
    old: Edition
    new: Edition
    figures: dict[str, Any]
    changes: list[ToldChange]

    def as_dict(self) -> dict[str, Any]:
        """The figures as `reference_changes --format json` prints them."""
        return {"reference": self.reference, "from": self.old.name, "to": self.new.name, **self.figures}


def compare(reference: str, first: str, second: str, *, kind: str = "", change: str = "") -> Comparison:
    """What differs from one edition to another of a reference, neighbours or not, in either order.

    `kind` and `change` choose the changes that are listed; the figures are those of everything.
    Raises NoSuchEdition.
    """
    old, new = find_edition(reference, first), find_edition(reference, second)
    found, figures = changes_between(old, new)
    chosen = [c for c in found if kind in ("", c.concept_kind) and change in ("", c.kind)]
    named = {c.concept for c in chosen} | {c.other for c in chosen if c.other is not None}
    concepts = Concept.objects.filter(reference=old.reference)
    if len(named) < NAMED_AT_ONCE:
        concepts = concepts.filter(pk__in=named)
    ids = dict(concepts.values_list("pk", "external_id"))
    told = [
        ToldChange(
            c.kind,
            c.concept_kind,
            ids[c.concept],
            "" if c.other is None else ids[c.other],
            c.before,
            c.after,
            c.confidence,
            c.reasons,
        )
        for c in chosen
    ]
    return Comparison(reference, old, new, figures, told)


def _attributes(text: str) -> dict[str, Any]:
    return json.loads(text) if text != "{}" else {}
