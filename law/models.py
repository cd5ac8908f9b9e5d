"""Dated parameters of the law: one row a value and a first day."""

import datetime as dt
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from law.enums import Certainty, Unit


class LegalParameterQuerySet(models.QuerySet["LegalParameter"]):
    """Vocabulary of parameters."""

    def in_force(self, on: dt.date) -> Self:
        """The last row of each key that has begun on the day `on`."""
        return self.filter(start_on__lte=on).order_by("key", "-start_on").distinct("key")


class LegalParameter(models.Model):
    """The value of `key` from the day `start_on` until the next row of the same key.

    A figure is written with a point ("102.23"); the answer of a switch, for a point on which the texts are
    silent or sources differ, is a word ("end"). `article` says where the value is written, `read_on` when
    that was read. A row that the staff wrote (`edited_at`) is theirs: no release writes over it.
    """

    key = models.CharField(_("clé"), max_length=60)
    start_on = models.DateField(_("à partir du"))
    value = models.CharField(_("valeur"), max_length=40)
    unit = models.CharField(_("unité"), max_length=10, choices=Unit)
    article = models.CharField(_("article"), max_length=120)
    certainty = models.CharField(_("certitude"), max_length=12, choices=Certainty)
    read_on = models.DateField(_("lu le"))
    note = models.CharField(_("remarque"), max_length=300, blank=True)
    edited_at = models.DateTimeField(_("modifié le"), null=True, blank=True, editable=False)

    objects = LegalParameterQuerySet.as_manager()

    class Meta:
        verbose_name = _("paramètre de la loi")
        verbose_name_plural = _("paramètres de la loi")
        ordering = ["key", "-start_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["key", "start_on"],
                name="law_one_value_a_day",
                violation_error_message=_("Cette clé a déjà une valeur à partir de ce jour."),
            ),
            models.CheckConstraint(
                condition=Q(unit=Unit.WORD) | Q(value__regex=r"^[0-9]+(\.[0-9]+)?$"),
                name="law_figure_is_a_number",
                violation_error_message=_("Écrivez un nombre, avec un point : 102.23."),
            ),
            models.CheckConstraint(
                condition=Q(unit__in=Unit.values) & Q(certainty__in=Certainty.values) & ~Q(value=""),
                name="law_parameter_is_whole",
                violation_error_message=_("Une valeur a une unité et une certitude."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} = {self.value} ({self.start_on})"

    @property
    def number(self) -> Decimal:
        """The value as a number. Raises ValueError for the answer of a switch."""
        if self.unit == Unit.WORD:
            raise ValueError(f"{self.key} is a word.")
        return Decimal(self.value)

    @property
    def count(self) -> int:
        """The value as a whole number (of years, of hours). Raises ValueError where it is not one."""
        if self.number != int(self.number):
            raise ValueError(f"{self.key} is not whole.")
        return int(self.number)

    @property
    def is_certain(self) -> bool:
        """Whether nothing has to be confirmed."""
        return self.certainty == Certainty.CERTAIN
