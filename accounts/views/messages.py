"""My messages: what the house told me, whether or not an e-mail left, and what I have read of it."""

from uuid import UUID

from django.contrib import messages as notices
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from accounts.actors import require_person
from accounts.errors import NotFound
from accounts.posting import posted_from
from accounts.queries.messages import messages_of, told
from accounts.services.notifications import mark_all_read, mark_read

A_PAGE = 50


@login_required
@require_safe
def messages(request: HttpRequest) -> HttpResponse:
    """The person's own messages, the latest first."""
    person = require_person(request.user)
    page = Paginator(messages_of(person, timezone.now()), A_PAGE).get_page(request.GET.get("page"))
    found = told(list(page.object_list), person, timezone.localdate())
    rows = [(one, _address(one.detail.page, one.detail.arguments)) for one in found]
    context = {"page": page, "rows": rows, "latest": found[0].row if found else None}
    return render(request, "accounts/messages.html", context)


@login_required
@posted_from("accounts:messages")
def read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Marks one message as read."""
    person = require_person(request.user)
    row = messages_of(person, timezone.now()).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    mark_read(actor=person, notification=row)
    return _back(request)


@login_required
@posted_from("accounts:messages")
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks as read all that had come when the list was shown: what came since is not lost."""
    person = require_person(request.user)
    rows = messages_of(person, timezone.now())
    latest = rows.filter(public_id=_identifier(request.POST.get("latest", ""))).first()
    if latest is None:
        raise NotFound
    count = mark_all_read(actor=person, rows=rows.filter(not_before__lte=latest.not_before))
    notices.success(request, gettext("Messages marqués comme lus : %(count)d.") % {"count": count})
    return _back(request)


def _identifier(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(page: str, arguments: tuple[object, ...]) -> str:
    return reverse(page, args=arguments) if page else ""


def _back(request: HttpRequest) -> HttpResponse:
    """The page of the list on which the person was."""
    number = request.POST.get("page", "")
    query = f"?page={number}" if number.isascii() and number.isdigit() and number != "1" else ""
    return redirect(reverse("accounts:messages") + query)
