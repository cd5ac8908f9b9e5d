"""The registered grants: rights that a worker gives otherwise than by a mandate. Each app registers its own.

A review request opens the file for its reader, for `Purpose.ANSWER`, and the page behind the door shows the
ticked items alone. The policy of `accounts.access` asks every grant of a purpose in the query of mandates.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.models import User, Worker
from accounts.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Granted:
    """What one person may open, for "Qui peut voir quoi": who, what, until when, and where to end it."""

    who: str
    what: str
    until: date | None
    url: str


@dataclass(frozen=True, kw_only=True)
class Grant:
    """A kind of right.

    - `purpose`: what it opens the file for; never the purpose of a mandate, which opens more.
    - `workers(actor, on)`: the files that this person may open on that day, as a lazy query.
    - `listed(worker, on)`: who may open this file on that day.
    - `narrowed(actor, on, purposes)`: for a right that stands for mandates that were: the files that it opens
      where one of these purposes of mandates would. None: the right opens what the table says, and no less.
    """

    name: str
    purpose: Purpose
    workers: Callable[[User, date], QuerySet[Worker]]
    listed: Callable[[Worker, date], list[Granted]]
    narrowed: Callable[[User, date, Collection[Purpose]], QuerySet[Worker]] | None = None

    def __post_init__(self) -> None:
        if self.purpose in MANDATE_PURPOSES:
            raise ValueError(f"{self.name}: {self.purpose} is a purpose of mandates, which open whole files.")


_registry: Registry[Grant] = Registry("grant")
register = _registry.register
unregister = _registry.unregister


def of_purpose(purpose: Purpose) -> list[Grant]:
    """The grants that open files for this purpose."""
    return [grant for grant in _registry if grant.purpose == purpose]


def listed(worker: Worker, on: date) -> list[Granted]:
    """Who may open this file on that day under a grant, whatever its kind."""
    return [granted for grant in _registry for granted in grant.listed(worker, on)]
