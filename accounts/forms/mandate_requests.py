"""Asking a person for a mandate, and answering."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.models import MandateRequest, Organisation
from accounts.models.mandate_requests import REASON_LENGTH
from accounts.queries.file_access import one_year_after

_DAY = {"type": "date"}


class AskForm(forms.Form):
    """Whom an adviser asks, in the name of which of `bodies`, for what, why, and until when."""

    organisation = forms.ModelChoiceField(
        label=_("Au nom de quel organisme ?"),
        queryset=Organisation.objects.none(),
        to_field_name="public_id",
        empty_label=None,
    )
    email = forms.EmailField(
        label=_("Adresse e-mail de la personne"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        help_text=_("Elle reçoit un message qui ne dit ni votre nom ni votre organisme."),
    )
    purposes = forms.MultipleChoiceField(
        label=_("Pour quoi faire ?"),
        choices=[(purpose.value, purpose.label) for purpose in MANDATE_PURPOSES],
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Ce sont les mots que la personne lira. Cochez seulement ce qui est utile : elle répond but par"
            " but."
        ),
        error_messages={"required": _("Cochez au moins un but.")},
    )
    reason = forms.CharField(
        label=_("Pourquoi le demandez-vous ?"),
        max_length=REASON_LENGTH,
        help_text=_("La personne lit cette phrase avant de répondre. 200 caractères au plus."),
    )
    end_on = forms.DateField(
        label=_("L’accès se fermerait le"),
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        help_text=_("La personne peut choisir une autre date."),
    )

    def __init__(self, *args: Any, on: date, bodies: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["end_on"].initial = one_year_after(on)
        chosen: Any = self.fields["organisation"]
        chosen.queryset = Organisation.objects.filter(pk__in=[body.pk for body in bodies])
        if len(bodies) == 1:
            chosen.widget, chosen.initial = forms.HiddenInput(), bodies[0].public_id


class AnswerForm(forms.Form):
    """What the person gives of what was asked: some purposes, an end of their own."""

    purposes = forms.MultipleChoiceField(
        label=_("Je donne accès pour"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Rien n’est coché d’avance : cochez ce que vous voulez bien donner, et rien d’autre."),
        error_messages={"required": _("Cochez au moins un but, ou répondez non.")},
    )
    end_on = forms.DateField(
        label=_("L’accès se ferme le"),
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        help_text=_("Vous pouvez retirer l’accès plus tôt, en un clic."),
    )

    def __init__(self, *args: Any, on: date, request: MandateRequest, given: list[Purpose], **kwargs: Any):
        super().__init__(*args, **kwargs)
        open_to_answer = [p for p in MANDATE_PURPOSES if p in request.purposes and p not in given]
        chosen: Any = self.fields["purposes"]
        chosen.choices = [(purpose.value, purpose.label) for purpose in open_to_answer]
        self.fields["end_on"].initial = request.end_on if request.end_on > on else one_year_after(on)
