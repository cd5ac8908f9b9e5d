"""The three first questions."""

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.enums import CareerAim, ToolsEase
from competences.forms.days import DayInput
from competences.models.first_use import JOB_WORDS_LENGTH
from competences.models.records import LEVELS


class SinceForm(forms.Form):
    """The job is chosen: since when."""

    start_on = forms.DateField(label=_("Depuis le"), required=False, widget=DayInput())


class WordsForm(forms.Form):
    """No name of the list fits: the person's own words."""

    words = forms.CharField(
        label=_("Mon métier, avec mes mots"),
        max_length=JOB_WORDS_LENGTH,
        help_text=_("Nous gardons vos mots. Vous pourrez chercher un autre nom plus tard."),
    )


class AimForm(forms.Form):
    aim = forms.ChoiceField(label=_("Je veux"), choices=CareerAim.choices, widget=forms.RadioSelect)


class EaseForm(forms.Form):
    ease = forms.ChoiceField(
        label=_("Avec un ordinateur ou un téléphone, je suis"),
        choices=ToolsEase.choices,
        widget=forms.RadioSelect,
        help_text=_("Cela change seulement les compétences que nous vous proposons ensuite."),
    )


LATER = "plus-tard"


def ticked(posted: Mapping[str, str]) -> dict[int, int | None]:
    """The skills that a form ticks (`s-KEY`), with the level chosen or None for later. Anything that is
    neither a level nor "later" ticks nothing."""
    levels = {str(level): level for level in range(1, LEVELS + 1)}
    found: dict[int, int | None] = {}
    for name in posted:
        prefix, _dash, key = name.partition("-")
        is_key = prefix == "s" and key.isascii() and key.isdigit() and len(key) < 16
        if is_key and posted[name] in {LATER, *levels}:
            found[int(key)] = levels.get(posted[name])
    return found
