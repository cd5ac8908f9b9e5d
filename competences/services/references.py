"""Importing an edition of a reference: parse, plan, apply in one transaction under one lock."""

import gc
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import access_organisation
from accounts.actors import Actor, require_staff
from accounts.errors import DomainError
from accounts.models import Organisation
from competences.enums import ImpactState, ReferenceFormat
from competences.importers import digcomp, esco, own, rome
from competences.importers.base import Claim, ParsedEdition, Parsers
from competences.importers.bulk import analyse, checked_together
from competences.importers.held import Stored, read_stored
from competences.importers.plan import Compared, EditionPlan, LinkPlans, Place, plan_edition
from competences.importers.source import Anomaly, BrokenSource, Source
from competences.importers.store import FOREIGN_KEYS, write_changes, write_plan
from competences.models import Edition, EditionSource, Reference
from competences.queries.references import changes_between, languages, neighbours
from competences.rules.positions import position

PARSERS: Parsers = {"digcomp": digcomp.parse, "esco": esco.parse, "own": own.parse, "rome": rome.parse}
NO_CLAIM = Claim()
READ_BYTES, PARSED, PLANNED, WRITTEN = 5, 40, 60, 90
"""How far an import is, of 100, once each of its steps is done."""

USUAL_TURN, SHORT_TURN = sys.getswitchinterval(), 0.0005
"""Seconds after which a thread that computes lets another in."""

MANY = 5_000
"""Rows after which the planner must be told what the tables hold."""

Progress = Callable[[int], None]

NAMES = {"rome": "ROME", "digcomp": "DigComp", "esco": "ESCO", "demo": "Référentiel de démonstration"}


def no_progress(done: int) -> None:
    """For a caller who tells nobody how far an import is."""


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
    paths: Sequence[Path],
    slug: str | None = None,
    claim: Claim = NO_CLAIM,
    apply: bool = False,
    owner: Organisation | None = None,
    progress: Progress = no_progress,
) -> ImportReport:
    """Reads an edition and, with `apply`, writes it: everything or nothing.

    `format` is the format of the sources, `slug` the reference that receives the edition (the format's own
    when left out), `claim` what the caller says of the edition, `owner` the organisation whose own
    reference it is. `progress` is told how far the work is, 0 to 100.

    Sources that were all imported already are a no-op. A source in another language, or another part of
    an edition that is there, completes it; the same part in the same language with other bytes is a new
    issue of its number.

    Raises BrokenSource (nothing was written), and DomainError for a format that no importer reads or a
    reference that another format or owner has.
    """
    _require_importer(actor, owner)
    started = time.perf_counter()
    parser = PARSERS.get(format)
    if parser is None:
        raise DomainError("unknown_format", _("Aucun importeur ne lit le format « %s ».") % format)
    slug = _slug(slug or format)
    _refuse_another_owner(Reference.objects.filter(slug=slug).first(), owner)
    sources = [Source(path) for path in paths]
    done = _already(slug, {source.sha256 for source in sources})
    if done is not None:
        _refuse_another_number(done, claim, sources[0])
        report = _report(done, slug, applied=False, already_imported=True)
    else:
        progress(READ_BYTES)
        with _one_long_work(), transaction.atomic(), ThreadPoolExecutor(max_workers=1) as beside:
            # What takes Python's time goes on in this one thread, while the server reads and writes.
            parsing = beside.submit(copy_context().run, parser, sources, claim)
            reference = _locked_reference(slug, format, owner)
            stored = read_stored(reference, _newest_place(reference))
            parsed = parsing.result()
            progress(PARSED)
            report = _import(parsed, reference, stored, apply, progress, beside)
            if not apply:
                transaction.set_rollback(True)
    progress(100)
    report.seconds = time.perf_counter() - started
    return report


def _slug(text: str) -> str:
    try:
        validate_slug(text)
    except ValidationError as error:
        message = _("« %s » n’est pas un identifiant : lettres sans accent, chiffres, tirets.") % text
        raise DomainError("bad_slug", message) from error
    return text


def _refuse_another_number(done: Edition, claim: Claim, source: Source) -> None:
    """The same bytes under another number than the one they were imported with."""
    if claim.number not in (None, done.number, f"{done.number}.{done.issue}"):
        message = _("ces fichiers sont ceux de l’édition %(name)s, pas de l’édition %(said)s") % {
            "name": done.name,
            "said": claim.number,
        }
        raise BrokenSource.at(source.name, "number_disagrees", message)


def _require_importer(actor: Actor, owner: Organisation | None) -> None:
    """The staff imports what everybody reads; a member of an organisation, what that organisation owns."""
    if owner is None:
        require_staff(actor)
    else:
        access_organisation(actor, owner.public_id, on=timezone.localdate())


def _newest_place(reference: Reference) -> int:
    """The place of the newest edition, 0 where there is none: most editions are imported after it."""
    newest = Edition.objects.in_history().filter(reference=reference).last()
    return newest.position if newest else 0


def _import(
    parsed: ParsedEdition,
    reference: Reference,
    stored: Stored,
    apply: bool,
    progress: Progress,
    beside: ThreadPoolExecutor,
) -> ImportReport:
    """`stored` is what the reference holds after its newest edition."""
    done = _already(reference.slug, {mark.sha256 for mark in parsed.sources})
    if done is not None:
        # Another import of the same bytes ended while this one waited for the lock.
        return _report(done, reference.slug, applied=False, already_imported=True)
    completed = _completed(reference, parsed)
    edition = completed or _new_edition(reference, parsed)
    place = Place(edition.position, *neighbours(reference, edition.position), completes=completed is not None)
    if place.later:  # It comes between others: what holds there is not what holds at the end.
        stored = read_stored(reference, place.last)
    plan = plan_edition(parsed, reference, place, stored)
    progress(PLANNED)
    edition.counts = parsed.counts() | (edition.counts if completed else {})
    edition.anomalies = [*edition.anomalies, *(a.as_dict() for a in parsed.anomalies)]
    edition.unsaid = _unsaid(parsed, edition.unsaid if completed else None)
    links = beside.submit(plan.links) if apply else None
    compared = beside.submit(plan.compared) if plan.compared else None
    context = copy_context()

    def confirm() -> Future[list[Anomaly]]:
        return beside.submit(context.run, parsed.confirm)

    if links:
        confirmed = _apply(edition, parsed, plan, links.result, compared, confirm, place, progress)
    else:
        confirmed = confirm()
    if compared:
        edition.changes = compared.result()[1]
    if late := confirmed.result():
        edition.anomalies = [*edition.anomalies, *(a.as_dict() for a in late)]
    if apply:
        edition.save(update_fields=["changes", "anomalies"])
    return _report(edition, reference.slug, applied=apply, already_imported=False)


def _new_edition(reference: Reference, parsed: ParsedEdition) -> Edition:
    issue = Edition.objects.filter(reference=reference, number=parsed.number).count() + 1
    return Edition(
        reference=reference,
        number=parsed.number,
        issue=issue,
        position=_position(parsed, issue),
        title=parsed.title,
        published_on=parsed.published_on,
        language=parsed.language,
    )


def _completed(reference: Reference, parsed: ParsedEdition) -> Edition | None:
    """The edition that these sources complete; `parsed` then keeps what they add to it. None for a new one.

    What the edition holds already must be there with the same bytes: other bytes are a new issue.
    """
    editions = Edition.objects.in_history().filter(reference=reference, number=parsed.number)
    edition = editions.last()
    if edition is None:
        return None
    held = {(s.role, s.language): s.sha256 for s in edition.sources.all()}
    if any(held.get((m.role, m.language), m.sha256) != m.sha256 for m in parsed.sources):
        return None
    parsed.sources = [m for m in parsed.sources if (m.role, m.language) not in held]
    known = languages(edition)
    if parsed.language != edition.language:
        if parsed.language not in known:
            parsed.translations[parsed.language] = parsed.concepts
        parsed.concepts = {}
    for language in known:
        parsed.translations.pop(language, None)
    return edition


def _apply(
    edition: Edition,
    parsed: ParsedEdition,
    plan: EditionPlan,
    links: Callable[[], LinkPlans],
    compared: Future[Compared] | None,
    confirm: Callable[[], Future[list[Anomaly]]],
    place: Place,
    progress: Progress,
) -> Future[list[Anomaly]]:
    """Writes the edition, what it states and what changed since the edition before; and again what the next
    one changed since this one.

    `confirm` begins the reading of what only repeats the rest, whose end the caller waits for: nothing here
    needs it, so it goes on while the server has more to do than Python, after the longest rows.
    """
    if place.completes:
        edition.content_revision += 1
        edition.impact = ImpactState.WAITING
    edition.save()
    EditionSource.objects.bulk_create(EditionSource(edition=edition, **m._asdict()) for m in parsed.sources)
    with checked_together(FOREIGN_KEYS):
        write_plan(plan, links, edition)
        progress(WRITTEN)
        confirmed = confirm()
        if compared:
            write_changes(edition, compared.result()[0])
    if sum(edition.counts.values()) > MANY:
        analyse()
    if place.completes and place.before is not None:
        rewrite_changes(edition, place.before)
    rewrite_later_changes(edition, place.later)
    return confirmed


def rewrite_later_changes(before: Edition | None, later: Sequence[Edition]) -> None:
    """Writes again what the next edition changed, and what each edition changed since one that leaves
    unsaid what came or went before it."""
    for edition in later:
        rewrite_changes(edition, before)
        if not edition.unsaid:
            return
        before = edition


def _unsaid(parsed: ParsedEdition, held: dict[str, Any] | None) -> dict[str, Any]:
    """What an edition leaves unsaid: of what was unsaid before (`held`, None for a new edition), what these
    sources do not speak of either."""
    scopes, links = set(parsed.unstated_scopes), {tuple(link) for link in parsed.unstated_links}
    if held is not None:
        scopes &= set(held.get("scopes", ()))
        links &= {tuple(link) for link in held.get("links", ())}
    found = {"scopes": sorted(scopes), "links": sorted(map(list, links))}
    return {part: names for part, names in found.items() if names}


def rewrite_changes(edition: Edition, before: Edition | None) -> None:
    """What an edition changed, against a neighbour that came or went after it was imported."""
    found, edition.changes = changes_between(before, edition) if before else ([], None)
    with checked_together(FOREIGN_KEYS):
        write_changes(edition, found)
    edition.content_revision += 1
    edition.impact = ImpactState.WAITING
    edition.save(update_fields=["changes", "content_revision", "impact"])


def _position(parsed: ParsedEdition, issue: int) -> int:
    try:
        return position(parsed.number, issue)
    except ValueError as error:
        message = _("« %s » n’est pas un numéro d’édition") % parsed.number
        raise BrokenSource.at(parsed.sources[0].name, "bad_number", message) from error


def _locked_reference(slug: str, format: str, owner: Organisation | None) -> Reference:
    """The reference, under the one lock of imports: of two at once, the second waits for the first.

    The lock also keeps concepts from going while links to them are written; readers do not wait for it.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE competences_concept IN SHARE ROW EXCLUSIVE MODE")
    name = NAMES.get(slug) or (owner.name if owner else slug)
    Reference.objects.get_or_create(slug=slug, defaults={"name": name, "format": format, "owner": owner})
    reference = Reference.objects.select_for_update(of=("self",)).get(slug=slug)
    _refuse_another_owner(reference, owner)
    if reference.format != format:
        values = {"slug": slug, "format": ReferenceFormat(reference.format).label}
        message = _("Le référentiel « %(slug)s » est au format %(format)s.") % values
        raise DomainError("other_format", message)
    return reference


def _refuse_another_owner(reference: Reference | None, owner: Organisation | None) -> None:
    """Before anything is told of what a reference holds, and again once nobody else can make it."""
    if reference is not None and reference.owner_id != (owner.pk if owner else None):
        raise DomainError("other_owner", _("Le référentiel « %s » n’est pas le vôtre.") % reference.slug)


def _already(slug: str, checksums: set[str]) -> Edition | None:
    """The edition that was read from all these bytes, if there is one."""
    editions = Edition.objects.in_history().filter(reference__slug=slug)
    for checksum in checksums:
        editions = editions.filter(sources__sha256=checksum)
    return editions.last()


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
def _one_long_work() -> Iterator[None]:
    """Sets the interpreter for an import.

    It builds hundreds of thousands of small objects and no cycle: looking for cycles is wasted. And of its
    threads, those that feed the server need little time but at once: turns are short. Of two imports in one
    process, the first to end gives the other back the usual turns: it is slower, and nothing else.
    """
    was_on = gc.isenabled()
    gc.disable()
    sys.setswitchinterval(SHORT_TURN)
    try:
        yield
    finally:
        sys.setswitchinterval(USUAL_TURN)
        if was_on:
            gc.enable()
