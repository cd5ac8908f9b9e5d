"""The mandates and the shares of a person, as consents of the register."""

from datetime import date

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.consents import Consent
from accounts.mandate_texts import MANDATE_TEXTS
from accounts.models import Mandate, Share, Worker
from accounts.queries.shares import shares_of
from accounts.share_texts import SHARE_TEXTS

WHAT = gettext_lazy("Accès à mon dossier")
SHARED = gettext_lazy("Partage de quelques éléments")


def mandate_consents(worker: Worker, on: date) -> list[Consent]:
    """Each mandate that was ever given, whatever became of it. One query."""
    held = Mandate.objects.held_by_member(on).filter(pk=OuterRef("pk"))
    mandates = Mandate.objects.filter(worker=worker).annotate(is_held=Exists(held))
    return [_told(one, on) for one in mandates.select_related("adviser", "organisation", "request")]


def share_consents(worker: Worker, on: date) -> list[Consent]:
    """Each share that was ever made, whatever became of it. One query."""
    return [_share_told(share, on) for share in shares_of(worker)]


def _share_told(share: Share, on: date) -> Consent:
    ended = ""
    if share.closed_at is not None:
        ended = _("fermé")
    elif share.end_on <= on:
        ended = _("terminé à sa date de fin")
    scope = ngettext("%(number)d élément coché", "%(number)d éléments cochés", share.ticked)  # type: ignore[attr-defined]
    scope %= {"number": share.ticked}  # type: ignore[attr-defined]
    return Consent(
        what=SHARED,
        whom=share.reader_name,
        scope=f"{share.title} ({scope})" if share.title else scope,
        text=SHARE_TEXTS[share.text_version],
        text_version=share.text_version,
        given_at=share.created_at,
        start_on=timezone.localdate(share.created_at),
        end_on=share.end_on,
        ended_at=share.closed_at,
        ended=ended,
        url="" if ended else reverse("accounts:share", args=[share.public_id]),
    )


def _told(mandate: Mandate, on: date) -> Consent:
    ended = ""
    if mandate.withdrawn_at is not None:
        ended = _("retiré")
    elif mandate.end_on is not None and mandate.end_on <= on:
        ended = _("terminé à sa date de fin")
    elif not mandate.is_held:  # type: ignore[attr-defined]
        ended = _("suspendu : la personne n’est plus dans cet organisme")
    scope = mandate.get_purpose_display()
    if mandate.reason:
        scope = _("%(purpose)s. Raison : %(reason)s") % {"purpose": scope, "reason": mandate.reason}
    if mandate.request is not None:
        scope = _("%(scope)s (en réponse à sa demande)") % {"scope": scope}
    return Consent(
        what=WHAT,
        whom=mandate.adviser.display_name,
        organisation=mandate.organisation.name,
        scope=scope,
        text=MANDATE_TEXTS[mandate.text_version],
        text_version=mandate.text_version,
        given_at=mandate.granted_at,
        start_on=mandate.start_on,
        end_on=mandate.end_on,
        ended_at=mandate.withdrawn_at,
        ended=ended,
        url="" if ended else reverse("accounts:access"),
    )
