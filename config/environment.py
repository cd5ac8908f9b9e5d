"""Read the environment into Django's settings: addresses as URLs, lists, switches."""

import os
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off", ""}


def required(name: str) -> str:
    """The value of a variable that production cannot do without.

    Raises:
        ImproperlyConfigured: absent or empty.
    """
    value = os.environ.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"Set {name}: see docs/operations.md.")
    return value


def words(name: str, default: str = "") -> list[str]:
    """A list whose items are separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def switch(name: str, *, default: bool) -> bool:
    """A yes or a no.

    Raises:
        ImproperlyConfigured: any other word, so that a typing error never opens a door.
    """
    value = os.environ.get(name, "yes" if default else "no").strip().lower()
    if value not in YES | NO:
        raise ImproperlyConfigured(f"{name} is {value!r}: write 1 or 0.")
    return value in YES


def database(url: str) -> dict[str, Any]:
    """Django's words for postgresql://user:password@host:port/name?option=value (`host` may be a folder).

    Raises:
        ImproperlyConfigured: another engine, or no database name.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured(
            f"DATABASE_URL begins with {parts.scheme!r}: PostgreSQL alone is supported."
        )
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured("DATABASE_URL names no database.")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or unquote(parts.hostname or ""),
        "PORT": str(parts.port or options.pop("port", "")),
        # One blocking thread a process: one connection kept open serves it better than a pool.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def databases(url: str, *, test_name: str | None = None) -> dict[str, dict[str, Any]]:
    """The two connections of the house: one database, and a second line to it for the access log.

    The log of openings must stay when the request that it tells of is rolled back, hence its own connection.
    """
    return {
        "default": database(url) | {"TEST": {"NAME": test_name}},
        "access_log": database(url) | {"TEST": {"MIRROR": "default"}},
    }


def redis_database(url: str, number: int) -> str:
    """The same Redis, database `number` (redis://host:6379/1, unix:///path?db=1)."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        query = dict(parse_qsl(parts.query)) | {"db": str(number)}
        # Not urlunsplit: it would write unix:/path, which redis-py refuses.
        return f"unix://{parts.path}?{urlencode(query)}"
    return urlunsplit(parts._replace(path=f"/{number}"))


def celery_broker(url: str) -> str:
    """The same Redis as Celery writes it: redis+socket://path?virtual_host=0 for a Unix socket."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"
