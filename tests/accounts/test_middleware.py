"""Errors become pages once, reading never writes, and the navigation costs one query."""

import io
import re

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import include, path
from django.utils import translation

from accounts.context_processors import nav_roles
from accounts.errors import DomainError, NotFound, Refused, Unavailable
from accounts.middleware import LONGEST_ANSWER, LongAnswerError, WriteInReadError
from accounts.models import FileOpening, User
from tests.accounts.factories import NOW, MandateFactory, MembershipFactory, OrganisationFactory, UserFactory

pytestmark = pytest.mark.django_db

ERRORS = {
    "absent": NotFound(),
    "refused": Refused("no", "Ce n’est pas <possible>."),
    "log": Unavailable(),
    "other": DomainError("other", "Autre refus."),
}


def _raise(request, name):
    raise ERRORS[name]


def _write(request, how):
    if how == "default":
        User.objects.update(name="x")
    elif how == "log":
        FileOpening.objects.create(
            actor_id=1, worker_id=1, mandate_id=1, purpose="review", opened_at="2026-03-12T10:00Z"
        )
    else:
        request.session["x"] = 1
    return HttpResponse("written")


ANSWERS = {
    "whole": lambda: HttpResponse(b"x" * LONGEST_ANSWER),
    "long": lambda: HttpResponse(b"x" * (LONGEST_ANSWER + 1)),
    "streamed": lambda: StreamingHttpResponse(iter([b"x"])),
    "file": lambda: FileResponse(io.BytesIO(b"x")),
}


urlpatterns = [
    path("answer/<str:name>/", lambda request, name: ANSWERS[name]()),
    path("raise/<str:name>/", _raise),
    path("write/<str:how>/", _write),
    path("", include("config.urls")),
]


@pytest.fixture(autouse=True)
def _urls(settings):
    """The addresses above, before those of the site."""
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("absent", 404, "Cette page n’existe pas, ou vous n’y avez pas accès"),
        ("refused", 409, "Ce n’est pas &lt;possible&gt;."),
        ("log", 503, "Nous ne pouvons pas noter cette consultation"),
        ("other", 409, "Autre refus."),
    ],
)
def test_each_error_has_its_page(client, name, status, words):
    response = client.get(f"/raise/{name}/")
    assert response.status_code == status
    assert words in response.content.decode()


def test_absent_and_forbidden_are_one_page(client):
    """Nothing but the address asked for tells the two apart."""

    def page(url):
        client.force_login(UserFactory(name="Nadia"))
        response = client.post(url)
        body = response.content.decode().replace(url, "URL")
        return response.status_code, re.sub(r'value="\w{64}"', "", body), sorted(response.headers)

    forbidden = f"/compte/acces/{MandateFactory().public_id}/retirer/"
    absent = f"/compte/acces/{UserFactory().public_id}/retirer/"
    assert page(forbidden) == page(absent)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_request_that_reads_cannot_write(client, method):
    with pytest.raises(WriteInReadError):
        getattr(client, method)("/write/default/")


def test_it_may_write_the_log_and_the_session_and_a_post_may_write(client):
    for how in ("log", "session"):
        assert client.get(f"/write/{how}/").content == b"written"
    assert FileOpening.objects.count() == 1
    assert client.post("/write/default/").content == b"written"


@pytest.mark.parametrize("name", ["long", "streamed", "file"])
def test_an_answer_that_is_long_or_streamed_is_a_fault(client, name):
    assert len(client.get("/answer/whole/").content) == LONGEST_ANSWER
    with pytest.raises(LongAnswerError):
        client.get(f"/answer/{name}/")


def _page_language(client, url="/messages-envoyes/"):
    return re.search(r'<html lang="(\w+)"', client.get(url).content.decode())[1]


def test_pages_follow_the_person_unless_the_device_says_otherwise(client):
    assert _page_language(client) == "fr"
    client.force_login(UserFactory(english=True))
    assert _page_language(client) == "en"
    client.cookies["django_language"] = "fr"
    assert _page_language(client) == "fr"
    translation.activate("fr")


@pytest.fixture
def _on_the_day():
    """The navigation reads the clock."""
    with time_machine.travel(NOW, tick=False):
        yield


def _roles(rf, user):
    request = rf.get("/")
    request.user = user
    return request, nav_roles(request)["nav_roles"]


@pytest.mark.usefixtures("_on_the_day")
def test_navigation_knows_the_roles_of_the_day_in_one_query(rf):
    user = MembershipFactory(employer=True, organisation__name="Zen").user
    MembershipFactory(user=user, employer=True, organisation=OrganisationFactory(name="Arc", employer=True))
    MembershipFactory(user=user)
    MembershipFactory(employer=True)
    request, roles = _roles(rf, user)
    with CaptureQueriesContext(connection) as queries:
        assert roles.adviser
        assert [organisation.name for organisation in roles.employers] == ["Arc", "Zen"]
        assert nav_roles(request)["nav_roles"].adviser
    assert len(queries) == 1


@pytest.mark.usefixtures("_on_the_day")
@pytest.mark.parametrize("fields", [{"ended": True}, {"future": True}])
def test_a_membership_out_of_its_dates_gives_no_entry(rf, fields):
    _request, roles = _roles(rf, MembershipFactory(**fields).user)
    assert not roles.adviser
    assert roles.employers == ()


def test_a_visitor_costs_no_query(rf):
    with CaptureQueriesContext(connection) as queries:
        _request, roles = _roles(rf, AnonymousUser())
        assert not roles.adviser
    assert len(queries) == 0
