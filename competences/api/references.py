"""References that anybody may read: ROME, ESCO, DigComp…"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from accounts.errors import NotFound
from competences.api.base import Paged, Parameters, PublicViewSet, checked
from competences.api.conditional import answer, answer_of_all, not_modified
from competences.api.cursors import next_address, read
from competences.enums import ReferenceFormat
from competences.queries import catalogue


class ReferenceSerializer(serializers.Serializer):
    """A reference of jobs and skills."""

    slug = serializers.SlugField(help_text="Its name in every address.")
    name = serializers.CharField()
    format = serializers.ChoiceField(ReferenceFormat.choices)
    editions = serializers.IntegerField(help_text="How many editions its history has.")
    newest = serializers.CharField(help_text="Name of the newest edition.")


class ReferencePage(serializers.Serializer):
    """A page of references, by slug."""

    next = serializers.URLField(allow_null=True)
    results = ReferenceSerializer(many=True)


class ReferenceList(Paged):
    """Parameters of the list."""


class ReferenceViewSet(PublicViewSet):
    """The references that have at least one edition."""

    @extend_schema(
        operation_id="references", tags=["references"], parameters=[ReferenceList], responses=ReferencePage
    )
    def list(self, request: HttpRequest) -> HttpResponse:
        """Every public reference."""
        asked = checked(ReferenceList, request)
        if unchanged := not_modified(request):
            return unchanged
        after = read(asked["cursor"], str)[0] if "cursor" in asked else ""
        mark = catalogue.mark_of_all()
        rows = catalogue.references(after=after, limit=asked["page_size"] + 1)
        shown = rows[: asked["page_size"]]
        payload = {
            "next": next_address(request, [shown[-1].slug]) if len(rows) > len(shown) else None,
            "results": [told(row) for row in shown],
        }
        return answer_of_all(request, payload, mark)

    @extend_schema(operation_id="reference", tags=["references"], responses=ReferenceSerializer)
    def retrieve(self, request: HttpRequest, slug: str) -> HttpResponse:
        """One reference."""
        checked(Parameters, request)
        if unchanged := not_modified(request):
            return unchanged
        past = catalogue.public_past(slug)
        found = catalogue.references(slug=slug, limit=1)
        if not found:
            raise NotFound
        return answer(request, told(found[0]), past)


def told(row: catalogue.PublicReference) -> dict[str, Any]:
    """A reference as ReferenceSerializer describes it."""
    return ReferenceSerializer(row).data
