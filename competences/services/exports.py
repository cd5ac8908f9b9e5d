"""Files of public lists and of records: made at once while they are short, by a job beyond.

A file lives under a folder that the caller names, as `<public id>.<format>`: no name that a person chose
ever becomes a path.
"""

import hashlib
import io
import json
import os
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_person, require_system
from accounts.errors import Refused
from accounts.locks import LockSpace, take_lock
from accounts.models import Worker
from competences.enums import ExportFormat, ExportKind, ExportState
from competences.models import Export
from competences.queries.exports import ExportedList, exported_list
from competences.services.ownership import require_own
from competences.spreadsheets import sheet, size_of

MOST_AT_ONCE = 2_000_000
"""Bytes of text that a request may turn into a file: beyond, a job does."""

MOST_ROWS_AT_ONCE = {ExportFormat.CSV: 20_000, ExportFormat.XLSX: 3_000, ExportFormat.JSON: 20_000}
"""Rows that take a second to write: the thread that would write more serves nobody else meanwhile."""

MOST_UNFINISHED = 20
"""Public lists waiting at once, of everybody: whoever asks for the twenty-first is asked to come back."""

MOST_OF_A_PERSON = 3
"""Files of one person waiting at once."""

ATTEMPTS = 3
LOST = timedelta(minutes=5)
"""A file whose making has told nothing for so long has lost its worker: another takes it."""

KEPT = timedelta(days=1)
STEP = 1000
"""Rows between two signs of progress."""


class TooMany(Refused):
    """So many files are waiting that one more would only wait longer."""

    def __init__(self) -> None:
        super().__init__(
            "too_many_exports",
            _("Beaucoup de fichiers sont déjà en préparation. Réessayez dans quelques minutes."),
        )


def file_at_once(listed: ExportedList, format: str) -> bytes | None:
    """The whole file of a list; None when it is too long to be made while somebody waits."""
    most = MOST_ROWS_AT_ONCE[ExportFormat(format)]
    if listed.total > min(most, listed.most_at_once or most):
        return None
    rows, size = [listed.columns], 0
    for row in listed.rows:
        size += size_of(row)
        if size > MOST_AT_ONCE:
            return None
        rows.append(row)
    target = io.BytesIO()
    written = sheet(format, target)
    for row in rows:
        written.add(row)
    written.close()
    return target.getvalue()


def ask_export(
    *,
    actor: Actor | AnonymousUser,
    kind: str,
    format: str,
    language: str,
    parameters: Mapping[str, str],
    now: datetime,
    worker: Worker | None = None,
) -> Export:
    """Has a file made by a job; the same file as another's when the list has not changed since.

    Anybody may ask for a list, which is public; the file of a record, or of the people one accompanies, is
    for its `worker` alone. Raises NotFound for a list that does not exist or that is not the actor's,
    TooMany.
    """
    if worker is not None:
        require_own(require_person(actor), worker)
    listed = exported_list(kind, parameters, worker)
    whose = [str(worker.public_id)] if worker else []
    told = json.dumps([kind, format, language, dict(sorted(parameters.items())), *whose])
    key = hashlib.sha256(told.encode()).hexdigest()
    with transaction.atomic():
        take_lock(LockSpace.EXPORTS, "ask")
        of_list = Export.objects.filter(key=key)
        still_good = Q(state=ExportState.DONE, mark=listed.mark, asked_at__gt=now - KEPT / 2)
        known = of_list.unfinished().first()
        # The mark of a caseload tells of rights, not of what the list says: it is written anew each time.
        if known is None and kind != ExportKind.CASELOAD:
            known = of_list.filter(still_good).first()
        if known is not None:
            return known
        most = MOST_OF_A_PERSON if worker else MOST_UNFINISHED
        if Export.objects.unfinished().filter(worker=worker).count() >= most:
            raise TooMany
        return Export.objects.create(
            worker=worker,
            kind=kind,
            format=format,
            language=language,
            parameters=dict(parameters),
            key=key,
            mark=listed.mark,
            rows_total=listed.total,
            file_name=f"{listed.name}.{ExportFormat(format).value}",
            asked_at=now,
            progressed_at=now,
        )


def export_path(folder: Path, public_id: uuid.UUID, format: str) -> Path:
    """Where the file of an export is."""
    return folder / f"{uuid.UUID(str(public_id))}.{ExportFormat(format).value}"


def build_next_export(*, actor: Actor, folder: Path, now: datetime) -> Export | None:
    """Makes the file that has waited longest, and says how far it is as it goes; None when none waits.

    Safe twice: a file is taken by one worker, written beside its place and moved there whole. What changed
    while it was being written makes it wait again.
    """
    require_system(actor)
    export = _claim(now)
    if export is None:
        return None
    try:
        with translation.override(export.language):
            _write(export, folder)
    except Exception:
        _give_back(export)
        raise
    return export


def _claim(now: datetime) -> Export | None:
    free = Q(state=ExportState.WAITING) | Q(state=ExportState.RUNNING, progressed_at__lt=now - LOST)
    with transaction.atomic():
        rows = Export.objects.filter(free).select_for_update(of=("self",), skip_locked=True)
        export = rows.order_by("asked_at", "pk").first()
        if export is None:
            return None
        if export.attempts >= ATTEMPTS:
            _end(export, ExportState.FAILED)
            return export
        export.state, export.attempts, export.rows_done = ExportState.RUNNING, export.attempts + 1, 0
        export.progressed_at = now
        export.save(update_fields=["state", "attempts", "rows_done", "progressed_at"])
    return export


def _write(export: Export, folder: Path) -> None:
    if export.state != ExportState.RUNNING:
        return
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    path = export_path(folder, export.public_id, export.format)
    beside = path.with_suffix(f"{path.suffix}.part")
    listed = exported_list(export.kind, export.parameters, export.worker)
    Export.objects.filter(pk=export.pk).update(rows_total=listed.total)
    export.rows_total = listed.total
    try:
        with beside.open("wb") as target:
            _write_rows(export, listed, target)
            target.flush()
            os.fsync(target.fileno())
        if exported_list(export.kind, export.parameters, export.worker).mark != listed.mark:
            _give_back(export)
            return
        export.size = beside.stat().st_size
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
    export.mark = listed.mark
    _end(export, ExportState.DONE)


def _write_rows(export: Export, listed: ExportedList, target: BinaryIO) -> None:
    written = sheet(export.format, target)
    try:
        written.add(listed.columns)
        for number, row in enumerate(listed.rows, start=1):
            written.add(row)
            export.rows_done = number
            if number % STEP == 0:
                _progress(export, number)
    except BaseException:
        written.abandon()
        raise
    written.close()


def _progress(export: Export, rows: int) -> None:
    Export.objects.filter(pk=export.pk).update(rows_done=rows, progressed_at=timezone.now())


def _give_back(export: Export) -> None:
    """Another turn, unless it had all of them."""
    if export.attempts >= ATTEMPTS:
        _end(export, ExportState.FAILED)
    else:
        export.state = ExportState.WAITING
        export.save(update_fields=["state"])


def _end(export: Export, state: ExportState) -> None:
    export.state, export.finished_at = state, timezone.now()
    if state == ExportState.FAILED:
        export.size = None
    export.save(update_fields=["state", "finished_at", "size", "mark", "rows_done", "rows_total"])


def remove_old_exports(*, actor: Actor, folder: Path, now: datetime) -> int:
    """Removes the files of more than a day, and those that no row knows any more; says how many. Safe twice:
    the file goes before its row."""
    require_system(actor)
    removed = 0
    for export in Export.objects.filter(asked_at__lt=now - KEPT).exclude(state=ExportState.RUNNING):
        export_path(folder, export.public_id, export.format).unlink(missing_ok=True)
        export.delete()
        removed += 1
    known = {str(public_id) for public_id in Export.objects.values_list("public_id", flat=True)}
    for path in folder.glob("*") if folder.is_dir() else ():
        is_old = path.stat().st_mtime < (now - KEPT).timestamp()
        if is_old and path.name.split(".", 1)[0] not in known:
            path.unlink(missing_ok=True)
            removed += 1
    return removed
