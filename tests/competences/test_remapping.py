"""Named jobs that the reference changed: what is said, what may be done about it, and what is refused."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.enums import MembershipRole, OrganisationKind
from accounts.errors import NotFound, Refused
from competences.enums import JobUse
from competences.models import OrganisationJob, WorkerJob
from competences.queries.job_reviews import job_reviews
from competences.services.jobs import (
    add_organisation_job,
    add_worker_job,
    confirm_organisation_job,
    confirm_worker_job,
    end_organisation_job,
    end_worker_job,
    replace_organisation_job,
    undo_organisation_job,
    undo_worker_job,
)
from tests.accounts.factories import MembershipFactory, OrganisationFactory, UserFactory
from tests.competences.reference_builder import Built
from tests.competences.test_reference_pages import text_of

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def built():
    """A title of each fate between editions 1 and 3; nothing happens in edition 2 but the move."""
    made = Built(numbers=("1", "2", "3"))
    made.jobs = {
        "stable": made.concept("job", "A1", "Accueil"),
        "renamed": made.concept("job", "A2", ("Vente", "1", "3"), ("Commerce", "3", None)),
        "respelt": made.concept("job", "A3", ("Secrétariat", "1", "3"), ("Secretariat", "3", None)),
        "recycled": made.concept("job", "A4", ("Saisie", "1", "2"), ("Données", "2", None)),
        "took": made.concept("job", "A5", ("Études", "1", "3"), ("Conseil", "3", None)),
        "lost": made.concept("job", "A6", ("Conseil", "1", "3"), ("Autre conseil", "3", None)),
    }
    made.titles = {}
    for fate, job in made.jobs.items():
        made.titles[fate] = made.concept("title", fate, f"Titre {fate}")
        if fate != "recycled":
            made.link("title_of", made.titles[fate], job)
    made.link("title_of", made.titles["recycled"], made.jobs["recycled"], "1", "2")
    made.link("title_of", made.titles["recycled"], made.jobs["stable"], "2")
    made.titles["withdrawn"] = made.concept("title", "withdrawn", ("Titre withdrawn", "1", "3"))
    made.link("title_of", made.titles["withdrawn"], made.jobs["stable"], "1", "3")
    return made


def member_of(organisation):
    user = UserFactory()
    MembershipFactory(user=user, organisation=organisation, role=MembershipRole.EMPLOYER_MEMBER)
    return user


@pytest.fixture
def organisation():
    return OrganisationFactory(kind=OrganisationKind.EMPLOYER)


@pytest.fixture
def member(organisation):
    return member_of(organisation)


def named(built, member, organisation, fate, number="1"):
    return add_organisation_job(
        actor=member,
        organisation=organisation,
        title=built.titles[fate],
        edition=built.editions[number],
        on=TODAY - dt.timedelta(days=30),
    )


def review_of(row):
    return job_reviews([row]).get(row.pk)


class TestReview:
    @pytest.mark.parametrize(
        ("fate", "expected"),
        [
            ("stable", None),
            ("respelt", None),
            ("renamed", {"is_renamed"}),
            ("recycled", {"is_moved", "new_holder"}),
            ("took", {"is_renamed", "took_from"}),
            ("lost", {"is_renamed"}),
            ("withdrawn", {"is_withdrawn"}),
        ],
    )
    def test_each_fate_is_told_and_nothing_else(self, built, member, organisation, fate, expected):
        review = review_of(named(built, member, organisation, fate))
        if expected is None:
            assert review is None
            return
        names = ("is_withdrawn", "is_moved", "is_renamed", "new_holder", "took_from")
        assert {name for name in names if getattr(review, name)} == expected

    def test_only_what_happened_since_the_edition_that_was_read_counts(self, built, member, organisation):
        assert review_of(named(built, member, organisation, "recycled", "2")) is None
        assert review_of(named(built, member, organisation, "renamed", "2")).is_renamed
        assert review_of(named(built, member, organisation, "took", "3")) is None

    def test_a_retired_edition_changes_nothing(self, built, member, organisation):
        row = named(built, member, organisation, "renamed")
        built.editions["3"].status = "retired"
        built.editions["3"].save()
        assert review_of(row) is None

    def test_queries_do_not_grow_with_the_jobs(
        self, built, member, organisation, django_assert_max_num_queries
    ):
        rows = [named(built, member, organisation, "took")]
        with django_assert_max_num_queries(6) as few:
            job_reviews(rows)
        rows += [named(built, member, organisation, fate) for fate in built.titles if fate != "took"]
        with django_assert_max_num_queries(len(few)):
            assert len(job_reviews(rows)) == 5


class TestOrganisation:
    def test_confirming_notes_the_newest_edition_and_is_undone(self, built, member, organisation):
        row = named(built, member, organisation, "renamed")
        done = confirm_organisation_job(actor=member, job=row, now=NOW)
        row.refresh_from_db()
        assert (row.edition, row.end_on) == (built.editions["3"], None)
        assert review_of(row) is None
        undo_organisation_job(actor=member, remapping=done, now=NOW + 24 * HOUR)
        row.refresh_from_db()
        assert row.edition == built.editions["1"]

    def test_another_title_takes_its_place_and_gives_it_back(self, built, member, organisation):
        row = named(built, member, organisation, "withdrawn")
        done = replace_organisation_job(
            actor=member, job=row, title=built.titles["stable"], edition=built.editions["3"], now=NOW
        )
        row.refresh_from_db()
        assert row.end_on == TODAY
        [standing] = OrganisationJob.objects.in_force(TODAY)
        assert (standing, standing.title) == (done.job, built.titles["stable"])
        assert undo_organisation_job(actor=member, remapping=done, now=NOW + HOUR) == row
        assert list(OrganisationJob.objects.in_force(TODAY)) == [row]

    def test_nothing_is_undone_after_a_day_or_after_another_change(self, built, member, organisation):
        row = named(built, member, organisation, "renamed")
        done = confirm_organisation_job(actor=member, job=row, now=NOW)
        with pytest.raises(Refused, match="too_late"):
            undo_organisation_job(actor=member, remapping=done, now=NOW + 25 * HOUR)
        replaced = replace_organisation_job(
            actor=member, job=row, title=built.titles["stable"], edition=built.editions["1"], now=NOW
        )
        with pytest.raises(Refused, match="changed_since"):
            undo_organisation_job(actor=member, remapping=done, now=NOW + HOUR)
        confirm_organisation_job(actor=member, job=replaced.job, now=NOW)
        with pytest.raises(Refused, match="changed_since"):
            undo_organisation_job(actor=member, remapping=replaced, now=NOW + HOUR)
        end_organisation_job(actor=member, job=replaced.job, on=TODAY)
        with pytest.raises(Refused, match="changed_since"):
            undo_organisation_job(actor=member, remapping=replaced, now=NOW + HOUR)

    def test_the_former_title_named_again_meanwhile_is_not_doubled(self, built, member, organisation):
        row = named(built, member, organisation, "renamed")
        done = replace_organisation_job(
            actor=member, job=row, title=built.titles["stable"], edition=built.editions["3"], now=NOW
        )
        named(built, member, organisation, "renamed")
        with pytest.raises(Refused, match="already_named"):
            undo_organisation_job(actor=member, remapping=done, now=NOW)
        done.job.refresh_from_db()
        assert done.job.end_on is None

    def test_what_cannot_be_confirmed_or_named_is_refused(self, built, member, organisation):
        row = named(built, member, organisation, "withdrawn")
        with pytest.raises(Refused, match="title_withdrawn"):
            confirm_organisation_job(actor=member, job=row)
        fresh = named(built, member, organisation, "stable", "3")
        with pytest.raises(Refused, match="up_to_date"):
            confirm_organisation_job(actor=member, job=fresh)
        for title, number, code in (("stable", "3", "already_named"), ("withdrawn", "3", "not_in_edition")):
            with pytest.raises(Refused, match=code):
                replace_organisation_job(
                    actor=member, job=row, title=built.titles[title], edition=built.editions[number]
                )
        row.refresh_from_db()
        assert row.end_on is None
        end_organisation_job(actor=member, job=row, on=TODAY)
        with pytest.raises(Refused, match="changed_since"):
            confirm_organisation_job(actor=member, job=row)

    def test_a_member_of_another_organisation_is_turned_away(self, built, member, organisation):
        other = OrganisationFactory(kind=OrganisationKind.EMPLOYER)
        neighbour = member_of(other)
        theirs = named(built, neighbour, other, "renamed")
        row = named(built, member, organisation, "renamed")
        done = confirm_organisation_job(actor=member, job=row, now=NOW)
        mine = named(built, member, organisation, "lost")
        stable = {"title": built.titles["stable"], "edition": built.editions["3"]}
        for act in (
            lambda: confirm_organisation_job(actor=neighbour, job=mine),
            lambda: replace_organisation_job(actor=neighbour, job=mine, **stable),
            lambda: undo_organisation_job(actor=neighbour, remapping=done, now=NOW),
        ):
            with pytest.raises(NotFound):
                act()
        confirm_organisation_job(actor=neighbour, job=theirs)


class TestWorker:
    def test_confirming_is_for_the_person_alone_and_is_undone(self, built):
        worker, neighbour = UserFactory(), UserFactory()
        jobs = [
            add_worker_job(
                actor=user,
                worker=user.worker,
                title=built.titles["renamed"],
                edition=built.editions["1"],
                use=JobUse.CURRENT,
            )
            for user in (worker, neighbour)
        ]
        with pytest.raises(NotFound):
            confirm_worker_job(actor=neighbour, job=jobs[0])
        done = confirm_worker_job(actor=worker, job=jobs[0], now=NOW)
        assert WorkerJob.objects.get(pk=jobs[0].pk).edition == built.editions["3"]
        with pytest.raises(NotFound):
            undo_worker_job(actor=neighbour, remapping=done, now=NOW)
        with pytest.raises(Refused, match="too_late"):
            undo_worker_job(actor=worker, remapping=done, now=NOW + 25 * HOUR)
        undo_worker_job(actor=worker, remapping=done, now=NOW)
        assert WorkerJob.objects.get(pk=jobs[0].pk).edition == built.editions["1"]
        end_worker_job(actor=worker, job=jobs[0])
        with pytest.raises(Refused, match="changed_since"):
            confirm_worker_job(actor=worker, job=jobs[0])


class TestPages:
    def url(self, name, organisation, row, *more):
        return reverse(
            f"competences:employer_job_{name}", args=[organisation.public_id, row.public_id, *more]
        )

    @pytest.mark.parametrize(
        ("fate", "told"),
        [
            ("withdrawn", "L’édition 3 ne liste plus ce nom. Il était sous le métier « Accueil » (A1)."),
            ("recycled", "Ce nom était sous « Saisie » (A4). Il est maintenant sous « Accueil » (A1)"),
            ("recycled", "Le code A4 désigne maintenant un autre métier : « Données »."),
            ("renamed", "La fiche A2 s’appelait « Vente », elle s’appelle maintenant « Commerce »."),
            ("took", "Dans l’édition 1, ce nouveau nom était celui du métier A6."),
        ],
    )
    def test_the_page_says_what_happened_and_what_to_do(
        self, built, member, organisation, client, fate, told
    ):
        named(built, member, organisation, fate)
        client.force_login(member)
        words = text_of(client.get(reverse("competences:employer", args=[organisation.public_id])))
        assert "Métiers à revoir 1" in words
        assert told in words
        assert ("C’est toujours notre métier" in words) == (fate != "withdrawn")
        assert "Nommer un autre métier" in words

    def test_confirm_then_undo(self, built, member, organisation, client):
        row = named(built, member, organisation, "renamed")
        client.force_login(member)
        page = text_of(client.post(self.url("confirm", organisation, row), follow=True))
        assert "Métiers à revoir" not in page
        assert "Vous venez de répondre pour ce métier." in page
        page = text_of(client.post(self.url("undo", organisation, row), follow=True))
        assert "Métiers à revoir 1" in page
        assert "Vous venez de répondre" not in page
        assert client.post(self.url("undo", organisation, row)).status_code == 404

    def test_another_title_is_looked_for_and_named(self, built, member, organisation, client):
        row = named(built, member, organisation, "withdrawn")
        client.force_login(member)
        employer = reverse("competences:employer", args=[organisation.public_id])
        page = client.get(employer, {"remplacer": row.public_id, "q": "Titre stable"})
        assert "à la place de « Titre withdrawn »" in text_of(page)
        address = self.url("replace", organisation, row, built.titles["stable"].pk)
        assert f'action="{address}"' in page.content.decode()
        words = text_of(client.post(address, follow=True))
        assert "« Titre stable » a pris sa place" in words
        [standing] = OrganisationJob.objects.in_force(TODAY)
        assert standing.title == built.titles["stable"]
        client.post(self.url("undo", organisation, standing))
        assert list(OrganisationJob.objects.in_force(TODAY)) == [row]

    @pytest.mark.parametrize("name", ["confirm", "replace", "undo"])
    def test_a_neighbour_finds_nothing(self, built, member, organisation, client, name):
        row = named(built, member, organisation, "renamed")
        other = OrganisationFactory(kind=OrganisationKind.EMPLOYER)
        neighbour = member_of(other)
        named(built, neighbour, other, "renamed")
        client.force_login(neighbour)
        more = [built.titles["stable"].pk] if name == "replace" else []
        for place in (organisation, other):
            assert client.post(self.url(name, place, row, *more)).status_code == 404
        row.refresh_from_db()
        assert (row.edition, row.end_on) == (built.editions["1"], None)

    def test_a_worker_reads_what_changed_for_their_jobs(self, built, client):
        worker = UserFactory()
        row = add_worker_job(
            actor=worker,
            worker=worker.worker,
            title=built.titles["renamed"],
            edition=built.editions["1"],
            use=JobUse.CURRENT,
        )
        client.force_login(worker)
        dashboard = text_of(client.get(reverse("competences:dashboard")))
        assert "Le référentiel a changé 1 de vos métiers" in dashboard
        jobs = reverse("competences:worker_jobs")
        assert "elle s’appelle maintenant « Commerce »" in text_of(client.get(jobs))
        confirm = reverse("competences:worker_job_confirm", args=[row.public_id])
        page = text_of(client.post(confirm, follow=True))
        assert "Ce qui a changé pour mes métiers" not in page
        assert "Vous venez de répondre pour « Titre renamed »." in page
        undo = reverse("competences:worker_job_undo", args=[row.public_id])
        assert "Ce qui a changé pour mes métiers" in text_of(client.post(undo, follow=True))
        client.force_login(UserFactory())
        assert client.post(confirm).status_code == 404
        assert client.post(undo).status_code == 404
