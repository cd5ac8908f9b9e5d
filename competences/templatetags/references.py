"""Tags of the reference pages: addresses of sheets, and the producer's codes in plain words."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from competences.addresses import sheet_address
from competences.enums import ConceptKind, CoreFlag
from competences.queries.names import Named, reader_language
from competences.words import (
    CHANGE_BADGES,
    CONFIDENCE_WORDS,
    DECLARED,
    JOB_TAGS,
    KIND_PLURALS,
    PLACE_TAGS,
    SUCCESSOR_REASONS,
    change_tag,
    tags_in_words,
)

register = template.Library()


@register.simple_tag
def sheet_url(slug: str, kind: str, external_id: str, number: str = "") -> str:
    """The address of a concept's sheet; `number` looks at it as of that edition."""
    address = sheet_address(slug, kind, external_id)
    return f"{address}?edition={number}" if number else address


@register.simple_tag
def lang(code: str) -> SafeString | str:
    """The attribute that says the language of a text; nothing where it is the page's own."""
    return format_html(' lang="{}"', code) if code else ""


@register.simple_tag
def named_link(slug: str, named: Named, number: str = "") -> SafeString:
    """The name of a concept, as a link to its sheet, in the language that the name is in."""
    address = sheet_url(slug, named.kind, named.external_id, number)
    return format_html('<a href="{}"{}>{}</a>', address, lang(named.lang), named.label)


@register.filter
def language_word(code: str) -> str:
    """A language by its name in the language of the page, which tells whether such names are capital."""
    try:
        name = str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
    return name.lower() if reader_language() == "fr" else name


@register.simple_tag
def successor_words(confidence: int, reasons: list[str] | None) -> str:
    """Who says that a concept replaces another, how surely and why."""
    if DECLARED in (reasons or []):
        return _("déclaré par le producteur")
    told = [str(SUCCESSOR_REASONS[code]) for code in reasons or [] if code in SUCCESSOR_REASONS]
    if not told:
        return _("proposé par Pérenne, confiance %(confidence)s %%") % {"confidence": confidence}
    values = {"confidence": confidence, "reasons": ", ".join(told)}
    return _("proposé par Pérenne, confiance %(confidence)s %%, parce que : %(reasons)s") % values


@register.filter
def confidence_word(confidence: int) -> str:
    """How sure a replacement is, in words."""
    return str(next(words for least, words in CONFIDENCE_WORDS if confidence >= least))


@register.filter
def place_tag(flag: str) -> tuple[str, str] | None:
    """The place of a skill in a job, as (words, class of tag); None where the reference gives it none."""
    found = PLACE_TAGS.get(flag)
    return (str(found[0]), found[1]) if found else None


@register.filter
def kind_plural(kind: str) -> str:
    """The kind of concept as the title of a list."""
    return str(KIND_PLURALS[kind])


@register.filter
def kind_word(kind: str) -> str:
    """The kind of concept, in one word."""
    return str(ConceptKind(kind).label)


@register.filter
def change_word(kind: str) -> str:
    """What happened, in a word or two."""
    return change_tag(kind)


@register.filter
def change_badge(kind: str) -> str:
    """The class of the tag of a kind of change."""
    return CHANGE_BADGES.get(kind, "")


@register.filter
def core_word(flag: str) -> str:
    """The place of a skill in a job, in words."""
    return str(CoreFlag(flag).label)


@register.filter
def job_tags(attributes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the producer says of a job, as (words, class of tag)."""
    return [
        (str(words), kind)
        for (name, value), (words, kind) in JOB_TAGS.items()
        if attributes.get(name) == value
    ]


@register.filter
def tag_words(text: str) -> str:
    """The tags of a `retagged` change ("transition_num=O · emploi_cadre=N") in words."""
    return tags_in_words(text)
