"""A record as it stood on a day: what a naive model of the same acts would say."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from competences.models import Edition
from competences.queries.record_lists import end_of_day, said_in, statements_in, with_labels_as_of
from competences.services.ownership import UNDO_WITHIN
from competences.services.records import (
    Said,
    change_skill,
    confirm_skill,
    declare_skill,
    remove_skill,
    restore_skill,
)
from tests.accounts.factories import UserFactory
from tests.competences.long_records import TOMORROW, declared, reference
from tests.competences.reference_builder import Built

HOUR = dt.timedelta(hours=1)
BEGIN = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["declare", "change", "confirm", "remove", "restore"]),
        st.integers(0, 1),
        st.integers(1, 8),
        st.sampled_from([1, 5, 12, 23, 24, 25, 60]),
    ),
    min_size=1,
    max_size=14,
)


class Model:
    """The same acts, kept the plainest way: for each skill declared, what was said since when, and when it
    was out."""

    def __init__(self):
        self.skills = []

    def standing(self, number):
        return next((s for s in self.skills if s["number"] == number and s["out"] is None), None)

    def removed(self, number):
        return next((s for s in reversed(self.skills) if s["number"] == number and s["out"]), None)

    def say(self, skill, level, now):
        if now - skill["said"][-1][0] < UNDO_WITHIN:
            skill["said"][-1] = (skill["said"][-1][0], level)
        else:
            skill["said"].append((now, level))

    def at(self, instant):
        found = {}
        for skill in self.skills:
            if skill["said"][0][0] <= instant and (skill["out"] is None or skill["out"] > instant):
                found[skill["number"]] = [level for since, level in skill["said"] if since <= instant][-1]
        return found


def act(model, user, built, what, number, level, now):
    """Does one act on both sides, where it may be done."""
    mine = model.standing(number)
    if what == "declare" and mine is None:
        made = declare_skill(
            actor=user,
            worker=user.worker,
            concept=built.skills[number],
            edition=built.editions["2"],
            said=Said(level=level),
            now=now,
        )
        model.skills.append({"number": number, "said": [(now, level)], "out": None, "row": made})
    elif what == "change" and mine:
        mine["row"].refresh_from_db()
        change_skill(
            actor=user, statement=mine["row"], version=mine["row"].version, said=Said(level=level), now=now
        )
        model.say(mine, level, now)
    elif what == "confirm" and mine:
        confirm_skill(actor=user, statement=mine["row"], now=now)
        model.say(mine, mine["said"][-1][1], now)
    elif what == "remove" and mine:
        remove_skill(actor=user, statement=mine["row"], now=now)
        mine["out"] = now
    elif what == "restore" and mine is None:
        gone = model.removed(number)
        if gone and now - gone["out"] <= UNDO_WITHIN:
            restore_skill(actor=user, statement=gone["row"], now=now)
            gone["out"] = None


@pytest.mark.django_db(transaction=False)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_every_instant_is_what_a_naive_model_says(db, acts):
    built = Built(slug=f"petit-{Edition.objects.count()}")
    built.skills = [built.concept("skill", str(n), f"Compétence {n}") for n in range(2)]
    user, model, now, instants = UserFactory(), Model(), BEGIN, []
    for what, number, level, hours in acts:
        now += HOUR * hours
        act(model, user, built, what, number, level, now)
        instants += [now - HOUR / 2, now, now + HOUR / 2]
    for instant in instants:
        rows = statements_in(said_in(user.worker, at=instant))
        assert {built.skills.index(row.concept): row.current[0].level for row in rows} == model.at(instant)
    now_rows = statements_in(said_in(user.worker))
    assert {built.skills.index(row.concept): row.current[0].level for row in now_rows} == model.at(now)


@pytest.fixture
def built(db):
    return reference()


def test_a_day_ends_at_midnight_in_france_winter_and_summer():
    assert end_of_day(dt.date(2026, 1, 5)) == dt.datetime(2026, 1, 5, 22, 59, 59, 999999, tzinfo=dt.UTC)
    assert end_of_day(dt.date(2026, 7, 5)) == dt.datetime(2026, 7, 5, 21, 59, 59, 999999, tzinfo=dt.UTC)
    # The night when clocks go back has an hour more.
    night = [end_of_day(dt.date(2026, 10, day)).timestamp() for day in (24, 25)]
    assert night[1] - night[0] == 25 * 3600


def test_a_skill_is_named_as_the_house_knew_it_then(db):
    built = Built()
    skill = built.concept("skill", "1", ("Taper à la machine", "1", "2"), ("Saisir un texte", "2", None))
    user = UserFactory()
    long_ago, later = (timezone.now() - TOMORROW * days for days in (100, 20))
    Edition.objects.filter(pk=built.editions["1"].pk).update(imported_at=long_ago - TOMORROW)
    Edition.objects.filter(pk=built.editions["2"].pk).update(imported_at=later)
    declare_skill(
        actor=user,
        worker=user.worker,
        concept=skill,
        edition=built.editions["1"],
        said=Said(level=1),
        now=long_ago,
    )
    for at, label in ((long_ago, "Taper à la machine"), (timezone.now(), "Saisir un texte")):
        [seen] = with_labels_as_of(statements_in(said_in(user.worker, at=at)), at)
        assert seen.label == label


def test_the_page_of_a_day_says_so_and_shows_that_day(built, client):
    user = UserFactory()
    long_ago = timezone.now() - TOMORROW * 50
    [kept] = declared(user, built.skills[:1], level=2, now=long_ago)
    [gone] = declared(user, built.skills[1:2], level=4, now=long_ago)
    declared(user, built.skills[2:3], level=5)
    remove_skill(actor=user, statement=gone, now=timezone.now() - TOMORROW * 10)
    kept.refresh_from_db()
    change_skill(actor=user, statement=kept, version=kept.version, said=Said(level=7))
    client.force_login(user)
    url = reverse("competences:statements")
    page = client.get(url, {"au": (timezone.localdate() - TOMORROW * 20).isoformat()})
    assert [(s.concept, s.said.level) for s in page.context["statements"]] == [
        (built.skills[1], 4),
        (built.skills[0], 2),
    ]
    words = page.content.decode()
    assert "Vous regardez le passé" in words
    assert f'href="{url}"' in words
    assert reverse("competences:statement", args=[kept.public_id]) not in words
    before = client.get(url, {"au": (timezone.localdate() - TOMORROW * 60).isoformat()}).content.decode()
    assert "ne contenait encore aucune compétence" in before


BAD_DAYS = ["2990-01-01", "2026-02-30", "hier", "0025-03-01", "\x00"]


@pytest.mark.parametrize("day", BAD_DAYS)
def test_a_day_that_cannot_be_shown_is_said_and_today_is_shown(built, client, day):
    user = UserFactory()
    declared(user, built.skills[:2], level=2)
    client.force_login(user)
    page = client.get(reverse("competences:statements"), {"au": day})
    assert page.status_code == 200
    assert 'id="id_au_error"' in page.content.decode()
    assert len(page.context["statements"]) == 2


def test_a_neighbour_sees_their_own_past_alone(built, client):
    user, neighbour = UserFactory(), UserFactory()
    declared(user, built.skills[:3], level=2, now=timezone.now() - TOMORROW * 5)
    declared(neighbour, built.skills[3:4], level=2, now=timezone.now() - TOMORROW * 5)
    client.force_login(neighbour)
    day = (timezone.localdate() - TOMORROW * 2).isoformat()
    page = client.get(reverse("competences:statements"), {"au": day})
    assert [s.concept for s in page.context["statements"]] == [built.skills[3]]
