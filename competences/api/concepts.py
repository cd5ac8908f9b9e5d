"""Concepts of the public references: lists as of an edition, a search, and one with its links and history.

A concept has no identifier of ours: it is named by its reference, its kind and the identifier that its
producer gave it, which never change. An identifier that is an address itself (ESCO's) goes into the path
percent-encoded: /api/v1/concepts/esco/skill/http%3A%2F%2Fdata.europa.eu%2Fesco%2Fskill%2F…
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from accounts.errors import NotFound
from competences.api.base import Paged, Parameters, PublicViewSet, checked, language_field, number_field
from competences.api.conditional import answer, answer_of_all, not_modified
from competences.api.cursors import next_address, read
from competences.enums import ConceptKind
from competences.queries.catalogue import PublicPast, mark_of_all, public_past
from competences.queries.public_concepts import ConceptReading, concept_lines, concept_reading
from competences.queries.public_search import found
from competences.queries.sheets import EditionEvents, Name, Named


class EditionName(serializers.Serializer):
    """Which edition an answer shows."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    published_on = serializers.DateField(allow_null=True)


class ConceptLineSerializer(serializers.Serializer):
    """A concept in a list. The last three are told by a search alone."""

    reference = serializers.SlugField()
    kind = serializers.ChoiceField(ConceptKind.choices)
    external_id = serializers.CharField()
    label = serializers.CharField()
    matched = serializers.CharField(required=False, help_text="The name that answered, maybe a former one.")
    score = serializers.FloatField(required=False, help_text="0 to about 110.")
    withdrawn = serializers.BooleanField(required=False, help_text="No longer in the newest edition.")


class ConceptPage(serializers.Serializer):
    """A page of concepts. A search is one page, best first, with neither edition nor next."""

    edition = EditionName(allow_null=True)
    next = serializers.URLField(allow_null=True)
    results = ConceptLineSerializer(many=True)


class NamedSerializer(serializers.Serializer):
    """A concept at the other end of a link; its label is as of the edition shown, or the nearest."""

    kind = serializers.ChoiceField(ConceptKind.choices)
    external_id = serializers.CharField()
    label = serializers.CharField()
    flag = serializers.CharField(allow_blank=True, help_text="principale, emergente, essential, optional…")


class LinksSerializer(serializers.Serializer):
    """Concepts linked in one way: 200 are listed at most, all are counted."""

    total = serializers.IntegerField()
    concepts = NamedSerializer(many=True)


class NameSerializer(serializers.Serializer):
    """A name that the concept bore, in the language of the editions."""

    label = serializers.CharField()
    since = serializers.CharField(help_text="First edition with that name.")
    until = serializers.CharField(allow_null=True, help_text="First edition without it; null when it lasts.")


class ReflaggedSerializer(NamedSerializer):
    """A concept whose place in the job changed; `flag` is the new one."""

    flag_before = serializers.CharField(allow_blank=True)


class EventsSerializer(serializers.Serializer):
    """What an edition did to the concept; `gained`, `lost`: linked concepts by role."""

    edition = serializers.CharField()
    appeared = serializers.BooleanField()
    withdrawn = serializers.BooleanField()
    renamed_from = serializers.CharField(allow_blank=True)
    renamed_to = serializers.CharField(allow_blank=True)
    gained = serializers.DictField(child=NamedSerializer(many=True))
    lost = serializers.DictField(child=NamedSerializer(many=True))
    reflagged = ReflaggedSerializer(many=True)


class ConceptSerializer(serializers.Serializer):
    """A concept as of one edition, and its life through all of them, newest first."""

    reference = serializers.SlugField()
    edition = EditionName()
    kind = serializers.ChoiceField(ConceptKind.choices)
    external_id = serializers.CharField()
    present = serializers.BooleanField(help_text="Whether the edition has it; else the nearest one speaks.")
    language = serializers.CharField()
    label = serializers.CharField()
    alternatives = serializers.ListField(child=serializers.CharField())
    description = serializers.CharField(allow_blank=True)
    attributes = serializers.DictField(help_text="What the producer says besides, in its own words.")
    links = serializers.DictField(
        child=LinksSerializer(),
        help_text="By role: titles, skill, knowledge, context, neighbours, part_of, parts, tags, jobs.",
    )
    names = NameSerializer(many=True)
    history = EventsSerializer(many=True)


class ConceptList(Paged):
    """Parameters of the list. Without `q`, the concepts of one edition; with it, a search."""

    reference = serializers.SlugField(required=False, help_text="Required without `q`.")
    edition = number_field()
    kind = serializers.ChoiceField(ConceptKind.choices, required=False)
    language = language_field()
    q = serializers.CharField(
        required=False, max_length=100, help_text="A search: accents, plurals and slips are forgiven."
    )

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        """A search looks through every edition and comes in one page."""
        if "q" not in asked and "reference" not in asked:
            raise ValidationError({"reference": [_("Donnez un référentiel, ou une recherche (q).")]})
        if "q" in asked and (beside := {"edition", "cursor", "language"} & set(asked)):
            message = _("Ce paramètre ne va pas avec une recherche (q).")
            raise ValidationError({name: [message] for name in sorted(beside)})
        return asked


class ConceptDetail(Parameters):
    """Parameters of a concept."""

    edition = number_field()
    language = language_field()


EXTERNAL_ID = OpenApiParameter(
    "external_id",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="The producer's identifier, percent-encoded when it is an address.",
)


class ConceptViewSet(PublicViewSet):
    """Jobs, titles, skills, knowledge and the rest."""

    def get_throttles(self) -> list[Any]:
        """A search costs more than a reading: it has a rate of its own."""
        if "q" in self.request.GET:
            self.throttle_scope = "public-search"
        return super().get_throttles()

    @extend_schema(
        operation_id="concepts", tags=["concepts"], parameters=[ConceptList], responses=ConceptPage
    )
    def list(self, request: HttpRequest) -> HttpResponse:
        """The concepts of an edition by kind and identifier, or those that answer a search, best first."""
        asked = checked(ConceptList, request)
        if unchanged := not_modified(request):
            return unchanged
        if "q" in asked:
            return self._search(request, asked)
        after = read(asked["cursor"], str, str) if "cursor" in asked else None
        past = public_past(asked["reference"], asked.get("edition"))
        rows = concept_lines(
            past,
            kinds=[asked["kind"]] if "kind" in asked else [],
            language=asked.get("language", past.shown.language),
            after=after,
            limit=asked["page_size"] + 1,
        )
        shown = rows[: asked["page_size"]]
        payload = {
            "edition": edition_told(past),
            "next": next_address(request, shown[-1][:2]) if len(rows) > len(shown) else None,
            "results": [
                {"reference": past.slug, "kind": kind, "external_id": external_id, "label": label}
                for kind, external_id, label in shown
            ],
        }
        return answer(request, payload, past)

    def _search(self, request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
        mark = mark_of_all()
        slug, kind = asked.get("reference"), asked.get("kind")
        if slug is not None:
            public_past(slug)
        hits = found(asked["q"], kind=kind, reference=slug, limit=asked["page_size"])
        lines = [
            {
                "reference": hit.reference,
                "kind": hit.kind,
                "external_id": hit.external_id,
                "label": hit.label,
                "matched": hit.matched,
                "score": hit.score,
                "withdrawn": hit.withdrawn,
            }
            for hit in hits
        ]
        return answer_of_all(request, {"edition": None, "next": None, "results": lines}, mark)

    @extend_schema(
        operation_id="concept",
        tags=["concepts"],
        parameters=[ConceptDetail, EXTERNAL_ID],
        responses=ConceptSerializer,
    )
    def retrieve(self, request: HttpRequest, reference: str, kind: str, external_id: str) -> HttpResponse:
        """One concept as of an edition (the newest unless told), with its links and its history."""
        asked = checked(ConceptDetail, request)
        if unchanged := not_modified(request):
            return unchanged
        if "\x00" in external_id:
            raise NotFound
        past = public_past(reference, asked.get("edition"))
        reading = concept_reading(past, kind, external_id, asked.get("language", past.shown.language))
        return answer(request, concept_told(past, reading), past)


def edition_told(past: PublicPast) -> dict[str, Any]:
    """The edition shown, as EditionName describes it."""
    shown = past.shown
    return {
        "id": str(shown.public_id),
        "name": shown.name,
        "published_on": shown.published_on.isoformat() if shown.published_on else None,
    }


def concept_told(past: PublicPast, reading: ConceptReading) -> dict[str, Any]:
    """A concept as ConceptSerializer describes it. Written by hand: the serializer would cost thrice the
    queries; a test holds the two together."""
    return {
        "reference": past.slug,
        "edition": edition_told(past),
        "kind": reading.kind,
        "external_id": reading.external_id,
        "present": reading.is_present,
        "language": reading.language,
        "label": reading.label,
        "alternatives": reading.alternatives,
        "description": reading.description,
        "attributes": reading.attributes,
        "links": {
            role: {"total": reading.totals[role], "concepts": _named(links)}
            for role, links in reading.links.items()
        },
        "names": [_name(past, name) for name in reading.names],
        "history": [_events(event) for event in reading.history],
    }


def _named(links: list[Named]) -> list[dict[str, str]]:
    return [
        {"kind": one.kind, "external_id": one.external_id, "label": one.label, "flag": one.flag}
        for one in links
    ]


def _name(past: PublicPast, name: Name) -> dict[str, str | None]:
    first, gone = past.at(name.since), past.at(name.until)
    return {
        "label": name.label,
        "since": first.name if first else None,
        "until": gone.name if gone else None,
    }


def _events(event: EditionEvents) -> dict[str, Any]:
    return {
        "edition": event.edition.name,
        "appeared": event.appeared,
        "withdrawn": event.withdrawn,
        "renamed_from": event.renamed_from,
        "renamed_to": event.renamed_to,
        "gained": {role: _named(links) for role, links in event.gained.items()},
        "lost": {role: _named(links) for role, links in event.lost.items()},
        "reflagged": [
            {**line, "flag_before": before}
            for line, (_now, before) in zip(
                _named([now for now, _before in event.reflagged]), event.reflagged, strict=True
            )
        ],
    }
