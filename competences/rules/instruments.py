"""Instruments of self-assessment: sets of statements with an edition, and the level that answers give.

An instrument has, for each competence, statements from the simplest to the most demanding; each stands for
two of the eight levels of DigComp: done with help, done alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NO, HELPED, ALONE = "no", "helped", "alone"
ANSWERS = (NO, HELPED, ALONE)

LANGUAGES = ("fr", "en")

Texts = Mapping[str, str]


class BadInstrument(ValueError):
    """What a file of an instrument lacks or says twice; the message names the place."""


@dataclass(frozen=True, slots=True)
class Competence:
    """What one question asks of: `code` is the identifier of the concept in the instrument's reference."""

    code: str
    label: Texts
    statements: tuple[Texts, ...]


@dataclass(frozen=True, slots=True)
class Area:
    """A group of competences; a picture has one axis for each."""

    code: str
    label: Texts
    competences: tuple[Competence, ...]


@dataclass(frozen=True, slots=True)
class Questions:
    """A whole instrument, in the order of its questions."""

    slug: str
    edition: str
    reference: str
    title: Texts
    source: str
    areas: tuple[Area, ...]

    @property
    def competences(self) -> tuple[Competence, ...]:
        return tuple(one for area in self.areas for one in area.competences)

    def competence(self, code: str) -> Competence | None:
        """The competence of that code; None where the instrument has none."""
        return next((one for one in self.competences if one.code == code), None)


def read_questions(data: Mapping[str, Any]) -> Questions:
    """The instrument of a parsed file. Raises BadInstrument."""
    found = Questions(
        slug=_word(data, "slug", "instrument"),
        edition=_word(data, "edition", "instrument"),
        reference=_word(data, "reference", "instrument"),
        title=_texts(data.get("title"), "title"),
        source=str(data.get("source", "")),
        areas=tuple(_area(area) for area in data.get("area", ())),
    )
    codes = [one.code for one in found.competences]
    if not codes:
        raise BadInstrument("no competence")
    twice = {code for code in codes if codes.count(code) > 1}
    if twice:
        raise BadInstrument(f"{', '.join(sorted(twice))}: twice")
    return found


def level_of(answers: Sequence[str]) -> int:
    """The level, 0 to twice the number of statements: two for each statement done alone from the first on,
    and one more where the next is done with help. A harder statement does not count above one that is not
    done alone. Raises ValueError for a word that is no answer.
    """
    level = 0
    for answer in answers:
        if answer not in ANSWERS:
            raise ValueError(f"{answer!r} is no answer")
        if answer != ALONE:
            return level + (answer == HELPED)
        level += 2
    return level


def mean_of(levels: Sequence[int | None]) -> float | None:
    """The mean of the levels that were given; None where none was."""
    given = [level for level in levels if level is not None]
    return sum(given) / len(given) if given else None


def _area(data: Mapping[str, Any]) -> Area:
    code = _word(data, "code", "area")
    competences = tuple(_competence(one) for one in data.get("competence", ()))
    return Area(code, _texts(data.get("label"), code), competences)


def _competence(data: Mapping[str, Any]) -> Competence:
    code = _word(data, "code", "competence")
    statements = tuple(_texts(one, f"{code}, statement") for one in data.get("statements", ()))
    if len(statements) != 4:
        raise BadInstrument(f"{code}: {len(statements)} statements instead of 4")
    return Competence(code, _texts(data.get("label"), code), statements)


def _word(data: Mapping[str, Any], name: str, place: str) -> str:
    found = data.get(name)
    if not isinstance(found, str) or not found.strip():
        raise BadInstrument(f"{place}: no {name}")
    return found


def _texts(value: object, place: str) -> Texts:
    """A text in each language."""
    if not isinstance(value, Mapping):
        raise BadInstrument(f"{place}: no text")
    missing = [language for language in LANGUAGES if not str(value.get(language, "")).strip()]
    if missing:
        raise BadInstrument(f"{place}: no text in {', '.join(missing)}")
    return {language: str(value[language]) for language in LANGUAGES}
