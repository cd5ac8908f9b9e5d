"""What a person says of a period of their path. Each kind of period is asked for what it has, no more."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from competences.enums import CareerKind, ContractType
from competences.models import CareerPeriod, Concept, Edition
from competences.models.career import DETAILS_LENGTH, NAME_LENGTH, PLACE_LENGTH, WHOLE
from competences.rules.career import Moment, last_moment, read_moment, write_moment
from competences.services.career import PeriodSaid

DATES = ("first", "last")
JOB = ("free_text", "title", "organisation", "place", *DATES, "contract", "share_percent", "details")
LEARNING = ("free_text", "organisation", "place", *DATES, "share_percent", "details")

FIELDS: dict[str, Sequence[str]] = {
    CareerKind.WORK: JOB,
    CareerKind.COOPERATIVE: JOB,
    CareerKind.STUDY: LEARNING,
    CareerKind.TRAINING: LEARNING,
    CareerKind.VOLUNTEERING: LEARNING,
    CareerKind.CARING: (*DATES, "share_percent", "details"),
    CareerKind.PARENTAL: (*DATES, "share_percent", "details"),
    CareerKind.UNEMPLOYMENT: (*DATES, "details"),
    CareerKind.PAUSE: (*DATES, "reason"),
}
"""What each kind is asked for, in order."""

NAMES = {
    CareerKind.WORK: _("Quel travail"),
    CareerKind.COOPERATIVE: _("Quel projet"),
    CareerKind.STUDY: _("Quelles études"),
    CareerKind.TRAINING: _("Quelle formation"),
    CareerKind.VOLUNTEERING: _("Quel bénévolat"),
}
PLACES = {
    CareerKind.WORK: _("Employeur ou client"),
    CareerKind.COOPERATIVE: _("Coopérative"),
    CareerKind.STUDY: _("École ou université"),
    CareerKind.TRAINING: _("Organisme de formation"),
    CareerKind.VOLUNTEERING: _("Association ou groupe"),
}


class MomentField(forms.CharField):
    """A date by the day, the month or the year, in one field."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value: Any) -> Moment | None:
        text = super().to_python(value)
        if not text:
            return None
        moment = read_moment(text)
        if moment is None:
            raise forms.ValidationError(
                _("Nous ne lisons pas cette date. Écrivez par exemple 15/03/2019, 03/2019 ou 2019."),
                code="invalid",
            )
        return moment

    def run_validators(self, value: Any) -> None:
        """A moment is no text: its length was that of the text, which the widget bounds."""

    def prepare_value(self, value: Any) -> Any:
        return write_moment(value) if isinstance(value, Moment) else value


class PeriodForm(forms.Form):
    """`kind` decides the fields; `titles` are the jobs of references offered, (id, label)."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    free_text = forms.CharField(max_length=NAME_LENGTH)
    title = forms.ChoiceField(
        label=_("Dans un référentiel"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("Ce métier n’est plus proposé. Gardez vos mots, ou cherchez-en un autre.")
        },
    )
    organisation = forms.CharField(max_length=NAME_LENGTH, required=False)
    place = forms.CharField(label=_("Ville"), max_length=PLACE_LENGTH, required=False)
    first = MomentField(
        label=_("Depuis quand"),
        help_text=_("Le premier jour, ou le mois, ou l’année : 15/03/2019, 03/2019 ou 2019."),
    )
    last = MomentField(
        label=_("Jusqu’à quand"),
        required=False,
        help_text=_("Le dernier jour, ou le mois, ou l’année. Laissez vide si c’est toujours en cours."),
    )
    contract = forms.ChoiceField(
        label=_("Contrat ou statut"),
        choices=[("", _("je ne précise pas")), *ContractType.choices],
        required=False,
    )
    share_percent = forms.IntegerField(
        label=_("Part du temps, en %"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(WHOLE)],
        widget=forms.NumberInput(attrs={"min": 1, "max": WHOLE, "inputmode": "numeric"}),
        help_text=_(
            "100 pour un temps plein, 50 pour un mi-temps. Cela compte pour vos droits à la formation."
        ),
    )
    details = forms.CharField(
        label=_("Ce que j’y ai fait ou appris"),
        max_length=DETAILS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reason = forms.CharField(
        label=_("Pourquoi cette pause"),
        max_length=DETAILS_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Rien ne vous oblige à le dire. Personne d’autre que vous ne lit ces mots."),
    )

    def __init__(self, *args: Any, kind: str, titles: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        asked = [name for name in FIELDS[kind] if name != "title" or titles]
        self.fields = {name: self.fields[name] for name in ("version", *asked)}
        for name, labels in (("free_text", NAMES), ("organisation", PLACES)):
            if name in self.fields:
                self.fields[name].label = labels[CareerKind(kind)]
        if titles:
            kept = ("", _("aucun : garder mes mots"))
            self.fields["title"].choices = [kept, *((str(pk), label) for pk, label in titles)]  # type: ignore[attr-defined]

    def said(self, chosen: tuple[Concept, Edition] | None) -> PeriodSaid:
        """What was typed, with the job of a reference that was chosen."""
        values = {
            name: value for name, value in self.cleaned_data.items() if name not in ("version", "title")
        }
        title, edition = chosen or (None, None)
        return PeriodSaid(kind=self.kind, title=title, edition=edition, **values)


def initial_of(period: CareerPeriod) -> dict[str, Any]:
    """What a period holds, as the form shows it."""
    plain = (
        "version",
        "free_text",
        "organisation",
        "place",
        "contract",
        "share_percent",
        "details",
        "reason",
    )
    return {
        **{name: getattr(period, name) for name in plain},
        "title": str(period.title_id or ""),
        "first": Moment(period.start_on, period.start_precision),  # type: ignore[arg-type]
        "last": last_moment(period.end_on, period.end_precision) if period.end_on else None,  # type: ignore[arg-type]
    }
