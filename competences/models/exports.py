"""Files that a job prepares: lists, and records, that are too long to be made while somebody waits."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from competences.enums import OWN_EXPORTS, ExportFormat, ExportKind, ExportState


class ExportQuerySet(models.QuerySet["Export"]):
    def unfinished(self) -> Self:
        """Files that somebody waits for."""
        return self.filter(state__in=[ExportState.WAITING, ExportState.RUNNING])


class Export(models.Model):
    """A list as a file, from the demand to its removal a day later.

    A list of public data belongs to whoever knows `public_id`, and nothing says who asked; a file of a
    record, or of the people that an adviser accompanies, belongs to the person whose record is `worker`,
    alone. `key` is the same for two demands of the same list, format and language; `mark` is the state of
    what the list tells (queries/catalogue.py) when it was written, or asked for.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    worker = models.ForeignKey(
        "accounts.Worker", on_delete=models.CASCADE, null=True, blank=True, related_name="exports"
    )
    kind = models.CharField(max_length=20, choices=ExportKind)
    format = models.CharField(max_length=5, choices=ExportFormat)
    language = models.CharField(max_length=5)
    parameters = models.JSONField(default=dict)
    key = models.CharField(max_length=64)
    mark = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField()
    size = models.PositiveBigIntegerField(null=True)
    file_name = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    progressed_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("fichier à emporter")
        verbose_name_plural = _("fichiers à emporter")
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=["waiting", "running"]),
                name="export_one_unfinished_a_list",
                violation_error_message=_("Ce fichier est déjà en préparation."),
            ),
            models.CheckConstraint(
                condition=Q(state="done", finished_at__isnull=False, size__isnull=False)
                | Q(state="failed", finished_at__isnull=False, size=None)
                | Q(state__in=["waiting", "running"], finished_at=None, size=None),
                name="export_finished_says_when_and_how_big",
                violation_error_message=_("Un fichier prêt a une taille et une date de fin."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OWN_EXPORTS, worker__isnull=False)
                | (~Q(kind__in=OWN_EXPORTS) & Q(worker=None)),
                name="export_of_a_record_has_its_person",
                violation_error_message=_("Un fichier de dossier a une personne, une liste publique aucune."),
            ),
        ]
        indexes = [models.Index(fields=["key", "state"], name="export_by_key")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"

    @property
    def is_unfinished(self) -> bool:
        """Whether somebody still waits for it."""
        return self.state in (ExportState.WAITING, ExportState.RUNNING)
