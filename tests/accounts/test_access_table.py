"""The table of rights is the test: every actor, part and action, with real rows, and a neighbour's file."""

from itertools import product
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import grants
from accounts.access import SYSTEM, access_object, files_open_to, may
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.errors import NotFound
from accounts.grants import Grant
from accounts.models import FileOpening, Worker
from accounts.rules.access_table import (
    LIMITS,
    PURPOSE_OF,
    TABLE,
    Action,
    ActorKind,
    Thing,
    allows,
    as_markdown,
    kinds_for,
)
from tests.accounts import handover_builder
from tests.accounts.factories import (
    TODAY,
    MandateFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)

DOCUMENT = Path(__file__).parents[2] / "docs/rules/access.md"
GRANTED = [kind for kind, purpose in PURPOSE_OF.items() if purpose not in MANDATE_PURPOSES]
LANDED = [kind for kind in GRANTED if PURPOSE_OF[kind] in Purpose.values]
MANDATED = [kind for kind, purpose in PURPOSE_OF.items() if purpose in MANDATE_PURPOSES]


@pytest.fixture
def pairs():
    """(actor, worker) pairs by purpose, opened by a grant of the test's own for each purpose of a grant."""
    given = {PURPOSE_OF[kind]: [] for kind in LANDED}

    def opened(purpose):
        def workers(actor, on):
            return Worker.objects.filter(pk__in=[w.pk for a, w in given[purpose] if a == actor])

        return workers

    for purpose in given:
        grants.register(
            Grant(
                name=f"table-{purpose}",
                purpose=Purpose(purpose),
                workers=opened(purpose),
                listed=lambda worker, on: [],
            )
        )
    yield given
    for purpose in given:
        grants.unregister(f"table-{purpose}")


@pytest.fixture
def world(pairs):
    """Nadia's and Yann's files, and by kind the actors towards Nadia's and the same towards Yann's."""
    nadia, yann = UserFactory(name="Nadia").worker, UserFactory(name="Yann").worker
    body = OrganisationFactory()

    def actors(worker):
        found = {kind: MandateFactory(worker=worker, purpose=PURPOSE_OF[kind]).adviser for kind in MANDATED}
        for kind in GRANTED:
            found[kind] = UserFactory()
            if kind in LANDED:
                pairs[PURPOSE_OF[kind]].append((found[kind], worker))
        MandateFactory(worker=worker, organisation=body)
        return found | {
            ActorKind.PERSON: worker.user,
            ActorKind.MACHINE: SYSTEM,
            ActorKind.ENDED_ADVISER: MandateFactory(worker=worker, withdrawn=True).adviser,
            ActorKind.COLLEAGUE: MembershipFactory(organisation=body).user,
            ActorKind.EMPLOYER_MEMBER: MembershipFactory(employer=True).user,
            ActorKind.STAFF: UserFactory(staff=True),
            ActorKind.VISITOR: AnonymousUser(),
        }

    towards_nadia, towards_yann = actors(nadia), actors(yann)
    # A neighbour has every right that a mandate gives, over the other file.
    for mine, theirs in ((towards_nadia, yann), (towards_yann, nadia)):
        neighbour = UserFactory()
        for purpose in MANDATE_PURPOSES:
            MandateFactory(worker=theirs, adviser=neighbour, organisation=body, purpose=purpose)
        mine[ActorKind.NEIGHBOUR] = neighbour
    return (nadia, towards_nadia), (yann, towards_yann)


def expected(kind, thing, action):
    return allows(kind, thing, action) and kind not in set(GRANTED) - set(LANDED)


def through(actor, worker, thing, action):
    """Whether the door lets this through; the door and its check for services must agree."""
    told = may(actor, worker, thing, action, on=TODAY)
    assert opens(actor, worker, thing, action) is told, (actor, thing, action)
    return told


def opens(actor, worker, thing, action):
    try:
        return access_object(actor, worker.public_id, thing, action, on=TODAY) == worker
    except NotFound:
        return False


@pytest.mark.django_db
def test_the_whole_table_in_both_directions(world):
    sides = world, tuple(reversed(world))
    assert all(set(actors) == set(ActorKind) for _worker, actors in world)
    both = [worker.pk for worker, _actors in world]
    for kind, thing, action in product(ActorKind, Thing, Action):
        right = expected(kind, thing, action)
        for (worker, actors), (other, _theirs) in sides:
            case = (kind, thing, action, worker.user.name)
            listed = files_open_to(actors[kind], thing, action, on=TODAY).filter(pk__in=both)
            seen = {one.pk for one in listed}
            assert (worker.pk in seen) is right, case
            assert opens(actors[kind], worker, thing, action) is right, case
            # What somebody is towards one file says nothing of the other; the machine and neighbours aside.
            if kind not in (ActorKind.MACHINE, ActorKind.NEIGHBOUR):
                assert other.pk not in seen, case


@pytest.mark.django_db
def test_the_door_refuses_the_other_file_and_the_check_of_services_agrees(world):
    (nadia, actors), (yann, _theirs) = world
    for kind, thing in product(ActorKind, (Thing.RECORD, Thing.VIEWS, Thing.BILAN, Thing.REVIEW_REQUEST)):
        assert through(actors[kind], nadia, thing, Action.READ) is expected(kind, thing, Action.READ)
        if kind not in (ActorKind.MACHINE, ActorKind.NEIGHBOUR):
            assert through(actors[kind], yann, thing, Action.READ) is False, (kind, thing)


@pytest.mark.django_db
@pytest.mark.parametrize("thing", [Thing.RECORD, Thing.BILAN, Thing.CONSENTS])
def test_forbidden_and_absent_are_refused_alike_after_one_query(world, thing):
    (nadia, actors), _yann = world
    told = []
    for public_id in (nadia.public_id, UserFactory().public_id):
        with CaptureQueriesContext(connection) as queries, pytest.raises(NotFound) as caught:
            access_object(actors[ActorKind.NEIGHBOUR], public_id, thing, on=TODAY)
        told.append((str(caught.value), len(queries)))
    assert told[0] == told[1] == (str(NotFound()), 1)


@pytest.mark.django_db
def test_the_log_says_the_purpose_that_gives_the_right_and_the_part():
    both = MandateFactory(purpose=Purpose.BILAN)
    follow_up = MandateFactory(worker=both.worker, adviser=both.adviser, organisation=both.organisation)
    review = MandateFactory(
        worker=both.worker, adviser=both.adviser, organisation=both.organisation, purpose=Purpose.REVIEW
    )
    for thing, mandate in ((Thing.RECORD, follow_up), (Thing.BILAN, both), (Thing.FLAGS, follow_up)):
        access_object(both.adviser, both.worker.public_id, thing, on=TODAY)
        opening = FileOpening.objects.order_by("pk").last()
        assert (opening.thing, opening.purpose, opening.mandate_id) == (thing, mandate.purpose, mandate.pk)
    assert FileOpening.objects.filter(mandate_id=review.pk).count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("purpose", MANDATE_PURPOSES)
def test_a_former_adviser_reads_what_the_purpose_that_moved_let_them_read_and_no_more(purpose):
    camille, sam = handover_builder.two_advisers()
    worker = handover_builder.person_of(camille, purpose)
    handed = handover_builder.propose(camille, sam, worker)
    handover_builder.answer(worker, handed, **{purpose.value: "yes"})
    held = next(kind for kind, name in PURPOSE_OF.items() if name == purpose)
    for thing in Thing:
        for action in Action:
            reads = action is Action.READ and thing is not Thing.HANDOVER and purpose != Purpose.REVIEW
            before = reads and allows(held, thing, action)
            assert through(camille.user, worker, thing, action) is before, (thing, action)
            assert through(sam.user, worker, thing, action) is allows(held, thing, action), (thing, action)
    logged = set(FileOpening.objects.filter(actor_id=camille.user.pk).values_list("purpose", flat=True))
    assert logged == (set() if purpose == Purpose.REVIEW else {Purpose.HANDOVER})


@pytest.mark.django_db
def test_a_reader_is_logged_by_the_grant(world):
    (nadia, actors), _yann = world
    reader = actors[ActorKind.REVIEW_READER]
    access_object(reader, nadia.public_id, Thing.REVIEW_REQUEST, Action.ANSWER, on=TODAY)
    opening = FileOpening.objects.get(actor_id=reader.pk)
    assert (opening.purpose, opening.mandate_id) == (Purpose.ANSWER, None)


@pytest.mark.django_db
def test_ones_own_file_and_refusals_are_not_openings(world):
    (nadia, actors), _yann = world
    access_object(nadia.user, nadia.public_id, Thing.RECORD, Action.WRITE, on=TODAY)
    for kind in (ActorKind.NEIGHBOUR, ActorKind.STAFF, ActorKind.COLLEAGUE):
        with pytest.raises(NotFound):
            access_object(actors[kind], nadia.public_id, Thing.RECORD, on=TODAY)
    assert not FileOpening.objects.exists()


@pytest.mark.django_db
def test_a_thing_that_is_not_in_the_table_is_a_fault_not_an_open_door():
    user = UserFactory()
    with pytest.raises(ValueError, match="diary"):
        access_object(user, user.worker.public_id, "diary", on=TODAY)


def test_the_table_is_whole_and_its_limits_narrow_rights_that_exist():
    assert set(TABLE) == set(ActorKind)
    assert all(TABLE[kind].get(thing) for kind, thing in LIMITS)
    # Every part is somebody's to read, and nobody but the person and the machine reads consents.
    assert all(kinds_for(thing, Action.READ) for thing in Thing)
    assert kinds_for(Thing.CONSENTS, Action.READ) == [ActorKind.PERSON, ActorKind.MACHINE]
    # An employer, the staff and a colleague have nothing, whatever is added.
    nothing = (ActorKind.EMPLOYER_MEMBER, ActorKind.STAFF, ActorKind.COLLEAGUE, ActorKind.VISITOR)
    assert all(not TABLE[kind] for kind in nothing)


def test_the_document_shows_the_table():
    """Written again by `manage.py show_access_table`."""
    assert as_markdown() in DOCUMENT.read_text(encoding="utf-8")
