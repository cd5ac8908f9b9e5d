"""Tags and filters of the components: words and marks that pages share.

A component that wraps other content is a block tag (`{% card %}…{% endcard %}`); one that only takes values
is a template to include or a plain tag. Their HTML is in templates/components/, and /style/ shows them all.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.http import QueryDict
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language, gettext, gettext_lazy

register = template.Library()

ALERT_TITLES = {
    "info": gettext_lazy("À savoir"),
    "success": gettext_lazy("C’est fait"),
    "warning": gettext_lazy("Attention"),
    "error": gettext_lazy("Erreur"),
}
ALERT_ICONS = {"info": "info", "success": "check", "warning": "warning", "error": "error"}
# The classes of tags: what lasts, what is at risk, what was withdrawn, what someone else said.
BADGE_KINDS = {"", "last", "risk", "gone", "info"}


def in_words(day: date) -> str:
    """A day in words, in the active language: "1er mars 2027", "7 juin 2026", "1 March 2027"."""
    text = formats.date_format(day, "j F Y")
    if day.day == 1 and (get_language() or "").startswith("fr"):
        return text.replace("1 ", "1er ", 1)
    return text


def _as_day(value: date | datetime) -> date:
    """The day of an instant is the one on a wall clock in France, not in UTC."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


@register.filter
def date_words(value: date | datetime | None) -> str:
    """A day or an instant as a date in words; "date non précisée" when it is unknown."""
    return gettext("date non précisée") if value is None or value == "" else in_words(_as_day(value))


@register.filter
def month_words(value: date | None) -> str:
    """A day told by its month: "septembre 2025"; "date non précisée" when it is unknown."""
    if value is None or value == "":
        return gettext("date non précisée")
    return formats.date_format(_as_day(value), "F Y")


@register.simple_tag
def day(value: date | datetime | None) -> str:
    """The same words inside a `<time>` element that machines can read."""
    if value is None:
        return date_words(None)
    return format_html('<time datetime="{}">{}</time>', _as_day(value).isoformat(), date_words(value))


@register.filter
def figure(value: int) -> str:
    """A whole number with the thousands apart, as the language writes them: "12 345"."""
    return formats.number_format(value, use_l10n=True, force_grouping=True)


@register.simple_tag
def colon() -> str:
    """What stands between a name and its value, as the language writes it: French has a space before."""
    return gettext(" : ")


@register.filter
def quoted(text: str) -> SafeString:
    """A text between the quotation marks of the language."""
    return format_html(gettext("« {} »"), text)


@register.inclusion_tag("components/icon.html")
def icon(name: str) -> dict[str, str]:
    """A decorative drawing of static/icons.svg; the words beside it say what it means."""
    return {"name": name}


@register.inclusion_tag("components/badge.html")
def badge(text: str, kind: str = "") -> dict[str, str]:
    """A word or two on a coloured ground: last (durable), risk, gone (withdrawn), info (said by others)."""
    if kind not in BADGE_KINDS:
        raise template.TemplateSyntaxError(f"badge: unknown kind {kind!r}, one of {sorted(BADGE_KINDS)}")
    return {"text": text, "kind": kind}


@register.inclusion_tag("components/level.html")
def level(value: int | None, scale: int = 8) -> dict[str, Any]:
    """Level `value` of a scale from 1 to `scale`: dots and always the words. None: not said yet."""
    return {"value": value, "scale": scale, "dots": [n < (value or 0) for n in range(scale)]}


@register.inclusion_tag("components/nav_item.html", takes_context=True)
def nav_item(
    context: Context, url: str, label: str, section: str = "", *, is_alone: bool = False
) -> dict[str, str]:
    """An entry of a navigation: "page" when we are on it, "true" when we are on a page under it.

    A view whose address says another section puts the name of its own in the context, as `nav_section`. An
    entry that `is_alone` has no page under it: its address only looks like the start of others.
    """
    request = context.get("request")
    path = request.path if request else ""
    here = context.get("nav_section")
    is_under = here == section if here else url != "/" and path.startswith(url)
    current = "page" if path == url else "true" if is_under and not is_alone else ""
    return {"url": url, "label": label, "current": current}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: Any, parameter: str = "page") -> dict[str, Any]:
    """Links to the numbered pages of a Paginator, the other parameters of the address kept."""
    request = context.get("request")
    query = request.GET.copy() if request else QueryDict(mutable=True)

    def address(number: int) -> str:
        query[parameter] = str(number)
        return f"?{query.urlencode()}"

    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return {
        "page": page,
        "previous_url": address(page.previous_page_number()) if page.has_previous() else "",
        "next_url": address(page.next_page_number()) if page.has_next() else "",
        "numbers": [
            {"label": n, "url": address(n) if isinstance(n, int) else "", "current": n == page.number}
            for n in numbers
        ],
    }


def _wrap(component: str, content: str, values: Mapping[str, Any]) -> SafeString:
    # The content was rendered by the template engine, which has escaped it already.
    safe = mark_safe(content)  # noqa: S308
    return mark_safe(render_to_string(f"components/{component}.html", {**values, "content": safe}))  # noqa: S308


def _identifier(text: str, given: str) -> str:
    return given or f"t-{slugify(text)[:40]}"


@register.simple_block_tag
def card(content: str, title: str = "", count: int | None = None, note: str = "", id: str = "") -> SafeString:
    """A section on its own ground. `count` stands beside the title, `note` at the other end of the line."""
    values = {"title": title, "count": count, "note": note, "id": _identifier(title, id)}
    return _wrap("card", content, values)


@register.simple_block_tag
def hero(content: str, title: str, kicker: str = "", text: str = "", id: str = "") -> SafeString:
    """The one thing to do on this screen; the content is its main button and at most one quiet one."""
    values = {"title": title, "kicker": kicker, "text": text, "id": _identifier(title, id)}
    return _wrap("hero", content, values)


@register.simple_block_tag
def alert(content: str, kind: str = "info", title: str = "") -> SafeString:
    """A message beside the content: info, success, warning or error. The title says the kind in words."""
    values = {"kind": kind, "icon": ALERT_ICONS[kind], "title": title or ALERT_TITLES[kind]}
    return _wrap("alert", content, values)


@register.simple_block_tag
def flag(content: str, title: str, badge_text: str = "", kind: str = "risk") -> SafeString:
    """Why something is marked: kind risk, gone (withdrawn) or info. The content explains."""
    return _wrap("flag", content, {"title": title, "badge_text": badge_text, "kind": kind})


@register.simple_block_tag
def table(content: str, caption: str, id: str = "", caption_hidden: bool = False) -> SafeString:
    """A table that scrolls in its own frame on a small screen; the keyboard reaches the frame."""
    values = {"caption": caption, "id": _identifier(caption, id), "caption_hidden": caption_hidden}
    return _wrap("table", content, values)


@register.filter
def message_kind(tags: str | Sequence[str]) -> str:
    """The kind of alert of a Django message, from its tags; "debug" and unknown tags read as info."""
    return next((kind for kind in ALERT_TITLES if kind in tags), "info")
