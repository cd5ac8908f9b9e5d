"""The journal of jobs: the one table of this app."""

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class RunState(models.TextChoices):
    """What became of a run."""

    RUNNING = "running", _("en cours")
    DONE = "done", _("terminé")
    FAILED = "failed", _("échoué")
    ABANDONED = "abandoned", _("interrompu")


class TaskRunQuerySet(models.QuerySet["TaskRun"]):
    """Vocabulary of the journal."""

    def running(self) -> "TaskRunQuerySet":
        """Runs that have not written their end; without the lock of their key, they were killed."""
        return self.filter(state=RunState.RUNNING)

    def quiet(self) -> "TaskRunQuerySet":
        """Runs that ended well and had nothing to do."""
        return self.filter(state=RunState.DONE, is_quiet=True)

    def finished_before(self, instant: datetime) -> "TaskRunQuerySet":
        """Runs that ended before an instant."""
        return self.filter(finished_at__lt=instant)


class TaskRun(models.Model):
    """One run of a job: how many things it did, how long it took, where it failed.

    Counts and places in our code only: never a name, nor the words of an error, which may hold one.
    """

    key = models.CharField(_("travail"), max_length=120)
    state = models.CharField(_("état"), max_length=10, choices=RunState.choices, default=RunState.RUNNING)
    counts = models.JSONField(_("décomptes"), default=dict, blank=True)
    is_quiet = models.BooleanField(_("rien à faire"), default=False)
    error = models.CharField(_("erreur"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("début"), default=timezone.now)
    finished_at = models.DateTimeField(_("fin"), null=True, blank=True)

    objects = TaskRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("exécution")
        verbose_name_plural = _("exécutions")
        ordering = ("-started_at", "-id")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["key", "-started_at"], name="taskrun_key_idx"),
            models.Index(fields=["finished_at"], name="taskrun_finished_idx"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=RunState.values),
                name="taskrun_state_known",
                violation_error_message=_("Cet état n’existe pas."),
            ),
            models.CheckConstraint(
                condition=Q(state=RunState.RUNNING, finished_at__isnull=True)
                | (~Q(state=RunState.RUNNING) & Q(finished_at__isnull=False)),
                name="taskrun_finished_dated",
                violation_error_message=_("Une exécution terminée, et elle seule, a une date de fin."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=F("started_at")),
                name="taskrun_ends_after_start",
                violation_error_message=_("Une exécution se termine après son début."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} ({self.state})"

    @property
    def duration(self) -> timedelta | None:
        """How long it took; None while it runs."""
        return self.finished_at - self.started_at if self.finished_at else None
