"""Rules of the outbox: what a row may hold, and what to do after an answer of the mail server.

Reply codes: RFC 5321, section 4.2.1 (4yz: transient, try again; 5yz: permanent, do not).
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import Enum
from uuid import UUID

#: First wait after a failure; each further failure doubles it, up to the cap.
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)
#: About two days of trying. After that, the staff is told rather than the person late.
MAX_ATTEMPTS = 15
#: A row in the hands of a worker for longer than this: the worker is dead.
CLAIM_TIMEOUT = timedelta(minutes=15)

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Verdict(Enum):
    """What becomes of a row that was handed to the mail server."""

    SENT = "sent"
    RETRY = "retry"
    GIVE_UP = "give_up"
    UNCERTAIN = "uncertain"


def judge(code: int | None, *, body_handed: bool) -> Verdict:
    """The verdict on one try.

    `code` is the server's last reply, None when the connection broke without one. `body_handed` says that the
    message itself was on its way when it broke: the server may have taken it, so it is not sent again.
    """
    if code is None:
        return Verdict.UNCERTAIN if body_handed else Verdict.RETRY
    if 200 <= code < 300:
        return Verdict.SENT
    if 400 <= code < 500:
        return Verdict.RETRY
    return Verdict.GIVE_UP


def retry_delay(attempts: int, *, jitter: float) -> timedelta:
    """How long to wait after the failure number `attempts` (1 for the first).

    `jitter`, in [0, 1), spreads over the last half of the wait rows that failed together.
    """
    doubled = FIRST_DELAY * int(2 ** min(max(attempts, 1) - 1, 20))
    capped = min(doubled, LONGEST_DELAY)
    return capped * (0.5 + jitter / 2)


def payload_faults(payload: Mapping[str, object]) -> list[str]:
    """What is wrong with a payload, in words for a developer; empty when it holds ids alone.

    An id is a whole number, a UUID, a day written YYYY-MM-DD, or a list of those. Anything else could be a
    name, a link or a token, which the outbox must never hold.
    """
    faults = [f"key {key!r} is not short snake_case" for key in payload if not _KEY.fullmatch(str(key))]
    for key, value in payload.items():
        values = value if isinstance(value, list) else [value]
        faults += [f"{key} holds {type(one).__name__}, not an id" for one in values if not _is_id(one)]
    return faults


def _is_id(value: object) -> bool:
    """True for 12, "2026-03-12" and "0b9c…" (36 characters)."""
    if isinstance(value, bool):
        return False
    if isinstance(value, int):
        return True
    if not isinstance(value, str):
        return False
    return _reads_as_day(value) or _reads_as_uuid(value)


def _reads_as_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _reads_as_uuid(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False
