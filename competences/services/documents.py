"""Documents of a bilan: written with the person, handed to the person alone, kept or destroyed as they wish.

Every save is a version; nothing is written over. A save that was begun on an older version is refused with
`Overtaken`, which carries both texts, so that nothing typed is lost.
"""

import datetime as dt
from collections.abc import Mapping
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import is_visible
from accounts.actors import Actor, require_person
from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.models import User
from accounts.services.notifications import enqueue
from competences.document_kinds import DOCUMENT_HANDED
from competences.document_pdfs import synthesis_document
from competences.document_texts import AGREEMENTS, CURRENT_VERSION
from competences.enums import DocumentKind, FileKind, KeptReason
from competences.models import Bilan, BilanDocument, DocumentVersion
from competences.models.documents import TITLE_LENGTH
from competences.rules.bilans import ENDED, PHASES, STOPPED
from competences.rules.documents import SECTION_LENGTH, SECTIONS, destroyed_on, is_empty
from competences.rules.texts import one_line, some_lines
from competences.services.evidence_files import Stored, erase_file, keep_bytes, store_file
from competences.services.ownership import require_own
from competences.services.upload_files import Incoming
from law.queries import law_on

MOST_DOCUMENTS = 30
"""Documents of one bilan: a list that one still reads."""


class Overtaken(Refused):
    """Somebody saved since: `theirs` is the last version, `mine` what was typed, kept on the page."""

    def __init__(self, theirs: DocumentVersion, mine: Mapping[str, str]) -> None:
        super().__init__(
            "overtaken",
            _(
                "%(name)s a enregistré une autre version entre-temps. Votre texte est gardé ci-dessous :"
                " comparez, puis enregistrez de nouveau."
            )
            % {"name": theirs.author_name},
        )
        self.theirs, self.mine = theirs, mine


@transaction.atomic
def write_synthesis(
    *,
    actor: Actor,
    bilan: Bilan,
    content: Mapping[str, str],
    based_on: int,
    now: dt.datetime | None = None,
) -> DocumentVersion:
    """Saves the synthesis of a bilan, by the person or by its adviser; the first save begins it.

    `content`: {section: text}, of rules/documents.py; `based_on`: the number of the version that was on the
    screen, 0 for none. What says the same as the last version is not saved twice. Raises Refused for a bilan
    whose phases have not begun or that is over, for a text too long; `Overtaken`; NotFound to anybody else.
    """
    now = now or timezone.now()
    person = require_person(actor)
    bilan = _locked(bilan)
    require_writer(person, bilan, now)
    if bilan.state not in PHASES:
        raise Refused("no_phase", _("La synthèse s’écrit pendant les trois phases du bilan."))
    said = _cleaned(content)
    document = _synthesis(bilan, person, now)
    last = document.versions.order_by("-number").first()
    if last is not None and last.content == said:
        return last
    if last is not None and last.number != based_on:
        raise Overtaken(last, said)
    return DocumentVersion.objects.create(
        document=document,
        # Without a version, the one that was on the screen was destroyed since: what was typed begins anew.
        number=last.number + 1 if last else 1,
        content=said,
        author=person,
        author_name=person.display_name,
        saved_at=now,
    )


def hand_synthesis(
    *, actor: Actor, document: BilanDocument, number: int, now: dt.datetime | None = None
) -> BilanDocument:
    """The adviser hands a version to the person: a PDF, which the person alone may take away.

    A later version may be handed in its turn; it takes the place of the file. Raises Refused where that
    version is empty or is not the last, NotFound to anybody but the adviser of the bilan.
    """
    now = now or timezone.now()
    person = require_person(actor)
    kept: Stored | None = None
    try:
        with transaction.atomic():
            bilan = _locked(document.bilan)
            require_adviser(person, bilan, now)
            document = _locked_document(document)
            version = _version_to_hand(bilan, document, number)
            kept = keep_bytes(_pdf(bilan, document, version, now), FileKind.PDF, "synthese")
            former, former_kind = document.stored_as, document.file_kind
            document.stored_as, document.file_kind = kept.stored_as, kept.file_kind
            document.file_name, document.size = kept.file_name, kept.size
            document.handed_at, document.handed_number = now, number
            document.save()
            if former is not None:
                transaction.on_commit(partial(erase_file, former, former_kind))
            _tell(actor, document, number)
    except BaseException:
        if kept is not None:
            erase_file(kept.stored_as, kept.file_kind)
        raise
    return document


def add_document(
    *,
    actor: Actor,
    bilan: Bilan,
    kind: str,
    title: str,
    file: Incoming,
    now: dt.datetime | None = None,
) -> BilanDocument:
    """Adds a file to a bilan: detailed results, a convention, another. It is the person's at once.

    By the person or the adviser of the bilan. Raises Refused with the field at fault; NotFound to others.
    """
    now = now or timezone.now()
    person = require_person(actor)
    kind = DocumentKind(kind)
    if kind == DocumentKind.SYNTHESIS:
        raise Refused("synthesis_is_written", _("La synthèse s’écrit ici, en bas de page."), field="kind")
    title = one_line(title)
    if len(title) > TITLE_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": TITLE_LENGTH}
        raise Refused("long_text", message, field="title")
    require_writer(person, bilan, now)
    stored = store_file(file)
    try:
        with transaction.atomic():
            bilan = _locked(bilan)
            require_writer(person, bilan, now)
            if bilan.state in ENDED:
                raise Refused("over", _("Ce bilan est terminé : il ne reçoit plus de document."))
            if bilan.documents.count() >= MOST_DOCUMENTS:
                message = _("Ce bilan a déjà %(most)s documents.") % {"most": MOST_DOCUMENTS}
                raise Refused("too_many_documents", message)
            document = BilanDocument.objects.create(
                worker_id=bilan.worker_id,
                bilan=bilan,
                kind=kind,
                title=title or stored.file_name[:TITLE_LENGTH],
                author=person,
                author_name=person.display_name,
                created_at=now,
                handed_at=now,
                **{name: getattr(stored, name) for name in Stored.__slots__},
            )
            if person.pk != bilan.worker.user_id:
                _tell(actor, document, 0)
            return document
    except BaseException:
        erase_file(stored.stored_as, stored.file_kind)
        raise


@transaction.atomic
def keep_document(
    *, actor: Actor, document: BilanDocument, kept_for: str, now: dt.datetime | None = None
) -> BilanDocument:
    """The person agrees in writing that a document outlives its bilan (C. trav. R6313-7), or, with "", takes
    the agreement back: it is then destroyed like the others.

    Raises Refused where the conseil en évolution professionnelle is named for what is no synthesis.
    """
    now = now or timezone.now()
    bilan = _locked(document.bilan)
    require_own(actor, bilan.worker)
    document = _locked_document(document)
    if kept_for == KeptReason.CEP and document.kind != DocumentKind.SYNTHESIS:
        raise Refused("cep_takes_a_synthesis", _("Seule la synthèse se demande pour le conseil."))
    document.kept_for = KeptReason(kept_for) if kept_for else ""
    document.agreed_at = now if kept_for else None
    document.agreement_version = CURRENT_VERSION if kept_for else ""
    document.destroy_on = _date_of(document, bilan)
    document.save(update_fields=["kept_for", "agreed_at", "agreement_version", "destroy_on"])
    return document


def date_documents(bilan: Bilan) -> None:
    """Gives each document of a bilan that has just ended its date of destruction; a bilan that runs again
    takes the dates away. The caller holds the bilan's transaction."""
    for document in bilan.documents.select_for_update(of=("self",)):
        document.destroy_on = _date_of(document, bilan)
        document.save(update_fields=["destroy_on"])


def agreement(document: BilanDocument) -> str:
    """The sentence that the person agreed to, "" without one."""
    if not document.kept_for:
        return ""
    return str(AGREEMENTS[document.agreement_version][document.kept_for])


def require_writer(person: User, bilan: Bilan, now: dt.datetime) -> None:
    """Lets through the person, and the adviser of the bilan while the mandate stands."""
    if person.pk != bilan.worker.user_id:
        require_adviser(person, bilan, now)


def require_adviser(person: User, bilan: Bilan, now: dt.datetime) -> None:
    """Lets through the adviser of the bilan, under a mandate for bilans in force; not once it was abandoned
    or refused: nothing of it is left for others."""
    mandated = is_visible(person, bilan.worker, Purpose.BILAN, on=timezone.localdate(now))
    if not (bilan.is_accompanied_by(person) and mandated):
        raise NotFound


def _locked(bilan: Bilan) -> Bilan:
    """The bilan, held until the end of the transaction: two saves at once queue up."""
    rows = Bilan.objects.select_for_update(of=("self",), no_key=True).select_related("worker__user")
    found = rows.filter(pk=bilan.pk).first()
    if found is None:
        raise NotFound
    return found


def _locked_document(document: BilanDocument) -> BilanDocument:
    """The document, held; NotFound once another page had it destroyed."""
    found = BilanDocument.objects.select_for_update(of=("self",)).filter(pk=document.pk).first()
    if found is None:
        raise NotFound
    return found


def _cleaned(content: Mapping[str, str]) -> dict[str, str]:
    said = {section: some_lines(content.get(section, "")) for section in SECTIONS}
    for section, text in said.items():
        if len(text) > SECTION_LENGTH:
            message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": SECTION_LENGTH}
            raise Refused("long_text", message, field=section)
    return said


def _synthesis(bilan: Bilan, person: User, now: dt.datetime) -> BilanDocument:
    """The one synthesis of a bilan, begun if there is none."""
    found = bilan.documents.filter(kind=DocumentKind.SYNTHESIS).first()
    return found or BilanDocument.objects.create(
        worker_id=bilan.worker_id,
        bilan=bilan,
        kind=DocumentKind.SYNTHESIS,
        title=str(_("Document de synthèse")),
        author=person,
        author_name=person.display_name,
        created_at=now,
    )


def _version_to_hand(bilan: Bilan, document: BilanDocument, number: int) -> DocumentVersion:
    last = document.versions.order_by("-number").first()
    if last is None or is_empty(last.content):
        raise Refused("empty_synthesis", _("La synthèse est vide : écrivez-la avant de la remettre."))
    if last.number != number:
        raise Refused(
            "not_the_last",
            _("Une version plus récente a été enregistrée par %(name)s : relisez-la avant de remettre.")
            % {"name": last.author_name},
        )
    if bilan.state not in PHASES:
        raise Refused("no_phase", _("La synthèse se remet pendant les phases du bilan."))
    return last


def _pdf(bilan: Bilan, document: BilanDocument, version: DocumentVersion, now: dt.datetime) -> bytes:
    user = bilan.worker.user
    return synthesis_document(
        version.content,
        title=document.title,
        person=user.display_name,
        author=bilan.adviser.display_name if bilan.adviser else version.author_name,
        provider=bilan.organisation.name if bilan.organisation else bilan.provider_name,
        on=timezone.localdate(now),
        language=user.language,
    ).content


def _date_of(document: BilanDocument, bilan: Bilan) -> dt.date | None:
    """The day from which it exists no more; None while the bilan runs."""
    if bilan.state not in ENDED or bilan.ended_on is None:
        return None
    years = law_on(bilan.ended_on)["bilan.documents.kept"].count if document.kept_for else None
    return destroyed_on(bilan.ended_on, years, was_stopped=bilan.state in STOPPED)


def _tell(actor: Actor, document: BilanDocument, number: int) -> None:
    """The person learns that something waits for them; the message does not say what."""
    enqueue(
        actor=actor,
        kind=DOCUMENT_HANDED,
        recipient=document.bilan.worker.user,
        dedupe_key=f"{DOCUMENT_HANDED}:{document.public_id}:{number}",
        payload={"document": str(document.public_id)},
    )
