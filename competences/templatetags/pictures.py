"""Figures of pictures in words."""

from collections.abc import Sequence

from django import template
from django.utils import formats
from django.utils.translation import gettext as _

from competences.queries.pictures import Area, Domain
from competences.rules.career import Period
from competences.templatetags.career import period_dates

register = template.Library()


@register.filter
def mean_words(mean: float | None) -> str:
    """A mean of levels with one decimal, as the language writes it; "pas encore dit" for None, never zero."""
    return _("pas encore dit") if mean is None else formats.number_format(round(mean, 1), 1, use_l10n=True)


@register.filter
def areas_words(areas: Sequence[Area]) -> str:
    """What a radar shows, for who does not see it."""
    sentence = _("%(number)s. %(area)s : %(mean)s (%(said)s compétences dites sur %(asked)s).")
    return " ".join(
        sentence
        % {
            "number": number,
            "area": area.label,
            "mean": mean_words(area.now),
            "said": area.said,
            "asked": area.asked,
        }
        for number, area in enumerate(areas, start=1)
    )


@register.filter
def domains_words(domains: Sequence[Domain]) -> str:
    """What the bars of a wanted job show."""
    sentence = _("%(domain)s : %(held)s sur %(asked)s, dont cœur de métier %(core)s sur %(core_asked)s.")
    return " ".join(
        sentence
        % {
            "domain": one.label,
            "held": one.all.held,
            "asked": one.all.asked,
            "core": one.core.held,
            "core_asked": one.core.asked,
        }
        for one in domains
    )


@register.filter
def path_words(periods: Sequence[Period]) -> str:
    """What a picture of a path shows."""
    told = _("%(name)s : %(value)s.")
    return " ".join(told % {"name": one.label, "value": period_dates(one)} for one in periods)


@register.filter
def counts_words(rows: Sequence[tuple[str, int, str]]) -> str:
    """What a bar of counts shows."""
    told = _("%(name)s : %(value)s")
    return ", ".join(told % {"name": word, "value": number} for word, number, _mark in rows)
