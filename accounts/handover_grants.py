"""The right that a handover leaves to the former adviser: to read a while, and to write nothing.

It opens files for `Purpose.HANDOVER` alone. No service writes for that purpose, so reading is all that
it gives; the person ends it at once from the page of the handover.
"""

from collections.abc import Collection
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse

from accounts import grants
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.grants import Grant, Granted
from accounts.models import User, Worker
from accounts.queries.handovers import reading_parts


def register() -> None:
    """Registers the grant; called once, when the applications are ready."""
    grants.register(
        Grant(
            name="handover",
            purpose=Purpose.HANDOVER,
            workers=_workers,
            listed=_listed,
            narrowed=_narrowed,
        )
    )


def _workers(actor: User, on: date) -> QuerySet[Worker]:
    return _narrowed(actor, on, MANDATE_PURPOSES)


def _narrowed(actor: User, on: date, purposes: Collection[Purpose]) -> QuerySet[Worker]:
    """Who gave up a purpose reads what that purpose let them read, and nothing else."""
    parts = reading_parts(on).filter(handover__from_adviser=actor, purpose__in=purposes).order_by()
    return Worker.objects.filter(pk__in=parts.values("worker"))


def _listed(worker: Worker, on: date) -> list[Granted]:
    """What former advisers of this person may still read. One query."""
    return [
        Granted(
            who=part.handover.from_adviser.display_name,
            what=f"{Purpose.HANDOVER.label} : {part.get_purpose_display()}",
            until=part.reads_until,
            url=reverse("competences:handover_answer", args=[part.handover.public_id]),
        )
        for part in reading_parts(on).filter(worker=worker)
    ]
