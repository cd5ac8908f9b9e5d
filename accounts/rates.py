"""How often somebody may ask for the same thing: a counter a window, raised in Redis in one step.

Two requests at once are two, whatever the number of processes, and what is kept does not grow with the rate.
Rates are written "20/hour"; their figures are in the settings.
"""

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True, slots=True)
class Counted:
    """Whether this time is within the rate, and how many seconds are left to the window."""

    is_within: bool
    rest: float


def count(scope: str, who: str, rate: str) -> Counted:
    """Counts one more time of `scope` by `who`: an address, or the identifier of an account."""
    number, _slash, period = rate.partition("/")
    seconds, now = PERIODS[period], time.time()
    # Who asked is not written anywhere, not even for a minute.
    digest = hashlib.blake2b(who.encode(), digest_size=12).hexdigest()
    key = f"rate:{scope}:{digest}:{int(now // seconds)}"
    try:
        times = cache.incr(key)
    except ValueError:  # the first time of the window
        cache.add(key, 0, timeout=seconds + 1)
        times = cache.incr(key)
    return Counted(times <= int(number), seconds - now % seconds)


def refuse_too_often(scope: str, person: User, *, field: str | None = None) -> None:
    """Counts what costs the house much (`PERSON_RATES`), and refuses the person who asks for it too often,
    with the hour from which they may ask again. Raises Refused."""
    counted = count(scope, f"account:{person.pk}", settings.PERSON_RATES[scope])
    if not counted.is_within:
        again = timezone.localtime(datetime.fromtimestamp(round(time.time() + counted.rest), UTC))
        message = _(
            "C’est beaucoup en peu de temps : nous faisons une pause, pour que le site reste rapide pour "
            "tous. Rien n’est perdu. Recommencez à partir de %(hour)s."
        )
        raise Refused("too_often", message % {"hour": again.strftime("%H:%M")}, field=field)
