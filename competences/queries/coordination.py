"""Who accompanies whom in an organisation, for its coordinators: names, advisers, ends; nothing of a file.

It serves to share the work and to hand files over (docs/adr/0040-organisation-list.md). It opens no file:
that takes a mandate of one's own.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.aggregates import Aggregate
from django.db.models.fields import BooleanField

from accounts.errors import NotFound
from accounts.models import Mandate, Organisation, User
from competences.models import Coordinator
from competences.queries.caseload import closest, named

ADVISERS = 100
"""Advisers whose number of people is told."""


class BoolOr(Aggregate):
    """Whether it is true of one row at least."""

    function = "BOOL_OR"
    output_field = BooleanField()


@dataclass(frozen=True, slots=True)
class Shared:
    """One person and one of the advisers of the organisation who accompany them; `ends_on` None: no end."""

    name: str
    adviser: str
    ends_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Load:
    """An adviser, and how many people they accompany in the name of the organisation."""

    public_id: UUID
    name: str
    people: int


def coordinated(user: User, on: dt.date) -> QuerySet[Organisation]:
    """The organisations of which this person is a coordinator that day."""
    if not user.is_active:
        return Organisation.objects.none()
    held = Coordinator.objects.effective(on).filter(membership__user=user)
    return Organisation.objects.filter(pk__in=held.values("membership__organisation"))


def coordinated_organisation(user: User, public_id: UUID, *, on: dt.date) -> Organisation:
    """One of them. Raises NotFound to everybody else, its other advisers included."""
    found = coordinated(user, on).filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def pairs(
    organisation: Organisation, *, text: str = "", adviser: str = "", on: dt.date
) -> QuerySet[Mandate, Any]:
    """Each person with each of their advisers there, as rows for `shared`; one cuts a page from it."""
    rows = _effective(organisation, on)
    if adviser:
        rows = rows.filter(adviser__public_id=adviser)
    order: list[Any] = ["worker__user__name", "worker__user__email", "worker_id", "adviser_id"]
    if text:
        rows = named(rows, text, "worker__user")
        order = [*closest(text), *order]
    columns = ("worker_id", "adviser_id", "worker__user__name", "worker__user__email", "adviser__name")
    grouped = rows.values(*columns, "adviser__email")
    return grouped.annotate(last=Max("end_on"), is_open=BoolOr(Q(end_on=None))).order_by(*order)


def shared(rows: QuerySet[Mandate, Any]) -> list[Shared]:
    """The lines of such rows. One query."""
    return [
        Shared(
            name=row["worker__user__name"] or row["worker__user__email"],
            adviser=row["adviser__name"] or row["adviser__email"],
            ends_on=None if row["is_open"] else row["last"],
        )
        for row in rows
    ]


def loads(organisation: Organisation, on: dt.date) -> list[Load]:
    """How many people each adviser accompanies there, the most first. One query."""
    rows = _effective(organisation, on).values("adviser__public_id", "adviser__name", "adviser__email")
    counted = rows.annotate(people=Count("worker", distinct=True)).order_by("-people", "adviser__name")
    return [
        Load(row["adviser__public_id"], row["adviser__name"] or row["adviser__email"], row["people"])
        for row in counted[:ADVISERS]
    ]


def _effective(organisation: Organisation, on: dt.date) -> QuerySet[Mandate]:
    return Mandate.objects.effective(on).filter(organisation=organisation).order_by()
