"""A flag explained, hidden, contested: by its own person, and what the adviser sees of it."""

import datetime as dt

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Purpose
from accounts.errors import NotFound, Refused
from accounts.models import FileOpening
from competences.enums import FlagEnd, JobUse, LinkKind, RiskFamily, RiskRule
from competences.models import RiskFlag
from competences.queries import flags as queries
from competences.queries.flags import contested_flags, flag_page, rule_figures
from competences.queries.records import statements_of
from competences.queries.successors import touched
from competences.services.flags import contest_flag, hide_flag, show_flag, withdraw_contest
from competences.services.jobs import add_worker_job
from competences.services.records import Said, declare_skill
from tests.accounts.factories import MandateFactory, UserFactory
from tests.competences.reference_builder import Built

TODAY = timezone.localdate()
NOW = timezone.now()


@pytest.fixture
def built(db):
    """A job asked for skills 0 to 3 in edition 1; in edition 2, no longer for 0, which is orphaned."""
    made = Built()
    made.skills = [made.concept("skill", f"S{n}", f"Tenir un registre {n}") for n in range(5)]
    made.job = made.concept("job", "M1", "Secrétariat")
    made.title = made.concept("title", "T1", "Secrétaire")
    made.link(LinkKind.TITLE_OF, made.title, made.job)
    made.link(LinkKind.USES, made.job, made.skills[0], "1", "2")
    for skill in made.skills[1:4]:
        made.link(LinkKind.USES, made.job, skill)
    return made


def flagged(built, user, **fields):
    place = {"concept": built.skills[0], "edition": built.editions["1"]}
    declare_skill(actor=user, worker=user.worker, **place, said=Said(level=3))
    return RiskFlag.objects.open().get(statement__worker=user.worker)


@pytest.fixture
def worker(built):
    return UserFactory(name="Démo Essai")


@pytest.fixture
def flag(built, worker):
    place = {"title": built.title, "edition": built.editions["2"]}
    add_worker_job(actor=worker, worker=worker.worker, **place, use=JobUse.CURRENT)
    return flagged(built, worker)


def shown(user):
    return list(touched(statements_of(user.worker), actor=user, on=TODAY))


def test_a_flag_is_explained_with_what_may_be_done(built, worker, flag):
    page = flag_page(worker, flag.public_id, on=TODAY)
    assert (page.flag.rule, page.before) == (RiskRule.ORPHANED, "1")
    assert [job.label for job in page.jobs_before] == ["Secrétariat"]
    assert (page.jobs_before_count, page.jobs_now_count) == (1, 0)
    assert {one.named.external_id for one in page.substitutes} == {"S1", "S2", "S3"}
    assert {(one.common, one.missing) for one in page.substitutes} == {(1, 0)}
    assert page.neighbours == []


MEANINGS = [
    (RiskRule.WITHDRAWN, "gone", "Le référentiel ne la liste plus", "Le référentiel ne la liste plus"),
    (RiskRule.ORPHANED, "gone", "plus aucune fiche métier", "plus aucune fiche métier"),
    (RiskRule.DROPPED_FROM_MY_JOB, "risk", "votre métier actuel ne la", "actuel de la personne ne la"),
    (RiskRule.DEMOTED_FROM_CORE, "risk", "votre métier actuel la demande", "personne la demande toujours"),
    (RiskRule.SHRINKING, "risk", "la moitié au plus", "la moitié au plus"),
]


@pytest.mark.parametrize(("rule", "ground", "own", "others"), MEANINGS)
def test_each_rule_says_what_it_means_to_its_person_and_to_their_adviser(
    worker, flag, client, rule, ground, own, others
):
    RiskFlag.objects.update(rule=rule)
    mandate = MandateFactory(worker=worker.worker, purpose=Purpose.FOLLOW_UP)
    file = reverse("competences:adviser_worker", args=[worker.worker.public_id])
    for user, address, words in (
        (worker, reverse("competences:dashboard"), own),
        (mandate.adviser, file, others),
    ):
        client.force_login(user)
        page = client.get(address).content.decode()
        assert words in page
        assert f'<span class="tag {ground}">{rule.label}</span>' in page


SUBSTITUTES = [
    (1, 0, "demandée par le métier qui demandait l’ancienne"),
    (3, 0, "demandée par les 3 métiers qui demandaient l’ancienne"),
    (3, 1, "demandée par 2 des 3 métiers qui demandaient l’ancienne, pas par 1"),
]


@pytest.mark.parametrize(("jobs", "missing", "words"), SUBSTITUTES)
def test_a_substitute_is_told_by_the_jobs_that_ask_for_it(worker, flag, jobs, missing, words):
    one = flag_page(worker, flag.public_id, on=TODAY).substitutes[0]
    listed = [one._replace(common=jobs - missing, missing=missing)]
    context = {"candidates": listed, "slug": "demo", "jobs": jobs}
    assert f">{words}</span>" in render_to_string("competences/_candidates.html", context)


def test_a_skill_that_is_held_is_not_a_substitute(built, worker, flag):
    place = {"concept": built.skills[2], "edition": built.editions["2"]}
    declare_skill(actor=worker, worker=worker.worker, **place, said=Said())
    page = flag_page(worker, flag.public_id, on=TODAY)
    assert {one.named.external_id for one in page.substitutes} == {"S1", "S3"}


def test_a_hidden_flag_comes_back_after_its_months(worker, flag):
    assert len(shown(worker)) == 1
    hidden = hide_flag(actor=worker, flag=flag, months=3)
    assert shown(worker) == []
    assert RiskFlag.objects.open().count() == 1
    assert list(RiskFlag.objects.shown(hidden.hidden_until)) == [flag]
    assert list(RiskFlag.objects.shown(hidden.hidden_until - dt.timedelta(days=1))) == []
    show_flag(actor=worker, flag=flag)
    assert len(shown(worker)) == 1


def test_a_contest_is_kept_and_may_be_taken_back(worker, flag):
    contest_flag(actor=worker, flag=flag, reason="  On me la demande chaque jour. ")
    flag.refresh_from_db()
    assert (flag.contest_reason, flag.is_contested) == ("On me la demande chaque jour.", True)
    assert len(shown(worker)) == 1
    withdraw_contest(actor=worker, flag=flag)
    flag.refresh_from_db()
    assert (flag.is_contested, flag.contest_reason) == (False, "On me la demande chaque jour.")
    with pytest.raises(Refused):
        withdraw_contest(actor=worker, flag=flag)
    contest_flag(actor=worker, flag=flag, reason="Encore")
    assert RiskFlag.objects.contested().get().contest_reason == "Encore"


REFUSED = [
    (hide_flag, {"months": 2}, "months"),
    (hide_flag, {"months": 0}, "months"),
    (contest_flag, {"reason": " \n"}, "reason"),
    (contest_flag, {"reason": "x" * 501}, "reason"),
]


@pytest.mark.parametrize(("act", "values", "field"), REFUSED)
def test_a_refusal_names_its_field_and_writes_nothing(worker, flag, act, values, field):
    with pytest.raises(Refused) as refusal:
        act(actor=worker, flag=flag, **values)
    assert refusal.value.field == field
    flag.refresh_from_db()
    assert (flag.hidden_until, flag.contested_at) == (None, None)


ACTS = [
    (hide_flag, {"months": 3}),
    (show_flag, {}),
    (contest_flag, {"reason": "Non"}),
    (withdraw_contest, {}),
]


@pytest.mark.parametrize(("act", "values"), ACTS)
def test_nobody_else_answers_and_a_closed_flag_takes_no_answer(built, worker, flag, act, values):
    neighbour = UserFactory()
    flagged(built, neighbour)
    with pytest.raises(NotFound):
        act(actor=neighbour, flag=flag, **values)
    flag.closed_at, flag.closed_because = timezone.now(), FlagEnd.NO_LONGER_TRUE
    flag.save()
    with pytest.raises(Refused) as refusal:
        act(actor=worker, flag=flag, **values)
    assert refusal.value.code == "closed"


NAMES = ["flag", "flag_hide", "flag_show", "flag_withdraw"]


@pytest.mark.parametrize("name", NAMES)
def test_every_address_is_for_its_own_person_alone(built, worker, flag, client, name):
    neighbour = UserFactory()
    flagged(built, neighbour)
    url = reverse(f"competences:{name}", args=[flag.public_id])
    assert client.post(url, {"months": 3, "reason": "Non"}).status_code == 302
    client.force_login(neighbour)
    assert client.post(url, {"months": 3, "reason": "Non"}).status_code == 404
    flag.refresh_from_db()
    assert (flag.hidden_until, flag.contested_at) == (None, None)


def test_the_walk_through_the_pages(worker, flag, client, django_assert_max_num_queries):
    client.force_login(worker)
    url = reverse("competences:flag", args=[flag.public_id])
    with django_assert_max_num_queries(14):
        page = client.get(url).content.decode()
    assert "1 métier la demandait dans l’édition 1" in page
    client.post(reverse("competences:flag_hide", args=[flag.public_id]), {"months": 6})
    assert "masqué jusqu’au" in client.get(reverse("competences:flags")).content.decode()
    assert url not in client.get(reverse("competences:dashboard")).content.decode()
    client.post(reverse("competences:flag_show", args=[flag.public_id]))
    assert url in client.get(reverse("competences:dashboard")).content.decode()
    assert 'id="id_reason_error"' in client.post(url, {"reason": ""}).content.decode()
    client.post(url, {"reason": "<script>non</script>"})
    page = client.get(url).content.decode()
    assert "&lt;script&gt;non" in page
    assert "<script>non" not in page


def test_the_adviser_sees_who_contests_and_reads_why_in_the_file(built, worker, flag, client):
    contest_flag(actor=worker, flag=flag, reason="On me la demande chaque jour.")
    mandate = MandateFactory(worker=worker.worker, purpose=Purpose.FOLLOW_UP)
    neighbour = MandateFactory(purpose=Purpose.FOLLOW_UP)
    assert list(contested_flags(neighbour.adviser, TODAY)) == []
    assert list(contested_flags(mandate.adviser, TODAY)) == [flag]
    client.force_login(mandate.adviser)
    page = client.get(reverse("competences:contested_flags")).content.decode()
    assert "Démo Essai" in page
    assert "chaque jour" not in page
    assert not FileOpening.objects.exists()
    page = client.get(reverse("competences:adviser_worker", args=[worker.worker.public_id])).content.decode()
    assert "chaque jour" in page
    assert FileOpening.objects.count() == 1


def test_the_list_is_for_advisers(worker, flag, client):
    client.force_login(worker)
    assert client.get(reverse("competences:contested_flags")).status_code == 404


def test_figures_of_a_rule_need_eleven_people(built, worker, flag, monkeypatch):
    assert rule_figures(TODAY) == []
    monkeypatch.setattr(queries, "FEWEST_PEOPLE", 2)
    assert rule_figures(TODAY) == []
    other = flagged(built, UserFactory())
    contest_flag(actor=worker, flag=flag, reason="Non")
    hide_flag(actor=other.statement.worker.user, flag=other, months=1)
    assert [tuple(row)[1:] for row in rule_figures(TODAY)] == [(2, None, None)]
    contest_flag(actor=other.statement.worker.user, flag=other, reason="Non")
    show_flag(actor=other.statement.worker.user, flag=other)
    assert [tuple(row)[1:] for row in rule_figures(TODAY)] == [(2, 2, 0)]


def test_a_contest_says_why(flag):
    with pytest.raises(Exception, match="risk_flag_contest_says_why"):
        RiskFlag.objects.filter(pk=flag.pk).update(contested_at=NOW)


def test_only_obsolescence_is_stored(flag):
    assert flag.family == RiskFamily.OBSOLESCENCE


def test_the_explanation_stops_where_the_reference_may_no_longer_be_read(worker, flag, client, monkeypatch):
    hidden = frozenset({flag.edition.reference_id})
    monkeypatch.setattr(queries, "hidden_references", lambda *_args, **_kwargs: hidden)
    page = flag_page(worker, flag.public_id, on=TODAY)
    assert (page.history, page.substitutes) == (None, ())
    client.force_login(worker)
    words = client.get(reverse("competences:flag", args=[flag.public_id])).content.decode()
    assert "Tenir un registre 0" in words
    assert "Voir son histoire" not in words
