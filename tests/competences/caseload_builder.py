"""An adviser's people on the day `NOW` of the factories: mandates, contacts, bilans, touched skills."""

import datetime as dt

from accounts.enums import MembershipRole, Purpose
from competences.enums import AppointmentKind, AppointmentState, NoteVisibility, RiskFamily, RiskRule
from competences.models import AdviserMessage, Appointment, Bilan, Edition, Note, RiskFlag
from tests.accounts.factories import (
    NOW,
    MandateFactory,
    MembershipFactory,
    OrganisationFactory,
    UserFactory,
)
from tests.competences.record_builder import skill
from tests.competences.reference_builder import Built


def ago(**time):
    return NOW - dt.timedelta(**time)


class Body:
    """An adviser body with an adviser, who accompanies whom `person` makes."""

    def __init__(self, **adviser):
        self.organisation = OrganisationFactory()
        self.adviser = UserFactory(**adviser)
        self.membership = MembershipFactory(
            user=self.adviser, organisation=self.organisation, role=MembershipRole.ADVISER
        )

    def person(self, name="", purposes=(Purpose.FOLLOW_UP,), user=None, **mandate):
        """A person who gave this adviser these mandates; those of the factory began a hundred days ago."""
        user = user or UserFactory(name=name)
        for purpose in purposes:
            MandateFactory(
                worker=user.worker,
                adviser=self.adviser,
                organisation=self.organisation,
                purpose=purpose,
                **mandate,
            )
        return user

    def appointment(self, user, at, state=AppointmentState.HELD, **fields):
        told = {"adviser": self.adviser, "organisation": self.organisation, "minutes": 60, **fields}
        return Appointment.objects.create(
            worker=user.worker,
            kind=AppointmentKind.ACCOMPANIMENT,
            created_at=ago(days=400),
            starts_at=at,
            state=state,
            **told,
        )

    def message(self, user, at):
        return AdviserMessage.objects.create(
            worker=user.worker,
            author=self.adviser,
            author_name="Une conseillère",
            organisation=self.organisation,
            text="Bonjour",
            sent_at=at,
        )

    def note(self, user, at, visibility=NoteVisibility.SHARED, **fields):
        told = {"author": self.adviser, "author_name": self.adviser.name, "purpose": Purpose.FOLLOW_UP}
        told["organisation"] = self.organisation
        return Note.objects.create(
            worker=user.worker,
            visibility=visibility,
            text="Vu ensemble",
            created_at=at,
            edited_at=at,
            destroy_on=NOW.date() + dt.timedelta(days=400),
            **{**told, **fields},
        )

    def bilan(self, user, state="investigation", **fields):
        told = {"adviser": self.adviser, "organisation": self.organisation, "moved_at": ago(days=3)}
        return Bilan.objects.create(
            worker=user.worker, state=state, created_at=ago(days=30), **{**told, **fields}
        )


def touched(user, edition=None):
    """A skill of this person that an edition leaves behind: the last one of a reference unless told."""
    edition = edition or Edition.objects.order_by("-pk").first() or Built(slug="touche").editions["2"]
    return RiskFlag.objects.create(
        statement=skill(user, f"Compétence touchée {user.pk}", now=ago(days=60)),
        family=RiskFamily.OBSOLESCENCE,
        rule=RiskRule.WITHDRAWN,
        edition=edition,
        opened_at=ago(days=2),
    )
