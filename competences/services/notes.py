"""Notes of advisers about people: written under a mandate, erased by their author or at their date."""

import datetime as dt
from collections import Counter

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_person, require_system
from accounts.constraints import constraints_as_refusals
from accounts.errors import NotFound, Refused
from accounts.models import Mandate, User, Worker
from competences.enums import NoteVisibility
from competences.models import Note
from competences.models.notes import NOTE_LENGTH
from competences.queries.notes import note_mandates, own_note
from competences.rules.notes import note_destruction
from competences.rules.texts import some_lines
from law.queries import law_on


@transaction.atomic
def write_note(
    *,
    actor: Actor,
    worker: Worker,
    mandate: Mandate,
    visibility: NoteVisibility | str,
    text: str,
    now: dt.datetime | None = None,
) -> Note:
    """A new note, under a mandate of the actor's that opens this person's file today.

    Its day of destruction is set from the first day. Raises `NotFound` without such a mandate, `Refused`
    (field `text`) for an empty or too long text.
    """
    person, now = require_person(actor), now or timezone.now()
    today = timezone.localdate(now)
    if not note_mandates(person, worker, today).filter(pk=mandate.pk).exists():
        raise NotFound
    years = int(law_on(today)["notes.kept"].value)
    with constraints_as_refusals(Note, fields={"note_is_whole": "text"}):
        return Note.objects.create(
            worker=worker,
            author=person,
            author_name=person.display_name,
            organisation_id=mandate.organisation_id,
            purpose=mandate.purpose,
            visibility=visibility,
            text=_clean(text),
            created_at=now,
            edited_at=now,
            destroy_on=note_destruction(today, years),
        )


@transaction.atomic
def edit_note(*, actor: Actor, note: Note, text: str, version: int, now: dt.datetime | None = None) -> Note:
    """Another text for one's own note; `version` is the one that the author saw.

    A private note never becomes shared nor the other way round: what is shared is written to be shared.
    Raises `Refused` "changed_since" when another page wrote meanwhile, `NotFound` to anybody but the author
    and once the mandate ended.
    """
    person, now = require_person(actor), now or timezone.now()
    note = _locked(person, note, now)
    cleaned = _clean(text)
    if note.version != version:
        message = _(
            "Cette note a changé depuis que vous l’avez ouverte, dans un autre onglet peut-être. Votre texte "
            "est gardé ci-dessous, rien n’est perdu : relisez les deux, puis enregistrez."
        )
        raise Refused("changed_since", message, field="text")
    note.text, note.version, note.edited_at = cleaned, version + 1, now
    with constraints_as_refusals(Note, fields={"note_is_whole": "text"}):
        note.save(update_fields=["text", "version", "edited_at"])
    return note


@transaction.atomic
def erase_note(*, actor: Actor, note: Note, now: dt.datetime | None = None) -> None:
    """The author erases a note for good. A shared one disappears for the person too."""
    _locked(require_person(actor), note, now or timezone.now()).delete()


@transaction.atomic
def destroy_notes(*, actor: Actor, on: dt.date) -> Counter[str]:
    """Erases the notes whose day has come, and private ones whose author's account is gone; counts both.

    Safe twice: the second time finds none.
    """
    require_system(actor)
    orphans = Note.objects.filter(visibility=NoteVisibility.PRIVATE, author=None)
    due = Note.objects.filter(destroy_on__lte=on)
    counts = Counter({"due": due.count(), "orphans": orphans.exclude(destroy_on__lte=on).count()})
    Note.objects.filter(Q(pk__in=due.values("pk")) | Q(pk__in=orphans.values("pk"))).delete()
    return counts


def _locked(person: User, note: Note, now: dt.datetime) -> Note:
    """The actor's own note, held; `NotFound` when it was erased meanwhile."""
    held = Note.objects.select_for_update(of=("self",)).filter(pk=note.pk).first()
    if held is None:
        raise NotFound
    return own_note(person, held.public_id, timezone.localdate(now))


def _clean(text: str) -> str:
    text = some_lines(text)
    if not text:
        raise Refused("note_is_whole", _("Écrivez le texte de la note."), field="text")
    if len(text) > NOTE_LENGTH:
        message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": NOTE_LENGTH}
        raise Refused("long_text", message, field="text")
    return text
