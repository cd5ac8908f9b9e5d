"""Shares as their worker and the members of organisations list them, and as a link finds them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from accounts import sharing
from accounts.enums import ShareKind
from accounts.errors import NotFound
from accounts.models import FileOpening, Organisation, Share, ShareCode, User, Worker
from accounts.rules.shares import CodeFacts, is_reading
from accounts.share_keys import share_named_by
from accounts.sharing import Part, Seen

# The worker ------------------------------------------------------------------------------------------------


def shares_of(worker: Worker) -> QuerySet[Share]:
    """The shares of a worker, the latest first, each with its `ticked` items counted. One query."""
    rows = Share.objects.filter(worker=worker).select_related("organisation")
    return rows.annotate(ticked=Count("items")).order_by("-created_at", "-pk")


def own_share(user: User, public_id: UUID) -> Share:
    """A share of the reader's own record. Raises NotFound for any other. One query."""
    rows = shares_of(user.worker).select_related("organisation", "worker__user")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def looks_at(share: Share) -> QuerySet[FileOpening]:
    """Each time somebody read this share, the latest first."""
    return FileOpening.objects.get_queryset().filter(share_id=share.pk).order_by("-opened_at", "-pk")


def last_looks(shares: Sequence[Share]) -> dict[int, tuple[int, datetime]]:
    """By key of share, how many times it was read since a year, and when last. One query of the log."""
    rows = FileOpening.objects.get_queryset().filter(share_id__in=[share.pk for share in shares])
    told = rows.order_by().values("share_id").annotate(times=Count("pk"), last_at=Max("opened_at"))
    return {row["share_id"]: (row["times"], row["last_at"]) for row in told}


def organisations_named(text: str, on: date, limit: int = 20) -> list[Organisation]:
    """Organisations with a member in force whose name holds these words, by name; none for no word."""
    words = text.replace("\x00", " ").split()  # No name holds one, and the database takes none.
    if not words:
        return []
    named = Q()
    for word in words:
        named &= Q(name__icontains=word)
    return list(Organisation.objects.with_member_in_force(on).filter(named).order_by("name", "pk")[:limit])


# The readers -----------------------------------------------------------------------------------------------


def shared_with(user: User, on: date) -> QuerySet[Share]:
    """What is shown that day to the organisations of this person, the latest first. A list names people and
    opens nothing."""
    rows = Share.objects.for_member(user, on).select_related("worker__user", "organisation")
    return rows.annotate(ticked=Count("items")).order_by("-created_at", "-pk")


def link_share(key: str, on: date) -> Share:
    """The open share that a link names. Nothing of it may be shown without `access.access_link`.

    Raises NotFound, alike for a link that was not made here and for a share that ended or was closed.
    """
    public_id = share_named_by(key)
    shares = Share.objects.open_on(on).filter(kind=ShareKind.LINK).select_related("worker__user")
    found = shares.filter(public_id=public_id).first() if public_id else None
    if found is None:
        raise NotFound
    return found


def typed_code(share: Share, public_id: Any, now: datetime) -> ShareCode | None:
    """The code of this share that was typed less than an hour ago under that identifier; None else."""
    if not public_id:
        return None
    code = ShareCode.objects.filter(share=share, public_id=public_id).first()
    return code if code is not None and is_reading(facts_of(code), now) else None


def facts_of(code: ShareCode) -> CodeFacts:
    """A row as the rules read it."""
    return CodeFacts(sent_at=code.sent_at, attempts=code.attempts, used_at=code.used_at)


def parts_of(share: Share, on: date) -> list[Part]:
    """What a reader of this share sees that day: its items that are still there, and nothing else."""
    ticked = [(item.kind, item.public_id) for item in share.items.all()]
    return sharing.parts(share.worker, ticked, Seen(on=on, agreed_at=share.created_at))
