"""The staff prepares next year's figures and corrects one, without a release."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from law.models import LegalParameter
from law.services import edit_parameter


@admin.register(LegalParameter)
class LegalParameterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Every value of every key; the history of each row says who changed what."""

    list_display = ("key", "start_on", "value", "unit", "certainty", "article", "edited_at")
    list_filter = ("certainty", "unit")
    search_fields = ("key", "article", "note")
    readonly_fields = ("edited_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A rule of the past still asks for its value."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:  # type: ignore[type-arg]
        edit_parameter(parameter=obj, now=timezone.now())
