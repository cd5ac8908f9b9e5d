"""The pages on which an edition is sent, looked at, mended and applied; and who never sees them."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from competences import upload_handler
from competences.enums import UploadState
from competences.models import Edition, Upload
from competences.services import uploads as service
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.competences.upload_builder import BAD, TABLE, csv_file, member_of, mended, work

VIEWS = ("page", "state", "errors", "mend", "apply")


def address(name, organisation, upload=None):
    prefix = "employer_upload" if organisation else "staff_upload"
    ids = [one.public_id for one in (organisation, upload) if one]
    return reverse(f"competences:{prefix}_{name}", args=ids)


@pytest.fixture
def organisation(db):
    return OrganisationFactory(employer=True)


@pytest.fixture
def member(organisation, client):
    user = member_of(organisation)
    client.force_login(user)
    return user


@pytest.fixture
def post(client, member, organisation):
    """Sends a table by the page; the answer."""

    def sent(text=TABLE, number="1", **values):
        form = {"number": number, "files": csv_file(text), **values}
        return client.post(address("index", organisation), form)

    return sent


def test_an_edition_is_sent_looked_at_and_applied(client, post, organisation):
    answer = post()
    upload = Upload.objects.get()
    assert answer.url == address("page", organisation, upload)
    assert answer.url in client.get(address("index", organisation)).content.decode()
    waiting = client.get(answer.url).content.decode()
    assert f'hx-get="{address("state", organisation, upload)}"' in waiting
    assert "<progress" in waiting
    work()
    page = client.get(answer.url)
    assert page.context["rows"][0]["number"] == 1
    assert not Edition.objects.exists()
    assert "hx-get" not in client.get(address("state", organisation, upload)).content.decode()
    assert client.post(address("apply", organisation, upload)).url == answer.url
    work()
    edition = Edition.objects.get()
    changes = reverse("competences:changes", args=[edition.reference.slug, "1"])
    assert changes in client.get(answer.url).content.decode()
    post(TABLE.replace("Lire un plan", "Tracer un plan"), "2")
    work()
    second = client.get(address("page", organisation, Upload.objects.first()))
    rows = {str(row["label"]): row["changes"] for row in second.context["rows"]}
    assert [number for _words, number in rows["Compétences"]] == [1]
    assert second.context["links"]["before"] == 2


def test_two_bad_rows_are_shown_mended_and_applied(client, post, organisation):
    post(BAD)
    work()
    bad = Upload.objects.get()
    page = client.get(address("page", organisation, bad))
    assert [(a["line"], a["column"]) for a in page.context["shown"]] == [(3, 3), (4, 5)]
    answer = client.get(address("errors", organisation, bad))
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "no-store"
    text = answer.content.decode("utf-8-sig")
    _header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert [row[3] for row in rows] == ["'=Lire un plan", "Lever"]
    sent = client.post(address("mend", organisation, bad), {"files": csv_file(mended(text))})
    good = Upload.objects.get(mends=bad)
    assert sent.url == address("page", organisation, good)
    work()
    client.post(address("apply", organisation, good))
    work()
    good.refresh_from_db()
    assert (good.state, good.report["counts"]["links"]) == (UploadState.APPLIED, 3)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"number": "deux"}, "number"),
        ({"number": ""}, "number"),
        ({"published_on": "hier"}, "published_on"),
        ({"files": csv_file("", "vide.csv")}, "files"),
        ({"files": csv_file(name="metiers.ods")}, "files"),
        ({"files": ""}, "files"),
    ],
)
def test_a_refusal_stands_beside_its_field_and_what_was_typed_is_kept(post, values, field):
    answer = post(**{"number": "12.5", "published_on": "2026-02-03"} | values)
    form = answer.context["form"]
    assert list(form.errors) == [field]
    for name, typed in {"number": "12.5", "published_on": "2026-02-03"}.items():
        assert form[name].value() == values.get(name, typed)
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert not Upload.objects.exists()


def test_a_mended_file_that_cannot_be_read_is_refused_beside_its_field(client, post, organisation):
    post(BAD)
    work()
    for values in ({}, {"files": csv_file("autre;chose\n1;2\n")}):
        answer = client.post(address("mend", organisation, Upload.objects.get()), values)
        assert list(answer.context["form"].errors) == ["files"]


def test_what_cannot_be_applied_says_so(client, post, organisation):
    post(BAD)
    work()
    answer = client.post(address("apply", organisation, Upload.objects.get()), follow=True)
    assert [m.level_tag for m in answer.context["messages"]] == ["warning"]
    assert not Edition.objects.exists()


def test_the_template_is_a_table_that_is_accepted(client, member, organisation):
    answer = client.get(address("template", organisation))
    assert answer["Content-Type"].startswith("text/csv")
    client.post(
        address("index", organisation),
        {"number": "1", "files": SimpleUploadedFile("modele.csv", answer.content)},
    )
    work()
    assert Upload.objects.get().state == UploadState.READY


def neighbour():
    return member_of(OrganisationFactory(employer=True))


@pytest.mark.parametrize("make", [neighbour, UserFactory, lambda: UserFactory(staff=True)])
def test_nobody_else_sees_anything_of_an_employers_uploads(client, post, organisation, make):
    post(BAD)
    work()
    upload = Upload.objects.get()
    stranger = make()
    client.force_login(stranger)
    assert client.get(address("index", organisation)).status_code == 404
    assert client.get(address("template", organisation)).status_code == 404
    theirs = [m.organisation for m in stranger.memberships.select_related("organisation")]
    places = [organisation, *theirs, *([None] if stranger.is_staff else [])]
    for place in places:
        for name in VIEWS:
            call = client.post if name in ("mend", "apply") else client.get
            assert call(address(name, place, upload)).status_code == 404, (place, name)


def test_a_visitor_is_asked_to_sign_in(client, organisation):
    for place in (organisation, None):
        assert client.get(address("index", place)).status_code == 302


def test_an_adviser_body_has_no_such_page(client, db):
    body = OrganisationFactory()
    client.force_login(MembershipFactory(organisation=body).user)
    assert client.get(address("index", body)).status_code == 404


def test_the_staff_sends_any_format_with_several_files(client, db):
    client.force_login(UserFactory(staff=True))
    text = "code,kind,label_fr,label_en\n1,area,Chercher,Search\n"
    files = [csv_file(text, "digcomp.csv"), csv_file(text, "second.csv")]
    form = {"format": "digcomp", "number": "3.0", "files": files}
    client.post(address("index", None), form)
    upload = Upload.objects.get()
    assert [f.name for f in upload.files.all()] == ["digcomp.csv", "second.csv"]
    work()
    # DigComp is read from one file: the refusal of two is told on the page.
    assert client.get(address("page", None, upload)).context["shown"][0]["code"] == "too_many_sources"
    client.post(address("index", None), form | {"files": csv_file(text, "digcomp.csv")})
    work()
    second = Upload.objects.first()
    client.post(address("apply", None, second))
    work()
    assert Edition.objects.get().reference.slug == "digcomp"
    assert client.get(address("page", None, second)).status_code == 200


def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, member, organisation, monkeypatch):
    monkeypatch.setattr(upload_handler, "MEMBER_BYTES", 20_000)
    monkeypatch.setattr(upload_handler, "STRANGER_BYTES", 10_000)
    visitor = Client(enforce_csrf_checks=True, headers={"cookie": f"csrftoken={'a' * 32}"})
    # The form of a visitor is read to look for its token, and no further: 403.
    for who, size, status in (
        (client, 15_000, 302),
        (client, 25_000, 400),
        (visitor, 5_000, 403),
        (visitor, 15_000, 400),
    ):
        form = {"number": "1", "files": csv_file(TABLE + " " * size)}
        assert who.post(address("index", organisation), form).status_code == status


def test_a_member_of_an_employer_is_not_of_the_staff(client, member):
    assert client.get(address("index", None)).status_code == 404


def test_the_list_costs_the_same_whatever_was_sent(client, member, organisation, django_assert_num_queries):
    today = timezone.localdate()

    def send(number):
        service.create_upload(
            actor=member, organisation=organisation, files=[csv_file()], number=number, on=today
        )
        work()
        Upload.objects.filter(number=number).update(state=UploadState.REFUSED, ended_at=timezone.now())

    send("1")
    for more in (range(2, 12), ()):
        with django_assert_num_queries(6):
            client.get(address("index", organisation))
        for number in more:
            send(str(number))
    with django_assert_num_queries(6):
        client.get(address("page", organisation, Upload.objects.first()))


def test_the_address_of_a_form_asked_for_by_a_refresh_shows_its_page(client, post, organisation):
    post(BAD)
    work()
    upload = Upload.objects.get()
    for name in ("mend", "apply"):
        assert client.get(address(name, organisation, upload)).url == address("page", organisation, upload)
        assert client.put(address(name, organisation, upload)).status_code == 405
    assert Upload.objects.get().state == UploadState.REFUSED
