"""A handover between two advisers of one organisation, about people who gave the first one access."""

import uuid

from accounts.enums import Purpose
from accounts.services.handovers import answer_handover, propose_handover
from tests.accounts.factories import NOW, MandateFactory, MembershipFactory, UserFactory

DAY = 86400


def two_advisers():
    """Camille, who hands over, and Sam, who takes over: memberships of one organisation."""
    camille = MembershipFactory(user__name="Camille")
    return camille, MembershipFactory(user__name="Sam", organisation=camille.organisation)


def person_of(place, *purposes, **fields):
    """A person who gave this adviser a mandate for each purpose."""
    worker = fields.pop("worker", None) or UserFactory().worker
    for purpose in purposes or [Purpose.FOLLOW_UP]:
        MandateFactory(
            worker=worker, adviser=place.user, organisation=place.organisation, purpose=purpose, **fields
        )
    return worker


def propose(camille, sam, *workers, **fields):
    """The handover that Camille proposes for these people."""
    given = {"key": uuid.uuid4(), "now": NOW, **fields}
    return propose_handover(
        actor=camille.user,
        to_adviser=sam.user,
        organisation=camille.organisation,
        workers=workers,
        **given,
    ).handover


def answer(worker, handover, now=NOW, **answers):
    """What the person answers, by purpose: answer(worker, handover, follow_up="yes")."""
    parts = {part.purpose: part.public_id for part in handover.parts.filter(worker=worker)}
    return answer_handover(
        actor=worker.user,
        handover=handover,
        answers={parts[purpose]: said for purpose, said in answers.items()},
        now=now,
    )
