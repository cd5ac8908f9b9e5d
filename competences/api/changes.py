"""What an edition changed, line by line."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers

from competences.api.base import Paged, PublicViewSet, checked, number_field
from competences.api.concepts import EditionName, edition_told
from competences.api.conditional import answer, not_modified
from competences.api.cursors import next_address, read
from competences.enums import ChangeKind, ConceptKind
from competences.queries.catalogue import public_past
from competences.queries.public_changes import ChangeLine, change_lines


class ChangedSerializer(serializers.Serializer):
    """A concept that a change speaks of."""

    kind = serializers.ChoiceField(ConceptKind.choices)
    external_id = serializers.CharField()
    label = serializers.CharField()


class ChangeSerializer(serializers.Serializer):
    """One change. `before` and `after` mean what the kind of change says (labels, tags, places in a job)."""

    change = serializers.ChoiceField(ChangeKind.choices)
    concept = ChangedSerializer()
    other = ChangedSerializer(allow_null=True, help_text="The second concept, where the change has one.")
    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)
    confidence = serializers.IntegerField(
        allow_null=True, help_text="Of a successor, out of 100; 100 when the producer declares it."
    )


class ChangePage(serializers.Serializer):
    """A page of changes, by kind of change, then kind of concept."""

    edition = EditionName()
    next = serializers.URLField(allow_null=True)
    results = ChangeSerializer(many=True)


class ChangeList(Paged):
    """Parameters of the list."""

    reference = serializers.SlugField(help_text="Slug of a reference.")
    edition = number_field()
    change = serializers.ChoiceField(ChangeKind.choices, required=False, help_text="Kind of change.")
    kind = serializers.ChoiceField(ConceptKind.choices, required=False, help_text="Kind of concept.")


class ChangeViewSet(PublicViewSet):
    """Changes of an edition against the one before it."""

    @extend_schema(operation_id="changes", tags=["changes"], parameters=[ChangeList], responses=ChangePage)
    def list(self, request: HttpRequest) -> HttpResponse:
        """The changes that an edition brought (the newest unless told)."""
        asked = checked(ChangeList, request)
        if unchanged := not_modified(request):
            return unchanged
        after = read(asked["cursor"], str, str, int) if "cursor" in asked else None
        past = public_past(asked["reference"], asked.get("edition"))
        rows = change_lines(
            past,
            change=asked.get("change", ""),
            kind=asked.get("kind", ""),
            after=after,
            limit=asked["page_size"] + 1,
        )
        shown = rows[: asked["page_size"]]
        payload = {
            "edition": edition_told(past),
            "next": next_address(request, shown[-1].key) if len(rows) > len(shown) else None,
            "results": [told(line) for line in shown],
        }
        return answer(request, payload, past)


def told(line: ChangeLine) -> dict[str, Any]:
    """A change as ChangeSerializer describes it; by hand, like a concept (api/concepts.py)."""
    other = None
    if line.other_kind is not None:
        other = {
            "kind": line.other_kind,
            "external_id": line.other_external_id,
            "label": line.other_label or line.other_external_id,
        }
    return {
        "change": line.kind,
        "concept": {"kind": line.concept_kind, "external_id": line.external_id, "label": line.label},
        "other": other,
        "before": line.before,
        "after": line.after,
        "confidence": line.confidence,
    }
