"""A record with skills, evidence and review requests, through the services that people use."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.enums import Purpose
from competences.models import SkillRevision, SkillStatement
from competences.services.attestations import View, answer_review, take_review
from competences.services.evidence import Described, add_evidence
from competences.services.records import Said, declare_free_skill
from competences.services.review_requests import Asked, ask_review
from tests.accounts.factories import MandateFactory, UserFactory
from tests.competences.file_builder import pdf
from tests.competences.reference_builder import Built


def skill(user, text="Réparer des vélos", now=None):
    """A skill of that person, in their own words."""
    return declare_free_skill(actor=user, worker=user.worker, text=text, said=Said(level=3), now=now)


def skills(user, number):
    """So many skills, every other one read in a reference; rows written directly, for there are hundreds."""
    built, now = Built(), timezone.now()
    statements = []
    for n in range(number):
        label = f"Compétence numéro {n} d’un dossier bien rempli"
        named = {"free_text": label}
        if not n % 2:
            concept = built.concept("skill", str(n), label)
            named = {"concept": concept, "edition": built.editions["2"]}
        statements.append(SkillStatement(worker=user.worker, author=user, declared_at=now, **named))
    made = SkillStatement.objects.bulk_create(statements)
    SkillRevision.objects.bulk_create(
        SkillRevision(statement=one, level=4, context="Au travail", confirmed_on=now.date(), start_at=now)
        for one in made
    )
    return made


def sent(content=None, name="diplome.pdf", claimed="application/pdf"):
    """A file as a browser sends it, whatever it claims."""
    return SimpleUploadedFile(name, pdf() if content is None else content, claimed)


def add(user, *statements, kind="link", file=None, actor=None, now=None, **described):
    """A piece of evidence of that person; a link by default."""
    if kind == "link":
        described = {"url": "https://exemple.fr/mes-travaux", **described}
    if kind == "certificate":
        described = {"title": "Permis cariste", "issuer": "Centre Éclair", **described}
    return add_evidence(
        actor=actor or user,
        worker=user.worker,
        kind=kind,
        described=Described(**described),
        statements=statements or [skill(user) if not held(user) else held(user)[0]],
        file=file,
        now=now,
    )


def held(user):
    return list(SkillStatement.objects.standing().filter(worker=user.worker).order_by("pk"))


def reviewer(user, **fields):
    """A mandate to review that this person gave to a new adviser, in force on any day of these tests."""
    return MandateFactory(worker=user.worker, purpose=Purpose.REVIEW, **fields)


def ask(user, *statements, mandate=None, email="", capacity="peer", actor=None, **values):
    """A request of that person: to the adviser of the mandate, or by e-mail to a peer."""
    asked = Asked(mandate=mandate) if mandate else Asked(email=email or "alex@exemple.fr", capacity=capacity)
    return ask_review(
        actor=actor or user,
        worker=user.worker,
        asked=asked,
        statements=statements or held(user) or [skill(user)],
        **values,
    )


def reader(email="alex@exemple.fr", **fields):
    """The account that has confirmed this address."""
    return UserFactory(email=email, **fields)


def answered_request(user, email="alex@exemple.fr", name="Alex Martin", **view):
    """A request by e-mail that was taken and answered on the first skill: reader, request, views."""
    actor = reader(email, name=name)
    review = take_review(actor=actor, review=ask(user, email=email))
    views = {held(user)[0].pk: View(**{"kind": "observed", "level": 5, **view})}
    made = answer_review(actor=actor, review=review, views=views)
    review.refresh_from_db()
    return actor, review, made
