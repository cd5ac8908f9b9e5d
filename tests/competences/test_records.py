"""Declaring skills, naming jobs, dating bilans; and the pages that show them to the right person alone."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.actors import SYSTEM
from accounts.enums import MembershipRole, OrganisationKind, Purpose
from accounts.errors import NotFound, Refused
from accounts.models import FileOpening
from competences.enums import StatementSource
from competences.models import SkillRevision, SkillStatement
from competences.queries.jobs import organisation_jobs
from competences.rules.clocks import NextBilan, add_months, next_bilan
from competences.services.bilans import set_bilan_plan
from competences.services.jobs import add_organisation_job
from competences.services.records import (
    Said,
    attach_skill,
    change_level,
    change_skill,
    confirm_skill,
    declare_free_skill,
    declare_skill,
    remove_skill,
    restore_skill,
)
from tests.accounts.factories import MandateFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.competences.reference_builder import Built

MONTHS = [
    (dt.date(2024, 2, 29), 12, dt.date(2025, 2, 28)),
    (dt.date(2026, 1, 31), 1, dt.date(2026, 2, 28)),
    (dt.date(2026, 12, 15), 1, dt.date(2027, 1, 15)),
    (dt.date(2024, 2, 29), 48, dt.date(2028, 2, 29)),
]


@pytest.mark.parametrize(("day", "months", "expected"), MONTHS)
def test_months_are_added_by_the_calendar(day, months, expected):
    assert add_months(day, months) == expected


@given(st.dates(dt.date(1950, 1, 1), dt.date(2090, 1, 1)), st.integers(1, 120))
def test_a_later_month_is_later_and_keeps_its_day_where_it_can(day, months):
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + dt.timedelta(days=1)).day == 1


def test_the_next_bilan_says_why_and_when_it_is_late():
    last, due = dt.date(2026, 1, 31), dt.date(2026, 2, 28)
    assert next_bilan(last, 1, due) == NextBilan(on=due, last_on=last, months=1, is_late=False)
    assert next_bilan(last, 1, due + TOMORROW).is_late
    with pytest.raises(ValueError, match="month"):
        next_bilan(last, 0, due)


@pytest.fixture
def built(db):
    made = Built()
    made.skills = [made.concept("skill", str(n), f"Compétence numéro {n}") for n in range(30)]
    return made


@pytest.fixture
def worker(built):
    return UserFactory()


def declare(built, user, number=0, **values):
    actor, now = values.pop("actor", user), values.pop("now", None)
    said = Said(**{"level": 3, "sources": (StatementSource.PROJECT,), **values})
    place = {"concept": built.skills[number], "edition": built.editions["2"]}
    return declare_skill(actor=actor, worker=user.worker, **place, said=said, now=now)


TOMORROW = dt.timedelta(days=1)
REFUSED = [
    ({"level": 0}, "level"),
    ({"level": 9}, "level"),
    ({"acquired_on": timezone.localdate() + TOMORROW * 2}, "acquired_on"),
    ({"practised_on": dt.date(25, 3, 1)}, "practised_on"),
    ({"practised_on": timezone.localdate() + TOMORROW * 2}, "practised_on"),
    ({"acquired_on": dt.date(2026, 5, 2), "practised_on": dt.date(2026, 5, 1)}, "practised_on"),
]


@pytest.mark.parametrize(("values", "field"), REFUSED, ids=[str(n) for n in range(len(REFUSED))])
def test_a_refusal_names_its_field_and_writes_nothing(built, worker, values, field):
    with pytest.raises(Refused) as refusal:
        declare(built, worker, **values)
    assert refusal.value.field == field
    assert not SkillStatement.objects.exists()


def test_the_same_skill_twice_is_refused_until_it_is_taken_out(built, worker):
    first = declare(built, worker)
    with pytest.raises(Refused):
        declare(built, worker)
    remove_skill(actor=worker, statement=first)
    declare(built, worker)
    with pytest.raises(Refused):
        restore_skill(actor=worker, statement=first)


def test_what_is_said_is_closed_and_reopened_and_corrected_within_a_day(built, worker):
    said_at = timezone.now() - TOMORROW * 9
    statement = declare(built, worker, level=2, now=said_at)
    change_level(actor=worker, statement=statement, level=3, now=said_at + TOMORROW / 2)
    change_level(actor=worker, statement=statement, level=5, now=said_at + TOMORROW * 2)
    confirm_skill(actor=worker, statement=statement, now=said_at + TOMORROW * 5)
    rows = SkillRevision.objects.filter(statement=statement).order_by("start_at")
    assert [row.level for row in rows] == [3, 5, 5]
    assert [row.end_at for row in rows] == [rows[1].start_at, rows[2].start_at, None]
    assert [row.start_at - said_at for row in rows] == [TOMORROW * 0, TOMORROW * 2, TOMORROW * 5]
    for days, level in ((1, 3), (3, 5), (8, 5)):
        assert SkillRevision.objects.as_of(said_at + TOMORROW * days).get(statement=statement).level == level


def test_the_second_of_two_tabs_is_told_and_writes_nothing(built, worker):
    statement = declare(built, worker)
    seen = statement.version
    change_skill(actor=worker, statement=statement, version=seen, said=Said(level=4))
    with pytest.raises(Refused) as refusal:
        change_skill(actor=worker, statement=statement, version=seen, said=Said(level=7))
    assert refusal.value.code == "changed_since"
    assert statement.revisions.get().level == 4


def test_a_skill_in_ones_own_words_is_attached_later_and_keeps_the_words(built, worker):
    statement = declare_free_skill(
        actor=worker, worker=worker.worker, text="  réparer   des vélos ", said=Said(level=3)
    )
    assert (statement.free_text, statement.concept) == ("réparer des vélos", None)
    with pytest.raises(Refused):
        declare_free_skill(actor=worker, worker=worker.worker, text="Réparer des vélos", said=Said())
    for text in ("", " \n ", "x" * 201):
        with pytest.raises(Refused) as refusal:
            declare_free_skill(actor=worker, worker=worker.worker, text=text, said=Said())
        assert refusal.value.field == "text"
    place = {"concept": built.skills[0], "edition": built.editions["2"]}
    attach_skill(actor=worker, statement=statement, version=1, **place)
    statement.refresh_from_db()
    assert (statement.free_text, statement.concept) == ("réparer des vélos", built.skills[0])
    with pytest.raises(Refused):
        attach_skill(actor=worker, statement=statement, version=statement.version, **place)
    with pytest.raises(Refused):
        declare(built, worker)


def test_a_removal_is_undone_within_a_day_and_not_later(built, worker):
    statement = declare(built, worker)
    gone_at = timezone.now()
    remove_skill(actor=worker, statement=statement, now=gone_at)
    with pytest.raises(Refused):
        restore_skill(actor=worker, statement=statement, now=gone_at + TOMORROW * 2)
    assert list(SkillStatement.objects.as_of(gone_at)) == []
    assert list(SkillStatement.objects.as_of(gone_at - TOMORROW / 1440 / 60000)) == [statement]
    restore_skill(actor=worker, statement=statement, now=gone_at + TOMORROW / 2)
    assert SkillStatement.objects.standing().get() == statement


def test_nobody_else_writes_in_a_record(built, worker):
    statement = declare(built, worker)
    neighbour = UserFactory()
    declare(built, neighbour)
    for act in (
        lambda: declare(built, worker, 1, actor=neighbour),
        lambda: change_level(actor=neighbour, statement=statement, level=1),
        lambda: remove_skill(actor=neighbour, statement=statement),
        lambda: set_bilan_plan(
            actor=neighbour,
            worker=worker.worker,
            last_on=dt.date(2026, 1, 1),
            rhythm_months=12,
            on=dt.date(2026, 6, 1),
        ),
    ):
        with pytest.raises(NotFound):
            act()


def test_the_next_bilan_follows_the_rhythm(worker):
    on = dt.date(2026, 6, 1)
    plan = set_bilan_plan(
        actor=worker, worker=worker.worker, last_on=dt.date(2024, 2, 29), rhythm_months=24, on=on
    )
    assert plan.next_on == dt.date(2026, 2, 28)
    for day in (on + TOMORROW, dt.date(25, 3, 1)):
        with pytest.raises(Refused) as refusal:
            set_bilan_plan(actor=worker, worker=worker.worker, last_on=day, rhythm_months=24, on=on)
        assert refusal.value.field == "last_on"


# -- pages


@pytest.mark.parametrize(("months", "words"), [(1, "Tous les mois"), (24, "Tous les 24 mois")])
def test_the_dashboard_says_the_rule_of_the_next_date(worker, client, months, words):
    set_bilan_plan(
        actor=worker,
        worker=worker.worker,
        last_on=dt.date(2025, 3, 1),
        rhythm_months=months,
        on=dt.date(2025, 4, 1),
    )
    client.force_login(worker)
    page = client.get(reverse("competences:dashboard"))
    assert f"{words} à partir du 1er mars 2025" in page.content.decode()
    worker.language = "en"
    worker.save()
    assert "from 1 March 2025" in client.get(reverse("competences:dashboard")).content.decode()


def test_the_form_keeps_what_was_typed_beside_its_refusal(built, worker, client):
    client.force_login(worker)
    url = reverse("competences:statement_add", args=[built.skills[0].pk])
    typed = {"level": "4", "sources": ["study", "project"], "acquired_on": "2990-01-01", "practised_on": ""}
    page = client.post(url, typed).content.decode()
    assert 'value="2990-01-01"' in page
    assert 'id="id_acquired_on_error"' in page
    assert client.post(url, {**typed, "acquired_on": "2020-01-01"}).status_code == 302
    said = SkillStatement.objects.get().revisions.get()
    assert (said.level, said.sources) == (4, ["study", "project"])


PAGES = ["dashboard", "statements", "worker_jobs", "bilans", "bilan_plan"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_an_empty_record_and_of_a_visitor(worker, client, name):
    url = reverse(f"competences:{name}")
    assert client.get(url).status_code == 302
    client.force_login(worker)
    assert client.get(url).status_code == 200


@pytest.mark.parametrize("name", ["dashboard", "statements"])
def test_lists_cost_the_same_whatever_their_length(
    built, worker, client, name, django_assert_max_num_queries
):
    client.force_login(worker)
    for number in range(30):
        declare(built, worker, number)
    client.get(reverse(f"competences:{name}"))
    with django_assert_max_num_queries(16):
        assert client.get(reverse(f"competences:{name}")).status_code == 200


def test_anothers_statement_is_as_absent_as_none(built, worker, client):
    statement = declare(built, worker)
    neighbour = UserFactory()
    declare(built, neighbour)
    client.force_login(neighbour)
    for name in ("statement_remove", "statement_restore"):
        assert client.post(reverse(f"competences:{name}", args=[statement.public_id])).status_code == 404
    assert client.get(reverse("competences:statement", args=[statement.public_id])).status_code == 404


@pytest.fixture
def adviser(db):
    body = OrganisationFactory(kind=OrganisationKind.ADVISER_BODY)
    return MembershipFactory(organisation=body, role=MembershipRole.ADVISER).user


def mandate(worker, adviser):
    [membership] = adviser.memberships.all()
    return MandateFactory(
        worker=worker.worker,
        adviser=adviser,
        organisation=membership.organisation,
        purpose=Purpose.FOLLOW_UP,
    )


def test_an_adviser_opens_the_files_of_their_mandates_alone(built, worker, adviser, client):
    declare(built, worker)
    other = UserFactory()
    mandate(worker, adviser)
    client.force_login(adviser)
    assert worker.display_name in client.get(reverse("competences:caseload")).content.decode()
    assert (
        client.get(reverse("competences:adviser_worker", args=[worker.worker.public_id])).status_code == 200
    )
    assert FileOpening.objects.filter(worker_id=worker.worker.pk, actor_id=adviser.pk).count() == 1
    refused = client.get(reverse("competences:adviser_worker", args=[other.worker.public_id]))
    assert refused.status_code == 404
    client.force_login(other)
    for name in ("adviser", "caseload"):
        assert client.get(reverse(f"competences:{name}")).status_code == 404


def test_an_employer_page_is_for_its_members(worker, client):
    mine, theirs = (OrganisationFactory(kind=OrganisationKind.EMPLOYER) for _ in range(2))
    MembershipFactory(user=worker, organisation=mine, role=MembershipRole.EMPLOYER_MEMBER)
    client.force_login(worker)
    assert client.get(reverse("competences:employer", args=[mine.public_id])).status_code == 200
    assert client.get(reverse("competences:employer", args=[theirs.public_id])).status_code == 404


def test_lists_of_advisers_cost_the_same_whatever_their_length(
    built, worker, adviser, client, django_assert_max_num_queries
):
    for _person in range(12):
        mandate(UserFactory(), adviser)
    mandate(worker, adviser)
    for number in range(30):
        declare(built, worker, number)
    client.force_login(adviser)
    client.get(reverse("competences:caseload"))
    with django_assert_max_num_queries(10):
        page = client.get(reverse("competences:caseload"))
    assert page.context["page"].paginator.count == 13
    with django_assert_max_num_queries(28):
        page = client.get(reverse("competences:adviser_worker", args=[worker.worker.public_id]))
    assert len(page.context["statements"]) == 30


@pytest.fixture
def employer(built, worker):
    """An employer with twelve titles of one job, which the second edition changed."""
    organisation = OrganisationFactory(kind=OrganisationKind.EMPLOYER)
    MembershipFactory(user=worker, organisation=organisation, role=MembershipRole.EMPLOYER_MEMBER)
    job = built.concept("job", "M1", "Secrétaire")
    built.change("2", "linked", job, built.skills[0])
    built.titles = [built.concept("title", f"9{n}", f"Secrétaire numéro {n}") for n in range(12)]
    for title in built.titles:
        built.link("title_of", title, job)
    return organisation


def test_an_employer_names_jobs_and_sees_what_changed(
    built, worker, employer, client, django_assert_max_num_queries
):
    client.force_login(worker)
    for title in built.titles:
        url = reverse("competences:employer_job_add", args=[employer.public_id, title.pk])
        assert client.post(url).status_code == 302
    url = reverse("competences:employer", args=[employer.public_id])
    client.get(url)
    with django_assert_max_num_queries(14):
        page = client.get(url)
    assert len(page.context["jobs"]) == 12
    assert {change.kind for job in page.context["jobs"] for change, _label in job.changes} == {"linked"}
    found = client.get(url, {"q": "secretaire"}).context["found"]
    assert found
    assert all(held for _hit, held in found)


def test_an_employer_is_told_of_a_title_that_goes(built, worker, employer, client):
    [gone, kept] = built.titles[:2]
    for title in (gone, kept):
        add_organisation_job(
            actor=worker,
            organisation=employer,
            title=title,
            edition=built.editions["1"],
            on=timezone.localdate(),
        )
    gone.links_out.update(until=built.place("2"))
    gone.revisions.update(until=built.place("2"))
    built.change("2", "removed", gone)
    found = organisation_jobs(employer, timezone.localdate(), actor=SYSTEM)
    told = {named.row.title_id: [change.kind for change, _label in named.changes] for named in found}
    assert told == {gone.pk: ["removed"], kept.pk: ["linked"]}


def test_a_job_that_the_record_holds_is_offered_for_its_other_use_alone(built, worker, employer, client):
    client.force_login(worker)
    title = built.titles[0]
    client.post(reverse("competences:worker_job_add", args=[title.pk]), {"use": "current"})
    page = client.get(reverse("competences:worker_jobs"), {"q": "secretaire numero 0"})
    [free] = [free for hit, free in page.context["found"] if hit.concept_id == title.pk]
    assert [value for value, _name in free] == ["wanted"]
