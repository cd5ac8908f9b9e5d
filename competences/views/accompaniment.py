"""Mon accompagnement: who accompanies me, the next appointment, what they shared and wrote."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from accounts.models import HandoverPart, Muting
from accounts.posting import posted_from
from accounts.queries.file_access import grantees
from accounts.queries.handovers import parts_of_worker
from accounts.services.mutings import mute_adviser, unmute_adviser
from competences.models import Appointment
from competences.queries.adviser_messages import received_messages
from competences.queries.notes import notes_shared_with

A_PAGE = 20


@login_required
@never_cache
@require_safe
def accompaniment(request: HttpRequest) -> HttpResponse:
    """Everything on one page; a bounded number of queries, however long the list of messages."""
    today, now = timezone.localdate(), timezone.now()
    worker = request.user.worker
    to_answer = HandoverPart.objects.to_answer(today).filter(worker=worker).values("pk")
    parts = list(parts_of_worker(worker)[: 2 * A_PAGE])
    open_keys = set(to_answer.values_list("pk", flat=True))
    handovers = {part.handover_id: part.handover for part in parts if part.pk in open_keys}
    past = {part.handover_id: part.handover for part in parts if part.handover_id not in handovers}
    page = Paginator(received_messages(worker), A_PAGE).get_page(request.GET.get("page"))
    appointments = Appointment.objects.to_come(now).filter(worker=worker)
    context = {
        "grantees": grantees(worker, today),
        "appointment": appointments.select_related("adviser", "organisation").order_by("starts_at").first(),
        "handovers": list(handovers.values()),
        "past": list(past.values())[:5],
        "notes": notes_shared_with(worker)[:A_PAGE],
        "page": page,
        "muted": set(Muting.objects.filter(worker=worker).values_list("adviser", flat=True)),
        "today": today,
    }
    return render(request, "competences/accompaniment.html", context)


@login_required
@posted_from("competences:accompaniment")
def mute(request: HttpRequest, public_id: UUID, muted: bool) -> HttpResponse:
    """Stops the messages of whoever wrote this one, or lets them come again."""
    message = received_messages(request.user.worker).filter(public_id=public_id).first()
    if message is None or message.author is None:
        raise NotFound
    if muted:
        mute_adviser(actor=request.user, adviser=message.author)
        told = _(
            "C’est fait : %(name)s ne peut plus vous écrire ici. Son accès à votre dossier ne change pas."
        )
    else:
        unmute_adviser(actor=request.user, adviser=message.author)
        told = _("C’est fait : %(name)s peut de nouveau vous écrire ici.")
    messages.success(request, told % {"name": message.author_name})
    return redirect("competences:accompaniment")
