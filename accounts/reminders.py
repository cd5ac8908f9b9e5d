"""The registered kinds of reminders. Each app registers its own in `AppConfig.ready()`.

A reminder is a desired state: on any day, a kind lists what is due (`Candidate`), and
`accounts.services.reminders.refresh_reminders` makes the outbox look like it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from accounts.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """Something due on a day for a person.

    `recipient_id`: id of the account. `subject_key`: names the matter within its kind ("worker-12"); with
    `due_on` it makes the message unique, so that a matter moved to another day calls for new messages.
    """

    recipient_id: int
    subject_key: str
    due_on: date
    payload: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class ReminderKind:
    """A kind of reminder.

    - `stages`: days of its messages, relative to the due day ((-90, -30, 0): three months before, one month
      before, the day itself).
    - `candidates(on, horizon_days)`: what has a stage reached on the day `on`, or to come within
      `horizon_days`; yielding more is harmless.
    """

    name: str
    notification_kind: str
    stages: tuple[int, ...]
    candidates: Callable[[date, int], Iterable[Candidate]]

    def __post_init__(self) -> None:
        if not self.stages or len(set(self.stages)) != len(self.stages):
            raise ValueError(f"{self.name}: stages are a non-empty tuple without repetition.")
        if ":" in self.name:
            raise ValueError(f"{self.name}: the name begins the keys of the outbox, a colon ends it there.")


_registry: Registry[ReminderKind] = Registry("kind of reminder")
register = _registry.register
unregister = _registry.unregister
get = _registry.get


def kinds() -> list[ReminderKind]:
    """All the kinds, by name."""
    return list(_registry)
