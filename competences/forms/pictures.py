"""With what a person compares their pictures."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competences.forms.days import DayInput
from competences.forms.records import LEVEL_WORDS
from competences.rules.clocks import FIRST_DAY


class CompareForm(forms.Form):
    """An earlier day, or a level: the day stands where both are said."""

    au = forms.DateField(
        label=_("Comparer avec une date"),
        required=False,
        widget=DayInput(),
        help_text=_("Les niveaux que vous disiez à la fin de ce jour."),
    )
    niveau = forms.TypedChoiceField(
        label=_("Ou avec un niveau de mon choix"),
        choices=[("", _("aucun")), *LEVEL_WORDS.items()],
        coerce=int,
        empty_value=None,
        required=False,
    )

    def clean_au(self) -> Any:
        day = self.cleaned_data["au"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("Cette date est dans le futur."), code="future_date")
        if day and day < FIRST_DAY:
            raise forms.ValidationError(_("Vérifiez l’année de cette date."), code="old_date")
        return day


class WantedForm(forms.Form):
    """Which of the wanted jobs is shown: (public id, label)."""

    metier = forms.ChoiceField(label=_("Métier visé"), required=False)

    def __init__(self, *args: Any, jobs: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["metier"].choices = jobs  # type: ignore[attr-defined]
