"""What a person writes about a skill or the rhythm of their bilans."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from competences.enums import StatementSource
from competences.models.bilans import RHYTHM_MONTHS

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


class DayInput(forms.DateInput):
    """The browser's own choice of a day."""

    input_type = "date"

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)


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


class BilanForm(forms.Form):
    last_on = forms.DateField(label=_("Date de mon dernier bilan"), widget=DayInput())
    rhythm_months = forms.IntegerField(
        label=_("Rythme souhaité, en mois"),
        min_value=RHYTHM_MONTHS[0],
        max_value=RHYTHM_MONTHS[1],
        initial=24,
        help_text=_(
            "Par exemple 24 pour tous les deux ans. Ce rythme est le vôtre : la loi n’en impose pas."
        ),
    )
