"""Each constraint of the accounts tables, by name: it holds, and says why in French."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.utils import translation

from accounts.constraints import broken_constraint, constraints_as_refusals
from accounts.errors import Refused
from accounts.models import (
    AddressFault,
    CalendarFeed,
    DeliverySettings,
    ErasureRequest,
    FileOpening,
    Handover,
    HandoverPart,
    Membership,
    Muting,
    NotificationPreference,
    Pause,
    ShareCode,
    ShareItem,
    Snooze,
    User,
)
from tests.accounts.factories import (
    NOW,
    TODAY,
    TOMORROW,
    MandateFactory,
    MandateRequestFactory,
    MembershipFactory,
    NotificationFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.accounts.handover_builder import person_of, propose, two_advisers
from tests.accounts.share_builder import share_row

pytestmark = pytest.mark.django_db


SHARED = ("user", "organisation", "role", "worker", "adviser", "purpose")


def _same(row):
    """The columns that say what the row is about."""
    return {name: getattr(row, name) for name in SHARED if hasattr(row, name)}


def _twice(factory):
    first = factory()
    return lambda: factory(**_same(first))


def _request_twice():
    first = MandateRequestFactory()
    return lambda: MandateRequestFactory(
        adviser=first.adviser, organisation=first.organisation, email=first.email
    )


def _opening(purpose):
    return lambda: FileOpening.objects.create(
        actor_id=1, worker_id=1, mandate_id=1, purpose=purpose, opened_at=NOW
    )


def _unread(**fields):
    return lambda: FileOpening.objects.create(actor_id=None, worker_id=1, opened_at=NOW, **fields)


def _share_item_twice():
    row = {"share": share_row(), "kind": "thing", "public_id": uuid4()}
    ShareItem.objects.create(**row)
    return lambda: ShareItem.objects.create(**row)


def _share_code(**fields):
    share = share_row()
    return lambda: ShareCode.objects.create(share=share, sent_at=NOW, **fields)


def _preference(**fields):
    user = UserFactory()
    return lambda: NotificationPreference.objects.create(user=user, **fields)


def _preference_twice():
    user = UserFactory()
    NotificationPreference.objects.create(user=user, category="skills")
    return lambda: NotificationPreference.objects.create(user=user, category="skills", is_enabled=False)


def _raw_email():
    UserFactory(email="a@exemple.fr")
    return lambda: User.objects.update(email="A@exemple.fr")


def _erasure(**fields):
    return lambda: lambda: ErasureRequest.objects.create(user=UserFactory(), asked_at=NOW, **fields)


def _handover():
    camille, sam = two_advisers()
    return propose(camille, sam, person_of(camille))


def _handover_to_oneself():
    handover = _handover()
    return lambda: Handover.objects.update(to_adviser=handover.from_adviser)


def _handover_twice():
    handover = _handover()
    same = {name: getattr(handover, name) for name in ("from_adviser", "to_adviser", "organisation", "key")}
    return lambda: Handover.objects.create(**same)


def _part_changed(**fields):
    parts = _handover().parts
    return lambda: parts.update(**fields)


def _part_twice(handover=None, **fields):
    part = _handover().parts.get()
    same = {name: getattr(part, name) for name in ("worker", "mandate", "purpose")}
    return lambda: HandoverPart.objects.create(handover=handover or part.handover, **same, **fields)


def _proposed_twice():
    return _part_twice(handover=_handover())


def _muted_twice():
    row = {"worker": UserFactory().worker, "adviser": UserFactory()}
    return lambda: [Muting.objects.create(**row) for _twice in range(2)]


def _settings(**fields):
    return lambda: lambda: DeliverySettings.objects.create(user=UserFactory(), **fields)


def _paused_twice():
    row = {"user": UserFactory(), "start_on": TODAY, "end_on": TOMORROW}
    return lambda: [Pause.objects.create(**row) for _twice in range(2)]


def _snoozed_twice():
    row = {"user": UserFactory(), "kind": "bilan_due", "subject_key": "worker-1", "until_on": TOMORROW}
    return lambda: [Snooze.objects.create(**row) for _twice in range(2)]


def _feed_twice():
    user = UserFactory()
    return lambda: [CalendarFeed.objects.create(user=user, key_digest=digest) for digest in "ab"]


def _address_fault():
    return lambda: AddressFault.objects.create(user=UserFactory(), kind="mood", event_key="a")


BREAKERS = {
    "delivery_settings_time_zone_known": _settings(time_zone="Europe/Rome"),
    "delivery_settings_digest_known": _settings(digest="hourly"),
    "delivery_settings_quiet_whole": _settings(quiet_from="20:00"),
    "pause_ends_after_start": lambda: (
        lambda: Pause.objects.create(user=UserFactory(), start_on=TODAY, end_on=TODAY)
    ),
    "pause_one_open": _paused_twice,
    "snooze_once": _snoozed_twice,
    "address_fault_kind_known": _address_fault,
    "calendar_feed_one_open": _feed_twice,
    "notification_hold_known": lambda: lambda: NotificationFactory(held_for="mood"),
    "user_email_unique": lambda: (
        lambda: [UserFactory(email="a@exemple.fr"), UserFactory(email="A@Exemple.FR")]
    ),
    "user_email_lower_case": _raw_email,
    "user_language_known": lambda: lambda: UserFactory(language="de"),
    "organisation_kind_known": lambda: lambda: OrganisationFactory(kind="club"),
    "organisation_named": lambda: lambda: OrganisationFactory(name=""),
    "membership_end_after_start": lambda: lambda: MembershipFactory(start_on=TODAY, end_on=TODAY),
    "membership_role_known": lambda: lambda: MembershipFactory(role="guest"),
    "membership_one_open": lambda: _twice(MembershipFactory),
    "mandate_end_after_start": lambda: lambda: MandateFactory(start_on=TODAY, end_on=TODAY),
    "mandate_purpose_known": lambda: lambda: MandateFactory(purpose="curiosity"),
    "mandate_withdrawn_after_granted": lambda: (
        lambda: MandateFactory(granted_at=NOW, withdrawn_at=NOW - timedelta(seconds=1))
    ),
    "mandate_one_open": lambda: _twice(MandateFactory),
    "mandate_request_state_known": lambda: lambda: MandateRequestFactory(state="lost", finished_at=NOW),
    "mandate_request_purposes_known": lambda: lambda: MandateRequestFactory(purposes=[]),
    "mandate_request_reasoned": lambda: lambda: MandateRequestFactory(reason=""),
    "mandate_request_finished_dated": lambda: lambda: MandateRequestFactory(finished_at=NOW),
    "mandate_request_answered_by": lambda: lambda: MandateRequestFactory(accepted=True, worker=None),
    "mandate_request_addressed": lambda: lambda: MandateRequestFactory(email=""),
    "mandate_request_one_waiting": lambda: _request_twice(),
    "opening_purpose_known": lambda: _opening("curiosity"),
    "opening_names_its_reader": lambda: _unread(purpose="review", share_id=1),
    "share_names_its_reader": lambda: lambda: share_row(recipient_email=""),
    "share_within_a_year": lambda: lambda: share_row(end_on=TODAY + timedelta(days=367)),
    "share_closed_after_created": lambda: lambda: share_row(closed_at=NOW - timedelta(seconds=1)),
    "share_item_once": _share_item_twice,
    "share_code_tried_five_times": lambda: _share_code(attempts=6),
    "share_code_used_after_sent": lambda: _share_code(used_at=NOW - timedelta(seconds=1)),
    "notification_dedupe_key_unique": lambda: lambda: [NotificationFactory(dedupe_key="k") for _ in range(2)],
    "notification_state_known": lambda: lambda: NotificationFactory(state="lost"),
    "notification_sending_claimed": lambda: lambda: NotificationFactory(state="sending"),
    "notification_finished_dated": lambda: lambda: NotificationFactory(state="sent"),
    "handover_between_two": _handover_to_oneself,
    "handover_once": _handover_twice,
    "erasure_request_reason_known": _erasure(reason="bored", due_on=TOMORROW),
    "erasure_request_leaves_time": _erasure(reason="request", due_on=TODAY),
    "handover_part_state_known": lambda: _part_changed(state="lost"),
    "handover_part_once": lambda: _part_twice(state="declined"),
    "handover_part_one_proposed": _proposed_twice,
    "handover_part_moved_dated": lambda: _part_changed(state="accepted"),
    "muting_once": _muted_twice,
    "notification_preference_unique": _preference_twice,
    "notification_preference_optional": lambda: _preference(category="security", is_enabled=False),
}


def _constraints():
    return {
        constraint.name: constraint
        for model in apps.get_app_config("accounts").get_models()
        for constraint in model._meta.constraints
    }


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"kind": "other"}, "share_names_its_reader"),
        ({"kind": "organisation"}, "share_names_its_reader"),
        ({"end_on": TODAY}, "share_within_a_year"),
    ],
)
def test_other_ways_to_break_a_share(columns, name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        share_row(**columns)
    assert broken_constraint(caught.value) == name


@pytest.mark.parametrize("name", sorted(BREAKERS))
def test_constraint_holds(name):
    break_it = BREAKERS[name]()
    with (
        pytest.raises(IntegrityError) as caught,
        transaction.atomic(),
        transaction.atomic(using="access_log"),
    ):
        break_it()
    assert broken_constraint(caught.value) == name


def test_every_constraint_has_its_test_and_its_french_message():
    constraints = _constraints()
    assert set(constraints) == set(BREAKERS)
    with translation.override("fr"):
        for name, constraint in constraints.items():
            message = str(constraint.violation_error_message)
            assert message.endswith("."), name
            assert "Contrainte" not in message, name  # Django's own words for a constraint without any


@pytest.mark.parametrize(
    ("factory", "fields"),
    [
        (MembershipFactory, {"end_on": TODAY}),
        (MandateFactory, {"end_on": TODAY}),
        (MandateFactory, {"withdrawn_at": NOW}),
    ],
)
def test_a_row_that_is_over_leaves_room_for_another(factory, fields):
    first = factory(**fields)
    factory(**_same(first))
    assert type(first).objects.filter(**_same(first)).count() == 2


def test_a_broken_constraint_becomes_a_refusal_in_its_words():
    membership = MembershipFactory()
    with (
        pytest.raises(Refused) as caught,
        constraints_as_refusals(Membership, fields={"membership_one_open": "user"}),
    ):
        MembershipFactory(user=membership.user, organisation=membership.organisation)
    assert (caught.value.code, caught.value.field) == ("membership_one_open", "user")
    assert "déjà ce rôle" in str(caught.value.message)
    assert Membership.objects.count() == 1  # the transaction goes on


def test_another_integrity_error_is_a_fault_and_goes_through():
    user = UserFactory()
    with pytest.raises(IntegrityError), constraints_as_refusals(User):
        User.objects.filter(pk=user.pk).update(joined_at=None)
