"""What a person answers to a flag."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from competences.models.risks import CONTEST_LENGTH
from competences.services.flags import HIDE_MONTHS

MONTHS = ngettext_lazy("%(number)s mois", "%(number)s mois", "number")


class HideForm(forms.Form):
    months = forms.TypedChoiceField(
        label=_("Masquer pendant"),
        choices=[(number, MONTHS % {"number": number}) for number in HIDE_MONTHS],
        coerce=int,
        initial=3,
    )


class ContestForm(forms.Form):
    reason = forms.CharField(
        label=_("Pourquoi ce signal est faux pour moi"),
        max_length=CONTEST_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Votre conseiller ou conseillère lit ces mots, s’il ou elle suit votre dossier."),
    )
