"""Accounts: looked at, opened and closed. Files, mandates and openings are the workers' own: not here."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.actors import require_person
from accounts.admin.base import ServiceAdmin
from accounts.models import User
from accounts.services.people import create_user, set_active


@admin.register(User)
class UserAdmin(ServiceAdmin):
    """A new account gets a message to confirm its address, and sets its password by a reset."""

    list_display = ("email", "name", "is_active", "is_staff", "joined_at")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    ordering = ("email",)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("email", "name", "language")
        return (
            "email",
            "name",
            "language",
            "is_active",
            "is_staff",
            "is_superuser",
            "joined_at",
            "last_login",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Only opening and closing is left: the rest is the person's, or given by a command."""
        if obj is None:
            return ()
        return tuple(name for name in self.get_fields(request, obj) if name != "is_active")

    def write(self, request: HttpRequest, obj: User, form: forms.ModelForm, change: bool) -> User:
        actor = require_person(request.user)
        if change:
            return set_active(actor=actor, user=obj, is_active=form.cleaned_data["is_active"])
        return create_user(
            actor=actor,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            language=form.cleaned_data["language"],
        )
