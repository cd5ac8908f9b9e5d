"""Editions sent through the API: states, refusals as problems, and nobody else's uploads."""

import pytest
from django.test import Client

from competences.models import Edition, Upload
from tests.accounts.factories import PASSWORD, OrganisationFactory, UserFactory
from tests.competences.upload_builder import BAD, TABLE, csv_file, member_of, mended, work

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.competences.upload_api_urls")]

UPLOADS = "/api/v1/uploads"


@pytest.fixture
def organisation():
    return OrganisationFactory(employer=True)


@pytest.fixture
def send(client, organisation):
    client.force_login(member_of(organisation))

    def sent(text=TABLE, **values):
        form = {"organisation": organisation.public_id, "number": "1", "files": csv_file(text), **values}
        return client.post(UPLOADS, {name: value for name, value in form.items() if value is not None})

    return sent


def problem(answer, status, code):
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    return answer.json()


def test_an_edition_is_sent_read_and_applied(client, send, organisation):
    answer = send()
    told = answer.json()
    assert (answer.status_code, answer["Location"]) == (202, f"{UPLOADS}/{told['id']}")
    assert (told["state"], told["progress"], told["report"], told["errors"]) == ("waiting", 0, None, [])
    assert told["organisation"] == str(organisation.public_id)
    work()
    read = client.get(answer["Location"])
    assert (read.json()["state"], read["Cache-Control"]) == ("ready", "no-store")
    assert read.json()["report"]["counts"]["job"] == 1
    applied = client.post(f"{answer['Location']}/apply")
    assert (applied.status_code, applied.json()["state"]) == (202, "applying")
    work()
    done = client.get(answer["Location"]).json()
    assert (done["state"], done["progress"]) == ("applied", 100)
    assert done["edition"] == str(Edition.objects.get().public_id)


def test_a_bad_row_is_told_sent_back_and_mended(client, send):
    address = send(BAD)["Location"]
    work()
    told = client.get(address).json()
    assert told["state"] == "refused"
    assert [(e["line"], e["column"], e["code"]) for e in told["errors"]] == [
        (3, 3, "blank"),
        (4, 5, "unknown_value"),
    ]
    problem(client.post(f"{address}/apply"), 409, "not_ready")
    rows = client.get(f"{address}/failed-rows")
    assert rows["Content-Type"].startswith("text/csv")
    text = mended(rows.content.decode("utf-8-sig"))
    whole = client.post(f"{address}/mend", {"files": csv_file(text)})
    work()
    assert client.get(whole["Location"]).json()["report"]["counts"]["links"] == 3


@pytest.mark.parametrize(
    ("values", "status", "parameter"),
    [
        ({"number": "deux"}, 409, "number"),
        ({"number": None}, 409, "number"),
        ({"files": csv_file(name="a.ods")}, 409, "files"),
        ({"files": None}, 400, "files"),
        ({"published_on": "hier"}, 400, "published_on"),
        ({"organisation": "moi"}, 400, "organisation"),
        ({"format": "pdf"}, 400, "format"),
    ],
)
def test_a_refusal_names_its_parameter(send, values, status, parameter):
    answer = send(**values)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert [line["parameter"].partition(".")[0] for line in answer.json()["errors"]] == [parameter]
    assert not Upload.objects.exists()


def test_other_bodies_than_forms_with_files_are_refused(client, send):
    problem(
        client.post(UPLOADS, {"number": "1"}, content_type="application/json"), 415, "unsupported_media_type"
    )


def neighbour():
    return member_of(OrganisationFactory(employer=True))


@pytest.mark.parametrize("make", [neighbour, UserFactory, lambda: UserFactory(staff=True)])
def test_nobody_else_sends_sees_or_applies(client, send, organisation, make):
    address = send(BAD)["Location"]
    work()
    client.force_login(make())
    for answer in (
        client.post(UPLOADS, {"organisation": organisation.public_id, "number": "1", "files": csv_file()}),
        client.get(address),
        client.get(f"{address}/failed-rows"),
        client.post(f"{address}/apply"),
        client.post(f"{address}/mend", {"files": csv_file()}),
    ):
        problem(answer, 404, "not_found")


def test_only_the_staff_sends_for_no_organisation(client, send):
    problem(send(organisation=None, format="digcomp"), 404, "not_found")
    client.force_login(UserFactory(staff=True))
    text = "code,kind,label_fr,label_en\n1,area,Chercher,Search\n"
    form = {"format": "digcomp", "number": "3.0", "files": csv_file(text, "digcomp.csv")}
    answer = client.post(UPLOADS, form)
    assert (answer.status_code, answer.json()["reference"], answer.json()["organisation"]) == (
        202,
        "digcomp",
        None,
    )


def test_a_visitor_and_a_forged_form_are_refused(client, organisation):
    problem(client.post(UPLOADS, {"files": csv_file()}), 403, "not_authenticated")
    member = member_of(organisation)
    strict = Client(enforce_csrf_checks=True)
    assert strict.login(email=member.email, password=PASSWORD)
    problem(strict.post(UPLOADS, {"files": csv_file()}), 403, "permission_denied")


def test_looking_costs_two_queries(client, send, django_assert_num_queries):
    address = send()["Location"]
    with django_assert_num_queries(2):
        client.get(address)


def test_what_is_too_much_to_read_is_a_problem_too(client, send, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    problem(send(number="1" * 2000), 413, "too_large")
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1
    problem(send(), 400, "bad_request")
