"""Organisations and memberships: the staff creates them, there is no other way yet."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.actors import require_person
from accounts.admin.base import ServiceAdmin
from accounts.enums import MembershipRole, OrganisationKind
from accounts.models import Membership, Organisation
from accounts.services.organisations import (
    create_organisation,
    end_membership,
    rename_organisation,
    start_membership,
)


@admin.register(Organisation)
class OrganisationAdmin(ServiceAdmin):
    """Name and kind; the kind is set once."""

    fields = ("name", "kind", "public_id")
    list_display = ("name", "kind")
    list_filter = ("kind",)
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Organisation | None = None) -> tuple[str, ...]:
        return ("public_id",) if obj is None else ("public_id", "kind")

    def write(
        self, request: HttpRequest, obj: Organisation, form: forms.ModelForm, change: bool
    ) -> Organisation:
        name = form.cleaned_data["name"]
        if change:
            return rename_organisation(actor=require_person(request.user), organisation=obj, name=name)
        kind = OrganisationKind(form.cleaned_data["kind"])
        return create_organisation(actor=require_person(request.user), name=name, kind=kind)


@admin.register(Membership)
class MembershipAdmin(ServiceAdmin):
    """Who is a member of what; afterwards, only the end can be changed."""

    fields = ("user", "organisation", "role", "start_on", "end_on")
    list_display = ("user", "organisation", "role", "start_on", "end_on")
    list_filter = ("role",)
    list_select_related = ("user", "organisation")
    search_fields = ("user__email", "user__name", "organisation__name")
    autocomplete_fields = ("user", "organisation")

    def get_readonly_fields(self, request: HttpRequest, obj: Membership | None = None) -> tuple[str, ...]:
        return () if obj is None else ("user", "organisation", "role", "start_on")

    def write(self, request: HttpRequest, obj: Membership, form: forms.ModelForm, change: bool) -> Membership:
        values: dict[str, Any] = form.cleaned_data
        if change:
            return end_membership(actor=require_person(request.user), membership=obj, end_on=values["end_on"])
        return start_membership(
            actor=require_person(request.user),
            user=values["user"],
            organisation=values["organisation"],
            role=MembershipRole(values["role"]),
            start_on=values["start_on"],
            end_on=values["end_on"],
        )
