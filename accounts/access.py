"""The only door to another person's data.

`access_object` gives one file for one part of it, or raises: the table of `accounts.rules.access_table` says
which purposes give that right, and the first one that the actor holds today is written in the log.
`access_worker` is the same for a purpose that the caller names. `files_open_to` and `workers_visible_to` are
their lists. All ask one policy, so a list and a page cannot disagree. What is absent and what is forbidden
raise the same error, after one query.

Nobody has a right by a column of the account: an adviser has one while a membership AND a mandate for that
very purpose are in force on the day; a reader while a grant that a higher app registered for that purpose
(`accounts.grants`) holds. The staff of the site has none.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import grants
from accounts.actors import SYSTEM, Actor, System, require_person
from accounts.enums import MANDATE_PURPOSES, OrganisationKind, Purpose
from accounts.errors import NotFound
from accounts.models import Mandate, MandateRequest, Organisation, Share, User, Worker
from accounts.queries.shares import link_share, shared_with, typed_code
from accounts.rules import access_table
from accounts.rules.access_table import Action, ActorKind, Thing
from accounts.services.openings import record_opening

__all__ = [
    "SYSTEM",
    "Action",
    "Actor",
    "System",
    "Thing",
    "access_link",
    "access_mandate",
    "access_mandate_request",
    "access_object",
    "access_organisation",
    "access_share",
    "access_worker",
    "files_open_to",
    "is_visible",
    "mandates_held",
    "may",
    "organisations_of",
    "workers_visible_to",
]


class WorkerPolicy:
    """Which files an actor may open on one day, for one of some purposes.

    `own`: the actor's own file too. `of_thing`: the purposes are those of one line of the table, so that a
    right that stands for mandates that were gives no more than they did.
    """

    def __init__(
        self,
        actor: Actor,
        purposes: Sequence[Purpose],
        on: date,
        *,
        own: bool = True,
        of_thing: bool = False,
    ) -> None:
        self.actor = actor
        self.purposes = [Purpose(purpose) for purpose in purposes]
        self.on = on
        self.own = own
        self.of_thing = of_thing

    def mandates(self) -> QuerySet[Mandate]:
        """The mandates that give the actor a right over others, in the order of the purposes."""
        if not isinstance(self.actor, User):
            return Mandate.objects.none()
        rank = Case(*(When(purpose=purpose, then=n) for n, purpose in enumerate(self.purposes)), default=99)
        mandates = Mandate.objects.effective(self.on).filter(adviser=self.actor)
        return mandates.filter(purpose__in=self.purposes).order_by(rank, "pk")

    def workers(self) -> QuerySet[Worker]:
        """The files the actor may open: all for the machine, else one's own, and by mandate or grant."""
        if isinstance(self.actor, System):
            return Worker.objects.all()
        if not _is_open_account(self.actor):
            return Worker.objects.none()
        opened = Exists(self.mandates().filter(worker=OuterRef("pk")))
        conditions = Q(user=self.actor) | opened if self.own else Q(opened)
        for _purpose, workers in self._granted():
            conditions |= Q(pk__in=workers.values("pk"))
        return Worker.objects.filter(conditions)

    def find(self, public_id: UUID | str) -> Worker | None:
        """The file, with the mandate and the purpose that open it as `mandate_used` and `purpose_used`.

        None when absent or not allowed. One query.
        """
        identifier = _as_uuid(public_id)
        if identifier is None:
            return None
        workers = self.workers().filter(public_id=identifier).select_related("user")
        if _is_open_account(self.actor):
            used = self.mandates().filter(worker=OuterRef("pk"))
            by_grant = [
                When(pk__in=workers_of.values("pk"), then=Value(purpose.value))
                for purpose, workers_of in self._granted()
            ]
            workers = workers.annotate(
                mandate_used=Subquery(used.values("pk")[:1]),
                purpose_used=Coalesce(
                    Subquery(used.values("purpose")[:1]),
                    Case(*by_grant, default=Value(""), output_field=CharField()),
                ),
            )
        return workers.first()

    def _granted(self) -> list[tuple[Purpose, QuerySet[Worker]]]:
        """The files that each registered grant opens to the actor."""
        mandates = [purpose for purpose in self.purposes if purpose in MANDATE_PURPOSES]
        actor: User = self.actor  # type: ignore[assignment]
        return [
            (
                purpose,
                grant.narrowed(actor, self.on, mandates)
                if self.of_thing and grant.narrowed
                else grant.workers(actor, self.on),
            )
            for purpose in self.purposes
            for grant in grants.of_purpose(purpose)
        ]


def access_object(
    actor: Actor, public_id: UUID | str, thing: Thing, action: Action = Action.READ, *, on: date
) -> Worker:
    """The file `public_id`, for one part of it and one action, as `accounts.rules.access_table` says.

    The purpose is the first, in the order of the table, that gives the actor this right on the day `on`; it
    is written in the access log with the thing before anything is shown, unless the file is the actor's own.
    Raises `NotFound` when the file is absent or this is not for this actor, alike; `Unavailable` when the log
    is down.
    """
    return _opened(_policy(actor, thing, action, on).find(public_id), actor, thing)


def access_worker(actor: Actor, public_id: UUID | str, purpose: Purpose, *, on: date) -> Worker:
    """The file `public_id`, opened by `actor` for `purpose` on the day `on`, whatever part of it.

    Opening somebody else's file is written in the access log first.
    Raises `NotFound` when the file is absent or not for this actor, `Unavailable` when the log is down.
    """
    return _opened(WorkerPolicy(actor, [purpose], on).find(public_id), actor, None)


def files_open_to(actor: Actor, thing: Thing, action: Action = Action.READ, *, on: date) -> QuerySet[Worker]:
    """The files for which `access_object` would let this through, for a list that names people alone."""
    return _policy(actor, thing, action, on).workers()


def may(actor: Actor, worker: Worker, thing: Thing, action: Action = Action.READ, *, on: date) -> bool:
    """Whether `access_object` would let this through: the check of services that already hold the row."""
    return files_open_to(actor, thing, action, on=on).filter(pk=worker.pk).exists()


def workers_visible_to(actor: Actor, purpose: Purpose, *, on: date) -> QuerySet[Worker]:
    """The files `access_worker` would open, for a list. A list names people; it opens no file."""
    return WorkerPolicy(actor, [purpose], on).workers()


def is_visible(actor: Actor, worker: Worker, purpose: Purpose, *, on: date) -> bool:
    """Whether `access_worker` would open this file. It is the check of services that already hold the row."""
    return WorkerPolicy(actor, [purpose], on).workers().filter(pk=worker.pk).exists()


def _policy(actor: Actor, thing: Thing, action: Action, on: date) -> WorkerPolicy:
    """The line of the table as a policy: the purposes that a row may carry, and whether one's own counts."""
    thing, action = Thing(thing), Action(action)
    known = [Purpose(name) for name in access_table.purposes_for(thing, action) if name in Purpose.values]
    own = access_table.allows(ActorKind.PERSON, thing, action)
    return WorkerPolicy(actor, known, on, own=own, of_thing=True)


def _opened(worker: Worker | None, actor: Actor, thing: Thing | None) -> Worker:
    """What was found, once its opening is written down where it is somebody else's."""
    if worker is None:
        raise NotFound
    if isinstance(actor, User) and worker.user_id != actor.pk:
        record_opening(
            actor=actor,
            worker=worker,
            mandate_id=worker.mandate_used,  # type: ignore[attr-defined]
            purpose=Purpose(worker.purpose_used),  # type: ignore[attr-defined]
            thing=thing,
            now=timezone.now(),
        )
    return worker


def mandates_held(actor: Actor, *, on: date) -> QuerySet[Mandate]:
    """The mandates that open others' files to this person on the day `on`, whatever their purpose.

    For a list that names people, and what each of their mandates lets it tell.
    """
    if not (isinstance(actor, User) and _is_open_account(actor)):
        return Mandate.objects.none()
    own = Worker.objects.filter(user=actor).values("pk")
    return Mandate.objects.effective(on).filter(adviser=actor).exclude(worker_id__exact=Subquery(own))


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


def access_mandate_request(actor: Actor, public_id: UUID | str) -> MandateRequest:
    """A request in any state, for the person to whom it was addressed. `NotFound` to everybody else."""
    identifier = _as_uuid(public_id)
    person = require_person(actor)
    requests = MandateRequest.objects.addressed_to(person).select_related("adviser", "organisation")
    request = requests.filter(public_id=identifier).first() if identifier else None
    if request is None:
        raise NotFound
    return request


def access_share(actor: Actor, public_id: UUID | str, *, on: date) -> Share:
    """A share to an organisation, opened by a member in force; written in the access log first.

    Raises `NotFound` to everybody else, its worker included, `Unavailable` when the log is down.
    """
    identifier, person = _as_uuid(public_id), require_person(actor)
    share = shared_with(person, on).filter(public_id=identifier).first() if identifier else None
    if share is None:
        raise NotFound
    record_opening(
        actor=person,
        worker=share.worker,
        mandate_id=None,
        share_id=share.pk,
        purpose=Purpose.SHARE,
        thing=Thing.SHARED_ITEMS,
        now=timezone.now(),
    )
    return share


def access_link(key: str, code: Any, *, now: datetime) -> Share:
    """The share that a link names, opened in a browser where the code `code` was typed less than an hour ago;
    written in the access log first.

    Raises `NotFound` for any other link and any other code, `Unavailable` when the log is down.
    """
    share = link_share(key, timezone.localdate(now))
    identifier = _as_uuid(code) if code else None
    if identifier is None or typed_code(share, identifier, now) is None:
        raise NotFound
    record_opening(
        actor=None,
        worker=share.worker,
        mandate_id=None,
        share_id=share.pk,
        purpose=Purpose.SHARE,
        thing=Thing.SHARED_ITEMS,
        now=now,
    )
    return share


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
