"""How pages tell a path: dates as people said them, and durations in years and months."""

import datetime as dt
from urllib.parse import urlencode

from django import template
from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.templatetags.components import in_words
from competences.enums import CareerKind, ContractType
from competences.rules.career import Moment, Period, Stretch, last_moment, write_moment

register = template.Library()

YEAR = 12


def moment_words(moment: Moment) -> str:
    """ "2019", "mars 2019", "15 mars 2019"."""
    if moment.precision == "year":
        return str(moment.on.year)
    return formats.date_format(moment.on, "F Y") if moment.precision == "month" else in_words(moment.on)


@register.simple_tag
def period_dates(period: Period) -> str:
    """From when to when, as the person said it."""
    first, last = moment_words(period.first), moment_words(period.last) if period.last else ""
    if not last:
        return _("depuis %(first)s") % {"first": first}
    if period.first == period.last:
        return capfirst(first)
    return _("%(first)s – %(last)s") % {"first": first, "last": last}


@register.simple_tag
def period_facts(period: Period) -> str:
    """What else was said, in one line: kind, contract, share of time, for whom and where."""
    kind = capfirst(str(CareerKind(period.kind).label))
    found = [] if kind == period.label else [kind]
    if period.contract:
        found.append(str(ContractType(period.contract).label))
    if period.share_percent:
        found.append(_("%(share)s %% du temps") % {"share": period.share_percent})
    found += [text for text in (period.organisation, period.place) if text]
    return " · ".join(found)


@register.simple_tag
def stretch_words(stretch: Stretch) -> str:
    """The months of a stretch: "de mars à juin 2020"."""
    first = formats.date_format(stretch.start_on, "F Y")
    last = formats.date_format(stretch.end_on - dt.timedelta(days=1), "F Y")
    if first == last:
        return _("En %(month)s.") % {"month": first}
    return _("De %(first)s à %(last)s.") % {"first": first, "last": last}


@register.filter
def as_query(stretch: Stretch) -> str:
    """The months of a stretch as the address of the form takes them."""
    last = last_moment(stretch.end_on, "month")
    return urlencode({"debut": write_moment(Moment(stretch.start_on, "month")), "fin": write_moment(last)})


@register.filter
def months_words(months: float) -> str:
    """A duration in years and months, to the nearest month: "2 ans et 3 mois"."""
    years, rest = divmod(round(months), YEAR)
    year_words = ngettext("%(number)s an", "%(number)s ans", years) % {"number": years} if years else ""
    if not rest and years:
        return year_words
    if not rest:
        return _("moins d’un mois")
    month_words = ngettext("%(number)s mois", "%(number)s mois", rest) % {"number": rest}
    return (
        _("%(years)s et %(months)s") % {"years": year_words, "months": month_words} if years else month_words
    )
