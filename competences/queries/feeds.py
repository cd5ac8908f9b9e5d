"""What a feed reader is told: the editions of a reference, and what each did to one job. Public references
alone; texts are in the language in force.

An entry keeps its identifier for ever: that of its edition, and for a job one made of the edition's and of
the job's code. It is updated when its edition was imported or completed, or when an edition was imported
just before it, which rewrites what it changed.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, npgettext

from competences.enums import ConceptKind
from competences.models import Edition
from competences.queries.catalogue import PublicPast
from competences.queries.public_concepts import concept_reading
from competences.queries.sheets import EditionEvents, Named
from competences.words import CHANGE_NOUNS, KIND_PLURALS, change_noun

LISTED = 40
"""Names told of what a job gained or lost; the page tells them all."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: `edition` names the edition that it speaks of, `lines` are its text. It was published on the
    day that the producer tells, else when it was imported."""

    id: uuid.UUID
    edition: str
    title: str
    lines: list[str]
    published_at: dt.datetime
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, newest entry first."""

    id: uuid.UUID
    title: str
    subtitle: str
    entries: list[Entry]
    updated_at: dt.datetime


@dataclass(frozen=True, slots=True)
class _Told:
    title: str
    changes: Mapping[str, Any] | None
    published_at: dt.datetime
    updated_at: dt.datetime


def reference_feed(past: PublicPast) -> Feed:
    """The editions of a reference, with what each changed. One query."""
    told = _told(past)
    entries = [
        Entry(
            id=edition.public_id,
            edition=edition.name,
            title=_("%(reference)s : édition %(name)s") % {"reference": past.name, "name": edition.name},
            lines=[line for line in (told[edition.pk].title, *_counts(told[edition.pk].changes)) if line],
            published_at=told[edition.pk].published_at,
            updated_at=told[edition.pk].updated_at,
        )
        for edition in reversed(past.editions)
    ]
    return Feed(
        id=_made("reference", past.slug),
        title=_("%(reference)s : ses éditions") % {"reference": past.name},
        subtitle=_("Ce que chaque édition change."),
        entries=entries,
        updated_at=max(entry.updated_at for entry in entries),
    )


def job_feed(past: PublicPast, code: str) -> Feed:
    """What each edition did to a job; editions that did nothing are left out. Four queries.

    Raises NotFound.
    """
    reading = concept_reading(past, ConceptKind.JOB.value, code, past.shown.language)
    told = _told(past)
    entries = [
        Entry(
            id=uuid.uuid5(event.edition.public_id, f"job:{code}"),
            edition=event.edition.name,
            title=_("%(job)s : édition %(name)s") % {"job": reading.label, "name": event.edition.name},
            lines=_events(event),
            published_at=told[event.edition.pk].published_at,
            updated_at=told[event.edition.pk].updated_at,
        )
        for event in reading.history
    ]
    return Feed(
        id=_made("job", past.slug, code),
        title=_("%(job)s (%(reference)s)") % {"job": reading.label, "reference": past.name},
        subtitle=_("Ce que chaque édition change à ce métier."),
        entries=entries,
        updated_at=max((line.updated_at for line in entries), default=told[past.shown.pk].updated_at),
    )


def _made(*names: str) -> uuid.UUID:
    """The identifier of a feed: the same wherever it is served, and for ever."""
    return uuid.uuid5(uuid.NAMESPACE_URL, "/".join(["perenne", *names]))


def _told(past: PublicPast) -> dict[int, _Told]:
    rows = Edition.objects.filter(pk__in=[edition.pk for edition in past.editions])
    rows = rows.annotate(completed_at=Max("sources__imported_at")).order_by("position")
    found: dict[int, _Told] = {}
    before: dt.datetime | None = None
    for pk, title, changes, published_on, imported_at, completed_at in rows.values_list(
        "pk", "title", "changes", "published_on", "imported_at", "completed_at"
    ):
        own = max(imported_at, completed_at or imported_at)
        day = dt.datetime.combine(published_on, dt.time()) if published_on else None
        published_at = timezone.make_aware(day) if day else imported_at
        found[pk] = _Told(title, changes, published_at, max(own, before or own))
        before = own
    return found


def _counts(changes: Mapping[str, Any] | None) -> list[str]:
    """One line a kind of concept that changed, in words."""
    if not changes:
        return [_("Première édition que nous avons : rien à comparer avant elle.")]
    lines = []
    for kind, counts in changes.get("counts", {}).items():
        figures = [
            f"{number} {change_noun(name, number)}" for name in CHANGE_NOUNS if (number := counts.get(name))
        ]
        if figures:
            values = {"kind": KIND_PLURALS.get(kind, kind), "figures": ", ".join(figures)}
            lines.append(_("%(kind)s. %(figures)s.") % values)
    return lines or [_("Rien n’a changé.")]


def _events(event: EditionEvents) -> list[str]:
    lines = []
    if event.appeared:
        lines.append(_("Entre dans le référentiel."))
    if event.withdrawn:
        lines.append(_("Sort du référentiel."))
    if event.renamed_to:
        names = {"before": event.renamed_from, "after": event.renamed_to}
        lines.append(_("« %(before)s » devient « %(after)s ».") % names)
    for sign, by_role in (("+", event.gained), ("−", event.lost)):
        lines += [
            _("%(name)s : %(value)s") % {"name": f"{sign}{_counted(role, names)}", "value": _listed(names)}
            for role, names in by_role.items()
        ]
    if event.reflagged:
        number = len(event.reflagged)
        words = ngettext(
            "%(number)s changement de place dans le métier",
            "%(number)s changements de place dans le métier",
            number,
        )
        names = _listed([named for named, _before in event.reflagged])
        lines.append(_("%(name)s : %(value)s") % {"name": words % {"number": number}, "value": names})
    return lines


def _counted(role: str, names: list[Named]) -> str:
    number = len(names)
    words = {
        "titles": npgettext("counted", "appellation", "appellations", number),
        "skill": npgettext("counted", "compétence", "compétences", number),
        "knowledge": npgettext("counted", "savoir", "savoirs", number),
    }
    rest = npgettext("counted", "contexte de travail", "contextes de travail", number)
    return f"{number} {words.get(role, rest)}"


def _listed(names: list[Named]) -> str:
    told = sorted(named.label for named in names)
    return _(" ; ").join([*told[:LISTED], *(["…"] if len(told) > LISTED else [])])
