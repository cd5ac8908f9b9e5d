"""Importing an edition of a reference: parse, plan, apply in one transaction under one lock."""

import gc
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor, require_staff
from accounts.errors import DomainError
from competences.enums import ReferenceFormat
from competences.importers import digcomp, rome
from competences.importers.base import Claim, ParsedEdition, Parsers
from competences.importers.plan import EditionPlan, plan_edition
from competences.importers.source import BrokenSource, Source
from competences.importers.store import write_changes, write_plan
from competences.models import Edition, EditionSource, Reference
from competences.queries.references import neighbours, snapshot
from competences.rules import edition_diff
from competences.rules.positions import position

PARSERS: Parsers = {"digcomp": digcomp.parse, "rome": rome.parse}
NO_CLAIM = Claim()
NAMES = {"rome": "ROME", "digcomp": "DigComp", "demo": "Référentiel de démonstration"}


@dataclass(slots=True)
class ImportReport:
    """What an import found and did in how many seconds; `edition` is None after a dry run of a new one."""

    reference: str
    edition_name: str
    applied: bool
    already_imported: bool
    counts: dict[str, int]
    changes: dict[str, Any] | None
    anomalies: list[dict[str, str | int]]
    edition: Edition | None
    seconds: float = 0

    def as_dict(self) -> dict[str, Any]:
        """The report as `import_reference --format json` prints it."""
        return {
            "reference": self.reference,
            "edition": self.edition_name,
            "applied": self.applied,
            "already_imported": self.already_imported,
            "counts": self.counts,
            "changes": self.changes,
            "anomalies": self.anomalies,
            "seconds": round(self.seconds, 3),
            "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
        }


def import_edition(
    *,
    actor: Actor,
    format: str,
    path: Path,
    slug: str | None = None,
    claim: Claim = NO_CLAIM,
    apply: bool = False,
) -> ImportReport:
    """Reads an edition and, with `apply`, writes it: everything or nothing.

    `format` is the format of the source, `slug` the reference that receives it (the format's own when
    left out), `claim` what the caller says of the edition. A source that was imported already is a no-op.

    Raises BrokenSource (nothing was written) and DomainError for a format that no importer reads.
    """
    require_staff(actor)
    started = time.perf_counter()
    parser = PARSERS.get(format)
    if parser is None:
        raise DomainError("unknown_format", _("Aucun importeur ne lit le format « %s ».") % format)
    slug = slug or format
    source = Source(path)
    done = _already(slug, source.sha256)
    if done is not None:
        report = _report(done, slug, applied=False, already_imported=True)
    else:
        with _without_collector():
            parsed = parser([source], claim)
            with transaction.atomic():
                report = _import(parsed, slug, apply)
                if not apply:
                    transaction.set_rollback(True)
    report.seconds = time.perf_counter() - started
    return report


def _import(parsed: ParsedEdition, slug: str, apply: bool) -> ImportReport:
    reference = _locked_reference(slug, parsed.format)
    [mark] = parsed.sources
    done = _already(slug, mark.sha256)
    if done is not None:
        # Another import of the same bytes ended while this one waited for the lock.
        return _report(done, slug, applied=False, already_imported=True)
    issue = Edition.objects.filter(reference=reference, number=parsed.number).count() + 1
    here = _place(parsed, issue)
    before, after = neighbours(reference, here)
    plan = plan_edition(parsed, reference, here, before, after)
    edition = Edition(
        reference=reference,
        number=parsed.number,
        issue=issue,
        position=here,
        title=parsed.title,
        published_on=parsed.published_on,
        counts=parsed.counts(),
        changes=plan.counts,
        anomalies=[a.as_dict() for a in parsed.anomalies],
    )
    if apply:
        _apply(edition, parsed, plan, after)
    return _report(edition, slug, applied=apply, already_imported=False)


def _apply(edition: Edition, parsed: ParsedEdition, plan: EditionPlan, after: Edition | None) -> None:
    edition.save()
    EditionSource.objects.bulk_create(EditionSource(edition=edition, **m._asdict()) for m in parsed.sources)
    write_plan(plan, edition.reference, edition.position)
    if plan.changes:
        write_changes(edition, plan.changes)
    if after is not None:
        _rewrite_changes(after, edition)


def _rewrite_changes(edition: Edition, before: Edition) -> None:
    """What an edition changed, against a neighbour that was imported after it."""
    old, new = snapshot(before), snapshot(edition)
    found = edition_diff.changes(old, new)
    write_changes(edition, found)
    edition.changes = edition_diff.counts(old, new, found)
    edition.content_revision += 1
    edition.save(update_fields=["changes", "content_revision"])


def _place(parsed: ParsedEdition, issue: int) -> int:
    try:
        return position(parsed.number, issue)
    except ValueError as error:
        message = _("« %s » n’est pas un numéro d’édition") % parsed.number
        raise BrokenSource.at(parsed.sources[0].name, "bad_number", message) from error


def _locked_reference(slug: str, format: str) -> Reference:
    """The reference, locked: of two imports at once the second waits for the first."""
    Reference.objects.get_or_create(slug=slug, defaults={"name": NAMES.get(slug, slug), "format": format})
    reference = Reference.objects.select_for_update(of=("self",)).get(slug=slug)
    if reference.format != format:
        values = {"slug": slug, "format": ReferenceFormat(reference.format).label}
        message = _("Le référentiel « %(slug)s » est au format %(format)s.") % values
        raise DomainError("other_format", message)
    return reference


def _already(slug: str, sha256: str) -> Edition | None:
    return Edition.objects.in_history().filter(reference__slug=slug, sources__sha256=sha256).first()


def _report(edition: Edition, slug: str, *, applied: bool, already_imported: bool) -> ImportReport:
    return ImportReport(
        reference=slug,
        edition_name=edition.name,
        applied=applied,
        already_imported=already_imported,
        counts=edition.counts,
        changes=edition.changes,
        anomalies=edition.anomalies,
        edition=edition if edition.pk else None,
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    """An import builds hundreds of thousands of small objects and no cycle: looking for cycles is wasted."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
