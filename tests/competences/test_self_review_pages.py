"""The pages of Ma revue, without JavaScript: a walk, the list, refusals told, a neighbour, three hundred."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from icalendar import Calendar

from competences.models import SelfReview, SelfReviewPlan, SkillRevision, SkillStatement
from competences.queries.self_reviews import progress
from competences.services import self_reviews as services
from competences.services.records import Said, change_level, declare_skill, remove_skill
from competences.skill_words import LEVEL_WORDS
from tests.accounts.factories import NOW, UserFactory
from tests.competences.reference_builder import Built

DAY = dt.timedelta(days=1)
ASK = reverse("competences:self_review")
LIST = reverse("competences:self_review_list")


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def built(db):
    made = Built()
    made.skills = [made.concept("skill", str(n), f"Compétence numéro {n}") for n in range(10)]
    return made


@pytest.fixture
def worker(built):
    return with_skills(built, UserFactory(), 10)


def with_skills(built, user, number):
    for place in range(number):
        held = {"concept": built.skills[place], "edition": built.editions["2"]}
        at = NOW - DAY * (100 - place)
        declare_skill(actor=user, worker=user.worker, **held, said=Said(level=3), now=at)
    return user


@pytest.fixture
def signed(client, worker):
    client.force_login(worker)
    return client


def begin(user):
    return services.start_self_review(actor=user, worker=user.worker)


def text_of(answer):
    return answer.content.decode()


def press(client, page, **values):
    """Sends the form that answers the skill shown, as a browser without JavaScript does."""
    action = re.search(r'action="([^"]+/repondre/[^"]+)"', page).group(1)
    version = re.search(r'name="version" value="(\d+)"', page).group(1)
    return text_of(client.post(action, {"version": version, **values}, follow=True))


def test_ten_skills_are_reviewed_in_twelve_presses(signed, worker):
    page = text_of(signed.get(ASK))
    page = text_of(signed.post(reverse("competences:self_review_start"), follow=True))
    presses = 1
    answers = [{"answer": "confirm"}] * 6 + [
        {"level": 5},
        {"level": 2},
        {"answer": "stop"},
        {"answer": "skip"},
    ]
    for number, values in enumerate(answers, start=1):
        assert f"{number} sur 10" in page
        assert f'<progress value="{number - 1}" max="10"' in page
        page = press(signed, page, **values)
        presses += 1
    assert presses <= 12
    for words in (
        "6 compétences confirmées",
        "1 niveau plus haut : Compétence numéro 6",
        "1 niveau plus bas : Compétence numéro 7",
        "1 compétence plus pratiquée : Compétence numéro 8",
        "1 compétence passée, sans rien changer : Compétence numéro 9",
        "12 septembre 2026",
        "Tous les 6 mois à partir du 12 mars 2026.",
    ):
        assert words in page
    assert SelfReview.objects.get().end == "finished"


def test_every_answer_is_a_real_button_and_the_focus_has_a_heading(signed, worker):
    begin(worker)
    page = text_of(signed.get(ASK))
    buttons = re.findall(r'<button[^>]*type="submit"[^>]*name="(answer|level)" value="(\w+)"', page)
    assert buttons == [
        *(("level", str(level)) for level in range(1, 9)),
        ("answer", "confirm"),
        ("answer", "stop"),
        ("answer", "skip"),
    ]
    assert all(f">{words}</button>" in page for words in LEVEL_WORDS.values())
    assert re.search(r'<h2 id="t-skill" tabindex="-1" data-focus>Compétence numéro 0</h2>', page)


def test_the_last_answer_is_taken_back_from_the_next_screen_and_from_the_end(signed, worker):
    review = begin(worker)
    page = press(signed, text_of(signed.get(ASK)), level=8)
    undo = reverse("competences:self_review_undo", args=[review.public_id])
    assert undo in page
    page = text_of(signed.post(undo, follow=True))
    assert "1 sur 10" in page
    assert undo not in page
    signed.post(reverse("competences:self_review_confirm", args=[review.public_id]), {"all": 1})
    page = text_of(signed.get(reverse("competences:self_review_done", args=[review.public_id])))
    assert "10 compétences confirmées" in page
    page = text_of(signed.post(undo, follow=True))
    assert "1 sur 10" in page


def test_a_review_goes_on_on_another_device(signed, worker, django_assert_num_queries):
    begin(worker)
    press(signed, text_of(signed.get(ASK)), answer="confirm")
    other = type(signed)()
    other.force_login(worker)
    assert "2 sur 10" in text_of(other.get(ASK))


def test_the_list_confirms_what_is_ticked_and_leads_to_each_skill(signed, worker):
    review = begin(worker)
    page = text_of(signed.get(LIST))
    boxes = re.findall(r'name="skill" value="(\d+:\d+)"', page)
    assert len(boxes) == 10
    confirm = reverse("competences:self_review_confirm", args=[review.public_id])
    page = text_of(signed.post(confirm, {"skill": boxes[2:5], "retour": "liste"}, follow=True))
    assert "3 compétences sont confirmées" in page
    assert len(re.findall(r'name="skill"', page)) == 7
    one = SkillStatement.objects.get(pk=boxes[7].split(":")[0])
    page = text_of(signed.get(f"{ASK}?competence={one.public_id}&retour=liste"))
    assert "Compétence numéro 7" in page
    page = press(signed, page, level=4, retour="liste")
    assert "Ma revue, en liste" in page
    page = text_of(signed.post(confirm, {"retour": "liste"}, follow=True))
    assert "Cochez au moins une compétence" in page
    page = text_of(signed.post(confirm, {"skill": ["x", "1:", ":", "9" * 30]}, follow=True))
    assert "Cochez au moins une compétence" in page


def test_the_second_of_two_tabs_is_told(signed, worker):
    begin(worker)
    tab = text_of(signed.get(ASK))
    press(signed, tab, level=6)
    page = press(signed, tab, answer="stop")
    assert "Vous avez déjà répondu" in page
    assert "2 sur 10" in page
    tab = text_of(signed.get(ASK))
    one = SkillStatement.objects.get(concept__external_id="1")
    change_level(actor=worker, statement=one, level=7)
    page = press(signed, tab, answer="confirm")
    assert "a changé entre-temps" in page
    assert "Compétence numéro 1</h2>" in page
    assert "niveau 7 sur 8" in page


def test_a_skill_taken_out_meanwhile_is_told(signed, worker):
    begin(worker)
    tab = text_of(signed.get(ASK))
    remove_skill(actor=worker, statement=SkillStatement.objects.get(concept__external_id="0"))
    page = press(signed, tab, answer="confirm")
    assert "n’est plus dans votre dossier" in page
    assert "1 sur 9" in page


def test_a_review_whose_skills_are_all_gone_is_ended(signed, worker):
    review = begin(worker)
    for one in SkillStatement.objects.all():
        remove_skill(actor=worker, statement=one)
    finish = reverse("competences:self_review_finish", args=[review.public_id])
    assert finish in text_of(signed.get(ASK))
    assert signed.get(LIST).url == ASK
    assert "vous n’avez répondu pour aucune" in text_of(signed.post(finish, follow=True))


def test_a_review_left_open_is_told_and_another_is_started(signed, worker):
    review = begin(worker)
    tab = text_of(signed.get(ASK))
    with time_machine.travel(NOW + DAY * 61, tick=True):
        signed.force_login(worker)
        for page in (text_of(signed.get(ASK)), press(signed, tab, answer="confirm")):
            assert "est restée ouverte plus de 60 jours" in page
        signed.post(reverse("competences:self_review_start"))
        assert "1 sur 10" in text_of(signed.get(ASK))
    review.refresh_from_db()
    assert review.end == "too_old"


def test_an_empty_record_teaches_what_a_review_is(client, db):
    client.force_login(UserFactory())
    for page in (
        text_of(client.get(ASK)),
        text_of(client.post(reverse("competences:self_review_start"), follow=True)),
    ):
        assert reverse("competences:first_use") in page
        assert "Commencer ma revue" not in page


def test_the_rhythm_is_chosen_and_put_in_a_calendar(signed, worker):
    calendar = reverse("competences:self_review_calendar")
    assert signed.get(calendar).status_code == 404
    review = begin(worker)
    finish = reverse("competences:self_review_finish", args=[review.public_id])
    assert calendar in text_of(signed.post(finish, follow=True))
    rhythm = reverse("competences:self_review_rhythm")
    page = text_of(signed.post(rhythm, {"rhythm_months": 1}, follow=True))
    assert "Tous les mois à partir du 12 mars 2026." in page
    file = signed.get(calendar)
    assert file["Content-Type"] == "text/calendar; charset=utf-8"
    assert file["Content-Disposition"] == 'attachment; filename="revue.ics"'
    [event] = Calendar.from_ical(file.content).walk("VEVENT")
    assert event["DTSTART"].dt == dt.date(2026, 4, 12)
    assert event["URL"].endswith(ASK)
    assert "error" in text_of(signed.post(rhythm, {"rhythm_months": 99}))
    assert SelfReviewPlan.objects.get().rhythm_months == 1
    assert "Pas de date et pas de rappel" in text_of(signed.post(rhythm, {}, follow=True))
    assert signed.get(calendar).status_code == 404


ONE = ["self_review_confirm", "self_review_undo", "self_review_finish", "self_review_done"]


@pytest.mark.parametrize("name", [*ONE, "self_review_answer"])
def test_another_persons_review_is_absent(signed, built, worker, client, name):
    neighbour = with_skills(built, UserFactory(), 1)
    theirs, own = begin(neighbour), begin(worker)
    one = SkillStatement.objects.get(worker=neighbour.worker)
    is_answer = name == "self_review_answer"
    url = reverse(f"competences:{name}", args=[theirs.public_id, *([one.public_id] if is_answer else [])])
    ask = signed.get if name == "self_review_done" else signed.post
    assert ask(url, {"answer": "confirm", "version": 1}).status_code == 404
    if is_answer:
        url = reverse(f"competences:{name}", args=[own.public_id, one.public_id])
        assert signed.post(url, {"answer": "confirm", "version": 1}).status_code == 404
        assert len(progress(own).waiting) == 10
    signed.logout()
    assert ask(url).status_code == 302


def test_a_form_that_is_not_ours_is_refused(signed, worker):
    begin(worker)
    tab = text_of(signed.get(ASK))
    action = re.search(r'action="([^"]+/repondre/[^"]+)"', tab).group(1)
    assert signed.post(action, {"version": 1, "answer": "boom"}).status_code == 404
    assert signed.post(action, {"version": "é"}).status_code == 404
    assert "Choisissez un niveau" in press(signed, tab, level="12")
    assert "1 sur 10" in text_of(signed.get(f"{ASK}?competence=n-importe-quoi"))


def test_three_hundred_skills_stay_light(client, built, django_assert_max_num_queries):
    user = UserFactory()
    SkillStatement.objects.bulk_create(
        SkillStatement(worker=user.worker, free_text=f"Geste numéro {n} avec mes mots", declared_at=NOW - DAY)
        for n in range(300)
    )
    SkillRevision.objects.bulk_create(
        SkillRevision(statement=one, level=2, confirmed_on=dt.date(2025, 1, 1), start_at=one.declared_at)
        for one in SkillStatement.objects.all()
    )
    with_skills(built, user, 10)
    client.force_login(user)
    review = begin(user)
    press(client, text_of(client.get(ASK)), answer="confirm")
    for url in (ASK, LIST, f"{LIST}?page=6"):
        with django_assert_max_num_queries(12):
            answer = client.get(url)
        assert answer.status_code == 200
        assert len(answer.content) <= 60_000
    client.post(reverse("competences:self_review_confirm", args=[review.public_id]), {"all": 1})
    for url in (reverse("competences:self_review_done", args=[review.public_id]), ASK):
        with django_assert_max_num_queries(12):
            answer = client.get(url)
        assert len(answer.content) <= 60_000
