"""What a person writes about a skill."""

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.enums import StatementSource
from competences.forms.days import DayInput
from competences.services.records import Said

LEVEL_WORDS = (
    _("1 · tâches simples, avec de l’aide"),
    _("2 · tâches simples, presque seul ou seule"),
    _("3 · tâches courantes, seul ou seule"),
    _("4 · tâches variées, à ma façon"),
    _("5 · j’aide d’autres personnes"),
    _("6 · je m’adapte aux cas difficiles"),
    _("7 · je résous des problèmes complexes"),
    _("8 · je propose de nouvelles façons de faire"),
)


class LevelForm(forms.Form):
    level = forms.TypedChoiceField(
        label=_("Mon niveau"),
        choices=list(enumerate(LEVEL_WORDS, start=1)),
        coerce=int,
        help_text=_("L’échelle européenne DigComp, de 1 à 8. C’est votre avis, vous pourrez le changer."),
    )


class SkillForm(LevelForm):
    source = forms.ChoiceField(label=_("Où je l’ai appris"), choices=StatementSource.choices)
    acquired_on = forms.DateField(label=_("Depuis le"), required=False, widget=DayInput())
    practised_on = forms.DateField(label=_("Dernière pratique le"), required=False, widget=DayInput())

    def said(self) -> Said:
        """What was typed."""
        values = dict(self.cleaned_data)
        return Said(sources=(values.pop("source"),), **values)
