"""What is said of an appointment: what it is, with whom, the day, the hour, the length, the place."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Mandate
from competences.enums import AppointmentKind
from competences.forms.days import DayInput
from competences.models import Appointment
from competences.models.appointments import MINUTES, PLACE_LENGTH
from competences.services.appointments import AppointmentSaid


class AppointmentForm(forms.Form):
    """`mandates`: with whom, outside a bilan; `may_work`: personal work may be noted too."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label=_("C’est"),
        widget=forms.RadioSelect,
        initial=AppointmentKind.ACCOMPANIMENT,
        choices=[
            (AppointmentKind.ACCOMPANIMENT, _("un rendez-vous d’accompagnement")),
            (AppointmentKind.PERSONAL_WORK, _("du travail personnel, sans personne d’autre")),
        ],
        help_text=_("Seul l’accompagnement compte pour ce qu’un financeur paie."),
    )
    mandate = forms.ChoiceField(label=_("Avec"), widget=forms.RadioSelect)
    day = forms.DateField(label=_("Jour"), widget=DayInput())
    hour = forms.TimeField(label=_("Heure"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
    minutes = forms.IntegerField(
        label=_("Durée, en minutes"),
        initial=60,
        min_value=MINUTES[0],
        max_value=MINUTES[1],
        widget=forms.NumberInput(attrs={"step": 5, "inputmode": "numeric"}),
        help_text=_("De 15 minutes à 8 heures."),
    )
    place = forms.CharField(
        label=_("Lieu, ou lien pour une visioconférence"), max_length=PLACE_LENGTH, required=False
    )

    def __init__(
        self, *args: Any, mandates: Sequence[Mandate] = (), may_work: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.mandates = {str(mandate.public_id): mandate for mandate in mandates}
        if not may_work:
            del self.fields["kind"]
        if mandates:
            self.fields["mandate"].choices = [  # type: ignore[attr-defined]
                (key, f"{mandate.adviser.display_name}, {mandate.organisation.name}")
                for key, mandate in self.mandates.items()
            ]
        else:
            del self.fields["mandate"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("day") and data.get("hour"):
            # A clock that goes forward leaves out an hour of that day.
            wall = dt.datetime.combine(data["day"], data["hour"])
            instant = timezone.make_aware(wall)
            try:
                there = instant.astimezone(dt.UTC).astimezone(timezone.get_current_timezone())
            except OverflowError:  # the first and the last hours that a calendar has
                self.add_error("day", _("Vérifiez l’année de cette date."))
                return data
            if there.replace(tzinfo=None) != wall:
                self.add_error("hour", _("Cette heure n’existe pas ce jour-là : on avance les horloges."))
            data["starts_at"] = instant
        return data

    def said(self) -> AppointmentSaid:
        """What was typed."""
        data = self.cleaned_data
        return AppointmentSaid(
            kind=data.get("kind", AppointmentKind.ACCOMPANIMENT),
            starts_at=data["starts_at"],
            minutes=data["minutes"],
            place=data["place"],
        )

    def chosen(self) -> Mandate | None:
        """With whom, outside a bilan."""
        return self.mandates.get(self.cleaned_data.get("mandate", ""))


def said_as(appointment: Appointment) -> dict[str, Any]:
    """What an appointment says, as the form shows it."""
    begins = timezone.localtime(appointment.starts_at)
    return {
        "version": appointment.version,
        "day": begins.date(),
        "hour": begins.time(),
        "minutes": appointment.minutes,
        "place": appointment.place,
    }
