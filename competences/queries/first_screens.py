"""What the first screen of a person says of their accompaniment, read with the person in one question."""

import datetime as dt

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from accounts.models import HandoverPart, User, Worker
from accounts.queries.mandate_requests import waiting_for
from competences.models import Appointment, Bilan


def with_accompaniment(
    workers: QuerySet[Worker], person: User, now: dt.datetime, on: dt.date
) -> QuerySet[Worker]:
    """The same people, each with what waits for `person`, whose own file it is. No query of its own.

    `next_id` and `next_at`: the next appointment to come; `running_id` and `running_state`: the bilan that
    is not over; None where there is none. `has_request`, `has_handover`: whether a request for a mandate, or
    a handover, waits for their answer.
    """
    coming = Appointment.objects.to_come(now).filter(worker=OuterRef("pk")).order_by("starts_at", "pk")
    running = Bilan.objects.running().filter(worker=OuterRef("pk"))
    return workers.annotate(
        next_id=Subquery(coming.values("public_id")[:1]),
        next_at=Subquery(coming.values("starts_at")[:1]),
        running_id=Subquery(running.values("public_id")[:1]),
        running_state=Subquery(running.values("state")[:1]),
        has_request=Exists(waiting_for(person, on)),
        has_handover=Exists(HandoverPart.objects.to_answer(on).filter(worker=OuterRef("pk"))),
    )
