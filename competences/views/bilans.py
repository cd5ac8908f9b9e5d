"""The rhythm of a person's bilans."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Refused
from competences.forms.bilans import BilanForm
from competences.queries.bilans import bilan_plan
from competences.services.bilans import set_bilan_plan


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def bilan(request: HttpRequest) -> HttpResponse:
    """The last bilan and the wished rhythm."""
    plan = bilan_plan(request.user.worker)
    initial = {"last_on": plan.last_on, "rhythm_months": plan.rhythm_months} if plan else None
    form = BilanForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_bilan_plan(
                actor=request.user, worker=request.user.worker, on=timezone.localdate(), **form.cleaned_data
            )
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("Votre prochaine date est calculée."))
            return redirect("competences:dashboard")
    return render(request, "competences/bilan.html", {"form": form, "plan": plan})
