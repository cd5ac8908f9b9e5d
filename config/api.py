"""Every address of the API, version by version.

/api/v1/schema/ gives the description that machines read. It is the file beside this one, which a test
compares with the code. To write it again:

    manage.py spectacular --format openapi-json --file config/openapi.json --validate --fail-on-warn
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.api.problems import broken, no_such_address
from competences.api.changes import ChangeViewSet
from competences.api.concepts import ConceptViewSet
from competences.api.editions import EditionViewSet
from competences.api.references import ReferenceViewSet

SCHEMA = Path(__file__).with_name("openapi.json")


@cache
def _schema() -> tuple[bytes, str]:
    """The description and its ETag."""
    content = SCHEMA.read_bytes()
    return content, quote_etag(hashlib.blake2b(content, digest_size=12).hexdigest())


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The OpenAPI description."""
    content, etag = _schema()
    response = HttpResponse(content, content_type="application/vnd.oai.openapi+json")
    response["Cache-Control"] = "public, max-age=300, must-revalidate"
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


def server_error(request: HttpRequest) -> HttpResponse:
    """A fault of ours: a page for people, a problem for the API."""
    if request.path.startswith("/api/"):
        return broken()
    return defaults.server_error(request)


READ_ALL: dict[str, Any] = {"get": "list"}
READ_ONE: dict[str, Any] = {"get": "retrieve"}
urlpatterns = [
    # PostgreSQL would refuse to look for the null character.
    re_path(r"\x00", csrf_exempt(no_such_address)),
    path("v1/schema/", schema, name="api-schema"),
    path("v1/references", ReferenceViewSet.as_view(READ_ALL), name="api-references"),
    path("v1/references/<slug:slug>", ReferenceViewSet.as_view(READ_ONE), name="api-reference"),
    path("v1/editions", EditionViewSet.as_view(READ_ALL), name="api-editions"),
    path("v1/editions/<uuid:public_id>", EditionViewSet.as_view(READ_ONE), name="api-edition"),
    path("v1/concepts", ConceptViewSet.as_view(READ_ALL), name="api-concepts"),
    path(
        "v1/concepts/<slug:reference>/<slug:kind>/<path:external_id>",
        ConceptViewSet.as_view(READ_ONE),
        name="api-concept",
    ),
    path("v1/", include("competences.api.uploads")),
    path("v1/changes", ChangeViewSet.as_view(READ_ALL), name="api-changes"),
    re_path(r"^[\s\S]*$", csrf_exempt(no_such_address)),
]
