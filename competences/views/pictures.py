"""My skills in pictures: the same figures as drawings and as tables."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from competences.enums import CareerKind
from competences.forms.pictures import CompareForm, WantedForm
from competences.models.records import LEVELS
from competences.queries.pictures import DURABILITIES, Domain, Figures, figures
from competences.rules.gaps import Share
from competences.rules.pictures import MOST_ROWS, Spell, bars, radar, time_picture
from competences.words import DURABILITY_WORDS

MOST_DOMAINS = 12
"""Domains that a picture shows one by one; the others are one bar together."""

FEWEST_AREAS = 3

SOLID, HATCH, DOTS, CROSS, OUTLINE = "solid", "hatch", "dots", "cross", "outline"
"""The marks of templates/competences/_picture_marks.html."""

DURABILITY_MARKS = dict(zip(DURABILITIES, (SOLID, HATCH, DOTS, CROSS, OUTLINE), strict=True))
PERIOD_MARKS = {
    CareerKind.WORK: SOLID,
    CareerKind.COOPERATIVE: SOLID,
    CareerKind.STUDY: HATCH,
    CareerKind.TRAINING: HATCH,
    CareerKind.VOLUNTEERING: DOTS,
}


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The pictures of a record; `au`, `niveau` and `metier` say what to compare with."""
    today = timezone.localdate()
    compare = CompareForm(request.GET) if {"au", "niveau"} & request.GET.keys() else CompareForm()
    said = compare.cleaned_data if compare.is_bound and compare.is_valid() else {}
    since = said.get("au")
    found = figures(request.user, on=today, since=since, job=_job(request))
    jobs = [(str(one.public_id), one.label) for one in found.wanted]
    context = {
        "figures": found,
        "compare": compare,
        "since": since,
        **_radar(found, said),
        **_wanted(found),
        "wanted_form": WantedForm(
            jobs=jobs, initial={"metier": str(found.chosen.public_id) if found.chosen else ""}
        ),
        **_path(found),
        **_durability(found),
    }
    return render(request, "competences/pictures.html", context)


def _job(request: HttpRequest) -> UUID | None:
    """The wanted job that the address names; None for none, and for what is no identifier."""
    try:
        return UUID(request.GET.get("metier", ""))
    except ValueError:
        return None


def _radar(found: Figures, said: dict[str, Any]) -> dict[str, Any]:
    """The drawing, None where nothing is said of DigComp, and what it is compared with in words."""
    areas = found.areas
    is_drawn = len(areas) >= FEWEST_AREAS and any(area.said or area.said_then for area in areas)
    chosen = None if said.get("au") else said.get("niveau")
    then = [float(chosen) if chosen else area.then for area in areas]
    return {
        "radar": radar([area.now for area in areas], then, LEVELS) if is_drawn else None,
        "chosen_level": chosen,
        "top": LEVELS,
    }


def _wanted(found: Figures) -> dict[str, Any]:
    domains = [
        domain if domain.label else domain._replace(label=_("Sans domaine")) for domain in found.domains
    ]
    if len(domains) > MOST_DOMAINS:
        domains = [*domains[: MOST_DOMAINS - 1], _together(domains[MOST_DOMAINS - 1 :])]
    rows = [
        (
            one.label,
            _(" : %(held)s sur %(asked)s") % {"held": one.all.held, "asked": one.all.asked},
            [
                (SOLID, one.core.held),
                (HATCH, one.other.held),
                (DOTS, one.core.asked - one.core.held),
                (OUTLINE, one.other.asked - one.other.held),
            ],
        )
        for one in domains
    ]
    drawn = {name for _label, _end, parts in rows for name, count in parts if count}
    return {"domains": domains, "domain_bars": bars(rows), "domain_marks": drawn}


def _together(domains: list[Domain]) -> Domain:
    core, other = (
        Share(sum(part.held for part in parts), sum(part.asked for part in parts))
        for parts in ([one.core for one in domains], [one.other for one in domains])
    )
    return Domain(_("Autres domaines"), core, other)


def _path(found: Figures) -> dict[str, Any]:
    shown = found.periods[:MOST_ROWS]
    spells = [
        Spell(one.label, PERIOD_MARKS.get(CareerKind(one.kind), OUTLINE), one.start_on, one.end_on)
        for one in shown
    ]
    return {
        "periods": shown,
        "older": len(found.periods) - len(shown),
        "period_marks": {one.name for one in spells},
        "time": time_picture(spells, found.acquired, timezone.localdate()),
    }


def _durability(found: Figures) -> dict[str, Any]:
    words = {**DURABILITY_WORDS, DURABILITIES[-1]: _("pas encore jugée")}
    rows = [(words[word], found.durability[word], DURABILITY_MARKS[word]) for word in DURABILITIES]
    return {
        "durability": rows,
        "durability_bar": bars([("", "", [(mark, number) for _word, number, mark in rows])]),
    }
