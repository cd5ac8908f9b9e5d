"""What a person takes away as a file at once: their own data, kept in no cache."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def as_file(content: str | bytes, media_type: str, name: str, ending: str) -> HttpResponse:
    """The answer that a browser saves under `name.ending`."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = content_disposition_header(True, f"{name}.{ending}") or "attachment"
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
