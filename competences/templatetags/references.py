"""Tags of the reference pages: addresses of sheets, and the producer's codes in plain words."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse

from competences.enums import ChangeKind, ConceptKind, CoreFlag
from competences.words import CHANGE_BADGES, CHANGE_TAGS, JOB_TAGS, KIND_PLURALS, tags_in_words

register = template.Library()


@register.simple_tag
def sheet_url(slug: str, kind: str, external_id: str, number: str = "") -> str:
    """The address of a concept's sheet; `number` looks at it as of that edition."""
    if kind == ConceptKind.JOB:
        address = reverse("competences:job", args=[slug, external_id])
    else:
        address = reverse("competences:concept", args=[slug, kind, external_id])
    return f"{address}?edition={number}" if number else address


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
    return str(CHANGE_TAGS.get(kind) or ChangeKind(kind).label)


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
