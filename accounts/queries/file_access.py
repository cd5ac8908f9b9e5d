"""What the page "Qui peut voir quoi" shows: mandates, and who opened the file."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate

from accounts.enums import Purpose
from accounts.models import FileOpening, Mandate, Organisation, User, Worker


@dataclass(frozen=True)
class Grantee:
    """An adviser and the mandates that person holds through one organisation."""

    adviser: User
    organisation: Organisation
    mandates: tuple[Mandate, ...]


@dataclass(frozen=True)
class OpeningDay:
    """Somebody opened the file `times` times on the day `on`, for one purpose; `last_at` is the last time."""

    on: date
    actor: User | None
    purpose: Purpose
    times: int
    last_at: datetime


def grantees(worker: Worker, on: date) -> list[Grantee]:
    """Who may open the file on the day `on` or later, by name of adviser; two queries at most.

    Mandates to come are there, so that they can be taken back; those whose adviser has left are not.
    """
    mandates = (
        Mandate.objects.not_withdrawn()
        .held_by_member(on)
        .filter(Q(end_on__isnull=True) | Q(end_on__gt=on), worker=worker)
        .select_related("adviser", "organisation")
        .order_by("adviser__name", "adviser_id", "organisation_id", "pk")
    )
    groups: dict[tuple[int, int], list[Mandate]] = {}
    for mandate in mandates:
        groups.setdefault((mandate.adviser_id, mandate.organisation_id), []).append(mandate)
    return [Grantee(group[0].adviser, group[0].organisation, tuple(group)) for group in groups.values()]


def former_mandates(worker: Worker, on: date, limit: int = 20) -> QuerySet[Mandate]:
    """The last mandates that open the file no more: ended, taken back, or fallen with the membership."""
    over = Q(withdrawn_at__isnull=False) | Q(end_on__lte=on) | ~Q(pk__in=Mandate.objects.held_by_member(on))
    return (
        Mandate.objects.filter(over, worker=worker)
        .select_related("adviser", "organisation")
        .order_by("-granted_at", "-pk")[:limit]
    )


def opening_days(worker: Worker) -> QuerySet[FileOpening, Any]:
    """Openings of the file gathered by day, person and purpose, the latest first. One page is cut from it."""
    return (
        FileOpening.objects.filter(worker_id=worker.pk)
        .annotate(on=TruncDate("opened_at"))
        .values("on", "actor_id", "purpose")
        .annotate(times=Count("pk"), last_at=Max("opened_at"))
        .order_by("-last_at", "actor_id", "purpose")
    )


def with_actors(rows: list[dict[str, Any]]) -> list[OpeningDay]:
    """The rows of a page with the accounts they name, in one query; None for an account that was erased."""
    actors = User.objects.in_bulk([row["actor_id"] for row in rows])
    return [
        OpeningDay(
            on=row["on"],
            actor=actors.get(row["actor_id"]),
            purpose=Purpose(row["purpose"]),
            times=row["times"],
            last_at=row["last_at"],
        )
        for row in rows
    ]


def one_year_after(day: date) -> date:
    """The end proposed for a mandate: a year is long enough to have to think about it again."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day + timedelta(days=366)
