"""Documents of bilans, for the person and for the adviser of the bilan."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.access import Thing, access_object
from accounts.errors import Gone, NotFound
from accounts.models import User
from accounts.templatetags.components import in_words
from competences.enums import DestroyedFor, DocumentKind
from competences.models import Bilan, BilanDocument, DestroyedDocument, DocumentVersion


@dataclass(frozen=True, slots=True)
class OpenedBilan:
    """A bilan as one reader may open it."""

    bilan: Bilan
    is_own: bool


@dataclass(frozen=True, slots=True)
class OpenedDocument:
    """A document as one reader may open it: `is_own` for its person, who alone takes the file away."""

    document: BilanDocument
    is_own: bool


def documents_of(bilan: Bilan) -> list[BilanDocument]:
    """The documents of a bilan with the number of their `last` version, the latest first. One query."""
    return list(bilan.documents.annotate(last=Max("versions__number")).order_by("-created_at", "-pk"))


def destroyed_of(bilan: Bilan) -> list[DestroyedDocument]:
    """The facts of destruction of a bilan."""
    return list(bilan.destroyed_documents.all())


def open_bilan(user: User, public_id: UUID, *, on: dt.date) -> OpenedBilan:
    """A bilan whose documents are read: one's own, or the one that the reader accompanies, through the door.

    Raises NotFound to everybody else.
    """
    rows = Bilan.objects.select_related("worker__user", "organisation", "adviser")
    bilan = rows.filter(public_id=public_id).first()
    if bilan is None:
        raise NotFound
    return OpenedBilan(bilan, is_own=_opens(user, bilan, on))


def synthesis_of(bilan: Bilan) -> tuple[BilanDocument | None, DocumentVersion | None]:
    """The synthesis of a bilan and its last version; None while nothing is written. Two queries at most."""
    document = bilan.documents.filter(kind=DocumentKind.SYNTHESIS).first()
    return document, document.versions.order_by("-number").first() if document else None


def version_of(document: BilanDocument, number: str) -> DocumentVersion | None:
    """The version of that number as an address writes it, the last for ""; None for a document that was sent
    as a file. Raises NotFound for a version that is not."""
    versions = document.versions.order_by("-number")
    if not number:
        return versions.first()
    found = versions.filter(number=number).first() if number.isdecimal() and len(number) < 9 else None
    if found is None:
        raise NotFound
    return found


def open_document(user: User, public_id: UUID, *, on: dt.date) -> OpenedDocument:
    """The document, for its person, or for the adviser of the bilan through the door, which writes it down.

    Raises Gone to the two of them once it was destroyed; NotFound to everybody else.
    """
    rows = BilanDocument.objects.select_related(
        "bilan__worker__user", "bilan__organisation", "bilan__adviser"
    )
    document = rows.filter(public_id=public_id).first()
    if document is None:
        raise _gone(user, public_id)
    return OpenedDocument(document, is_own=_opens(user, document.bilan, on))


def _opens(user: User, bilan: Bilan, on: dt.date) -> bool:
    """Whether it is the reader's own; else it is the one they accompany, or NotFound is raised."""
    if bilan.worker.user_id == user.pk:
        return True
    if not bilan.is_accompanied_by(user):
        raise NotFound
    access_object(user, bilan.worker.public_id, Thing.DOCUMENT, on=on)
    return False


def _gone(user: User, public_id: UUID) -> Gone | NotFound:
    """What to say of a document that is not there."""
    fact = DestroyedDocument.objects.select_related("worker").filter(public_id=public_id).first()
    if fact is None:
        return NotFound()
    if fact.worker.user_id != user.pk and not fact.readers.filter(pk=user.pk).exists():
        return NotFound()
    return Gone(destroyed_words(fact))


def destroyed_words(fact: DestroyedDocument) -> str:
    """What happened to it, and why."""
    told = {
        DestroyedFor.END: _(
            "« %(kind)s » a été détruit le %(day)s, à la fin du bilan, comme la loi le demande."
        ),
        DestroyedFor.DATE: _("« %(kind)s » a été détruit le %(day)s, à la date prévue."),
        DestroyedFor.REQUEST: _("« %(kind)s » a été détruit le %(day)s, à la demande de la personne."),
    }
    return told[DestroyedFor(fact.reason)] % {
        "kind": fact.get_kind_display(),
        "day": in_words(fact.destroyed_at),
    }
