"""What the reference left behind, explained: a person's flags, and those that the people followed contest."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import organisations_of
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from accounts.posting import posted_from
from accounts.templatetags.components import in_words
from competences.forms.flags import ContestForm, HideForm
from competences.queries.flags import (
    contested_flags,
    flag_page,
    own_flag,
    own_flags,
    rule_figures,
)
from competences.services.flags import contest_flag, hide_flag, show_flag, withdraw_contest

A_PAGE = 50


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """All that the reference left behind in my record, hidden or not."""
    context = {"statements": own_flags(request.user, timezone.localdate())}
    return render(request, "competences/flags.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One flag explained, and what I may do. A contest is posted here: what was typed is kept."""
    form = ContestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            contest_flag(
                actor=request.user, flag=own_flag(request.user, public_id), reason=form.cleaned_data["reason"]
            )
        except Refused as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("C’est noté. Le signal reste là, avec votre raison."))
            return redirect("competences:flag", public_id)
    found = flag_page(request.user, public_id, on=timezone.localdate())
    is_hidden = found.flag.is_hidden(timezone.localdate())
    context = {"page": found, "form": form, "hide_form": HideForm(), "is_hidden": is_hidden}
    return render(request, "competences/flag_page.html", context)


@login_required
@posted_from("competences:flag", "public_id")
def hide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """My screens no longer show it for some months."""
    flag = own_flag(request.user, public_id)
    form = HideForm(request.POST)
    if not form.is_valid():
        messages.warning(request, _("Choisissez un délai dans la liste."))
        return redirect("competences:flag", public_id)
    try:
        hidden = hide_flag(actor=request.user, flag=flag, months=form.cleaned_data["months"])
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        words = _("Masqué jusqu’au %(day)s. Vous le retrouvez dans « Tous les signaux ».")
        messages.success(request, words % {"day": in_words(hidden.hidden_until)})
    return redirect("competences:flag", public_id)


@login_required
@posted_from("competences:flag", "public_id")
def show(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """My screens show it again."""
    return _done(request, public_id, show_flag, _("Ce signal est de nouveau affiché."))


@login_required
@posted_from("competences:flag", "public_id")
def withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """I no longer contest it."""
    return _done(request, public_id, withdraw_contest, _("Vous ne contestez plus ce signal."))


@login_required
@require_safe
def contested(request: HttpRequest) -> HttpResponse:
    """An adviser's list of the flags that the people they follow contest, and the figures of each rule."""
    today = timezone.localdate()
    if not organisations_of(request.user, OrganisationKind.ADVISER_BODY, on=today).exists():
        raise NotFound
    found = Paginator(contested_flags(request.user, today), A_PAGE).get_page(request.GET.get("page"))
    context = {"page": found, "figures": rule_figures(today)}
    return render(request, "competences/contested_flags.html", context)


def _done(request: HttpRequest, public_id: UUID, act: Callable[..., object], words: str) -> HttpResponse:
    try:
        act(actor=request.user, flag=own_flag(request.user, public_id))
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, words)
    return redirect("competences:flag", public_id)
