"""What a person shows to prove their skills. Only the person writes it; removing it erases its bytes."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.enums import EvidenceKind
from competences.models import Evidence, SkillStatement
from competences.models.evidence import TITLE_LENGTH, URL_LENGTH
from competences.queries.evidence import was_read
from competences.rules.clocks import FIRST_DAY
from competences.rules.texts import one_line
from competences.services.evidence_files import Stored, erase_file, store_file
from competences.services.ownership import require_own
from competences.services.upload_files import Incoming

MOST_PIECES = 200
"""Ten pieces a year for twenty years; a list that can still be read."""

MOST_BYTES = 200 * 2**20
"""Twenty of the largest files, or a few hundred scanned pages: a record is no place to store films."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a person writes of a piece of evidence; the address is a link's, the rest a certificate's."""

    title: str = ""
    url: str = ""
    issuer: str = ""
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None


def add_evidence(
    *,
    actor: Actor,
    worker: Worker,
    kind: str,
    described: Described,
    statements: Sequence[SkillStatement],
    file: Incoming | None = None,
    now: dt.datetime | None = None,
) -> Evidence:
    """Adds a file, a link or a certificate (with a file or not) that proves some statements of the record.

    A file is received and looked at before the transaction: an antivirus takes its time. Raises Refused with
    the field at fault: no statement, a bad address or date, a bad file, the quota.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    kind = EvidenceKind(kind)
    columns = _columns(kind, described, timezone.localdate(now), file)
    if file is not None and kind == EvidenceKind.LINK:
        raise Refused("link_with_file", _("Un lien n’a pas de fichier."), field="file")
    if file is None and kind == EvidenceKind.FILE:
        raise Refused("no_file", _("Choisissez un fichier."), field="file")
    _refuse_full(worker, size=(file.size or 0) if file is not None else 0)
    stored = store_file(file) if file is not None else None
    try:
        return _add(worker, kind, columns, statements, stored, now)
    except BaseException:
        if stored is not None:
            erase_file(stored.stored_as, stored.file_kind)
        raise


@transaction.atomic
def change_evidence(
    *,
    actor: Actor,
    evidence: Evidence,
    described: Described,
    statements: Sequence[SkillStatement],
    now: dt.datetime | None = None,
) -> Evidence:
    """Writes anew what is said of a piece of evidence and what it proves; its file stays.

    Raises Refused; for other words too, once somebody gave or is giving their view with the piece before
    them: what they vouched for must not become something else under their name.
    """
    evidence = _own_evidence(actor, evidence)
    now = now or timezone.now()
    columns = _columns(EvidenceKind(evidence.kind), described, timezone.localdate(now), None)
    if not columns["title"]:
        columns["title"] = evidence.title
    changed = [name for name, value in columns.items() if getattr(evidence, name) != value]
    if changed and was_read(evidence):
        message = _(
            "Une personne a lu cette preuve pour donner son avis : elle reste telle qu’elle l’a lue. Vous"
            " pouvez changer les compétences qu’elle prouve, ou ajouter une autre preuve."
        )
        raise Refused("was_read", message, field=changed[0])
    for name, value in columns.items():
        setattr(evidence, name, value)
    evidence.save(update_fields=list(columns))
    evidence.statements.set(_own_statements(evidence.worker, statements))
    return evidence


@transaction.atomic
def remove_evidence(*, actor: Actor, evidence: Evidence) -> None:
    """Erases a piece of evidence and, once that is written, the bytes of its file. It cannot be undone."""
    evidence = _own_evidence(actor, evidence)
    stored_as, kind = evidence.stored_as, evidence.file_kind
    evidence.delete()
    if stored_as is not None:
        transaction.on_commit(lambda: erase_file(stored_as, kind))


@transaction.atomic
def _add(
    worker: Worker,
    kind: EvidenceKind,
    columns: dict[str, object],
    statements: Sequence[SkillStatement],
    stored: Stored | None,
    now: dt.datetime,
) -> Evidence:
    # Two pieces sent at once queue up here, so that the quota holds.
    worker = Worker.objects.select_for_update(of=("self",), no_key=True).get(pk=worker.pk)
    proven = _own_statements(worker, statements)
    _refuse_full(worker, size=stored.size if stored else 0)
    kept = {name: getattr(stored, name) for name in Stored.__slots__} if stored else {}
    if not columns["title"] and stored is not None:
        columns["title"] = stored.file_name[:TITLE_LENGTH]
    evidence = Evidence.objects.create(worker=worker, kind=kind, added_at=now, **columns, **kept)
    evidence.statements.set(proven)
    return evidence


def _own_evidence(actor: Actor, evidence: Evidence) -> Evidence:
    """The evidence, locked, for its own person."""
    rows = Evidence.objects.select_for_update(of=("self",)).select_related("worker")
    found = rows.filter(pk=evidence.pk).first()
    if found is None:
        raise NotFound
    require_own(actor, found.worker)
    return found


def _own_statements(worker: Worker, statements: Sequence[SkillStatement]) -> list[SkillStatement]:
    """The statements, each of which stands in that record: another's is as absent as none."""
    asked = {statement.pk for statement in statements}
    if not asked:
        raise Refused("no_statement", _("Choisissez au moins une compétence."), field="statements")
    found = list(SkillStatement.objects.standing().filter(worker=worker, pk__in=asked))
    if len(found) < len(asked):
        raise NotFound
    return found


def _refuse_full(worker: Worker, *, size: int) -> None:
    held = Evidence.objects.filter(worker=worker).aggregate(pieces=Count("pk"), size=Sum("size"))
    if held["pieces"] >= MOST_PIECES:
        raise Refused(
            "too_many_pieces",
            _("Vous avez déjà %(most)s preuves. Retirez-en une pour en ajouter une autre.")
            % {"most": MOST_PIECES},
        )
    if size and (held["size"] or 0) + size > MOST_BYTES:
        raise Refused(
            "no_room",
            _("Vos fichiers dépasseraient %(most)s Mo. Retirez-en un, ou donnez un lien.")
            % {"most": MOST_BYTES // 2**20},
            field="file",
        )


def _columns(
    kind: EvidenceKind, described: Described, today: dt.date, file: Incoming | None
) -> dict[str, object]:
    """What is written of a piece of its kind, cleaned. Raises Refused with the field at fault."""
    title, issuer, url = one_line(described.title), one_line(described.issuer), ""
    if kind == EvidenceKind.LINK:
        url = plain_address(described.url)
    for field, text in (("title", title), ("issuer", issuer)):
        if len(text) > TITLE_LENGTH:
            message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": TITLE_LENGTH}
            raise Refused("long_text", message, field=field)
    if kind != EvidenceKind.CERTIFICATE:
        return {"title": title or url[:TITLE_LENGTH], "url": url}
    if not title:
        raise Refused("no_title", _("Donnez le titre du certificat."), field="title")
    if not issuer:
        raise Refused("no_issuer", _("Dites qui a délivré le certificat."), field="issuer")
    _refuse_dates(described, today)
    return {
        "title": title,
        "issuer": issuer,
        "issued_on": described.issued_on,
        "valid_until": described.valid_until,
    }


def _refuse_dates(described: Described, today: dt.date) -> None:
    issued, until = described.issued_on, described.valid_until
    if issued and issued > today:
        raise Refused("future_date", _("Cette date est dans le futur."), field="issued_on")
    for field, day in (("issued_on", issued), ("valid_until", until)):
        if day and day < FIRST_DAY:
            raise Refused("old_date", _("Vérifiez l’année de cette date."), field=field)
    if issued and until and until < issued:
        message = _("La fin de validité ne peut pas précéder la délivrance.")
        raise Refused("ends_before", message, field="valid_until")


def plain_address(text: str) -> str:
    """A web address as it may be shown and followed. Raises Refused for what is not one.

    Nothing but http and https, a host, no name or password before it (they make one site look like another).
    """
    cleaned = one_line(text)
    refused = Refused(
        "bad_address",
        _("Écrivez une adresse web entière, qui commence par https:// ou http://."),
        field="url",
    )
    try:
        parts = urlsplit(cleaned)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise refused from error
    # A browser takes \ for /: the host that it goes to is not the one that is told.
    if "\\" in cleaned:
        raise refused
    good = parts.scheme in ("http", "https") and host and "." in host and "@" not in parts.netloc
    if not good or " " in cleaned or len(cleaned) > URL_LENGTH:
        raise refused
    return urlunsplit(parts)
