"""Feeds of the references: Atom and JSON Feed, the same entries in both."""

import hashlib
import json
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import http_date
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.errors import NotFound
from competences.queries.catalogue import PublicPast, public_past
from competences.queries.feeds import Entry, Feed, job_feed, reference_feed

FORMAT = 1
"""Raise it whenever the same entries are told in another way."""

CACHE = "public, max-age=300, must-revalidate"
AUTHOR = "Pérenne"
MEDIA_TYPES = {"atom": "application/atom+xml; charset=utf-8", "json": "application/feed+json"}


@require_safe
def reference(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """The editions of a reference, each with what it changed."""
    past = public_past(slug)

    def address(entry: Entry) -> str:
        return reverse("competences:changes", args=[slug, entry.edition])

    home = reverse("competences:references")
    return _answer(request, format, past, home, lambda: reference_feed(past), address)


@require_safe
def job(request: HttpRequest, slug: str, code: str, format: str) -> HttpResponse:
    """What each edition did to a job."""
    if "\x00" in code:
        raise NotFound
    past = public_past(slug)
    home = reverse("competences:job", args=[slug, code])

    def address(entry: Entry) -> str:
        return f"{home}?edition={entry.edition}"

    return _answer(request, format, past, home, lambda: job_feed(past, code), address)


def _answer(
    request: HttpRequest,
    format: str,
    past: PublicPast,
    home: str,
    read: Callable[[], Feed],
    address: Callable[[Entry], str],
) -> HttpResponse:
    """304 on the state of the reference, else the feed. If-Modified-Since alone is not enough for a 304: an
    edition that was retired leaves no date behind it."""
    if format not in MEDIA_TYPES:
        raise NotFound
    told = f"{FORMAT} {request.get_full_path()} {get_language()} {past.mark}"
    etag = f'W/"{hashlib.blake2b(told.encode(errors="replace"), digest_size=12).hexdigest()}"'
    response = None
    if "If-None-Match" in request.headers:
        response = get_conditional_response(request, etag=etag)
    if response is None:
        feed = read()
        write = _atom if format == "atom" else _json
        response = HttpResponse(write(request, feed, home, address), content_type=MEDIA_TYPES[format])
        response["Last-Modified"] = http_date(feed.updated_at.timestamp())
    response["ETag"] = etag
    response["Cache-Control"] = CACHE
    return response


def _atom(request: HttpRequest, feed: Feed, home: str, address: Callable[[Entry], str]) -> str:
    written = Atom1Feed(
        title=feed.title,
        link=request.build_absolute_uri(home),
        description=None,
        subtitle=feed.subtitle,
        language=get_language(),
        feed_url=request.build_absolute_uri(),
        feed_guid=feed.id.urn,
        author_name=AUTHOR,
    )
    for entry in feed.entries:
        written.add_item(
            title=entry.title,
            link=request.build_absolute_uri(address(entry)),
            # A summary is HTML: a label may hold a sign that means something there.
            description="<br>".join(map(escape, entry.lines)),
            unique_id=entry.id.urn,
            pubdate=entry.published_at,
            updateddate=entry.updated_at,
        )
    return written.writeString("utf-8")


def _json(request: HttpRequest, feed: Feed, home: str, address: Callable[[Entry], str]) -> str:
    items = [
        {
            "id": entry.id.urn,
            "url": request.build_absolute_uri(address(entry)),
            "title": entry.title,
            "content_text": "\n".join(entry.lines),
            "date_published": entry.published_at.isoformat(),
            "date_modified": entry.updated_at.isoformat(),
        }
        for entry in feed.entries
    ]
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "description": feed.subtitle,
        "home_page_url": request.build_absolute_uri(home),
        "feed_url": request.build_absolute_uri(),
        "language": get_language(),
        "authors": [{"name": AUTHOR}],
        "items": items,
    }
    return json.dumps(told, ensure_ascii=False)
