"""Uploads as their people see them: one by its identifier, the list, and what waits for a job."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.access import organisations_of
from accounts.actors import Actor, System
from accounts.enums import OrganisationKind
from accounts.errors import NotFound
from accounts.models import Organisation, User
from competences.enums import ReferenceFormat
from competences.models import Reference, Upload

A_RUN = 20


def uploads_visible_to(actor: Actor, *, on: dt.date) -> QuerySet[Upload]:
    """The uploads of the actor's employers, and for the staff those of no organisation."""
    if isinstance(actor, System):
        return Upload.objects.all()
    if not (isinstance(actor, User) and actor.is_active and actor.pk):
        return Upload.objects.none()
    mine = Q(organisation__in=organisations_of(actor, OrganisationKind.EMPLOYER, on=on))
    return Upload.objects.filter(mine | Q(organisation=None) if actor.is_staff else mine)


def access_upload(
    actor: Actor, public_id: UUID, *, on: dt.date, organisation: Organisation | None = None
) -> Upload:
    """An upload, for those who may see it; with `organisation`, only if it is hers. One query.

    Raises NotFound when it is absent or not for this actor, alike.
    """
    uploads = uploads_visible_to(actor, on=on).select_related("organisation", "edition__reference")
    if organisation is not None:
        uploads = uploads.filter(organisation=organisation)
    upload = uploads.filter(public_id=public_id).first()
    if upload is None:
        raise NotFound
    return upload


def uploads_of(organisation: Organisation | None) -> QuerySet[Upload]:
    """The uploads of an organisation, or those of the staff, the latest first."""
    return Upload.objects.filter(organisation=organisation).select_related("edition__reference", "author")


def pending_uploads() -> list[tuple[int, UUID]]:
    """Keys and public ids of what waits for a job, the oldest first."""
    return list(Upload.objects.pending().values_list("pk", "public_id")[:A_RUN])


def own_reference(organisation: Organisation) -> Reference | None:
    """The reference that an organisation owns; it has one at most."""
    owned = Reference.objects.filter(owner=organisation, format=ReferenceFormat.OWN)
    return owned.order_by("pk").first()
