"""What a person writes of a piece of evidence: which skills it proves, and what it is."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.enums import EvidenceKind
from competences.forms.days import DayInput
from competences.models import Evidence, SkillStatement
from competences.models.evidence import TITLE_LENGTH, URL_LENGTH
from competences.queries.evidence import OFFERED
from competences.services.evidence import Described

FILE_ENDINGS = ".pdf,.jpg,.jpeg,.png,.webp"


class SkillsForm(forms.Form):
    """Skills to tick among those offered; a form adds its own fields."""

    statements = forms.MultipleChoiceField(
        label=_("Pour quelles compétences ?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choisissez au moins une compétence.")},
    )

    def __init__(self, *args: Any, offered: Sequence[SkillStatement], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_searched = len(offered) >= OFFERED
        self.offered = {str(one.public_id): one for one in offered}
        self.fields["statements"].choices = [(key, one.label) for key, one in self.offered.items()]  # type: ignore[attr-defined]

    def chosen(self) -> list[SkillStatement]:
        """The statements that were ticked, of a valid form."""
        return [self.offered[key] for key in self.cleaned_data["statements"]]


class EvidenceForm(SkillsForm):
    """What every kind of evidence has; `described()` is what was typed."""

    title = forms.CharField(
        label=_("Titre"),
        max_length=TITLE_LENGTH,
        required=False,
        help_text=_("Par exemple : attestation de formation, photo de mon travail."),
    )

    def described(self) -> Described:
        """What was typed, of a valid form."""
        return Described(
            **{name: self.cleaned_data[name] for name in Described.__slots__ if name in self.cleaned_data}
        )

    def fix(self, piece: Evidence) -> None:
        """Leaves the skills alone to be changed: somebody read the rest, which stays as `piece` has it."""
        for name, field in self.fields.items():
            if name != "statements":
                field.disabled = True
                self.initial[name] = getattr(piece, name)


class LinkForm(EvidenceForm):
    url = forms.CharField(
        label=_("Adresse web"),
        max_length=URL_LENGTH,
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
        help_text=_("Elle commence par https://. Vérifiez que la page peut être lue sans votre compte."),
    )


class FileForm(EvidenceForm):
    file = forms.FileField(
        label=_("Fichier"),
        widget=forms.FileInput(attrs={"accept": FILE_ENDINGS}),
        help_text=_(
            "PDF, JPEG, PNG ou WebP, 10 Mo au plus. Des photos, nous ne gardons que l’image : ni le lieu, ni"
            " l’appareil."
        ),
        error_messages={
            "required": _("Choisissez un fichier."),
            "empty": _("Ce fichier est vide. Choisissez-en un autre."),
        },
    )


class CertificateForm(EvidenceForm):
    """A certificate as the person tells it; its file comes at the same time or not at all."""

    issuer = forms.CharField(label=_("Délivré par"), max_length=TITLE_LENGTH)
    issued_on = forms.DateField(label=_("Délivré le"), required=False, widget=DayInput())
    valid_until = forms.DateField(
        label=_("Valable jusqu’au"),
        required=False,
        widget=DayInput(),
        help_text=_("Le dernier jour de validité. Rien s’il ne finit pas."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = True
        self.fields["title"].help_text = _("Par exemple : permis cariste, certification bureautique.")


class NewCertificateForm(CertificateForm):
    file = forms.FileField(
        label=_("Fichier du certificat"),
        required=False,
        widget=forms.FileInput(attrs={"accept": FILE_ENDINGS}),
        help_text=_("PDF, JPEG, PNG ou WebP, 10 Mo au plus."),
        error_messages={"empty": _("Ce fichier est vide. Choisissez-en un autre.")},
    )


NEW_FORMS: dict[str, type[EvidenceForm]] = {
    EvidenceKind.FILE: FileForm,
    EvidenceKind.LINK: LinkForm,
    EvidenceKind.CERTIFICATE: NewCertificateForm,
}
"""The form of a new piece of each kind."""

CHANGE_FORMS: dict[str, type[EvidenceForm]] = {
    EvidenceKind.FILE: EvidenceForm,
    EvidenceKind.LINK: LinkForm,
    EvidenceKind.CERTIFICATE: CertificateForm,
}
"""The form that changes one: its file stays."""
