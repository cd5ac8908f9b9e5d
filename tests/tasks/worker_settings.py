"""Settings of the worker that a test starts: the test's own mail server, lost tasks found again at once."""

import os

from config.settings.test import *  # noqa: F403

EMAIL_BACKEND = "accounts.mail.SmtpBackend"
EMAIL_HOST = "127.0.0.1"
EMAIL_PORT = int(os.environ.get("TEST_MAIL_PORT", "0"))
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 2,
    "unacked_restore_interval": 0.5,
    "unacked_restore_throttle": 1,
}
