"""Adding skills: in one tap, in the person's own words, and those of a job by ticks."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.errors import NotFound, Refused
from competences.models import ConceptRevision, SkillStatement
from competences.services.additions import MOST_AT_ONCE, declare_skills, undo_batch
from competences.services.records import Said, change_level, declare_skill
from tests.accounts.factories import MandateFactory, UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences.long_records import TOMORROW, declared, reference

PART = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def built(db):
    return reference(12)


@pytest.fixture
def worker(built):
    return UserFactory()


def address(name, *args):
    return reverse(f"competences:{name}", args=args)


# -- one tap


@pytest.mark.parametrize(("place", "region"), [("tableau", "t-skills"), ("liste", "skill-count")])
def test_a_level_in_one_tap_answers_with_the_part_that_changed(built, worker, client, place, region):
    client.force_login(worker)
    found = client.get(address("skill_suggest"), {"q": "numero 3", "place": place}, **PART)
    add = address("statement_add", built.skills[3].pk)
    assert f'hx-get="{add}?place={place}"' in found.content.decode()
    choice = client.get(add, {"place": place}, **PART).content.decode()
    assert choice.count('name="level"') == 9
    assert "<html" not in choice
    page = client.post(add, {"quick": "1", "place": place, "level": "6"}, **PART)
    words = page.content.decode()
    assert "<html" not in words
    assert region in words
    assert "Compétence numéro 3" in words
    made = SkillStatement.objects.get()
    assert made.revisions.get().level == 6
    [at] = [page.context["added_at"]]
    undone = client.post(address("batch_undo"), {"at": at, "place": place}, **PART).content.decode()
    assert region in undone
    assert not SkillStatement.objects.standing().exists()


def test_without_javascript_the_same_is_a_post_and_the_list_offers_to_undo_it(built, worker, client):
    client.force_login(worker)
    add = address("statement_add", built.skills[3].pk)
    assert "<html" in client.get(add).content.decode()
    answer = client.post(add, {"quick": "1", "level": ""}, follow=True)
    assert answer.context["added"] == 1
    assert SkillStatement.objects.get().revisions.get().level is None
    client.post(address("batch_undo"), {"at": answer.context["added_at"]})
    assert not SkillStatement.objects.standing().exists()


def test_own_words_in_one_tap(worker, client):
    client.force_login(worker)
    url = address("statement_add_free")
    choice = client.get(url, {"texte": "Tailler la pierre", "place": "tableau"}, **PART).content.decode()
    assert 'name="text" value="Tailler la pierre"' in choice
    client.post(url, {"quick": "1", "text": "Tailler la pierre", "level": "2"}, **PART)
    assert SkillStatement.objects.get().free_text == "Tailler la pierre"
    again = client.post(url, {"quick": "1", "text": "tailler la PIERRE", "level": "2"}, **PART)
    assert "déjà dans votre dossier" in again.content.decode()


@pytest.mark.parametrize("level", ["0", "9", "trois", "3.5"])
def test_a_level_off_the_scale_adds_nothing(built, worker, client, level):
    client.force_login(worker)
    add = address("statement_add", built.skills[3].pk)
    assert client.post(add, {"quick": "1", "level": level}).status_code == 404
    assert not SkillStatement.objects.exists()


def test_a_skill_held_already_is_said_and_added_once(built, worker, client):
    client.force_login(worker)
    add = address("statement_add", built.skills[3].pk)
    client.post(add, {"quick": "1", "level": "2"}, **PART)
    assert (
        "déjà dans votre dossier" in client.post(add, {"quick": "1", "level": "5"}, **PART).content.decode()
    )
    assert SkillStatement.objects.get().revisions.get().level == 2


def test_a_concept_withdrawn_between_page_and_post_is_added_and_said(built, worker, client):
    client.force_login(worker)
    add = address("statement_add", built.skills[3].pk)
    client.get(add)
    built.skills[3].revisions.update(until=built.place("2"))
    typed = {"level": "4", "sources": ["job"], "context": "au bureau", "label": "Compétence numéro 3"}
    page = client.post(add, typed, follow=True).content.decode()
    assert "ne la liste plus" in page
    made = SkillStatement.objects.get()
    assert (made.edition, made.revisions.get().context) == (built.editions["1"], "au bureau")


@pytest.mark.parametrize("gone", ["unread", "unknown"])
def test_a_concept_that_left_keeps_what_was_typed_as_own_words(built, worker, client, gone):
    client.force_login(worker)
    if gone == "unread":
        ConceptRevision.objects.filter(concept=built.skills[3]).delete()
    add = address("statement_add", built.skills[3].pk if gone == "unread" else 987654)
    typed = {"level": "4", "sources": ["job"], "context": "au bureau", "label": "Tenir un registre"}
    page = client.post(add, typed)
    words = page.content.decode()
    assert page.status_code == 200
    assert 'value="Tenir un registre"' in words
    assert 'value="au bureau"' in words
    assert f'action="{address("statement_add_free")}"' in words
    assert not SkillStatement.objects.exists()
    quick = client.post(add, {"quick": "1", "level": "4", "label": "Tenir un registre"}, **PART)
    assert "avec vos mots" in quick.content.decode()
    assert client.post(add, {"level": "4"}).status_code == 404


# -- many at once


def ticked(client, built, *numbers, **values):
    data = {"concepts": [built.skills[number].pk for number in numbers], "level": "", **values}
    return client.post(address("job_ticks", "petit", "M1"), data, follow=True)


def test_the_ticks_of_a_job_the_core_first_and_those_held_shown(built, worker, client):
    declared(worker, [built.skills[0], built.skills[4]], level=1)
    client.force_login(worker)
    sheet = client.get(address("job", "petit", "M1")).content.decode()
    assert address("job_ticks", "petit", "M1") in sheet
    ticks = client.get(address("job_ticks", "petit", "M1")).context["ticks"]
    assert {tick.named.pk for tick in ticks[:2]} == {skill.pk for skill in built.skills[:2]}
    assert {tick.named.pk for tick in ticks if tick.is_held} == {built.skills[0].pk, built.skills[4].pk}
    assert len(ticks) == 10


def test_what_is_ticked_is_declared_at_once_and_taken_back_at_once(built, worker, client):
    client.force_login(worker)
    page = ticked(client, built, 1, 2, 3, level="4")
    assert page.context["added"] == 3
    rows = SkillStatement.objects.standing()
    assert {(row.revisions.get().level, *row.revisions.get().sources) for row in rows} == {(4, "job")}
    assert len({row.declared_at for row in rows}) == 1
    change_level(actor=worker, statement=rows.get(concept=built.skills[2]), level=7)
    client.post(address("batch_undo"), {"at": page.context["added_at"]})
    # What was touched since stays.
    assert rows.get().concept == built.skills[2]


def test_rows_at_fault_are_said_and_the_others_declared(built, worker, client):
    declared(worker, built.skills[:1], level=1)
    ConceptRevision.objects.filter(concept=built.skills[1]).delete()
    client.force_login(worker)
    page = ticked(client, built, 0, 1, 2)
    assert [str(why) for _label, why in page.context["refused"]] == [
        "Elle est déjà dans votre dossier.",
        "Elle n’est plus dans le référentiel.",
    ]
    assert page.context["added"] == 1
    assert address("batch_undo") in page.content.decode()


@pytest.mark.parametrize("concepts", [[], ["abc"], ["9" * 30]])
def test_no_tick_is_said(built, worker, client, concepts):
    client.force_login(worker)
    page = client.post(address("job_ticks", "petit", "M1"), {"concepts": concepts, "level": ""})
    assert "Cochez au moins une compétence" in page.content.decode()
    assert not SkillStatement.objects.exists()


@pytest.mark.parametrize("many", [1, 9])
def test_a_batch_costs_the_same_for_one_as_for_many(built, worker, many, django_assert_max_num_queries):
    declared(worker, built.skills[11:])  # the temporary tables of the session
    with django_assert_max_num_queries(60) as few:
        declared(worker, built.skills[:1])
    with django_assert_max_num_queries(len(few)):
        declared(worker, built.skills[1 : many + 1])


def test_too_many_and_bad_levels_write_nothing(built, worker):
    for concepts, said, code in (
        (range(1, MOST_AT_ONCE + 2), Said(), "too_many"),
        ([built.skills[0].pk], Said(level=9), "bad_level"),
    ):
        with pytest.raises(Refused) as refusal:
            declare_skills(actor=worker, worker=worker.worker, concepts=list(concepts), said=said)
        assert refusal.value.code == code
    assert not SkillStatement.objects.exists()


def test_a_batch_is_its_own_persons(built, worker, client):
    [made] = declared(worker, built.skills[:1], level=1)
    neighbour = UserFactory()
    MandateFactory(adviser=neighbour)
    for act in (
        lambda: declare_skills(
            actor=neighbour, worker=worker.worker, concepts=[built.skills[1].pk], said=Said()
        ),
        lambda: undo_batch(actor=neighbour, worker=worker.worker, at=made.declared_at),
    ):
        with pytest.raises(NotFound):
            act()
    client.force_login(neighbour)
    assert client.post(address("batch_undo"), {"at": made.declared_at.isoformat()}).status_code == 404
    assert SkillStatement.objects.standing().get() == made


@pytest.mark.parametrize("at", ["", "hier", "2026-13-45T00:00:00", "2026-01-01T10:00:00", "2026-01-01"])
def test_an_instant_that_is_none_takes_nothing_back(worker, client, at):
    client.force_login(worker)
    assert client.post(address("batch_undo"), {"at": at}).status_code == 404
    assert client.get(address("statements"), {"ajout": at}).status_code == 200


def test_a_batch_is_taken_back_within_a_day(built, worker):
    [made] = declared(worker, built.skills[:1], now=timezone.now() - TOMORROW * 2)
    with pytest.raises(Refused) as refusal:
        undo_batch(actor=worker, worker=worker.worker, at=made.declared_at)
    assert refusal.value.code == "too_late"


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_declare_the_same_keep_it_once():
    built, worker = reference(4), UserFactory()
    keys = [skill.pk for skill in built.skills]

    def one():
        return declare_skill(
            actor=worker,
            worker=worker.worker,
            concept=built.skills[2],
            edition=built.editions["2"],
            said=Said(),
        )

    def many():
        return declare_skills(actor=worker, worker=worker.worker, concepts=keys, said=Said())

    answers = side_by_side(many, one, many)
    assert all(isinstance(a, Refused) or not isinstance(a, Exception) for a in answers)
    held = list(SkillStatement.objects.standing().values_list("concept_id", flat=True))
    assert sorted(held) == sorted(set(held))
    assert built.skills[2].pk in held
