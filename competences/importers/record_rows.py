"""What the readers of files that people bring to their record share: a skill as it was read, and its cells.

Nothing is guessed: a level is one of the scale or none, and a word that says no level stays a word.
"""

import datetime as dt
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from competences.enums import SkillWish, StatementSource
from competences.importers.own_table import CORE_WORDS
from competences.models.records import CONTEXT_LENGTH, FREE_TEXT_LENGTH
from competences.rules.clocks import FIRST_DAY
from competences.rules.labels import fold

MAX_BYTES = 4 * 2**20
"""A list of 10,000 skills is half of that."""

MAX_RECORD_BYTES = 15 * 2**20
"""A whole record, for which this house vouches: one of 10,000 skills, each changed twice, is 11 MB."""

MAX_ROWS = 10_000
MAX_FAULTS = 200
LANGUAGES = ("fr", "en")

_LEVEL = re.compile(r"(?:niveau |level )?([1-8])(?: ?(?:/|sur|of|out of) ?8\b.*)?", re.IGNORECASE)
_DAYS = (
    re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?(?:T.*)?"),
    re.compile(r"(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})[/.-](?P<year>\d{4})"),
    re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})"),
)
# Controls, halves of pairs, marks that turn the direction of a text, spaces without width.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    "\ud800-\udfff]"
)


class Unreadable(ValueError):
    """A cell that says nothing we know; the argument is a sentence about it."""


@dataclass(slots=True, kw_only=True)
class ReadSkill:
    """A skill as a file says it. `where` tells the place in words; `code` and `reference` are what the file
    says of its place in a reference, `unverified` what it says that somebody else said."""

    text: str
    where: str
    code: str = ""
    reference: str = ""
    level: int | None = None
    wish: str = ""
    sources: list[str] = field(default_factory=list)
    context: str = ""
    acquired_on: dt.date | None = None
    practised_on: dt.date | None = None
    is_practised: bool = True
    unverified: str = ""


@dataclass(slots=True)
class ReadFile:
    """What a file holds: its skills, and the places that could not be read, each with a sentence.

    `document` is the JSON value of a record of this house's form, None for any other format.
    """

    format: str
    skills: list[ReadSkill] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)
    document: dict[str, Any] | None = None

    def fault(self, where: str, message: str) -> None:
        """Notes that a place could not be read; far too many are noted once."""
        if len(self.faults) < MAX_FAULTS:
            self.faults.append({"where": where, "message": message})
        elif len(self.faults) == MAX_FAULTS:
            self.faults.append({"where": "", "message": _("et d’autres lignes encore.")})


def clean(text: str) -> str:
    """The text on one line, without signs that no eye sees."""
    return " ".join(_UNSEEN.sub("", text).split())


def skill_text(text: str) -> str:
    """What names a skill. Raises Unreadable for none and for one that is too long."""
    named = clean(text)
    if not fold(named):
        raise Unreadable(_("il n’y a pas de nom de compétence."))
    if len(named) > FREE_TEXT_LENGTH:
        values = {"most": FREE_TEXT_LENGTH}
        raise Unreadable(_("ce nom dépasse %(most)s caractères.") % values)
    return named


def level(text: str) -> int | None:
    """The level that a text says: "5", "5/8", "niveau 5 sur 8". Raises Unreadable for another word."""
    told = clean(text)
    if not told:
        return None
    found = _LEVEL.fullmatch(told)
    if not found:
        raise Unreadable(_("« %s » n’est pas un niveau de 1 à 8.") % told[:40])
    return int(found[1])


def day(text: str, today: dt.date) -> dt.date | None:
    """The day that a text says; the first day of a month or of a year told alone.

    Raises Unreadable for what is no day, one in the future, and one before anybody living.
    """
    told = clean(text)
    if not told:
        return None
    found = next((match for pattern in _DAYS if (match := pattern.fullmatch(told))), None)
    try:
        if found is None:
            raise ValueError
        parts = {name: int(value) for name, value in found.groupdict(default="1").items()}
        made = dt.date(parts["year"], parts["month"], parts.get("day", 1))
    except ValueError as error:
        raise Unreadable(_("« %s » n’est pas une date.") % told[:40]) from error
    if made > today:
        raise Unreadable(_("« %s » est dans le futur.") % told[:40])
    if made < FIRST_DAY:
        raise Unreadable(_("« %s » : vérifiez l’année.") % told[:40])
    return made


def sources(text: str) -> list[str]:
    """The sources that a text names, in our words or by their codes. Raises Unreadable for another."""
    known = _words(StatementSource)
    told = [part for part in re.split(r"[,;/|\n]", text) if clean(part)]
    unknown = next((clean(part) for part in told if fold(part) not in known), None)
    if unknown:
        choices = ", ".join(str(label) for label in StatementSource.labels)
        values = {"told": unknown[:40], "choices": choices}
        raise Unreadable(_("« %(told)s » n’est pas dans la liste : %(choices)s.") % values)
    return sorted({known[fold(part)] for part in told}, key=StatementSource.values.index)


def wish(text: str) -> str:
    """The wish that a text says, in our words or by its code. Raises Unreadable for another."""
    if not clean(text):
        return ""
    known = _words(SkillWish)
    if fold(text) not in known:
        choices = ", ".join(str(label) for label in SkillWish.labels)
        values = {"told": clean(text)[:40], "choices": choices}
        raise Unreadable(_("« %(told)s » n’est pas dans la liste : %(choices)s.") % values)
    return known[fold(text)]


def yes(text: str) -> bool:
    """Whether a text says yes; an empty one does. Raises Unreadable for one that says neither."""
    told = fold(text)
    if told and told not in CORE_WORDS:
        raise Unreadable(_("« %s » ne dit ni oui ni non.") % clean(text)[:40])
    return not told or CORE_WORDS[told]


def context(text: str) -> str:
    """In which context a skill is used. Raises Unreadable for a text that is too long."""
    told = clean(text)
    if len(told) > CONTEXT_LENGTH:
        raise Unreadable(_("ce texte dépasse %(most)s caractères.") % {"most": CONTEXT_LENGTH})
    return told


def in_order(read: ReadSkill) -> None:
    """Raises Unreadable where the last practice precedes the learning."""
    if read.acquired_on and read.practised_on and read.practised_on < read.acquired_on:
        raise Unreadable(_("la dernière pratique précède l’apprentissage."))


@functools.cache
def _words(choices: Any) -> dict[str, str]:
    """The codes and the labels of a list, in each language, folded."""
    found = {fold(value): value for value in choices.values}
    for language in LANGUAGES:
        with override(language):
            found |= {fold(str(member.label)): member.value for member in choices}
    return found


def said_by_others(texts: Iterable[str], most: int) -> str:
    """What others would have said, in one text of at most so many characters."""
    return _(" ; ").join(dict.fromkeys(clean(text) for text in texts if clean(text)))[:most]
