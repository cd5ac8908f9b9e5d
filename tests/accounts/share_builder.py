"""Shares for tests, with a kind of shared thing that knows nothing of higher apps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

from django.http import HttpResponse

from accounts import sharing
from accounts.errors import NotFound
from accounts.models import Share, Worker
from accounts.rules.shares import months_after
from accounts.services.shares import SharedTo, make_share
from accounts.sharing import Offered, ShareItemKind
from tests.accounts.factories import NOW, TODAY, UserFactory

END = months_after(TODAY, 3)


@dataclass(frozen=True)
class Thing:
    """A thing of a worker's record, as the kind of these tests keeps it."""

    public_id: UUID
    label: str

    @property
    def title(self) -> str:
        """As the template that these tests borrow names it."""
        return self.label


class Things(dict[int, list[Thing]]):
    """The things of each worker, by key."""

    def add(self, worker: Worker, label: str) -> Thing:
        thing = Thing(uuid4(), label)
        self.setdefault(worker.pk, []).append(thing)
        return thing

    def of(self, worker: Worker) -> list[Thing]:
        return self.get(worker.pk, [])


@contextmanager
def things_registered() -> Iterator[Things]:
    """The kind "thing", registered for the time of the block. Its `shown` answers too much on purpose: all
    the things of the worker, which the page must cut."""
    things = Things()

    def handed(worker, public_id, seen):
        found = next((one for one in things.of(worker) if one.public_id == public_id), None)
        if found is None:
            raise NotFound
        return HttpResponse(found.label, content_type="text/plain")

    sharing.register(
        ShareItemKind(
            name="thing",
            title="Mes choses",
            shown_title="Choses",
            rank=1,
            template="competences/_shared_evidence.html",
            offered=lambda worker, on: [
                Offered(public_id=one.public_id, label=one.label) for one in things.of(worker)
            ],
            shown=lambda worker, public_ids, seen: things.of(worker),
            handed=handed,
        )
    )
    try:
        yield things
    finally:
        sharing.unregister("thing")


def shared(worker: Worker, *things: Thing, email: str = "lectrice@exemple.fr", **given) -> Share:
    """A share of these things by the worker: by link to an address, unless an `organisation` is given."""
    organisation = given.pop("organisation", None)
    to = SharedTo(organisation=organisation) if organisation else SharedTo(email=email)
    options = {"end_on": END, "now": NOW, **given}
    return make_share(
        actor=worker.user,
        worker=worker,
        to=to,
        ticked=[("thing", one.public_id) for one in things],
        **options,
    )


def share_row(**columns) -> Share:
    """A share by link as a row, with these columns, without its service."""
    whole = {
        "worker": UserFactory().worker,
        "kind": "link",
        "recipient_email": "lectrice@exemple.fr",
        "text_version": "1",
        "created_at": NOW,
        "agreed_on": TODAY,
        "end_on": END,
    }
    return Share.objects.create(**(whole | columns))


def over(share: Share, how: str, on: date = TODAY) -> Share:
    """The same share, "closed" or "expired" on that day, as rows say it."""
    if how == "closed":
        Share.objects.filter(pk=share.pk).update(closed_at=share.created_at)
    else:
        Share.objects.filter(pk=share.pk).update(agreed_on=on - timedelta(days=30), end_on=on)
    share.refresh_from_db()
    return share
