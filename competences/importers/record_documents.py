"""Reading the JSON files that a person brings: JSON Resume, Europass, and a record of this house's form.

docs/rules/record-files.md says what is read of each. A value of another kind than its format says is a
refusal of the whole file, with the path of the value: a program wrote it, and half of it would be a guess.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from competences.enums import ImportFormat, SkillWish, StatementSource
from competences.importers import record_rows
from competences.importers.record_rows import MAX_ROWS, ReadFile, ReadSkill, Unreadable
from competences.importers.source import BrokenSource
from competences.models.records import CONTEXT_LENGTH
from competences.record_parts import parts
from competences.record_signatures import is_record_file, read_record
from competences.rules.strict_json import NotJson

_PLACE = re.compile(r"(?P<reference>[a-z0-9-]+):(?P<code>\S+)")
"""The keyword by which our own JSON Resume says the place of a skill."""

UNVERIFIED_LENGTH = 500


@dataclass(frozen=True, slots=True)
class At:
    """A value of a document, and the path at which it stands. None and absent are alike."""

    file: str
    path: str
    value: Any

    def __getitem__(self, name: str) -> "At":
        """The value under that name of an object."""
        self._expect(dict, _("un objet"))
        return At(self.file, f"{self.path}.{name}".lstrip("."), (self.value or {}).get(name))

    def each(self) -> Iterator["At"]:
        """The values of a list, none where there is none."""
        self._expect(list, _("une liste"))
        for number, value in enumerate(self.value or []):
            yield At(self.file, f"{self.path}[{number}]", value)

    def text(self) -> str:
        """The text, empty where there is none."""
        self._expect(str, _("un texte"))
        return self.value or ""

    def word(self) -> str:
        """A text, or a whole number as one."""
        if isinstance(self.value, int) and not isinstance(self.value, bool):
            return str(self.value)
        return self.text()

    def is_true(self) -> bool:
        """A truth value, false where there is none."""
        self._expect(bool, _("vrai ou faux"))
        return bool(self.value)

    def refuse(self, wanted: str) -> BrokenSource:
        """The refusal that says what was expected here."""
        values = {"path": self.path or _("le document"), "wanted": wanted}
        message = _("%(path)s : il fallait ici %(wanted)s") % values
        return BrokenSource.at(self.file, "wrong_type", message)

    def _expect(self, kind: type, wanted: str) -> None:
        if self.value is not None and not isinstance(self.value, kind):
            raise self.refuse(wanted)


def read_document(file: str, content: bytes, today: dt.date) -> ReadFile:
    """The skills of a JSON file of one of the three formats; of a record, however many it tells.

    Raises BrokenSource with the place: bytes that are no UTF-8, what strict_json.py refuses, a value of the
    wrong kind, a format that is none of ours.
    """
    document = _document(file, content)
    root = At(file, "", document)
    if is_record_file(document):
        found = ReadFile(ImportFormat.RECORD.value, document=document)
        _read_record(found, root, today)
    elif isinstance(document, dict) and ("SkillsPassport" in document or "LearnerInfo" in document):
        found = ReadFile(ImportFormat.EUROPASS.value)
        _read_passport(found, root["SkillsPassport"] if "SkillsPassport" in document else root)
    elif isinstance(document, dict) and isinstance(document.get("profile"), dict):
        found = ReadFile(ImportFormat.EUROPASS.value)
        _read_profile(found, root["profile"])
    elif isinstance(document, dict) and {"basics", "skills", "work", "languages"} & document.keys():
        found = ReadFile(ImportFormat.RESUME.value)
        _read_resume(found, root)
    else:
        message = _("ce fichier JSON n’est ni un dossier d’ici, ni un JSON Resume, ni un Europass")
        raise BrokenSource.at(file, "unknown_format", message)
    if len(found.skills) > MAX_ROWS and found.format != ImportFormat.RECORD:
        message = _("le fichier a plus de %s compétences") % MAX_ROWS
        raise BrokenSource.at(file, "too_many_rows", message)
    return found


FAULTS = {
    "syntax": gettext_lazy("ce fichier n’est pas du JSON bien écrit"),
    "deep": gettext_lazy("les objets sont emboîtés trop profondément"),
    "number": gettext_lazy("ici, un nombre que nous ne savons pas lire (NaN, infini ou trop long)"),
    "duplicate_key": gettext_lazy("ce nom est écrit deux fois dans le même objet"),
    "half_character": gettext_lazy("ce texte contient la moitié d’un caractère"),
    "control": gettext_lazy("ce texte contient un caractère nul"),
}


def _document(file: str, content: bytes) -> Any:
    try:
        return read_record(content)
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        message = _("le fichier n’est pas en UTF-8")
        raise BrokenSource.at(file, "encoding", message, line, column) from error
    except NotJson as error:
        raise BrokenSource.at(file, error.code, str(FAULTS[error.code]), error.line, error.column) from error


def _propose(found: ReadFile, where: str, text: str, **values: Any) -> ReadSkill | None:
    """Adds a skill, or the fault that its name has."""
    try:
        read = ReadSkill(text=record_rows.skill_text(text), where=where[:120], **values)
        record_rows.in_order(read)
    except Unreadable as error:
        found.fault(where, str(error))
        return None
    found.skills.append(read)
    return read


# JSON Resume -----------------------------------------------------------------------------------------------


def _read_resume(found: ReadFile, root: At) -> None:
    """Each skill with its level, each keyword of it as a skill of its own, each language."""
    for number, entry in enumerate(root["skills"].each(), start=1):
        where = _("compétence %d") % number
        said = entry["level"].word()
        keywords = [keyword.text() for keyword in entry["keywords"].each()]
        place = next((match for word in keywords if (match := _PLACE.fullmatch(word))), None)
        level, context = _level(said)
        if entry["name"].text().strip():
            known = place.groupdict() if place else {}
            known = known if len(known.get("reference", "")) <= 50 else {}
            _propose(found, where, entry["name"].text(), level=level, context=context, **known)
        for word in filter(record_rows.clean, [] if place else keywords):
            _propose(found, _("%s, mot-clé") % where, word)
    for number, entry in enumerate(root["languages"].each(), start=1):
        context = _short(_("Niveau de langue : %s") % entry["fluency"].word())
        if entry["language"].text().strip():
            _propose(found, _("langue %d") % number, entry["language"].text(), context=context)


def _level(said: str) -> tuple[int | None, str]:
    """A level of the scale; another word is kept as it is, in the context: no scale is made of it."""
    try:
        return record_rows.level(said), ""
    except Unreadable:
        return None, _short(_("Niveau écrit dans le fichier : %s") % record_rows.clean(said))


def _short(text: str) -> str:
    return record_rows.clean(text)[:CONTEXT_LENGTH]


# Europass --------------------------------------------------------------------------------------------------

TEXTS = ("Communication", "Organisational", "JobRelated", "Computer", "Other")
_ENDS = re.compile(r"<\s*(?:br|/p|/li|/div|/ul|/ol)\b[^<>]*>", re.IGNORECASE)
_TAGS = re.compile(r"<[^<>]*>")


def _read_passport(found: ReadFile, root: At) -> None:
    """The JSON of Europass 3: LearnerInfo.Skills, whose texts hold a skill a line."""
    skills = root["LearnerInfo"]["Skills"]
    for name in TEXTS:
        description = skills[name]["Description"]
        for line in _lines(description.text()):
            _propose(found, _("rubrique %s") % name, line)
    for entry in _one_or_several(skills["Linguistic"]["MotherTongue"]):
        where, label = _("langue maternelle"), entry["Description"]["Label"].text()
        _propose(found, where, label, context=where.capitalize())
    for entry in _one_or_several(skills["Linguistic"]["ForeignLanguage"]):
        levels = entry["ProficiencyLevel"]
        told = [f"{name} {levels[name].text()}" for name in levels.value or {} if levels[name].value]
        context = _short(_("Niveaux de langue : %s") % ", ".join(told)) if told else ""
        _propose(found, _("langue étrangère"), entry["Description"]["Label"].text(), context=context)
    for entry in skills["Driving"]["Description"].each():
        _propose(found, _("permis"), _("Permis de conduire %s") % entry.text())
    areas = skills["Computer"]["ProficiencyLevel"]
    if areas.value:
        message = _("Europass note ici un niveau par domaine, et non par compétence : ajoutez-les à la main.")
        found.fault(_("rubrique %s") % "Computer", message)


PROFILE_LISTS = ("digitalSkills", "skills", "softSkills", "otherSkills", "languageSkills", "languages")
PROFILE_NAMES = ("name", "label", "language", "title", "description")


def _read_profile(found: ReadFile, profile: At) -> None:
    """A profile with lists of skills, as tools write them: texts, or objects that name the skill."""
    for name in PROFILE_LISTS:
        for number, entry in enumerate(profile[name].each(), start=1):
            where = _("rubrique %(name)s, ligne %(number)d") % {"name": name, "number": number}
            if isinstance(entry.value, str):
                _propose(found, where, entry.value)
                continue
            named = next((entry[key] for key in PROFILE_NAMES if entry[key].value), None)
            if named is None:
                raise entry.refuse(_("un nom de compétence"))
            level, context = _level(entry["level"].word())
            _propose(found, where, named.text(), level=level, context=context)


def _lines(text: str) -> list[str]:
    """The lines of a text, of HTML too."""
    plain = unescape(_TAGS.sub(" ", _ENDS.sub("\n", text)))
    told = re.split(r"[\n\r;•]+", plain)
    return [line for line in (record_rows.clean(line).lstrip("-–*· ") for line in told) if line]


def _one_or_several(value: At) -> Iterator[At]:
    """The values of a list, or the one that stands without a list, as translations of XML have it."""
    if isinstance(value.value, dict):
        yield value
    else:
        yield from value.each()


# A record of this house's form, which nobody vouches for ---------------------------------------------------


def _read_record(found: ReadFile, root: At, today: dt.date) -> None:
    """The statements that stand, as they were last said; what others said of them is told as unverified."""
    told = root["record"]["parts"]
    others = _told_by_others(told)
    for number, entry in enumerate(told["skills"].each(), start=1):
        where = _("compétence %d") % number
        if entry["removed_at"].value:
            continue
        revisions = [one for one in entry["revisions"].each() if one["end_at"].value is None]
        if not revisions:
            found.fault(where, _("il n’est rien dit aujourd’hui de cette compétence."))
            continue
        concept = entry["concept"]
        text = concept["label"].text() or entry["own_words"].text()
        values = _revision(found, where, revisions[-1], today)
        if values is None:
            continue
        by_others = record_rows.said_by_others(others.get(entry["id"].text(), ()), UNVERIFIED_LENGTH)
        code, reference = concept["id"].text(), concept["reference"].text()
        if len(code) <= 500 and len(reference) <= 50:
            values |= {"code": code, "reference": reference}
        _propose(found, where, text, unverified=by_others, **values)


def _revision(found: ReadFile, where: str, revision: At, today: dt.date) -> dict[str, Any] | None:
    """What a revision says; None, with its fault noted, where it cannot be read."""
    sources = [one.text() for one in revision["sources"].each()]
    wish = revision["wish"].text()
    try:
        values: dict[str, Any] = {
            "level": record_rows.level(revision["level"].word()),
            "context": record_rows.context(revision["context"].text()),
            "acquired_on": record_rows.day(revision["acquired_on"].text(), today),
            "practised_on": record_rows.day(revision["practised_on"].text(), today),
        }
    except Unreadable as error:
        found.fault(where, str(error))
        return None
    values["sources"] = [source for source in StatementSource.values if source in sources]
    values["wish"] = wish if wish in SkillWish.values else ""
    values["is_practised"] = revision["is_practised"].value is None or revision["is_practised"].is_true()
    return values


def _told_by_others(told: At) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in parts:
        for entry in told[part.name].each():
            entry["id"]
            try:
                told_there = list(part.told(entry.value))
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise entry.refuse(_("un avis bien écrit")) from error
            for one in told_there:
                found.setdefault(str(one.statement), []).append(str(one.text))
    return found
