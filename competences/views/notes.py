"""An adviser's notes about a person: add, change, erase."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import Action, Thing, access_object
from accounts.errors import Refused
from competences.forms.notes import NoteForm
from competences.queries.notes import note_mandates, own_note
from competences.rules.notes import note_destruction
from competences.services.notes import edit_note, erase_note, write_note
from competences.views.signed_out import keeps_text
from law.queries import law_on

PAGES = require_http_methods(["GET", "HEAD", "POST"])


@keeps_text("text")
@login_required
@never_cache
@PAGES
def note_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A new note about a person; the opening is written in the log as any other."""
    today = timezone.localdate()
    person = access_object(request.user, public_id, Thing.PRIVATE_NOTE, Action.WRITE, on=today)
    form = NoteForm(request.POST or None, mandates=list(note_mandates(request.user, person, today)))
    if request.method == "POST" and form.is_valid():
        try:
            write_note(
                actor=request.user,
                worker=person,
                mandate=form.held(),
                visibility=form.cleaned_data["visibility"],
                text=form.cleaned_data["text"],
            )
        except Refused as refusal:
            refusal.add_to(form)
        else:
            messages.success(request, _("Votre note est enregistrée."))
            return redirect("competences:adviser_worker", public_id)
    kept = law_on(today)["notes.kept"]
    destroyed_on = note_destruction(today, kept.count)
    context = {"form": form, "person": person, "destroyed_on": destroyed_on, "kept": kept}
    return render(request, "competences/note_form.html", context)


@keeps_text("text")
@login_required
@never_cache
@PAGES
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Changes one's own note. When another page wrote meanwhile, both texts are shown and nothing is lost."""
    today = timezone.localdate()
    row = own_note(request.user, public_id, today)
    person = access_object(
        request.user, row.worker.public_id, Thing(f"{row.visibility}_note"), Action.WRITE, on=today
    )
    form = NoteForm(request.POST or None, initial={"text": row.text, "version": row.version})
    context = {"form": form, "person": person, "note": row, "destroyed_on": row.destroy_on}
    if request.method == "POST" and form.is_valid():
        try:
            edit_note(
                actor=request.user,
                note=row,
                text=form.cleaned_data["text"],
                version=form.cleaned_data["version"] or 0,
            )
        except Refused as refusal:
            refusal.add_to(form)
            if refusal.code == "changed_since":
                row.refresh_from_db()
                context |= {"current": row.text}
                # The next press writes over what is shown above, knowingly.
                form.data = form.data.copy() | {"version": str(row.version)}
        else:
            messages.success(request, _("Votre note est enregistrée."))
            return redirect("competences:adviser_worker", person.public_id)
    return render(request, "competences/note_form.html", context)


@login_required
@never_cache
@PAGES
def note_erase(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erases one's own note, after a question."""
    row = own_note(request.user, public_id, timezone.localdate())
    if request.method == "POST":
        erase_note(actor=request.user, note=row)
        messages.success(request, _("La note est effacée."))
        return redirect("competences:adviser_worker", row.worker.public_id)
    return render(request, "competences/note_erase.html", {"note": row, "danger": True})
