"""Shares: made, extended, closed by their worker alone; what they show, and to whom."""

from datetime import timedelta
from uuid import uuid4

import pytest

from accounts import consents, sharing
from accounts.access import SYSTEM, access_link, access_share, access_worker, workers_visible_to
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.errors import NotFound, Refused
from accounts.models import FileOpening, Notification, Share, ShareCode, ShareItem
from accounts.queries.shares import own_share, parts_of, shared_with
from accounts.reminders import get as reminder
from accounts.rules.shares import latest_end
from accounts.services.reminders import refresh_reminders
from accounts.services.shares import (
    KEPT,
    MOST_A_DAY,
    MOST_AN_ADDRESS,
    MOST_ITEMS,
    SharedTo,
    close_share,
    extend_share,
    make_share,
    prune_shares,
)
from accounts.share_keys import link_key
from accounts.share_texts import SHARE_TEXTS
from tests.accounts.factories import (
    NOW,
    TODAY,
    TOMORROW,
    YESTERDAY,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.accounts.share_builder import END, over, shared, things_registered
from tests.accounts.side_by_side import side_by_side

pytestmark = pytest.mark.django_db


@pytest.fixture
def things():
    with things_registered() as things:
        yield things


@pytest.fixture
def nadia():
    return UserFactory(name="Nadia").worker


def kinds_sent():
    return sorted(Notification.objects.values_list("kind", flat=True))


# Making ----------------------------------------------------------------------------------------------------


def test_a_share_by_link_holds_the_ticked_items_and_tells_its_address_and_its_worker(things, nadia):
    first, second, _third = (things.add(nadia, label) for label in ("une", "deux", "trois"))
    share = shared(nadia, first, second, email="  Lectrice@Exemple.fr ", title="  Un   poste ")
    assert (share.recipient_email, share.title) == ("lectrice@exemple.fr", "Un poste")
    assert (share.end_on, share.agreed_on, share.text_version) == (END, TODAY, "1")
    assert [part.things for part in parts_of(share, TODAY)] == [[first, second]]
    assert kinds_sent() == ["share_link", "share_made"]
    row = Notification.objects.get(kind="share_link")
    assert (row.address, row.payload) == ("lectrice@exemple.fr", {"share_id": share.pk})


def test_the_members_of_an_organisation_are_told_once_each_and_the_worker_is_not_one_of_them(things, nadia):
    place = OrganisationFactory(employer=True)
    told = MembershipFactory(employer=True, organisation=place).user
    MembershipFactory(employer=True, organisation=place, ended=True)
    MembershipFactory(employer=True, organisation=place, user=nadia.user)
    MembershipFactory(employer=True, organisation=place, user=UserFactory(closed=True))
    shared(nadia, things.add(nadia, "une"), organisation=place)
    received = Notification.objects.filter(kind="share_received")
    assert [row.recipient for row in received] == [told]
    assert not Notification.objects.filter(kind="share_link").exists()


def test_the_same_form_sent_twice_makes_one_share(things, nadia):
    thing, same = things.add(nadia, "une"), uuid4()
    assert shared(nadia, thing, public_id=same) == shared(nadia, thing, public_id=same)
    assert Share.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"to": SharedTo()}, "share_names_its_reader", "kind"),
        ({"to": SharedTo(email="pas une adresse")}, "bad_email", "email"),
        ({"to": SharedTo(email="NADIA@exemple.fr")}, "share_to_oneself", "email"),
        ({"end_on": TODAY}, "share_end_past", "end_on"),
        ({"end_on": latest_end(TODAY) + timedelta(days=1)}, "share_end_far", "end_on"),
        ({"ticked": []}, "share_of_nothing", "items"),
        ({"ticked": [("thing", uuid4()) for _n in range(MOST_ITEMS + 1)]}, "too_many_items", "items"),
    ],
)
def test_what_is_refused_says_beside_which_field(things, given, code, field):
    worker = UserFactory(email="nadia@exemple.fr").worker
    thing = things.add(worker, "une")
    whole = {
        "to": SharedTo(email="lectrice@exemple.fr"),
        "ticked": [("thing", thing.public_id)],
        "end_on": END,
    }
    with pytest.raises(Refused) as refusal:
        make_share(actor=worker.user, worker=worker, now=NOW, **(whole | given))
    assert (refusal.value.code, refusal.value.field) == (code, field)
    assert not Share.objects.exists()
    assert not Notification.objects.exists()


def test_an_organisation_without_a_member_would_read_nothing(things, nadia):
    place = MembershipFactory(ended=True).organisation
    with pytest.raises(Refused) as refusal:
        shared(nadia, things.add(nadia, "une"), organisation=place)
    assert refusal.value.field == "organisation"


def test_somebody_elses_things_and_unknown_kinds_cannot_be_shared(things, nadia):
    theirs = things.add(UserFactory().worker, "la leur")
    mine = things.add(nadia, "une")
    for ticked in ([("thing", theirs.public_id)], [("nothing", mine.public_id)]):
        with pytest.raises(NotFound):
            make_share(
                actor=nadia.user,
                worker=nadia,
                to=SharedTo(email="lectrice@exemple.fr"),
                ticked=[("thing", mine.public_id), *ticked],
                end_on=END,
                now=NOW,
            )


def test_nobody_makes_the_site_write_to_strangers_all_day(things, nadia):
    thing = things.add(nadia, "une")
    for _n in range(MOST_AN_ADDRESS):
        close_share(actor=nadia.user, share=shared(nadia, thing))
    with pytest.raises(Refused) as refusal:
        shared(nadia, thing)
    assert refusal.value.field == "email"
    for number in range(MOST_A_DAY - MOST_AN_ADDRESS):
        shared(nadia, thing, email=f"lectrice{number}@exemple.fr")
    with pytest.raises(Refused) as refusal:
        shared(nadia, thing, email="une.autre@exemple.fr")
    assert refusal.value.code == "too_many_shares"
    assert shared(nadia, thing, now=NOW + timedelta(days=1)).pk


# Closing and extending -------------------------------------------------------------------------------------


def test_only_its_worker_closes_or_extends_a_share(things, nadia):
    share = shared(nadia, things.add(nadia, "une"))
    neighbour = UserFactory().worker
    shared(neighbour, things.add(neighbour, "la sienne"), email="autre@exemple.fr")
    staff = UserFactory(staff=True)
    for stranger in (neighbour.user, staff):
        with pytest.raises(NotFound):
            close_share(actor=stranger, share=share)
        with pytest.raises(NotFound):
            extend_share(actor=stranger, share=share, end_on=TOMORROW, on=TODAY)
        with pytest.raises(NotFound):
            own_share(stranger, share.public_id)
    closed = close_share(actor=nadia.user, share=share, now=NOW)
    again = close_share(actor=nadia.user, share=share, now=NOW + timedelta(days=1))
    assert again.closed_at == closed.closed_at


def test_a_share_is_extended_a_year_from_today_at_most_and_never_once_over(things, nadia):
    share = shared(nadia, things.add(nadia, "une"))
    later = TODAY + timedelta(days=30)
    extended = extend_share(actor=nadia.user, share=share, end_on=latest_end(later), on=later)
    assert extended.end_on == latest_end(later)
    with pytest.raises(Refused) as refusal:
        extend_share(actor=nadia.user, share=share, end_on=latest_end(later) + timedelta(days=1), on=later)
    assert refusal.value.field == "end_on"
    for how in ("expired", "closed"):
        with pytest.raises(Refused) as refusal:
            extend_share(actor=nadia.user, share=over(share, how), end_on=TOMORROW, on=TODAY)
        assert refusal.value.code == "share_over"


def test_a_share_is_forgotten_a_year_after_its_end_with_the_address_it_names(things, nadia):
    thing = things.add(nadia, "une")
    past = over(shared(nadia, thing), "expired", on=TODAY)
    open_one = shared(nadia, thing)
    later = NOW + KEPT
    assert prune_shares(actor=SYSTEM, now=later) == 0
    assert prune_shares(actor=SYSTEM, now=later + timedelta(days=1)) == 1
    assert list(Share.objects.all()) == [open_one]
    assert not ShareItem.objects.filter(share=past.pk).exists()
    with pytest.raises(NotFound):
        prune_shares(actor=nadia.user, now=later)


# Reading ---------------------------------------------------------------------------------------------------


def test_what_left_the_record_is_gone_from_the_share_and_what_comes_is_not_in_it(things, nadia):
    first, second = things.add(nadia, "une"), things.add(nadia, "deux")
    share = shared(nadia, first, second)
    things[nadia.pk].remove(first)
    things.add(nadia, "trois")
    assert [part.things for part in parts_of(share, TODAY)] == [[second]]
    things[nadia.pk].clear()
    assert parts_of(share, TODAY) == []


def test_a_kind_that_nobody_registers_any_more_shows_nothing(nadia):
    with things_registered() as things:
        share = shared(nadia, things.add(nadia, "une"))
    assert "thing" not in [kind.name for kind in sharing.kinds()]
    assert parts_of(share, TODAY) == []


@pytest.fixture
def world(things):
    """Nadia shares with a place and Yann with another; who may read what of the two."""
    nadia, yann = UserFactory(name="Nadia").worker, UserFactory(name="Yann").worker
    here, there = OrganisationFactory(employer=True), OrganisationFactory()
    member = MembershipFactory(employer=True, organisation=here).user
    neighbour = MembershipFactory(organisation=there).user
    past = MembershipFactory(employer=True, organisation=here, ended=True).user
    to_come = MembershipFactory(employer=True, organisation=here, future=True).user
    closed = MembershipFactory(employer=True, organisation=here, user=UserFactory(closed=True)).user
    MembershipFactory(employer=True, organisation=here, user=nadia.user)
    shares = [
        shared(nadia, things.add(nadia, "une"), organisation=here),
        shared(yann, things.add(yann, "la sienne"), organisation=there),
    ]
    people = {
        "member": (member, (True, False)),
        "neighbour": (neighbour, (False, True)),
        "member who left today": (past, (False, False)),
        "member to come": (to_come, (False, False)),
        "closed account": (closed, (False, False)),
        "worker, who is a member too": (nadia.user, (False, False)),
        "staff": (UserFactory(staff=True), (False, False)),
    }
    return shares, people


def test_permission_table_in_both_directions(world):
    shares, people = world
    for name, (actor, expected) in people.items():
        for share, may in zip(shares, expected, strict=True):
            assert shared_with(actor, TODAY).filter(pk=share.pk).exists() is may, name
            visible = workers_visible_to(actor, Purpose.SHARE, on=TODAY).exclude(user=actor)
            assert visible.filter(pk=share.worker_id).exists() is may, name
            if may:
                assert access_share(actor, share.public_id, on=TODAY) == share
            else:
                with pytest.raises(NotFound):
                    access_share(actor, share.public_id, on=TODAY)
    logged = FileOpening.objects.get_queryset().order_by("pk")
    assert [(one.actor_id, one.share_id, one.purpose, one.thing) for one in logged] == [
        (people["member"][0].pk, shares[0].pk, "share", "shared_items"),
        (people["neighbour"][0].pk, shares[1].pk, "share", "shared_items"),
    ]


def test_a_share_opens_nothing_for_the_purposes_of_mandates(world):
    (share, _other), people = world
    for purpose in (*MANDATE_PURPOSES, Purpose.ANSWER):
        with pytest.raises(NotFound):
            access_worker(people["member"][0], share.worker.public_id, purpose, on=TODAY)


@pytest.mark.parametrize("how", ["expired", "closed", "account closed"])
def test_a_share_that_is_over_opens_nothing_by_either_way(world, things, how):
    (share, _other), people = world
    link = shared(share.worker, things.add(share.worker, "par lien"))
    code = ShareCode.objects.create(share=link, sent_at=NOW, used_at=NOW)
    assert access_link(link_key(link.public_id), code.public_id, now=NOW) == link
    if how == "account closed":
        share.worker.user.is_active = False
        share.worker.user.save()
    else:
        over(share, how)
        over(link, how)
    with pytest.raises(NotFound):
        access_share(people["member"][0], share.public_id, on=TODAY)
    with pytest.raises(NotFound):
        access_link(link_key(link.public_id), code.public_id, now=NOW)
    assert FileOpening.objects.get_queryset().count() == 1


def test_absent_and_forbidden_are_alike(world):
    (share, _other), people = world
    for public_id in (share.public_id, uuid4(), "rien"):
        with pytest.raises(NotFound):
            access_share(people["neighbour"][0], public_id, on=TODAY)


@pytest.mark.parametrize(("how", "ended"), [("", ""), ("closed", "fermé"), ("expired", "terminé")])
def test_each_share_is_in_the_register_of_consents_with_what_became_of_it(things, nadia, how, ended):
    share = shared(nadia, things.add(nadia, "une"), title="La mairie")
    if how:
        over(share, how)
    [consent] = consents.given_by(nadia, TODAY)
    assert (consent.whom, consent.text_version) == ("lectrice@exemple.fr", "1")
    assert str(consent.text) == str(SHARE_TEXTS["1"])
    assert "La mairie" in consent.scope
    assert str(consent.ended).startswith(ended)
    assert bool(consent.ended) is bool(how)
    assert bool(consent.url) is not bool(how)


# The reminder ----------------------------------------------------------------------------------------------


def reminded(on):
    refresh_reminders(actor=SYSTEM, kind="share_ending", on=on)
    waiting = Notification.objects.filter(kind="share_ending").exclude(state="cancelled")
    return [row.payload["day"] for row in waiting.order_by("pk")]


def test_the_worker_is_told_a_week_before_the_end_as_it_is_now(things, nadia):
    share = shared(nadia, things.add(nadia, "une"))
    assert reminder("share_ending").stages == (-7,)
    assert reminded(TODAY) == []
    assert reminded(END - timedelta(days=7)) == [END.isoformat()]
    later = END + timedelta(days=60)
    extend_share(actor=nadia.user, share=share, end_on=later, on=END - timedelta(days=7))
    assert reminded(END - timedelta(days=6)) == []
    assert reminded(later - timedelta(days=7)) == [later.isoformat()]
    close_share(actor=nadia.user, share=share)
    assert reminded(later - timedelta(days=7)) == []


def test_a_share_of_a_few_days_needs_no_reminder(things, nadia):
    shared(nadia, things.add(nadia, "une"), end_on=TODAY + timedelta(days=7))
    assert reminded(TODAY) == []


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_twice_at_once_makes_one_share_and_one_message():
    with things_registered() as things:
        worker = UserFactory().worker
        thing, same = things.add(worker, "une"), uuid4()
        made = side_by_side(*[lambda: shared(worker, thing, public_id=same)] * 4)
    assert {share.pk for share in made} == {Share.objects.get().pk}
    assert Notification.objects.filter(kind="share_link").count() == 1


def test_yesterday_is_no_day_of_a_share_made_today(things, nadia):
    share = shared(nadia, things.add(nadia, "une"), end_on=TOMORROW)
    assert (share.is_open(YESTERDAY), share.is_open(TODAY), share.is_open(TOMORROW)) == (True, True, False)


def test_the_identifier_of_somebody_elses_share_makes_another(things, nadia):
    theirs = shared(nadia, things.add(nadia, "Une chose"))
    lea = UserFactory().worker
    mine = shared(lea, things.add(lea, "La mienne"), public_id=theirs.public_id)
    assert mine.worker == lea
    assert mine.public_id != theirs.public_id
    theirs.refresh_from_db()
    assert theirs.worker == nadia
