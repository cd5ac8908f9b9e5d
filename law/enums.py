"""Closed lists of the law app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Certainty(models.TextChoices):
    """How sure a parameter is; whatever is not CERTAIN is shown to people as a point to confirm."""

    CERTAIN = "certain", _("certain")
    ONE_SOURCE = "one_source", _("une seule source")
    UNCLEAR = "unclear", _("à confirmer")


class Unit(models.TextChoices):
    """What a value is counted in; WORD for the answer of a switch."""

    HOURS = "hours", _("heures")
    DAYS = "days", _("jours")
    MONTHS = "months", _("mois")
    YEARS = "years", _("ans")
    EUROS = "euros", _("euros")
    PERSONS = "persons", _("personnes")
    WORD = "word", _("choix")
