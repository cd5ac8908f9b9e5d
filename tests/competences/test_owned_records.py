"""What a record keeps of an own reference that its person may no longer read; and who writes such a one."""

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.errors import DomainError, NotFound
from accounts.models import Membership
from competences.enums import JobUse, StatementSource
from competences.importers.base import Claim
from competences.models import Reference, SkillStatement, SuccessorProposal
from competences.queries.job_reviews import job_reviews
from competences.queries.records import statements_of, with_labels
from competences.services.jobs import add_organisation_job, add_worker_job
from competences.services.records import Said, declare_skill
from competences.services.references import import_edition
from competences.services.successors import accept_successor
from tests.accounts.factories import TODAY, MandateFactory, OrganisationFactory, UserFactory
from tests.competences.owned_builder import OWN, SECRET, WHO, House
from tests.competences.test_reference_pages import text_of

pytestmark = pytest.mark.django_db

WAY = f"/referentiels/{OWN}/"
TABLE = "code_metier;metier;code_competence;competence;coeur;remplace\nM1;Soudeur;C1;Souder;oui;\n"


@pytest.fixture
def house():
    return House()


def declare(person, made, concept, edition="1"):
    return declare_skill(
        actor=person,
        worker=person.worker,
        concept=concept,
        edition=made.editions[edition],
        said=Said(level=4, sources=(StatementSource.JOB,)),
    )


@pytest.fixture
def member(house):
    """A member whose record holds a skill that the own reference replaced, and a job that it renamed."""
    person = house.member()
    declare(person, house.own, house.own.gone)
    add_worker_job(
        actor=person,
        worker=person.worker,
        title=house.own.title,
        edition=house.own.editions["1"],
        use=JobUse.CURRENT,
    )
    return person


def leave(person):
    Membership.objects.filter(user=person).update(end_on=TODAY)


def statement_of(person):
    return SkillStatement.objects.get(worker=person.worker)


def pages(person):
    return {
        "dashboard": reverse("competences:dashboard"),
        "statements": reverse("competences:statements"),
        "statement": reverse("competences:statement", args=[statement_of(person).public_id]),
        "worker_jobs": reverse("competences:worker_jobs"),
    }


NAMED = {
    "dashboard": f"Rivetage {SECRET}",
    "statements": f"Rivetage {SECRET}",
    "statement": f"Rivetage {SECRET}",
    "worker_jobs": f"Soudeur au zinc {SECRET}",
}
LEADS = {"dashboard", "statement", "worker_jobs"}
HIDDEN_AFTER = ("Collage", "Soudeuse")
"""Names that the person did not declare: of the proposed successor, and of the job as it is called now."""


@pytest.mark.parametrize("page", NAMED)
def test_the_record_keeps_its_names_and_loses_the_way_to_their_sheets(house, member, client, page):
    client.force_login(member)
    before = client.get(pages(member)[page])
    assert NAMED[page] in text_of(before)
    assert (WAY in before.content.decode()) == (page in LEADS)
    leave(member)
    after = client.get(pages(member)[page])
    assert after.status_code == 200
    assert NAMED[page] in text_of(after)
    assert WAY not in after.content.decode()
    assert not any(name in text_of(after) for name in HIDDEN_AFTER)


def test_what_changes_for_a_job_is_told_to_who_reads_its_reference(house, member, client):
    client.force_login(member)
    url = pages(member)["worker_jobs"]
    assert job_reviews(list(member.worker.jobs.all()))
    assert "Soudeuse" in text_of(client.get(url))
    leave(member)
    assert client.get(url).context["to_review"] == []


def test_a_former_member_still_changes_the_level_and_takes_the_skill_out(house, member, client):
    leave(member)
    client.force_login(member)
    url = pages(member)["statement"]
    assert client.post(url, {"level": 6, "version": statement_of(member).version}).status_code == 302
    statement = statement_of(member)
    assert statement.revisions.get(end_at=None).level == 6
    removed = client.post(reverse("competences:statement_remove", args=[statement.public_id]))
    assert NAMED["statement"] in text_of(removed)
    restore = reverse("competences:statement_restore", args=[statement.public_id])
    assert client.post(restore).status_code == 302
    assert statement_of(member).removed_at is None


def test_an_adviser_reads_the_name_and_no_way_to_the_sheet(house, member, client):
    client.force_login(MandateFactory(worker=member.worker).adviser)
    page = client.get(reverse("competences:adviser_worker", args=[member.worker.public_id]))
    assert NAMED["statement"] in text_of(page)
    assert NAMED["worker_jobs"] in text_of(page)
    assert WAY not in page.content.decode()


@pytest.mark.parametrize("name", ["accept", "refuse", "later"])
def test_a_successor_that_one_may_no_longer_read_is_not_proposed(house, member, client, name):
    proposal = SuccessorProposal.objects.get()
    leave(member)
    client.force_login(member)
    assert client.post(reverse(f"competences:successor_{name}", args=[proposal.public_id])).status_code == 404
    with pytest.raises(NotFound):
        accept_successor(actor=member, proposal=proposal)
    assert statement_of(member).concept == house.own.gone


@pytest.mark.parametrize("who", [who for who in WHO if who != "visitor"])
def test_the_services_let_a_person_declare_what_they_read(house, who):
    make, reads = WHO[who]
    person = make(house)
    job = {
        "actor": person,
        "worker": person.worker,
        "title": house.own.title,
        "edition": house.own.editions["2"],
        "use": JobUse.WANTED,
    }
    if reads:
        assert declare(person, house.own, house.own.new, "2")
        assert add_worker_job(**job)
    else:
        with pytest.raises(NotFound):
            declare(person, house.own, house.own.new, "2")
        with pytest.raises(NotFound):
            add_worker_job(**job)


def test_an_employer_lists_no_job_that_another_organisation_owns(house):
    """Somebody who is a member of both reads the title; the other members of the second do not."""
    person = house.member()
    other = OrganisationFactory(employer=True)
    Membership.objects.create(
        user=person, organisation=other, role=person.memberships.get().role, start_on=TODAY
    )
    asked = {"actor": person, "title": house.own.title, "edition": house.own.editions["2"], "on": TODAY}
    assert add_organisation_job(organisation=house.owner, **asked)
    with pytest.raises(NotFound):
        add_organisation_job(organisation=other, **asked)


def test_queries_do_not_grow_with_the_skills_of_an_own_reference(house, django_assert_num_queries):
    person = house.member()
    asked = {"actor": person, "on": timezone.localdate()}
    declare(person, house.own, house.own.new, "2")
    with django_assert_num_queries(5):
        with_labels(statements_of(person.worker), **asked)
    for number in range(10):
        declare(person, house.own, house.own.concept("skill", f"n{number}", f"Faire {number}"))
    with django_assert_num_queries(5):
        assert all(s.is_readable for s in with_labels(statements_of(person.worker), **asked))


# Writing an own reference ----------------------------------------------------------------------------------


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(TABLE)
    return path


def imported(table, owner, slug="atelier", actor=SYSTEM, apply=True):
    return import_edition(
        actor=actor, format="own", paths=[table], slug=slug, claim=Claim("1"), owner=owner, apply=apply
    )


def test_the_same_bytes_do_not_tell_what_another_owner_imported(house, table):
    assert imported(table, house.owner).applied
    neighbour = WHO["neighbour"][0](house)
    organisation = neighbour.memberships.get().organisation
    for actor, owner in ((neighbour, organisation), (UserFactory(staff=True), None)):
        with pytest.raises(DomainError) as refusal:
            imported(table, owner, actor=actor, apply=False)
        assert refusal.value.code == "other_owner"
    assert imported(table, house.owner, actor=house.member(), apply=False).already_imported


def command(table, *options):
    call_command("import_reference", "own", str(table), "--reference", "atelier", "--edition", "1", *options)


def test_the_command_gives_the_reference_to_an_organisation(house, table):
    command(table, "--organisation", str(house.owner.public_id), "--apply")
    assert Reference.objects.get(slug="atelier").owner == house.owner


@pytest.mark.parametrize("unknown", ["not-an-id", "00000000-0000-4000-8000-000000000000"])
def test_the_command_refuses_an_organisation_that_does_not_exist(db, table, unknown):
    with pytest.raises(CommandError) as refusal:
        command(table, "--organisation", unknown, "--apply")
    assert refusal.value.returncode == 1
    assert unknown in str(refusal.value)
    assert not Reference.objects.filter(slug="atelier").exists()
