"""Pages that set a job beside something: itself in another edition, and the jobs near it."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from competences.enums import ConceptKind
from competences.models import Reference
from competences.queries.comparisons import JobComparison, compare_job
from competences.queries.neighbours import neighbour_page
from competences.queries.sheets import Named, sheet
from competences.views.references import crumbs
from competences.words import KIND_PLURALS, TAG_NAMES, TAG_VALUES


@require_safe
def comparison(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A job in two editions, whichever they are; where there is one edition alone, says so."""
    actor, today = request.user, timezone.localdate()
    found = compare_job(
        actor=actor,
        on=today,
        slug=slug,
        code=code,
        first=request.GET.get("de", ""),
        second=request.GET.get("a", ""),
    )
    if found is None:
        alone = sheet(actor=actor, on=today, slug=slug, kind=ConceptKind.JOB, external_id=code)
        context = {
            "shown": Named(ConceptKind.JOB, code, alone.label, lang=alone.lang),
            "reference": alone.history.reference,
            "crumbs": _job_crumbs(alone.history.reference, code, alone.label, _("Comparer deux éditions")),
        }
        return render(request, "competences/comparison_alone.html", {"nav_section": "search", **context})
    context = {
        "nav_section": "search",
        "found": found,
        "reference": found.history.reference,
        "crumbs": _job_crumbs(found.history.reference, code, found.shown.label, _("Comparer deux éditions")),
        "choices": [
            (f"{e.number}.{e.issue}", e.name, e.published_on) for e in reversed(found.history.editions)
        ],
        "first": found.before.edition.exact_name,
        "second": found.after.edition.exact_name,
        "kinds": [(kind, KIND_PLURALS[kind], changes) for kind, changes in found.items.items()],
        "tags": [
            (TAG_NAMES.get(name, name), TAG_VALUES.get(old, old), TAG_VALUES.get(new, new))
            for name, old, new in found.tags
        ],
        "swap_url": _swap_url(request, found),
    }
    return render(request, "competences/comparison.html", context)


@require_safe
def neighbours(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """The jobs near a job, and the skills that lead to one of them; the reader's own are marked."""
    page = neighbour_page(
        actor=request.user,
        on=timezone.localdate(),
        slug=slug,
        code=code,
        number=request.GET.get("edition") or None,
        chosen=request.GET.get("avec", ""),
    )
    number = page.history.number
    edition = {"edition": number} if number else {}
    chosen = page.chosen
    context = {
        "nav_section": "search",
        "page": page,
        "reference": page.history.reference,
        "number": number,
        "crumbs": _job_crumbs(page.history.reference, code, page.shown.label, _("Métiers proches")),
        "rows": [
            {
                "neighbour": neighbour,
                "url": f"?{urlencode({**edition, 'avec': neighbour.job.external_id})}#lists",
                "current": chosen is not None and neighbour == chosen.neighbour,
            }
            for neighbour in page.neighbours
        ],
        "missing": [(named, named.pk in page.held) for named in chosen.missing] if chosen else [],
    }
    return render(request, "competences/neighbours.html", context)


def _job_crumbs(reference: Reference, code: str, label: str, here: str) -> list[tuple[str, str]]:
    return crumbs(reference, (label, reverse("competences:job", args=[reference.slug, code])), (here, ""))


def _swap_url(request: HttpRequest, found: JobComparison) -> str:
    """The same comparison read the other way."""
    sides = (found.after.edition, found.before.edition)
    names = [edition.exact_name for edition in sides]
    return f"{request.path}?{urlencode(dict(zip(('de', 'a'), names, strict=True)))}"
