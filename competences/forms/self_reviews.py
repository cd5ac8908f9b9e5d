"""What a person chooses for their self-reviews."""

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.models.self_reviews import SELF_REVIEW_MONTHS


class RhythmForm(forms.Form):
    rhythm_months = forms.IntegerField(
        label=_("Refaire ma revue tous les … mois"),
        min_value=SELF_REVIEW_MONTHS[0],
        max_value=SELF_REVIEW_MONTHS[1],
        required=False,
        help_text=_("Par exemple 6. Vide : pas de date, et pas de rappel."),
    )
