"""Organisations and the dated memberships that give people their roles."""

import uuid
from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import MembershipRole, OrganisationKind
from accounts.models.periods import end_after_start, in_force_lookup, overlap_lookup


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    """Vocabulary of organisations."""

    def of_kind(self, kind: OrganisationKind) -> "OrganisationQuerySet":
        """Adviser bodies, or employers."""
        return self.filter(kind=kind)

    def with_member_in_force(self, on: date, **member: object) -> "OrganisationQuerySet":
        """Organisations that count on the day `on` a member such as `member` (user=…, role=…)."""
        return self.filter(
            Exists(Membership.objects.in_force(on).filter(organisation=OuterRef("pk"), **member))
        )


class Organisation(models.Model):
    """An adviser body or an employer. Created by the staff of the site."""

    public_id = models.UUIDField(_("identifiant public"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("nature"), max_length=20, choices=OrganisationKind.choices)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ("name", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values),
                name="organisation_kind_known",
                violation_error_message=_("Cette nature d’organisation n’existe pas."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="organisation_named",
                violation_error_message=_("Une organisation a un nom."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Vocabulary of memberships."""

    def in_force(self, on: date) -> "MembershipQuerySet":
        """Memberships whose period holds the day `on`."""
        return self.filter(in_force_lookup(on))

    def overlapping(self, start_on: date, end_on: date | None) -> "MembershipQuerySet":
        """Memberships that share a day with `[start_on, end_on)`."""
        return self.filter(overlap_lookup(start_on, end_on))

    def advisers(self) -> "MembershipQuerySet":
        """Members who advise."""
        return self.filter(role=MembershipRole.ADVISER)


class Membership(models.Model):
    """A person holds a role in an organisation during `[start_on, end_on)`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("personne"),
    )
    # PROTECT: an organisation that had members is part of their history and of the access log.
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("organisation")
    )
    role = models.CharField(_("rôle"), max_length=20, choices=MembershipRole.choices)
    start_on = models.DateField(_("premier jour"))
    end_on = models.DateField(_("fin (jour non compris)"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("appartenance")
        verbose_name_plural = _("appartenances")
        ordering = ("start_on", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=end_after_start(),
                name="membership_end_after_start",
                violation_error_message=_("La fin vient après le premier jour."),
            ),
            models.CheckConstraint(
                condition=Q(role__in=MembershipRole.values),
                name="membership_role_known",
                violation_error_message=_("Ce rôle n’existe pas."),
            ),
            # Periods with an end are kept apart by the service, under a lock on the organisation.
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(end_on__isnull=True),
                name="membership_one_open",
                violation_error_message=_("Cette personne tient déjà ce rôle dans cette organisation."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} ({self.start_on} → {self.end_on or '…'})"
