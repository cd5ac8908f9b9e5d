"""The CVs of one person, and what each prints. The caller is that person."""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence

from django.db.models import Prefetch, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.errors import NotFound
from accounts.models import User, Worker
from competences.enums import CareerKind, ContractType, CvSection, EvidenceKind, JobUse, SkillWish
from competences.models import Cv, SkillRevision, SkillStatement, WorkerJob
from competences.queries.career import career_rows, named_periods
from competences.queries.evidence import evidence_of
from competences.queries.names import labels_of
from competences.queries.records import with_labels
from competences.rules.career import WHOLE, Period
from competences.rules.cvs import CvCertificate, CvContent, CvEntry, CvSkill, by_level
from competences.rules.labels import fold

PATH = {
    CvSection.WORK: (CareerKind.WORK, CareerKind.COOPERATIVE),
    CvSection.STUDY: (CareerKind.STUDY, CareerKind.TRAINING),
    CvSection.VOLUNTEERING: (CareerKind.VOLUNTEERING,),
}
"""The kinds of periods that each part of a CV prints."""


def own_cvs(user: User) -> QuerySet[Cv]:
    """The CVs that a person keeps, the last changed first."""
    return Cv.objects.kept().filter(worker=user.worker)


def own_cv(user: User, public_id: uuid.UUID, *, kept: bool = True) -> Cv:
    """One of them. Raises NotFound for another person's, and for one that was taken away."""
    own = Cv.objects.filter(worker__user=user).select_related("worker")
    found = own.filter(removed_at__isnull=kept, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def choosable(user: User, on: dt.date, *, language: str) -> list[SkillStatement]:
    """The skills of the record by name in that language, each with its label and what is said of it."""
    rows = SkillStatement.objects.standing().filter(worker__user=user).select_related("concept__reference")
    rows = rows.prefetch_related(Prefetch("revisions", SkillRevision.objects.current(), to_attr="current"))
    with translation.override(language):
        found = with_labels(rows, actor=user, on=on)
    return sorted(found, key=lambda statement: fold(statement.label))


def cv_content(
    cv: Cv,
    *,
    user: User,
    on: dt.date,
    statements: Sequence[SkillStatement] | None = None,
    known_at: dt.datetime | None = None,
) -> CvContent:
    """What the CV prints today, in its own language; `statements` are those of `choosable`, when the caller
    has read them. With `known_at`, what came into the record after that instant is left out."""
    if statements is None:
        statements = choosable(user, on, language=cv.language)
    if known_at is not None:
        statements = [one for one in statements if one.declared_at <= known_at]
    shown = set(cv.sections)
    with translation.override(cv.language):
        wanted, periods = _jobs_and_path(cv.worker, shown, on, known_at)
        return CvContent(
            name=user.get_full_name() if cv.shows_name and user.name else "",
            headline=cv.headline,
            email=user.email if cv.shows_name else "",
            contact=_lines(cv.contact) if cv.shows_name else (),
            summary=cv.summary if CvSection.SUMMARY in shown else "",
            wanted=wanted,
            skills=_skills(cv, statements) if CvSection.SKILLS in shown else (),
            certificates=_certificates(cv.worker, known_at) if CvSection.CERTIFICATES in shown else (),
            **{str(part): [_entry(p) for p in periods if p.kind in kinds] for part, kinds in PATH.items()},
        )


def _jobs_and_path(
    worker: Worker, shown: Collection[str], on: dt.date, known_at: dt.datetime | None
) -> tuple[list[str], list[Period]]:
    """The titles that the person wants, and the periods of the parts shown. Care, unemployment and pauses are
    nobody's business. Three queries at most."""
    kinds = [kind for part, of_part in PATH.items() if part in shown for kind in of_part]
    rows = list(career_rows(worker).filter(kind__in=kinds)) if kinds else []
    rows = [row for row in rows if known_at is None or row.created_at <= known_at]
    wanted: list[int] = []
    if CvSection.WANTED in shown:
        jobs = WorkerJob.objects.in_force(on).filter(worker=worker, use=JobUse.WANTED)
        if known_at is not None:
            jobs = jobs.filter(start_on__lte=timezone.localdate(known_at))
        wanted = list(jobs.values_list("title_id", flat=True))
    labels = labels_of([*wanted, *(row.title_id for row in rows if row.title_id)])
    return [labels[title] for title in wanted], named_periods(rows, labels)


def _skills(cv: Cv, statements: Sequence[SkillStatement]) -> list[CvSkill]:
    """The chosen ones; when all are, those that the person would rather not use are left out."""
    rows = list(statements)
    if cv.has_every_skill:
        rows = [row for row in rows if row.said.wish != SkillWish.AVOID]
    else:
        chosen = set(cv.skills.values_list("pk", flat=True))
        rows = [row for row in rows if row.pk in chosen]
    found = [CvSkill(row.label, row.said.level if cv.shows_levels else None) for row in rows]
    return by_level(found)


def _entry(period: Period) -> CvEntry:
    facts = [str(ContractType(period.contract).label)] if period.contract else []
    if period.share_percent and period.share_percent < WHOLE:
        facts.append(_("%(share)s %% du temps") % {"share": period.share_percent})
    told = [text for text in (" · ".join(facts), period.details) if text]
    return CvEntry(
        title=period.label,
        place=", ".join(text for text in (period.organisation, period.place) if text),
        text=". ".join(told),
        first=period.first,
        last=period.last,
    )


def _certificates(worker: Worker, known_at: dt.datetime | None) -> list[CvCertificate]:
    """Certificates, the latest first. One query."""
    rows = evidence_of(worker).filter(kind=EvidenceKind.CERTIFICATE)
    if known_at is not None:
        rows = rows.filter(added_at__lte=known_at)
    return [CvCertificate(row.title, row.issuer, row.issued_on, row.valid_until) for row in rows]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
