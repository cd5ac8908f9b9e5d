"""The path of one person. The caller is that person, or reads facts for them."""

import uuid
from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.errors import NotFound
from accounts.models import User, Worker
from competences.enums import CareerKind
from competences.models import CareerPeriod
from competences.queries.names import labels_of
from competences.rules.career import Period

PLAIN = (
    *("kind", "start_on", "end_on", "contract", "share_percent", "organisation", "place", "details"),
    *("start_precision", "end_precision", "version"),
)
"""What a period says in the same words as its row."""


def periods_of(worker: Worker) -> list[Period]:
    """The periods of a path, the last begun first, each with its label. Two queries."""
    return named_periods(career_rows(worker))


def career_rows(worker: Worker) -> QuerySet[CareerPeriod]:
    """The rows of the periods that a person keeps, the last begun first."""
    return CareerPeriod.objects.kept().filter(worker=worker).order_by("-start_on", "-pk")


def named_periods(rows: Iterable[CareerPeriod], labels: dict[int, str] | None = None) -> list[Period]:
    """Rows as rules and pages read them. One query for names of jobs, none when `labels` are given."""
    found = list(rows)
    if labels is None:
        labels = labels_of(row.title_id for row in found if row.title_id)
    return [
        Period(
            public_id=str(row.public_id),
            title=row.title_id,
            label=labels.get(row.title_id, "")
            or row.free_text
            or str(CareerKind(row.kind).label).capitalize(),
            **{name: getattr(row, name) for name in PLAIN},
        )
        for row in found
    ]


def own_period(user: User, public_id: uuid.UUID, *, kept: bool = True) -> CareerPeriod:
    """One of them. Raises NotFound for another person's, and for one that was taken away."""
    rows = CareerPeriod.objects.select_related("title", "edition")
    found = rows.filter(worker=user.worker, removed_at__isnull=kept, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found
