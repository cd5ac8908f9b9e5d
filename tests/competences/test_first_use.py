"""First steps: three questions that may be skipped, proposals from the job, nothing said for the person."""

import datetime as dt
import re

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import NotFound, Refused
from competences.enums import CareerAim, CoreFlag, JobUse, LinkKind, ToolsEase
from competences.models import FirstUse, SkillStatement, WorkerJob
from competences.queries.first_use import is_led, proposals, sector
from competences.rules.first_use import DIGITAL_SHARE, MOST, Candidate, proposed
from competences.services import first_use as services
from competences.services.first_use import Chosen
from competences.services.records import Said, declare_free_skill, declare_skill
from tests.accounts.factories import MembershipFactory, UserFactory
from tests.competences.reference_builder import Built

JOB = reverse("competences:first_use")
AIM = reverse("competences:first_use_aim")
EASE = reverse("competences:first_use_ease")
SKILLS = reverse("competences:first_use_skills")
LEAVE = reverse("competences:first_use_leave")
DASHBOARD = reverse("competences:dashboard")
ARRIVE = reverse("competences:arrive")

# The rule ---------------------------------------------------------------------------------------------------

CANDIDATES = st.lists(
    st.builds(
        Candidate,
        key=st.integers(0, 60),
        label=st.sampled_from("abcdef"),
        is_core=st.booleans(),
        is_digital=st.booleans(),
        jobs=st.integers(0, 9),
    ),
    max_size=60,
)


@given(CANDIDATES, st.sampled_from(["", *ToolsEase.values]), st.integers(0, MOST))
def test_proposals_are_ten_at_most_each_once_and_core_first(candidates, ease, most):
    chosen = proposed(candidates, ease=ease, most=most)
    keys = {one.key for one in candidates}
    assert len(chosen) == min(most, len(keys))
    assert len({one.key for one in chosen}) == len(chosen)
    assert [one.is_core for one in chosen] == sorted((one.is_core for one in chosen), reverse=True)


@given(CANDIDATES, st.sampled_from(ToolsEase.values))
def test_digital_skills_have_their_share_where_there_are_some(candidates, ease):
    unique = list({one.key: one for one in candidates}.values())
    chosen = proposed(unique, ease=ease)
    there = sum(one.is_digital for one in unique)
    assert sum(one.is_digital for one in chosen) >= min(there, DIGITAL_SHARE[ease])


def test_every_answer_about_tools_has_its_share():
    assert DIGITAL_SHARE.keys() == set(ToolsEase.values)


# A small reference ------------------------------------------------------------------------------------------


@pytest.fixture
def built(db):
    """A job with twelve skills, three of them core and four digital; another job; a tree of sectors."""
    made = Built(slug="rome")
    made.job = made.concept("job", "M1", "Secrétariat")
    made.title = made.concept("title", "T1", "Secrétaire", attributes={"classification": "PRINCIPALE"})
    other_name = made.concept("title", "T0", "Assistant de bureau")
    made.link(LinkKind.TITLE_OF, made.title, made.job)
    made.link(LinkKind.TITLE_OF, other_name, made.job)
    made.area = made.concept("area", "domaine:M", "Support")
    made.top = made.concept("area", "grand:M", "Bureaux")
    made.link(LinkKind.PART_OF, made.job, made.area)
    made.link(LinkKind.PART_OF, made.area, made.top)
    made.skills = []
    for number in range(12):
        attributes = {"transition_num": "O" if number in (3, 9, 10, 11) else "N"}
        skill = made.concept("skill", str(number), f"Savoir {number}", attributes=attributes)
        flag = CoreFlag.CORE if number in (5, 6, 7) else CoreFlag.NONE
        made.link(LinkKind.USES, made.job, skill, flag=flag)
        made.skills.append(skill)
    made.gone = made.concept("skill", "gone", ("Savoir retiré", "1", "2"))
    made.link(LinkKind.USES, made.job, made.gone, "1", "2")
    plumbing = made.concept("job", "P1", "Plomberie")
    made.popular = made.concept("skill", "pop", "Savoir courant", attributes={"transition_num": "O"})
    made.link(LinkKind.USES, plumbing, made.popular)
    return made


@pytest.fixture
def worker(built):
    return UserFactory()


@pytest.fixture
def signed(client, worker):
    client.force_login(worker)
    return client


def named(user, built, **values):
    place = {"title": built.title, "edition": built.editions["2"]}
    return services.answer_job(actor=user, worker=user.worker, **{**place, **values})


def labels(user, **values):
    return [one.label for one in proposals(user, timezone.localdate(), **values).skills]


def text_of(answer):
    return answer.content.decode()


def test_ten_skills_of_the_job_are_proposed_core_first_none_held(built, worker):
    named(worker, built)
    found = proposals(worker, timezone.localdate())
    assert found.job == "Secrétaire"
    assert [one.label for one in found.skills[:3]] == ["Savoir 5", "Savoir 6", "Savoir 7"]
    assert {one.label for one in found.skills[3:7]} == {"Savoir 3", "Savoir 9", "Savoir 10", "Savoir 11"}
    assert len(found.skills) == 10
    place = {"concept": built.skills[5], "edition": built.editions["2"]}
    declare_skill(actor=worker, worker=worker.worker, **place, said=Said())
    declare_free_skill(actor=worker, worker=worker.worker, text="Chanter", said=Said())
    assert "Savoir 5" not in labels(worker)
    assert "Savoir retiré" not in labels(worker)
    assert len(labels(worker)) == 10


def test_without_a_job_the_skills_that_jobs_ask_for_are_proposed(built, worker):
    found = proposals(worker, timezone.localdate())
    assert found.job == ""
    assert "Savoir courant" in [one.label for one in found.skills]
    assert len(found.skills) == 10
    services.answer_job(actor=worker, worker=worker.worker, words="Dompteur de puces")
    assert len(labels(worker)) == 10


def test_proposals_ask_the_same_number_of_questions(built, worker, django_assert_max_num_queries):
    named(worker, built)
    with django_assert_max_num_queries(8):
        labels(worker)


def test_jobs_are_browsed_by_sector_down_to_their_main_name(built, worker):
    today = timezone.localdate()
    assert sector(worker, today, None).sectors == [(built.top.pk, "Bureaux")]
    assert sector(worker, today, built.top.pk).sectors == [(built.area.pk, "Support")]
    found = sector(worker, today, built.area.pk)
    assert (found.label, found.titles) == ("Support", [(built.title.pk, "Secrétaire")])
    assert sector(worker, today, built.job.pk) is None


def test_without_a_reference_there_is_nothing_to_browse_and_nothing_breaks(client, db):
    user = UserFactory()
    client.force_login(user)
    assert sector(user, timezone.localdate(), None) is None
    for url in (JOB, f"{JOB}?q=secretaire", AIM, EASE):
        assert client.get(url).status_code == 200
    page = text_of(client.get(SKILLS))
    assert reverse("competences:statements") in page
    assert "avec vos mots" in page


# Writing ----------------------------------------------------------------------------------------------------


def test_answers_are_kept_and_given_again(built, worker):
    named(worker, built, start_on=dt.date(2019, 4, 1))
    named(worker, built)
    job = WorkerJob.objects.get()
    assert (job.title, job.use, job.start_on) == (built.title, JobUse.CURRENT, dt.date(2019, 4, 1))
    place = {"title": built.title, "edition": built.editions["2"]}
    services.answer_aim(actor=worker, worker=worker.worker, aim=CareerAim.CHANGE, **place)
    services.answer_ease(actor=worker, worker=worker.worker, ease=ToolsEase.DEPENDS)
    services.answer_aim(actor=worker, worker=worker.worker)
    found = FirstUse.objects.get()
    assert (found.aim, found.ease) == ("change", "depends")
    assert set(WorkerJob.objects.values_list("use", flat=True)) == {JobUse.CURRENT, JobUse.WANTED}


def test_words_are_kept_without_signs_that_deceive(built, worker):
    services.answer_job(actor=worker, worker=worker.worker, words=" Dresseur\u202e \x07de\n puces ")
    assert FirstUse.objects.get().job_words == "Dresseur de puces"


REFUSED = [
    ("answer_job", {"words": "x" * 101}, "words"),
    ("answer_aim", {"aim": "fly"}, "aim"),
    ("answer_ease", {"ease": "magic"}, "ease"),
]


@pytest.mark.parametrize(("name", "values", "field"), REFUSED, ids=[name for name, *_rest in REFUSED])
def test_a_refusal_names_its_field_and_writes_nothing(worker, name, values, field):
    with pytest.raises(Refused) as refusal:
        getattr(services, name)(actor=worker, worker=worker.worker, **values)
    assert refusal.value.field == field
    assert not FirstUse.objects.exists()


@pytest.mark.parametrize("day", [dt.date(25, 1, 1), timezone.localdate() + dt.timedelta(days=2)])
def test_a_day_out_of_a_life_is_refused(built, worker, day):
    with pytest.raises(Refused) as refusal:
        named(worker, built, start_on=day)
    assert refusal.value.field == "start_on"
    assert not WorkerJob.objects.exists()


def test_what_is_ticked_is_declared_with_the_level_said_or_none(built, worker):
    edition = built.editions["2"]
    declare_skill(
        actor=worker, worker=worker.worker, concept=built.skills[0], edition=edition, said=Said(level=2)
    )
    chosen = [Chosen(built.skills[n], edition, level) for n, level in ((0, 7), (1, None), (2, 5))]
    left = services.declare_chosen(actor=worker, worker=worker.worker, chosen=chosen)
    assert list(left) == [built.skills[0].pk]
    said = {one.concept_id: one.revisions.get().level for one in SkillStatement.objects.all()}
    assert said == {built.skills[0].pk: 2, built.skills[1].pk: None, built.skills[2].pk: 5}
    assert FirstUse.objects.get().finished_at is not None


def test_nobody_else_answers(built, worker):
    neighbour = UserFactory()
    named(neighbour, built)
    for act in (
        lambda: named(neighbour, built) and services.answer_job(actor=neighbour, worker=worker.worker),
        lambda: services.answer_aim(actor=neighbour, worker=worker.worker, aim="keep"),
        lambda: services.answer_ease(actor=neighbour, worker=worker.worker, ease="depends"),
        lambda: services.declare_chosen(actor=neighbour, worker=worker.worker, chosen=[]),
        lambda: services.leave_first_use(actor=neighbour, worker=worker.worker),
    ):
        with pytest.raises(NotFound):
            act()
    assert FirstUse.objects.get().worker == neighbour.worker


@pytest.mark.parametrize("name", ["aim", "ease"])
def test_the_database_refuses_by_name(worker, name):
    with pytest.raises(IntegrityError, match=f"first_use_{name}_known"):
        FirstUse.objects.create(worker=worker.worker, **{name: "other"})


# Pages ------------------------------------------------------------------------------------------------------


def test_the_whole_walk_without_javascript(signed, built, worker):
    assert signed.get(ARRIVE).url == JOB
    page = text_of(signed.get(f"{JOB}?q=secretaire"))
    choice = f"{JOB}?titre={built.title.pk}"
    assert choice in page
    assert "Secrétaire</h2>" in text_of(signed.get(choice))
    answer = signed.post(JOB, {"titre": built.title.pk, "since-start_on": "2020-01-02"})
    assert answer.url == AIM
    assert signed.post(AIM, {"aim": "keep"}).url == EASE
    assert signed.post(EASE, {"ease": "at_ease"}).url == SKILLS
    page = text_of(signed.get(SKILLS))
    assert len(re.findall("<fieldset", page)) == 10
    assert len(re.findall(r'value="" checked', page)) == 10
    names = dict.fromkeys(re.findall(r'name="(s-\d+)"', page))
    posted = dict.fromkeys(names, "") | dict(zip(names, ("4", "plus-tard"), strict=False))
    answer = signed.post(SKILLS, posted)
    assert answer.url == DASHBOARD
    assert sorted(str(one.revisions.get().level) for one in SkillStatement.objects.all()) == ["4", "None"]
    page = text_of(signed.get(DASHBOARD))
    assert "Trois questions pour commencer" not in page
    assert JOB in page
    assert signed.get(ARRIVE).url == DASHBOARD


def test_every_question_may_be_skipped_and_gone_back_from(signed, built, worker):
    assert signed.post(JOB, {"skip": 1}).url == AIM
    assert JOB in text_of(signed.get(AIM))
    assert signed.post(AIM, {"skip": 1}).url == EASE
    assert signed.post(EASE, {"skip": 1}).url == SKILLS
    page = text_of(signed.get(SKILLS))
    assert "Savoir courant" in page
    assert EASE in page
    answer = signed.post(SKILLS, {}, follow=True)
    assert "rien n’est ajouté" in text_of(answer)
    assert answer.redirect_chain[-1][0] == reverse("competences:statements")
    assert not SkillStatement.objects.exists()
    assert not WorkerJob.objects.exists()


def test_a_job_that_no_list_holds_keeps_its_words(signed, built, worker):
    assert "Rien ne ressemble" in text_of(signed.get(f"{JOB}?q=xqzwvk"))
    assert signed.post(JOB, {"own-words": "<b>Dompteuse</b>"}).url == AIM
    page = text_of(signed.get(JOB))
    assert "&lt;b&gt;Dompteuse&lt;/b&gt;" in page
    assert "<b>Dompteuse" not in page
    assert "id_own-words_error" in text_of(signed.post(JOB, {"own-words": " "}))
    assert "Secrétaire" in text_of(signed.get(f"{JOB}?secteur={built.area.pk}"))


def test_a_bad_day_is_told_beside_the_job(signed, built):
    page = text_of(signed.post(JOB, {"titre": built.title.pk, "since-start_on": "0025-01-01"}))
    assert "id_since-start_on_error" in page
    assert "Secrétaire</h2>" in page


def test_a_wanted_job_is_chosen_on_the_way(signed, built, worker):
    page = text_of(signed.get(f"{AIM}?q=secretaire"))
    assert f"{AIM}?titre={built.title.pk}" in page
    assert 'value="change" ' in text_of(signed.get(f"{AIM}?titre={built.title.pk}"))
    assert signed.post(AIM, {"titre": built.title.pk, "aim": "change"}).url == EASE
    assert WorkerJob.objects.get().use == JobUse.WANTED


def test_names_are_proposed_while_one_types(signed, built):
    url = reverse("competences:first_use_suggest")
    assert f"{AIM}?titre={built.title.pk}" in text_of(signed.get(f"{url}?q=secr&pour=first_use_aim"))
    assert f"{JOB}?titre={built.title.pk}" in text_of(signed.get(f"{url}?q=secr&pour=elsewhere"))
    assert text_of(signed.get(f"{url}?q=s")) == ""


def test_putting_the_questions_away_is_remembered_and_may_be_undone(signed, worker):
    page = text_of(signed.get(DASHBOARD))
    assert LEAVE in page
    assert "Trois questions pour commencer" in page
    assert signed.post(LEAVE).url == DASHBOARD
    page = text_of(signed.get(DASHBOARD))
    assert "Trois questions pour commencer" not in page
    assert JOB in page
    assert signed.get(ARRIVE).url == DASHBOARD
    assert signed.get(JOB).status_code == 200


def test_those_who_come_for_an_organisation_or_hold_a_record_are_not_led(built, worker):
    today = timezone.localdate()
    assert is_led(worker, today)
    adviser = MembershipFactory().user
    assert not is_led(adviser, today)
    declare_free_skill(actor=worker, worker=worker.worker, text="Coudre", said=Said())
    assert not is_led(worker, today)


def test_forms_that_are_not_ours_declare_nothing(signed, built, worker):
    bad = {f"s-{built.job.pk}": "3", "s-99999999": "2", f"s-{built.skills[0].pk}": "9", "s-x": "1", "s-": "1"}
    page = text_of(signed.post(SKILLS, bad, follow=True))
    assert "n’est plus dans le référentiel" in page
    assert not SkillStatement.objects.exists()
    assert signed.get(f"{JOB}?titre={built.skills[0].pk}").status_code == 404
    assert signed.get(f"{JOB}?titre=99999999999999999999").status_code == 200


def test_every_page_is_for_somebody_signed_in(client, db):
    for url in (ARRIVE, JOB, AIM, EASE, SKILLS, reverse("competences:first_use_suggest")):
        assert client.get(url).status_code == 302
        assert "login" in client.get(url).url


def test_pages_are_light(signed, built, worker, django_assert_max_num_queries):
    named(worker, built)
    text_of(signed.get(f"{JOB}?q=secretaire"))  # the names are read into memory once a process
    for url in (JOB, f"{JOB}?q=secretaire", f"{JOB}?secteur={built.area.pk}", AIM, EASE, ARRIVE):
        with django_assert_max_num_queries(12):
            answer = signed.get(url)
        assert len(answer.content) <= 60_000
    with django_assert_max_num_queries(12):
        assert len(signed.get(f"{JOB}?secteur=").content) <= 60_000
    with django_assert_max_num_queries(12):
        assert len(signed.get(SKILLS).content) <= 60_000
