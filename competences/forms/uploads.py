"""Sending an edition: its files, its number, its date."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from competences.enums import ReferenceFormat
from competences.forms.records import DayInput
from competences.importers.signals import FORMATS as SIGNALS
from competences.services.references import PARSERS


class FilesInput(forms.ClearableFileInput):
    """A choice of several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files, each checked as Django checks one; gives a list."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if not sent:
            super().clean(None, initial)
        return [super(FilesField, self).clean(one, initial) for one in sent]


class EditionForm(forms.Form):
    """What both forms ask of an edition."""

    published_on = forms.DateField(label=_("Publiée le"), required=False, widget=DayInput())


class OwnUploadForm(EditionForm):
    """A table of an organisation's own reference."""

    number = forms.CharField(
        label=_("Numéro de l’édition"),
        max_length=40,
        help_text=_("Par exemple 1, puis 2 ; ou 2026.1. Un numéro plus grand est une édition plus récente."),
    )
    files = FilesField(
        label=_("Fichier CSV"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("Au plus 5 Mo. Rien n’est écrit avant que vous ayez vu ce qui change."),
    )
    field_order = ("number", "published_on", "files")


class StaffUploadForm(EditionForm):
    """The files of an edition of any reference, or a table of signals."""

    format = forms.ChoiceField(label=_("Format"), choices=[])
    reference_slug = forms.CharField(
        label=_("Référentiel"),
        max_length=50,
        required=False,
        help_text=_("Son identifiant, par exemple rome. Vide : celui du format."),
    )
    number = forms.CharField(
        label=_("Numéro de l’édition"),
        max_length=40,
        required=False,
        help_text=_("Vide si les fichiers le disent, et pour un tableau de signaux."),
    )
    files = FilesField(
        label=_("Fichiers"),
        help_text=_(
            "Ceux que le producteur publie, sans les déplier : au plus 6 fichiers de 64 Mo. Pour un tableau "
            "de signaux, un seul classeur .xlsx de 32 Mo au plus, sans macro ni formule."
        ),
    )
    field_order = ("format", "reference_slug", "number", "published_on", "files")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        references = [(value, label) for value, label in ReferenceFormat.choices if value in PARSERS]
        signals = [(slug, one.name) for slug, one in SIGNALS.items()]
        self.fields["format"].choices = [  # type: ignore[attr-defined]
            (_("Référentiels"), references),
            (_("Tableaux de signaux"), signals),
        ]
        self.fields["published_on"].help_text = _("Nécessaire pour un tableau de signaux.")


class MendForm(forms.Form):
    """The failed rows of a table, mended."""

    files = FilesField(
        label=_("Fichier des lignes corrigées"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=_("Vos lignes sans erreur sont gardées : ce fichier ne contient que les autres."),
    )
