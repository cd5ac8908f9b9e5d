"""The adviser's side of bilans: those they accompany, with their appointments, and one of them."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Thing, access_object, organisations_of
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from competences.bilan_pages import bilan_context
from competences.forms.bilans import ConventionForm
from competences.models import Bilan
from competences.queries.appointments import given_appointments, to_settle
from competences.queries.bilans import accompanied_bilan, accompanied_bilans
from competences.rules.bilans import ADVISER
from competences.services.bilan_details import set_convention
from competences.views.bilans import step, step_back

A_PAGE = 50


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The bilans I accompany, and my appointments: those to settle, those to come."""
    now = timezone.now()
    today = timezone.localdate(now)
    if not organisations_of(request.user, OrganisationKind.ADVISER_BODY, on=today).exists():
        raise NotFound
    given = given_appointments(request.user, today)
    bilans = accompanied_bilans(request.user, today).order_by("-moved_at", "-pk")
    context = {
        "page": Paginator(bilans, A_PAGE).get_page(request.GET.get("page")),
        "past": to_settle(given, now)[:A_PAGE],
        "coming": given.to_come(now)[:A_PAGE],
    }
    return render(request, "competences/adviser_bilans.html", context)


@login_required
@require_safe
def page(request: HttpRequest, worker_id: UUID, public_id: UUID) -> HttpResponse:
    """One bilan, opened through the door, which writes it down."""
    bilan = _opened(request, worker_id, public_id)
    context = bilan_context(bilan, ADVISER, request.user, timezone.now())
    return render(request, "competences/adviser_bilan.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, worker_id: UUID, public_id: UUID, name: str) -> HttpResponse:
    """One step, confirmed on its own page."""
    bilan = _seen(request, worker_id, public_id)
    return step(request, bilan, ADVISER, name, _address(bilan))


@login_required
@posted_from("competences:adviser_bilan", "worker_id", "public_id")
def undo(request: HttpRequest, worker_id: UUID, public_id: UUID) -> HttpResponse:
    """The adviser's last step is taken back."""
    bilan = _seen(request, worker_id, public_id)
    return step_back(request, bilan, _address(bilan))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def convention(request: HttpRequest, worker_id: UUID, public_id: UUID) -> HttpResponse:
    """The day the convention was sent; the answer is the person's."""
    bilan = _seen(request, worker_id, public_id)
    form = ConventionForm(request.POST or None, is_own=False, initial={"sent_on": bilan.convention_sent_on})
    if request.method == "POST" and form.is_valid():
        try:
            set_convention(actor=request.user, bilan=bilan, sent_on=form.cleaned_data["sent_on"])
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("C’est noté. La personne a dix jours pour répondre."))
            return redirect(_address(bilan))
    context = {"form": form, "bilan": bilan, "cancel_url": _address(bilan)}
    return render(request, "competences/bilan_convention.html", context)


def _opened(request: HttpRequest, worker_id: UUID, public_id: UUID) -> Bilan:
    """The bilan once its file was opened: one that is not theirs opens nothing and leaves no line."""
    today = timezone.localdate()
    bilan = accompanied_bilan(request.user, worker_id, public_id, on=today)
    access_object(request.user, worker_id, Thing.BILAN, on=today)
    return bilan


def _seen(request: HttpRequest, worker_id: UUID, public_id: UUID) -> Bilan:
    """The same; what is sent from a page opens the file no second time."""
    if request.method == "POST":
        return accompanied_bilan(request.user, worker_id, public_id, on=timezone.localdate())
    return _opened(request, worker_id, public_id)


def _address(bilan: Bilan) -> str:
    return reverse("competences:adviser_bilan", args=[bilan.worker.public_id, bilan.public_id])
