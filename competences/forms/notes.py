"""Writing a note about a person."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from competences.enums import NoteVisibility
from competences.models.notes import NOTE_LENGTH

VISIBILITIES = [
    (NoteVisibility.PRIVATE.value, _("Note personnelle : vous êtes seul ou seule à la lire")),
    (
        NoteVisibility.SHARED.value,
        _("Note partagée : la personne la lit, et qui l’accompagne pour le même but dans votre organisme"),
    ),
]


class NoteForm(forms.Form):
    """The text of a note; for a new one, who reads it, and for what where several mandates are held."""

    visibility = forms.ChoiceField(
        label=_("Qui lit cette note ?"),
        choices=VISIBILITIES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez qui lit cette note.")},
    )
    mandate = forms.ChoiceField(label=_("Pour quel but ?"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("Note"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("Des faits utiles au suivi, rien sur la santé, les opinions ou la vie privée."),
        error_messages={"required": _("Écrivez le texte de la note.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, mandates: Sequence[Mandate] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mandates = {str(one.public_id): one for one in mandates}
        if not self.mandates:
            del self.fields["visibility"], self.fields["mandate"]
        elif len(self.mandates) == 1:
            del self.fields["mandate"]
        else:
            self.fields["mandate"].choices = [  # type: ignore[attr-defined]
                (key, f"{one.get_purpose_display()}, {one.organisation.name}")
                for key, one in self.mandates.items()
            ]

    def held(self) -> Mandate:
        """The mandate under which it is written, of a valid form."""
        return self.mandates.get(self.cleaned_data.get("mandate", "")) or next(iter(self.mandates.values()))
