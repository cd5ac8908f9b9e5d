"""Messages of advisers: what would be sent to whom, and what a person received."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.access import Action, Thing, files_open_to
from accounts.errors import NotFound
from accounts.models import Mandate, Muting, Organisation, User, Worker
from accounts.rules import access_table
from accounts.templatetags.components import in_words
from competences.models import AdviserMessage, Appointment, MessageTemplate
from competences.models.notes import NOTE_LENGTH
from competences.rules.message_templates import filled

MOST_A_PERSON = 3
"""Messages of one adviser to one person in 24 hours."""

WRITING = access_table.purposes_for(access_table.Thing.MESSAGE, access_table.Action.WRITE)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What one person would receive, for which organisation; or why nothing is sent to them."""

    worker: Worker
    organisation: Organisation | None
    text: str
    refusal: Promise | str = ""


def ticked_people(actor: User, public_ids: Iterable[str], thing: Thing, on: dt.date) -> list[Worker]:
    """The ticked people towards whom the actor may act, by name, oneself left out. One query.

    Identifiers that are none, or of somebody else, are simply not there: they name nobody.
    """
    wanted = [found for text in public_ids if (found := _uuid(text)) is not None]
    people = files_open_to(actor, thing, Action.WRITE, on=on).exclude(user=actor)
    return list(
        people.filter(public_id__in=wanted).select_related("user").order_by("user__name", "user__email", "pk")
    )


def prepared(adviser: User, text: str, workers: list[Worker], key: UUID, now: dt.datetime) -> list[Prepared]:
    """The text for each person, with its placeholders filled, or the reason why it may not leave.

    What left already under this `key` counts for nothing against the day's limit. Four queries.
    """
    today = timezone.localdate(now)
    mandates: dict[int, Mandate] = {}
    held = Mandate.objects.effective(today).filter(adviser=adviser, worker__in=workers, purpose__in=WRITING)
    for mandate in held.select_related("organisation").order_by("-pk"):
        mandates[mandate.worker_id] = mandate
    muted = set(Muting.objects.filter(adviser=adviser, worker__in=workers).values_list("worker", flat=True))
    ids = [message_id(adviser, key, worker) for worker in workers]
    lately = AdviserMessage.objects.filter(
        author=adviser, worker__in=workers, sent_at__gt=now - dt.timedelta(days=1)
    ).exclude(public_id__in=ids)
    counts = dict(lately.order_by().values_list("worker").annotate(number=Count("pk")))
    next_days = _next_appointments(adviser, workers, now)
    found = []
    for worker in workers:
        one = mandates.get(worker.pk)
        if one is None:
            refusal = _("vous n’avez plus son accord")
        elif worker.pk in muted:
            refusal = _("ne souhaite plus recevoir vos messages")
        elif counts.get(worker.pk, 0) >= MOST_A_PERSON:
            refusal = _("a déjà reçu %(most)s messages de vous en 24 heures") % {"most": MOST_A_PERSON}
        else:
            refusal = ""
        values = {
            "nom": worker.user.display_name,
            "conseiller": adviser.display_name,
            "organisme": one.organisation.name if one else "",
            "prochain_rendez_vous": next_days.get(worker.pk) or _("pas encore fixé"),
            "date": in_words(today),
        }
        words = filled(text, values)
        if not refusal and len(words) > NOTE_LENGTH:
            refusal = _("le message devient trop long avec son nom")
        found.append(Prepared(worker, one.organisation if one else None, words, refusal))
    return found


def message_id(adviser: User, key: UUID, worker: Worker) -> UUID:
    """The identifier of the message that one press of the button sends to one person: twice is once."""
    return uuid.uuid5(key, f"{adviser.public_id}:{worker.public_id}")


def received_messages(worker: Worker) -> QuerySet[AdviserMessage]:
    """The messages that a person received from advisers, the latest first."""
    return AdviserMessage.objects.filter(worker=worker).select_related("organisation", "author")


def own_templates(adviser: User) -> QuerySet[MessageTemplate]:
    """The messages that an adviser keeps ready, by name."""
    return MessageTemplate.objects.filter(author=adviser)


def own_template(adviser: User, public_id: UUID) -> MessageTemplate:
    """One of them; `NotFound` for anybody else's."""
    template = own_templates(adviser).filter(public_id=public_id).first()
    if template is None:
        raise NotFound
    return template


def _next_appointments(adviser: User, workers: list[Worker], now: dt.datetime) -> dict[int, str]:
    """The day and the hour of the next appointment of each person with this adviser, in words."""
    rows = Appointment.objects.to_come(now).filter(adviser=adviser, worker__in=workers)
    found: dict[int, str] = {}
    for row in rows.order_by("-starts_at"):
        local = timezone.localtime(row.starts_at)
        found[row.worker_id] = _("%(day)s à %(hour)s") % {
            "day": in_words(local.date()),
            "hour": f"{local:%H}h{local:%M}",
        }
    return found


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
