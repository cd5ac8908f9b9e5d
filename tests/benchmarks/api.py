"""The read API against views that do nothing but the same queries.

In one process and without a network: requests go straight into the WSGI handler, through every middleware,
one of ours and one of the floor's in turn. A server and a network would add the same time to both sides
and flatter the ratio. The floor of a reading is a bare DRF view that runs the same SQL, already written out
with its values, and returns the same bytes from memory; that of a 304 is a bare Django view that reads one
row by its primary key. No throttle counts on either side.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from competences.models import Edition
from config.urls import urlpatterns as of_the_site
from tests.benchmarks.imports import load_real

Show = Callable[[str, float, str, float], None]
ROUNDS, BATCH = 40, 10
TARGET = 0.6


class Floor(APIView):
    """Runs the statements, returns the bytes."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    statements: list[str] = []
    content = b""

    def get(self, request: Request) -> HttpResponse:
        with connection.cursor() as cursor:
            for statement in self.statements:
                cursor.execute(statement)
                cursor.fetchall()
        return HttpResponse(self.content, content_type="application/json")


def one_row(request: HttpRequest, key: int) -> HttpResponse:
    """The floor of a 304."""
    Edition.objects.values_list("public_id", "content_revision").get(pk=key)
    return HttpResponse(status=HTTPStatus.NOT_MODIFIED)


urlpatterns = [*of_the_site, path("floor", Floor.as_view()), path("floor/<int:key>", one_row)]


def get(handler: WSGIHandler, address: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    """One request, as a server hands it over: status, headers, bytes."""
    path_info, _mark, query = address.partition("?")
    answer: dict[str, object] = {}
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path_info,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        "wsgi.errors": sys.stderr,
        **headers,
    }
    response = handler(environ, lambda status, pairs: answer.update(status=status, headers=dict(pairs)))
    content = b"".join(response)
    response.close()
    return answer["status"], answer["headers"], content


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    for _turn in range(BATCH):
        work()
    return time.perf_counter() - started


def side_by_side(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Requests a second of ours and of the floor, medians of batches taken in turn."""
    for work in (ours, floor, ours, floor):
        seconds(work)
    pairs = [(seconds(ours), seconds(floor)) for _round in range(ROUNDS)]
    return tuple(BATCH / statistics.median(column) for column in zip(*pairs, strict=True))


def bench(show: Show) -> None:
    """Ratios to the floors, on the newest edition of the ROME that the database holds."""
    rates = dict.fromkeys(settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"])
    unthrottled = settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates}
    load_real()
    edition = Edition.objects.in_history().filter(reference__slug="rome").last()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    addresses = {
        "API, a job with its links and history": "/api/v1/concepts/rome/job/M1805",
        "API, a skill": f"/api/v1/concepts/rome/skill/{some_skill(edition)}",
        "API, a page of changes": f"/api/v1/changes?reference=rome&edition={edition.number}",
    }
    with override_settings(ROOT_URLCONF=__name__, REST_FRAMEWORK=unthrottled, ALLOWED_HOSTS=["localhost"]):
        handler = WSGIHandler()
        for name, address in addresses.items():
            against_floor(show, handler, name, address)
        _status, headers, _content = get(handler, address)
        tag = headers["ETag"]
        assert get(handler, address, HTTP_IF_NONE_MATCH=tag)[0].startswith("304")
        ours, floor = side_by_side(
            lambda: get(handler, address, HTTP_IF_NONE_MATCH=tag),
            lambda: get(handler, f"/floor/{edition.pk}"),
        )
        show("API, not modified", ours, "requests/s", floor)
        show("API, not modified, share of the floor", ours / floor, "ratio", TARGET)


def some_skill(edition: Edition) -> str:
    """A skill that several jobs use."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.external_id FROM competences_concept c JOIN competences_conceptlink l"
            " ON l.target_id = c.id AND l.kind = 'uses' WHERE c.kind = 'skill' AND c.reference_id = %s"
            " GROUP BY c.external_id ORDER BY abs(count(*) - 20), c.external_id LIMIT 1",
            [edition.reference_id],
        )
        return cursor.fetchone()[0]


def against_floor(show: Show, handler: WSGIHandler, name: str, address: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        status, _headers, content = get(handler, address)
    assert status.startswith("200"), (address, status)
    Floor.statements = [line["sql"] for line in captured.captured_queries]
    Floor.content = content
    assert get(handler, "/floor")[2] == content
    ours, floor = side_by_side(lambda: get(handler, address), lambda: get(handler, "/floor"))
    show(name, ours, "requests/s", floor)
    show(f"{name}, share of the floor", ours / floor, "ratio", TARGET)
