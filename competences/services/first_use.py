"""The first steps of a person: three answers, each of which may be skipped, then a first record.

Only the person answers. Nothing is said in their place: a skill is declared when they tick it, with the level
that they chose or none.
"""

import datetime as dt
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.enums import CareerAim, JobUse, ToolsEase
from competences.models import Concept, Edition, FirstUse, WorkerJob
from competences.models.first_use import JOB_WORDS_LENGTH
from competences.rules.clocks import FIRST_DAY
from competences.services.jobs import add_worker_job
from competences.services.ownership import require_own
from competences.services.records import Said, declare_skill

MOST_AT_ONCE = 50
"""Skills declared by one press: far above what a page proposes."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A skill that the person ticked, as the edition read names it; `level` is None for "later"."""

    concept: Concept
    edition: Edition
    level: int | None


@transaction.atomic
def answer_job(
    *,
    actor: Actor,
    worker: Worker,
    title: Concept | None = None,
    edition: Edition | None = None,
    words: str = "",
    start_on: dt.date | None = None,
    now: dt.datetime | None = None,
) -> FirstUse:
    """My job: by a title of a reference, else in the person's own words, which are kept; else skipped.

    Raises Refused with the field at fault: a day in the future or before anyone's birth, words too long.
    """
    now = now or timezone.now()
    found = _own(actor, worker)
    if start_on and start_on < FIRST_DAY:
        raise Refused("old_date", _("Vérifiez l’année de cette date."), field="start_on")
    words = _cleaned(words)
    if len(words) > JOB_WORDS_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": JOB_WORDS_LENGTH}
        raise Refused("long_text", message, field="words")
    if title is not None and edition is not None:
        _name_job(actor, worker, title, edition, JobUse.CURRENT, start_on, now)
        found.job_words = ""
    elif words:
        found.job_words = words
    found.save()
    return found


@transaction.atomic
def answer_aim(
    *,
    actor: Actor,
    worker: Worker,
    aim: str = "",
    title: Concept | None = None,
    edition: Edition | None = None,
    now: dt.datetime | None = None,
) -> FirstUse:
    """What I want for my work, with the job that I wish for if there is one; empty is skipped.

    Raises Refused for an aim that is not offered.
    """
    if aim and aim not in CareerAim.values:
        raise Refused("bad_aim", _("Choisissez dans la liste."), field="aim")
    found = _own(actor, worker)
    if title is not None and edition is not None:
        _name_job(actor, worker, title, edition, JobUse.WANTED, None, now or timezone.now())
    if aim:
        found.aim = aim
    found.save()
    return found


@transaction.atomic
def answer_ease(*, actor: Actor, worker: Worker, ease: str = "") -> FirstUse:
    """How at ease I am with digital tools; empty is skipped. Raises Refused for an answer that is not
    offered."""
    if ease and ease not in ToolsEase.values:
        raise Refused("bad_ease", _("Choisissez dans la liste."), field="ease")
    found = _own(actor, worker)
    if ease:
        found.ease = ease
    found.save()
    return found


@transaction.atomic
def declare_chosen(
    *, actor: Actor, worker: Worker, chosen: Sequence[Chosen], now: dt.datetime | None = None
) -> Mapping[int, str]:
    """Declares the skills that the person ticked, and ends the first steps.

    What cannot be declared (held already, gone from the reference meanwhile) does not stop the others: the
    reason is returned by the key of its concept. Raises Refused beyond `MOST_AT_ONCE`.
    """
    now = now or timezone.now()
    if len(chosen) > MOST_AT_ONCE:
        raise Refused("too_many", _("C’est trop à la fois. Cochez moins de compétences."))
    found = _own(actor, worker)
    left: dict[int, str] = {}
    for one in chosen:
        try:
            declare_skill(
                actor=actor,
                worker=worker,
                concept=one.concept,
                edition=one.edition,
                said=Said(level=one.level),
                now=now,
            )
        except Refused as refusal:
            left[one.concept.pk] = str(refusal.message)
        except NotFound:
            left[one.concept.pk] = str(_("Cette compétence n’est plus là."))
    found.finished_at = now
    found.save()
    return left


@transaction.atomic
def leave_first_use(*, actor: Actor, worker: Worker, now: dt.datetime | None = None) -> FirstUse:
    """The person puts the questions away: they are not shown again unless asked for."""
    found = _own(actor, worker)
    found.left_at = now or timezone.now()
    found.save()
    return found


def _own(actor: Actor, worker: Worker) -> FirstUse:
    """The answers of the person, made on the first one; the record is locked."""
    require_own(actor, worker)
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    return FirstUse.objects.filter(worker=worker).first() or FirstUse(worker=worker)


def _name_job(
    actor: Actor,
    worker: Worker,
    title: Concept,
    edition: Edition,
    use: JobUse,
    start_on: dt.date | None,
    now: dt.datetime,
) -> None:
    """Adds the job unless the record names it already: the questions may be gone through again."""
    own = WorkerJob.objects.in_force(timezone.localdate(now)).filter(worker=worker, title=title, use=use)
    if not own.exists():
        add_worker_job(
            actor=actor,
            worker=worker,
            title=title,
            edition=edition,
            use=use,
            start_on=start_on,
            now=now,
        )


def _cleaned(text: str) -> str:
    """Words without control and direction characters, spaces in one."""
    plain = "".join(" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join("".join(sign for sign in plain if unicodedata.category(sign) != "Cf").split())
