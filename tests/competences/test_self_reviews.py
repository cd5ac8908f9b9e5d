"""Ma revue, written: answers and what they say, taking back, two tabs, the end and the next date."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import SYSTEM
from accounts.errors import NotFound, Refused
from accounts.models import Notification
from accounts.services.reminders import refresh_reminders
from competences.enums import RiskFamily, RiskRule
from competences.models import (
    RiskFlag,
    SelfReview,
    SelfReviewAnswer,
    SelfReviewPlan,
    SkillRevision,
    SkillStatement,
)
from competences.queries.self_reviews import outcome, progress
from competences.services import self_reviews as services
from competences.services.records import (
    Said,
    change_level,
    declare_free_skill,
    declare_skill,
    remove_skill,
    restore_skill,
)
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built

DAY = dt.timedelta(days=1)
MINUTE = dt.timedelta(minutes=1)
START = dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC)


@pytest.fixture
def built(db):
    made = Built()
    made.skills = [made.concept("skill", str(n), f"Compétence numéro {n}") for n in range(12)]
    return made


@pytest.fixture
def worker(built):
    return with_skills(built, UserFactory(), 5)


def with_skills(built, user, number, *, days=100):
    """Skills declared one a day until so many `days` before the start: the first is the oldest."""
    for place in range(number):
        held = {"concept": built.skills[place], "edition": built.editions["2"]}
        at = START - DAY * (days - place)
        declare_skill(actor=user, worker=user.worker, **held, said=Said(level=3), now=at)
    return user


def begin(user, now=START):
    return services.start_self_review(actor=user, worker=user.worker, now=now)


def statement(user, place=0):
    return SkillStatement.objects.filter(worker=user.worker).order_by("declared_at")[place]


def given_answer(user, review, place, kind, now, **values):
    """`kind` is the name of a service."""
    one = statement(user, place)
    version = values.pop("version", one.version)
    act = getattr(services, kind)
    return act(actor=user, review=review, statement=one, version=version, now=now, **values)


def state_of(user):
    """All that is said in the record, for comparisons."""
    rows = SkillRevision.objects.filter(statement__worker=user.worker).order_by("statement", "start_at")
    columns = ("level", "is_practised", "confirmed_on", "start_at", "end_at", "sources")
    return [tuple(getattr(row, name) for name in ("statement_id", *columns)) for row in rows]


def test_answers_are_written_with_what_they_say(worker):
    review = begin(worker)
    answers = [
        given_answer(worker, review, 0, "confirm_answer", START + MINUTE),
        given_answer(worker, review, 1, "level_answer_of", START + MINUTE * 2, level=5),
        given_answer(worker, review, 2, "level_answer_of", START + MINUTE * 3, level=1),
        given_answer(worker, review, 3, "stop_answer", START + MINUTE * 4),
        given_answer(worker, review, 4, "skip_answer", START + MINUTE * 5),
    ]
    assert [one.kind for one in answers] == ["confirmed", "raised", "lowered", "stopped", "skipped"]
    said = [statement(worker, place).revisions.current().get() for place in range(5)]
    assert [one.level for one in said] == [3, 5, 1, 3, 3]
    assert [one.is_practised for one in said] == [True, True, True, False, True]
    day = timezone.localdate(START)
    assert [one.confirmed_on == day for one in said] == [True, True, True, True, False]
    assert SkillRevision.objects.filter(statement=statement(worker, 1)).count() == 2
    review.refresh_from_db()
    assert (review.end, review.closed_at) == ("finished", START + MINUTE * 5)
    assert outcome(review).counts == {
        "confirmed": 1,
        "raised": 1,
        "lowered": 1,
        "stopped": 1,
        "skipped": 1,
    }
    assert outcome(review).labels["raised"] == ["Compétence numéro 1"]


def test_a_flagged_skill_is_asked_first(built, worker):
    flagged = statement(worker, 4)
    flag = RiskFlag.objects.create(
        statement=flagged,
        family=RiskFamily.OBSOLESCENCE,
        rule=RiskRule.ORPHANED,
        edition=built.editions["2"],
        opened_at=START,
    )
    review = begin(worker)
    assert list(progress(review).waiting) == [flagged.pk, *(statement(worker, n).pk for n in range(4))]
    flag.hidden_until = START.date() + DAY
    flag.save()
    assert next(iter(progress(review, START.date()).waiting)) == statement(worker, 0).pk
    assert next(iter(progress(review, START.date() + DAY).waiting)) == flagged.pk


def test_a_review_is_resumed_where_it_was_left(worker):
    review = begin(worker)
    given_answer(worker, review, 0, "skip_answer", START + MINUTE)
    again = begin(worker, START + DAY * 30)
    assert again == review
    state = progress(again)
    assert (state.number, state.total) == (2, 5)
    assert statement(worker, 0).pk not in state.waiting


def test_what_comes_and_goes_meanwhile_is_followed(built, worker):
    review = begin(worker)
    gone = statement(worker, 1)
    remove_skill(actor=worker, statement=gone, now=START + MINUTE)
    late = declare_free_skill(
        actor=worker, worker=worker.worker, text="Souder", said=Said(level=2), now=START + MINUTE
    )
    state = progress(review)
    assert not {gone.pk, late.pk} & state.waiting.keys()
    assert state.total == 4
    restore_skill(actor=worker, statement=gone, now=START + MINUTE * 2)
    assert gone.pk in progress(review).waiting
    remove_skill(actor=worker, statement=gone, now=START + MINUTE * 3)
    with pytest.raises(NotFound):
        services.skip_answer(
            actor=worker, review=review, statement=gone, version=gone.version, now=START + MINUTE * 4
        )


def test_an_empty_record_has_nothing_to_review(built):
    user = UserFactory()
    with pytest.raises(Refused) as refusal:
        begin(user)
    assert refusal.value.code == "nothing_to_review"
    assert not SelfReview.objects.exists()


def test_a_review_left_for_sixty_days_is_closed_and_the_next_one_is_new(worker):
    review = begin(worker)
    given_answer(worker, review, 0, "confirm_answer", START + MINUTE)
    late = START + DAY * 60
    for kind, values in (("confirm_answer", {}), ("level_answer_of", {"level": 2})):
        with pytest.raises(Refused) as refusal:
            given_answer(worker, review, 1, kind, late, **values)
        assert refusal.value.code == "left"
    with pytest.raises(Refused):
        services.finish_self_review(actor=worker, review=review, now=late)
    fresh = begin(worker, late)
    review.refresh_from_db()
    assert (review.end, review.closed_at) == ("too_old", late)
    assert fresh != review
    assert len(progress(fresh).waiting) == 5
    assert not SelfReviewPlan.objects.exists()


# Taking back ------------------------------------------------------------------------------------------------

ANSWERS = [
    ("confirm_answer", {}),
    ("level_answer_of", {"level": 7}),
    ("stop_answer", {}),
    ("skip_answer", {}),
]


@pytest.mark.parametrize(("kind", "values"), ANSWERS, ids=[kind for kind, _values in ANSWERS])
@pytest.mark.parametrize("days", [100, 5], ids=["closed and reopened", "corrected in place"])
def test_the_last_answer_is_taken_back_as_if_never_given(built, kind, values, days):
    user = with_skills(built, UserFactory(), 5, days=days)
    review = begin(user)
    before = state_of(user)
    place = 4 if days == 5 else 0
    given_answer(user, review, place, kind, START + MINUTE, **values)
    assert (state_of(user) != before) is (kind != "skip_answer")
    services.undo_answer(actor=user, review=review, now=START + MINUTE * 2)
    assert state_of(user) == before
    assert progress(review).answered == 0
    given_answer(user, review, place, kind, START + MINUTE * 3, **values)


def test_taking_back_the_answer_that_ended_a_review_opens_it_again(worker):
    review = begin(worker)
    services.confirm_rest(
        actor=worker, review=review, versions=dict(progress(review).waiting), now=START + MINUTE
    )
    review.refresh_from_db()
    assert review.end == "finished"
    services.undo_answer(actor=worker, review=review, now=START + MINUTE * 2)
    review.refresh_from_db()
    assert (review.end, review.closed_at, len(progress(review).waiting)) == ("", None, 5)


def test_a_later_write_or_a_day_stops_the_taking_back(worker):
    review = begin(worker)
    given_answer(worker, review, 0, "level_answer_of", START + MINUTE, level=7)
    with pytest.raises(Refused) as refusal:
        services.undo_answer(actor=worker, review=review, now=START + DAY * 2)
    assert refusal.value.code == "too_late"
    change_level(actor=worker, statement=statement(worker), level=8, now=START + MINUTE * 2)
    with pytest.raises(Refused) as refusal:
        services.undo_answer(actor=worker, review=review, now=START + MINUTE * 3)
    assert refusal.value.code == "changed_since"
    assert statement(worker).revisions.current().get().level == 8
    assert progress(review).answered == 1


def test_nothing_answered_is_nothing_to_take_back(worker):
    with pytest.raises(Refused) as refusal:
        services.undo_answer(actor=worker, review=begin(worker), now=START + MINUTE)
    assert refusal.value.code == "nothing_to_undo"


def test_a_former_review_is_not_opened_again_beside_the_next(worker):
    review = begin(worker)
    given_answer(worker, review, 0, "confirm_answer", START + MINUTE)
    services.finish_self_review(actor=worker, review=review, now=START + MINUTE * 2)
    begin(worker, START + MINUTE * 3)
    before = state_of(worker)
    with pytest.raises(Refused) as refusal:
        services.undo_answer(actor=worker, review=review, now=START + MINUTE * 4)
    assert refusal.value.code == "other_review"
    assert state_of(worker) == before


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["confirm_answer", "level_answer_of", "stop_answer", "skip_answer", "undo"]),
        st.integers(1, 8),
    ),
    max_size=12,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ACTS)
def test_any_sequence_of_answers_leaves_what_a_naive_record_would(built, acts):
    """A dictionary of what is said, and a pile of former ones for the undoing, tell the same."""
    with transaction.atomic():
        user = with_skills(built, UserFactory(), 3)
        review = begin(user)
        said = dict.fromkeys(range(3), (3, True))
        answered, pile, now = [], [], START
        for kind, level in acts:
            now += MINUTE
            if kind == "undo":
                if pile:
                    services.undo_answer(actor=user, review=review, now=now)
                    answered.pop()
                    said = pile.pop()
                continue
            place = next((n for n in range(3) if n not in answered), None)
            if place is None:
                break
            pile.append(dict(said))
            answered.append(place)
            given_answer(user, review, place, kind, now, **({"level": level} if "level" in kind else {}))
            before = said[place]
            said[place] = {
                "confirm_answer": before,
                "level_answer_of": (level, before[1]),
                "stop_answer": (before[0], False),
                "skip_answer": before,
            }[kind]
        current = [statement(user, place).revisions.current().get() for place in range(3)]
        assert {n: (one.level, one.is_practised) for n, one in enumerate(current)} == said
        state = progress(review)
        assert list(state.waiting) == [statement(user, n).pk for n in range(3) if n not in answered]
        review.refresh_from_db()
        assert (review.closed_at is not None) is (len(answered) == 3)
        transaction.set_rollback(True)


# Two tabs, and others ---------------------------------------------------------------------------------------


def test_the_second_tab_that_answers_is_told_and_writes_nothing(worker):
    review = begin(worker)
    seen = statement(worker).version
    given_answer(worker, review, 0, "level_answer_of", START + MINUTE, level=6)
    before = state_of(worker)
    for kind, values in ANSWERS:
        with pytest.raises(Refused) as refusal:
            given_answer(worker, review, 0, kind, START + MINUTE * 2, version=seen, **values)
        assert refusal.value.code == "already_answered"
    assert state_of(worker) == before


def test_a_skill_changed_elsewhere_since_it_was_shown_is_not_written_over(worker):
    review = begin(worker)
    seen = statement(worker).version
    change_level(actor=worker, statement=statement(worker), level=8, now=START + MINUTE)
    with pytest.raises(Refused) as refusal:
        given_answer(worker, review, 0, "stop_answer", START + MINUTE * 2, version=seen)
    assert refusal.value.code == "changed_since"
    assert not SelfReviewAnswer.objects.exists()
    versions = {**progress(review).waiting, statement(worker).pk: seen}
    with pytest.raises(Refused):
        services.confirm_rest(actor=worker, review=review, versions=versions, now=START + MINUTE * 3)
    assert not SelfReviewAnswer.objects.exists()


def test_a_level_off_the_scale_is_refused(worker):
    review = begin(worker)
    for level in (0, 9, -1):
        with pytest.raises(Refused) as refusal:
            given_answer(worker, review, 0, "level_answer_of", START + MINUTE, level=level)
        assert refusal.value.field == "level"


def test_nobody_else_writes_in_a_review(built, worker):
    review = begin(worker)
    neighbour = with_skills(built, UserFactory(), 2)
    theirs = begin(neighbour)
    one, other = statement(worker), statement(neighbour)
    place = {"version": 1, "now": START + MINUTE}
    for act in (
        lambda: services.start_self_review(actor=neighbour, worker=worker.worker),
        lambda: services.skip_answer(actor=neighbour, review=review, statement=one, **place),
        lambda: services.skip_answer(actor=neighbour, review=theirs, statement=one, **place),
        lambda: services.confirm_answer(actor=worker, review=review, statement=other, **place),
        lambda: services.confirm_rest(
            actor=neighbour, review=review, versions={one.pk: 1}, now=START + MINUTE
        ),
        lambda: services.undo_answer(actor=neighbour, review=review),
        lambda: services.finish_self_review(actor=neighbour, review=review),
        lambda: services.set_self_review_plan(actor=neighbour, worker=worker.worker, rhythm_months=3),
    ):
        with pytest.raises(NotFound):
            act()
    assert (
        services.confirm_rest(
            actor=worker, review=review, versions={other.pk: other.version}, now=START + MINUTE
        )
        == 0
    )
    assert not SelfReviewAnswer.objects.exists()


def test_one_press_confirms_three_hundred_in_few_questions(built, django_assert_max_num_queries):
    user = UserFactory()
    SkillStatement.objects.bulk_create(
        SkillStatement(worker=user.worker, free_text=f"Geste {n}", declared_at=START - DAY * 90)
        for n in range(300)
    )
    SkillRevision.objects.bulk_create(
        SkillRevision(statement=one, level=2, confirmed_on=dt.date(2025, 1, 1), start_at=one.declared_at)
        for one in SkillStatement.objects.all()
    )
    review = begin(user)
    before = state_of(user)
    with django_assert_max_num_queries(30):
        versions = dict(progress(review).waiting)
        assert services.confirm_rest(actor=user, review=review, versions=versions, now=START + MINUTE) == 300
    assert SkillRevision.objects.current().filter(confirmed_on=timezone.localdate(START)).count() == 300
    with django_assert_max_num_queries(30):
        assert len(services.undo_answer(actor=user, review=review, now=START + MINUTE * 2)) == 300
    assert state_of(user) == before


# The next date ----------------------------------------------------------------------------------------------


def test_the_end_of_a_review_dates_the_next_by_the_rhythm(worker):
    review = begin(worker)
    services.finish_self_review(actor=worker, review=review, now=START + MINUTE)
    services.finish_self_review(actor=worker, review=review, now=START + DAY * 3)
    plan = SelfReviewPlan.objects.get()
    assert (plan.last_on, plan.rhythm_months, plan.next_on) == (
        dt.date(2026, 3, 12),
        6,
        dt.date(2026, 9, 12),
    )
    services.set_self_review_plan(actor=worker, worker=worker.worker, rhythm_months=3)
    assert SelfReviewPlan.objects.get().next_on == dt.date(2026, 6, 12)
    services.set_self_review_plan(actor=worker, worker=worker.worker, rhythm_months=None)
    assert SelfReviewPlan.objects.get().next_on is None
    for months in (0, 25, -1):
        with pytest.raises(Refused) as refusal:
            services.set_self_review_plan(actor=worker, worker=worker.worker, rhythm_months=months)
        assert refusal.value.field == "rhythm_months"


# Half past eleven at night in UTC is tomorrow in France, by one hour or by two.
NIGHTS = [
    (dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC), dt.date(2026, 2, 1)),
    (dt.datetime(2026, 3, 28, 23, 30, tzinfo=dt.UTC), dt.date(2026, 3, 29)),
    (dt.datetime(2026, 6, 30, 22, 30, tzinfo=dt.UTC), dt.date(2026, 7, 1)),
]


@pytest.mark.parametrize(("now", "day"), NIGHTS)
def test_the_day_of_a_review_is_the_one_in_france(built, now, day):
    user = with_skills(built, UserFactory(), 1, days=300)
    review = begin(user, now - MINUTE)
    given_answer(user, review, 0, "confirm_answer", now)
    assert SelfReviewPlan.objects.get().last_on == day
    assert statement(user).revisions.current().get().confirmed_on == day


def waiting_reminders(user):
    rows = Notification.objects.waiting().filter(kind="self_review_due", recipient=user)
    return [timezone.localdate(row.not_before) for row in rows.order_by("not_before")]


def test_a_reminder_waits_for_the_date_and_goes_with_the_rhythm(worker):
    review = begin(worker)
    services.finish_self_review(actor=worker, review=review, now=START)
    due = dt.date(2026, 9, 12)
    on = due - DAY * 10
    refresh_reminders(actor=SYSTEM, kind="self_review_due", on=on)
    refresh_reminders(actor=SYSTEM, kind="self_review_due", on=on)
    assert waiting_reminders(worker) == [due - DAY * 7, due]
    services.set_self_review_plan(actor=worker, worker=worker.worker, rhythm_months=None)
    refresh_reminders(actor=SYSTEM, kind="self_review_due", on=on)
    assert waiting_reminders(worker) == []


def test_a_reminder_is_obsolete_once_the_review_is_done(worker):
    from accounts import notifications

    review = begin(worker)
    services.finish_self_review(actor=worker, review=review, now=START)
    refresh_reminders(actor=SYSTEM, kind="self_review_due", on=dt.date(2026, 9, 6))
    row = Notification.objects.waiting().filter(kind="self_review_due").first()
    is_obsolete = notifications.get("self_review_due").is_obsolete
    assert not is_obsolete(row)
    again = begin(worker, START + DAY * 170)
    services.finish_self_review(actor=worker, review=again, now=START + DAY * 170)
    assert is_obsolete(row)


CONSTRAINTS = [
    ("self_review_one_open", lambda w: SelfReview.objects.create(worker=w, started_at=START)),
    (
        "self_review_closed_with_its_end",
        lambda w: SelfReview.objects.create(worker=w, started_at=START, closed_at=START),
    ),
    (
        "self_review_plan_rhythm_in_bounds",
        lambda w: SelfReviewPlan.objects.create(worker=w, last_on=START, rhythm_months=25, next_on=START),
    ),
    (
        "self_review_plan_dated_with_its_rhythm",
        lambda w: SelfReviewPlan.objects.create(worker=w, last_on=START, rhythm_months=3),
    ),
]


@pytest.mark.parametrize(("name", "write"), CONSTRAINTS, ids=[name for name, _write in CONSTRAINTS])
def test_the_database_refuses_by_name(worker, name, write):
    begin(worker)
    with pytest.raises(IntegrityError, match=name):
        write(worker.worker)


def test_the_database_keeps_one_answer_a_skill(worker):
    review = begin(worker)
    row = {"review": review, "statement": statement(worker), "kind": "skipped", "version": 1}
    SelfReviewAnswer.objects.create(**row, answered_at=START)
    with pytest.raises(IntegrityError, match="self_review_one_answer_a_skill"):
        SelfReviewAnswer.objects.create(**row, answered_at=START + DAY)
