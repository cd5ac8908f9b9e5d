"""The registered sources of consents: what a person agreed to, or took back. Each app registers its own.

The register (*Mes consentements*) shows, for each of them, to whom, for what, the sentence that was on the
screen, by its version, the day it was given and what became of it. A source reads the rows that carry the
consent; it keeps no copy.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise

from accounts.models import Worker
from accounts.registry import Registry


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """One consent, as it was given.

    - `what`: what was agreed to, in a few words; `whom` and `organisation`: to whom ("" for the house).
    - `scope`: for what, on what, and the reason given; `text`: the sentence of `text_version`.
    - `start_on`, `end_on`: its days, the end excluded; None when it has none.
    - `ended_at`: the instant of its end before time; `ended`: what ended it, in words.
    - `url`: the page where it may be taken back; "" when that is over, or done elsewhere.
    """

    what: "str | Promise"
    whom: str
    organisation: str = ""
    scope: str
    text: "str | Promise"
    text_version: str
    given_at: datetime
    start_on: date | None = None
    end_on: date | None = None
    ended_at: datetime | None = None
    ended: "str | Promise" = ""
    url: str = ""


@dataclass(frozen=True, kw_only=True)
class ConsentSource:
    """A kind of consent. `given_by(worker, on)`: all of them, over or not, in a fixed number of queries."""

    name: str
    given_by: Callable[[Worker, date], list[Consent]]


_registry: Registry[ConsentSource] = Registry("source of consents")
register = _registry.register
unregister = _registry.unregister


def given_by(worker: Worker, on: date) -> list[Consent]:
    """Every consent that this person gave, the latest first, as they stand on the day `on`."""
    found = [consent for source in _registry for consent in source.given_by(worker, on)]
    return sorted(found, key=lambda consent: consent.given_at, reverse=True)
