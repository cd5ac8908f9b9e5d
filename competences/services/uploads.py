"""Editions and tables of signals that people send by a page or the API, read and applied by a job."""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.access import access_organisation
from accounts.actors import Actor, System, require_staff, require_system
from accounts.enums import OrganisationKind
from accounts.errors import DomainError, NotFound, Refused
from accounts.models import Organisation
from accounts.models.openings import ACCESS_LOG
from competences.enums import ReferenceFormat, UploadState
from competences.importers import own, own_table
from competences.importers.base import Claim
from competences.importers.own_table import Table
from competences.importers.signals import FORMATS as SIGNALS
from competences.importers.source import Anomaly, BrokenSource, Source
from competences.models import Edition, Reference, Upload, UploadFile
from competences.queries.uploads import own_reference
from competences.rules.positions import position
from competences.services.references import PARSERS, import_edition
from competences.services.signals import import_signal
from competences.services.upload_files import Incoming, TextFile, files_of, store_files

ATTEMPTS = 3
"""Runs of one step before we say that it does not work: a worker may be killed at it, twice at most."""

MAX_UNFINISHED = 5
"""Uploads that an organisation may have under way at once."""

KEPT = dt.timedelta(days=30)
"""How long files are kept after the end, and how long an upload that was read waits to be applied."""

RESERVED = ("importer",)
"""Slugs that are words of addresses."""

SECONDS_BETWEEN = 0.5
"""Time between two notes of progress."""


@transaction.atomic
def create_upload(
    *,
    actor: Actor,
    organisation: Organisation | None,
    files: Sequence[Incoming],
    on: dt.date,
    format: str = ReferenceFormat.OWN,
    reference_slug: str = "",
    number: str = "",
    published_on: dt.date | None = None,
) -> Upload:
    """Keeps the files of an edition or of a table of signals, for a job to read; nothing is imported yet.

    With `organisation`, the edition is one of its own reference, whose slug is ours to say; without, the
    actor is of the staff and names format and reference (the format's own when left out). With the slug of a
    source of signals as `format`, there is no reference nor number, and the day is needed.

    Raises NotFound to whoever has no right there, Refused with the field at fault.
    """
    require_right(actor, organisation, on)
    if organisation is not None:
        format, reference_slug = ReferenceFormat.OWN, own_slug(organisation)
        if Upload.objects.unfinished().filter(organisation=organisation).count() >= MAX_UNFINISHED:
            raise Refused("too_many", _("Terminez d’abord vos envois en cours, ou attendez leur fin."))
    elif format in SIGNALS:
        reference_slug, number = format, ""
        _refuse_bad_day(published_on, on)
    else:
        reference_slug = reference_slug or format
        _refuse_bad_reference(format, reference_slug)
    _refuse_bad_number(format, number)
    upload = Upload.objects.create(
        organisation=organisation,
        author=None if isinstance(actor, System) else actor,
        format=format,
        reference_slug=reference_slug,
        number=number,
        published_on=published_on,
    )
    store_files(upload, files)
    return upload


@transaction.atomic
def mend_upload(*, actor: Actor, upload: Upload, file: Incoming, on: dt.date) -> Upload:
    """Sends a table again with its failed rows mended: the good rows are those that were sent before.

    Raises Refused beside the file when it cannot be read, or when the upload has no failed row.
    """
    require_right(actor, upload.organisation, on)
    table = _table(upload)
    if table is None or not table.failed:
        raise Refused("nothing_to_mend", _("Cet envoi n’a pas de ligne à corriger."), field="files")
    if not file.size or file.size > own_table.MAX_BYTES:
        values = {"size": own_table.MAX_BYTES // 2**20}
        message = _("Le fichier est vide ou dépasse %(size)s Mo.") % values
        raise Refused("bad_size", message, field="files")
    try:
        mend = own_table.read(file.name or "", b"".join(file.chunks()))
    except BrokenSource as error:
        raise Refused("broken_source", str(error.anomalies[0].message), field="files") from error
    if missing := max(0, len(table.failed) - len(mend.rows)):
        # A row that is left out would read as withdrawn by the next edition.
        words = _("Lignes à corriger qui manquent : %(missing)d. Renvoyez-les toutes.")
        raise Refused("rows_missing", words % {"missing": missing}, field="files")
    whole = own_table.mended(table, mend)
    made = create_upload(
        actor=actor,
        organisation=upload.organisation,
        files=[TextFile(table.file, whole)],
        on=on,
        format=upload.format,
        reference_slug=upload.reference_slug,
        number=upload.number,
        published_on=upload.published_on,
    )
    made.mends = upload
    made.save(update_fields=["mends"])
    return made


@transaction.atomic
def apply_upload(*, actor: Actor, upload: Upload, on: dt.date) -> Upload:
    """Asks for what was read to be written; a job does it. Asking twice is asking once.

    Raises Refused when the upload is not ready, or holds nothing that is not imported already.
    """
    require_right(actor, upload.organisation, on)
    upload = Upload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.state in (UploadState.APPLYING, UploadState.APPLIED):
        return upload
    if not upload.is_new:
        raise Refused("not_ready", _("Cet envoi n’a rien à appliquer."))
    upload.state, upload.progress, upload.attempts = UploadState.APPLYING, 0, 0
    upload.save(update_fields=["state", "progress", "attempts"])
    return upload


def failed_rows(*, actor: Actor, upload: Upload, on: dt.date) -> str:
    """The rows in error of a table as a CSV file, with what is wrong in a last column.

    Raises NotFound when there is none, or when the files are not kept any more.
    """
    require_right(actor, upload.organisation, on)
    table = _table(upload) if upload.failed_rows else None
    if table is None or not table.failed:
        raise NotFound
    return own_table.failed_rows(table)


# What jobs do ----------------------------------------------------------------------------------------------


def process_upload(*, actor: Actor, upload_id: int) -> dict[str, int]:
    """Reads an upload that waits, or writes one that is to be applied; says what was done.

    No transaction holds the whole: the import has its own, progress and the end are written beside it. Safe
    to run twice and to be killed: reading writes nothing, and a source that was imported is not imported
    again. An unexpected error is noted for the person and raised again for the journal.
    """
    require_system(actor)
    upload = _claim(upload_id)
    if upload is None:
        return {}
    if upload.attempts > ATTEMPTS:
        _end(upload, UploadState.FAILED)
        return {"failed": 1}
    with translation.override(_language(upload)):
        return _process(actor, upload)


def _process(actor: Actor, upload: Upload) -> dict[str, int]:
    is_applying = upload.state == UploadState.APPLYING
    read = _signal if upload.is_signal else _edition
    try:
        with files_of(upload) as paths:
            found = read(actor, upload, paths, is_applying)
    except BrokenSource as error:
        _end(upload, UploadState.REFUSED, anomalies=error.anomalies)
        return {"refused": 1}
    except DomainError as error:
        fault = Anomaly("", 0, 0, error.code, str(error.message))
        _end(upload, UploadState.REFUSED, anomalies=[fault])
        return {"refused": 1}
    except Exception:
        _end(upload, UploadState.FAILED)
        raise
    upload.anomalies = found.pop("anomalies")
    upload.report = found
    if not is_applying:
        _save(upload, UploadState.READY)
        return {"read": 1}
    if not upload.is_signal:
        editions = Edition.objects.in_history().filter(reference__slug=upload.reference_slug)
        upload.edition = editions.numbered(found["edition"]).first()
    _end(upload, UploadState.APPLIED)
    return {"applied": 1}


def _edition(actor: Actor, upload: Upload, paths: Sequence[Path], apply: bool) -> dict[str, Any]:
    """Reads or writes an edition; what the import found."""
    return import_edition(
        actor=actor,
        format=upload.format,
        paths=paths,
        slug=upload.reference_slug,
        claim=Claim(upload.number or None, upload.published_on),
        apply=apply,
        progress=progress_writer(upload),
        owner=upload.organisation,
    ).as_dict()


def _signal(actor: Actor, upload: Upload, paths: Sequence[Path], apply: bool) -> dict[str, Any]:
    """The same for a table of signals, which is short: its progress is not told."""
    if not paths or upload.published_on is None:
        raise DomainError("no_file", _("Les fichiers de cet envoi ne sont plus gardés."))
    return import_signal(
        actor=actor, slug=upload.format, path=paths[0], published_on=upload.published_on, apply=apply
    ).as_dict()


@transaction.atomic
def prune_uploads(*, actor: Actor, now: dt.datetime) -> dict[str, int]:
    """Drops files that are kept long enough, and gives up uploads that nobody applied. Safe to run twice."""
    require_system(actor)
    forgotten = list(Upload.objects.forgotten(now - KEPT).values_list("pk", flat=True))
    expired = Upload.objects.filter(pk__in=forgotten, state=UploadState.READY)
    count = expired.update(state=UploadState.EXPIRED, ended_at=now)
    old = UploadFile.objects.filter(Q(upload__in=forgotten) | Q(upload__ended_at__lt=now - KEPT))
    files = old.count()
    old.delete()
    return {"expired": count, "files": files}


def _claim(upload_id: int) -> Upload | None:
    """Takes an upload that waits: a short transaction, so that its row is free while the import runs."""
    with transaction.atomic():
        upload = (
            Upload.objects.pending()
            .select_for_update(of=("self",), skip_locked=True)
            .filter(pk=upload_id)
            .first()
        )
        if upload is None:
            return None
        if upload.state == UploadState.WAITING:
            upload.state = UploadState.READING
        upload.attempts += 1
        upload.progress = 0
        upload.save(update_fields=["state", "attempts", "progress"])
    # Their organisation and author are read outside the lock.
    return Upload.objects.select_related("organisation", "author").get(pk=upload_id)


def _end(upload: Upload, state: UploadState, anomalies: Sequence[Anomaly] | None = None) -> None:
    upload.ended_at = max(timezone.now(), upload.created_at)
    if anomalies is not None:
        upload.anomalies = [anomaly.as_dict() for anomaly in anomalies]
        table = _table(upload) if upload.format == ReferenceFormat.OWN else None
        upload.failed_rows = len(table.failed) if table else 0
    _save(upload, state)


def _save(upload: Upload, state: UploadState) -> None:
    upload.state = state
    upload.attempts = 0
    if state in (UploadState.READY, UploadState.APPLIED):
        upload.progress = 100
    upload.save()


def progress_writer(upload: Upload) -> Callable[[int], None]:
    """What an import tells its progress to: a percentage, seen by others while its transaction is open.

    It goes through the second line to the database, which commits by itself, and at most twice a second.
    """
    last = 0.0

    def write(percent: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= SECONDS_BETWEEN:
            last = now
            kept = min(max(percent, 0), 99)
            Upload.objects.using(ACCESS_LOG).filter(pk=upload.pk).update(progress=kept)

    return write


# Rights and refusals ---------------------------------------------------------------------------------------


def require_right(actor: Actor, organisation: Organisation | None, on: dt.date) -> None:
    """Lets the staff send for no organisation, and the members of an employer for theirs."""
    if organisation is None:
        require_staff(actor)
        return
    access_organisation(actor, organisation.public_id, on=on)
    if organisation.kind != OrganisationKind.EMPLOYER:
        raise NotFound


def own_slug(organisation: Organisation) -> str:
    """The slug of an organisation's own reference: the one it has, else its name with a part of its id."""
    found = own_reference(organisation)
    if found is not None:
        return found.slug
    name = slugify(organisation.name)[:36].strip("-") or "organisation"
    return f"{name}-{organisation.public_id.hex[:8]}"


def _refuse_bad_reference(format: str, slug: str) -> None:
    if format not in PARSERS:
        raise Refused("unknown_format", _("Aucun importeur ne lit ce format."), field="format")
    if format == ReferenceFormat.OWN and slug == format:
        message = _("Donnez un identifiant au référentiel, par exemple le nom de la branche.")
        raise Refused("no_reference", message, field="reference_slug")
    reference = Reference.objects.filter(slug=slug).first()
    if slug != slugify(slug) or len(slug) > 50 or slug in RESERVED:
        message = _("Écrivez l’identifiant en lettres sans accent, chiffres et tirets.")
        raise Refused("bad_reference", message, field="reference_slug")
    if reference is not None and reference.owner_id is not None:
        raise Refused("owned", _("Ce référentiel appartient à une organisation."), field="reference_slug")
    if reference is not None and reference.format != format:
        told = _("Ce référentiel est au format %s.") % ReferenceFormat(reference.format).label
        raise Refused("other_format", told, field="reference_slug")


def _refuse_bad_day(published_on: dt.date | None, on: dt.date) -> None:
    """A table of signals does not say its day, which decides whether it takes the place of the one in use."""
    if published_on is None:
        message = _("Donnez la date de publication du tableau : le fichier ne la dit pas.")
        raise Refused("no_day", message, field="published_on")
    if published_on > on:
        message = _("Un tableau ne peut pas être publié dans l’avenir.")
        raise Refused("published_later", message, field="published_on")


def _refuse_bad_number(format: str, number: str) -> None:
    if not number:
        if format == ReferenceFormat.OWN:
            message = _("Donnez le numéro de l’édition, par exemple 1 ou 2026.1.")
            raise Refused("no_number", message, field="number")
        return
    try:
        position(number)
    except ValueError as error:
        message = _("Un numéro est fait d’un à trois nombres séparés par des points, comme 2026.1.")
        raise Refused("bad_number", message, field="number") from error


def _table(upload: Upload) -> Table | None:
    """The table of an own reference, read again; None when it cannot be read, or is not kept any more."""
    if upload.format != ReferenceFormat.OWN:
        return None
    with files_of(upload) as paths:
        if not paths:
            return None
        try:
            return own.read(Source(paths[0]))
        except BrokenSource:
            return None


def _language(upload: Upload) -> str:
    """A job speaks the language of the person who will read what it found."""
    return upload.author.language if upload.author else settings.LANGUAGE_CODE
