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
from competences.enums import ReviewState
from competences.review_texts import REVIEW_TEXTS

ASKED = gettext_lazy("Demande d’avis")

ENDED = {
    ReviewState.CLOSED: gettext_lazy("fermé"),
    ReviewState.WITHDRAWN: gettext_lazy("retiré"),
    ReviewState.DECLINED: gettext_lazy("décliné par la personne"),
}


def register() -> None:
    """Registers the sources; called once, when the applications are ready."""
    consents.register(ConsentSource(name="review_request", given_by=review_consents))


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
    scope = _("Compétences cochées : %(skills)d. Preuves cochées : %(pieces)d.") % {
        "skills": review.skills,
        "pieces": review.pieces,
    }
    if review.question:
        scope = _("%(scope)s Question : %(question)s") % {"scope": scope, "question": review.question}
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
