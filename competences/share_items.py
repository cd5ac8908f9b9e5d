"""What this app lets a worker share, item by item (accounts/sharing.py).

Each kind reads the worker's own things anew and shows what the person said, and what others said and the
person does not hide: never a flag, a wish, nor a proof that was not ticked.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import sharing
from accounts.errors import NotFound
from accounts.files import as_file
from accounts.models import Worker
from accounts.sharing import Offered, Seen, ShareItemKind
from competences.cv_documents import cv_document
from competences.models import Attestation, BilanDocument, Cv, Evidence, SkillRevision, SkillStatement
from competences.private_files import way_to
from competences.queries.career import career_rows, named_periods, periods_of
from competences.queries.cvs import cv_content, own_cvs
from competences.queries.evidence import evidence_of
from competences.queries.records import with_labels
from competences.rules.career import Period
from competences.rules.cvs import CvContent
from competences.rules.labels import fold
from competences.templatetags.career import period_dates

OFFERED = 400
"""Things of one kind offered to be ticked: the latest. A page of boxes can hold no more."""


def register() -> None:
    """Called once, when the applications are ready."""
    for kind in _KINDS:
        sharing.register(kind)


# Skills ----------------------------------------------------------------------------------------------------


def _statements(worker: Worker, on: dt.date, public_ids: Collection[UUID] | None) -> list[SkillStatement]:
    """Skills that stand, by name, with what is said of them now. Two or three queries."""
    rows = SkillStatement.objects.standing().filter(worker=worker)
    if public_ids is not None:
        rows = rows.filter(public_id__in=public_ids)
    rows = rows.select_related("concept__reference").order_by("-declared_at", "-pk")
    current = Prefetch("revisions", SkillRevision.objects.current(), to_attr="current")
    named = with_labels(rows.prefetch_related(current)[:OFFERED], actor=worker.user, on=on)
    return sorted(named, key=lambda statement: fold(statement.label))


def _offered_skills(worker: Worker, on: dt.date) -> list[Offered]:
    return [
        Offered(
            public_id=one.public_id,
            label=one.label,
            note=gettext("niveau %(level)s sur 8") % {"level": one.said.level} if one.said.level else "",
        )
        for one in _statements(worker, on, None)
    ]


def _shown_skills(worker: Worker, public_ids: Collection[UUID], seen: Seen) -> list[SkillStatement]:
    """Each skill with the `views` of others that the person does not hide."""
    found = _statements(worker, seen.on, public_ids)
    views: dict[int, list[Attestation]] = defaultdict(list)
    for view in Attestation.objects.shown().filter(statement__in=[one.pk for one in found]):
        views[view.statement_id].append(view)
    for statement in found:
        statement.views = views[statement.pk]  # type: ignore[attr-defined]
    return found


# Evidence --------------------------------------------------------------------------------------------------


def _offered_evidence(worker: Worker, on: dt.date) -> list[Offered]:
    return [
        Offered(
            public_id=piece.public_id,
            label=piece.title,
            note=", ".join(filter(None, [piece.get_kind_display(), piece.issuer])),
        )
        for piece in evidence_of(worker)[:OFFERED]
    ]


def _shown_evidence(worker: Worker, public_ids: Collection[UUID], seen: Seen) -> list[Evidence]:
    pieces = list(evidence_of(worker).filter(public_id__in=public_ids))
    for piece in pieces:
        piece.expired = piece.is_expired(seen.on)  # type: ignore[attr-defined]
    return pieces


def _offered_files(worker: Worker, on: dt.date) -> list[Offered]:
    pieces = evidence_of(worker).filter(stored_as__isnull=False)[:OFFERED]
    return [Offered(public_id=piece.public_id, label=piece.file_name, note=piece.title) for piece in pieces]


def _shown_files(worker: Worker, public_ids: Collection[UUID], seen: Seen) -> list[Evidence]:
    return list(evidence_of(worker).filter(public_id__in=public_ids, stored_as__isnull=False))


def _handed_file(worker: Worker, public_id: UUID, seen: Seen) -> HttpResponse:
    piece = next(iter(_shown_files(worker, [public_id], seen)), None)
    if piece is None or piece.stored_as is None:
        raise NotFound
    return way_to(piece.stored_as, piece.file_kind, piece.file_name)


# CVs -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedCv:
    """A CV and what it prints, without what came into the record after the person agreed to share it. The
    name under which the person keeps it is theirs alone."""

    cv: Cv
    content: CvContent

    @property
    def public_id(self) -> UUID:
        return self.cv.public_id


def _offered_cvs(worker: Worker, on: dt.date) -> list[Offered]:
    return [
        Offered(public_id=cv.public_id, label=cv.name, note=cv.headline)
        for cv in own_cvs(worker.user)[:OFFERED]
    ]


def _shown_cvs(worker: Worker, public_ids: Collection[UUID], seen: Seen) -> list[SharedCv]:
    """The CVs; a few queries for each, which a person has few of."""
    cvs = own_cvs(worker.user).filter(public_id__in=public_ids).select_related("worker")
    return [SharedCv(cv, cv_content(cv, user=worker.user, on=seen.on, known_at=seen.agreed_at)) for cv in cvs]


def _handed_cv(worker: Worker, public_id: UUID, seen: Seen) -> HttpResponse:
    shown = next(iter(_shown_cvs(worker, [public_id], seen)), None)
    if shown is None:
        raise NotFound
    made = cv_document(shown.content, language=shown.cv.language, on=seen.on)
    return as_file(made.content, "application/pdf", "cv", "pdf")


# Documents of bilans --------------------------------------------------------------------------------------


def _documents(worker: Worker) -> QuerySet[BilanDocument]:
    """What was handed to the person and still exists: L6313-4 leaves it to them to show it."""
    return BilanDocument.objects.handed().with_file().filter(worker=worker).order_by("-handed_at", "-pk")


def _offered_documents(worker: Worker, on: dt.date) -> list[Offered]:
    return [
        Offered(public_id=one.public_id, label=one.title, note=one.get_kind_display())
        for one in _documents(worker)[:OFFERED]
    ]


def _shown_documents(worker: Worker, public_ids: Collection[UUID], seen: Seen) -> list[BilanDocument]:
    return list(_documents(worker).filter(public_id__in=public_ids))


def _handed_document(worker: Worker, public_id: UUID, seen: Seen) -> HttpResponse:
    document = _documents(worker).filter(public_id=public_id).first()
    if document is None or document.stored_as is None:
        raise NotFound
    return way_to(document.stored_as, document.file_kind, document.file_name)


# The path --------------------------------------------------------------------------------------------------


def _offered_periods(worker: Worker, on: dt.date) -> list[Offered]:
    return [
        Offered(public_id=UUID(period.public_id), label=period.label, note=period_dates(period))
        for period in periods_of(worker)[:OFFERED]
    ]


def _shown_periods(worker: Worker, public_ids: Collection[UUID], seen: Seen) -> Sequence[Period]:
    """The periods as rules read them: the reason of a pause is not there."""
    return named_periods(career_rows(worker).filter(public_id__in=public_ids))


_KINDS = (
    ShareItemKind(
        name="skill",
        title=_("Mes compétences"),
        shown_title=_("Compétences"),
        help=_("Avec le niveau, les dates, et les avis d’autres personnes que vous ne masquez pas."),
        rank=10,
        template="competences/_shared_skills.html",
        offered=_offered_skills,
        shown=_shown_skills,
    ),
    ShareItemKind(
        name="evidence",
        title=_("Mes preuves"),
        shown_title=_("Preuves"),
        help=_("Le titre, l’adresse d’un lien, qui a délivré un certificat et quand. Sans le fichier."),
        rank=20,
        template="competences/_shared_evidence.html",
        offered=_offered_evidence,
        shown=_shown_evidence,
    ),
    ShareItemKind(
        name="evidence-file",
        title=_("Les fichiers de mes preuves"),
        shown_title=_("Fichiers"),
        help=_("La personne peut télécharger le fichier, et le garder après la fin du partage."),
        rank=30,
        template="competences/_shared_files.html",
        offered=_offered_files,
        shown=_shown_files,
        handed=_handed_file,
    ),
    ShareItemKind(
        name="cv",
        title=_("Mes CV"),
        shown_title=_("CV"),
        help=_(
            "Le CV entier, à lire et à télécharger. Ce que vous ajoutez ensuite à votre dossier n’y paraît"
            " pas."
        ),
        rank=40,
        template="competences/_shared_cvs.html",
        offered=_offered_cvs,
        shown=_shown_cvs,
        handed=_handed_cv,
    ),
    ShareItemKind(
        name="document",
        title=_("Les documents de mes bilans"),
        shown_title=_("Documents de bilan"),
        help=_("La synthèse ou un autre document qui vous a été remis. Il n’est plus là une fois détruit."),
        rank=45,
        template="competences/_shared_files.html",
        offered=_offered_documents,
        shown=_shown_documents,
        handed=_handed_document,
    ),
    ShareItemKind(
        name="career",
        title=_("Mon parcours"),
        shown_title=_("Parcours"),
        help=_("La période, ses dates et ce que vous en dites. Jamais la raison d’une pause."),
        rank=50,
        template="competences/_shared_career.html",
        offered=_offered_periods,
        shown=_shown_periods,
    ),
)
