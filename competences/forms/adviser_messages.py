"""Writing to people, and messages kept ready."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.models import MessageTemplate
from competences.models.notes import NOTE_LENGTH, TITLE_LENGTH

_HELP = _(
    "Vous pouvez écrire {nom}, {conseiller}, {organisme}, {prochain_rendez_vous} et {date} : "
    "ils sont remplacés pour chaque personne."
)
_EMPTY = {"required": _("Écrivez le message.")}


class MessageForm(forms.Form):
    """The text that each ticked person receives; `key` names the press of the button."""

    text = forms.CharField(
        label=_("Message"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_HELP,
        error_messages=_EMPTY,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)


class TemplateForm(forms.Form):
    """A message kept ready."""

    name = forms.CharField(
        label=_("Nom, pour vous"),
        max_length=TITLE_LENGTH,
        error_messages={"required": _("Donnez un nom à ce message type.")},
    )
    text = forms.CharField(
        label=_("Message"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_HELP,
        error_messages=_EMPTY,
    )

    def __init__(self, *args: Any, template: MessageTemplate | None = None, **kwargs: Any) -> None:
        if template is not None:
            kwargs.setdefault("initial", {"name": template.name, "text": template.text})
        super().__init__(*args, **kwargs)
