"""Sheets in the reader's language, and the kinds of concept that other references than ROME bring."""

import re

import pytest
from django.urls import reverse
from django.utils import translation

from competences.models import OrganisationJob
from competences.queries.changes import change_page
from competences.queries.comparisons import compare_job
from competences.queries.job_reviews import job_reviews
from competences.queries.names import labels_of
from competences.queries.sheets import sheet
from tests.competences.readers import ANYBODY
from tests.competences.reference_builder import Built
from tests.competences.test_reference_pages import MOST_QUERIES, text_of

pytestmark = pytest.mark.django_db
URI = "http://data.europa.eu/esco/"


@pytest.fixture
def european():
    """A reference in English with French names for some of it: an occupation, its skills, their group."""
    made = Built("europe", "Référentiel européen", format="esco", language="en")
    made.job = made.concept(
        "job",
        f"{URI}occupation/1",
        ("web technician", "1", "2"),
        ("web developer", "2", None),
        description="Builds web sites.",
        alternatives="site builder\nweb programmer",
    )
    made.translate(made.job, "fr", "développeur web", "2", None, alternatives="programmeuse web")
    made.core = made.concept("skill", f"{URI}skill/1", "write code")
    made.translate(made.core, "fr", "écrire du code", description="Écrire des programmes.")
    made.extra = made.concept("skill", f"{URI}skill/2", "draw pictures")
    made.gone = made.concept("skill", f"{URI}skill/3", ("punch cards", "1", "2"))
    made.translate(made.gone, "fr", "perforer des cartes", "1", "2")
    made.group = made.concept("group", f"{URI}skill/S1", "working with computers")
    made.link("uses", made.job, made.core, flag="essential")
    made.link("uses", made.job, made.extra, flag="optional")
    made.link("uses", made.job, made.gone, "1", "2", flag="optional")
    made.link("needs", made.core, made.extra, flag="optional")
    for skill in (made.core, made.extra):
        made.link("part_of", skill, made.group)
    return made


def job_url(made):
    return reverse("competences:job", args=["europe", made.job.external_id])


def concept_url(concept, slug="europe"):
    return reverse("competences:concept", args=[slug, concept.kind, concept.external_id])


class TestLanguage:
    def test_a_name_is_in_the_readers_language_where_the_edition_has_it(self, european, client):
        response = client.get(job_url(european))
        html = response.content.decode()
        assert "<h1>développeur web</h1>" in html
        assert ">écrire du code</a>" in html
        assert "programmeuse web" in html
        assert "site builder" not in html

    def test_a_name_that_stays_in_another_language_says_which(self, european, client):
        html = client.get(job_url(european)).content.decode()
        assert ' lang="en">draw pictures</a>' in html
        assert '<p lang="en">Builds web sites.</p>' in html

    def test_a_name_is_the_one_of_the_edition_shown(self, european, client):
        html = client.get(job_url(european) + "?edition=1").content.decode()
        assert '<h1 lang="en">web technician</h1>' in html

    def test_a_reader_of_the_editions_language_reads_its_own_names(self, european, client):
        html = client.get(job_url(european), headers={"accept-language": "en"}).content.decode()
        assert "<h1>web developer</h1>" in html
        assert "draw pictures" in html
        assert 'lang="fr"' not in html.split("<main", 1)[1].split("</main", 1)[0]

    def test_what_was_withdrawn_keeps_its_name_in_the_readers_language(self, european, client):
        assert "<h1>perforer des cartes</h1>" in client.get(concept_url(european.gone)).content.decode()

    def test_another_language_costs_one_query_and_no_more(
        self, european, client, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(MOST_QUERIES) as own:
            client.get(job_url(european), headers={"accept-language": "en"})
        for number in range(40):
            skill = european.concept("skill", f"{URI}skill/9{number}", f"do thing {number}")
            european.translate(skill, "fr", f"faire la chose {number}")
            european.link("uses", european.job, skill, flag="essential")
        with django_assert_max_num_queries(len(own) + 1):
            assert "faire la chose 39" in text_of(client.get(job_url(european)))

    def test_changes_are_named_in_the_readers_language(self, european):
        european.change("2", "unlinked", european.job, european.gone)
        with translation.override("fr"):
            [row] = change_page(**ANYBODY, slug="europe", number="2").rows
        assert (row.concept.label, row.concept.lang) == ("développeur web", "")
        assert (row.other.label, row.other.lang) == ("perforer des cartes", "")


class TestMixedLanguages:
    """A reference whose editions are not in the same language, as ESCO 1.0 in French and 1.1 in English."""

    @pytest.fixture
    def mixed(self):
        made = Built("europe", "Référentiel européen", format="esco")
        made.editions["2"].language = "en"
        made.editions["2"].counts = {"links": 2}
        made.editions["2"].save()
        made.editions["1"].counts = {"links": 0}
        made.editions["1"].save()
        made.job = made.concept("job", "1", ("développeur", "1", "2"), ("developer", "2", None))
        made.gone = made.concept("job", "2", ("minitéliste", "1", "2"))
        made.skill = made.concept("skill", "3", ("écrire du code", "1", "2"), ("write code", "2", None))
        made.link("uses", made.job, made.skill, "2", flag="essential")
        return made

    def test_each_name_says_the_language_of_its_own_edition(self, mixed, client):
        old = client.get(job_url(mixed) + "?edition=1").content.decode()
        new = client.get(job_url(mixed)).content.decode()
        assert "<h1>développeur</h1>" in old
        assert '<h1 lang="en">developer</h1>' in new
        gone = client.get(concept_url(mixed.gone), follow=True).content.decode()
        assert "<h1>minitéliste</h1>" in gone

    def test_another_language_is_not_another_name(self, mixed, client):
        assert "devient" not in text_of(client.get(job_url(mixed)))
        found = compare_job(**ANYBODY, slug="europe", code="1", first="1", second="2")
        assert (found.is_renamed, found.is_respelt, found.speaks_one_language) == (False, False, False)
        comparison = reverse("competences:job_comparison", args=["europe", "1"])
        assert "pas dans la même langue (français, anglais)" in text_of(client.get(comparison))

    def test_a_name_in_the_readers_language_is_compared(self, mixed):
        mixed.translate(mixed.job, "fr", "conceptrice de logiciels", "2")
        with translation.override("fr"):
            found = compare_job(**ANYBODY, slug="europe", code="1", first="1", second="2")
        assert (found.before.label, found.after.label) == ("développeur", "conceptrice de logiciels")
        assert found.is_renamed

    def test_what_an_edition_leaves_out_was_neither_gained_nor_lost(self, mixed, client):
        assert "compétence de plus" not in text_of(client.get(job_url(mixed)))
        found = compare_job(**ANYBODY, slug="europe", code="1", first="1", second="2")
        assert [e.number for e in found.untold] == ["1"]
        assert found.items == {}

    def test_a_job_named_in_another_language_is_not_to_review(self, mixed):
        title = mixed.concept("title", "9", "Titre")
        mixed.link("title_of", title, mixed.job)
        row = OrganisationJob(pk=1, title=title, edition=mixed.editions["1"])
        assert job_reviews([row]) == {}

    def test_a_record_names_its_skills_in_the_readers_language(self, mixed):
        mixed.translate(mixed.skill, "fr", "programmer", "2")
        concepts = [mixed.skill.pk, mixed.job.pk, mixed.gone.pk]
        with translation.override("fr"):
            assert labels_of(concepts)[mixed.skill.pk] == "programmer"
        with translation.override("en"):
            assert labels_of(concepts)[mixed.skill.pk] == "write code"
        assert labels_of(concepts)[mixed.gone.pk] == "minitéliste"


class TestKinds:
    def test_the_skills_of_an_occupation_are_told_by_their_place(self, european, client):
        words = text_of(client.get(job_url(european)))
        assert re.search(r"Compétences 2 .*indispensables 1 écrire du code en option 1", words, re.IGNORECASE)
        assert "Autres noms 1 programmeuse web" in words

    def test_a_skill_tells_what_it_rests_on_and_what_rests_on_it(self, european, client):
        assert "Elle s’appuie sur 1 draw pictures en option" in text_of(
            client.get(concept_url(european.core))
        )
        assert "D’autres s’appuient sur elle 1 écrire du code" in text_of(
            client.get(concept_url(european.extra))
        )

    def test_a_uri_that_lost_a_slash_on_its_way_is_found(self, european, client):
        url = concept_url(european.core)
        assert "http://" in url
        assert client.get(url.replace("http://", "http:/")).status_code == 200

    def test_a_group_lists_what_it_contains_page_by_page(self, european, client):
        for number in range(130):
            skill = european.concept("skill", f"{URI}skill/8{number}", f"part {number:03}")
            european.link("part_of", skill, european.group)
        url = concept_url(european.group)
        seen = []
        for page in (1, 2, 3):
            response = client.get(url, {"page": page})
            assert "Ce qu’il contient 132" in text_of(response)
            seen += [named.label for named in response.context["parts"].object_list]
        assert len(seen) == len(set(seen)) == 132

    def test_members_of_a_collection_are_its_parts_and_jobs_its_jobs(self, european):
        collection = european.concept("group", "collection:digital", "digital skills")
        european.link("tagged", european.core, collection)
        european.link("tagged", european.job, collection)
        with translation.override("fr"):
            found = sheet(**ANYBODY, slug="europe", kind="group", external_id="collection:digital")
        assert [n.label for n in found.links["parts"]] == ["écrire du code"]
        assert [n.label for n in found.links["jobs"]] == ["développeur web"]

    @pytest.mark.parametrize(("kind", "word"), [("level", "Niveau"), ("statement", "Énoncé")])
    def test_levels_and_statements_have_sheets(self, european, client, kind, word):
        made = european.concept(kind, f"{kind}/1", "as told")
        european.link("part_of", made, european.core)
        assert f"as told {word}" in text_of(client.get(concept_url(made)))
        assert "Ce qu’il contient 1 as told" in text_of(client.get(concept_url(european.core)))

    def test_a_reference_without_jobs_does_not_miss_them(self, client):
        made = Built("cadre", "Cadre", format="digcomp")
        skill = made.concept("skill", "1.1", "Chercher une information")
        words = text_of(client.get(concept_url(skill, "cadre")))
        assert "Aucun métier ne la demande" not in words
        assert "plus demandée par aucun métier" not in words


class TestSuccessors:
    def test_a_withdrawn_skill_names_what_replaced_it_who_says_so_and_why(self, european, client):
        european.change(
            "2", "replaced", european.gone, european.core, confidence=80, reasons=["same_jobs", "near_label"]
        )
        european.change("2", "replaced", european.gone, european.extra, confidence=100, reasons=["declared"])
        words = text_of(client.get(concept_url(european.gone)))
        declared, proposed = (
            words.index("draw pictures Déclaré par le producteur."),
            words.index(
                "écrire du code Proposé par Pérenne, confiance 80 %, parce que : "
                "les mêmes métiers la demandent, les noms se ressemblent. Édition 2."
            ),
        )
        assert declared < proposed
        assert "Ce qu’elle remplace 1 perforer des cartes" in text_of(client.get(concept_url(european.core)))

    def test_what_jobs_no_longer_ask_for_shows_its_family(self, european, client):
        left = european.concept("skill", f"{URI}skill/4", "write code by hand")
        european.link("uses", european.job, left, "1", "2")
        european.link("part_of", left, european.group)
        response = client.get(concept_url(left))
        assert "plus demandée par aucun métier" in text_of(response)
        assert [n.external_id for n in response.context["also"]] == [
            european.core.external_id,
            european.extra.external_id,
        ]
        assert client.get(concept_url(european.core)).context["also"] == []
