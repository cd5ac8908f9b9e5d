"""The right that this app adds to those of mandates: a review request opens some items for its reader."""

import datetime as dt

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import grants
from accounts.enums import Purpose
from accounts.grants import Grant, Granted
from accounts.models import User, Worker


def register() -> None:
    """Registers the grant; called once, when the applications are ready."""
    grants.register(Grant(name="review_request", purpose=Purpose.ANSWER, workers=_workers, listed=_listed))


def _workers(actor: User, on: dt.date) -> QuerySet[Worker]:
    from competences.models.attestations import granted_workers

    return granted_workers(actor, on)


def _listed(worker: Worker, on: dt.date) -> list[Granted]:
    """The requests whose reader may open something that day. One query."""
    from competences.queries.attestations import opened_requests

    return [
        Granted(
            who=review.reader_name,
            what=_what(review.skills, review.pieces),
            until=review.closes_on,
            url=reverse("competences:review_request", args=[review.public_id]),
        )
        for review in opened_requests(worker, on)
    ]


def _what(skills: int, pieces: int) -> str:
    """ "3 compétences et 1 preuve"."""
    told = ngettext("%(number)s compétence", "%(number)s compétences", skills) % {"number": skills}
    if not pieces:
        return told
    proofs = ngettext("%(number)s preuve", "%(number)s preuves", pieces) % {"number": pieces}
    return _("%(skills)s et %(proofs)s") % {"skills": told, "proofs": proofs}
