"""How pages show a CV."""

from collections.abc import Iterable
from typing import Any

from django import template

from competences.cv_documents import sections
from competences.rules.cvs import CvContent

register = template.Library()


@register.filter
def cv_sections(content: CvContent) -> Iterable[dict[str, Any]]:
    """The parts of a CV that hold something, as they are printed."""
    return list(sections(content))
