"""The search in the references: the page, and what the field proposes while one types."""

from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from competences.addresses import sheet_address
from competences.enums import ConceptKind
from competences.queries.search import Hit, find
from competences.queries.search_results import KINDS, Results, results
from competences.words import KIND_PLURALS

SUGGESTED = 8
SHORTEST_TEXT = 2
MAX_TEXT = 100
EXAMPLES = ("tableur", "aide à domicile", "développeuse web", "cybersécurité", "C++", "M1805")
"""What an empty page proposes to try: a skill, an old name, a feminine form, a sign, a code."""


@require_safe
def search_page(request: HttpRequest) -> HttpResponse:
    """Results by kind, with filters that combine: `kind` shows more of one, `reference` those of one."""
    text = _text(request)
    chosen = {name: value for name in ("kind", "reference") if (value := request.GET.get(name, ""))}
    if chosen.get("kind") not in KINDS:
        chosen.pop("kind", None)
    found = results(
        text=text,
        kind=chosen.get("kind"),
        reference=chosen.get("reference"),
        readable=request.user,
        language=_language(),
    )
    groups = [
        {
            "kind": kind,
            "results": rows,
            "rest": found.by_kind[kind] - len(rows),
            "url": _address(text, {**chosen, "kind": kind}),
        }
        for kind, rows in found.groups.items()
    ]
    context = {
        "text": text,
        "chosen": chosen,
        "groups": groups,
        "total": found.total,
        "kind_filters": _kind_filters(text, chosen, found),
        "reference_filters": _reference_filters(text, chosen, found),
        "all_url": _address(text, {}),
        "examples": [] if groups else [(example, _address(example, {})) for example in EXAMPLES],
    }
    return render(request, "competences/search.html", context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """The first results, as links, for the search field: an enhancement of the page above."""
    text = _text(request)
    if len(text) < SHORTEST_TEXT:
        return HttpResponse("")
    found = find(text, limit=SUGGESTED, readable=request.user, language=_language())
    items = [
        {
            "label": hit.label,
            "note": _suggestion_note(hit),
            "url": sheet_address(hit.reference, hit.kind, hit.external_id),
        }
        for hit in found.hits
    ]
    return render(request, "components/suggestions.html", {"items": items})


def _text(request: HttpRequest) -> str:
    """What was typed, without what no label holds: PostgreSQL refuses the null character."""
    return request.GET.get("q", "").replace("\x00", "").strip()[:MAX_TEXT]


def _language() -> str | None:
    """The language that the page is read in, without its region."""
    language = get_language()
    return language.partition("-")[0] if language else None


def _address(text: str, chosen: dict[str, str]) -> str:
    return f"{_page()}?{urlencode({'q': text, **chosen})}"


@cache
def _page() -> str:
    """Every filter and every example leads there."""
    return reverse("competences:search")


def _kind_filters(text: str, chosen: dict[str, str], found: Results) -> list[dict[str, Any]]:
    names = {str(kind): str(KIND_PLURALS[kind]) for kind in KINDS}
    return _filters(text, chosen, "kind", names, found.by_kind, found.of_any_kind)


def _reference_filters(text: str, chosen: dict[str, str], found: Results) -> list[dict[str, Any]]:
    names = found.references
    if (slug := chosen.get("reference")) and slug not in names:
        names = {**names, slug: slug}
    return _filters(text, chosen, "reference", names, found.by_reference, sum(found.by_reference.values()))


def _filters(
    text: str,
    chosen: dict[str, str],
    parameter: str,
    names: dict[str, str],
    counts: dict[str, int],
    total: int,
) -> list[dict[str, Any]]:
    """The links of one filter, each keeping the other filter; none where there is nothing to choose."""
    current = chosen.get(parameter)
    if len(counts) < 2 and not current:
        return []
    others = {name: value for name, value in chosen.items() if name != parameter}
    everything = {
        "label": _("Tout"),
        "count": total,
        "url": _address(text, others),
        "current": not current,
    }
    return [everything] + [
        {
            "label": label,
            "count": counts.get(name, 0),
            "url": _address(text, {**others, parameter: name}),
            "current": name == current,
        }
        for name, label in names.items()
        if counts.get(name) or name == current
    ]


def _suggestion_note(hit: Hit) -> str:
    state = _("hors du référentiel") if hit.withdrawn else ConceptKind(hit.kind).label
    parts = [state, hit.reference.upper()]
    if hit.matched != hit.label:
        parts.insert(0, _("« %s »") % hit.matched)
    return " · ".join(map(str, parts))
