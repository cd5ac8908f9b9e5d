"""Search: forgiving, in two languages, one hit a concept; the withdrawn come later, the owned stay hidden."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.enums import MembershipRole, OrganisationKind
from competences.models import ConceptTranslation
from competences.queries.search import find, search
from competences.queries.search_results import SHOWN_A_KIND
from competences.rules.labels import fold
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.competences.reference_builder import Built

pytestmark = pytest.mark.django_db


@pytest.fixture
def built():
    made = Built()
    made.renamed = made.concept("skill", "1", ("Utiliser un traitement de texte", "1", "2"))
    made.revision(made.renamed, "Mettre en forme un document", "2")
    made.gone = made.concept("skill", "2", ("Envoyer une télécopie", "1", "2"))
    for number, label in enumerate(("Langage C", "Langage C++", "Langage C#", "Développer un site web"), 3):
        made.concept("knowledge", str(number), label)
    made.job = made.concept("job", "B1", "Boulanger / Boulangère")
    made.concept("title", "20", "Boulanger / Boulangère")
    made.concept("title", "21", "Ouvrier / Ouvrière en boulangerie")
    made.concept("knowledge", "22", "Cybersécurité", alternatives="Sécurité informatique\nSSI")
    made.concept("knowledge", "23", "Gestion des ressources humaines")
    return made


def translate(concept, language, label, **fields):
    return ConceptTranslation.objects.create(
        concept=concept, language=language, label=label, folded=fold(label), since=0, **fields
    )


def test_a_former_name_leads_to_the_concept_under_its_present_name(built):
    [hit] = search("traitement de texte")
    assert (hit.concept_id, hit.label, hit.withdrawn) == (
        built.renamed.pk,
        "Mettre en forme un document",
        False,
    )
    assert (hit.matched, hit.matched_is_former) == ("Utiliser un traitement de texte", True)


def test_what_was_withdrawn_is_found_and_said_so(built):
    [hit] = search("telecopies")
    assert (hit.concept_id, hit.withdrawn) == (built.gone.pk, True)


def test_what_was_withdrawn_comes_after_what_is_in_force(built):
    built.concept("skill", "50", ("Classer du courrier", "1", "2"))
    built.concept("skill", "51", "Classer du courrier en nombre")
    assert [hit.withdrawn for hit in search("classer courrier")] == [False, True]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("langage c", "Langage C"),
        ("langage c++", "Langage C++"),
        ("LANGAGE C#", "Langage C#"),
        ("sites", "Développer un site web"),
        ("devloper", "Développer un site web"),
        ("developp", "Développer un site web"),
        ("devlopp", "Développer un site web"),
        ("web site", "Développer un site web"),
        ("boulangere", "Boulanger / Boulangère"),
        ("boualnger", "Boulanger / Boulangère"),
        ("cyber sécurité", "Cybersécurité"),
        ("ssi", "Cybersécurité"),
        ("RH", "Gestion des ressources humaines"),
        ("document inconnuaubataillon", "Mettre en forme un document"),
        ("b1", "Boulanger / Boulangère"),
    ],
)
def test_the_first_answer(built, text, first):
    assert search(text)[0].label == first


@pytest.mark.parametrize("text", ["", "   ", "…", "'", "&|!:*()", "zzzzzzzz"])
def test_a_text_that_says_nothing_finds_nothing(built, text):
    assert search(text) == []


def test_another_name_answers_and_is_told(built):
    [hit] = search("sécurité informatique")
    assert (hit.label, hit.matched, hit.matched_is_former) == (
        "Cybersécurité",
        "Sécurité informatique",
        False,
    )


def test_the_main_title_of_a_job_is_the_job(built):
    assert search("boulanger")[0].external_id == "B1"
    assert "20" not in {hit.external_id for hit in search("boulanger")}
    assert "20" in {hit.external_id for hit in search("boulanger", kinds=["title"])}


def test_a_translation_answers_in_its_own_language_for_one_hit(built):
    translate(built.job, "en", "baker", alternatives="bread makers")
    for text, matched in (
        ("bakers", "baker"),
        ("bread maker", "bread makers"),
        ("makers of bread", "bread makers"),
    ):
        [hit] = search(text)
        assert (hit.concept_id, hit.label, hit.matched) == (built.job.pk, "Boulanger / Boulangère", matched)
    [hit] = find("bakers", language="en").hits
    assert (hit.label, hit.matched) == ("baker", "baker")


def test_an_english_reference_is_stemmed_in_english(built):
    made = Built(slug="english")
    made.reference.editions.update(language="en")
    made.concept("skill", "1", "organise the training of welders")
    assert [hit.reference for hit in search("organising trainings")] == ["english"]
    assert [hit.reference for hit in search("welding")] == ["english"]


def test_filters_combine_and_each_count_keeps_the_other_filter(built):
    other = Built(slug="autre")
    other.concept("job", "X", "Boulanger du soir")
    other.concept("skill", "Y", "Aider un boulanger")
    whole = find("boulanger")
    assert whole.by_reference == {"autre": 2, "petit": 2}
    assert whole.by_kind == {"job": 2, "title": 2, "skill": 1}  # the title is also the job
    assert whole.of_any_kind == whole.total == 4
    chosen = find("boulanger", kind="job", reference="autre")
    assert [hit.external_id for hit in chosen.hits] == ["X"]
    assert chosen.by_kind == {"job": 1, "skill": 1}
    assert chosen.by_reference == {"autre": 1, "petit": 1}


def test_an_import_is_seen_by_the_next_search(built):
    assert search("pêcheur") == []
    built.concept("job", "P1", "Pêcheur / Pêcheuse")
    built.reference.editions.update(content_revision=2)
    assert [hit.external_id for hit in search("pêcheur")] == ["P1"]


def test_a_reference_that_an_organisation_owns_is_for_its_members(built, client):
    mine = OrganisationFactory(kind=OrganisationKind.EMPLOYER)
    owned = Built(slug="maison")
    owned.reference.owner = mine
    owned.reference.save()
    owned.concept("job", "S1", "Pétrisseur secret")
    member = MembershipFactory(organisation=mine, role=MembershipRole.EMPLOYER_MEMBER).user
    neighbour = MembershipFactory(
        organisation=OrganisationFactory(kind=OrganisationKind.EMPLOYER), role=MembershipRole.EMPLOYER_MEMBER
    ).user
    for reader, expected in (
        (None, []),
        (UserFactory(), []),
        (neighbour, []),
        (member, ["S1"]),
        (SYSTEM, ["S1"]),
    ):
        for text in ("petrisseur secret", "S1"):
            found = find(text, readable=reader)
            assert [hit.external_id for hit in found.hits] == expected, (reader, text)
            assert set(found.by_reference) == ({"maison"} if expected else set())
    for name in ("search", "suggest"):
        address = reverse(f"competences:{name}")
        assert "Pétrisseur" not in client.get(address, {"q": "petrisseur"}).content.decode()
    client.force_login(member)
    assert "Pétrisseur" in client.get(reverse("competences:search"), {"q": "petrisseur"}).content.decode()


def test_queries_do_not_grow_with_the_references_or_the_hits(built, django_assert_num_queries):
    search("boulanger")
    with django_assert_num_queries(2):
        assert search("boulanger", limit=9)
    with django_assert_num_queries(1):
        assert search("boulanger", limit=9)
    for number in range(40):
        built.concept("skill", f"9{number}", f"Aider le boulanger {number}")
    built.reference.editions.update(content_revision=2)
    search("boulanger")
    with django_assert_num_queries(2):
        assert len(search("boulanger", limit=40)) == 40


def test_each_kind_is_capped_and_counted_whole(built):
    for number in range(SHOWN_A_KIND + 5):
        built.concept("skill", f"9{number}", f"Aider le boulanger {number}")
    found = find("boulanger", limit=60, limit_a_kind=SHOWN_A_KIND)
    assert sum(hit.kind == "skill" for hit in found.hits) == SHOWN_A_KIND
    assert found.by_kind["skill"] == SHOWN_A_KIND + 5


class TestCommand:
    def run(self, capsys, *words):
        call_command("search_references", *words)
        return capsys.readouterr().out

    def test_json_has_the_ranking_of_the_page(self, built, capsys):
        rows = json.loads(self.run(capsys, "boulanger", "--format", "json"))
        hits = search("boulanger")
        assert [(r["reference"], r["kind"], r["id"], r["label"], r["score"]) for r in rows] == [
            (h.reference, h.kind, h.external_id, h.label, h.score) for h in hits
        ]

    def test_text_has_a_line_a_concept_and_filters_count(self, built, capsys):
        lines = self.run(capsys, "boulanger", "--kind", "job", "--reference", "petit").splitlines()
        assert len(lines) == 1
        assert all(part in lines[0] for part in ("petit", "job", "B1", "Boulanger / Boulangère"))

    def test_an_unknown_reference_is_refused_with_those_that_exist(self, built):
        with pytest.raises(CommandError, match="petit"):
            call_command("search_references", "boulanger", "--reference", "nulle-part")


def test_the_page_keeps_its_filters_in_its_addresses(built, client):
    page = client.get(reverse("competences:search"), {"q": "boulanger", "kind": "job"}).content.decode()
    assert "q=boulanger&amp;kind=title" in page
    assert 'aria-current="true"' in page
    Built(slug="autre").concept("job", "X", "Boulanger du soir")
    page = client.get(reverse("competences:search"), {"q": "boulanger", "kind": "job"}).content.decode()
    assert "q=boulanger&amp;kind=job&amp;reference=autre" in page
    assert "Boulanger du soir" in page


@pytest.mark.parametrize("query", [{}, {"q": "zzzzqqqq"}, {"q": "boulanger", "reference": "nulle-part"}])
def test_an_empty_page_leads_on(built, client, query):
    answer = client.get(reverse("competences:search"), query)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"{reverse('competences:search')}?q=" in page
    assert ("Chercher sans filtre" in page) == ("reference" in query)


def test_a_kind_that_does_not_exist_filters_nothing(built, client):
    page = client.get(reverse("competences:search"), {"q": "boulanger", "kind": "x"}).content.decode()
    assert "Boulanger / Boulangère" in page


def test_the_database_is_read_without_the_null_character(built):
    assert search("boulanger\x00")[0].external_id == "B1"
