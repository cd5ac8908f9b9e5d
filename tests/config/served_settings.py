"""Settings of the processes that a test starts: those of the tests, with the address of its file process."""

import os

from config.settings.test import *  # noqa: F403

PRIVATE_FILES_ADDRESS = os.environ.get("TEST_FILES_ADDRESS", "")
