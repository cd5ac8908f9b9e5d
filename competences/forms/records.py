"""What a person writes about a skill."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from competences.enums import SkillWish, StatementSource
from competences.forms.days import DayInput
from competences.models import SkillRevision
from competences.models.records import CONTEXT_LENGTH, FREE_TEXT_LENGTH
from competences.rules.clocks import FIRST_DAY
from competences.services.records import Said
from competences.skill_words import LEVEL_WORDS

SAID = tuple(one.name for one in fields(Said))
SAID_LATER = ("", _("je le dirai plus tard"))


def level_of(value: str | int) -> int | None:
    """A level as a form sends it, None for one to be said later."""
    return int(value) if value else None


def level_field() -> forms.TypedChoiceField:
    """The level, in the words of each; one may say it later."""
    return forms.TypedChoiceField(
        label=_("Mon niveau"),
        choices=[*LEVEL_WORDS.items(), SAID_LATER],
        coerce=level_of,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
        help_text=_("L’échelle européenne DigComp, de 1 à 8. C’est votre avis, vous pourrez le changer."),
    )


class QuickForm(forms.Form):
    """A level in one tap."""

    level = level_field()


class TicksForm(forms.Form):
    """One level for all that is ticked."""

    level = level_field()


class SkillForm(forms.Form):
    """All that may be said of a skill. `version`: what the form was filled against."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    level = level_field()
    wish = forms.ChoiceField(
        label=_("Mon envie de m’en servir"),
        choices=[*SkillWish.choices, ("", _("je ne me prononce pas"))],
        required=False,
        widget=forms.RadioSelect,
        help_text=_("À part du niveau : on peut savoir faire et ne plus en avoir envie."),
    )
    sources = forms.MultipleChoiceField(
        label=_("Où je l’ai appris"),
        choices=StatementSource.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Plusieurs réponses sont possibles."),
    )
    context = forms.CharField(
        label=_("Dans quel cadre"),
        max_length=CONTEXT_LENGTH,
        required=False,
        help_text=_("Par exemple : la caisse de l’association, deux ans."),
    )
    acquired_on = forms.DateField(label=_("Depuis le"), required=False, widget=DayInput())
    practised_on = forms.DateField(label=_("Dernière pratique le"), required=False, widget=DayInput())
    is_practised = forms.BooleanField(label=_("Je la pratique encore"), required=False, initial=True)

    def said(self) -> Said:
        """What was typed of the skill."""
        values = {name: self.cleaned_data[name] for name in SAID}
        return Said(**{**values, "sources": tuple(values["sources"])})


class FreeSkillForm(SkillForm):
    """A skill in the person's own words."""

    text = forms.CharField(
        label=_("La compétence, avec vos mots"),
        max_length=FREE_TEXT_LENGTH,
        help_text=_("Par exemple : réparer des vélos électriques."),
    )

    field_order = ("version", "text")


def initial_of(revision: SkillRevision, version: int) -> Mapping[str, Any]:
    """What a form shows of what is noted now."""
    shown = {name: getattr(revision, name) for name in SAID}
    return {**shown, "level": revision.level or "", "version": version}


class DayForm(forms.Form):
    """The day as of which a record is shown."""

    au = forms.DateField(
        label=_("Voir mon dossier tel qu’il était le"),
        widget=DayInput(),
        error_messages={"invalid": _("Cette date n’existe pas. Choisissez un jour dans le calendrier.")},
    )

    def clean_au(self) -> dt.date:
        """A day that has come, of somebody's life."""
        day: dt.date = self.cleaned_data["au"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("Cette date est dans le futur. Choisissez un jour passé."))
        if day < FIRST_DAY:
            raise forms.ValidationError(_("Vérifiez l’année de cette date."))
        return day
