"""The rhythm of bilans that a person wishes."""

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.forms.days import DayInput
from competences.models.bilans import RHYTHM_MONTHS


class BilanForm(forms.Form):
    last_on = forms.DateField(label=_("Date de mon dernier bilan"), widget=DayInput())
    rhythm_months = forms.IntegerField(
        label=_("Rythme souhaité, en mois"),
        min_value=RHYTHM_MONTHS[0],
        max_value=RHYTHM_MONTHS[1],
        initial=24,
        help_text=_(
            "Par exemple 24 pour tous les deux ans. Ce rythme est le vôtre : la loi n’en impose pas."
        ),
    )
