"""Answers that a reader may keep: ETag, Cache-Control, and "not modified" for the price of one query.

The ETag of an answer about a reference holds the primary key of the edition that it shows, so that a
request that brings it back is answered from that row (queries/catalogue.py), without looking for anything
else. The rest is a digest of the state of the reference, of the address with its parameters (language,
filters, page) and of the version of the format. A forged ETag deceives whoever forged it, and nobody else.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse

from competences.queries.catalogue import PublicPast, mark_of, mark_of_all

FORMAT = 1
"""Raise it whenever the same rows are told in another way: kept answers are then asked for again."""

CACHE = "public, max-age=300, must-revalidate"
ALL = "all"
_OURS = re.compile(r'"(all|\d{1,18})-([0-9a-f]{16})-([0-9a-f]{24})"')


def not_modified(request: HttpRequest) -> HttpResponse | None:
    """304 when the request brings back the ETag that its answer would have. At most one query."""
    given = request.META.get("HTTP_IF_NONE_MATCH")
    if not given:
        return None
    asked = _asked(request)
    # Of several, the one that was given for this address.
    ours = next((found for found in _OURS.finditer(given) if found[2] == asked), None)
    if ours is None:
        return None
    mark = mark_of_all() if ours[1] == ALL else mark_of(int(ours[1]))
    if mark is None or ours[3] != mark:
        return None
    return _kept(HttpResponse(status=HTTPStatus.NOT_MODIFIED), f"W/{ours[0]}")


def answer(request: HttpRequest, payload: Mapping[str, Any], past: PublicPast) -> HttpResponse:
    """The payload as JSON, with the ETag of the edition that it shows."""
    return _json(payload, f'W/"{past.shown.pk}-{_asked(request)}-{past.mark}"')


def answer_of_all(request: HttpRequest, payload: Mapping[str, Any], mark: str) -> HttpResponse:
    """The payload as JSON, when it speaks of several references. `mark` was read before the payload."""
    return _json(payload, f'W/"{ALL}-{_asked(request)}-{mark}"')


def _asked(request: HttpRequest) -> str:
    text = f"{FORMAT}\x1f{request.path}\x1f{request.META.get('QUERY_STRING', '')}"
    return hashlib.blake2b(text.encode(errors="surrogateescape"), digest_size=8).hexdigest()


def _json(payload: Mapping[str, Any], etag: str) -> HttpResponse:
    content = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return _kept(HttpResponse(content, content_type="application/json"), etag)


def _kept(response: HttpResponse, etag: str) -> HttpResponse:
    response["ETag"] = etag
    response["Cache-Control"] = CACHE
    return response
