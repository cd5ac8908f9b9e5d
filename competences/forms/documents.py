"""What is typed of a synthesis, and of a document that is added to a bilan."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.document_texts import SECTION_HELPS, SECTION_TITLES
from competences.enums import DocumentKind
from competences.forms.evidence import FILE_ENDINGS
from competences.models.documents import TITLE_LENGTH
from competences.rules.documents import SECTION_LENGTH, SECTIONS


class SynthesisForm(forms.Form):
    """A text a part; `based_on` is the number of the version that was on the screen."""

    based_on = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for section in SECTIONS:
            self.fields[section] = forms.CharField(
                label=SECTION_TITLES[section],
                help_text=SECTION_HELPS[section],
                required=False,
                max_length=SECTION_LENGTH,
                widget=forms.Textarea(attrs={"rows": 6}),
            )

    def content(self) -> dict[str, str]:
        """The texts of a valid form."""
        return {section: self.cleaned_data[section] for section in SECTIONS}


class DocumentForm(forms.Form):
    """A file added to a bilan."""

    kind = forms.ChoiceField(
        label=_("Nature"),
        choices=[(kind.value, kind.label) for kind in DocumentKind if kind != DocumentKind.SYNTHESIS],
    )
    title = forms.CharField(label=_("Titre"), max_length=TITLE_LENGTH, required=False)
    file = forms.FileField(
        label=_("Fichier"),
        widget=forms.FileInput(attrs={"accept": FILE_ENDINGS}),
        help_text=_("PDF, JPEG, PNG ou WebP, 10 Mo au plus."),
        error_messages={
            "required": _("Choisissez un fichier."),
            "empty": _("Ce fichier est vide. Choisissez-en un autre."),
        },
    )
