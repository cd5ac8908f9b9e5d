"""The CVs that a person keeps. Nobody else reads or writes them."""

import datetime as dt
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.enums import Language
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.enums import CvSection
from competences.models import Cv, SkillStatement
from competences.models.cvs import NAME_LENGTH
from competences.rules.texts import one_line, some_lines
from competences.services.ownership import UNDO_WITHIN, require_own

MOST_CVS = 20
"""CVs that a person keeps at a time: a list that one still reads."""

DEFAULT_SECTIONS = tuple(CvSection.values)
CLEANED = {"name": one_line, "headline": one_line, "summary": some_lines, "contact": some_lines}


@dataclass(frozen=True, slots=True, kw_only=True)
class CvChoice:
    """What a CV says and shows. `skills` are public ids of the person's statements, read when the CV does not
    take `has_every_skill`."""

    name: str
    headline: str = ""
    summary: str = ""
    contact: str = ""
    language: str = Language.FRENCH
    sections: Collection[str] = DEFAULT_SECTIONS
    shows_name: bool = True
    shows_levels: bool = True
    has_every_skill: bool = True
    skills: Collection[str] = ()

    def columns(self) -> dict[str, Any]:
        """The same, as columns: texts without signs that nobody sees, sections in the order of print."""
        held = asdict(self)
        del held["skills"]
        chosen = set(self.sections)
        for name, clean in CLEANED.items():
            held[name] = clean(held[name])
        return {**held, "sections": [s for s in CvSection.values if s in chosen]}


@transaction.atomic
def make_cv(*, actor: Actor, worker: Worker, choice: CvChoice, now: dt.datetime | None = None) -> Cv:
    """Keeps a new CV. Raises Refused for a name that is empty or taken, for nothing to show, and beyond
    `MOST_CVS`."""
    require_own(actor, worker)
    now = now or timezone.now()
    _refuse_too_many(worker)
    return _write(Cv(worker=worker, created_at=now), choice, now)


@transaction.atomic
def change_cv(*, actor: Actor, cv: Cv, version: int, choice: CvChoice, now: dt.datetime | None = None) -> Cv:
    """Changes what a CV says or shows. Raises Refused as `make_cv` does, and when another tab wrote since
    `version`."""
    found = _own(actor, cv)
    if found.version != version:
        message = _(
            "Ce CV a changé entre-temps, dans un autre onglet ou sur un autre appareil. Rien n’est perdu :"
            " relisez ce qui est gardé maintenant, puis enregistrez."
        )
        raise Refused("changed_since", message)
    found.version += 1
    return _write(found, choice, now or timezone.now())


@transaction.atomic
def copy_cv(*, actor: Actor, cv: Cv, name: str, now: dt.datetime | None = None) -> Cv:
    """Keeps another CV that says the same under `name`, shortened where it is too long."""
    found = _own(actor, cv)
    skills = [str(one) for one in found.skills.values_list("public_id", flat=True)]
    held = {column: getattr(found, column) for column in CvChoice.__dataclass_fields__ if column != "skills"}
    choice = CvChoice(**{**held, "name": name[:NAME_LENGTH], "skills": skills})
    return make_cv(actor=actor, worker=found.worker, choice=choice, now=now)


@transaction.atomic
def remove_cv(*, actor: Actor, cv: Cv, now: dt.datetime | None = None) -> Cv:
    """Takes a CV away; `restore_cv` undoes it for 24 hours."""
    found = _own(actor, cv)
    found.removed_at = now or timezone.now()
    found.save(update_fields=["removed_at"])
    return found


@transaction.atomic
def restore_cv(*, actor: Actor, cv: Cv, now: dt.datetime | None = None) -> Cv:
    """Puts a CV back. Raises Refused after 24 hours, when another has taken its name, and beyond
    `MOST_CVS`."""
    found = _own(actor, cv, kept=False)
    _refuse_too_many(found.worker)
    if found.removed_at and (now or timezone.now()) - found.removed_at > UNDO_WITHIN:
        raise Refused("too_late", _("Le délai de 24 heures est passé."))
    found.removed_at = None
    return _save(found)


def _refuse_too_many(worker: Worker) -> None:
    """Locks the record, so that two CVs at once queue up, and counts."""
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    if Cv.objects.kept().filter(worker=worker).count() >= MOST_CVS:
        message = _("Vous gardez déjà %(most)s CV. Retirez-en un, puis recommencez.") % {"most": MOST_CVS}
        raise Refused("too_many", message)


def _write(cv: Cv, choice: CvChoice, now: dt.datetime) -> Cv:
    columns = choice.columns()
    if not columns["name"]:
        raise Refused("no_name", _("Donnez un nom à ce CV, pour le retrouver."), field="name")
    if not columns["sections"]:
        raise Refused("no_section", _("Choisissez au moins une partie."), field="sections")
    for name, value in columns.items():
        setattr(cv, name, value)
    cv.changed_at = now
    _save(cv)
    chosen = [] if choice.has_every_skill else list(choice.skills)
    cv.skills.set(SkillStatement.objects.standing().filter(worker=cv.worker, public_id__in=chosen))
    return cv


def _save(cv: Cv) -> Cv:
    try:
        with transaction.atomic():
            cv.save()
    except IntegrityError as error:
        raise Refused("name_taken", _("Vous avez déjà un CV de ce nom."), field="name") from error
    return cv


def _own(actor: Actor, cv: Cv, *, kept: bool = True) -> Cv:
    """The CV, locked, for its own person; one that was taken away is as absent as another's."""
    rows = Cv.objects.select_for_update(of=("self",)).select_related("worker")
    found = rows.filter(pk=cv.pk, removed_at__isnull=kept).first()
    if found is None:
        raise NotFound
    require_own(actor, found.worker)
    return found
