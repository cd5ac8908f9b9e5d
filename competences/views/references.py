"""Pages of the references: home, sheets of jobs and skills, what an edition changed. An own one is absent but
to the members of its owner.
"""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from competences.enums import ChangeKind, ConceptKind
from competences.models import Reference
from competences.queries import sheets
from competences.queries.changes import change_page
from competences.queries.neighbours import sheet_neighbours
from competences.queries.related import see_also
from competences.queries.standing import job_exposure, standings, told_exposure
from competences.words import (
    CHANGE_NOUNS,
    FACTS,
    KIND_PLURALS,
    OWN_MENTIONS,
    PLACES,
    SOURCE_MENTIONS,
    change_noun,
)

PARTS_A_PAGE = 60
TOLD_COUNTS = (
    ChangeKind.ADDED,
    ChangeKind.REMOVED,
    ChangeKind.RENAMED,
    ChangeKind.MOVED,
    ChangeKind.ORPHANED,
    ChangeKind.REPLACED,
)
ORPHANS = (ConceptKind.SKILL, ConceptKind.KNOWLEDGE)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the house does for three people, a search, and the latest change."""
    latest = sheets.latest_change(actor=request.user, on=timezone.localdate())
    return render(request, "competences/home.html", {"latest": latest})


@require_safe
def references(request: HttpRequest) -> HttpResponse:
    """Every reference one may read with its source and its editions: the way to what changes."""
    found = sheets.references_with_editions(actor=request.user, on=timezone.localdate())
    listed = [
        {
            "reference": reference,
            "source": OWN_MENTIONS.get(reference.slug) or SOURCE_MENTIONS.get(reference.format),
            "editions": [(edition, _edition_figures(edition.changes)) for edition in editions],
        }
        for reference, editions in found
    ]
    return render(request, "competences/references.html", {"listed": listed})


def _edition_figures(changes: dict[str, Any] | None) -> list[tuple[str | Promise, list[tuple[Any, int]]]]:
    """What an edition did, in few figures: (kind of concept, [(what happened, how many)])."""
    counts = (changes or {}).get("counts", {})
    found = []
    for kind, plural in KIND_PLURALS.items():
        happened = [
            (change_noun(name, number), number)
            for name in TOLD_COUNTS
            if (number := counts.get(kind, {}).get(name))
        ]
        if happened:
            found.append((plural, happened))
    return found


# Sheets ----------------------------------------------------------------------------------------------------


@require_safe
def job(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A job as of an edition, and its history."""
    sheet = sheets.sheet(
        actor=request.user,
        on=timezone.localdate(),
        slug=slug,
        kind=ConceptKind.JOB,
        external_id=code,
        number=request.GET.get("edition") or None,
    )
    definition, _newline, tasks = sheet.description.partition("\n")
    neighbours, is_computed = sheet_neighbours(sheet)
    context = {
        "neighbours": neighbours,
        "is_computed": is_computed,
        "definition": definition,
        "tasks": tasks.splitlines(),
        "places": _places(sheet.links.get(ConceptKind.SKILL, [])),
        "items": [
            (kind, len(sheet.links[kind]), _places(sheet.links[kind]))
            for kind in (ConceptKind.KNOWLEDGE, ConceptKind.CONTEXT)
            if kind in sheet.links
        ],
        "told": job_exposure(sheet.attributes),
        **_common(request, sheet),
    }
    return render(request, "competences/job.html", context)


def _places(names: list[sheets.Named]) -> list[dict[str, Any]]:
    """What a job asks for, by the place it has in the job, the first places first."""
    found = [
        {"title": title, "badge": badge, "names": held}
        for flag, (title, badge) in PLACES.items()
        if (held := [named for named in names if named.flag == flag])
    ]
    # Where nothing has a place, "the others" has no sense.
    return [{**found[0], "title": ""}] if len(found) == 1 and not found[0]["names"][0].flag else found


@require_safe
def concept(request: HttpRequest, slug: str, kind: str, external_id: str) -> HttpResponse:
    """Any other concept as of an edition: which jobs use it, where it belongs, and its history."""
    if kind == ConceptKind.JOB:
        return redirect("competences:job", slug, external_id)
    sheet = sheets.sheet(
        actor=request.user,
        on=timezone.localdate(),
        slug=slug,
        kind=kind,
        external_id=external_id,
        number=request.GET.get("edition") or None,
    )
    facts: list[tuple[str | Promise, str]] = [(_("Identifiant"), sheet.concept.external_id)]
    facts += [(label, sheet.attributes[name]) for name, label in FACTS.items() if sheet.attributes.get(name)]
    unused = kind in ORPHANS and not sheet.links.get("jobs")
    orphaned = unused and sheet.is_present and sheet.was_used
    parts = Paginator(sheet.links.get("parts", []), PARTS_A_PAGE)
    context = {
        "facts": facts,
        "orphaned": orphaned,
        "unused": unused and sheet.was_used,
        "parts": parts.get_page(request.GET.get("page")),
        "also": see_also(sheet) if orphaned or not sheet.is_present else [],
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
    return {
        "nav_section": "search",
        "sheet": sheet,
        "crumbs": crumbs(sheet.history.reference, (sheet.label, "")),
        "editions": _edition_filters(request, sheet),
        "number": sheet.history.number,
    }


def crumbs(reference: Reference, *trail: tuple[str, str]) -> list[tuple[str, str]]:
    """Where a page of a reference stands: (words, address) of each step, the page itself last."""
    listed = reverse("competences:references")
    return [(_("Référentiels"), listed), (reference.name, f"{listed}#t-{reference.slug}"), *trail]


def _edition_filters(request: HttpRequest, sheet: sheets.Sheet) -> list[dict[str, Any]]:
    """The same page as of each edition, newest first; none to choose when there is one."""
    editions = sheet.history.editions
    if len(editions) < 2:
        return []
    return [
        {
            "label": _("Édition %(name)s") % {"name": edition.name},
            "count": None,
            "url": f"{request.path}?edition={edition.exact_name}",
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
        actor=request.user,
        on=timezone.localdate(),
        slug=slug,
        number=number,
        kind=kind,
        concept_kind=concept_kind,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    chosen = {name: value for name, value in (("change", kind), ("kind", concept_kind)) if value}

    def address(**place: str) -> str:
        return f"{request.path}?{urlencode({**chosen, **place})}#list"

    context = {
        "page": page,
        "edition": page.history.shown,
        "before": page.history.before,
        "counts": _count_rows(page.history.shown.changes),
        "links": (page.history.shown.changes or {}).get("links"),
        "change_filters": _filters(page.by_kind, _change_labels(page.by_kind), "change", kind, chosen),
        "kind_filters": _filters(page.by_concept_kind, KIND_PLURALS, "kind", concept_kind, chosen),
        "first_url": address() if page.first > 1 else "",
        "previous_url": address(before=page.previous_before) if page.previous_before else "",
        "next_url": address(after=page.next_after) if page.next_after else "",
    }
    return render(request, "competences/changes.html", context)


def _change_labels(counts: dict[str, int]) -> dict[str, str]:
    """The nouns of changes at the head of a link, in the number of what it shows."""
    return {name: capfirst(change_noun(name, counts.get(name, 0))) for name in CHANGE_NOUNS}


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
    for kind in KIND_PLURALS:
        if not any((counts := by_kind.get(kind, {})).values()):
            continue
        rest = [
            (change_noun(name, number), number)
            for name in CHANGE_NOUNS
            if name not in COMMON_COUNTS and (number := counts.get(name))
        ]
        rows.append(
            {
                "label": KIND_PLURALS[kind],
                "counts": [counts.get(name, 0) for name in COMMON_COUNTS],
                "rest": rest,
            }
        )
    return rows
