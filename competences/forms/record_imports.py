"""The file that a person brings to their record."""

from django import forms
from django.utils.translation import gettext_lazy as _


class RecordImportForm(forms.Form):
    """One file, whose bytes say what it is."""

    file = forms.FileField(
        label=_("Fichier à apporter"),
        allow_empty_file=True,
        max_length=None,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.json,.pdf"}),
        help_text=_(
            "Un tableau (CSV ou XLSX), un CV fait ici (PDF) ou JSON Resume, un Europass en JSON, un dossier"
            " emporté d’ici. Au plus 4 Mo et 10 000 lignes ; pour un dossier emporté d’ici, tel quel, au plus"
            " 15 Mo."
        ),
    )
