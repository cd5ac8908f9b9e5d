"""The read API: what it answers, to whom, in pages that stay put, and what it refuses."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import override_settings
from rest_framework.serializers import ListSerializer, Serializer

from competences.api.changes import ChangePage
from competences.api.concepts import ConceptPage, ConceptSerializer
from competences.api.cursors import written
from competences.api.editions import EditionPage
from competences.api.references import ReferencePage
from competences.models import ConceptTranslation, EditionSource
from competences.rules.labels import fold
from tests.accounts.factories import OrganisationFactory
from tests.competences.reference_builder import Built

pytestmark = pytest.mark.django_db
MOST_QUERIES = 4
URI = "http://data.europa.eu/esco/skill/1a-2b?x=1#y"


@pytest.fixture
def built():
    made = Built()
    made.job = made.concept(
        "job",
        "M1805",
        ("Développeuse, développeur", "1", "2"),
        ("Développeuse, développeur informatique", "2", None),
        description="Écrit des programmes.",
        attributes={"transition_num": "O"},
        alternatives="Codeuse\nCodeur",
    )
    made.kept = made.concept("skill", "100", "Écrire un programme lisible")
    made.gone = made.concept("skill", "103", ("Utiliser un minitel professionnel", "1", "2"))
    made.uri = made.concept("skill", URI, "Relire le code d’autrui")
    made.link("uses", made.job, made.kept, "1", "2", flag="")
    made.link("uses", made.job, made.kept, "2", None, flag="principale")
    made.link("uses", made.job, made.gone, "1", "2")
    made.link("uses", made.job, made.uri, "2", None)
    return made


def get(client, path, **query):
    return client.get(f"/api/v1/{path}", query)


def concept(external_id="M1805", kind="job", reference="petit"):
    return f"concepts/{reference}/{kind}/{quote(external_id, safe='')}"


def forged(key):
    """A cursor that this house would not write."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode()


def told_like(serializer, payload):
    """The payload has the fields of the serializer, all of them and no other, down to the leaves."""
    if payload is None:
        assert serializer.allow_null
    elif isinstance(serializer, ListSerializer):
        for line in payload:
            told_like(serializer.child, line)
    elif isinstance(serializer, Serializer):
        required = {name for name, field in serializer.fields.items() if field.required}
        assert required <= set(payload) <= set(serializer.fields)
        for name, value in payload.items():
            told_like(serializer.fields[name], value)
    elif hasattr(serializer, "child"):
        for value in payload.values() if isinstance(payload, dict) else payload:
            told_like(serializer.child, value)
    else:
        serializer.run_validation(value := payload)
        assert serializer.to_representation(serializer.to_internal_value(value)) == value


class TestConcept:
    def test_the_newest_edition_speaks_unless_another_is_asked_for(self, built, client):
        now, then = get(client, concept()).json(), get(client, concept(), edition="1").json()
        assert (now["label"], now["edition"]["name"]) == ("Développeuse, développeur informatique", "2")
        assert (then["label"], then["edition"]["name"]) == ("Développeuse, développeur", "1")
        assert now["alternatives"] == ["Codeuse", "Codeur"]
        assert now["attributes"] == {"transition_num": "O"}
        told = {line["external_id"]: line["flag"] for line in now["links"]["skill"]["concepts"]}
        assert told == {"100": "principale", URI: ""}
        assert {line["external_id"] for line in then["links"]["skill"]["concepts"]} == {"100", "103"}

    def test_its_life_is_told_whole(self, built, client):
        told = get(client, concept()).json()
        assert [(n["since"], n["until"]) for n in told["names"]] == [("1", "2"), ("2", None)]
        second, first = told["history"]
        assert first["appeared"]
        assert second["renamed_to"] == "Développeuse, développeur informatique"
        assert [line["external_id"] for line in second["gained"]["skill"]] == [URI]
        assert [line["external_id"] for line in second["lost"]["skill"]] == ["103"]
        assert [(r["external_id"], r["flag_before"], r["flag"]) for r in second["reflagged"]] == [
            ("100", "", "principale")
        ]

    @pytest.mark.parametrize("safe", ["", "/:"])
    def test_an_identifier_that_is_an_address_is_found(self, built, client, safe):
        response = client.get(f"/api/v1/concepts/petit/skill/{quote(URI, safe=safe)}")
        assert response.json()["external_id"] == URI

    def test_what_is_gone_says_so_and_stays_readable(self, built, client):
        told = get(client, concept("103", "skill")).json()
        assert (told["present"], told["label"]) == (False, "Utiliser un minitel professionnel")
        assert told["history"][0]["withdrawn"]

    def test_another_language_is_told_where_it_is_known(self, built, client):
        for named, label in ((built.job, "Software developer"), (built.kept, "Write a readable program")):
            ConceptTranslation.objects.create(
                concept=named, language="en", label=label, folded=fold(label), since=0
            )
        told = get(client, concept(), language="en").json()
        assert (told["label"], told["language"]) == ("Software developer", "en")
        labels = {line["external_id"]: line["label"] for line in told["links"]["skill"]["concepts"]}
        assert labels == {"100": "Write a readable program", URI: "Relire le code d’autrui"}
        other = get(client, concept("103", "skill"), language="en").json()
        assert (other["label"], other["language"]) == ("Utiliser un minitel professionnel", "fr")

    def test_queries_do_not_grow_with_the_links(self, built, client, django_assert_num_queries):
        for number in range(60):
            built.link("uses", built.job, built.concept("skill", f"9{number:03}", f"Chose {number}"))
        with django_assert_num_queries(MOST_QUERIES):
            get(client, concept())


class TestLists:
    def test_a_reference_tells_its_newest_edition(self, built, client):
        (told,) = get(client, "references").json()["results"]
        assert told == {
            "slug": "petit",
            "name": "Petit référentiel",
            "format": "rome",
            "editions": 2,
            "newest": "2",
        }
        assert get(client, "references/petit").json() == told

    def test_an_edition_tells_its_languages_and_is_found_by_its_identifier(self, built, client):
        for language in ("fr", "en", ""):
            EditionSource.objects.create(
                edition=built.editions["1"], language=language, sha256="0", name="a", role="full"
            )
        first, second = get(client, "editions", reference="petit").json()["results"]
        assert (first["languages"], second["languages"]) == (["fr", "en"], ["fr"])
        assert get(client, f"editions/{first['id']}").json() == first

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"kind": "job"}, ["M1805"]),
            ({"kind": "skill"}, ["100", URI]),
            ({"kind": "skill", "edition": "1"}, ["100", "103", URI]),
            ({"edition": "2.1", "kind": "title"}, []),
        ],
    )
    def test_concepts_of_an_edition_by_kind(self, built, client, query, found):
        told = get(client, "concepts", reference="petit", **query).json()
        assert [line["external_id"] for line in told["results"]] == found

    def test_a_search_is_that_of_the_pages(self, built, client):
        told = get(client, "concepts", q="ecrir programe", reference="petit").json()
        assert told["results"][0]["external_id"] == "100"
        assert get(client, "concepts", q="minitel").json()["results"][0]["withdrawn"] is True
        assert get(client, "concepts", q="minitel", kind="job").json()["results"] == []

    def test_changes_by_kind_of_change_and_of_concept(self, built, client):
        built.change("2", "renamed", built.job, before="Ancien", after="Nouveau")
        built.change("2", "linked", built.job, built.uri, after="")
        built.change("2", "removed", built.gone, before="Utiliser un minitel professionnel")
        ask = {"reference": "petit", "edition": "2"}
        everything = get(client, "changes", **ask).json()["results"]
        assert [line["change"] for line in everything] == ["linked", "removed", "renamed"]
        assert everything[0]["other"]["external_id"] == URI
        assert [r["change"] for r in get(client, "changes", **ask, kind="skill").json()["results"]] == [
            "removed"
        ]
        (one,) = get(client, "changes", **ask, change="renamed").json()["results"]
        assert (one["before"], one["after"]) == ("Ancien", "Nouveau")
        assert one["concept"]["label"] == "Développeuse, développeur informatique"
        assert get(client, "changes", reference="petit", edition="1").json()["results"] == []

    @pytest.mark.parametrize(
        "address",
        [
            "references",
            "editions",
            "concepts?reference=petit",
            "changes?reference=petit",
            "concepts?q=programme",
        ],
    )
    def test_queries_do_not_grow_with_the_lines(self, built, client, address, django_assert_max_num_queries):
        client.get(f"/api/v1/{address}")  # a search reads the names once
        with django_assert_max_num_queries(MOST_QUERIES) as few:
            client.get(f"/api/v1/{address}")
        most = len(few)
        Built("autre", "Autre", ("1", "2", "3"))
        for number in range(30):
            skill = built.concept("skill", f"8{number:03}", f"Programmer la chose {number}")
            built.change("2", "linked", built.job, skill)
        built.reference.editions.update(content_revision=2)
        client.get(f"/api/v1/{address}")
        with django_assert_max_num_queries(most):
            assert len(client.get(f"/api/v1/{address}").json()["results"]) > 1


class TestPages:
    def walk(self, client, address, between=lambda: None):
        seen = []
        while address:
            page = client.get(address).json()
            seen += [json.dumps(line) for line in page["results"]]
            address = page["next"]
            between()
        return seen

    @pytest.mark.parametrize("where", ["before", "after"])
    def test_concepts_added_between_pages_move_none(self, built, client, where):
        for number in range(10, 30):
            built.concept("skill", f"5{number}", f"Chose {number}")
        address = "/api/v1/concepts?reference=petit&kind=skill&page_size=5"
        expected = self.walk(client, address)
        added = iter(range(100, 200))
        letter = {"before": "0", "after": "zz"}[where]
        seen = self.walk(
            client, address, lambda: built.concept("skill", f"{letter}{next(added)}", "Nouvelle")
        )
        assert len(seen) == len(set(seen))
        assert [line for line in seen if "Nouvelle" not in line] == expected
        assert ("Nouvelle" in "".join(seen)) is (where == "after")

    def test_changes_and_editions_follow_each_other_without_loss_or_repeat(self, built, client):
        for number in range(23):
            built.change("2", "added", built.concept("skill", f"7{number}", f"Chose {number}"))
        for address, total in (("changes?reference=petit&page_size=5", 23), ("editions?page_size=1", 2)):
            seen = self.walk(client, f"/api/v1/{address}")
            assert len(seen) == len(set(seen)) == total

    def test_the_address_of_the_next_page_keeps_the_filters(self, built, client):
        told = get(client, "concepts", reference="petit", kind="skill", page_size=1, edition="1").json()
        for kept in ("reference=petit", "kind=skill", "page_size=1", "edition=1"):
            assert kept in told["next"]


class TestOwned:
    """A reference that a neighbour's organisation owns is not there: not listed, not found, not told."""

    @pytest.fixture
    def owned(self):
        made = Built("maison", "Référentiel maison")
        made.reference.owner = OrganisationFactory()
        made.reference.save()
        made.concept("job", "X1", "Métier secret de la maison")
        made.change("2", "added", made.concept("skill", "1", "Compétence secrète"))
        return made

    @pytest.mark.parametrize(
        "path",
        [
            "references/{}",
            "editions?reference={}",
            "concepts?reference={}",
            "concepts?q=secret&reference={}",
            "concepts/{}/job/X1",
            "changes?reference={}",
        ],
    )
    def test_it_looks_absent(self, built, owned, client, path):
        refused = client.get(f"/api/v1/{path.format('maison')}")
        absent = client.get(f"/api/v1/{path.format('jamais-vu')}")
        assert refused.status_code == absent.status_code == 404
        assert refused.content == absent.content

    def test_no_list_holds_it(self, built, owned, client):
        edition = owned.editions["2"].public_id
        assert get(client, f"editions/{edition}").status_code == 404
        for address in ("references", "editions", "concepts?q=secret"):
            content = client.get(f"/api/v1/{address}").content.decode()
            assert "maison" not in content
            assert str(edition) not in content


class TestDescription:
    def test_the_committed_description_is_that_of_the_code(self, tmp_path):
        fresh = tmp_path / "openapi.json"
        call_command("spectacular", format="openapi-json", file=str(fresh), validate=True, fail_on_warn=True)
        committed = Path(settings.BASE_DIR / "config" / "openapi.json")
        assert json.loads(fresh.read_text()) == json.loads(committed.read_text()), (
            "manage.py spectacular --format openapi-json --file config/openapi.json --validate --fail-on-warn"
        )

    def test_it_is_served_and_kept(self, client):
        response = client.get("/api/v1/schema/")
        assert "/api/v1/concepts" in response.json()["paths"]
        again = client.get("/api/v1/schema/", headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304

    def test_a_page_says_how_to_use_it(self, client):
        assert "/api/v1/schema/" in client.get("/api/").content.decode()

    @pytest.mark.parametrize(
        ("serializer", "address"),
        [
            (ConceptSerializer, concept()),
            (ConceptSerializer, concept("103", "skill")),
            (ConceptPage, "concepts?reference=petit"),
            (ConceptPage, "concepts?q=programme"),
            (ChangePage, "changes?reference=petit"),
            (EditionPage, "editions"),
            (ReferencePage, "references"),
        ],
    )
    def test_what_is_told_is_what_is_described(self, built, client, serializer, address):
        built.change("2", "linked", built.job, built.uri, after="principale")
        built.change("2", "renamed", built.job, before="Ancien", after="Nouveau")
        told_like(serializer(), client.get(f"/api/v1/{address}").json())


class TestRefusals:
    @pytest.mark.parametrize(
        ("address", "parameter"),
        [
            ("concepts", "reference"),
            ("changes", "reference"),
            ("changes?reference=petit&change=nonsense", "change"),
            ("concepts?reference=petit&kind=nonsense", "kind"),
            ("concepts?reference=petit&page_size=0", "page_size"),
            ("concepts?reference=petit&page_size=201", "page_size"),
            ("concepts?reference=petit&page_size=many", "page_size"),
            ("concepts?reference=petit&langage=fr", "langage"),
            ("concepts?reference=petit&language=../fr", "language"),
            ("concepts?reference=petit&cursor=%00", "cursor"),
            ("concepts?reference=petit&cursor=abc", "cursor"),
            ("concepts?reference=petit&cursor=" + written(["skill", 1]), "cursor"),
            ("concepts?reference=petit&cursor=" + written(["skill", "a\x00"]), "cursor"),
            ("concepts?reference=petit&cursor=" + forged(["skill", "\ud800"]), "cursor"),
            ("changes?reference=petit&cursor=" + written(["a", "b", 2**70]), "cursor"),
            ("changes?reference=petit&cursor=" + written(["a", "b", True]), "cursor"),
            ("editions?cursor=" + "[" * 1500, "cursor"),
            ("concepts?q=a&edition=1", "edition"),
            ("concepts?q=a%00b", "q"),
            ("concepts?reference=petit&edition=%00", "edition"),
            ("references/petit?edition=1", "edition"),
            ("concepts/petit/job/M1805?q=a", "q"),
        ],
    )
    def test_a_parameter_that_cannot_be_read_is_named(self, built, client, address, parameter):
        response = client.get(f"/api/v1/{address}")
        assert response.status_code == 400
        assert response["Content-Type"] == "application/problem+json"
        told = response.json()
        assert (told["status"], told["code"]) == (400, "bad_parameters")
        assert [line["parameter"] for line in told["errors"]] == [parameter]

    @pytest.mark.parametrize(
        "address",
        [
            "nothing",
            "",
            "references/jamais-vu",
            "editions/00000000-0000-0000-0000-000000000000",
            "concepts/petit/job/M9999",
            "concepts/petit/nonsense/M1805",
            "concepts/petit/job/M1805?edition=9",
            "concepts/petit/job/M18%0005",
            "concepts/petit/job/M18%0A05",
            "concepts?reference=jamais-vu",
            "changes?reference=petit&edition=9",
        ],
    )
    def test_what_does_not_exist_is_a_problem_too(self, built, client, address):
        response = client.get(f"/api/v1/{address}")
        assert response.status_code == 404
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "not_found"
        assert response["Cache-Control"] == "no-store"

    def test_in_the_language_asked_for(self, built, client):
        english = client.get("/api/v1/concepts/petit/job/M9999", headers={"Accept-Language": "en"}).json()
        french = client.get("/api/v1/concepts/petit/job/M9999").json()
        assert english["detail"] != french["detail"]
        bad = "/api/v1/concepts?reference=petit&page_size=0"
        assert "greater than" in str(client.get(bad, headers={"Accept-Language": "en"}).json())
        assert "supérieur" in str(client.get(bad).json())

    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_reading_only_reads(self, built, client, method):
        response = getattr(client, method)("/api/v1/references")
        assert response.status_code == 405
        assert response["Content-Type"] == "application/problem+json"

    def test_another_format_is_not_offered(self, built, client):
        response = client.get("/api/v1/references", headers={"Accept": "application/xml"})
        assert (response.status_code, response["Content-Type"]) == (406, "application/problem+json")

    def test_a_fault_of_ours_says_nothing_of_itself(self, built, client, monkeypatch):
        def broken(*_args, **_rest):
            raise RuntimeError("secret of the house")

        monkeypatch.setattr("competences.api.concepts.public_past", broken)
        client.raise_request_exception = False
        response = client.get("/api/v1/concepts/petit/job/M1805")
        assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
        assert "secret" not in response.content.decode()


class TestRates:
    def rates(self, **given):
        rates = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] | given
        return override_settings(REST_FRAMEWORK=settings.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": rates})

    def test_beyond_the_rate_one_waits(self, built, client):
        with self.rates(**{"public-read": "2/day"}):
            answers = [client.get("/api/v1/references") for _turn in range(3)]
            assert [response.status_code for response in answers] == [200, 200, 429]
            assert answers[2]["Content-Type"] == "application/problem+json"
            assert int(answers[2]["Retry-After"]) > 0
            other = client.get("/api/v1/references", REMOTE_ADDR="10.0.0.9")
            assert other.status_code == 200
            # Who asks cannot say that somebody else does.
            forged = client.get("/api/v1/references", headers={"X-Forwarded-For": "10.9.9.9"})
            assert forged.status_code == 429

    def test_a_search_has_a_rate_of_its_own(self, built, client):
        with self.rates(**{"public-search": "1/day"}):
            assert get(client, "concepts", q="programme").status_code == 200
            assert get(client, "concepts", q="programme").status_code == 429
            assert get(client, "concepts", reference="petit").status_code == 200
