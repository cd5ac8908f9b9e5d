"""Public pages: searching, reading a sheet as of an edition, and what an edition changed."""

import re
from html import unescape

import pytest
from django.urls import reverse

from competences.queries.changes import PAGE_SIZE, change_page
from competences.queries.sheets import MAX_LISTED, sheet
from tests.competences.readers import ANYBODY
from tests.competences.reference_builder import Built

pytestmark = pytest.mark.django_db
MOST_QUERIES = 8


def text_of(response):
    """The words of a page, spaces made one."""
    html = re.sub(r"(?s)<(script|style).*?</\1>", " ", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


@pytest.fixture
def built():
    """A job that keeps a skill, gains one, loses one and moves one to its core; a title that changes job."""
    made = Built()
    made.job = made.concept(
        "job",
        "M1805",
        ("Développeuse, développeur", "1", "2"),
        ("Développeuse, développeur informatique", "2", None),
        description="Écrit des programmes.\nLes essaie.",
        attributes={"transition_num": "O", "emploi_cadre": "N"},
    )
    made.neighbour = made.concept("job", "M1806", "Conseil informatique")
    made.title = made.concept("title", "5001", "Programmeuse, programmeur")
    made.kept = made.concept("skill", "100", "Écrire un programme lisible")
    made.gained = made.concept("skill", "101", "Relire du code proposé par une machine")
    made.lost = made.concept("skill", "102", ("Perforer des cartes", "1", None))
    made.gone = made.concept("skill", "103", ("Utiliser un minitel professionnel", "1", "2"))
    made.knowledge = made.concept("knowledge", "200", "Langage C#")
    made.link("uses", made.job, made.kept, "1", "2", flag="")
    made.link("uses", made.job, made.kept, "2", None, flag="principale")
    made.link("uses", made.job, made.gained, "2", None, flag="emergente")
    made.link("uses", made.job, made.lost, "1", "2")
    made.link("uses", made.job, made.gone, "1", "2")
    made.link("uses", made.job, made.knowledge)
    made.link("title_of", made.title, made.neighbour, "1", "2")
    made.link("title_of", made.title, made.job, "2", None)
    made.link("neighbour", made.job, made.neighbour, flag="1")
    return made


def job_url(number=""):
    return reverse("competences:job", args=["petit", "M1805"]) + (f"?edition={number}" if number else "")


class TestSheet:
    def test_newest_edition_is_shown_with_the_place_of_each_skill(self, built, client):
        words = text_of(client.get(job_url()))
        assert "Développeuse, développeur informatique" in words
        assert "cœur de métier 1 Écrire un programme lisible" in words
        assert "émergentes 1 Relire du code proposé par une machine" in words
        assert "transformé par le numérique" in words
        assert "emploi de cadre" not in words
        assert "Écrit des programmes. Les essaie." in words
        assert "Métiers proches 1 Conseil informatique" in words

    def test_an_older_edition_shows_what_it_said(self, built, client):
        words = text_of(client.get(job_url("1")))
        assert "Compétences 3" in words
        assert "Utiliser un minitel professionnel" in words
        # The skill that the second edition brought appears in the history alone.
        assert words.count("Relire du code proposé par une machine") == 1

    def test_links_of_an_older_edition_lead_to_that_edition(self, built, client):
        html = client.get(job_url("1")).content.decode()
        assert reverse("competences:concept", args=["petit", "skill", "103"]) + "?edition=1.1" in html

    def test_history_tells_what_came_what_went_and_what_changed_place(self, built):
        (second, first) = sheet(**ANYBODY, slug="petit", kind="job", external_id="M1805").events
        assert first.appeared
        assert second.renamed_to == "Développeuse, développeur informatique"
        assert [n.label for n in second.gained["skill"]] == ["Relire du code proposé par une machine"]
        assert {n.label for n in second.lost["skill"]} == {
            "Perforer des cartes",
            "Utiliser un minitel professionnel",
        }
        assert [(n.label, n.flag, before) for n, before in second.reflagged] == [
            ("Écrire un programme lisible", "principale", "")
        ]
        assert [n.label for n in second.gained["titles"]] == ["Programmeuse, programmeur"]
        assert "knowledge" not in second.gained

    def test_a_title_that_changed_job_tells_both(self, built):
        (second, _first) = sheet(**ANYBODY, slug="petit", kind="title", external_id="5001").events
        assert [n.external_id for n in second.gained["jobs"]] == ["M1805"]
        assert [n.external_id for n in second.lost["jobs"]] == ["M1806"]

    def test_a_withdrawn_skill_stays_readable_and_says_so(self, built, client):
        response = client.get(reverse("competences:concept", args=["petit", "skill", "103"]))
        words = text_of(response)
        assert response.status_code == 200
        assert "Utiliser un minitel professionnel" in words
        assert "L’édition 2 ne contient pas cette fiche" in words
        assert "Sort du référentiel" in words

    def test_a_skill_that_no_job_asks_for_any_more_says_so(self, built, client):
        words = text_of(client.get(reverse("competences:concept", args=["petit", "skill", "102"])))
        assert "plus demandée par aucun métier" in words
        assert "ne contient pas cette fiche" not in words

    def test_a_job_asked_for_as_any_concept_goes_to_its_own_address(self, built, client):
        response = client.get(reverse("competences:concept", args=["petit", "job", "M1805"]))
        assert response.headers["Location"] == job_url()

    @pytest.mark.parametrize(
        "url",
        [
            "/referentiels/petit/metiers/M9999/",
            "/referentiels/inconnu/metiers/M1805/",
            "/referentiels/petit/metiers/M1805/?edition=3",
            "/referentiels/petit/skill/M1805/",
            "/referentiels/petit/metiers/M1805%00/",
            "/referentiels/petit/skill/%00/",
            "/referentiels/petit/editions/7/changements/",
            "/referentiels/petit/editions/2/changements/?change=nonsense",
        ],
    )
    def test_what_does_not_exist_is_not_found(self, built, client, url):
        assert client.get(url).status_code == 404

    def test_queries_do_not_grow_with_the_links(self, built, client, django_assert_max_num_queries):
        for number in range(60):
            skill = built.concept("skill", f"9{number:03}", f"Savoir faire la chose {number}")
            built.link("uses", built.job, skill)
        with django_assert_max_num_queries(MOST_QUERIES) as few:
            client.get(job_url())
        built.link("uses", built.job, built.concept("skill", "8000", "Une de plus"))
        with django_assert_max_num_queries(len(few)):
            client.get(job_url())

    def test_a_skill_of_very_many_jobs_lists_some_and_counts_all(self, built, client):
        for number in range(MAX_LISTED + 5):
            built.link("uses", built.concept("job", f"A{number:04}", f"Métier {number}"), built.lost, "2")
        found = sheet(**ANYBODY, slug="petit", kind="skill", external_id="102")
        assert found.totals["jobs"] == MAX_LISTED + 5
        assert len(found.links["jobs"]) == MAX_LISTED
        page = client.get(reverse("competences:concept", args=["petit", "skill", "102"])).content.decode()
        assert reverse("competences:changes", args=["petit", "2"]) in page  # where the rest of them are


class TestSearchPage:
    def search(self, client, **query):
        return text_of(client.get(reverse("competences:search"), query))

    @pytest.mark.parametrize(
        "text", ["ecrire programme", "Écrire un programme", "ecrir programe", "PROGRAMMES"]
    )
    def test_accents_plurals_and_slips_are_forgiven(self, built, client, text):
        assert "Écrire un programme lisible" in self.search(client, q=text)

    def test_a_title_tells_its_job(self, built, client):
        words = self.search(client, q="programmeuse")
        assert "Autre nom du métier Développeuse, développeur informatique" in words

    def test_a_code_finds_its_job(self, built, client):
        assert "Développeuse, développeur informatique" in self.search(client, q="m1805")

    def test_what_was_withdrawn_is_found_and_says_so(self, built, client):
        words = self.search(client, q="minitel")
        assert "Utiliser un minitel professionnel hors du référentiel" in words

    def test_a_former_name_finds_what_bears_another_now(self, client):
        made = Built()
        made.concept("job", "E1000", ("Secrétariat", "1", "2"), ("Assistanat", "2", None))
        words = self.search(client, q="secrétariat")
        assert "Assistanat" in words
        assert "S’est appelé : Secrétariat" in words
        assert "hors du référentiel" not in words

    def test_one_kind_may_be_asked_for(self, built, client):
        words = self.search(client, q="programme", kind="skill")
        assert "Écrire un programme lisible" in words
        assert "Programmeuse, programmeur" not in words

    def test_nothing_found_says_what_to_try(self, built, client):
        words = self.search(client, q="zzzzqqqq")
        assert "Rien ne répond à « zzzzqqqq »" in words
        assert "Voir les référentiels" in words

    @pytest.mark.parametrize("text", ["", "   ", "\x00", "'", "c++ & | !", "é" * 500, "<script>"])
    def test_any_text_is_answered(self, built, client, text):
        response = client.get(reverse("competences:search"), {"q": text})
        assert response.status_code == 200
        assert b"<script>" not in response.content.split(b"<main", 1)[1]

    def test_suggestions_are_links_without_a_page_around(self, built, client):
        response = client.get(reverse("competences:suggest"), {"q": "lisib"})
        assert reverse("competences:concept", args=["petit", "skill", "100"]) in response.content.decode()
        assert b"<html" not in response.content

    def test_one_letter_suggests_nothing(self, built, client):
        assert client.get(reverse("competences:suggest"), {"q": "l"}).content == b""

    def test_queries_do_not_grow_with_the_results(self, built, client, django_assert_max_num_queries):
        self.search(client, q="program")  # reads the names, once a process and edition
        with django_assert_max_num_queries(MOST_QUERIES) as few:
            assert "Programmeuse" in self.search(client, q="program")
        asked = len(few)
        for number in range(30):
            title = built.concept("title", f"6{number:03}", f"Programmer la chose {number}")
            built.link("title_of", title, built.job)
        built.reference.editions.update(content_revision=2)
        self.search(client, q="program")
        with django_assert_max_num_queries(asked):
            assert "Programmer la chose 3" in self.search(client, q="program")


class TestChangePage:
    @pytest.fixture
    def changed(self, built):
        """Each kind of change that a page words in its own way, and figures as the import leaves them."""
        zeros = {"before": 1, "after": 2, "added": 1, "removed": 0, "renamed": 0, "cosmetic": 0}
        edition = built.editions["2"]
        edition.changes = {
            "counts": {
                "job": {**zeros, "recycled": 3, "retagged": 0},
                "title": {**zeros, "moved": 1234},
                "skill": zeros,
                "knowledge": zeros,
                "context": zeros,
            },
            "links": {
                "before": 10,
                "after": 12,
                "added": 4,
                "removed": 2,
                "added_on_common_jobs": 3,
                "removed_on_common_jobs": 2,
                "reflagged": 1,
            },
        }
        edition.save()
        built.change("2", "renamed", built.job, before="Ancien", after="Nouveau")
        built.change("2", "retagged", built.job, before="transition_num=", after="transition_num=O")
        built.change("2", "moved", built.title, built.job, before="Conseil", after="Développement")
        built.change("2", "removed", built.gone, before="Utiliser un minitel professionnel")
        built.change("2", "linked", built.job, built.gained, after="emergente")
        built.change("2", "reflagged", built.job, built.kept, before="", after="principale")
        return built

    def get(self, client, **query):
        return client.get(reverse("competences:changes", args=["petit", "2"]), query)

    def test_figures_are_a_table_and_the_rest_is_told_in_words(self, changed, client):
        words = text_of(self.get(client))
        assert "Métiers 1 2 1 0 0 0 3 codes donnés à un autre métier" in words
        assert "1 234 passages à un autre métier" in words
        assert "10 avant, 12 après" in words
        assert "Comparée à l’édition 1" in words

    @pytest.mark.parametrize(
        "told",
        [
            "« Ancien » → « Nouveau »",
            "transition numérique : non évalué → transition numérique : oui",
            "Conseil → Développement",
            "Utiliser un minitel professionnel retrait",
            "Relire du code proposé par une machine émergente",
            "demandée → cœur de métier",
        ],
    )
    def test_each_change_is_told_in_words(self, changed, client, told):
        assert told in text_of(self.get(client))

    def test_filters_count_what_they_would_show_and_keep_each_other(self, changed, client):
        response = self.get(client, kind="job")
        words = text_of(response)
        assert "Tout 4 Changement de nom 1 Changement d’étiquettes 1 Ajout à un métier 1" in words
        assert "Tout 6 Métiers 4 Appellations 1 Compétences 1" in words
        assert "?kind=job&amp;change=renamed#list" in response.content.decode()
        assert "Utiliser un minitel" not in words.split("Les changements un par un")[1]

    def test_pages_follow_each_other_without_loss_or_repeat(self, built):
        changes = [built.change("2", "added", built.job) for _n in range(2 * PAGE_SIZE + 3)]
        seen, after = [], ""
        for _page in range(4):
            page = change_page(**ANYBODY, slug="petit", number="2", after=after)
            seen.append(len(page.rows))
            after = page.next_after
            if not after:
                break
        assert seen == [PAGE_SIZE, PAGE_SIZE, 3]
        assert page.total == len(changes)

    def test_the_page_says_how_to_go_on_and_how_to_come_back(self, built, client):
        for _n in range(PAGE_SIZE + 1):
            built.change("2", "added", built.job)
        first = self.get(client, change="added").content.decode()
        following = re.search(r'href="([^"]+\?change=added&amp;after=\d+#list)" rel="next"', first)
        second = client.get(unescape(following[1])).content.decode()
        assert "Revenir au début" in second
        assert 'rel="next"' not in second

    @pytest.mark.parametrize("after", ["abc", "-1", "9" * 40, "1.2.3"])
    def test_an_unreadable_key_starts_over(self, changed, client, after):
        assert "Ancien" in text_of(self.get(client, after=after))

    def test_first_edition_has_nothing_to_compare(self, built, client):
        words = text_of(client.get(reverse("competences:changes", args=["petit", "1"])))
        assert "rien à comparer avant elle" in words
        assert "Aucun changement à montrer ici" in words

    def test_queries_do_not_grow_with_the_changes(self, changed, client, django_assert_max_num_queries):
        with django_assert_max_num_queries(MOST_QUERIES) as few:
            self.get(client)
        for number in range(PAGE_SIZE):
            skill = changed.concept("skill", f"7{number:03}", f"Nouvelle chose {number}")
            changed.change("2", "linked", changed.job, skill)
        with django_assert_max_num_queries(len(few)):
            self.get(client)


class TestHomeAndReferences:
    def test_home_speaks_to_three_people_and_searches(self, client):
        response = client.get(reverse("competences:home"))
        words = text_of(response)
        for heading in ("Vous travaillez", "Vous conseillez", "Vous employez"):
            assert heading in words
        assert 'role="search"' in response.content.decode()

    def test_home_tells_the_latest_change(self, client):
        made = Built()
        figures = {"added": 5, "removed": 1, "orphaned": 12345}
        edition = made.editions["2"]
        edition.changes = {"counts": {"job": figures, "skill": figures}}
        edition.save()
        response = client.get(reverse("competences:home"))
        assert "compétences que plus aucun métier ne demande 12 345" in text_of(response)
        assert reverse("competences:changes", args=["petit", "2"]) in response.content.decode()

    def test_references_are_listed_with_their_editions_newest_first(self, built, client):
        words = text_of(client.get(reverse("competences:references")))
        assert words.index("Édition 2") < words.index("Édition 1")
        assert "date non précisée" in words

    def test_no_reference_yet_says_how_one_comes(self, client):
        assert "Aucun référentiel n’est encore chargé" in text_of(
            client.get(reverse("competences:references"))
        )

    @pytest.mark.parametrize("name", ["home", "search", "references"])
    def test_queries_are_few(self, built, client, name, django_assert_max_num_queries):
        with django_assert_max_num_queries(2):
            client.get(reverse(f"competences:{name}"))
