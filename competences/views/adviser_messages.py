"""An adviser writes to people: the people, the text, what each will read, then the sending."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Thing, organisations_of
from accounts.enums import OrganisationKind
from accounts.errors import NotFound, Refused
from competences.forms.adviser_messages import MessageForm, TemplateForm
from competences.queries.adviser_messages import (
    own_template,
    own_templates,
    prepared,
    ticked_people,
)
from competences.rules.message_templates import PLACEHOLDERS
from competences.services.adviser_messages import (
    MOST_AT_ONCE,
    checked_text,
    erase_template,
    save_template,
    send_messages,
)
from competences.views.signed_out import keeps_text

PEOPLE = "personne"
"""The field that carries the public identifier of each ticked person."""

PAGES = require_http_methods(["GET", "HEAD", "POST"])


def posted_people(request: HttpRequest) -> list[str]:
    """The identifiers that a list posted, or that an address names, each once."""
    given: QueryDict = request.POST if request.method == "POST" else request.GET
    return list(dict.fromkeys(given.getlist(PEOPLE)))[: 2 * MOST_AT_ONCE]


@keeps_text("text")
@login_required
@never_cache
@PAGES
def write(request: HttpRequest) -> HttpResponse:
    """Who is written to and what; `preview` shows what each person will read, `send` sends it."""
    today, now = timezone.localdate(), timezone.now()
    asked = posted_people(request)
    people = ticked_people(request.user, asked, Thing.MESSAGE, today)
    context = {
        "people": people,
        "unknown": len(asked) - len(people),
        "templates": own_templates(request.user),
        "placeholders": [f"{{{name}}}" for name in PLACEHOLDERS],
    }
    if not people:
        return render(request, "competences/messages_write.html", context)
    if "preview" in request.POST or "send" in request.POST:
        form = MessageForm(request.POST)
        if form.is_valid():
            try:
                if "send" in request.POST:
                    sent = send_messages(actor=request.user, workers=people, **form.cleaned_data)
                    return _sent(request, context, sent)
                text = checked_text(form.cleaned_data["text"])
                rows = prepared(request.user, text, people, form.cleaned_data["key"], now)
                context |= {
                    "leaving": [row for row in rows if not row.refusal],
                    "refused": [row for row in rows if row.refusal],
                    "previewed": True,
                }
            except Refused as refusal:
                refusal.add_to(form)
    else:
        chosen = request.POST.get("modele") or request.GET.get("modele", "")
        template = own_templates(request.user).filter(public_id=chosen).first() if _is_uuid(chosen) else None
        form = MessageForm(initial={"text": template.text if template else request.POST.get("text", "")})
    return render(request, "competences/messages_write.html", context | {"form": form})


@login_required
@never_cache
@require_safe
def templates(request: HttpRequest) -> HttpResponse:
    """The messages I keep ready, for whoever advises today."""
    if not organisations_of(request.user, OrganisationKind.ADVISER_BODY, on=timezone.localdate()).exists():
        raise NotFound
    return render(request, "competences/message_templates.html", {"templates": own_templates(request.user)})


@keeps_text("text")
@login_required
@never_cache
@PAGES
def template_form(request: HttpRequest, public_id: UUID | None = None) -> HttpResponse:
    """Adds a message to those kept ready, or changes one."""
    if not organisations_of(request.user, OrganisationKind.ADVISER_BODY, on=timezone.localdate()).exists():
        raise NotFound
    row = own_template(request.user, public_id) if public_id else None
    form = TemplateForm(request.POST or None, template=row)
    if request.method == "POST" and form.is_valid():
        try:
            save_template(actor=request.user, template=row, **form.cleaned_data)
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("Votre message type est enregistré."))
            return redirect("competences:message_templates")
    return render(request, "competences/message_template_form.html", {"form": form, "template": row})


@login_required
@never_cache
@PAGES
def template_erase(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erases one, after a question."""
    row = own_template(request.user, public_id)
    if request.method == "POST":
        erase_template(actor=request.user, template=row)
        messages.success(request, _("Le message type est effacé."))
        return redirect("competences:message_templates")
    return render(request, "competences/message_template_erase.html", {"template": row, "danger": True})


def _sent(request: HttpRequest, context: dict, sent) -> HttpResponse:  # type: ignore[no-untyped-def,type-arg]
    """Says how many were written to; the page names those who were not."""
    number = len(sent.sent)
    words = ngettext("%d message est parti.", "%d messages sont partis.", number)
    if number:
        messages.success(request, words % number)
    if not sent.refused and number:
        return redirect("competences:adviser")
    found = context | {"done": True, "leaving": sent.sent, "refused": sent.refused}
    return render(request, "competences/messages_write.html", found)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
