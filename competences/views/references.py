"""Public pages of the references: home, sheets of jobs and skills, what an edition changed."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from competences.enums import ConceptKind
from competences.queries import sheets
from competences.queries.changes import change_page
from competences.queries.search_results import KINDS
from competences.queries.standing import job_exposure, standings, told_exposure
from competences.words import CHANGE_WORDS, FACTS, KIND_PLURALS

ORPHANS = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the house does for three people, a search, and the latest change."""
    return render(request, "competences/home.html", {"latest": sheets.latest_change()})


@require_safe
def references(request: HttpRequest) -> HttpResponse:
    """Every reference with its editions: the way to what changes."""
    return render(request, "competences/references.html", {"listed": sheets.references_with_editions()})


# Sheets ----------------------------------------------------------------------------------------------------


@require_safe
def job(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A job as of an edition, and its history."""
    sheet = sheets.sheet(
        slug=slug, kind=ConceptKind.JOB, external_id=code, number=request.GET.get("edition") or None
    )
    skills = sheet.links.get("skill", [])
    definition, _newline, tasks = sheet.description.partition("\n")
    context = {
        "definition": definition,
        "tasks": tasks.splitlines(),
        "core": [s for s in skills if s.flag == "principale"],
        "emerging": [s for s in skills if s.flag == "emergente"],
        "others": [s for s in skills if not s.flag],
        "items": [(kind, sheet.links[kind]) for kind in ("knowledge", "context") if kind in sheet.links],
        "told": job_exposure(sheet.attributes),
        **_common(request, sheet),
    }
    return render(request, "competences/job.html", context)


@require_safe
def concept(request: HttpRequest, slug: str, kind: str, external_id: str) -> HttpResponse:
    """Any other concept as of an edition: which jobs use it, where it belongs, and its history."""
    if kind == ConceptKind.JOB:
        return redirect("competences:job", slug, external_id)
    sheet = sheets.sheet(
        slug=slug, kind=kind, external_id=external_id, number=request.GET.get("edition") or None
    )
    facts: list[tuple[str | Promise, str]] = [(_("Identifiant"), sheet.concept.external_id)]
    facts += [(label, sheet.attributes[name]) for name, label in FACTS.items() if sheet.attributes.get(name)]
    context = {
        "facts": facts,
        "orphaned": kind in ORPHANS and sheet.is_present and not sheet.links.get("jobs"),
        **_standing(sheet),
        **_common(request, sheet),
    }
    return render(request, "competences/concept.html", context)


def _standing(sheet: sheets.Sheet) -> dict[str, Any]:
    """How a skill or a piece of knowledge stands in the newest edition; nothing for other kinds."""
    if sheet.concept.kind not in ORPHANS:
        return {"standing": None, "told": None}
    standing = standings([sheet.concept.pk])[sheet.concept.pk]
    return {"standing": standing, "told": told_exposure(standing.exposure)}


def _common(request: HttpRequest, sheet: sheets.Sheet) -> dict[str, Any]:
    """What both sheets show: where we are, the editions, and the edition that links lead to."""
    shown = sheet.history.shown
    return {
        "nav_section": "search",
        "sheet": sheet,
        "crumbs": [
            (_("Référentiels"), reverse("competences:references")),
            (
                sheet.history.reference.name,
                f"{reverse('competences:references')}#t-{sheet.history.reference.slug}",
            ),
            (sheet.label, ""),
        ],
        "editions": _edition_filters(request, sheet),
        "number": "" if shown == sheet.history.latest else f"{shown.number}.{shown.issue}",
    }


def _edition_filters(request: HttpRequest, sheet: sheets.Sheet) -> list[dict[str, Any]]:
    """The same page as of each edition, newest first; none to choose when there is one."""
    editions = sheet.history.editions
    if len(editions) < 2:
        return []
    return [
        {
            "label": _("Édition %(name)s") % {"name": edition.name},
            "count": None,
            "url": f"{request.path}?edition={edition.number}.{edition.issue}",
            "current": edition == sheet.history.shown,
        }
        for edition in reversed(editions)
    ]


# What an edition changed -----------------------------------------------------------------------------------


@require_safe
def changes(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Counts, filters and the list of what an edition changed."""
    kind, concept_kind = request.GET.get("change", ""), request.GET.get("kind", "")
    page = change_page(
        slug=slug,
        number=number,
        kind=kind,
        concept_kind=concept_kind,
        after=request.GET.get("after", ""),
    )
    chosen = {name: value for name, value in (("change", kind), ("kind", concept_kind)) if value}
    next_query = urlencode({**chosen, "after": page.next_after}) if page.next_after else ""
    context = {
        "page": page,
        "edition": page.history.shown,
        "before": page.history.before,
        "counts": _count_rows(page.history.shown.changes),
        "links": (page.history.shown.changes or {}).get("links"),
        "change_filters": _filters(page.by_kind, CHANGE_WORDS, "change", kind, chosen),
        "kind_filters": _filters(page.by_concept_kind, KIND_PLURALS, "kind", concept_kind, chosen),
        "first_url": f"{request.path}?{urlencode(chosen)}#list" if request.GET.get("after") else "",
        "next_url": f"{request.path}?{next_query}#list" if next_query else "",
    }
    return render(request, "competences/changes.html", context)


def _filters(
    counts: dict[str, int], names: Any, parameter: str, current: str, chosen: dict[str, str]
) -> list[dict[str, Any]]:
    """A filter's links with counts; each keeps the other filter. Choices that show nothing are left out."""
    others = {name: value for name, value in chosen.items() if name != parameter}
    found = [
        {
            "label": _("Tout"),
            "count": sum(counts.values()),
            "url": f"?{urlencode(others)}#list",
            "current": not current,
        }
    ]
    for name, label in names.items():
        if counts.get(name) or name == current:
            url = f"?{urlencode({**others, parameter: name})}#list"
            found.append(
                {"label": label, "count": counts.get(name, 0), "url": url, "current": name == current}
            )
    return found


COMMON_COUNTS = ("before", "after", "added", "removed", "renamed", "cosmetic")


def _count_rows(figures: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The rows of the table of counts: what every kind of concept has, then the rest in words."""
    by_kind = (figures or {}).get("counts", {})
    rows = []
    for kind in KINDS:
        if not (counts := by_kind.get(kind)):
            continue
        rest = [
            (label, counts[name])
            for name, label in CHANGE_WORDS.items()
            if name not in COMMON_COUNTS and counts.get(name)
        ]
        rows.append(
            {"label": KIND_PLURALS[kind], "counts": [counts[name] for name in COMMON_COUNTS], "rest": rest}
        )
    return rows
