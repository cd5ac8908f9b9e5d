"""What a person holds of the jobs they want, and what learning would change."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import NotFound
from competences.enums import JobUse, LinkKind
from competences.queries.gaps import gap_page, wanted_jobs
from competences.rules.gaps import Asked, Share, gap
from competences.services.jobs import add_worker_job
from competences.services.records import Said, declare_free_skill, declare_skill
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built

TODAY = timezone.localdate()
NUMBERS = st.frozensets(st.integers(0, 12))
ASKED = st.dictionaries(st.integers(0, 12), st.sampled_from(["", "principale", "emergente", "essential"]))


@given(ASKED, NUMBERS, NUMBERS, NUMBERS)
def test_the_three_lists_share_out_what_is_asked(flags, held, stale, learned):
    asked = [Asked(concept, flag) for concept, flag in flags.items()]
    found = gap(asked, held, stale, learned)
    together = [*found.have, *found.refresh, *found.missing]
    assert sorted(together) == sorted(asked)
    assert {one.concept for one in found.missing} == flags.keys() - held - learned
    assert {one.concept for one in found.refresh} == (flags.keys() & held & stale) - learned
    assert found.share == Share(len(asked) - len(found.missing), len(asked))
    assert found.core.asked == sum(one.is_core for one in asked)
    for part in (found.have, found.refresh, found.missing):
        assert [one.is_core for one in part] == sorted((one.is_core for one in part), reverse=True)


@given(ASKED, NUMBERS, NUMBERS)
def test_learning_never_takes_away(flags, held, learned):
    asked = [Asked(concept, flag) for concept, flag in flags.items()]
    before, after = gap(asked, held, ()), gap(asked, held, (), learned)
    assert after.share.held >= before.share.held
    assert after.core.held >= before.core.held
    assert (after.share.percent == 100) == (bool(asked) and not after.missing)


@pytest.fixture
def built(db):
    """Two jobs that share skills 2 and 3; the first asks for 0 to 3, 0 at its core."""
    made = Built()
    made.skills = [made.concept("skill", f"S{n}", f"Compétence {n}") for n in range(6)]
    made.jobs = [
        made.concept("job", code, label) for code, label in (("M1", "Comptable"), ("M2", "Caissière"))
    ]
    made.titles = [made.concept("title", f"T{n}", f"Nom {n}") for n in range(2)]
    for job, title, skills in zip(made.jobs, made.titles, ((0, 1, 2, 3), (2, 3, 4, 5)), strict=True):
        made.link(LinkKind.TITLE_OF, title, job)
        for number in skills:
            made.link(LinkKind.USES, job, made.skills[number], flag="principale" if number == 0 else "")
    return made


@pytest.fixture
def worker(built):
    user = UserFactory()
    for number, said in ((1, Said(level=3)), (2, Said(level=3, is_practised=False))):
        place = {"concept": built.skills[number], "edition": built.editions["2"]}
        declare_skill(actor=user, worker=user.worker, **place, said=said)
    declare_free_skill(actor=user, worker=user.worker, text="Compétence 0", said=Said())
    return user


def want(built, user, number=0, use=JobUse.WANTED):
    place = {"title": built.titles[number], "edition": built.editions["2"]}
    return add_worker_job(actor=user, worker=user.worker, **place, use=use)


def labels(page, rows):
    return [page.names[one.concept].label for one in rows]


def test_a_job_is_told_as_held_to_refresh_and_missing_the_core_first(built, worker):
    job = want(built, worker)
    page = gap_page(worker, job.public_id, learned=[], on=TODAY)
    assert labels(page, page.now.missing) == ["Compétence 0", "Compétence 3"]
    assert labels(page, page.now.refresh) == ["Compétence 2"]
    assert labels(page, page.now.have) == ["Compétence 1"]
    assert (page.now.share, page.now.core) == (Share(2, 4), Share(0, 1))
    assert [(near.job.label, near.now) for near in page.neighbours] == [("Caissière", Share(1, 4))]


def test_learning_changes_the_job_and_its_neighbours(built, worker):
    job = want(built, worker)
    page = gap_page(worker, job.public_id, learned=["S3", "S5", "nothing"], on=TODAY)
    assert page.learned == {built.skills[3].pk}
    assert (page.now.share, page.then.share) == (Share(2, 4), Share(3, 4))
    assert [(near.now, near.then) for near in page.neighbours] == [(Share(1, 4), Share(2, 4))]


def test_a_skill_grows_old_and_is_to_refresh(built, worker):
    job = want(built, worker)
    later = TODAY + dt.timedelta(days=365 * 3)
    page = gap_page(worker, job.public_id, learned=[], on=later)
    assert labels(page, page.now.refresh) == ["Compétence 1", "Compétence 2"]


def test_the_nearest_wanted_job_comes_first(built, worker):
    want(built, worker, 1)
    want(built, worker, 0)
    unknown = built.concept("title", "T9", "Sans métier")
    place = {"title": unknown, "edition": built.editions["2"]}
    add_worker_job(actor=worker, worker=worker.worker, **place, use=JobUse.WANTED)
    found = wanted_jobs(worker, TODAY)
    assert [one.named.label for one in found] == ["Nom 0", "Nom 1", "Sans métier"]
    assert found[2].gap is None


def test_another_persons_job_is_absent(built, worker, client):
    job, neighbour = want(built, worker), UserFactory()
    want(built, neighbour)
    with pytest.raises(NotFound):
        gap_page(neighbour, job.public_id, learned=[], on=TODAY)
    url = reverse("competences:wanted_job", args=[job.public_id])
    assert client.get(url).status_code == 302
    client.force_login(neighbour)
    assert client.get(url).status_code == 404


def test_pages_show_it_with_a_constant_number_of_questions(
    built, worker, client, django_assert_max_num_queries
):
    client.force_login(worker)
    assert "Vous ne visez pas encore" in client.get(reverse("competences:wanted_jobs")).content.decode()
    job = want(built, worker)
    want(built, worker, 1)
    for number in range(80):
        skill = built.concept("skill", f"X{number}", f"Autre {number}")
        built.link(LinkKind.USES, built.jobs[0], skill)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("competences:wanted_jobs")).content.decode()
    assert "2 sur 84, soit 2" in page
    url = reverse("competences:wanted_job", args=[job.public_id])
    with django_assert_max_num_queries(12):
        answer = client.get(f"{url}?apprendre=S0&apprendre=S3").content
    page = answer.decode()
    assert "compétences cochées" in page
    assert "4 sur 84" in page
    assert len(answer) < 60_000
