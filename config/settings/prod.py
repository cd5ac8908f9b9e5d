"""Settings of production: everything that depends on the machine comes from the environment.

docs/operations.md lists the variables. Without SECRET_KEY, DATABASE_URL, REDIS_URL, ALLOWED_HOSTS or BASE_URL
nothing starts.
"""

import os
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import environment, logs
from config.settings.base import *  # noqa: F403
from config.settings.base import REST_FRAMEWORK

SECRET_KEY = environment.required("SECRET_KEY")
SECRET_KEY_FALLBACKS = environment.words("SECRET_KEY_FALLBACKS")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
BASE_URL = environment.required("BASE_URL").rstrip("/")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS: see docs/operations.md.")
if urlsplit(BASE_URL).scheme != "https":
    raise ImproperlyConfigured("BASE_URL begins with https://: its links carry the keys of accounts.")

DATABASE_URL = environment.required("DATABASE_URL")
DATABASES = environment.databases(DATABASE_URL)
REDIS_URL = environment.required("REDIS_URL")
CELERY_BROKER_URL = environment.celery_broker(REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ.get("REDIS_CACHE_URL") or environment.redis_database(REDIS_URL, 1),
        "KEY_PREFIX": "perenne",
    },
}

# An address that the front proxy serves from PRIVATE_ROOT when we ask for it, and refuses to anybody else.
PRIVATE_FILES_ACCEL = os.environ.get("PRIVATE_FILES_ACCEL", "/prive/")
EVIDENCE_SCANNER = os.environ.get("EVIDENCE_SCANNER", "")

# The front proxy speaks https to people and says so; it must write these headers itself, and overwrite them.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "1"))
REST_FRAMEWORK = REST_FRAMEWORK | {"NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT}
SECURE_SSL_REDIRECT = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"
LANGUAGE_COOKIE_SECURE = True

EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.switch("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = environment.switch("EMAIL_USE_SSL", default=False)
DEFAULT_FROM_EMAIL = environment.required("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LOGGING = logs.configuration(os.environ.get("LOG_LEVEL", "INFO"))
