"""The outbox: what left, what failed, and sending again what a person decides to."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import require_person
from accounts.admin.base import ReadOnlyAdmin
from accounts.errors import Refused
from accounts.models import Notification
from accounts.services.notifications import requeue


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    """Rows hold a kind and ids: nothing of what the message said is here."""

    list_display = ("created_at", "kind", "recipient", "state", "reason", "attempts", "provider_answer")
    list_filter = ("state", "reason", "kind")
    list_select_related = ("recipient",)
    search_fields = ("recipient__email",)
    date_hierarchy = "created_at"
    actions = ("send_again",)

    @admin.action(description=_("Renvoyer les messages refusés ou incertains"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        """Puts back to waiting; the others are left as they are."""
        moved = 0
        for notification in queryset:
            try:
                requeue(actor=require_person(request.user), notification=notification)
            except Refused:
                continue
            moved += 1
        self.message_user(
            request, gettext("Messages remis en attente : %(count)d.") % {"count": moved}, messages.SUCCESS
        )
