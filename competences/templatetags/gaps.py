"""How pages show what a job asks for."""

from collections.abc import Mapping

from django import template

from competences.queries.names import Named

register = template.Library()


@register.filter
def at(names: Mapping[int, Named], concept: int) -> Named:
    """The name of a concept."""
    return names[concept]
