"""The consents that this app adds to the register: review requests, bilans, documents kept longer."""

import datetime as dt

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import consents
from accounts.consents import Consent, ConsentSource
from accounts.models import Worker
from competences.bilan_texts import BILAN_TEXTS
from competences.document_texts import AGREEMENTS
from competences.enums import ReviewState
from competences.review_texts import REVIEW_TEXTS
from competences.rules.bilans import STOPPED

ASKED = gettext_lazy("Demande d’avis")
BEGUN = gettext_lazy("Faire un bilan de compétences")
KEPT = gettext_lazy("Garder un document après mon bilan")

ENDED = {
    ReviewState.CLOSED: gettext_lazy("fermé"),
    ReviewState.WITHDRAWN: gettext_lazy("retiré"),
    ReviewState.DECLINED: gettext_lazy("décliné par la personne"),
}


def register() -> None:
    """Registers the sources; called once, when the applications are ready."""
    consents.register(ConsentSource(name="review_request", given_by=review_consents))
    consents.register(ConsentSource(name="bilan", given_by=bilan_consents))
    consents.register(ConsentSource(name="document", given_by=document_consents))


def review_consents(worker: Worker, on: dt.date) -> list[Consent]:
    """What was shown to readers of review requests. One query."""
    from competences.models import ReviewRequest

    rows = ReviewRequest.objects.filter(worker=worker).select_related("reader", "organisation")
    counted = rows.annotate(
        skills=Count("statements", filter=Q(statements__removed_at=None), distinct=True),
        pieces=Count("evidence", distinct=True),
    )
    return [_told(review, on) for review in counted]


def _told(review, on: dt.date) -> Consent:  # type: ignore[no-untyped-def]
    ended = str(ENDED.get(review.state, ""))
    ended_at = review.moved_at if ended else None
    closes_on = review.closes_on
    if not ended and (closes_on is None or closes_on <= on):
        ended = _("terminé à sa date de fin")
    scope = _("Compétences cochées : %(skills)d. Preuves cochées : %(pieces)d.") % {
        "skills": review.skills,
        "pieces": review.pieces,
    }
    if review.question:
        scope = _("%(scope)s Question : %(question)s") % {"scope": scope, "question": review.question}
    return Consent(
        what=ASKED,
        whom=review.reader_name,
        organisation=review.organisation.name if review.organisation else "",
        scope=scope,
        text=REVIEW_TEXTS[review.text_version],
        text_version=review.text_version,
        given_at=review.asked_at,
        start_on=timezone.localdate(review.asked_at),
        end_on=closes_on,
        ended_at=ended_at,
        ended=ended,
        url="" if ended else reverse("competences:review_request", args=[review.public_id]),
    )


def bilan_consents(worker: Worker, on: dt.date) -> list[Consent]:
    """The yes to each bilan (C. trav. L6313-4, read on 2026-11-23: only with it). One query."""
    from competences.models import Bilan

    rows = Bilan.objects.filter(worker=worker, consented_at__isnull=False)
    return [
        Consent(
            what=BEGUN,
            whom=bilan.adviser.display_name if bilan.adviser else bilan.provider_name,
            organisation=bilan.organisation.name if bilan.organisation else "",
            scope=_("Ce bilan, et aucun autre"),
            text=BILAN_TEXTS[bilan.consent_version],
            text_version=bilan.consent_version,
            given_at=bilan.consented_at,  # type: ignore[arg-type]
            start_on=bilan.started_on,
            end_on=bilan.ended_on,
            ended_at=bilan.moved_at if bilan.state in STOPPED else None,
            ended=bilan.get_state_display() if bilan.ended_on is not None else "",
            url=""
            if bilan.ended_on is not None
            else reverse("competences:documents", args=[bilan.public_id]),
        )
        for bilan in rows.select_related("adviser", "organisation")
    ]


def document_consents(worker: Worker, on: dt.date) -> list[Consent]:
    """The written agreement to each document kept after its bilan (C. trav. R6313-7, read on 2026-11-23).

    One query. An agreement taken back is no longer on the document: its destruction is told there.
    """
    from competences.models import BilanDocument

    return [
        Consent(
            what=KEPT,
            whom="",
            scope=f"{document.title} : {document.get_kept_for_display()}",
            text=AGREEMENTS[document.agreement_version][document.kept_for],
            text_version=document.agreement_version,
            given_at=document.agreed_at,  # type: ignore[arg-type]
            start_on=timezone.localdate(document.agreed_at),
            end_on=document.destroy_on,
            url=reverse("competences:document", args=[document.public_id]),
        )
        for document in BilanDocument.objects.filter(worker=worker, agreed_at__isnull=False)
    ]
