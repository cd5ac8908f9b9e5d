"""Settings of the site that a test serves with granian: two addresses more, one of which streams."""

from config.settings.test import *  # noqa: F403
from config.settings.test import MIDDLEWARE as CHECKED

ROOT_URLCONF = "tests.tasks.serving_addresses"
MIDDLEWARE = [name for name in CHECKED if not name.endswith("WholeAnswerMiddleware")]
