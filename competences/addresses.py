"""Addresses that every row of a list holds: `reverse` would look through every address for each of them."""

from functools import cache
from urllib.parse import quote

from django.urls import reverse
from django.utils.http import RFC3986_SUBDELIMS

from competences.enums import ConceptKind

SAFE = RFC3986_SUBDELIMS + "/~:@"
"""What `reverse` leaves as it is."""


def sheet_address(slug: str, kind: str, external_id: str) -> str:
    """The address of a concept's sheet, as `reverse` writes it."""
    if kind == ConceptKind.JOB:
        return _pattern("competences:job", 2).format(slug, quote(external_id, safe=SAFE))
    return _pattern("competences:concept", 3).format(slug, kind, quote(external_id, safe=SAFE))


@cache
def _pattern(name: str, places: int) -> str:
    """The address of that name with `{}` in each of its places."""
    words = [f"place-{number}" for number in range(places)]
    address = reverse(name, args=words)
    for word in words:
        address = address.replace(word, "{}")
    return address
