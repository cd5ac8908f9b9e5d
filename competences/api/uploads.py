"""Sending an edition through the API: the same services and rights as the pages, by a signed-in person.

A request only leaves files and a state; a job reads and applies. The state is asked for until it is no
longer `waiting`, `reading` or `applying`.
"""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from accounts.access import access_organisation
from competences.enums import ReferenceFormat, UploadFormat, UploadState
from competences.models import Upload
from competences.queries.uploads import access_upload
from competences.services.uploads import apply_upload, create_upload, failed_rows, mend_upload

FORMATS = UploadFormat.choices
"""Formats of editions, then the tables of signals."""


class UploadAsked(serializers.Serializer):
    """What an edition, or a table of signals, is sent with, as multipart/form-data."""

    organisation = serializers.UUIDField(
        required=False, help_text="The employer whose own reference it is; left out by the staff of the site."
    )
    format = serializers.ChoiceField(
        FORMATS, required=False, help_text="Of the files; `own` for an organisation, a slug for signals."
    )
    reference = serializers.CharField(
        required=False, max_length=50, help_text="Slug of the reference; the format's own when left out."
    )
    number = serializers.CharField(required=False, max_length=40)
    published_on = serializers.DateField(required=False, help_text="Needed for a table of signals.")
    files = serializers.ListField(child=serializers.FileField(), help_text="One or several files.")


class MendAsked(serializers.Serializer):
    """The failed rows of a table, mended."""

    files = serializers.ListField(child=serializers.FileField(), min_length=1, max_length=1)


class AnomalySerializer(serializers.Serializer):
    """Something wrong or odd in a source; line and column start at 1, 0 means the whole file."""

    file = serializers.CharField(allow_blank=True)
    line = serializers.IntegerField()
    column = serializers.IntegerField()
    code = serializers.CharField()
    message = serializers.CharField()


class UploadSerializer(serializers.Serializer):
    """An edition that was sent: how far it is, and what was found in it."""

    id = serializers.UUIDField(source="public_id")
    organisation = serializers.UUIDField(source="organisation.public_id", allow_null=True, default=None)
    format = serializers.ChoiceField(FORMATS)
    reference = serializers.CharField(source="reference_slug")
    number = serializers.CharField(allow_blank=True)
    published_on = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(UploadState.choices)
    progress = serializers.IntegerField(min_value=0, max_value=100)
    report = serializers.JSONField(allow_null=True, help_text="What an import would change, or changed.")
    errors = AnomalySerializer(many=True, source="anomalies")
    failed_rows = serializers.IntegerField(min_value=0, help_text="Rows in error of a table.")
    edition = serializers.UUIDField(source="edition.public_id", allow_null=True, default=None)
    created_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class UploadViewSet(ViewSet):
    """Uploads of the person's employers, and for the staff those of no organisation."""

    authentication_classes = (SessionAuthentication,)
    permission_classes = (IsAuthenticated,)
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="upload_create",
        tags=["uploads"],
        request={"multipart/form-data": UploadAsked},
        responses={202: UploadSerializer},
    )
    def create(self, request: Request) -> Response:
        """Leaves the files of an edition for a job to read; nothing is imported yet."""
        asked = _checked(UploadAsked, request)
        today = timezone.localdate()
        organisation = None
        if "organisation" in asked:
            organisation = access_organisation(request.user, asked["organisation"], on=today)
        upload = create_upload(
            actor=request.user,
            organisation=organisation,
            files=asked["files"],
            on=today,
            format=asked.get("format", ReferenceFormat.OWN),
            reference_slug=asked.get("reference", ""),
            number=asked.get("number", ""),
            published_on=asked.get("published_on"),
        )
        return _accepted(upload)

    @extend_schema(operation_id="upload", tags=["uploads"], responses=UploadSerializer)
    def retrieve(self, request: Request, public_id: UUID) -> Response:
        """How far an upload is, what was found in it, what is wrong where."""
        return _told(_upload(request, public_id))

    @extend_schema(
        operation_id="upload_apply", tags=["uploads"], request=None, responses={202: UploadSerializer}
    )
    def apply(self, request: Request, public_id: UUID) -> Response:
        """Asks for what was read to be written by a job; asking twice is asking once."""
        upload = _upload(request, public_id)
        applied = apply_upload(actor=request.user, upload=upload, on=timezone.localdate())
        return _accepted(applied)

    @extend_schema(
        operation_id="upload_mend",
        tags=["uploads"],
        request={"multipart/form-data": MendAsked},
        responses={202: UploadSerializer},
    )
    def mend(self, request: Request, public_id: UUID) -> Response:
        """Sends the failed rows mended: another upload, completed with the good rows of this one."""
        upload = _upload(request, public_id)
        [file] = _checked(MendAsked, request)["files"]
        made = mend_upload(actor=request.user, upload=upload, file=file, on=timezone.localdate())
        return _accepted(made)

    @extend_schema(
        operation_id="upload_failed_rows",
        tags=["uploads"],
        responses={(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR)},
    )
    def failed_rows(self, request: Request, public_id: UUID) -> HttpResponse:
        """The rows in error of a table as CSV, with what is wrong in a last column."""
        upload = _upload(request, public_id)
        text = failed_rows(actor=request.user, upload=upload, on=timezone.localdate())
        response = HttpResponse(text, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="failed-rows.csv"'
        response["Cache-Control"] = "no-store"
        return response


def _checked(kind: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    asked = kind(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


def _upload(request: HttpRequest | Request, public_id: UUID) -> Upload:
    return access_upload(request.user, public_id, on=timezone.localdate())


def _told(upload: Upload, code: int = status.HTTP_200_OK) -> Response:
    return Response(UploadSerializer(upload).data, status=code, headers={"Cache-Control": "no-store"})


def _accepted(upload: Upload) -> Response:
    response = _told(upload, status.HTTP_202_ACCEPTED)
    response["Location"] = reverse("api-upload", args=[upload.public_id])
    return response


urlpatterns = [
    path("uploads", UploadViewSet.as_view({"post": "create"}), name="api-uploads"),
    path("uploads/<uuid:public_id>", UploadViewSet.as_view({"get": "retrieve"}), name="api-upload"),
    path("uploads/<uuid:public_id>/apply", UploadViewSet.as_view({"post": "apply"}), name="api-upload-apply"),
    path("uploads/<uuid:public_id>/mend", UploadViewSet.as_view({"post": "mend"}), name="api-upload-mend"),
    path(
        "uploads/<uuid:public_id>/failed-rows",
        UploadViewSet.as_view({"get": "failed_rows"}),
        name="api-upload-failed-rows",
    ),
]
