"""What a person says of their bilans: the rhythm, the wish, who accompanies and who pays, the convention."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from competences.enums import ConventionAnswer, Funder
from competences.forms.days import DayInput
from competences.models import Bilan
from competences.models.bilans import NAME_LENGTH, NEED_LENGTH, RHYTHM_MONTHS
from competences.services.bilan_details import Described

OTHER = "other"
"""The choice of a provider that is not of the house."""


class BilanForm(forms.Form):
    """The rhythm that the person wishes."""

    last_on = forms.DateField(label=_("Date de mon dernier bilan"), widget=DayInput())
    rhythm_months = forms.IntegerField(
        label=_("Rythme souhaité, en mois"),
        min_value=RHYTHM_MONTHS[0],
        max_value=RHYTHM_MONTHS[1],
        initial=24,
        help_text=_(
            "Par exemple 24 pour tous les deux ans. Ce rythme est le vôtre : la loi n’en impose pas."
        ),
    )


class WishForm(forms.Form):
    """A new wish."""

    need = forms.CharField(
        label=_("Ce que j’attends de ce bilan"),
        required=False,
        max_length=NEED_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Avec vos mots : faire le point, changer de métier, trouver une formation…"),
    )


class DescribeForm(forms.Form):
    """Need, provider, funder. `mandates` are those of the advisers who may be chosen."""

    need = WishForm.base_fields["need"]
    provider = forms.ChoiceField(
        label=_("Qui m’accompagne"), widget=forms.RadioSelect, choices=[(OTHER, _("un autre prestataire"))]
    )
    provider_name = forms.CharField(
        label=_("Nom de l’autre prestataire"), max_length=NAME_LENGTH, required=False
    )
    is_certified = forms.ChoiceField(
        label=_("Le prestataire est certifié Qualiopi"),
        required=False,
        choices=[("", _("je ne sais pas")), ("yes", _("oui")), ("no", _("non"))],
        help_text=_("Un financeur public demande cette certification."),
    )
    employer_name = forms.CharField(
        label=_("Mon employeur"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("Un employeur ne peut pas faire le bilan : nous comparons les noms. Il n’en sait rien."),
    )
    funder = forms.ChoiceField(
        label=_("Qui paie"), required=False, choices=[("", _("je ne sais pas encore")), *Funder.choices]
    )
    cost = forms.DecimalField(
        label=_("Prix, en euros"),
        required=False,
        min_value=0,
        max_digits=7,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    requested_on = forms.DateField(
        label=_("Demande faite au financeur le"), required=False, widget=DayInput()
    )

    def __init__(self, *args: Any, mandates: Sequence[Mandate], is_begun: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mandates = {str(mandate.public_id): mandate for mandate in mandates}
        self.is_begun = is_begun
        named = [
            (key, f"{mandate.adviser.display_name}, {mandate.organisation.name}")
            for key, mandate in self.mandates.items()
        ]
        self.fields["provider"].choices = [*named, (OTHER, _("un autre prestataire"))]  # type: ignore[attr-defined]
        if not named:
            self.fields["provider"].initial = OTHER
        if is_begun:
            self.fields["funder"].disabled = True
            self.fields["funder"].help_text = _("Le financeur ne change plus une fois le bilan commencé.")

    def described(self) -> Described:
        """What was typed."""
        data = self.cleaned_data
        return Described(
            need=data["need"],
            mandate=self.mandates.get(data["provider"]),
            provider_name=data["provider_name"],
            is_certified={"yes": True, "no": False}.get(data["is_certified"]),
            employer_name=data["employer_name"],
            funder=data["funder"],
            cost=data["cost"],
            requested_on=data["requested_on"],
        )


def described_as(bilan: Bilan, mandates: Sequence[Mandate], employer: str) -> dict[str, Any]:
    """What a bilan says, as the form shows it; `employer` is proposed where none was named."""
    chosen = next((str(m.public_id) for m in mandates if m.adviser_id == bilan.adviser_id), "")
    return {
        "need": bilan.need,
        "provider": chosen or (OTHER if bilan.provider_name or not mandates else ""),
        "provider_name": bilan.provider_name,
        "is_certified": {True: "yes", False: "no", None: ""}[bilan.is_certified],
        "employer_name": bilan.employer_name or employer,
        "funder": bilan.funder,
        "cost": bilan.cost,
        "requested_on": bilan.requested_on,
    }


class ConsentForm(forms.Form):
    """The person accepts the sentence that is on the screen."""

    consent = forms.BooleanField(
        label=_("J’accepte ce texte"),
        error_messages={"required": _("Cochez la case pour donner votre accord.")},
    )
    version = forms.CharField(widget=forms.HiddenInput, max_length=20)


class ConventionForm(forms.Form):
    """The day of sending and, for the person alone, the answer."""

    sent_on = forms.DateField(
        label=_("L’employeur m’a envoyé la convention le"),
        widget=DayInput(),
        help_text=_("Vous avez dix jours à partir de là. Sans réponse, c’est un refus."),
    )
    answer = forms.ChoiceField(
        label=_("Ma réponse"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("", _("pas encore")),
            (ConventionAnswer.SIGNED, _("je l’ai signée")),
            (ConventionAnswer.REFUSED, _("je la refuse : le bilan s’arrête, sans faute de ma part")),
        ],
    )
    answered_on = forms.DateField(
        label=_("Réponse donnée le"),
        required=False,
        widget=DayInput(),
        help_text=_("Aujourd’hui, si vous laissez vide."),
    )

    def __init__(self, *args: Any, is_own: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_own:
            self.fields["sent_on"].label = _("L’employeur a envoyé la convention le")
            self.fields["sent_on"].help_text = _("La personne a dix jours pour répondre.")
            del self.fields["answer"], self.fields["answered_on"]
