"""How often one address may ask the API: rates have a name, and their figures are in the settings.

Counted as accounts/rates.py does: DRF's own throttle keeps a list of instants, which two requests at once
overwrite, and which grows with the rate.
"""

from rest_framework.request import Request
from rest_framework.settings import api_settings
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts.rates import count


class RateThrottle(BaseThrottle):
    """Counts the requests of an address under the view's `throttle_scope`; a rate of None counts nothing."""

    _rest = 0.0

    def allow_request(self, request: Request, view: APIView) -> bool:
        """Whether this request is within the rate of its scope."""
        scope = view.throttle_scope
        rate = api_settings.DEFAULT_THROTTLE_RATES[scope]
        if rate is None:
            return True
        counted = count(scope, self.get_ident(request), rate)
        self._rest = counted.rest
        return counted.is_within

    def wait(self) -> float:
        """Seconds until the next window."""
        return self._rest
