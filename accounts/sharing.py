"""The registered kinds of things that a worker may share, item by item. Each app registers its own.

    sharing.register(
        ShareItemKind(
            name="skill",
            title=gettext_lazy("Mes compétences"),
            shown_title=gettext_lazy("Compétences"),
            rank=10,
            template="competences/_shared_skill.html",
            offered=lambda worker, on: [Offered(public_id=…, label=…, note=…), …],
            shown=lambda worker, public_ids, seen: [thing, …],
        )
    )

A share holds identifiers and copies nothing: what is shown is read anew. A kind shows things of the given
worker alone, among those asked for; what has left the record is left out, and nothing stands for it.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from django.http import HttpResponse
from django.utils.functional import Promise

from accounts.errors import NotFound
from accounts.models import Worker
from accounts.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A thing that may be ticked: its label, and what helps to tell it from others."""

    public_id: UUID
    label: str
    note: str = ""


class Shown(Protocol):
    """A thing ready for the template of its kind."""

    @property
    def public_id(self) -> UUID: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """On which day a share is read, and when its person agreed to it: a thing that gathers others (a CV)
    shows none that came into the record since then."""

    on: date
    agreed_at: datetime


@dataclass(frozen=True, kw_only=True)
class ShareItemKind:
    """A kind of thing.

    - `name`: what rows of the database carry; `rank`: the place of its part of a page.
    - `title`: the heading of the boxes, to the worker ("Mes compétences"); `shown_title`: that of the part,
      to readers ("Compétences"); `help`: what ticking one shows.
    - `offered(worker, on)`: what this worker may tick, the most useful first; a constant number of queries.
    - `shown(worker, public_ids, seen)`: those of them that are still there, in the order of the page; a
      constant number of queries.
    - `template`: shows `things`; the file of one is at `{{ files }}<public_id>/fichier` of the page.
    - `handed(worker, public_id, seen)`: the answer that hands over the file of a shown thing; None for a kind
      without files. Raises NotFound.
    """

    name: str
    title: "str | Promise"
    shown_title: "str | Promise"
    rank: int
    template: str
    offered: Callable[[Worker, date], Sequence[Offered]]
    shown: Callable[[Worker, Collection[UUID], Seen], Sequence[Any]]
    handed: Callable[[Worker, UUID, Seen], HttpResponse] | None = None
    help: "str | Promise" = ""


_registry: Registry[ShareItemKind] = Registry("kind of shared item")
register = _registry.register
unregister = _registry.unregister
get = _registry.get


def kinds() -> list[ShareItemKind]:
    """All the kinds, in the order of pages."""
    return sorted(_registry, key=lambda kind: (kind.rank, kind.name))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the page of a share: the things of one kind, which are there."""

    kind: ShareItemKind
    things: Sequence[Shown]


Ticked = Collection[tuple[str, UUID]]
"""Items as a form or a share names them: the name of a kind and a public identifier."""


def parts(worker: Worker, ticked: Ticked, seen: Seen) -> list[Part]:
    """What a reader sees of these items: the same for the preview and for the page of the share.

    Whatever a kind answers, nothing is shown that was not ticked. A kind that nobody registers any more shows
    nothing.
    """
    found = []
    for kind in kinds():
        asked = {public_id for name, public_id in ticked if name == kind.name}
        if not asked:
            continue
        things = [one for one in kind.shown(worker, asked, seen) if UUID(str(one.public_id)) in asked]
        if things:
            found.append(Part(kind, things))
    return found


def handed(worker: Worker, ticked: Ticked, kind: str, public_id: UUID, seen: Seen) -> HttpResponse:
    """The answer that hands over the file of a ticked thing. Raises NotFound for any other, and for a thing
    that has left the record or has no file."""
    found = next((one for one in kinds() if one.name == kind and one.handed is not None), None)
    if found is None or found.handed is None or (kind, public_id) not in ticked:
        raise NotFound
    return found.handed(worker, public_id, seen)
