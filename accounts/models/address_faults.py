"""Addresses that no longer take our messages."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import AddressFaultKind


class AddressFaultQuerySet(models.QuerySet["AddressFault"]):
    """Vocabulary of faults."""

    def standing(self) -> "AddressFaultQuerySet":
        """Faults that nobody has cleared: nothing but security leaves to these addresses."""
        return self.filter(cleared_at__isnull=True)


class AddressFault(models.Model):
    """The mail provider told that an address no longer takes our messages, or complains of them.

    It stands until the person clears it, or changes the address. `event_key` names the provider's event:
    told twice, it is written once.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="address_faults",
        verbose_name=_("personne"),
    )
    address = models.EmailField(_("adresse"), max_length=254)
    kind = models.CharField(_("genre"), max_length=10, choices=AddressFaultKind.choices)
    event_key = models.CharField(_("clé de l’événement"), max_length=120, unique=True)
    provider_words = models.CharField(_("mots du serveur"), max_length=500, blank=True)
    reported_at = models.DateTimeField(_("signalé le"), default=timezone.now)
    cleared_at: "models.DateTimeField[datetime | None]" = models.DateTimeField(
        _("réglé le"), null=True, blank=True
    )

    objects = AddressFaultQuerySet.as_manager()

    class Meta:
        verbose_name = _("adresse qui ne reçoit plus")
        verbose_name_plural = _("adresses qui ne reçoivent plus")
        ordering = ("-reported_at", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["user", "address"],
                condition=Q(cleared_at__isnull=True),
                name="address_fault_standing_idx",
            ),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind__in=AddressFaultKind.values),
                name="address_fault_kind_known",
                violation_error_message=_("Ce genre de retour n’existe pas."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"
