"""Asking for a view, and giving one."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate, Organisation
from competences.enums import AttestationKind, Capacity
from competences.forms.evidence import SkillsForm
from competences.forms.records import LEVEL_WORDS
from competences.models import Evidence
from competences.models.attestations import COMMENT_LENGTH, QUESTION_LENGTH
from competences.services.attestations import View
from competences.services.review_requests import Asked

BY_EMAIL = {
    Capacity.EMPLOYER_MEMBER: _("Une personne de mon employeur, par e-mail"),
    Capacity.PEER: _("Un ou une collègue, un client, un bénévole, par e-mail"),
}
EMAIL_NEEDED = _("Écrivez l’adresse e-mail de la personne.")
BY_EMAIL_ALONE = _("La personne lira votre demande en se connectant avec cette adresse.")

KIND_WORDS = {
    AttestationKind.CONFIRMED: _(
        "Je confirme : ce que la personne en dit correspond à ce que je sais d’elle"
    ),
    AttestationKind.OBSERVED: _("Je l’ai vue la pratiquer"),
    AttestationKind.CERTIFIED: _("Je l’ai vérifiée, par une épreuve ou un titre"),
}


class AskForm(SkillsForm):
    """Which skills, whose view, with which evidence, and the question."""

    reader = forms.ChoiceField(
        label=_("À qui ?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez à qui vous demandez un avis.")},
    )
    email = forms.EmailField(
        label=_("Son adresse e-mail"),
        required=False,
        error_messages={"required": EMAIL_NEEDED},
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Seulement pour une demande par e-mail. La personne lira votre demande en se connectant avec"
            " cette adresse."
        ),
    )
    question = forms.CharField(
        label=_("Ma question"),
        required=False,
        max_length=QUESTION_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Par exemple : suis-je prête pour former d’autres personnes ?"),
    )
    evidence = forms.MultipleChoiceField(
        label=_("Avec quelles preuves ?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("La personne voit seulement celles que vous cochez."),
    )
    field_order = ("statements", "reader", "email", "question", "evidence")

    def __init__(
        self, *args: Any, mandates: Sequence[Mandate], pieces: Sequence[Evidence], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["statements"].label = _("Pour quelles compétences ?")
        self.mandates = {str(mandate.public_id): mandate for mandate in mandates}
        self.pieces = {str(piece.public_id): piece for piece in pieces}
        if not mandates:  # every request then leaves by e-mail
            self.fields["email"].required = True
            self.fields["email"].help_text = BY_EMAIL_ALONE
        self.fields["reader"].choices = [  # type: ignore[attr-defined]
            *(
                (key, f"{one.adviser.display_name}, {one.organisation.name}")
                for key, one in self.mandates.items()
            ),
            *BY_EMAIL.items(),
        ]
        if self.pieces:
            self.fields["evidence"].choices = [(key, one.title) for key, one in self.pieces.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["evidence"]

    def clean(self) -> dict[str, Any]:
        """An address is needed where the request leaves by e-mail."""
        cleaned = super().clean() or {}
        if cleaned.get("reader") in BY_EMAIL and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", EMAIL_NEEDED)
        return cleaned

    def asked(self) -> Asked:
        """Who is asked, of a valid form."""
        reader = self.cleaned_data["reader"]
        if reader in BY_EMAIL:
            return Asked(email=self.cleaned_data["email"], capacity=reader)
        return Asked(mandate=self.mandates[reader])

    def shown(self) -> list[Evidence]:
        """The evidence that was ticked, of a valid form."""
        return [self.pieces[key] for key in self.cleaned_data.get("evidence", ())]


class ViewForm(forms.Form):
    """A view of one skill; nothing chosen is no view."""

    kind = forms.ChoiceField(
        label=_("Mon avis"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("", _("Je ne me prononce pas")), *KIND_WORDS.items()],
    )
    level = forms.TypedChoiceField(
        label=_("Le niveau que je lui vois"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Je ne dis pas de niveau")), *LEVEL_WORDS.items()],
    )
    comment = forms.CharField(
        label=_("Ce que j’ai vu"),
        required=False,
        max_length=COMMENT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """A level or a comment goes with a view."""
        cleaned = super().clean() or {}
        if not cleaned.get("kind") and (cleaned.get("level") or cleaned.get("comment")):
            self.add_error("kind", _("Choisissez votre avis, ou effacez le niveau et le commentaire."))
        return cleaned

    def view(self) -> View | None:
        """What was said, of a valid form; None for no view."""
        return View(**self.cleaned_data) if self.cleaned_data["kind"] else None


class SignForm(forms.Form):
    """In whose name a member of employers speaks."""

    organisation = forms.ChoiceField(label=_("Je réponds"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, employers: Sequence[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.employers = {str(one.public_id): one for one in employers}
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            *((key, _("au nom de %s") % one.name) for key, one in self.employers.items()),
            ("", _("en mon nom seul, comme pair")),
        ]
        self.fields["organisation"].initial = next(iter(self.employers), "")

    def employer(self) -> Organisation | None:
        """The employer, of a valid form; None for a peer."""
        return self.employers.get(self.cleaned_data["organisation"])
