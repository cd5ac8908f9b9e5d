"""Settings of the site that a bench serves: middleware of production, rates that count and refuse nobody."""

from config.settings import base
from config.settings.base import REST_FRAMEWORK
from config.settings.test import *  # noqa: F403

MIDDLEWARE = base.MIDDLEWARE  # without those that look for faults of ours
REST_FRAMEWORK = REST_FRAMEWORK | {
    "DEFAULT_THROTTLE_RATES": dict.fromkeys(REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "1000000/minute")
}
