"""Tags of bilans and appointments."""

from django import template

from competences.bilan_words import duration_words

register = template.Library()


@register.filter
def duration(minutes: int) -> str:
    """Minutes as a length: "45 min", "2 h", "2 h 30"."""
    return duration_words(minutes)
