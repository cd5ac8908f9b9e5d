"""What every request goes through: errors as pages, the person's language; reading that only reads, whole."""

import re
from collections.abc import Callable
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from accounts.errors import DomainError, Gone, NotFound, Unavailable
from accounts.models.openings import ACCESS_LOG

GetResponse = Callable[[HttpRequest], HttpResponse]


class DomainErrorMiddleware:
    """The one place where the errors of the house become pages."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """No page has an address that holds the null character: PostgreSQL would refuse to look for it."""
        if "\x00" in request.path_info and not request.path_info.startswith("/api/"):
            return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """404 for what is absent or forbidden, alike; 410 for what was destroyed, to those who could open it;
        503 when the log is down; 409 when a rule says no."""
        if not isinstance(exception, DomainError):
            return None
        if isinstance(exception, NotFound):
            return render(request, "404.html", status=HTTPStatus.NOT_FOUND)
        words = {"message": exception.message}
        if isinstance(exception, Gone):
            return render(request, "accounts/gone.html", words, status=HTTPStatus.GONE)
        if isinstance(exception, Unavailable):
            return render(request, "accounts/unavailable.html", words, status=HTTPStatus.SERVICE_UNAVAILABLE)
        return render(request, "accounts/refused.html", words, status=HTTPStatus.CONFLICT)


class UserLanguageMiddleware:
    """Pages in the language of the signed-in person, unless another was chosen on this device.

    It stands after Django's LocaleMiddleware and AuthenticationMiddleware. The API follows Accept-Language
    alone: to look at the session would make each answer somebody's own, which no cache may keep.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = not request.path.startswith("/api/")
        is_free = settings.LANGUAGE_COOKIE_NAME not in request.COOKIES
        if is_page and is_free and request.user.is_authenticated:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class PrivatePagesMiddleware:
    """What a signed-in person reads stays in no cache, their browser’s included: on a shared computer, the
    way back after signing out must show nothing. An answer that says itself how it may be kept is left so.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "private, no-store"
        return response


class ReadOnlyGetMiddleware:
    """A request that reads may not write: a GET that does fails, in development and in the tests.

    The access log has its own connection. Sessions are written whenever Django sees fit, and allauth writes
    the address row of an account opened by a command.
    """

    READS = re.compile(r"\s*(SELECT|WITH|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)
    ALLOWED = re.compile(r'"(django_session|account_emailaddress)"')

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with ExitStack() as stack:
            for alias in set(connections) - {ACCESS_LOG}:
                stack.enter_context(connections[alias].execute_wrapper(self._refuse_writes))
            return self.get_response(request)

    def _refuse_writes(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        if not (self.READS.match(sql) or self.ALLOWED.search(sql)):
            raise WriteInReadError(f"A GET request tried to write: {sql[:80]}")
        return execute(sql, params, many, context)


class WriteInReadError(RuntimeError):
    """A fault of ours: a page that reads tried to write."""


class WholeAnswerMiddleware:
    """An answer is built whole and stays short: one that is not fails, in development and in the tests.

    The server hands a whole answer over at once. A streamed one is drawn piece by piece in the one thread
    that answers requests, and whoever reads it slowly stops everybody (tests/tasks/test_slow_reader.py).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.streaming:
            raise LongAnswerError(f"{request.path} streams its answer from a request thread.")
        if len(response.content) > LONGEST_ANSWER:
            raise LongAnswerError(f"{request.path} answers {len(response.content)} bytes: more than a page.")
        return response


LONGEST_ANSWER = 2 * 1024 * 1024
"""Bytes of a page or a short export; anything longer is a file that a job writes."""


class LongAnswerError(RuntimeError):
    """A fault of ours: an answer that is streamed, or too long to be built whole."""
