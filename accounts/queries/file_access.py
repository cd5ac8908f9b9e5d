"""What the page "Qui peut voir quoi" shows: mandates, and who opened the file."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils.functional import Promise

from accounts.access_words import THING_WORDS
from accounts.enums import Purpose
from accounts.models import FileOpening, Mandate, Organisation, Share, User, Worker


@dataclass(frozen=True)
class Grantee:
    """An adviser and the mandates that person holds through one organisation."""

    adviser: User
    organisation: Organisation
    mandates: tuple[Mandate, ...]


@dataclass(frozen=True)
class OpeningDay:
    """Somebody opened a part of the file `times` times on the day `on`; `last_at` is the last time.

    `who`: the name of the account, or the address to which the code of a share by link was sent; empty for an
    account or a share that was erased since. `organisation` and `reason` are those of the mandate that was
    used; empty where a grant opened it.
    """

    on: date
    who: str
    purpose: Purpose
    thing: "str | Promise"
    organisation: str
    reason: str
    times: int
    last_at: datetime


@dataclass(frozen=True)
class Opener:
    """Somebody who opened the file, to choose in the list."""

    user: User
    times: int


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


def opening_days(worker: Worker, actor: User | None = None) -> QuerySet[FileOpening, Any]:
    """Openings of the file gathered by day, person, purpose, part and mandate, the latest first.

    Those of `actor` alone when it is given. One page is cut from it.
    """
    rows = FileOpening.objects.filter(worker_id=worker.pk)
    if actor is not None:
        rows = rows.filter(actor_id=actor.pk)
    return (
        rows.annotate(on=TruncDate("opened_at"))
        .values("on", "actor_id", "share_id", "purpose", "thing", "mandate_id")
        .annotate(times=Count("pk"), last_at=Max("opened_at"))
        .order_by("-last_at", "actor_id", "share_id", "purpose", "thing", "mandate_id")
    )


def openers(worker: Worker) -> list[Opener]:
    """Who opened the file in the year, by name, with the number of times. Two queries."""
    rows = FileOpening.objects.filter(worker_id=worker.pk, actor_id__isnull=False)
    times: dict[int, int] = dict(rows.order_by().values_list("actor_id").annotate(times=Count("pk")))
    users = User.objects.filter(pk__in=times).order_by("name", "pk")
    return [Opener(user, times[user.pk]) for user in users]


def with_readers(rows: list[dict[str, Any]]) -> list[OpeningDay]:
    """The rows of a page with the accounts, the shares and the mandates they name, in three queries."""
    actors = User.objects.in_bulk({row["actor_id"] for row in rows} - {None})
    shares = Share.objects.select_related("organisation").in_bulk({row["share_id"] for row in rows} - {None})
    used = Mandate.objects.select_related("organisation")
    mandates = used.in_bulk([row["mandate_id"] for row in rows if row["mandate_id"]])
    return [_told(row, actors, mandates.get(row["mandate_id"]), shares.get(row["share_id"])) for row in rows]


def _told(
    row: dict[str, Any], actors: dict[int, User], mandate: Mandate | None, share: Share | None
) -> OpeningDay:
    """A line in words. An account is named by itself, the reader of a link by the address of the code."""
    by_link = share.recipient_email if share else ""
    place = mandate.organisation if mandate else share.organisation if share else None
    return OpeningDay(
        on=row["on"],
        who=_reader(row["actor_id"], actors) if row["actor_id"] else by_link,
        purpose=Purpose(row["purpose"]),
        thing=THING_WORDS.get(row["thing"], ""),
        organisation=place.name if place else "",
        reason=mandate.reason if mandate else share.title if share else "",
        times=row["times"],
        last_at=row["last_at"],
    )


def read_by(openings: list[FileOpening], share: Share) -> list[tuple[datetime, str]]:
    """When each of these readings of a share was, and whose it was; empty for an account that was erased."""
    actors = User.objects.in_bulk({one.actor_id for one in openings} - {None})
    return [
        (one.opened_at, _reader(one.actor_id, actors) if one.actor_id else share.recipient_email)
        for one in openings
    ]


def _reader(actor_id: int, actors: dict[int, User]) -> str:
    return actors[actor_id].display_name if actor_id in actors else ""


def one_year_after(day: date) -> date:
    """The end proposed for a mandate: a year is long enough to have to think about it again."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day + timedelta(days=366)
