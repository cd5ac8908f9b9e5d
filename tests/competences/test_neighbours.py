"""Jobs near a job: what both ask for, what is missing, and what the reader's own record already holds."""

import pytest
from django.urls import reverse

from competences.queries.neighbours import MOST_COMPUTED
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built
from tests.competences.test_records import declare
from tests.competences.test_reference_pages import text_of

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8


@pytest.fixture
def near():
    """A job with two neighbours named by the producer; a context that both ask for does not count."""
    made = Built()
    made.job = made.concept("job", "A1000", "Accueil")
    made.first = made.concept("job", "A1001", "Standard")
    made.second = made.concept("job", "A1002", "Guidage")
    made.skills = [made.concept("skill", str(n), f"Savoir-faire {n}") for n in range(6)]
    made.knowledge = made.concept("knowledge", "k", "Langue des signes")
    context = made.concept("context", "c", "Debout")
    for job, skills in ((made.job, (0, 1, 2)), (made.first, (1, 2, 3)), (made.second, (4, 5))):
        for n in skills:
            made.link("uses", job, made.skills[n], flag="principale" if n == 3 else "")
        made.link("uses", job, context)
    made.link("uses", made.first, made.knowledge)
    # A link that the newest edition no longer has is neither common nor missing.
    made.link("uses", made.first, made.skills[0], "1", "2")
    made.link("neighbour", made.job, made.second, flag="2")
    made.link("neighbour", made.job, made.first, flag="1")
    return made


def url(made, **query):
    return reverse("competences:job_neighbours", args=["petit", made.job.external_id], query=query)


def test_the_sheet_counts_in_the_producers_order(near, client):
    words = text_of(client.get(reverse("competences:job", args=["petit", "A1000"])))
    assert "Métiers proches 2 Standard 2 en commun, 2 à acquérir Guidage 0 en commun, 2 à acquérir" in words


def test_the_page_lists_what_is_missing_and_what_is_common(near, client):
    lists = client.get(url(near)).context["page"].chosen
    assert [n.label for n in lists.common] == ["Savoir-faire 1", "Savoir-faire 2"]
    assert [n.label for n in lists.missing] == ["Savoir-faire 3", "Langue des signes"]
    assert [n.label for n in lists.left] == ["Savoir-faire 0"]
    other = client.get(url(near, avec="A1002")).context["page"].chosen
    assert [n.label for n in other.missing] == ["Savoir-faire 4", "Savoir-faire 5"]


def test_the_page_is_as_of_the_edition_asked_for(near, client):
    page = client.get(url(near, edition="1")).context["page"]
    assert page.neighbours[0].common == 3


@pytest.mark.parametrize("query", [{"avec": "A1000"}, {"avec": "Z9999"}, {"edition": "7"}])
def test_what_is_no_neighbour_is_not_found(near, client, query):
    assert client.get(url(near, **query)).status_code == 404


def test_only_the_readers_own_record_marks_what_they_hold(near, client):
    reader, other = UserFactory(), UserFactory()
    near.skills.append(near.knowledge)
    for person, number in ((reader, 3), (reader, 1), (other, 6)):
        declare(near, person, number)
    assert "dans votre dossier" not in text_of(client.get(url(near)))
    client.force_login(reader)
    words = text_of(client.get(url(near)))
    assert "1 est déjà dans votre dossier" in words
    assert "Savoir-faire 3 cœur de métier dans votre dossier" in words
    assert words.count("dans votre dossier") == 2


def test_without_neighbours_those_that_share_most_are_worked_out(client):
    made = Built()
    made.job = made.concept("job", "B1", "Un")
    skills = [made.concept("skill", str(n), f"Faire {n}") for n in range(20)]
    for skill in skills:
        made.link("uses", made.job, skill)
    for number in range(MOST_COMPUTED + 5):
        other = made.concept("job", f"C{number:02}", f"Métier {number}")
        for skill in skills[: number + 1]:
            made.link("uses", other, skill)
    page = client.get(url(made)).context["page"]
    assert page.is_computed
    assert [n.common for n in page.neighbours] == list(range(15, 15 - MOST_COMPUTED, -1))
    words = text_of(client.get(reverse("competences:job", args=["petit", "B1"])))
    assert "comptés par Pérenne. Métier 14 15 en commun, 0 à acquérir" in words


def test_a_job_alone_has_no_neighbour(client):
    made = Built()
    made.job = made.concept("job", "B1", "Un")
    assert "Aucun métier proche" in text_of(client.get(url(made)))


def test_queries_do_not_grow_with_the_neighbours(near, client, django_assert_max_num_queries):
    sheet = reverse("competences:job", args=["petit", "A1000"])
    with django_assert_max_num_queries(MOST_QUERIES) as few_on_sheet:
        client.get(sheet)
    client.force_login(UserFactory())
    with django_assert_max_num_queries(MOST_QUERIES + 3) as few:
        client.get(url(near))
    for number in range(30):
        other = near.concept("job", f"D{number}", f"Voisin {number}")
        near.link("neighbour", near.job, other, flag=str(number + 3))
        for skill in near.skills:
            near.link("uses", other, skill)
    with django_assert_max_num_queries(len(few)):
        assert "Voisin 29" in text_of(client.get(url(near)))
    client.logout()
    with django_assert_max_num_queries(len(few_on_sheet)):
        client.get(sheet)
