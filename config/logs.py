"""Logs of production: one JSON object a line, without anybody's data.

What a person typed may reach a log through the words of an error (PostgreSQL quotes the row it refuses),
through the address of a page (a link of a mail holds a key) or through an e-mail address in a library's
message. Errors are told by their kind and their place, never by their words, and the rest is scrubbed, once,
for every logger. What cannot be recognised must not be logged in the first place.
"""

import re
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# Links of mails: the key of a reset, of a confirmation, of a share.
_KEY = re.compile(r"((?:/reset/key|/confirm-email|/partage)/)[^\s/\"']+")
_QUERY = re.compile(r"(?<=[\w/])\?[^\s\"']+")
FRAMES = 20  # of each error, the innermost


def scrub(text: str) -> str:
    """The text without e-mail addresses, keys of links and query strings (a search is somebody's search)."""
    return _EMAIL.sub("[e-mail]", _QUERY.sub("?[hidden]", _KEY.sub(r"\1[hidden]", text)))


def describe(error: BaseException) -> list[dict[str, Any]]:
    """An error and those that led to it, outermost first: kind, code, constraint, place, never the words."""
    described: list[dict[str, Any]] = []
    following: BaseException | None = error
    while following is not None and len(described) < 10:
        frames = traceback.extract_tb(following.__traceback__)[-FRAMES:]
        line: dict[str, Any] = {
            "type": type(following).__name__,
            "code": getattr(following, "sqlstate", None) or getattr(following, "code", None),
            "constraint": getattr(getattr(following, "diag", None), "constraint_name", None),
            "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
        }
        described.append({key: value for key, value in line.items() if isinstance(value, str | int | list)})
        following = following.__cause__ or following.__context__
    return described


def _describe_error(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    if isinstance(info, tuple) and info[1] is not None:
        event["errors"] = describe(info[1])
    return event


def _scrub_event(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    return {key: _scrub_value(value) for key, value in event.items()}


def _scrub_value(value: Any) -> Any:
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return {key: _scrub_value(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub_value(inner) for inner in value]
    return scrub(str(value))


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(level: str) -> dict[str, Any]:
    """The LOGGING setting of production: everything to standard error, from `level` up."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        # Of what libraries hang on their records, one figure is kept: Django hangs the whole request.
        "foreign_pre_chain": [*_SHARED, structlog.stdlib.ExtraAdder(allow={"status_code"})],
        "processors": [
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            _describe_error,
            _scrub_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django mails errors to ADMINS and prints requests on its own: here everything takes the one way.
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
        },
    }
