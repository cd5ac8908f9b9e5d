"""What a person chooses for a CV."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Language
from accounts.forms.ticks import Ticks
from competences.enums import CvSection
from competences.models import Cv, SkillStatement
from competences.models.cvs import CONTACT_LENGTH, HEADLINE_LENGTH, NAME_LENGTH, SUMMARY_LENGTH
from competences.services.cvs import DEFAULT_SECTIONS, CvChoice


class CvForm(forms.Form):
    """`statements`: the skills of the record, each with its label, offered one by one."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Nom de ce CV"),
        max_length=NAME_LENGTH,
        help_text=_("Pour le retrouver dans votre liste. Il n’est pas imprimé."),
    )
    headline = forms.CharField(
        label=_("Titre du CV"),
        max_length=HEADLINE_LENGTH,
        required=False,
        help_text=_("Par exemple : secrétaire polyvalente."),
    )
    summary = forms.CharField(
        label=_("Présentation"),
        max_length=SUMMARY_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    contact = forms.CharField(
        label=_("Coordonnées à imprimer, une par ligne"),
        max_length=CONTACT_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Par exemple votre téléphone et votre ville. Votre adresse e-mail est déjà là."),
    )
    sections = forms.MultipleChoiceField(
        label=_("Parties du CV"),
        choices=CvSection.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=DEFAULT_SECTIONS,
    )
    shows_name = forms.BooleanField(
        label=_("Imprimer mon nom et mes coordonnées"), required=False, initial=True
    )
    shows_levels = forms.BooleanField(label=_("Imprimer mes niveaux"), required=False, initial=True)
    language = forms.ChoiceField(label=_("Langue du CV"), choices=Language.choices, initial=Language.FRENCH)
    has_every_skill = forms.TypedChoiceField(
        label=_("Compétences à imprimer"),
        choices=[
            ("yes", _("toutes, sauf celles que je préfère ne plus utiliser")),
            ("no", _("celles que je coche ci-dessous")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        initial="yes",
    )
    skills = forms.MultipleChoiceField(label=_("Compétences cochées"), required=False, widget=Ticks)

    def __init__(self, *args: Any, statements: Iterable[SkillStatement] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skills"].choices = [(str(one.public_id), one.label) for one in statements]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Choosing skills one by one means choosing at least one, where skills are printed."""
        values = super().clean() or {}
        one_by_one = values.get("has_every_skill") is False and CvSection.SKILLS in values.get("sections", ())
        if one_by_one and not values.get("skills") and "skills" not in self.errors:
            self.add_error("skills", _("Cochez au moins une compétence, ou choisissez « toutes »."))
        return values

    def choice(self) -> CvChoice:
        """What was chosen."""
        values = dict(self.cleaned_data)
        del values["version"]
        return CvChoice(**values)


def initial_of(cv: Cv) -> dict[str, Any]:
    """What a CV holds, as the form shows it."""
    plain = ("version", "name", "headline", "summary", "contact", "language", "sections")
    return {
        **{name: getattr(cv, name) for name in (*plain, "shows_name", "shows_levels")},
        "has_every_skill": "yes" if cv.has_every_skill else "no",
        "skills": []
        if cv.has_every_skill
        else [str(pk) for pk in cv.skills.values_list("public_id", flat=True)],
    }
