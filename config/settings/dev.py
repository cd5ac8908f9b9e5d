"""Settings of a developer's machine: everything on loopback, demo accounts, mails written to var/mail/."""

import os

from config import embedded, environment
from config.settings.base import *  # noqa: F403
from config.settings.base import MIDDLEWARE, VAR_DIR

DEBUG = True
DEMO = True
SECRET_KEY = "development-only-key-never-used-on-a-machine-that-others-can-reach"  # noqa: S105 - loopback alone
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
PORT = os.environ.get("PORT", "8000")
BASE_URL = f"http://127.0.0.1:{PORT}"
PRIVATE_FILES_ADDRESS = f"http://127.0.0.1:{int(PORT) + 1}"  # config/files.py, which `up` starts

_servers = embedded.serve("main", os.environ.get("PERENNE_DB_NAME", "perenne"))
DATABASE_URL = _servers.database_url
DATABASES = environment.databases(DATABASE_URL)
REDIS_URL = _servers.redis_url
CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": environment.redis_database(REDIS_URL, 1),
        "KEY_PREFIX": "perenne",
    },
}

EMAIL_BACKEND = "accounts.mail.FolderBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Static files are read where they are written: no collectstatic while developing.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True

# A GET that writes and an answer that is not whole are faults: they fail where developers and tests see it.
MIDDLEWARE = [
    *MIDDLEWARE,
    "accounts.middleware.WholeAnswerMiddleware",
    "accounts.middleware.ReadOnlyGetMiddleware",
]

# What jobs did is told in the terminal; Celery's own "sending", "received", "succeeded" every 5 s are not.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s", "datefmt": "%H:%M:%S"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "celery": {"level": "WARNING"},
        "django": {"handlers": [], "propagate": True},
        "kombu": {"level": "WARNING"},
    },
}
