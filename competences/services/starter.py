"""Filling an empty database of the demo: the editions, and a year in the life of invented people.

Everything goes through the services that people and imports use, in the order in which it would have
happened: people declare their skills against the first edition, then the second is imported over it and
its consequences are worked out. The messages wait in the outbox, as any other.
"""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_system
from accounts.enums import MembershipRole, OrganisationKind, Purpose
from accounts.errors import DomainError
from accounts.models import Organisation, User
from accounts.services.mandates import grant_mandates
from accounts.services.organisations import create_organisation, start_membership
from accounts.services.people import create_user
from competences.bilan_texts import CURRENT_VERSION
from competences.enums import AppointmentKind, JobUse
from competences.importers.base import Claim
from competences.models import Bilan, Concept, Edition, Evidence, SkillStatement
from competences.rules.career import Moment
from competences.services import bilan_moves
from competences.services.appointments import AppointmentSaid, hold_appointment, plan_appointment
from competences.services.bilan_details import Described as BilanDescribed
from competences.services.bilan_details import consent_to_bilan, describe_bilan
from competences.services.bilans import set_bilan_plan
from competences.services.career import PeriodSaid, add_period
from competences.services.cvs import CvChoice, make_cv
from competences.services.evidence import Described, add_evidence
from competences.services.jobs import add_organisation_job, add_worker_job
from competences.services.records import Said, change_level, declare_skill
from competences.services.references import NO_CLAIM, import_edition
from competences.services.review_requests import Asked, ask_review
from competences.services.risks import assess_waiting_editions
from competences.starter import people

FOLDER = Path(people.__file__).parent
DEMO, DIGCOMP, DIGCOMP_NUMBER = "demo", "digcomp", "3.0"
EDITIONS_AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class StarterReport:
    """What was loaded; `loaded` is False, and nothing was touched, when the database was not empty."""

    loaded: bool
    editions: tuple[str, ...] = ()
    accounts: int = 0
    statements: int = 0
    flags: int = 0
    messages: int = 0


def load_starter(*, actor: Actor, now: dt.datetime | None = None) -> StarterReport:
    """Loads the demo into a database that holds neither accounts nor editions: all of it or nothing.

    Raises DomainError where the settings are not those of the demo: known passwords stay out of production.
    """
    require_system(actor)
    if settings.DEMO is not True:
        raise DomainError("not_a_demo", _("Les données de démonstration ne se chargent pas ici."))
    with transaction.atomic():
        if User.objects.exists() or Edition.objects.exists():
            return StarterReport(loaded=False)
        return _Load(actor, now or timezone.now()).run()


class _Load:
    """One load: who acts, the instant that the days before are counted from, and what was made so far."""

    def __init__(self, actor: Actor, now: dt.datetime) -> None:
        self.actor = actor
        self.now = now
        self.today = timezone.localdate(now)
        self.demo = people.read()
        self.users: dict[str, User] = {}
        self.organisations: dict[str, Organisation] = {}
        self.statements = 0
        self.stated: dict[tuple[str, str], SkillStatement] = {}

    def run(self) -> StarterReport:
        digcomp = self._import(DIGCOMP, FOLDER / "digcomp", DIGCOMP, Claim(DIGCOMP_NUMBER))
        first = self._import("rome", FOLDER / "demo_v1", DEMO)
        # Nobody is there yet: the editions change nothing for anybody.
        assess_waiting_editions(actor=self.actor, limit=EDITIONS_AT_ONCE, now=self.now)
        concepts = {
            (concept.kind, concept.external_id): concept
            for concept in Concept.objects.filter(reference=first.reference)
        }
        self._accounts()
        self._organisations(concepts, first)
        words = {(c.kind, c.external_id): c for c in Concept.objects.filter(reference=digcomp.reference)}
        for worker in self.demo.workers:
            self._record(worker, concepts, first)
            for stated in worker.digcomp:
                self._state(self.users[worker.email], stated, words[stated.kind, stated.id], digcomp)
        second = self._import("rome", FOLDER / "demo_v2", DEMO)
        done = assess_waiting_editions(actor=self.actor, limit=EDITIONS_AT_ONCE, now=self.now)
        return StarterReport(
            loaded=True,
            editions=tuple(str(edition) for edition in (digcomp, first, second)),
            accounts=len(self.users),
            statements=self.statements,
            flags=done["flags"],
            messages=done["messages"],
        )

    def _import(self, format: str, path: Path, slug: str, claim: Claim = NO_CLAIM) -> Edition:
        report = import_edition(
            actor=self.actor, format=format, paths=[path], slug=slug, claim=claim, apply=True
        )
        return Edition.objects.select_related("reference").get(
            reference__slug=slug, number=report.edition_name
        )

    def _instant(self, days: int) -> dt.datetime:
        return self.now - dt.timedelta(days=days)

    def _day(self, days: int) -> dt.date:
        return self.today - dt.timedelta(days=days)

    def _accounts(self) -> None:
        """Every account under the one password of the demo, hashed once: hashing is slow on purpose."""
        members = [member for organisation in self.demo.organisations for member in organisation.members]
        password = make_password(people.PASSWORD)
        everyone: list[people.Worker | people.Member] = [*self.demo.workers, *members]
        for person in everyone:
            user = create_user(actor=self.actor, email=person.email, name=person.name, is_verified=True)
            user.password = password
            user.joined_at = self._instant(self.demo.joined)
            user.save(update_fields=["password", "joined_at"])
            self.users[person.email] = user

    def _organisations(self, concepts: dict[tuple[str, str], Concept], edition: Edition) -> None:
        for row in self.demo.organisations:
            organisation = create_organisation(
                actor=self.actor, name=row.name, kind=OrganisationKind(row.kind)
            )
            self.organisations[row.name] = organisation
            for member in row.members:
                start_membership(
                    actor=self.actor,
                    user=self.users[member.email],
                    organisation=organisation,
                    role=MembershipRole(member.role),
                    start_on=self._day(member.since),
                )
            for job in row.jobs:
                add_organisation_job(
                    actor=self.users[row.members[0].email],
                    organisation=organisation,
                    title=concepts["title", job.id],
                    edition=edition,
                    on=self._day(job.since),
                )

    def _record(self, row: people.Worker, concepts: dict[tuple[str, str], Concept], edition: Edition) -> None:
        """A worker's own jobs, skills with their levels, bilan and mandates, written by that worker."""
        user = self.users[row.email]
        for job in row.jobs:
            add_worker_job(
                actor=user,
                worker=user.worker,
                title=concepts["title", job.id],
                edition=edition,
                use=JobUse(job.use),
                start_on=self._day(job.since),
                now=self._instant(min(job.since, self.demo.joined)),
            )
        for stated in row.statements:
            self._state(user, stated, concepts[stated.kind, stated.id], edition)
        for lived in row.periods:
            self._live(user, lived, concepts, edition)
        if row.bilan:
            set_bilan_plan(
                actor=user,
                worker=user.worker,
                last_on=self._day(row.bilan.last),
                rhythm_months=row.bilan.rhythm_months,
                on=self.today,
            )
        if row.mandate:
            grant_mandates(
                actor=user,
                worker=user.worker,
                adviser=self.users[self.demo.adviser],
                organisation=self.organisations[self.demo.adviser_body],
                purposes=[Purpose(purpose) for purpose in row.mandate.purposes],
                on=self._day(row.mandate.since),
                granted_at=self._instant(row.mandate.since),
            )
        if row.under_way:
            self._accompany(row.under_way, user)
        self._proofs(row, user)
        self._cvs(row, user)

    def _accompany(self, row: people.UnderWay, user: User) -> None:
        """A bilan with the demo adviser, from the wish to its second phase, with its appointments."""
        adviser = self.users[self.demo.adviser]
        [mandate] = user.worker.mandates.filter(purpose=Purpose.BILAN)
        wished, begun = self._instant(row.since), self._instant(row.begun)
        bilan = bilan_moves.wish_bilan(actor=user, worker=user.worker, need=row.need, now=wished)
        described = BilanDescribed(
            need=row.need,
            mandate=mandate,
            is_certified=True,
            employer_name=row.employer,
            funder=row.funder,
            cost=Decimal(row.cost),
            requested_on=self._day(row.since),
        )
        describe_bilan(actor=user, bilan=bilan, described=described, now=wished)
        consent_to_bilan(actor=user, bilan=bilan, version=CURRENT_VERSION, now=wished)
        bilan_moves.prepare_bilan(actor=user, bilan=bilan, now=wished)
        bilan_moves.begin_bilan(actor=adviser, bilan=bilan, now=begun)
        for meeting in row.meetings:
            self._meet(meeting, user, adviser, bilan, begun)
        bilan_moves.investigate_bilan(actor=adviser, bilan=bilan, now=self._instant(row.investigated))

    def _meet(
        self, row: people.Meeting, user: User, adviser: User, bilan: Bilan, planned_at: dt.datetime
    ) -> None:
        starts_at = timezone.make_aware(dt.datetime.combine(self._day(row.days), dt.time(row.hour)))
        kind = AppointmentKind.PERSONAL_WORK if row.work else AppointmentKind.ACCOMPANIMENT
        said = AppointmentSaid(kind=kind, starts_at=starts_at, minutes=row.minutes, place=row.place)
        actor = user if row.work else adviser
        now = min(self.now, starts_at) if row.work else planned_at
        made = plan_appointment(actor=actor, worker=user.worker, bilan=bilan, said=said, now=now)
        if row.days > 0 and not row.work:
            hold_appointment(actor=adviser, appointment=made, now=self.now)

    def _live(
        self, user: User, lived: people.Lived, concepts: dict[tuple[str, str], Concept], edition: Edition
    ) -> None:
        title = concepts["title", lived.title] if lived.title else None
        add_period(
            actor=user,
            worker=user.worker,
            said=PeriodSaid(
                kind=lived.kind,
                first=self._month(lived.since),
                last=None if lived.until is None else self._month(lived.until),
                title=title,
                edition=edition if title else None,
                free_text=lived.text,
                contract=lived.contract,
                share_percent=lived.share,
                organisation=lived.organisation,
                place=lived.place,
                details=lived.details,
            ),
            now=self._instant(self.demo.joined),
        )

    def _month(self, days: int) -> Moment:
        return Moment(self._day(days).replace(day=1), "month")

    def _state(self, user: User, stated: people.Stated, concept: Concept, edition: Edition) -> None:
        (first, level), *later = stated.levels
        statement = declare_skill(
            actor=user,
            worker=user.worker,
            concept=concept,
            edition=edition,
            said=Said(
                level=level,
                sources=(stated.source,),
                acquired_on=None if stated.acquired is None else self._day(stated.acquired),
                practised_on=None if stated.practised is None else self._day(stated.practised),
            ),
            now=self._instant(first),
        )
        for days, new_level in later:
            change_level(actor=user, statement=statement, level=new_level, now=self._instant(days))
        self.stated[user.email, stated.id] = statement
        self.statements += 1

    def _cvs(self, row: people.Worker, user: User) -> None:
        """The CVs that a worker keeps, each of some skills, with every part."""
        for cv in row.cvs:
            make_cv(
                actor=user,
                worker=user.worker,
                choice=CvChoice(
                    name=cv.name,
                    headline=cv.headline,
                    summary=cv.summary,
                    contact=cv.contact,
                    has_every_skill=False,
                    skills=[str(self.stated[user.email, skill].public_id) for skill in cv.skills],
                ),
                now=self._instant(cv.since),
            )

    def _proofs(self, row: people.Worker, user: User) -> None:
        """A worker's own evidence, and the view they ask of their adviser, who has not answered yet."""
        made: dict[str, Evidence] = {}
        for proof in row.proofs:
            made[proof.title] = add_evidence(
                actor=user,
                worker=user.worker,
                kind=proof.kind,
                described=Described(
                    title=proof.title,
                    url=proof.url,
                    issuer=proof.issuer,
                    issued_on=None if proof.issued is None else self._day(proof.issued),
                    valid_until=None if proof.valid is None else self._day(-proof.valid),
                ),
                statements=[self.stated[user.email, skill] for skill in proof.skills],
                now=self._instant(proof.since),
            )
        if row.review:
            [mandate] = user.worker.mandates.filter(purpose=Purpose.REVIEW)
            ask_review(
                actor=user,
                worker=user.worker,
                asked=Asked(mandate=mandate),
                statements=[self.stated[user.email, skill] for skill in row.review.skills],
                evidence=[made[title] for title in row.review.proofs],
                question=row.review.question,
                now=self._instant(row.review.since),
            )
