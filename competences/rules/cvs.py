"""What a CV holds, and the same as JSON Resume. Pure: what is read comes in, plain data comes out."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from competences.rules.career import Moment

RESUME_SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
"""JSON Resume 1.0.0 (read 2026-11-24): the public form in which other services read a CV."""


@dataclass(frozen=True, slots=True)
class CvSkill:
    """A skill as a CV names it; `level` is 1 to 8, None when it is not said or not shown."""

    label: str
    level: int | None = None


@dataclass(frozen=True, slots=True)
class CvEntry:
    """A period of the path: `title` what it was, `place` where and for whom, `text` the rest.

    `first` and `last` are its ends as the person said them; None for an end still to come.
    """

    title: str
    place: str = ""
    text: str = ""
    first: Moment | None = None
    last: Moment | None = None


@dataclass(frozen=True, slots=True)
class CvCertificate:
    title: str
    issuer: str = ""
    issued_on: dt.date | None = None
    valid_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class CvContent:
    """All that a CV prints, in its language. A part that was not chosen is empty; `name` is empty when the
    person hides it."""

    name: str = ""
    headline: str = ""
    email: str = ""
    contact: Sequence[str] = ()
    summary: str = ""
    wanted: Sequence[str] = ()
    skills: Sequence[CvSkill] = ()
    work: Sequence[CvEntry] = ()
    study: Sequence[CvEntry] = ()
    volunteering: Sequence[CvEntry] = ()
    certificates: Sequence[CvCertificate] = field(default=())


def by_level(skills: Iterable[CvSkill]) -> list[CvSkill]:
    """The best mastered first, those without a level last, each group in the order it came in."""
    return sorted(skills, key=lambda skill: -(skill.level or 0))


def json_resume(content: CvContent, scale: int = 8) -> dict[str, Any]:
    """The CV as JSON Resume 1.0.0. Empty parts are left out; a level reads "5/8"."""
    basics = {
        "name": content.name,
        "label": content.headline,
        "email": content.email,
        "summary": content.summary,
    }
    found: dict[str, Any] = {
        "$schema": RESUME_SCHEMA,
        "basics": _filled(basics),
        "work": [_period(entry, "name", "position") for entry in content.work],
        "volunteer": [_period(entry, "organization", "position") for entry in content.volunteering],
        "education": [_period(entry, "institution", "studyType") for entry in content.study],
        "certificates": [
            _filled({"name": one.title, "issuer": one.issuer, "date": _day(one.issued_on)})
            for one in content.certificates
        ],
        "skills": [
            _filled({"name": skill.label, "level": f"{skill.level}/{scale}" if skill.level else ""})
            for skill in content.skills
        ],
    }
    return {key: value for key, value in found.items() if value}


def _period(entry: CvEntry, place: str, title: str) -> dict[str, str]:
    """Education has no free text in JSON Resume: what an entry says beside goes under `summary` elsewhere."""
    values = {place: entry.place, title: entry.title}
    values |= {"startDate": _moment(entry.first), "endDate": _moment(entry.last)}
    return _filled(values if title == "studyType" else {**values, "summary": entry.text})


def _filled(values: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in values.items() if value}


def _day(day: dt.date | None) -> str:
    return day.isoformat() if day else ""


def _moment(moment: Moment | None) -> str:
    """As much of a date as was said: "2019", "2019-03", "2019-03-15"."""
    if moment is None:
        return ""
    return moment.on.isoformat()[: {"year": 4, "month": 7, "day": 10}[moment.precision]]
