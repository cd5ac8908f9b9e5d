"""Proposing a handover, and answering one."""

import uuid
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import HandoverPart, Membership
from accounts.models.handovers import HANDOVER_NOTE_LENGTH
from accounts.services.handovers import LATER, NO, YES

ANSWERS = [(YES, _("Oui")), (NO, _("Non")), (LATER, _("Plus tard"))]


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A membership, shown by its adviser's name and organisation."""

    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user.display_name}, {obj.organisation.name}"


class HandoverForm(forms.Form):
    """The colleague, and a word to the people; `key` names the press of the button."""

    colleague = ColleagueField(
        label=_("Collègue qui prend le relais"),
        queryset=Membership.objects.none(),
        empty_label=_("Choisissez une personne"),
        error_messages={"required": _("Choisissez la personne qui prend le relais.")},
    )
    note = forms.CharField(
        label=_("Un mot aux personnes"),
        required=False,
        max_length=HANDOVER_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Les personnes et votre collègue le lisent. Par exemple pourquoi, et à partir de quand."),
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, *args: Any, colleagues: QuerySet[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["colleague"].queryset = colleagues  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """One question a purpose: yes, no or later."""

    def __init__(self, *args: Any, parts: Sequence[HandoverPart], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = {part.public_id.hex: part for part in parts}
        for name, part in self.parts.items():
            self.fields[name] = forms.ChoiceField(
                label=part.get_purpose_display(),
                choices=ANSWERS,
                widget=forms.RadioSelect,
                initial=LATER,
                error_messages={"required": _("Répondez oui, non ou plus tard.")},
            )

    def answers(self) -> dict[UUID, str]:
        """The answer to each question by the part's identifier, of a valid form."""
        return {part.public_id: self.cleaned_data[name] for name, part in self.parts.items()}
