"""What advisers write: notes about a person, messages to a person, and the messages they keep ready."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import MANDATE_PURPOSES
from competences.enums import NoteVisibility

NOTE_LENGTH = 4000
TITLE_LENGTH = 120


class Note(models.Model):
    """A note of an adviser about a person.

    A private note is its author's alone and never moves to another adviser; a shared one is read by the
    person and by who holds a mandate for the same `purpose` in the same organisation. `destroy_on` is the day
    from which a job erases it. `version` counts what was written, so that a second tab is told.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        "accounts.User",
        # A note without its author is nobody's: private ones go with the account, shared ones are the
        # person's to read in the name they were signed with.
        on_delete=models.SET_NULL,
        null=True,
        related_name="notes_written",
    )
    author_name = models.CharField(max_length=254)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        # PROTECT: the worker may ask for whom the adviser wrote, as for mandates.
        on_delete=models.PROTECT,
        related_name="+",
    )
    bilan = models.ForeignKey(
        "competences.Bilan", on_delete=models.CASCADE, null=True, blank=True, related_name="notes"
    )
    purpose = models.CharField(
        max_length=20, choices=[(purpose.value, purpose.label) for purpose in MANDATE_PURPOSES]
    )
    visibility = models.CharField(max_length=10, choices=NoteVisibility)
    text = models.TextField(_("note"), max_length=NOTE_LENGTH)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    destroy_on = models.DateField()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(visibility__in=NoteVisibility.values) & ~Q(text=""),
                name="note_is_whole",
                violation_error_message=_("Écrivez le texte de la note."),
            )
        ]
        indexes = [models.Index(fields=["worker", "-created_at"], name="note_of_worker")]

    def __str__(self) -> str:
        return str(self.public_id)


class MessageTemplate(models.Model):
    """A message that an adviser keeps ready: a name, and a text in which {prenom} and others are filled."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    author = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="message_templates")
    name = models.CharField(_("nom"), max_length=TITLE_LENGTH)
    text = models.TextField(_("message"), max_length=NOTE_LENGTH)
    updated_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message type")
        verbose_name_plural = _("messages types")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "name"],
                name="message_template_one_name",
                violation_error_message=_("Vous avez déjà un message type de ce nom."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(text=""),
                name="message_template_is_whole",
                violation_error_message=_("Donnez un nom et un texte."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AdviserMessage(models.Model):
    """A message from an adviser to a person, read after signing in; the e-mail says only that one came."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="adviser_messages")
    author = models.ForeignKey(
        "accounts.User",
        # The person keeps what they were written, under the name of who wrote it.
        on_delete=models.SET_NULL,
        null=True,
        related_name="messages_written",
    )
    author_name = models.CharField(max_length=254)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        # PROTECT: the worker may ask for whom the adviser wrote, as for mandates.
        on_delete=models.PROTECT,
        related_name="+",
    )
    text = models.TextField(_("message"), max_length=NOTE_LENGTH)
    sent_at = models.DateTimeField()

    class Meta:
        verbose_name = _("message d’un conseiller")
        verbose_name_plural = _("messages de conseillers")
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text=""),
                name="adviser_message_has_a_text",
                violation_error_message=_("Écrivez le message."),
            )
        ]
        indexes = [models.Index(fields=["worker", "-sent_at"], name="adviser_message_of_worker")]

    def __str__(self) -> str:
        return str(self.public_id)
