"""What a person said of a skill through time, told without repeating what stayed the same."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidFacts:
    """What was said of a skill: level 1 to 8 or None, codes of enums for the wish and the sources."""

    level: int | None = None
    wish: str = ""
    sources: tuple[str, ...] = ()
    context: str = ""
    acquired_on: dt.date | None = None
    practised_on: dt.date | None = None
    is_practised: bool = True

    def differs_from(self, other: "SaidFacts") -> tuple[str, ...]:
        """The names of what the two do not say alike."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name) != getattr(other, one.name))


@dataclass(frozen=True, slots=True)
class Spell:
    """The same thing said during `[start_at, end_at)`, None while it holds.

    `said_again` counts the confirmations, the last on `confirmed_on`; `changed` names what the spell before
    said otherwise, nothing for the first.
    """

    facts: SaidFacts
    start_at: dt.datetime
    end_at: dt.datetime | None
    confirmed_on: dt.date
    said_again: int = 0
    changed: tuple[str, ...] = ()


def spells(told: Iterable[Spell]) -> list[Spell]:
    """Revisions, oldest first, with neighbours that say the same made one."""
    found: list[Spell] = []
    for one in told:
        last = found[-1] if found else None
        if last is not None and last.facts == one.facts and last.end_at == one.start_at:
            found[-1] = replace(
                last, end_at=one.end_at, confirmed_on=one.confirmed_on, said_again=last.said_again + 1
            )
        else:
            changed = one.facts.differs_from(last.facts) if last else ()
            found.append(replace(one, said_again=0, changed=changed))
    return found
