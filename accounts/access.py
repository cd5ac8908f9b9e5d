"""The only door to another person's data.

`access_worker` gives one file or raises; `workers_visible_to` gives the list. Both ask the same policy, so a
list and a page cannot disagree. What is absent and what is forbidden raise the same error, after one query.

Nobody has a right by a column of the account: an adviser has one while a membership AND a mandate for that
very purpose are in force on the day; a reader while a grant that a higher app registered for that purpose
(`accounts.grants`) holds. The staff of the site has none.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts import grants
from accounts.actors import SYSTEM, Actor, System, require_person
from accounts.enums import OrganisationKind, Purpose
from accounts.errors import NotFound
from accounts.models import Mandate, Organisation, User, Worker
from accounts.services.openings import record_opening

__all__ = [
    "SYSTEM",
    "Actor",
    "System",
    "access_mandate",
    "access_organisation",
    "access_worker",
    "is_visible",
    "organisations_of",
    "workers_visible_to",
]


class WorkerPolicy:
    """Which files an actor may open, for one purpose, on one day."""

    def __init__(self, actor: Actor, purpose: Purpose, on: date) -> None:
        self.actor = actor
        self.purpose = Purpose(purpose)
        self.on = on

    def mandates(self) -> QuerySet[Mandate]:
        """The mandates that give the actor a right over others."""
        if not isinstance(self.actor, User):
            return Mandate.objects.none()
        return Mandate.objects.effective(self.on).filter(adviser=self.actor, purpose=self.purpose)

    def workers(self) -> QuerySet[Worker]:
        """The files the actor may open: all for the machine, else one's own, and by mandate or grant."""
        if isinstance(self.actor, System):
            return Worker.objects.all()
        if not _is_open_account(self.actor):
            return Worker.objects.none()
        opened = Q(user=self.actor) | Exists(self.mandates().filter(worker=OuterRef("pk")))
        for grant in grants.of_purpose(self.purpose):
            opened |= Q(pk__in=grant.workers(self.actor, self.on).values("pk"))
        return Worker.objects.filter(opened)

    def find(self, public_id: UUID | str) -> Worker | None:
        """The file, with the mandate that opens it as `mandate_used`; None when absent or not allowed."""
        identifier = _as_uuid(public_id)
        if identifier is None:
            return None
        workers = self.workers().filter(public_id=identifier).select_related("user")
        if _is_open_account(self.actor):
            used = self.mandates().filter(worker=OuterRef("pk")).order_by("pk").values("pk")[:1]
            workers = workers.annotate(mandate_used=Subquery(used))
        return workers.first()


def access_worker(actor: Actor, public_id: UUID | str, purpose: Purpose, *, on: date) -> Worker:
    """The file `public_id`, opened by `actor` for `purpose` on the day `on`.

    Opening somebody else's file is written in the access log first.
    Raises `NotFound` when the file is absent or not for this actor, `Unavailable` when the log is down.
    """
    worker = WorkerPolicy(actor, purpose, on).find(public_id)
    if worker is None:
        raise NotFound
    if isinstance(actor, User) and worker.user_id != actor.pk:
        record_opening(
            actor=actor,
            worker=worker,
            mandate_id=worker.mandate_used,  # type: ignore[attr-defined]
            purpose=Purpose(purpose),
            now=timezone.now(),
        )
    return worker


def workers_visible_to(actor: Actor, purpose: Purpose, *, on: date) -> QuerySet[Worker]:
    """The files `access_worker` would open, for a list. A list names people; it opens no file."""
    return WorkerPolicy(actor, purpose, on).workers()


def is_visible(actor: Actor, worker: Worker, purpose: Purpose, *, on: date) -> bool:
    """Whether `access_worker` would open this file. It is the check of services that already hold the row."""
    return WorkerPolicy(actor, purpose, on).workers().filter(pk=worker.pk).exists()


def organisations_of(actor: Actor, kind: OrganisationKind, *, on: date) -> QuerySet[Organisation]:
    """The organisations of this kind of which `actor` is a member on the day `on`."""
    organisations = Organisation.objects.of_kind(OrganisationKind(kind))
    if isinstance(actor, System):
        return organisations
    if not _is_open_account(actor):
        return organisations.none()
    return organisations.with_member_in_force(on, user=actor)


def access_organisation(actor: Actor, public_id: UUID | str, *, on: date) -> Organisation:
    """The organisation `public_id`, for its members in force. Raises `NotFound` to everybody else."""
    identifier = _as_uuid(public_id)
    if identifier is None or not (isinstance(actor, System) or _is_open_account(actor)):
        raise NotFound
    organisations = Organisation.objects.filter(public_id=identifier)
    if isinstance(actor, User):
        organisations = organisations.with_member_in_force(on, user=actor)
    organisation = organisations.first()
    if organisation is None:
        raise NotFound
    return organisation


def access_mandate(actor: Actor, public_id: UUID | str) -> Mandate:
    """A mandate, for the worker who gave it. Raises `NotFound` to everybody else, its adviser included."""
    identifier = _as_uuid(public_id)
    person = require_person(actor)
    mandates = Mandate.objects.filter(worker__user=person)
    mandate = mandates.filter(public_id=identifier).first() if identifier else None
    if mandate is None:
        raise NotFound
    return mandate


def _is_open_account(actor: Any) -> bool:
    """A visitor, a closed account or an account that was never saved has no right at all."""
    return isinstance(actor, User) and actor.is_active and actor.pk is not None


def _as_uuid(value: UUID | str) -> UUID | None:
    """The identifier, or None for a text that is not one: it then names nothing."""
    if isinstance(value, UUID):
        return value
    try:
        return UUID(str(value))
    except ValueError:
        return None
