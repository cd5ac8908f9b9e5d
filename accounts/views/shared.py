"""The readers' side of shares: by link, without an account; and the members of organisations.

The pages of a link say nothing of anybody before the code, tell nothing to caches, search engines and other
sites, and answer alike for a link that was guessed, that ended or that was closed.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import sharing
from accounts.access import SYSTEM, access_link, access_share
from accounts.actors import require_person
from accounts.errors import NotFound, Refused, Unavailable
from accounts.forms.shares import CodeForm
from accounts.models import Share
from accounts.posting import posted_from
from accounts.queries.shares import link_share, parts_of, shared_with, typed_code
from accounts.services.share_codes import open_with_code, send_code
from accounts.sharing import Seen

A_PAGE = 50
TYPED = "share_codes"
"""Where a session keeps the identifiers of the codes typed in this browser, by share."""

View = Callable[..., HttpResponse]

# Browsers and previews that fetch a page before anybody asks to see it say so in one of these.
_EARLY = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def link_page(view: View) -> View:
    """A page of a link: in no cache, in no index, without a word to other sites; and one page for whatever
    opens nothing.

    The Referer stays inside the site: with "no-referrer" a browser would send our own forms from "null".
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except NotFound:
            response = render(request, "accounts/share_over.html", status=404)
        except Unavailable as down:
            words = {"message": down.message}
            response = render(request, "accounts/unavailable.html", words, status=503)
        response["Cache-Control"] = "private, no-store"
        response["Referrer-Policy"] = "same-origin"
        response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response

    return wrapped


@link_page
@require_safe
def gate(request: HttpRequest, key: str) -> HttpResponse:
    """What the link opens on: the offer of a code, and not a word of whose share it is."""
    link_share(key, timezone.localdate())
    return render(request, "accounts/share_link.html", {"key": key})


@link_page
@posted_from("accounts:share_link", "key")
def ask(request: HttpRequest, key: str) -> HttpResponse:
    """Sends a code to the address that the share names."""
    share = link_share(key, timezone.localdate())
    try:
        send_code(actor=SYSTEM, share=share, now=timezone.now())
    except Refused as refusal:
        messages.warning(request, refusal.message)
    else:
        messages.success(request, gettext("Un code est parti. Il arrive en une minute ou deux."))
    return redirect("accounts:share_code", key)


@link_page
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, key: str) -> HttpResponse:
    """Where the code is typed; the right one opens the share in this browser, for an hour."""
    share = link_share(key, timezone.localdate())
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            used = open_with_code(
                actor=SYSTEM, share=share, typed=form.cleaned_data["code"], now=timezone.now()
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            _remember(request, share, str(used.public_id))
            return redirect("accounts:share_read", key)
    return render(request, "accounts/share_code.html", {"key": key, "form": form})


@link_page
@require_safe
def read(request: HttpRequest, key: str) -> HttpResponse:
    """The ticked items, in the browser where the code was typed; written in the access log first."""
    typed = _typed(request, key)
    if typed is None:
        return redirect("accounts:share_link", key)
    if not _is_look(request):
        return HttpResponse()
    share = access_link(key, typed, now=timezone.now())
    return _shown(request, share, reverse("accounts:share_read", args=[key]))


@link_page
@require_safe
def read_file(request: HttpRequest, key: str, kind: str, public_id: UUID) -> HttpResponse:
    """A file that was ticked, for whoever reads the share; it is a look like another."""
    typed = _typed(request, key)
    if typed is None:
        return redirect("accounts:share_link", key)
    if not _is_look(request):
        return HttpResponse()
    return _handed(access_link(key, typed, now=timezone.now()), kind, public_id)


@never_cache
@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What is shown to my organisations today."""
    rows = shared_with(require_person(request.user), timezone.localdate())
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "accounts/shared_index.html", {"page": page})


@never_cache
@login_required
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One share to an organisation, opened through the door, which writes it down."""
    if not _is_look(request):
        return HttpResponse()
    share = access_share(require_person(request.user), public_id, on=timezone.localdate())
    return _shown(request, share, reverse("accounts:shared", args=[public_id]))


@never_cache
@login_required
@require_safe
def file(request: HttpRequest, public_id: UUID, kind: str, item_id: UUID) -> HttpResponse:
    """A file that was ticked, for a member of the organisation."""
    if not _is_look(request):
        return HttpResponse()
    share = access_share(require_person(request.user), public_id, on=timezone.localdate())
    return _handed(share, kind, item_id)


def _shown(request: HttpRequest, share: Share, files: str) -> HttpResponse:
    context = {
        "share": share,
        "name": share.worker.user.name,
        "parts": parts_of(share, timezone.localdate()),
        "files": files,
    }
    return render(request, "accounts/shared.html", context)


def _handed(share: Share, kind: str, public_id: UUID) -> HttpResponse:
    ticked = [(item.kind, item.public_id) for item in share.items.all()]
    seen = Seen(on=timezone.localdate(), agreed_at=share.created_at)
    return sharing.handed(share.worker, ticked, kind, public_id, seen)


def _is_look(request: HttpRequest) -> bool:
    """Whether somebody looks: not a robot that asks for the headers alone, nor a preview or a browser that
    fetches a page before anybody opens it."""
    early = any(
        word in request.headers.get(name, "").lower() for name in _EARLY for word in ("prefetch", "preview")
    )
    return request.method == "GET" and not early


def _typed(request: HttpRequest, key: str) -> str | None:
    """The identifier of the code typed in this browser for this share, while it opens. Raises NotFound."""
    share = link_share(key, timezone.localdate())
    known = request.session.get(TYPED, {}).get(share.public_id.hex)
    return known if typed_code(share, known, timezone.now()) else None


def _remember(request: HttpRequest, share: Share, public_id: str) -> None:
    """Keeps in the session that this code was typed. A visitor's session ends with the browser."""
    request.session.cycle_key()
    request.session[TYPED] = {**request.session.get(TYPED, {}), share.public_id.hex: public_id}
    if not request.user.is_authenticated:
        request.session.set_expiry(0)
