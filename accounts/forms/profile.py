"""The person's own settings."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.enums import Category, Language
from accounts.notifications import optional_categories


class ProfileForm(forms.Form):
    """Name, language, and one box for each family of messages that may be switched off.

    The boxes come from the registered kinds: a family appears with its first message.
    """

    name = forms.CharField(
        label=_("Nom affiché"),
        max_length=150,
        required=False,
        help_text=_("La personne qui vous conseille le voit. Sans nom, votre adresse e-mail est affichée."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    language = forms.ChoiceField(label=_("Langue des pages et des messages"), choices=Language.choices)

    def __init__(self, *args: Any, switched_off: frozenset[Category] = frozenset(), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for category in optional_categories():
            self.fields[f"category_{category}"] = forms.BooleanField(
                label=category.label, required=False, initial=category not in switched_off
            )

    def category_fields(self) -> list[forms.BoundField]:
        """The boxes alone, to show them together."""
        return [field for field in self if field.name.startswith("category_")]

    def preferences(self) -> dict[Category, bool]:
        """The choice made for each family."""
        return {
            category: self.cleaned_data[f"category_{category}"]
            for category in Category
            if f"category_{category}" in self.fields
        }
