"""Who may write in a record, and what they may name in it."""

import datetime as dt

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, System
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.models import Concept, Edition

UNDO_WITHIN = dt.timedelta(hours=24)
"""How long what a person wrote may be corrected or undone without a trace in the history."""


def require_own(actor: Actor, worker: Worker) -> None:
    """A record is written by its person; the machine writes the demonstration's."""
    if not isinstance(actor, System) and worker.user_id != actor.pk:
        raise NotFound


def require_readable(actor: Actor, concept: Concept, now: dt.datetime) -> None:
    """A person declares what they may read."""
    seen = Concept.objects.visible_to(actor, on=timezone.localdate(now))
    if not seen.filter(pk=concept.pk).exists():
        raise NotFound


def refuse_not_held(concept: Concept, edition: Edition, *, field: str) -> None:
    """A person declares what they read: a concept that the edition did not hold was not there to read."""
    if not concept.revisions.as_of(edition.position).exists():
        raise Refused(
            "not_in_edition", _("Cette édition du référentiel ne contient pas ce choix."), field=field
        )
