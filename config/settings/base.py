"""Settings shared by development, tests and production: what the product is, never where it runs."""

import os
from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(os.environ.get("PERENNE_VAR", BASE_DIR / "var"))  # what a machine writes and nobody commits

DEBUG = False
DEMO = False  # demo accounts and the page of sent messages: development on loopback alone

INSTALLED_APPS = [
    "accounts",
    "competences",
    "formation",
    "law",
    "tasks",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # FORM_RENDERER finds Django's own widgets there
    "allauth",
    "allauth.account",
    "csp",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.UserLanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.DomainErrorMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context_processors.nav_roles",
                "accounts.context_processors.unread_messages",
            ],
        },
    },
]
FORM_RENDERER = "accounts.rendering.PageFormRenderer"

# People ---------------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "competences:arrive"  # their space, or the first questions
LOGOUT_REDIRECT_URL = "competences:home"
# Each page reads its session: from the cache, and from the database when the cache has lost it.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"  # its mails become rows of the outbox
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to an address that has no account
ACCOUNT_CHANGE_EMAIL = True  # the new address replaces the old one once it is verified
ACCOUNT_EMAIL_NOTIFICATIONS = True  # a changed password or address is told to the person
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True

# Language and time ----------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [("fr", _("Français")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

# Files ----------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = BASE_DIR / "staticfiles"

# Files that jobs make for somebody. No request thread hands them over: either the front proxy does, for the
# address PRIVATE_FILES_ACCEL that it alone serves, or the file process at PRIVATE_FILES_ADDRESS.
PRIVATE_ROOT = VAR_DIR / "private"
PRIVATE_FILES_ACCEL = ""
PRIVATE_FILES_ADDRESS = ""

# "package.module.function" that looks at each file a person sends, before it is kept (docs/operations.md).
# Empty: no antivirus looks at them.
EVIDENCE_SCANNER = ""

# What comes is counted before it is kept (competences/upload_handler.py).
FILE_UPLOAD_HANDLERS = [
    "competences.upload_handler.LimitedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# The browser loads nothing from elsewhere and runs nothing written in a page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "img-src": [SELF, "data:"],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# Messages -------------------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = "Pérenne <ne-pas-repondre@perenne.example>"
EMAIL_BACKEND = "accounts.mail.SmtpBackend"  # Django's, with the server's answer kept
EMAIL_TIMEOUT = 20  # seconds: a silent mail server must not hold a worker

# Late work ------------------------------------------------------------------------------------------------
# A task is acknowledged once done, so that the death of a worker loses none: jobs are safe to run twice.
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True  # results are in the database, and in the journal of runs
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SOFT_TIME_LIMIT = 240  # seconds: the job may still write that it failed
CELERY_TASK_TIME_LIMIT = 270
CELERY_TIMEZONE = "Europe/Paris"
CELERY_TASK_DEFAULT_QUEUE = "perenne"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,  # longer than any task; then a dead worker's task is given again
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,  # kombu's own would look for abandoned tasks every 100 s only
}

# API ------------------------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "accounts.api.problems.handler",
    "URL_FORMAT_OVERRIDE": None,  # one format: `format` in an address is a parameter like another
    # Requests of one address of the network; None counts nothing.
    "DEFAULT_THROTTLE_RATES": {
        "public-read": "600/minute",
        "public-search": "60/minute",
    },
    "NUM_PROXIES": 0,  # nobody in front: what a request says of the address it comes from is not believed
}
# What one person may ask for, where it costs the house much (accounts/rates.py).
PERSON_RATES = {
    "appointment": "60/hour",
    "cv_pdf": "20/hour",
    "record_import": "20/hour",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Pérenne",
    "DESCRIPTION": "Job and skill references by edition: what they say, and what each edition changed.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "ENUM_NAME_OVERRIDES": {
        "ConceptKind": "competences.enums.ConceptKind",
        "ChangeKind": "competences.enums.ChangeKind",
        "ReferenceFormat": "competences.enums.ReferenceFormat",
        "UploadFormat": "competences.api.uploads.FORMATS",
    },
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}
