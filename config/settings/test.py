"""Settings of the test suite: the private "test" pair, quick passwords, mails in memory."""

import os

from config import embedded, environment
from config.settings.base import *  # noqa: F403
from config.settings.base import MIDDLEWARE

SECRET_KEY = "tests-only-key-that-signs-nothing-outside-the-test-databases"  # noqa: S105 - tests alone
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
BASE_URL = "http://testserver"

# Two people, or two checkouts on one server, give two suffixes and never meet.
SUFFIX = os.environ.get("PERENNE_TEST_SUFFIX", "")
_servers = embedded.serve("test")
DATABASE_URL = _servers.database_url
DATABASES = environment.databases(DATABASE_URL, test_name="_".join(filter(None, ["test_perenne", SUFFIX])))
REDIS_URL = _servers.redis_url
CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": environment.redis_database(REDIS_URL, 1),
        "KEY_PREFIX": f"test-{os.getpid()}",  # tests/conftest.py gives each test its own
    },
}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True  # nothing is scanned at start-up

# A GET that writes and an answer that is not whole are faults: they fail where developers and tests see it.
MIDDLEWARE = [
    *MIDDLEWARE,
    "accounts.middleware.WholeAnswerMiddleware",
    "accounts.middleware.ReadOnlyGetMiddleware",
]
