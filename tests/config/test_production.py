"""The settings of production: refused when something is missing, strict, and silent about people."""

import io
import json
import logging
import logging.config
import os
import subprocess
import sys

import pytest
import structlog
from django.db import IntegrityError, transaction

from accounts.models import User
from config import embedded, logs

COMPLETE = {
    "SECRET_KEY": "a-key-that-is-long-enough-and-has-more-than-five-kinds-of-characters-0123456789",
    "ALLOWED_HOSTS": "perenne.example",
    "BASE_URL": "https://perenne.example",
    "DATABASE_URL": "postgresql://perenne:pass%20word@db.example:5433/perenne?sslmode=require",
    "REDIS_URL": "redis://redis.example:6379/0",
    "DEFAULT_FROM_EMAIL": "Pérenne <bonjour@perenne.example>",
}


def in_production(code: str, environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run Python under the settings of production, with this environment and nothing else of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(  # noqa: S603 - this interpreter
        [sys.executable, "-c", code],
        env=kept | {"DJANGO_SETTINGS_MODULE": "config.settings.prod"} | environment,
        cwd=embedded.CLONE,
        capture_output=True,
        text=True,
        check=False,
    )


MANAGE = (
    "import sys; from django.core.management import execute_from_command_line as run; run(['manage.py', {}])"
)


def test_the_deployment_checks_find_nothing():
    done = in_production(MANAGE.format("'check', '--deploy', '--fail-level', 'WARNING'"), COMPLETE)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize("name", COMPLETE)
def test_nothing_starts_when_a_variable_is_missing(name):
    environment = {other: value for other, value in COMPLETE.items() if other != name}
    done = in_production("import django; django.setup()", environment)
    assert done.returncode != 0
    assert f"ImproperlyConfigured: Set {name}" in done.stderr


def test_an_address_without_encryption_is_refused():
    done = in_production("import django; django.setup()", COMPLETE | {"BASE_URL": "http://perenne.example"})
    assert "BASE_URL begins with https://" in done.stderr


def test_production_is_strict_and_starts_no_server_of_its_own():
    code = (
        "import sys, json; from django.conf import settings as s; s.DATABASES;"
        "print(json.dumps([s.DEBUG, s.DEMO, s.DATABASES['default'], s.CELERY_BROKER_URL, s.EMAIL_BACKEND,"
        " s.CACHES['default']['LOCATION'], s.SESSION_COOKIE_SECURE, 'config.embedded' in sys.modules]))"
    )
    done = in_production(code, COMPLETE)
    debug, demo, database, broker, mail, cache, is_secure, is_embedded = json.loads(done.stdout)
    assert (debug, demo, is_secure, is_embedded) == (False, False, True, False)
    assert (database["HOST"], database["PORT"], database["PASSWORD"]) == ("db.example", "5433", "pass word")
    assert database["OPTIONS"] == {"sslmode": "require"}
    assert (broker, cache) == ("redis://redis.example:6379/0", "redis://redis.example:6379/1")
    assert mail == "accounts.mail.SmtpBackend"


def test_static_files_are_collected_under_names_that_never_change(tmp_path):
    done = in_production(
        "from django.conf import settings; import pathlib, sys;"
        f"settings.STATIC_ROOT = pathlib.Path({str(tmp_path)!r});"
        + MANAGE.format("'collectstatic', '--no-input', '--verbosity', '0'"),
        COMPLETE,
    )
    assert done.returncode == 0, done.stderr
    manifest = json.loads((tmp_path / "staticfiles.json").read_text())
    assert any(name.startswith("css/") for name in manifest["paths"])


@pytest.fixture
def journal():
    """A logger with the handler of production; answers the lines that it wrote."""
    before = logging.getLoggerClass()
    configured = logs.configuration("INFO")
    stream = io.StringIO()
    formatter = logging.config.DictConfigurator(configured).configure_formatter(
        configured["formatters"]["json"]
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("tests.journal")
    logger.propagate = False
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield logger, lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.propagate = True
    structlog.reset_defaults()
    logging.setLoggerClass(before)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sent to marie.durand+cv@exemple.fr.", "Sent to [e-mail]."),
        (
            "Not Found: /compte/password/reset/key/3f-c9a8-abc/",
            "Not Found: /compte/password/reset/key/[hidden]/",
        ),
        ("Not Found: /partage/3f0c.9aXb-_1/lire/", "Not Found: /partage/[hidden]/lire/"),
        ("GET /compte/confirm-email/MQ:1abc:xyz/", "GET /compte/confirm-email/[hidden]/"),
        ("GET /recherche/?q=marie+durand&page=2 200", "GET /recherche/?[hidden] 200"),
        ("12 rows in 3 s. Really?", "12 rows in 3 s. Really?"),
    ],
)
def test_what_is_known_to_be_somebodys_is_taken_out(text, shown, journal):
    logger, lines = journal
    assert logs.scrub(text) == shown
    logger.info("%s", text)
    assert lines()[0]["event"] == shown


@pytest.mark.django_db
def test_an_error_is_told_by_its_kind_and_place_and_not_by_its_words(journal):
    logger, lines = journal
    User.objects.create_user("marie.durand@exemple.fr", name="Marie Durand")
    try:
        with transaction.atomic():
            User.objects.create_user("MARIE.DURAND@exemple.fr", name="Marie Durand")
    except IntegrityError:
        logger.exception("Sign-up failed", extra={"request": "Marie Durand", "status_code": 500})
    (line,) = lines()
    assert "durand" not in json.dumps(line).lower()
    assert (line["event"], line["level"], line["status_code"]) == ("Sign-up failed", "error", 500)
    outer, inner = line["errors"]
    assert outer["type"] == "IntegrityError"
    assert inner["type"] == "UniqueViolation"
    assert inner["code"] == "23505"
    assert "email" in inner["constraint"]
    assert any("test_production.py" in frame for frame in outer["frames"])
