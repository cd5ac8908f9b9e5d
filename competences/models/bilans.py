"""Bilans de compétences: when a worker wishes the next, and each of them from the wish to its follow-up."""

import uuid
from typing import Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competences.enums import BilanRole, BilanState, ConventionAnswer, Funder
from competences.rules.bilans import RUNNING, STOPPED

RHYTHM_MONTHS = (1, 120)
"""Shortest and longest rhythm between two bilans, in months."""


class BilanPlan(models.Model):
    """The last bilan and the rhythm that the worker wishes; `next_on` follows (rules/clocks.py)."""

    worker = models.OneToOneField("accounts.Worker", on_delete=models.CASCADE, related_name="bilan_plan")
    last_on = models.DateField(_("date de votre dernier bilan"))
    rhythm_months = models.PositiveSmallIntegerField(
        _("rythme souhaité, en mois"),
        validators=[MinValueValidator(RHYTHM_MONTHS[0]), MaxValueValidator(RHYTHM_MONTHS[1])],
    )
    next_on = models.DateField(editable=False, db_index=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("rythme des bilans")
        verbose_name_plural = _("rythmes des bilans")
        constraints = [
            models.CheckConstraint(
                condition=Q(rhythm_months__gte=RHYTHM_MONTHS[0], rhythm_months__lte=RHYTHM_MONTHS[1]),
                name="bilan_plan_rhythm_in_bounds",
                violation_error_message=_("Choisissez un rythme de 1 à 120 mois."),
            )
        ]

    def __str__(self) -> str:
        return str(self.next_on)


NEED_LENGTH = 2000
NAME_LENGTH = 200


class BilanQuerySet(models.QuerySet["Bilan"]):
    def running(self) -> Self:
        """Bilans that are not over."""
        return self.filter(state__in=RUNNING)

    def accompanied_by(self, adviser: models.Model) -> Self:
        """Bilans of which that account is the adviser, but for those that the person stopped: nothing of
        them is left for others. Whether it may open them is the door's to say."""
        return self.filter(adviser=adviser).exclude(state__in=STOPPED)


class Bilan(models.Model):
    """One bilan of a worker, who owns it; nobody else learns that it exists but by a mandate for bilans.

    The provider is an adviser body of the house (`organisation`, and its `adviser`), else the `provider_name`
    that the person gave. `is_certified` (Qualiopi): None while nobody said. `requested_on` is the day of the
    request to the funder, `cost` in euros. The convention of three parties is signed by the person from
    `convention_sent_on`, the day the employer sent it. `consent_version` names the sentence that the person
    accepted before the first phase (competences/bilan_texts.py).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="bilans")
    state = models.CharField(max_length=15, choices=BilanState, default=BilanState.WISHED)
    need = models.TextField(_("ce que vous en attendez"), max_length=NEED_LENGTH, blank=True)
    adviser = models.ForeignKey(
        "accounts.User",
        # The bilan is the worker's: it outlives the account of who accompanied it.
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="bilans_accompanied",
        verbose_name=_("conseiller ou conseillère"),
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        # PROTECT: the worker may ask who made their bilan, as for mandates.
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prestataire"),
    )
    provider_name = models.CharField(_("prestataire"), max_length=NAME_LENGTH, blank=True)
    is_certified = models.BooleanField(_("certifié Qualiopi"), null=True, blank=True)
    employer_name = models.CharField(_("employeur"), max_length=NAME_LENGTH, blank=True)
    funder = models.CharField(_("financeur"), max_length=20, choices=Funder, blank=True)
    cost = models.DecimalField(_("prix, en euros"), max_digits=8, decimal_places=2, null=True, blank=True)
    requested_on = models.DateField(_("demande faite le"), null=True, blank=True)
    convention_sent_on = models.DateField(_("convention envoyée le"), null=True, blank=True)
    convention_answer = models.CharField(max_length=10, choices=ConventionAnswer, blank=True)
    convention_answered_on = models.DateField(_("réponse donnée le"), null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    consent_version = models.CharField(max_length=20, blank=True)
    started_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    objects = BilanQuerySet.as_manager()

    class Meta:
        verbose_name = _("bilan de compétences")
        verbose_name_plural = _("bilans de compétences")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(state__in=RUNNING),
                name="bilan_one_running",
                violation_error_message=_("Vous avez déjà un bilan en cours."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=BilanState.values) & Q(funder__in=["", *Funder.values]),
                name="bilan_words_known",
                violation_error_message=_("Choisissez dans la liste."),
            ),
            models.CheckConstraint(
                condition=Q(adviser=None) | Q(organisation__isnull=False),
                name="bilan_adviser_in_an_organisation",
                violation_error_message=_("Un conseiller agit pour un organisme."),
            ),
            models.CheckConstraint(
                condition=Q(cost=None) | Q(cost__gte=0),
                name="bilan_cost_not_negative",
                violation_error_message=_("Le prix ne peut pas être négatif."),
            ),
            models.CheckConstraint(
                condition=Q(consented_at=None, consent_version="")
                | (Q(consented_at__isnull=False) & ~Q(consent_version="")),
                name="bilan_consent_has_its_text",
                violation_error_message=_("Un accord garde le texte accepté."),
            ),
            models.CheckConstraint(
                condition=Q(convention_answer="", convention_answered_on=None)
                | Q(
                    convention_answer__in=ConventionAnswer.values,
                    convention_sent_on__isnull=False,
                    convention_answered_on__gte=F("convention_sent_on"),
                ),
                name="bilan_convention_answered_after_sent",
                violation_error_message=_("On répond à une convention après l’avoir reçue."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
                name="bilan_ends_after_it_starts",
                violation_error_message=_("Un bilan finit après avoir commencé."),
            ),
        ]
        indexes = [
            models.Index(fields=["worker", "-created_at"], name="bilan_of_worker"),
            models.Index(fields=["adviser", "state"], name="bilan_of_adviser"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.public_id}"

    def is_accompanied_by(self, user: models.Model) -> bool:
        """`BilanQuerySet.accompanied_by`, for a row that is already held."""
        return self.adviser_id == user.pk and self.state not in STOPPED


class BilanMove(models.Model):
    """One line of a bilan's log: from a state to another, by whom, in what capacity, when.

    `actor_name` stays when the account is gone. `before` is "" for the wish itself.
    """

    bilan = models.ForeignKey(Bilan, on_delete=models.CASCADE, related_name="moves")
    before = models.CharField(max_length=15, choices=BilanState, blank=True)
    after = models.CharField(max_length=15, choices=BilanState)
    actor = models.ForeignKey(
        "accounts.User",
        # What happened stays told once the account is gone, under the name it had.
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    actor_name = models.CharField(max_length=254)
    role = models.CharField(max_length=10, choices=BilanRole)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("étape d’un bilan")
        verbose_name_plural = _("étapes des bilans")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=BilanRole.values),
                name="bilan_move_role_known",
                violation_error_message=_("Ce rôle n’existe pas."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.before or '-'} → {self.after}"
