"""Messages of advisers to people, and the ones they keep ready."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_person
from accounts.constraints import constraints_as_refusals
from accounts.errors import Refused
from accounts.models import User, Worker
from accounts.services.notifications import OutboxRow, enqueue_many
from competences.models import AdviserMessage, MessageTemplate
from competences.models.notes import NOTE_LENGTH, TITLE_LENGTH
from competences.queries.adviser_messages import Prepared, message_id, own_template, prepared
from competences.rules.message_templates import PLACEHOLDERS, unknown_placeholders
from competences.rules.texts import one_line, some_lines

MOST_AT_ONCE = 200
"""People of one sending: as many as an adviser follows."""

MOST_A_DAY = 300
"""Messages of one adviser in 24 hours."""

ADVISER_MESSAGE = "adviser_message"
_FIELDS = {"message_template_one_name": "name", "message_template_is_whole": "text"}


@dataclass(frozen=True)
class Sent:
    """Who was written to, and who was not with the reason."""

    sent: list[Prepared]
    refused: list[Prepared]


@transaction.atomic
def send_messages(
    *, actor: Actor, workers: list[Worker], text: str, key: UUID, now: dt.datetime | None = None
) -> Sent:
    """Writes one message a person, each with its row of the outbox, whose e-mail says only that one came.

    The same `key` twice sends once. Raises `Refused` (field `text`) for an empty text, one too long or one
    with an unknown placeholder, and when the people or the messages of the day are too many: nothing leaves.
    """
    now = now or timezone.now()
    text = checked_text(text)
    if len(workers) > MOST_AT_ONCE:
        message = _("Choisissez %(most)s personnes au plus à la fois.") % {"most": MOST_AT_ONCE}
        raise Refused("too_many_people", message)
    # Two sendings at once queue up here, so that the day's limit holds and one key sends once.
    person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=require_person(actor).pk)
    rows = prepared(person, text, workers, key, now)
    leaving = [row for row in rows if row.organisation is not None and not row.refusal]
    ids = {message_id(person, key, row.worker): row for row in leaving}
    known = set(AdviserMessage.objects.filter(public_id__in=ids).values_list("public_id", flat=True))
    _refuse_too_many(person, len(ids) - len(known), now)
    created = AdviserMessage.objects.bulk_create(
        AdviserMessage(
            public_id=public_id,
            worker=row.worker,
            author=person,
            author_name=person.display_name,
            organisation=row.organisation,
            text=row.text,
            sent_at=now,
        )
        for public_id, row in ids.items()
        if public_id not in known
    )
    enqueue_many(
        actor=person,
        kind=ADVISER_MESSAGE,
        rows=[
            OutboxRow(
                recipient_id=message.worker.user_id,
                dedupe_key=f"{ADVISER_MESSAGE}:{message.public_id}",
                payload={"message": message.pk},
            )
            for message in created
        ],
    )
    return Sent(leaving, [row for row in rows if row.refusal])


@transaction.atomic
def save_template(
    *,
    actor: Actor,
    name: str,
    text: str,
    template: MessageTemplate | None = None,
    now: dt.datetime | None = None,
) -> MessageTemplate:
    """Keeps a message ready, or changes one of the actor's own.

    Raises `Refused` for a name already used, and for a text that could not be sent.
    """
    person = require_person(actor)
    row = MessageTemplate(author=person) if template is None else own_template(person, template.public_id)
    row.name, row.text, row.updated_at = one_line(name), checked_text(text), now or timezone.now()
    if not row.name or len(row.name) > TITLE_LENGTH:
        message = _("Donnez un nom de %(most)s caractères au plus.") % {"most": TITLE_LENGTH}
        raise Refused("bad_name", message, field="name")
    with constraints_as_refusals(MessageTemplate, fields=_FIELDS):
        row.save()
    return row


@transaction.atomic
def erase_template(*, actor: Actor, template: MessageTemplate) -> None:
    """Erases one of the actor's own; what was sent with it stays with those who received it."""
    own_template(require_person(actor), template.public_id).delete()


def checked_text(text: str) -> str:
    """The text cleaned. Raises `Refused` on `text`: empty, too long, or a placeholder that we do not know."""
    text = some_lines(text)
    if not text:
        raise Refused("adviser_message_has_a_text", _("Écrivez le message."), field="text")
    if len(text) > NOTE_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": NOTE_LENGTH}
        raise Refused("long_text", message, field="text")
    unknown = unknown_placeholders(text)
    if unknown:
        words = _("Nous ne savons pas quoi mettre à la place de %(unknown)s. Vous pouvez écrire : %(known)s.")
        values = {
            "unknown": ", ".join(f"{{{name}}}" for name in unknown),
            "known": ", ".join(f"{{{name}}}" for name in PLACEHOLDERS),
        }
        raise Refused("unknown_placeholder", words % values, field="text")
    return text


def _refuse_too_many(person: User, number: int, now: dt.datetime) -> None:
    lately = AdviserMessage.objects.filter(author=person, sent_at__gt=now - dt.timedelta(days=1)).count()
    if lately + number > MOST_A_DAY:
        message = _(
            "Vous pouvez envoyer %(most)s messages en 24 heures ; il en reste %(left)s. Rien n’est parti."
        )
        values = {"most": MOST_A_DAY, "left": max(0, MOST_A_DAY - lately)}
        raise Refused("too_many_messages", message % values)
