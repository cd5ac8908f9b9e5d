"""The registered clocks: what comes round in a person's life, with its next date and its rule in words.

Each app registers its own in `AppConfig.ready()`. The page of dates, the first screen, the calendar that a
person follows and the adviser's view read them here; reminders (`accounts.reminders`) are sent from the same
stored dates.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise

from accounts.models import User
from accounts.registry import Registry


@dataclass(frozen=True, slots=True, kw_only=True)
class NextDate:
    """The next date of one matter of a person, with its reasons.

    - `clock` and `subject_key` name the matter: the name of its kind of clock, and what it is about there.
    - `title`: what comes on that day, for its person signed in ("Entretien de parcours professionnel").
    - `rule`: the rule in words ("tous les 4 ans à partir du 12 mars 2026").
    - `source`: article of law or page of the house that says so; "" for a person's own wish.
    - `moved_by`: what moves the date ("une nouvelle embauche").
    - `page`, `arguments`: name and arguments of the address where one acts; "" when there is nothing to do.
    - `is_to_confirm`: the rule rests on a point of law that is not settled.
    """

    clock: str
    subject_key: str
    on: date
    title: "str | Promise"
    rule: "str | Promise"
    source: "str | Promise" = ""
    moved_by: "str | Promise" = ""
    page: str = ""
    arguments: tuple[Any, ...] = ()
    is_to_confirm: bool = False


@dataclass(frozen=True, kw_only=True)
class ClockKind:
    """A kind of clock.

    - `calendar_title`: what a calendar shows to whoever stands near; it never names a bilan, a flag or an
      adviser.
    - `dates_of(user, on)`: the next dates of this kind for that person, seen on that day; those that passed
      and still wait are in it. The same number of queries whatever the person has.
    """

    name: str
    title: "str | Promise"
    calendar_title: "str | Promise"
    dates_of: Callable[[User, date], Iterable[NextDate]]


_registry: Registry[ClockKind] = Registry("kind of clock")
register = _registry.register
unregister = _registry.unregister
get = _registry.get


def kinds() -> list[ClockKind]:
    """All the kinds, by name."""
    return list(_registry)


def next_dates(user: User, on: date) -> list[NextDate]:
    """The dates of this person, the nearest first."""
    dates = [found for kind in kinds() for found in kind.dates_of(user, on)]
    return sorted(dates, key=lambda found: (found.on, found.clock, found.subject_key))
