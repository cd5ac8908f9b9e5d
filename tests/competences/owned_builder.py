"""An own reference beside a published one that says the same, and the people who look at them."""

from django.contrib.auth.models import AnonymousUser

from accounts.enums import MembershipRole
from tests.accounts.factories import MandateFactory, MembershipFactory, OrganisationFactory, UserFactory
from tests.competences.reference_builder import Built

OWN, PUBLISHED, ABSENT = "maison", "public", "absent"
SECRET = "confidentiel"
"""A word that every name of the own reference holds, and no other text."""


def told(slug, word, owner=None):
    """Two editions: a job renamed, a skill that came and one that went, a neighbour, a proposed successor."""
    made = Built(slug, f"Référentiel {word}", format="own" if owner else "rome")
    made.reference.owner = owner
    made.reference.save()
    made.job = made.concept("job", "M1", (f"Soudeur {word}", "1", "2"), (f"Soudeuse {word}", "2", None))
    made.other = made.concept("job", "M2", f"Monteuse {word}")
    made.title = made.concept("title", "T1", f"Soudeur au zinc {word}")
    made.skill = made.concept("skill", "C1", f"Brasage {word}")
    made.gone = made.concept("skill", "C2", (f"Rivetage {word}", "1", "2"))
    made.new = made.concept("skill", "C3", (f"Collage {word}", "2", None))
    made.link("title_of", made.title, made.job)
    made.link("neighbour", made.job, made.other, flag="1")
    made.link("uses", made.other, made.skill)
    made.link("uses", made.job, made.skill)
    made.link("uses", made.job, made.gone, "1", "2")
    made.link("uses", made.job, made.new, "2", None)
    made.change("2", "removed", made.gone)
    made.change("2", "replaced", made.gone, made.new, confidence=80, reasons=["same_jobs"])
    figures = {"skill": {"before": 2, "after": 2, "added": 1, "removed": 1}}
    made.editions["2"].changes = {"counts": figures, "links": {}}
    made.editions["2"].save()
    return made


class House:
    """The two references and the organisation that owns one of them."""

    def __init__(self):
        self.owner = OrganisationFactory(employer=True)
        self.published = told(PUBLISHED, "connu")
        self.own = told(OWN, SECRET, self.owner)

    def member(self, **dates):
        return MembershipFactory(
            user=UserFactory(), organisation=self.owner, role=MembershipRole.EMPLOYER_MEMBER, **dates
        ).user

    def neighbour(self):
        """A member of another employer, which owns a reference too."""
        membership = MembershipFactory(employer=True)
        told("voisine", "voisin", membership.organisation)
        return membership.user

    def adviser(self):
        """An adviser in force, whom a member of the owner lets follow them."""
        return MandateFactory(worker=self.member().worker).adviser


WHO = {
    "visitor": (lambda house: AnonymousUser(), False),
    "worker": (lambda house: UserFactory(), False),
    "adviser": (House.adviser, False),
    "neighbour": (House.neighbour, False),
    "former member": (lambda house: house.member(ended=True), False),
    "staff": (lambda house: UserFactory(staff=True), False),
    "member": (House.member, True),
}
"""Who looks, and whether they read the own reference."""


def sign_in(client, actor):
    if actor.is_authenticated:
        client.force_login(actor)
    return client
