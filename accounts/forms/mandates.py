"""Giving an adviser access to one's file."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import MANDATE_PURPOSES
from accounts.models import Membership, Organisation
from accounts.models.mandate_requests import REASON_LENGTH
from accounts.queries.advisers import advisers_by_email, named_advisers
from accounts.queries.file_access import one_year_after


class OrganisationChoiceForm(forms.Form):
    """First step, by GET: in which organisation is the adviser?"""

    organisation = forms.ModelChoiceField(
        label=_("Organisme"), queryset=Organisation.objects.none(), to_field_name="public_id"
    )

    def __init__(self, *args: Any, organisations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class AdviserField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A membership, shown by its adviser's name."""

    def label_from_instance(self, obj: Membership) -> str:
        return obj.user.display_name


class GrantForm(forms.Form):
    """An adviser chosen in the list of `organisation` or by e-mail address, the purposes, and an end.

    After validation, `place()` is the adviser's membership of the organisation.
    """

    adviser = AdviserField(
        label=_("Conseiller ou conseillère"),
        queryset=Membership.objects.none(),
        to_field_name="pk",
        required=False,
        empty_label=_("Choisissez une personne"),
    )
    email = forms.EmailField(
        label=_("Ou son adresse e-mail professionnelle"),
        required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
    purposes = forms.MultipleChoiceField(
        label=_("Pour quoi faire ?"),
        choices=[(purpose.value, purpose.label) for purpose in MANDATE_PURPOSES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Cochez seulement ce qui est utile : chaque but ouvre une partie de votre dossier."),
        error_messages={"required": _("Cochez au moins un but.")},
    )
    reason = forms.CharField(
        label=_("Pourquoi ? (facultatif)"),
        required=False,
        max_length=REASON_LENGTH,
        help_text=_("Pour vous en souvenir, et pour que la personne le lise. 200 caractères au plus."),
    )
    start_on = forms.DateField(
        label=_("L’accès s’ouvre le"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Sans date, il s’ouvre aujourd’hui."),
    )
    end_on = forms.DateField(
        label=_("L’accès se ferme le"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Sans date, l’accès dure jusqu’à ce que vous le retiriez."),
    )

    _place: Membership | None = None

    def __init__(self, *args: Any, on: date, organisation: Organisation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.organisation = organisation
        self.fields["start_on"].initial = on
        self.fields["end_on"].initial = one_year_after(on)
        if organisation is None:
            del self.fields["adviser"]
            self.fields["email"].label = _("Adresse e-mail professionnelle de la personne")
            self.fields["email"].required = True
        else:
            self.fields["adviser"].queryset = named_advisers(organisation, on)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Finds the adviser: exactly one of the list and the address is used."""
        cleaned = super().clean() or {}
        chosen, email = cleaned.get("adviser"), cleaned.get("email")
        if chosen and email:
            self.add_error("email", _("Choisissez dans la liste ou donnez une adresse, pas les deux."))
        elif chosen:
            self._place = chosen
        elif email:
            self._find_by_email(email)
        elif "adviser" in self.fields and not self.errors:
            self.add_error("adviser", _("Choisissez une personne, ou donnez son adresse e-mail."))
        return cleaned

    def place(self) -> Membership:
        """The membership of the chosen adviser, of a valid form."""
        if self._place is None:
            raise ValueError("The form is not valid: no adviser was found.")
        return self._place

    def _find_by_email(self, email: str) -> None:
        """The place of the adviser who has this address; the words do not tell whether an account exists."""
        memberships = advisers_by_email(email, self.on)
        if self.organisation is not None:
            memberships = memberships.filter(organisation=self.organisation)
        found = list(memberships[:2])
        if not found:
            self.add_error(
                "email",
                _(
                    "Nous ne trouvons personne qui conseille à cette adresse. Vérifiez-la avec la personne."
                    " Si son organisme est inscrit ici, elle peut aussi vous envoyer une demande d’accès."
                ),
            )
        elif len(found) > 1:
            self.add_error(
                "email", _("Cette personne conseille dans plusieurs organismes : choisissez-en un.")
            )
        else:
            self._place = found[0]
