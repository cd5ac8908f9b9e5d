"""What other sources say of jobs, beside the references: tables of codes, and scores of exposure.

A source is one file, with its date and its terms. A newer file of the same slug takes its place; the former
keeps its rows, with the instant at which it was replaced, so that what was shown can be shown again.
"""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from competences.enums import SignalKind


class SignalSourceQuerySet(models.QuerySet["SignalSource"]):
    def in_use(self) -> Self:
        """The sources that pages read: one a slug."""
        return self.filter(replaced_at=None)


class SignalSource(models.Model):
    """One file that was imported. `sha256` is that of its bytes, as sha256sum prints it.

    `scale` says in words what a score of the source means; `licence` what its producer lets people do.
    """

    slug = models.SlugField(_("identifiant"))
    name = models.CharField(_("nom"), max_length=200)
    kind = models.CharField(_("genre"), max_length=10, choices=SignalKind)
    scale = models.TextField(_("échelle"), blank=True)
    published_on = models.DateField(_("publiée le"))
    licence = models.TextField(_("conditions d’usage"))
    sha256 = models.CharField(max_length=64)
    file_name = models.CharField(_("fichier"), max_length=255)
    imported_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = SignalSourceQuerySet.as_manager()

    class Meta:
        verbose_name = _("source de signaux")
        verbose_name_plural = _("sources de signaux")
        ordering = ["slug", "-published_on", "-imported_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(replaced_at=None),
                name="signal_source_one_in_use",
                violation_error_message=_("Une autre version de cette source est déjà en service."),
            ),
            models.UniqueConstraint(
                fields=["slug", "sha256"],
                name="signal_source_bytes_once",
                violation_error_message=_("Ce fichier est déjà importé."),
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | Q(replaced_at__gte=F("imported_at")),
                name="signal_source_replaced_after_imported",
                violation_error_message=_("Une source ne peut pas être remplacée avant d’être importée."),
            ),
            models.CheckConstraint(
                condition=~Q(licence=""),
                name="signal_source_says_its_licence",
                violation_error_message=_("Dites à quelles conditions cette source peut servir."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.published_on})"


class SignalRowQuerySet(models.QuerySet):
    """Rows of sources."""

    def in_use(self) -> Self:
        """Rows of the sources that pages read."""
        return self.filter(source__replaced_at=None)


class CrosswalkRow(models.Model):
    """A code of one classification and the code that stands for it in another.

    Codes are text: "0110" has its zero. Schemes: "rome3", "isco08".
    """

    source = models.ForeignKey(
        SignalSource, on_delete=models.CASCADE, related_name="crosswalk_rows", db_index=False
    )
    from_scheme = models.CharField(max_length=20)
    from_code = models.CharField(max_length=20)
    to_scheme = models.CharField(max_length=20)
    to_code = models.CharField(max_length=20)

    objects = SignalRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "from_scheme", "from_code", "to_scheme"],
                name="crosswalk_row_one_answer_a_code",
                violation_error_message=_("Ce code a déjà un équivalent dans cette source."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_scheme} {self.from_code} = {self.to_scheme} {self.to_code}"


class ExposureScore(models.Model):
    """How much of the work of an ISCO-08 occupation a machine could do, as one source scores it.

    Means of the scores of its tasks, 0 (none) to 1 (all), as scored in 2025 and in 2023. Classes are the
    producer's own words, which changed between the two: scores are compared, never classes.
    """

    source = models.ForeignKey(
        SignalSource, on_delete=models.CASCADE, related_name="exposure_scores", db_index=False
    )
    isco = models.CharField(max_length=4)
    mean_2025 = models.DecimalField(max_digits=5, decimal_places=4)
    mean_2023 = models.DecimalField(max_digits=5, decimal_places=4, null=True)
    class_2025 = models.CharField(max_length=60, blank=True)
    class_2023 = models.CharField(max_length=60, blank=True)

    objects = SignalRowQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "isco"],
                name="exposure_score_one_a_code",
                violation_error_message=_("Ce métier a déjà un score dans cette source."),
            ),
            models.CheckConstraint(
                condition=Q(mean_2025__gte=0, mean_2025__lte=1)
                & (Q(mean_2023=None) | Q(mean_2023__gte=0, mean_2023__lte=1)),
                name="exposure_score_on_the_scale",
                violation_error_message=_("Un score va de 0 à 1."),
            ),
            models.CheckConstraint(
                condition=Q(isco__regex=r"^\d{4}$"),
                name="exposure_score_code_has_four_digits",
                violation_error_message=_("Un code ISCO-08 a quatre chiffres."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.isco} {self.mean_2025}"
