"""What an adviser keeps of their own space, and who may see how an organisation shares its work."""

import datetime as dt
import uuid
from typing import Self
from urllib.parse import urlencode

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.enums import MembershipRole, OrganisationKind
from accounts.models.periods import end_after_start, in_force_lookup

FILTER_NAME_LENGTH = 60


class SavedFilter(models.Model):
    """A choice among the people an adviser accompanies, kept under a name of theirs.

    `asked` holds the parameters of the list as its address has them; what they find is read anew each time.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    adviser = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(_("nom du filtre"), max_length=FILTER_NAME_LENGTH)
    asked = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("filtre enregistré")
        verbose_name_plural = _("filtres enregistrés")
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["adviser", "name"],
                name="saved_filter_one_name",
                violation_error_message=_("Vous avez déjà un filtre de ce nom."),
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="saved_filter_is_named",
                violation_error_message=_("Donnez un nom à ce filtre."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def query(self) -> str:
        """The parameters as an address writes them."""
        return urlencode(self.asked)


class CaseloadVisit(models.Model):
    """Up to when an adviser has seen what others changed in the files they accompany."""

    adviser = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="caseload_visit")
    seen_until = models.DateTimeField()

    class Meta:
        verbose_name = _("dernière lecture des changements")
        verbose_name_plural = _("dernières lectures des changements")

    def __str__(self) -> str:
        return str(self.seen_until)


class CoordinatorQuerySet(models.QuerySet["Coordinator"]):
    def effective(self, on: dt.date) -> Self:
        """Coordinators of that day: the right is in force, and so is the membership that it hangs on."""
        return self.filter(
            in_force_lookup(on),
            in_force_lookup(on, prefix="membership__"),
            membership__role=MembershipRole.ADVISER,
            membership__organisation__kind=OrganisationKind.ADVISER_BODY,
            membership__user__is_active=True,
        )


class Coordinator(models.Model):
    """An adviser sees, during `[start_on, end_on)`, who accompanies whom in their organisation.

    Names, advisers and ends of mandates, and nothing of any file (docs/adr/0040-organisation-list.md). Given
    by the staff of the site, at the request of the organisation.
    """

    membership = models.ForeignKey(
        "accounts.Membership", on_delete=models.CASCADE, related_name="coordinations"
    )
    start_on = models.DateField(_("premier jour"))
    end_on = models.DateField(_("fin (jour non compris)"))

    objects = CoordinatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("coordination d’un organisme")
        verbose_name_plural = _("coordinations d’organismes")
        ordering = ["start_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=end_after_start(),
                name="coordinator_end_after_start",
                violation_error_message=_("La fin vient après le premier jour."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.membership_id} ({self.start_on} → {self.end_on})"
