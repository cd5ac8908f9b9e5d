"""The site with two addresses more: the longest page, and a streamed answer.

The stream is what the house refuses (accounts/middleware.py): it is here to show why.
"""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import include, path

from accounts.middleware import LONGEST_ANSWER

PIECE, PIECES = 64 * 1024, 1_000
"""A stream far longer than what the kernel keeps for a reader who does not read (4 MB)."""


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(b"x" * LONGEST_ANSWER)


def _stream(request: HttpRequest) -> StreamingHttpResponse:
    def pieces() -> Iterator[bytes]:
        for _number in range(PIECES):
            yield b"x" * PIECE

    return StreamingHttpResponse(pieces())


urlpatterns = [path("page/", _page), path("stream/", _stream), path("", include("config.urls"))]
