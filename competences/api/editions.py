"""Editions of the public references, with what each counts and what it changed."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from competences.api.base import Paged, Parameters, PublicViewSet, checked
from competences.api.conditional import answer, answer_of_all, not_modified
from competences.api.cursors import next_address, read
from competences.queries import catalogue


class EditionSerializer(serializers.Serializer):
    """One publication of a reference."""

    id = serializers.UUIDField(source="public_id")
    reference = serializers.SlugField()
    name = serializers.CharField(help_text="The number, with the issue when it was published again.")
    number = serializers.CharField()
    issue = serializers.IntegerField()
    title = serializers.CharField(allow_blank=True)
    published_on = serializers.DateField(allow_null=True, help_text="Null when the producer does not say.")
    language = serializers.CharField(help_text="Language of its own names.")
    languages = serializers.ListField(child=serializers.CharField(), help_text="Every language it has.")
    content_revision = serializers.IntegerField(help_text="Raised by whatever changes what it says.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Concepts by kind, and links.")
    changes = serializers.DictField(
        allow_null=True, help_text="Figures against the edition before it; null for a first edition."
    )


class EditionPage(serializers.Serializer):
    """A page of editions, in the order in which they were imported."""

    next = serializers.URLField(allow_null=True)
    results = EditionSerializer(many=True)


class EditionList(Paged):
    """Parameters of the list."""

    reference = serializers.SlugField(required=False, help_text="Slug of a reference.")


class EditionViewSet(PublicViewSet):
    """Editions that are in a history: a retired one is not."""

    @extend_schema(
        operation_id="editions", tags=["editions"], parameters=[EditionList], responses=EditionPage
    )
    def list(self, request: HttpRequest) -> HttpResponse:
        """Editions of one reference, or of all."""
        asked = checked(EditionList, request)
        if unchanged := not_modified(request):
            return unchanged
        (after,) = read(asked["cursor"], int) if "cursor" in asked else (0,)
        mark = catalogue.mark_of_all()
        slug = asked.get("reference")
        if slug is not None:
            catalogue.public_past(slug)  # an unknown reference is told apart from an empty list
        rows = catalogue.editions(slug=slug, after=after, limit=asked["page_size"] + 1)
        shown = rows[: asked["page_size"]]
        payload = {
            "next": next_address(request, [shown[-1].pk]) if len(rows) > len(shown) else None,
            "results": [told(row) for row in shown],
        }
        return answer_of_all(request, payload, mark)

    @extend_schema(operation_id="edition", tags=["editions"], responses=EditionSerializer)
    def retrieve(self, request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
        """One edition, by its public identifier."""
        checked(Parameters, request)
        if unchanged := not_modified(request):
            return unchanged
        found = catalogue.edition(public_id)
        past = catalogue.public_past(found.reference, f"{found.number}.{found.issue}")
        return answer(request, told(found), past)


def told(row: catalogue.EditionSheet) -> dict[str, Any]:
    """An edition as EditionSerializer describes it."""
    return EditionSerializer(row).data
