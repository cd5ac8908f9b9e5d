"""The adviser's list and one person's file: what each purpose of a mandate shows, and who is refused."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Purpose
from accounts.models import FileOpening, Mandate
from competences.services.attestations import hide_attestation
from tests.accounts.factories import MandateFactory, UserFactory
from tests.competences.file_builder import pdf
from tests.competences.record_builder import add, answered_request, held, sent, skill

pytestmark = pytest.mark.django_db

LIST = reverse("competences:caseload")
PURPOSES = [
    ([Purpose.FOLLOW_UP], True, False),
    ([Purpose.REVIEW], False, True),
    ([Purpose.FOLLOW_UP, Purpose.REVIEW], True, True),
    ([Purpose.BILAN], False, False),
]


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def user():
    """A person with a skill that somebody observed, a file and a certificate that is over."""
    person = UserFactory(name="Nadia Worker")
    one = skill(person, "Souder à l’arc")
    answered_request(person, name="Alex Martin", comment="Vue à l’atelier.")
    add(person, one, title="Ma photo", kind="file", file=sent(pdf()))
    over = timezone.localdate() - dt.timedelta(days=1)
    add(person, one, kind="certificate", title="Permis de feu", valid_until=over)
    return person


def adviser_of(person, purposes):
    [first, *others] = [MandateFactory(worker=person.worker, purpose=purposes[0])]
    for purpose in purposes[1:]:
        others.append(
            MandateFactory(
                worker=person.worker, purpose=purpose, adviser=first.adviser, organisation=first.organisation
            )
        )
    return first.adviser


def file_of(person):
    return reverse("competences:adviser_worker", args=[person.worker.public_id])


@pytest.mark.parametrize(("purposes", "follows", "reviews"), PURPOSES)
def test_each_purpose_shows_its_part(user, client, purposes, follows, reviews):
    client.force_login(adviser_of(user, purposes))
    [line] = client.get(LIST).context["lines"]
    assert (line.touched is not None, line.purposes) == (follows, tuple(purposes))
    assert not FileOpening.objects.exists()
    page = client.get(file_of(user))
    text = page.content.decode()
    assert ("Souder à l’arc" in text) is (follows or reviews)
    assert ('id="t-jobs"' in text, 'id="t-touched"' in text) == (follows, follows)
    for words in ("Alex Martin", "Vue à l’atelier.", "Ma photo", "Permis de feu", "plus valable"):
        assert (words in text) is reviews
    assert "diplome.pdf" not in text
    logged = FileOpening.objects.filter(worker_id=user.worker.pk).values_list("purpose", flat=True)
    assert sorted(logged) == sorted(purposes)


def test_a_neighbour_who_reviews_somebody_else_is_refused(user, client):
    other = UserFactory(name="Yann Autre")
    client.force_login(adviser_of(other, [Purpose.REVIEW]))
    assert [one.worker.user for one in client.get(LIST).context["lines"]] == [other]
    assert client.get(file_of(other)).status_code == 200
    assert client.get(file_of(user)).status_code == 404
    assert not FileOpening.objects.filter(worker_id=user.worker.pk).exists()


def test_the_end_of_one_purpose_leaves_the_other(user, client):
    adviser = adviser_of(user, [Purpose.FOLLOW_UP, Purpose.REVIEW])
    client.force_login(adviser)
    Mandate.objects.filter(purpose=Purpose.REVIEW).update(withdrawn_at=timezone.now())
    assert "Alex Martin" not in client.get(file_of(user)).content.decode()
    Mandate.objects.update(withdrawn_at=timezone.now())
    assert client.get(file_of(user)).status_code == 404


def test_what_the_person_hides_is_hidden_from_who_reviews(user, client):
    [view] = held(user)[0].attestations.all()
    hide_attestation(actor=user, attestation=view, hidden=True)
    client.force_login(adviser_of(user, [Purpose.REVIEW]))
    assert "Alex Martin" not in client.get(file_of(user)).content.decode()


def test_a_list_tells_who_reviews_no_flag_and_costs_the_same(user, client, django_assert_max_num_queries):
    adviser = adviser_of(user, [Purpose.REVIEW])
    for _person in range(12):
        MandateFactory(worker=UserFactory().worker, adviser=adviser, purpose=Purpose.REVIEW)
    for number in range(20):
        add(user, skill(user, f"Geste numéro {number}"), title=f"Lien {number}")
    client.force_login(adviser)
    client.get(LIST)
    with django_assert_max_num_queries(10):
        page = client.get(LIST)
    assert {one.touched for one in page.context["lines"]} == {None}
    with django_assert_max_num_queries(20):
        page = client.get(file_of(user))
    assert len(page.context["statements"]) == 21
