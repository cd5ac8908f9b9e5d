"""The door: who opens which file, for what, on which day. Lists and pages agree; refusals look the same."""

import uuid
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from accounts.access import (
    SYSTEM,
    access_mandate,
    access_organisation,
    access_worker,
    is_visible,
    organisations_of,
    workers_visible_to,
)
from accounts.enums import OrganisationKind, Purpose
from accounts.errors import NotFound
from accounts.models import FileOpening, User, Worker
from tests.accounts.factories import (
    LONG_AGO,
    NOW,
    TODAY,
    TOMORROW,
    YESTERDAY,
    MandateFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

ALL, REVIEW, FOLLOW_UP = set(Purpose), {Purpose.REVIEW}, {Purpose.FOLLOW_UP}


@dataclass
class World:
    """Two workers whose files are asked for, and the actors by name."""

    nadia: Worker
    yann: Worker
    actors: dict[str, object]


@pytest.fixture
def world():
    nadia, yann = UserFactory(name="Nadia").worker, UserFactory(name="Yann").worker
    body = OrganisationFactory()

    def adviser(**fields):
        return MandateFactory(**{"worker": nadia, "organisation": body, **fields}).adviser

    left = adviser(member__end_on=TODAY)
    moved = adviser(member__end_on=TODAY)
    MembershipFactory(user=moved)
    demoted = adviser(member=False)
    MembershipFactory(user=demoted, employer=True)
    follower = adviser()
    MandateFactory(worker=yann, adviser=follower, organisation=body, purpose=Purpose.REVIEW)
    actors = {
        "nadia": nadia.user,
        "yann": yann.user,
        "follower of nadia, reviewer of yann": follower,
        "neighbour": adviser(worker=yann),
        "colleague without mandate": MembershipFactory(organisation=body).user,
        "member who left today": left,
        "member who comes tomorrow": adviser(member__start_on=TOMORROW),
        "member who moved to another body": moved,
        "adviser who became an employer's member": demoted,
        "mandate ended today": adviser(ended=True),
        "mandate that starts tomorrow": adviser(future=True),
        "mandate withdrawn today": adviser(withdrawn=True),
        "mandate that ends tomorrow": adviser(end_on=TOMORROW),
        "closed account": adviser(adviser__closed=True),
        "employer's member": MembershipFactory(employer=True).user,
        "staff": UserFactory(staff=True),
        "never saved": User(email="x@exemple.fr"),
        "visitor": AnonymousUser(),
        "nobody": None,
        "machine": SYSTEM,
    }
    return World(nadia, yann, actors)


# actor: purposes for which Nadia's file opens, purposes for which Yann's does. Absent: none.
RIGHTS = {
    "nadia": (ALL, set()),
    "yann": (set(), ALL),
    "follower of nadia, reviewer of yann": (FOLLOW_UP, REVIEW),
    "neighbour": (set(), FOLLOW_UP),
    "mandate that ends tomorrow": (FOLLOW_UP, set()),
    "machine": (ALL, ALL),
}


def test_permission_table_in_both_directions(world):
    for name, actor in world.actors.items():
        for worker, expected in zip((world.nadia, world.yann), RIGHTS.get(name, (set(), set())), strict=True):
            for purpose in Purpose:
                case = (name, worker.user.name, purpose)
                listed = workers_visible_to(actor, purpose, on=TODAY).filter(pk=worker.pk).exists()
                assert listed is (purpose in expected), case
                assert is_visible(actor, worker, purpose, on=TODAY) is listed, case
                if listed:
                    assert access_worker(actor, worker.public_id, purpose, on=TODAY) == worker, case
                else:
                    with pytest.raises(NotFound):
                        access_worker(actor, worker.public_id, purpose, on=TODAY)


def test_the_list_holds_nobody_else(world):
    for name, actor in world.actors.items():
        if name == "machine":
            continue
        for purpose in Purpose:
            own = {actor.pk} if isinstance(actor, User) and actor.is_active and actor.pk else set()
            seen = set(workers_visible_to(actor, purpose, on=TODAY).values_list("user", flat=True)) - own
            assert seen <= {world.nadia.user_id, world.yann.user_id}, (name, purpose)


def test_the_machine_sees_everybody(world):
    assert workers_visible_to(SYSTEM, Purpose.BILAN, on=TODAY).count() == Worker.objects.count()


@pytest.mark.parametrize(
    ("on", "opens"),
    [
        (LONG_AGO, False),  # before the mandate
        (YESTERDAY, True),
        (TODAY, False),  # withdrawn that day
        (TOMORROW, False),
    ],
)
def test_rights_are_those_of_the_day(on, opens):
    mandate = MandateFactory(withdrawn_at=NOW)
    visible = workers_visible_to(mandate.adviser, Purpose.FOLLOW_UP, on=on)
    assert visible.filter(pk=mandate.worker_id).exists() is opens


def test_a_renewed_membership_lifts_the_mandate_again():
    mandate = MandateFactory(member__end_on=YESTERDAY)
    assert not is_visible(mandate.adviser, mandate.worker, Purpose.FOLLOW_UP, on=TODAY)
    MembershipFactory(user=mandate.adviser, organisation=mandate.organisation, start_on=TODAY)
    assert is_visible(mandate.adviser, mandate.worker, Purpose.FOLLOW_UP, on=TODAY)


@pytest.mark.parametrize("public_id", [uuid.uuid4(), "not-a-uuid", "", None])
def test_what_names_nothing_is_absent(public_id):
    with pytest.raises(NotFound):
        access_worker(UserFactory(), public_id, Purpose.FOLLOW_UP, on=TODAY)


def test_an_unknown_purpose_is_a_fault_not_an_open_door():
    user = UserFactory()
    with pytest.raises(ValueError, match="curiosity"):
        access_worker(user, user.worker.public_id, "curiosity", on=TODAY)


def test_forbidden_and_absent_raise_the_same_after_the_same_queries(world):
    def refusal(public_id):
        with CaptureQueriesContext(connection) as queries, pytest.raises(NotFound) as caught:
            access_worker(world.actors["neighbour"], public_id, Purpose.FOLLOW_UP, on=TODAY)
        shapes = [query["sql"].replace(str(public_id), "ID") for query in queries]
        shapes = [shape.replace(public_id.hex, "ID") for shape in shapes]
        return str(caught.value), caught.value.args, shapes

    forbidden, absent = refusal(world.nadia.public_id), refusal(uuid.uuid4())
    assert forbidden == absent
    assert len(forbidden[2]) == 1


def test_each_opening_of_somebody_elses_file_is_logged():
    mandate = MandateFactory()
    for _time in range(2):
        access_worker(mandate.adviser, mandate.worker.public_id, Purpose.FOLLOW_UP, on=TODAY)
    opening = FileOpening.objects.last()
    assert FileOpening.objects.count() == 2
    assert (opening.actor_id, opening.worker_id, opening.mandate_id, opening.purpose) == (
        mandate.adviser_id,
        mandate.worker_id,
        mandate.pk,
        Purpose.FOLLOW_UP,
    )


@pytest.mark.parametrize("actor", ["nadia", "machine", "staff", "neighbour"])
def test_ones_own_file_the_machine_and_refusals_are_not_openings(world, actor):
    try:
        access_worker(world.actors[actor], world.nadia.public_id, Purpose.FOLLOW_UP, on=TODAY)
    except NotFound:
        assert actor in {"staff", "neighbour"}
    assert not FileOpening.objects.exists()


def test_lists_and_services_open_no_file(world):
    adviser = world.actors["follower of nadia, reviewer of yann"]
    assert workers_visible_to(adviser, Purpose.FOLLOW_UP, on=TODAY).count() == 2
    assert is_visible(adviser, world.nadia, Purpose.FOLLOW_UP, on=TODAY)
    assert not FileOpening.objects.exists()


@pytest.mark.parametrize(
    ("name", "opens"),
    [("member", True), ("neighbour", False), ("former member", False), ("staff", False), ("visitor", False)],
)
def test_an_organisation_opens_to_its_members_in_force(name, opens):
    membership = MembershipFactory(employer=True)
    organisation = membership.organisation
    actor = {
        "member": membership.user,
        "neighbour": MembershipFactory(employer=True).user,
        "former member": MembershipFactory(employer=True, organisation=organisation, ended=True).user,
        "staff": UserFactory(staff=True),
        "visitor": AnonymousUser(),
    }[name]
    listed = organisation in organisations_of(actor, OrganisationKind.EMPLOYER, on=TODAY)
    assert listed is opens
    assert organisation not in organisations_of(actor, OrganisationKind.ADVISER_BODY, on=TODAY)
    if opens:
        assert access_organisation(actor, organisation.public_id, on=TODAY) == organisation
    else:
        with pytest.raises(NotFound):
            access_organisation(actor, organisation.public_id, on=TODAY)


def test_the_machine_reaches_every_organisation():
    organisation = OrganisationFactory(employer=True)
    assert access_organisation(SYSTEM, str(organisation.public_id), on=TODAY) == organisation
    assert organisation in organisations_of(SYSTEM, OrganisationKind.EMPLOYER, on=TODAY)


def test_a_mandate_is_the_workers_own():
    mandate, other = MandateFactory(), MandateFactory()
    assert access_mandate(mandate.worker.user, mandate.public_id) == mandate
    for actor in (mandate.adviser, other.worker.user, UserFactory(staff=True), AnonymousUser(), SYSTEM):
        with pytest.raises(NotFound):
            access_mandate(actor, mandate.public_id)


def test_the_log_has_a_line_of_its_own():
    assert FileOpening.objects.all().db == "access_log"
    assert connections["access_log"] is not connections["default"]
