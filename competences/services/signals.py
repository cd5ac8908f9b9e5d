"""Importing a source of signals: parse, compare with the one in use, write everything or nothing."""

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.actors import Actor, require_staff
from accounts.errors import DomainError
from accounts.locks import LockSpace, take_lock
from competences.importers.signals import FORMATS, Parsed, ParsedCrosswalk, ParsedScores, SignalFormat
from competences.importers.source import Anomaly
from competences.importers.workbook import Workbook
from competences.models import CrosswalkRow, ExposureScore, SignalSource
from competences.queries.signals import codes_of_jobs

SHOWN_CODES = 10
"""Codes named in a report, beside how many there are."""


@dataclass(slots=True)
class SignalReport:
    """What an import found and did.

    `compared` tells the codes added, removed and changed against the source in use, None when there was
    none. `codes` tells how many of its codes the jobs of our references bear (`used`) or not (`unused`), and
    how many that jobs bear it does not have (`missing`, the first of them in `missing_codes`); None for a
    source that was imported already. `is_in_use` is False when a source published later is there already:
    this one is kept beside it.
    """

    slug: str
    name: str
    published_on: dt.date
    sha256: str
    rows: int
    applied: bool
    already_imported: bool
    is_in_use: bool
    licence: str
    scale: str
    figures: dict[str, int] = field(default_factory=dict)
    compared: dict[str, int] | None = None
    codes: dict[str, Any] | None = None
    notes: list[Anomaly] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The report as `import_signal --format json` prints it."""
        return {
            "signal": self.slug,
            "name": self.name,
            "published_on": self.published_on.isoformat(),
            "sha256": self.sha256,
            "rows": self.rows,
            "figures": self.figures,
            "compared": self.compared,
            "codes": self.codes,
            "licence": self.licence,
            "scale": self.scale,
            "applied": self.applied,
            "already_imported": self.already_imported,
            "in_use": self.is_in_use,
            "anomalies": [note.as_dict() for note in self.notes],
        }


def import_signal(
    *, actor: Actor, slug: str, path: Path, published_on: dt.date, apply: bool = False
) -> SignalReport:
    """Reads a table of signals and, with `apply`, writes it: everything or nothing.

    The source published last is the one in use; of two of the same day, the one imported last. Bytes that
    were imported already are a no-op, whatever the file is called now.

    Raises BrokenSource (nothing was written), and DomainError for an unknown slug or a day to come.
    """
    require_staff(actor)
    format = FORMATS.get(slug)
    if format is None:
        raise DomainError("unknown_signal", _("Aucun importeur ne lit la source « %s ».") % slug)
    if published_on > timezone.localdate():
        raise DomainError("published_later", _("Une source ne peut pas être publiée dans l’avenir."))
    book = Workbook(path)
    done = _already(slug, book.sha256)
    if done is not None:
        return _told(done)
    parsed = format.parse(book)
    with transaction.atomic():
        # The first import of a source has no row yet that could be locked.
        take_lock(LockSpace.SIGNALS, slug)
        done = _already(slug, book.sha256)
        if done is not None:
            # Another import of the same bytes ended while this one waited for the lock.
            return _told(done)
        return _import(format, book, parsed, published_on, apply)


def _import(
    format: SignalFormat, book: Workbook, parsed: Parsed, published_on: dt.date, apply: bool
) -> SignalReport:
    now = timezone.now()
    former = SignalSource.objects.in_use().filter(slug=format.slug).first()
    is_newest = former is None or former.published_on <= published_on
    source = _source(format, book, published_on, now)
    if not is_newest:
        source.replaced_at = now
    report = SignalReport(
        slug=source.slug,
        name=source.name,
        published_on=source.published_on,
        sha256=source.sha256,
        rows=len(parsed.rows),
        applied=apply,
        already_imported=False,
        is_in_use=is_newest,
        licence=source.licence,
        scale=source.scale,
        figures=_figures(parsed),
        compared=_compared(former, parsed) if former else None,
        codes=_codes(format.kind, parsed),
        notes=parsed.notes,
    )
    if apply:
        if former is not None and is_newest:
            former.replaced_at = now
            former.save(update_fields=["replaced_at"])
        source.save()
        _write(source, parsed)
    return report


def _source(format: SignalFormat, book: Workbook, published_on: dt.date, now: dt.datetime) -> SignalSource:
    # The words are kept as they stood on that day, in the language of the house.
    with translation.override("fr"):
        return SignalSource(
            slug=format.slug,
            name=str(format.name),
            kind=format.kind,
            scale=str(format.scale),
            published_on=published_on,
            licence=str(format.licence),
            sha256=book.sha256,
            file_name=book.name[:255],
            imported_at=now,
        )


def _write(source: SignalSource, parsed: Parsed) -> None:
    if isinstance(parsed, ParsedCrosswalk):
        CrosswalkRow.objects.bulk_create(
            CrosswalkRow(
                source=source,
                from_scheme=parsed.from_scheme,
                from_code=code,
                to_scheme=parsed.to_scheme,
                to_code=answer,
            )
            for code, answer in parsed.rows.items()
        )
    else:
        ExposureScore.objects.bulk_create(
            ExposureScore(
                source=source,
                isco=isco,
                mean_2025=scores.mean_2025,
                mean_2023=scores.mean_2023,
                class_2025=scores.class_2025,
                class_2023=scores.class_2023,
            )
            for isco, scores in parsed.rows.items()
        )


def _figures(parsed: Parsed) -> dict[str, int]:
    if isinstance(parsed, ParsedScores):
        return {"tasks": parsed.tasks, "tasks_without_2023": parsed.tasks_without_2023}
    return {"targets": len(set(parsed.rows.values()))}


def _codes(kind: str, parsed: Parsed) -> dict[str, Any]:
    """How far the codes of the table and those of our jobs are the same."""
    ours, theirs = codes_of_jobs(kind), parsed.rows.keys()
    missing = sorted(ours - theirs)
    return {
        "used": len(theirs & ours),
        "unused": len(theirs - ours),
        "missing": len(missing),
        "missing_codes": missing[:SHOWN_CODES],
    }


def _compared(former: SignalSource, parsed: Parsed) -> dict[str, int]:
    """Codes that came, went and changed since the source in use."""
    old: dict[str, Any]
    new: dict[str, Any]
    if isinstance(parsed, ParsedCrosswalk):
        old = dict(former.crosswalk_rows.values_list("from_code", "to_code"))
        new = dict(parsed.rows)
    else:
        rows = former.exposure_scores.values_list("isco", "mean_2025", "mean_2023")
        old = {isco: tuple(means) for isco, *means in rows}
        new = {isco: (scores.mean_2025, scores.mean_2023) for isco, scores in parsed.rows.items()}
    return {
        "added": len(new.keys() - old.keys()),
        "removed": len(old.keys() - new.keys()),
        "changed": sum(old[code] != new[code] for code in old.keys() & new.keys()),
    }


def _already(slug: str, sha256: str) -> SignalSource | None:
    return SignalSource.objects.filter(slug=slug, sha256=sha256).first()


def _told(source: SignalSource) -> SignalReport:
    return SignalReport(
        slug=source.slug,
        name=source.name,
        published_on=source.published_on,
        sha256=source.sha256,
        rows=source.crosswalk_rows.count() + source.exposure_scores.count(),
        applied=False,
        already_imported=True,
        is_in_use=source.replaced_at is None,
        licence=source.licence,
        scale=source.scale,
    )
