"""The PDF of a CV: its words and their order. What it holds comes from queries/cvs.py."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import translation
from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from competences.enums import CvSection
from competences.pdf import Made, make_pdf, visible
from competences.rules.career import Moment
from competences.rules.cvs import CvContent, CvEntry, CvSkill, json_resume


def cv_document(content: CvContent, *, language: str, on: dt.date) -> Made:
    """The CV as a tagged PDF in that language, with the same content attached as JSON Resume."""
    with translation.override(language):
        return make_pdf("cv", _printed(content, language, on), json_resume(content))


def skill_line(skill: CvSkill) -> str:
    """A skill as a CV prints it."""
    if skill.level is None:
        return skill.label
    return _("%(label)s · niveau %(level)s sur 8") % {"label": skill.label, "level": skill.level}


def period_words(entry: CvEntry) -> str:
    """The months of a period: "mars 2019 à mai 2021", "depuis mars 2019", "2015". A CV tells no days."""
    start, last = _moment(entry.first), _moment(entry.last)
    if start and last:
        return start if start == last else _("%(start)s à %(last)s") % {"start": start, "last": last}
    if start:
        return _("depuis %(start)s") % {"start": start}
    return last


def _printed(content: CvContent, language: str, on: dt.date) -> dict[str, Any]:
    heading = visible(content.name).strip() or visible(content.headline).strip() or _("Curriculum vitæ")
    return {
        "title": _("CV de %(name)s") % {"name": content.name} if content.name else heading,
        "author": content.name,
        "description": content.headline,
        "lang": language,
        "date": [on.year, on.month, on.day],
        "footer": _("Imprimé le %(day)s depuis un dossier Pérenne") % {"day": _day(on)},
        "heading": heading,
        "headline": content.headline if heading != content.headline else "",
        "contact": [line for line in (content.email, *content.contact) if line],
        "sections": list(sections(content)),
        "attachment": {
            "name": "resume.json",
            "description": _("Le même CV, lisible par un autre service (JSON Resume)"),
        },
    }


def sections(content: CvContent) -> Iterable[dict[str, Any]]:
    """The parts that hold something, in the order of print."""
    parts: list[tuple[CvSection, list[str], list[str], list[dict[str, str]]]] = [
        (CvSection.SUMMARY, _paragraphs(content.summary), [], []),
        (CvSection.WANTED, [], list(content.wanted), []),
        (CvSection.SKILLS, [], [skill_line(skill) for skill in content.skills], []),
        (CvSection.WORK, [], [], _entries(content.work)),
        (CvSection.STUDY, [], [], _entries(content.study)),
        (CvSection.VOLUNTEERING, [], [], _entries(content.volunteering)),
        (CvSection.CERTIFICATES, [], [], _certificates(content)),
    ]
    for section, paragraphs, lines, entries in parts:
        if paragraphs or lines or entries:
            title = str(section.label)
            yield {
                "title": title[:1].upper() + title[1:],
                "paragraphs": paragraphs,
                "lines": lines,
                "entries": entries,
            }


def _entries(entries: Iterable[CvEntry]) -> list[dict[str, str]]:
    return [
        {"when": period_words(one), "title": one.title, "place": one.place, "text": one.text}
        for one in entries
    ]


def _certificates(content: CvContent) -> list[dict[str, str]]:
    return [
        {
            "when": _month(one.issued_on),
            "title": one.title,
            "place": one.issuer,
            "text": _("valable jusqu’au %(day)s") % {"day": _day(one.valid_until)} if one.valid_until else "",
        }
        for one in content.certificates
    ]


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _moment(moment: Moment | None) -> str:
    if moment is None:
        return ""
    return str(moment.on.year) if moment.precision == "year" else _month(moment.on)


def _month(day: dt.date | None) -> str:
    return f"{MONTHS[day.month]} {day.year}" if day else ""


def _day(day: dt.date) -> str:
    return f"{day.day} {_month(day)}"
