"""What a signed-in person reads under the messages of this app, on the page that lists them.

Each function takes the rows of one kind, all of one recipient, and gives a detail by row. What that person
may not see on that day is left out: an own reference that is no longer theirs, an organisation they left.
"""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.access import organisations_of
from accounts.enums import OrganisationKind
from accounts.models import Notification, User
from accounts.notifications import Detail
from accounts.templatetags.components import in_words
from competences.enums import EditionStatus
from competences.models import Edition, ReviewRequest


def reference_changed(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """The edition, and the page that says what it touches. One query."""
    editions = _editions(rows, recipient, on)
    return {
        row.pk: Detail(
            _named(editions.get(row.payload["edition"])), _("Voir mon espace"), "competences:dashboard"
        )
        for row in rows
    }


def edition_retired(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """The edition that was taken out. One query."""
    return reference_changed(rows, recipient, on)


def organisation_jobs_changed(
    rows: Sequence[Notification], recipient: User, on: dt.date
) -> dict[int, Detail]:
    """The edition and the organisation, for its members. Two queries."""
    editions = _editions(rows, recipient, on)
    wanted = {row.payload["organisation"] for row in rows}
    theirs = organisations_of(recipient, OrganisationKind.EMPLOYER, on=on).in_bulk(wanted)
    found = {}
    for row in rows:
        organisation = theirs.get(row.payload["organisation"])
        if organisation is not None:
            edition = _named(editions.get(row.payload["edition"]))
            text = f"{organisation.name} · {edition}" if edition else organisation.name
            page = "competences:employer"
            found[row.pk] = Detail(text, _("Voir ces métiers"), page, (organisation.public_id,))
    return found


def bilan_due(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """The day that the reminder was for; the plan may have moved since."""
    return {
        row.pk: Detail(
            _("Date prévue alors pour votre bilan : %s.")
            % in_words(dt.date.fromisoformat(row.payload["day"])),
            _("Voir la date de mon bilan"),
            "competences:bilans",
        )
        for row in rows
    }


def review_asked(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """The page of the request, which opens for its reader alone. One query."""
    return _requests(rows, _("Lire la question"), "competences:review")


def own_review(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """The page of one's own request. One query."""
    return _requests(rows, _("Voir ma demande"), "competences:review_request")


def _requests(rows: Sequence[Notification], label: str, page: str) -> dict[int, Detail]:
    found = ReviewRequest.objects.in_bulk({row.payload["request"] for row in rows})
    return {
        row.pk: Detail("", label, page, (found[row.payload["request"]].public_id,))
        for row in rows
        if row.payload["request"] in found
    }


def self_review_due(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """The day that the reminder was for; a review may have been done since."""
    return {
        row.pk: Detail(
            _("Date prévue alors pour votre revue : %s.")
            % in_words(dt.date.fromisoformat(row.payload["day"])),
            _("Ouvrir ma revue"),
            "competences:self_review",
        )
        for row in rows
    }


def _editions(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Edition]:
    editions = Edition.objects.visible_to(recipient, on=on).select_related("reference")
    return editions.in_bulk({row.payload["edition"] for row in rows})


def _named(edition: Edition | None) -> str:
    if edition is None:
        return ""
    values = {"reference": edition.reference.name, "edition": edition.name}
    if edition.status == EditionStatus.RETIRED:
        return _("%(reference)s, édition %(edition)s, retirée depuis.") % values
    return _("%(reference)s, édition %(edition)s.") % values
