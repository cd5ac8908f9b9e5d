"""The page of a skill and the list of a record: what they say, two tabs, lists that stay light."""

import datetime as dt
import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils import timezone

from accounts.errors import Refused
from competences.enums import SkillWish
from competences.models import SkillRevision, SkillStatement
from competences.services.records import Said, change_skill, confirm_skill, declare_free_skill, remove_skill
from tests.accounts.factories import MandateFactory, UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences.long_records import TOMORROW, declared, long_record, reference

MOST_QUERIES = 12
MOST_HTML = 60_000
MOST_PAGE = 100_000


@pytest.fixture
def built(db):
    return reference()


@pytest.fixture
def worker(built):
    return UserFactory()


@pytest.fixture
def skill(built, worker):
    """A skill said forty days ago."""
    [made] = declared(worker, built.skills[:1], level=2, now=timezone.now() - TOMORROW * 40)
    return made


def address(name, *args):
    return reverse(f"competences:{name}", args=args)


def posted(**values):
    return {"level": "3", "wish": "", "sources": ["job"], "is_practised": "on", "version": "1", **values}


# -- one skill


def test_a_skill_taken_out_is_offered_back_at_its_address_for_a_day(skill, worker, client):
    url, back = address("statement", skill.public_id), address("statement_restore", skill.public_id)
    remove_skill(actor=worker, statement=skill)
    client.force_login(UserFactory())
    assert client.get(url).status_code == 404
    client.force_login(worker)
    assert back in client.get(url).content.decode()
    SkillStatement.objects.update(removed_at=timezone.now() - TOMORROW * 2)
    assert client.get(url).status_code == 404


def test_all_that_may_be_said_is_kept_and_told(skill, worker, client):
    client.force_login(worker)
    url = address("statement", skill.public_id)
    answer = client.post(
        url,
        posted(
            level="5",
            wish="grow",
            sources=["volunteering", "job"],
            context="la caisse de l’association",
            acquired_on="2020-01-02",
            practised_on="2026-01-02",
            is_practised="",
        ),
    )
    assert answer.url == url
    said = skill.revisions.get(end_at=None)
    assert (said.level, said.wish, said.is_practised) == (5, SkillWish.GROW, False)
    assert said.sources == ["job", "volunteering"]
    page = client.get(url)
    words = page.content.decode()
    for told in ("la caisse de l’association", "2 janvier 2020", "j’ai envie de progresser", "5 · j’aide"):
        assert told in words
    assert [spell.changed for spell in page.context["history"]] == [
        ("level", "wish", "sources", "context", "acquired_on", "practised_on", "is_practised"),
        (),
    ]


def test_a_level_may_be_said_later(skill, worker, client):
    client.force_login(worker)
    client.post(address("statement", skill.public_id), posted(level=""))
    assert skill.revisions.get(end_at=None).level is None


def test_the_page_says_whether_a_change_is_a_correction(skill, worker, client):
    client.force_login(worker)
    url = address("statement", skill.public_id)
    assert client.get(url).context["corrects_until"] is None
    client.post(url, posted(level="6"))
    until = client.get(url).context["corrects_until"]
    assert dt.timedelta(hours=23) < until - timezone.now() <= dt.timedelta(hours=24)
    client.post(url, posted(level="7", version="2"))
    assert [row.level for row in skill.revisions.order_by("start_at")] == [2, 7]


def test_one_tap_confirms_and_the_history_does_not_repeat_it(skill, worker, client):
    client.force_login(worker)
    for version in ("1", "2"):
        client.post(address("statement_confirm", skill.public_id), {"version": version})
    [spell] = client.get(address("statement", skill.public_id)).context["history"]
    # The second tap, within the day, corrects the first: it is one confirmation.
    assert (spell.said_again, spell.confirmed_on) == (1, timezone.localdate())


@pytest.mark.parametrize("version", ["", "7", "un", "-1", "9" * 30])
def test_a_confirmation_of_something_else_is_not_taken(skill, worker, client, version):
    client.force_login(worker)
    answer = client.post(address("statement_confirm", skill.public_id), {"version": version}, follow=True)
    assert "a changé entre-temps" in answer.content.decode()
    assert skill.revisions.count() == 1


def test_the_second_tab_sees_both_and_its_next_press_counts(skill, worker, client):
    client.force_login(worker)
    url = address("statement", skill.public_id)
    client.post(url, posted(level="4", context="premier onglet"))
    late = client.post(url, posted(level="8", context="deuxième onglet"))
    assert late.status_code == 200
    form = late.context["form"]
    assert form["level"].value() == "8"
    assert "deuxième onglet" in late.content.decode()
    assert "premier onglet" in late.content.decode()
    assert skill.revisions.get(end_at=None).level == 4
    [version] = re.findall(r'name="version" value="(\d+)" id="id_version"', late.content.decode())
    assert client.post(url, posted(level="8", context="deuxième onglet", version=version)).status_code == 302
    assert skill.revisions.get(end_at=None).level == 8


@pytest.mark.django_db(transaction=True)
def test_of_two_writes_at_one_instant_one_is_told():
    built, worker = reference(), UserFactory()
    [made] = declared(worker, built.skills[:1], level=2, now=timezone.now() - TOMORROW * 40)

    def write(level):
        return change_skill(actor=worker, statement=made, version=1, said=Said(level=level))

    answers = side_by_side(lambda: write(5), lambda: write(6))
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert [refusal.code for refusal in refused] == ["changed_since"]
    assert sum(isinstance(answer, SkillStatement) for answer in answers) == 1
    assert SkillRevision.objects.filter(statement=made).count() == 2
    assert SkillRevision.objects.get(statement=made, end_at=None).level in (5, 6)


# -- one's own words


def test_own_words_are_added_found_again_and_attached_with_the_words_kept(built, worker, client):
    client.force_login(worker)
    page = client.get(address("statements"), {"q": "zzzzqqq"}).content.decode()
    assert f"{address('statement_add_free')}?texte=zzzzqqq" in page
    client.post(address("statement_add_free"), posted(text="Réparer des vélos", level="4"))
    made = SkillStatement.objects.get()
    assert (made.free_text, made.concept) == ("Réparer des vélos", None)
    url = address("statement", made.public_id)
    found = client.get(url, {"q": "numero"})
    attach = address("statement_attach", made.public_id, built.skills[3].pk)
    assert attach in found.content.decode()
    assert "a changé entre-temps" in client.post(attach, {"version": "9"}, follow=True).content.decode()
    client.post(attach, {"version": "1"})
    made.refresh_from_db()
    assert (made.free_text, made.concept) == ("Réparer des vélos", built.skills[3])
    assert "Avec vos mots : « Réparer des vélos »" in client.get(url).content.decode()


HOSTILE = {
    "html": ("<script>alert(1)</script>", "<script>alert", "&lt;script&gt;alert(1)&lt;/script&gt;"),
    "bidi": ("fac\u202eture\u2066 pdf", "\u202e", "facture pdf"),
    "control": ("cou\x07per \u200bdu bois", "\u200b", "couper du bois"),
}


@pytest.mark.parametrize(("text", "never", "seen"), HOSTILE.values(), ids=HOSTILE)
def test_what_people_type_is_shown_as_text_without_unseen_signs(worker, client, text, never, seen):
    client.force_login(worker)
    client.post(address("statement_add_free"), posted(text=text, context=text))
    made = SkillStatement.objects.get()
    for url in (address("statement", made.public_id), address("statements"), address("dashboard")):
        page = client.get(url).content.decode()
        assert seen in page
        assert never not in page


def test_a_null_character_is_refused_beside_its_field(worker, client):
    client.force_login(worker)
    page = client.post(address("statement_add_free"), posted(text="a\x00b"))
    assert 'id="id_text_error"' in page.content.decode()
    assert not SkillStatement.objects.exists()


# -- another person's


@pytest.mark.parametrize(
    ("name", "extra", "ask"),
    [
        ("statement", (), "get"),
        ("statement", (), "post"),
        ("statement_confirm", (), "post"),
        ("statement_attach", (1,), "post"),
        ("statement_remove", (), "post"),
        ("statement_restore", (), "post"),
    ],
)
def test_every_address_is_for_its_own_person_alone(built, skill, worker, client, name, extra, ask):
    neighbour = UserFactory()
    declared(neighbour, built.skills[:1], level=1)
    # They follow somebody else, and this person shares with somebody else.
    MandateFactory(adviser=neighbour)
    url = address(name, skill.public_id, *extra)
    assert getattr(client, ask)(url).status_code == 302
    client.force_login(neighbour)
    answer = getattr(client, ask)(url, posted())
    assert answer.status_code == 404
    assert skill.revisions.count() == 1
    assert SkillStatement.objects.standing().filter(pk=skill.pk).exists()


def test_a_skill_taken_out_is_put_back_within_a_day_and_said_later(skill, worker, client):
    client.force_login(worker)
    page = client.post(address("statement_remove", skill.public_id)).content.decode()
    assert address("statement_restore", skill.public_id) in page
    client.post(address("statement_restore", skill.public_id))
    assert SkillStatement.objects.standing().filter(pk=skill.pk).exists()
    remove_skill(actor=worker, statement=skill, now=timezone.now() - TOMORROW * 2)
    late = client.post(address("statement_restore", skill.public_id), follow=True).content.decode()
    assert "24 heures est passé" in late


# -- the list


@pytest.fixture
def varied(built, worker):
    """A record with one skill in each part, by its name."""
    now = timezone.now()
    old = declared(worker, built.skills[:1], level=2, now=now - TOMORROW * 800)
    none = declared(worker, built.skills[1:2], now=now - TOMORROW * 3)
    stopped = declared(worker, built.skills[2:3], level=2, is_practised=False, now=now - TOMORROW * 2)
    own = declare_free_skill(
        actor=worker, worker=worker.worker, text="Élever des abeilles", said=Said(level=1)
    )
    return {"a-revoir": old, "sans-niveau": none, "arretees": stopped, "mots": [own]}


def listed(client, **asked):
    return [s.pk for s in client.get(address("statements"), asked).context["statements"]]


def test_filters_show_a_part_and_say_how_many(varied, worker, client):
    client.force_login(worker)
    page = client.get(address("statements"))
    counts = {item["url"].rpartition("=")[2]: item["count"] for item in page.context["filters"][1:]}
    assert counts == dict.fromkeys(varied, 1)
    for name, rows in varied.items():
        assert listed(client, filtre=name) == [row.pk for row in rows]
    assert len(listed(client, filtre="autre", tri="autre", page="zz")) == 4


def test_a_flagged_skill_is_listed_with_its_flag(built, worker, client):
    skill = built.concept("skill", "gone", ("Envoyer un télex", "1", "2"))
    declared(worker, [skill, built.skills[0]], level=2)
    client.force_login(worker)
    [only] = client.get(address("statements"), {"filtre": "signal"}).context["statements"]
    assert only.concept == skill


def test_sorts(varied, worker, client):
    client.force_login(worker)
    by = {name: rows[0].pk for name, rows in varied.items()}
    assert listed(client) == [by["mots"], by["arretees"], by["sans-niveau"], by["a-revoir"]]
    assert listed(client, tri="confirmation")[0] == by["a-revoir"]
    confirm_skill(actor=worker, statement=varied["a-revoir"][0])
    assert listed(client, tri="confirmation")[0] == by["sans-niveau"]
    assert listed(client, tri="nom")[:2] == [by["a-revoir"], by["sans-niveau"]]


@pytest.mark.parametrize("text", ["abeilles", "ELEVER", "élever abeilles", "numero 2"])
def test_a_search_inside_forgives_accents_and_capitals(varied, worker, client, text):
    client.force_login(worker)
    wanted = varied["arretees"] if "2" in text else varied["mots"]
    assert listed(client, dans=text) == [wanted[0].pk]
    assert listed(client, dans=f"{text} introuvable") == []


def test_the_words_of_an_empty_choice(varied, worker, client):
    client.force_login(worker)
    assert "ne répond à ce choix" in client.get(address("statements"), {"dans": "zzz"}).content.decode()


# -- as light for three hundred skills as for one


def weight(page):
    """The bytes of a page and of every static file it loads, compressed."""
    files = set(re.findall(r'(?:href|src)="/static/([^"#]+)', page.content.decode()))
    contents = [page.content, *(Path(finders.find(name)).read_bytes() for name in files)]
    return sum(len(gzip.compress(content, 6)) for content in contents)


def test_every_page_of_a_long_record_is_light(client, django_assert_max_num_queries, db):
    built = reference(320)
    user = long_record(built)
    client.force_login(user)
    [own] = SkillStatement.objects.filter(concept=None)
    one = SkillStatement.objects.exclude(concept=None).first()
    pages = [
        (address("dashboard"), {}),
        (address("statements"), {}),
        (address("statements"), {"page": "6"}),
        (address("statements"), {"q": "numero"}),
        (address("statements"), {"dans": "numero", "tri": "nom", "filtre": "a-revoir"}),
        (address("statements"), {"au": timezone.localdate().isoformat()}),
        (address("statement", one.public_id), {}),
        (address("statement", own.public_id), {"q": "numero"}),
        (address("statement_add", built.skills[310].pk), {}),
        (address("statement_add_free"), {"texte": "mots"}),
        (address("skill_suggest"), {"q": "numero"}),
        (address("job_ticks", "petit", "M1"), {}),
        (address("worker_jobs"), {}),
    ]
    for url, asked in pages:
        client.get(url, asked)  # the first page of a session renews it
        with django_assert_max_num_queries(MOST_QUERIES):
            page = client.get(url, asked)
        assert page.status_code == 200, url
        assert len(page.content) <= MOST_HTML, url
        assert weight(page) <= MOST_PAGE, url
    assert len(client.get(address("statements")).context["statements"]) == 50
    assert len(client.get(address("dashboard")).context["statements"]) == 10
