"""How often one address may ask: rates have a name, and their figures are in the settings.

A counter a window, raised in Redis in one step: DRF's own throttle keeps a list of instants, which two
requests at once overwrite, and which grows with the rate.
"""

import hashlib
import time

from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

PERIODS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400}


class RateThrottle(BaseThrottle):
    """Counts the requests of an address under the view's `throttle_scope`; a rate of None counts nothing."""

    _rest = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether this request is within the rate of its scope."""
        scope = view.throttle_scope
        rate = api_settings.DEFAULT_THROTTLE_RATES[scope]
        return rate is None or self._count(scope, self.get_ident(request), rate)

    def _count(self, scope: str, address: str, rate: str) -> bool:
        number, _slash, period = rate.partition("/")
        seconds, now = PERIODS[period], time.time()
        self._rest = seconds - now % seconds
        # The address of a person is not written anywhere, not even for a minute.
        who = hashlib.blake2b(address.encode(), digest_size=12).hexdigest()
        key = f"rate:{scope}:{who}:{int(now // seconds)}"
        try:
            count = cache.incr(key)
        except ValueError:  # the first request of the window
            cache.add(key, 0, timeout=seconds + 1)
            count = cache.incr(key)
        return count <= int(number)

    def wait(self) -> float:
        """Seconds until the next window."""
        return self._rest
