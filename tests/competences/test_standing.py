"""How a skill stands: facts read from editions and signals, in few queries, and what the pages say of it."""

import ast
import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from competences import rules
from competences.enums import StatementSource
from competences.models import CrosswalkRow, ExposureScore, SignalSource
from competences.queries.standing import job_exposure, standings, told_exposure, with_durability
from competences.rules.exposure import BANDS
from competences.services.records import Said, declare_skill
from competences.words import DURABILITY_WORDS, EXPOSURE_WORDS, REASON_WORDS
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built
from tests.competences.test_reference_pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def built():
    """Thirteen jobs of four areas; skills that many, five, one, and no job asks for any more."""
    made = Built(numbers=("1", "2", "2.1"))
    codes = [f"{'ACDM'[n % 4]}{n:04}" for n in range(13)]
    made.jobs = [
        made.concept(
            *("job", code, f"Métier {code}"),
            attributes={
                "code_rome_parent": "M1805" if n < 8 else "A1101",
                "transition_num": "O" if n else "",
            },
        )
        for n, code in enumerate(codes)
    ]
    asked = {"wide": made.jobs, "five": made.jobs[:5], "one": made.jobs[:1], "alone": []}
    for number, (name, jobs) in enumerate(asked.items()):
        skill = made.concept("skill", f"10{number}", f"Compétence {name}")
        setattr(made, name, skill)
        for job in jobs:
            made.link("uses", job, skill)
    made.new = made.concept("knowledge", "104", ("Savoir nouveau", "2", None))
    made.link("uses", made.jobs[0], made.new, "2")
    made.left = made.concept("skill", "105", "Compétence laissée")
    made.link("uses", made.jobs[0], made.left, "1", "2")
    made.gone = made.concept("skill", "106", ("Compétence retirée", "1", "2"))
    made.link("uses", made.jobs[0], made.gone, "1", "2")
    return made


def source(slug, kind, **values):
    fields = {
        "name": f"Source {slug}",
        "published_on": dt.date(2025, 5, 20),
        "licence": f"Conditions de {slug}.",
        "sha256": str(SignalSource.objects.count()),
        "imported_at": dt.datetime(2025, 6, 1, tzinfo=dt.UTC),
    }
    return SignalSource.objects.create(slug=slug, kind=kind, **fields | values)


def score(of, isco, mean, former=None):
    return ExposureScore.objects.create(
        source=of, isco=isco, mean_2025=mean, mean_2023=former, class_2025="Exposed: Gradient 3"
    )


@pytest.fixture
def signals():
    """M1805 is 2512 and highly exposed, A1101 is 8341 and little; former sources say the contrary."""
    table = source("rome-isco", "crosswalk")
    for parent, isco in (("M1805", "2512"), ("A1101", "8341"), ("Z9999", "0110")):
        CrosswalkRow.objects.create(
            source=table, from_scheme="rome3", from_code=parent, to_scheme="isco08", to_code=isco
        )
    ilo = source("ilo", "exposure", scale="de 0 à 1")
    score(ilo, "2512", "0.55", "0.5")
    score(ilo, "8341", "0.18")
    former = source("ilo", "exposure", replaced_at=timezone.now())
    score(former, "2512", "0.01")
    return ilo


def word(built, name):
    return standings([getattr(built, name).pk])[getattr(built, name).pk].durability.word


def codes(reasons):
    return [reason.code for reason in reasons]


class TestFacts:
    @pytest.mark.parametrize(
        ("name", "expected", "reasons"),
        [
            ("wide", "very_durable", ["many_jobs", "in_every_edition", "exposure_unknown"]),
            ("five", "durable", ["several_jobs", "in_every_edition", "exposure_unknown"]),
            ("one", "fragile", ["one_job", "in_every_edition", "exposure_unknown"]),
            ("new", "fragile", ["one_job", "not_in_every_edition", "exposure_unknown"]),
            ("left", "fragile", ["no_job_left", "not_in_every_edition"]),
            ("gone", "fragile", ["no_job_left", "not_in_every_edition"]),
            ("alone", None, ["never_asked"]),
        ],
    )
    def test_words_and_reasons_without_signals(self, built, name, expected, reasons):
        [found] = standings([getattr(built, name).pk]).values()
        assert (found.durability.word, codes(found.durability.reasons)) == (expected, reasons)
        assert (found.fragility is not None) == (name in ("one", "new"))
        assert found.exposure.blocks == ()

    def test_figures_are_those_of_the_newest_edition(self, built):
        found = standings([built.wide.pk])[built.wide.pk].durability
        assert [dict(r.figures) for r in found.reasons[:2]] == [
            {"jobs": 13, "areas": 4},
            {"asked_in": 3, "editions": 3},
        ]

    def test_a_link_that_changed_flag_is_one_job(self, built):
        built.link("uses", built.jobs[1], built.left, "1", "2")
        built.link("uses", built.jobs[1], built.left, "2", None, flag="principale")
        found = standings([built.left.pk])[built.left.pk].durability
        assert dict(found.reasons[0].figures) == {"jobs": 1, "areas": 1}
        assert codes(found.reasons)[1] == "in_every_edition"

    def test_one_edition_alone_says_that_persistence_is_not_known_yet(self):
        made = Built(numbers=("1",))
        skill = made.concept("skill", "1", "Compétence")
        for n in range(12):
            made.link("uses", made.concept("job", f"{'ACD'[n % 3]}{n:04}", "Métier"), skill)
        found = standings([skill.pk])[skill.pk].durability
        assert (found.word, found.reasons[1].code) == ("durable", "persistence_unknown")

    def test_an_issue_of_the_same_number_is_not_one_more_edition(self):
        made = Built(numbers=("1",))
        again = made.editions["1"]
        again.pk, again.public_id, again.issue, again.position = None, None, 2, again.position + 1
        again.public_id = again._meta.get_field("public_id").get_default()
        again.save()
        skill = made.concept("skill", "1", "Compétence")
        made.link("uses", made.concept("job", "A0001", "Métier"), skill)
        assert "persistence_unknown" in codes(standings([skill.pk])[skill.pk].durability.reasons)

    def test_a_retired_edition_does_not_count(self, built):
        middle = built.editions["2"]
        middle.status = "retired"
        middle.save()
        found = standings([built.wide.pk])[built.wide.pk].durability
        assert dict(found.reasons[1].figures) == {"asked_in": 2, "editions": 2}

    def test_a_reference_without_areas_says_so(self, built):
        built.reference.format = "own"
        built.reference.save()
        found = standings([built.wide.pk])[built.wide.pk].durability
        assert (found.word, found.reasons[0].code) == ("durable", "several_jobs_areas_unknown")


class TestSignals:
    def test_scores_come_through_the_parent_code_and_say_so(self, built, signals):
        found = standings([built.five.pk])[built.five.pk]
        [block] = found.exposure.blocks
        assert (block.source, block.word, block.typical) == ("ilo", "high", Decimal("0.55"))
        assert {r.code: dict(r.figures) for r in block.reasons} == {
            "scored": {"known": 5, "jobs": 5},
            "inherited": {"inherited": 5, "jobs": 5},
        }
        assert (found.durability.word, found.durability.reasons[-1].code) == ("to_watch", "exposure_high")
        assert dict(found.exposure.digital.figures) == {"digital": 4, "assessed": 4, "jobs": 5}

    def test_a_job_with_its_own_code_inherits_nothing(self, signals):
        made = Built(numbers=("1",), slug="esco")
        made.reference.format = "esco"
        made.reference.save()
        skill = made.concept("skill", "s", "Compétence")
        for isco in ("2512", "8341", "2512", "9999"):
            job = made.concept(
                "job", f"o{made.reference.concepts.count()}", "m", attributes={"iscoGroup": isco}
            )
            made.link("uses", job, skill)
        found = standings([skill.pk])[skill.pk]
        [block] = found.exposure.blocks
        assert (block.typical, block.lowest, codes(block.reasons)) == (
            Decimal("0.55"),
            Decimal("0.18"),
            ["scored"],
        )
        assert dict(found.durability.reasons[0].figures) == {"jobs": 4, "areas": 3}

    def test_a_source_that_was_replaced_says_nothing_more(self, built, signals):
        SignalSource.objects.filter(pk=signals.pk).update(replaced_at=timezone.now())
        assert standings([built.five.pk])[built.five.pk].exposure.blocks == ()

    def test_sources_are_told_one_by_one(self, built, signals, monkeypatch):
        monkeypatch.setitem(BANDS, "other", BANDS["ilo"])
        score(source("other", "exposure"), "2512", "0.10")
        found = standings([built.five.pk])[built.five.pk].exposure
        assert [(b.source, b.typical) for b in found.blocks] == [
            ("ilo", Decimal("0.55")),
            ("other", Decimal("0.10")),
        ]
        assert [b.source.slug for b in told_exposure(found).blocks] == ["ilo", "other"]

    def test_one_job_is_told_with_its_row(self, signals):
        told = job_exposure({"code_rome_parent": "M1805", "transition_num": "O"})
        [block] = told.blocks
        assert (block.detail.isco, block.detail.mean_2023, block.detail.parent) == (
            "2512",
            Decimal("0.5"),
            "M1805",
        )
        assert told.crosswalk.slug == "rome-isco"
        assert job_exposure({"iscoGroup": "8341"}).crosswalk is None
        assert job_exposure({"code_rome_parent": "Z9999"}).blocks == []
        assert job_exposure({}).blocks == []


class TestQueries:
    @pytest.mark.parametrize("number", [1, 300])
    def test_three_for_one_or_many(self, built, signals, number, django_assert_num_queries):
        skills = [built.wide, built.one] + [
            built.concept("skill", f"9{n:04}", f"Autre {n}") for n in range(number - 1)
        ]
        for n, skill in enumerate(skills[2:]):
            built.link("uses", built.jobs[n % 13], skill)
        with django_assert_num_queries(3):
            found = standings(skill.pk for skill in skills)
        assert len(found) == len(skills)

    def test_none_for_nothing(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert standings([]) == {}
            assert with_durability([]) == []

    def test_a_record_costs_three_more(
        self, built, signals, client, monkeypatch, django_assert_max_num_queries
    ):
        user = UserFactory()
        client.force_login(user)
        for skill in (built.wide, built.five, built.one):
            declared(built, user, skill)
        address = reverse("competences:statements")
        client.get(address)  # the first page of a session renews it
        with django_assert_max_num_queries(60) as told:
            client.get(address)
        monkeypatch.setattr("competences.views.records.with_durability", list)
        with django_assert_max_num_queries(60) as untold:
            client.get(address)
        assert len(told) == len(untold) + 3


def declared(built, user, skill):
    return declare_skill(
        actor=user,
        worker=user.worker,
        concept=skill,
        edition=built.editions["2"],
        said=Said(level=3, sources=(StatementSource.PROJECT,)),
    )


def sheet_of(client, concept, edition=""):
    query = f"?edition={edition}" if edition else ""
    if concept.kind == "job":
        return client.get(reverse("competences:job", args=["petit", concept.external_id]) + query)
    return client.get(
        reverse("competences:concept", args=["petit", concept.kind, concept.external_id]) + query
    )


class TestPages:
    def test_a_skill_tells_its_word_its_reasons_and_its_sources(self, built, signals, client):
        words = text_of(sheet_of(client, built.five))
        assert "Durabilité à surveiller 5 métiers la demandent, dans 4 grands domaines." in words
        assert "L’exposition de ces métiers à l’IA est forte" in words
        assert "Exposition Source ilo exposition forte" in words
        assert "Source : Source ilo, publiée le 20 mai 2025. Conditions de ilo." in words
        assert "Codes rapprochés par : Source rome-isco" in words
        assert "Scores hérités du code parent des métiers : 5." in words
        assert "Calculé sur la dernière édition, 2.1." in words

    def test_an_older_edition_says_that_the_panel_is_of_the_newest(self, built, client):
        assert "Calculé sur la dernière édition, 2.1." in text_of(sheet_of(client, built.five, "1"))

    def test_a_range_of_scores_is_told_with_its_middle(self, built, signals, client):
        words = text_of(sheet_of(client, built.wide))
        assert "Score du métier du milieu : 0,55 en 2025. Les autres vont de 0,18 à 0,55." in words

    def test_hanging_on_one_job_is_told_apart(self, built, client):
        assert "Fragilité Elle tient à un seul métier" in text_of(sheet_of(client, built.one))
        assert "Fragilité" not in text_of(sheet_of(client, built.five))

    def test_without_any_source_the_panel_says_so(self, built, client):
        for concept in (built.five, built.jobs[0]):
            assert "Aucune source d’exposition à l’IA n’est chargée ici" in text_of(sheet_of(client, concept))

    def test_with_sources_that_know_nothing_the_panel_says_so(self, built, client):
        source("ilo", "exposure")
        words = text_of(sheet_of(client, built.jobs[0]))
        assert "Les sources que nous avons ne donnent pas de score ici" in words

    def test_a_job_tells_its_score_its_class_and_that_it_is_inherited(self, built, signals, client):
        words = text_of(sheet_of(client, built.jobs[1]))
        assert "Score 0,55 en 2025, pour le code ISCO-08 2512. En 2023 : 0,50." in words
        assert "La source dit : exposé, degré 3 sur 4." in words
        assert "Ce score est hérité du code parent" in words
        assert "Échelle : de 0 à 1." in words
        assert "Durabilité" not in words

    def test_other_kinds_have_no_panel(self, built, client):
        context = built.concept("context", "300", "Travail de nuit")
        words = text_of(sheet_of(client, context))
        assert "Durabilité" not in words
        assert "Exposition" not in words

    def test_a_record_shows_the_word_and_what_it_does_not_say(self, built, client):
        user = UserFactory()
        client.force_login(user)
        for skill in (built.wide, built.one, built.alone):
            declared(built, user, skill)
        html = client.get(reverse("competences:statements")).content.decode()
        tags = re.findall(r'<span class="tag[^"]*">([^<]+)</span>', html)
        assert sorted(t for t in tags if t in set(map(str, DURABILITY_WORDS.values()))) == [
            "fragile",
            "très durable",
        ]
        assert "Ils ne disent rien de votre niveau" in html


def reasons_in_rules():
    """The codes that the rules may answer: the string literals given to Reason, in either branch of an if."""
    found = set()
    for path in Path(rules.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Reason" and node.args:
                texts = [n.value for n in ast.walk(node.args[0]) if isinstance(n, ast.Constant)]
                found |= {text for text in texts if isinstance(text, str)}
    return found


def test_every_reason_has_its_sentence():
    assert reasons_in_rules() | {"not_confirmed", "not_practised"} == set(REASON_WORDS)
    figures = dict.fromkeys(
        ("jobs", "areas", "editions", "asked_in", "known", "digital", "assessed", "inherited", "months")
    )
    for number in (1, 2):
        for sentence in REASON_WORDS.values():
            assert str(sentence % dict.fromkeys(figures, number)).endswith(".")
    assert set(EXPOSURE_WORDS) == {"low", "partial", "high"}
