"""What the administration pages share: writes go through services, refusals are said in the form."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from accounts.errors import Refused


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that are looked at, never written by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ServiceAdmin(admin.ModelAdmin):
    """Rows written by services. A refusal that only the service can see is shown, and nothing is kept."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nothing is deleted by hand: a membership ends, an organisation stays in the history."""
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> None:
        """Calls `write` and gives the saved row to the page."""
        saved = self.write(request, obj, form, change)
        obj.pk = saved.pk

    def write(self, request: HttpRequest, obj: Any, form: forms.ModelForm, change: bool) -> Any:
        """One call of one service; the row it returns."""
        raise NotImplementedError

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """The form; after a refusal, one that says it beside its field and keeps what was typed."""
        form_class = super().get_form(request, obj, change=change, **kwargs)
        refusal: Refused | None = getattr(request, "_refusal", None)
        if refusal is None:
            return form_class

        def clean(form: forms.ModelForm) -> None:
            super(form_class, form).clean()
            refusal.add_to(form)

        return type(form_class.__name__, (form_class,), {"clean": clean})

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """When a service refuses, nothing was written: the page is made again, with the reason."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except Refused as refusal:
            request._refusal = refusal  # type: ignore[attr-defined]
            return super().changeform_view(request, *args, **kwargs)
