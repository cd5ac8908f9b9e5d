"""The CVs of one person, and what each prints. The caller is that person."""

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet
from django.utils import translation

from accounts.errors import NotFound
from accounts.models import User
from competences.enums import CvSection, JobUse, SkillWish
from competences.models import Cv, SkillRevision, SkillStatement
from competences.queries.jobs import worker_jobs
from competences.queries.records import with_labels
from competences.rules.cvs import CvContent, CvSkill, by_level
from competences.rules.labels import fold


def own_cvs(user: User) -> QuerySet[Cv]:
    """The CVs that a person keeps, the last changed first."""
    return Cv.objects.kept().filter(worker=user.worker)


def own_cv(user: User, public_id: uuid.UUID, *, kept: bool = True) -> Cv:
    """One of them. Raises NotFound for another person's, and for one that was taken away."""
    found = Cv.objects.filter(worker=user.worker, removed_at__isnull=kept, public_id=public_id).first()
    if found is None:
        raise NotFound
    return found


def choosable(user: User, on: dt.date, *, language: str) -> list[SkillStatement]:
    """The skills of the record by name in that language, each with its label and what is said of it."""
    rows = SkillStatement.objects.standing().filter(worker=user.worker).select_related("concept__reference")
    rows = rows.prefetch_related(Prefetch("revisions", SkillRevision.objects.current(), to_attr="current"))
    with translation.override(language):
        found = with_labels(rows, actor=user, on=on)
    return sorted(found, key=lambda statement: fold(statement.label))


def cv_content(
    cv: Cv, *, user: User, on: dt.date, statements: Sequence[SkillStatement] | None = None
) -> CvContent:
    """What the CV prints today, in its own language; `statements` are those of `choosable`, when the caller
    has read them."""
    if statements is None:
        statements = choosable(user, on, language=cv.language)
    shown = set(cv.sections)
    with translation.override(cv.language):
        return CvContent(
            name=user.get_full_name() if cv.shows_name and user.name else "",
            headline=cv.headline,
            email=user.email if cv.shows_name else "",
            contact=_lines(cv.contact) if cv.shows_name else (),
            summary=cv.summary if CvSection.SUMMARY in shown else "",
            wanted=_wanted(user, on) if CvSection.WANTED in shown else (),
            skills=_skills(cv, statements) if CvSection.SKILLS in shown else (),
        )


def _wanted(user: User, on: dt.date) -> list[str]:
    return [job.label for job in worker_jobs(user.worker, on, actor=user) if job.row.use == JobUse.WANTED]


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


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
