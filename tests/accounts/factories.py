"""Accounts, organisations and mandates for the tests of every app.

Days are relative to `TODAY`, which tests pass as `on`; pages, which read the clock, are tested with
`time_machine.travel(NOW, tick=False)`.
"""

from datetime import UTC, date, datetime, timedelta

import factory
from allauth.account.models import EmailAddress

from accounts.enums import MembershipRole, NotificationState, OrganisationKind, Purpose
from accounts.models import Mandate, MandateRequest, Membership, Notification, Organisation, User

TODAY = date(2026, 3, 12)
NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
PASSWORD = "une phrase assez longue"

LONG_AGO = TODAY - timedelta(days=400)
YESTERDAY = TODAY - timedelta(days=1)
TOMORROW = TODAY + timedelta(days=1)


class EmailAddressFactory(factory.django.DjangoModelFactory):
    """The confirmed address of an account."""

    class Meta:
        model = EmailAddress

    email = factory.SelfAttribute("user.email")
    primary = True
    verified = True


class UserFactory(factory.django.DjangoModelFactory):
    """An open account with a confirmed address; traits: unverified, staff, closed, nameless, english."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    class Params:
        unverified = False
        staff = factory.Trait(is_staff=True, is_superuser=True)
        closed = factory.Trait(is_active=False)
        nameless = factory.Trait(name="")
        english = factory.Trait(language="en")

    email = factory.Sequence(lambda n: f"personne{n}@exemple.fr")
    name = factory.Sequence(lambda n: f"Personne {n}")
    password = factory.django.Password(PASSWORD)
    joined_at = NOW
    address = factory.RelatedFactory(
        EmailAddressFactory,
        factory_related_name="user",
        verified=factory.LazyAttribute(lambda address: not address.factory_parent.unverified),
    )


class OrganisationFactory(factory.django.DjangoModelFactory):
    """An adviser body; trait: employer."""

    class Meta:
        model = Organisation

    class Params:
        employer = factory.Trait(kind=OrganisationKind.EMPLOYER)

    name = factory.Sequence(lambda n: f"Organisme {n}")
    kind = OrganisationKind.ADVISER_BODY


class MembershipFactory(factory.django.DjangoModelFactory):
    """An adviser in force; traits: employer, ended (today is the first day without), future."""

    class Meta:
        model = Membership

    class Params:
        employer = factory.Trait(organisation__employer=True, role=MembershipRole.EMPLOYER_MEMBER)
        ended = factory.Trait(end_on=TODAY)
        future = factory.Trait(start_on=TOMORROW)

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = MembershipRole.ADVISER
    start_on = LONG_AGO


class MandateFactory(factory.django.DjangoModelFactory):
    """A mandate in force held by an adviser in force.

    Traits: ended, future, withdrawn, orphan (the adviser is no member of that organisation).
    `worker` is a record: give `UserFactory().worker`.
    """

    class Meta:
        model = Mandate
        skip_postgeneration_save = True

    class Params:
        ended = factory.Trait(end_on=TODAY)
        future = factory.Trait(start_on=TOMORROW)
        withdrawn = factory.Trait(withdrawn_at=NOW - timedelta(hours=1))
        orphan = factory.Trait(member=False)

    worker = factory.LazyFunction(lambda: UserFactory().worker)
    adviser = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    purpose = Purpose.FOLLOW_UP
    start_on = TODAY - timedelta(days=100)
    text_version = "1"
    granted_at = NOW - timedelta(days=100)

    @factory.post_generation
    def member(self, create, extracted, **kwargs):
        """Makes the adviser a member of the organisation, unless there is one already or `member=False`."""
        if extracted is False:
            return
        same = {"user": self.adviser, "organisation": self.organisation, "role": MembershipRole.ADVISER}
        if not Membership.objects.filter(**same).exists():
            MembershipFactory(**same, **kwargs)


class MandateRequestFactory(factory.django.DjangoModelFactory):
    """A request that waits, by an adviser in force; traits: accepted, declined, taken_back, old."""

    class Meta:
        model = MandateRequest

    class Params:
        accepted = factory.Trait(
            state="accepted", finished_at=NOW, worker=factory.LazyFunction(lambda: UserFactory().worker)
        )
        declined = factory.Trait(
            state="declined", finished_at=NOW, worker=factory.LazyFunction(lambda: UserFactory().worker)
        )
        taken_back = factory.Trait(state="taken_back", finished_at=NOW)
        old = factory.Trait(asked_at=NOW - timedelta(days=30))
        membership = factory.SubFactory(MembershipFactory)

    adviser = factory.SelfAttribute("membership.user")
    organisation = factory.SelfAttribute("membership.organisation")
    email = factory.Sequence(lambda n: f"demandee{n}@exemple.fr")
    purposes = factory.LazyFunction(lambda: [Purpose.FOLLOW_UP.value, Purpose.BILAN.value])
    reason = "Préparer votre bilan ensemble"
    end_on = TODAY + timedelta(days=180)
    asked_at = NOW - timedelta(days=2)


class NotificationFactory(factory.django.DjangoModelFactory):
    """A row of the outbox that waits and is due; traits: sending, sent, failed, uncertain, cancelled."""

    class Meta:
        model = Notification

    class Params:
        sending = factory.Trait(state=NotificationState.SENDING, claimed_at=NOW)
        sent = factory.Trait(state=NotificationState.SENT, finished_at=NOW)
        failed = factory.Trait(state=NotificationState.FAILED, finished_at=NOW)
        uncertain = factory.Trait(state=NotificationState.UNCERTAIN, finished_at=NOW)
        cancelled = factory.Trait(state=NotificationState.CANCELLED, finished_at=NOW)

    kind = "password_changed"
    recipient = factory.SubFactory(UserFactory)
    dedupe_key = factory.Sequence(lambda n: f"test:{n}")
    not_before = NOW - timedelta(minutes=1)
    created_at = NOW - timedelta(minutes=2)
