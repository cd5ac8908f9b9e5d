"""The worker's side of shares: the list, a new one in three steps, one share and who read it."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import sharing
from accounts.actors import require_person
from accounts.email_rendering import absolute_url
from accounts.enums import ShareKind
from accounts.errors import Refused
from accounts.forms.shares import EndForm, ItemsForm, ToForm
from accounts.models import Share, User
from accounts.posting import posted_from
from accounts.queries.file_access import read_by
from accounts.queries.shares import last_looks, looks_at, organisations_named, own_share, parts_of, shares_of
from accounts.services.shares import close_share, extend_share, make_share
from accounts.share_keys import link_key
from accounts.share_texts import CURRENT_VERSION, SHARE_TEXTS
from accounts.sharing import Seen

A_PAGE = 20
LOOKS_A_PAGE = 20

STEPS = (
    ("items", _("Ce que je montre")),
    ("to", _("À qui, jusqu’à quand")),
    ("preview", _("Relire et accepter")),
)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """My shares, the latest first, with how many times each was read."""
    worker, today = require_person(request.user).worker, timezone.localdate()
    page = Paginator(shares_of(worker), A_PAGE).get_page(request.GET.get("page"))
    rows = list(page.object_list)
    looks = last_looks(rows)
    context = {
        "page": page,
        "rows": [
            {"share": share, "is_open": share.is_open(today), "looks": looks.get(share.pk, (0, None))}
            for share in rows
        ],
    }
    return render(request, "accounts/shares.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A share in three steps. Each page carries what the others said, so that two tabs never mix; nothing is
    kept before the last one."""
    person, today = require_person(request.user), timezone.localdate()
    go = request.POST.get("go", "items")
    if request.method != "POST" or go == "items":
        typed = {name: request.POST.getlist(name) for name in request.POST}
        return _step(request, "items", ItemsForm(worker=person.worker, on=today, initial=typed))
    items = ItemsForm(request.POST, worker=person.worker, on=today)
    if not items.is_valid():
        return _step(request, "items", items)
    to = _to_form(request, is_bound=go in ("preview", "make"))
    if not to.is_bound or not to.is_valid():
        return _step(request, "to", to, searched=bool(request.POST.get("words")))
    if go == "make" and (share := _made(request, person, items, to)):
        return redirect("accounts:share", share.public_id)
    if to.errors:
        return _step(request, "to", to)
    seen = Seen(on=today, agreed_at=timezone.now())
    return _step(request, "preview", to, parts=sharing.parts(person.worker, items.ticked(), seen))


@login_required
@require_safe
def one(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One share: to whom, what it shows today, who read it and when."""
    person, today = require_person(request.user), timezone.localdate()
    return _page(request, own_share(person, public_id), EndForm(on=today))


@login_required
@posted_from("accounts:share", "public_id")
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Closes a share, in one click."""
    person = require_person(request.user)
    share = close_share(actor=person, share=own_share(person, public_id))
    told = gettext("C’est fermé : %(name)s ne voit plus rien de ce partage.") % {"name": share.reader_name}
    messages.success(request, told)
    if request.POST.get("back") == "list":
        return redirect("accounts:shares")
    return redirect("accounts:share", public_id)


@login_required
@posted_from("accounts:share", "public_id")
def extend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Moves the end of a share."""
    person, today = require_person(request.user), timezone.localdate()
    share = own_share(person, public_id)
    form = EndForm(request.POST, on=today)
    if form.is_valid():
        try:
            extend_share(actor=person, share=share, end_on=form.cleaned_data["end_on"], on=today)
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, gettext("La nouvelle date est enregistrée."))
            return redirect("accounts:share", public_id)
    return _page(request, share, form)


@never_cache
@login_required
@require_safe
def file(request: HttpRequest, kind: str, public_id: UUID) -> HttpResponse:
    """A file of the worker's own record, as the preview and the page of a share lead to it."""
    worker = require_person(request.user).worker
    seen = Seen(on=timezone.localdate(), agreed_at=timezone.now())
    return sharing.handed(worker, [(kind, public_id)], kind, public_id, seen)


def _page(request: HttpRequest, share: Share, form: EndForm) -> HttpResponse:
    today = timezone.localdate()
    page = Paginator(looks_at(share), LOOKS_A_PAGE).get_page(request.GET.get("page"))
    is_open = share.is_open(today)
    by_link = is_open and share.kind == ShareKind.LINK
    context = {
        "share": share,
        "is_open": is_open,
        "link": absolute_url("accounts:share_link", link_key(share.public_id)) if by_link else "",
        "parts": parts_of(share, today),
        "files": _files(),
        "name": share.worker.user.name,
        "form": form,
        "page": page,
        "looks": read_by(list(page.object_list), share),
        "consent": SHARE_TEXTS.get(share.text_version, ""),
    }
    return render(request, "accounts/share.html", context)


def _to_form(request: HttpRequest, *, is_bound: bool) -> ToForm:
    """The second form: bound to what was sent, or filled with it while the worker still looks."""
    today = timezone.localdate()
    found = organisations_named(request.POST.get("words", "")[:100], today)
    if is_bound:
        return ToForm(request.POST, on=today, organisations=found)
    typed = {name: request.POST[name] for name in ToForm.base_fields if request.POST.get(name)}
    if found:
        typed.setdefault("kind", ShareKind.ORGANISATION)
    return ToForm(initial=typed, on=today, organisations=found)


def _made(request: HttpRequest, person: User, items: ItemsForm, to: ToForm) -> Share | None:
    """The share; None, and its reason on the form, when the service refuses it."""
    try:
        share = make_share(
            actor=person,
            worker=person.worker,
            to=to.to(),
            ticked=items.ticked(),
            end_on=to.cleaned_data["end_on"],
            title=to.cleaned_data["title"],
            public_id=_draft(request),
        )
    except Refused as refusal:
        refusal.add_to(to)
        return None
    told = gettext("Le partage est ouvert. %(name)s en est prévenu par un message.")
    messages.success(request, told % {"name": share.reader_name})
    return share


def _step(request: HttpRequest, name: str, form: Any, **more: Any) -> HttpResponse:
    """The page of a step, which carries the fields of the others."""
    names = [one for one, _label in STEPS]
    own = set() if name == "preview" else set(form.fields)
    skipped = own | {"csrfmiddlewaretoken", "go", "draft"}
    carried = [
        (field, value)
        for field in request.POST
        if field not in skipped
        for value in request.POST.getlist(field)
    ]
    context = {
        "form": form,
        "carried": carried,
        "draft": _draft(request),
        "steps": [
            {"label": label, "state": _state(names.index(one) - names.index(name)), "note": ""}
            for one, label in STEPS
        ],
        "consent": SHARE_TEXTS[CURRENT_VERSION],
        "files": _files(),
        "name": require_person(request.user).name,
        **more,
    }
    return render(request, f"accounts/share_{name}.html", context)


def _state(distance: int) -> str:
    return "current" if distance == 0 else "done" if distance < 0 else "todo"


def _draft(request: HttpRequest) -> UUID:
    """The identifier that this form gives to its share, so that it makes one however often it is sent."""
    try:
        return UUID(request.POST.get("draft", ""))
    except ValueError:
        return uuid4()


def _files() -> str:
    """Where the worker's own files are, for the links of the preview."""
    return reverse("accounts:shares") + "fichiers/"
