"""The jobs that people and organisations name, always by title."""

import datetime as dt
import uuid
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.periods import in_force_lookup
from competences.enums import JobUse


class PeriodQuerySet(models.QuerySet):
    def in_force(self, on: dt.date) -> Self:
        """Rows whose period `[start_on, end_on)` holds that day."""
        return self.filter(in_force_lookup(on))


class WorkerJob(models.Model):
    """A job that a worker has or wants, named by its title: the job is the title's job in an edition."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey("accounts.Worker", on_delete=models.CASCADE, related_name="jobs")
    # PROTECT: a concept is never deleted, and the edition that was read is part of what was said.
    title = models.ForeignKey("competences.Concept", on_delete=models.PROTECT, related_name="worker_jobs")
    edition = models.ForeignKey("competences.Edition", on_delete=models.PROTECT, related_name="+")
    use = models.CharField(_("ce métier est"), max_length=10, choices=JobUse)
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("métier du dossier")
        verbose_name_plural = _("métiers du dossier")
        ordering = ["use", "-start_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["worker", "title", "use"],
                condition=Q(end_on=None),
                name="worker_job_one_open_a_title",
                violation_error_message=_("Ce métier est déjà dans votre dossier."),
            ),
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")),
                name="worker_job_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class OrganisationJob(models.Model):
    """A job that an organisation has in its teams, named by its title."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.CASCADE, related_name="jobs")
    # PROTECT: a concept is never deleted, and the edition that was read is part of what was said.
    title = models.ForeignKey(
        "competences.Concept", on_delete=models.PROTECT, related_name="organisation_jobs"
    )
    edition = models.ForeignKey("competences.Edition", on_delete=models.PROTECT, related_name="+")
    start_on = models.DateField()
    end_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("métier de l’organisation")
        verbose_name_plural = _("métiers de l’organisation")
        ordering = ["-start_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "title"],
                condition=Q(end_on=None),
                name="organisation_job_one_open_a_title",
                violation_error_message=_("Ce métier est déjà dans votre liste."),
            ),
            models.CheckConstraint(
                condition=Q(end_on=None) | Q(end_on__gte=F("start_on")),
                name="organisation_job_ends_after_it_starts",
                violation_error_message=_("La fin doit suivre le début."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
