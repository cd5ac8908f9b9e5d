"""Who coordinates an organisation: the staff says so, for a year at most."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.actors import require_person
from accounts.admin.base import ServiceAdmin
from competences.models import Coordinator
from competences.services.caseload import end_coordination, start_coordination


@admin.register(Coordinator)
class CoordinatorAdmin(ServiceAdmin):
    """An adviser who sees who accompanies whom; afterwards, only the end can be changed."""

    fields = ("membership", "start_on", "end_on")
    list_display = ("membership", "start_on", "end_on")
    list_select_related = ("membership",)
    raw_id_fields = ("membership",)

    def get_readonly_fields(self, request: HttpRequest, obj: Coordinator | None = None) -> tuple[str, ...]:
        return () if obj is None else ("membership", "start_on")

    def write(
        self, request: HttpRequest, obj: Coordinator, form: forms.ModelForm, change: bool
    ) -> Coordinator:
        values: dict[str, Any] = form.cleaned_data
        actor = require_person(request.user)
        if change:
            return end_coordination(actor=actor, coordinator=obj, end_on=values["end_on"])
        return start_coordination(actor=actor, **values)
