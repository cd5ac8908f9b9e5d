"""The one place where errors become answers of the API: RFC 9457, `application/problem+json`.

Errors of the house, Django's and DRF's take the same form, in the language of Accept-Language. What broke
inside (a trace, a query, a name) is in the log and never in the answer.
"""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions

from accounts.errors import DomainError, NotFound, Refused, Unavailable

MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, Promise] = {
    HTTPStatus.BAD_REQUEST: _("Demande mal écrite"),
    HTTPStatus.UNAUTHORIZED: _("Connexion nécessaire"),
    HTTPStatus.FORBIDDEN: _("Accès refusé"),
    HTTPStatus.NOT_FOUND: _("Introuvable"),
    HTTPStatus.METHOD_NOT_ALLOWED: _("Méthode non permise"),
    HTTPStatus.NOT_ACCEPTABLE: _("Format non proposé"),
    HTTPStatus.CONFLICT: _("Refusé par une règle"),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("Envoi trop gros"),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _("Format non lu"),
    HTTPStatus.TOO_MANY_REQUESTS: _("Trop de demandes"),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Panne de notre côté"),
    HTTPStatus.SERVICE_UNAVAILABLE: _("Indisponible pour l’instant"),
}
BROKEN = _("Quelque chose s’est mal passé de notre côté. Réessayez dans quelques minutes.")
BAD_PARAMETERS = _("Un paramètre au moins n’est pas lisible : « errors » dit lequel et pourquoi.")


def problem(
    status: int, code: str, detail: "str | Promise", *, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """An error as the API answers it. `errors` tells, for each parameter or field, what is wrong with it."""
    title = TITLES.get(status)
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(title) if title else HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": str(detail),
    }
    if errors is not None:
        body["errors"] = errors
    content = json.dumps(body, ensure_ascii=False).encode()
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    return response


def handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The answer to an error raised by a view of the API; None for a fault of ours, which Django logs."""
    match error:
        case Http404():
            return of_domain(NotFound())
        case PermissionDenied():
            denied = exceptions.PermissionDenied()
            return problem(denied.status_code, denied.default_code, denied.detail)
        case RequestDataTooBig():
            status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
            return problem(status, "too_large", TITLES[status])
        case SuspiciousOperation() | BadRequest():
            status = HTTPStatus.BAD_REQUEST
            return problem(status, "bad_request", TITLES[status])
        case DomainError():
            return of_domain(error)
        case exceptions.ValidationError():
            return problem(error.status_code, "bad_parameters", BAD_PARAMETERS, errors=_lines(error.detail))
        case exceptions.APIException():
            return _of_framework(error)
    return None


def of_domain(error: DomainError) -> HttpResponse:
    """An error of the house: absent or forbidden 404, a closed log 503, a rule that says no 409."""
    status = HTTPStatus.CONFLICT
    if isinstance(error, NotFound):
        status = HTTPStatus.NOT_FOUND
    elif isinstance(error, Unavailable):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    field = error.field if isinstance(error, Refused) else None
    errors = [{"parameter": field, "code": error.code, "detail": str(error.message)}] if field else None
    return problem(status, error.code, error.message, errors=errors)


def _of_framework(error: exceptions.APIException) -> HttpResponse:
    code = error.get_codes()
    response = problem(
        error.status_code, code if isinstance(code, str) else error.default_code, str(error.detail)
    )
    if scheme := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = scheme
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) or 1)
    return response


def _lines(detail: Any, name: str = "") -> list[dict[str, str]]:
    """DRF's nested words, one line a fault: `{"level": {"0": [...]}}` is the parameter `level.0`."""
    if isinstance(detail, Mapping):
        pairs = [(f"{name}.{key}" if name else str(key), value) for key, value in detail.items()]
    elif isinstance(detail, list):
        pairs = [(name, value) for value in detail]
    else:
        return [{"parameter": name, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}]
    return [line for key, value in pairs for line in _lines(value, key)]


def no_such_address(request: HttpRequest) -> HttpResponse:
    """Any address under the API that leads nowhere."""
    return of_domain(NotFound())


def broken() -> HttpResponse:
    """A fault of ours, told without a word of what it was."""
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "error", BROKEN)
