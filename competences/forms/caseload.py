"""The name under which an adviser keeps a choice of their list."""

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.models.caseload import FILTER_NAME_LENGTH


class SavedFilterForm(forms.Form):
    """One name."""

    name = forms.CharField(label=_("Nom de ce filtre"), max_length=FILTER_NAME_LENGTH)
