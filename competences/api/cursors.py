"""Pages by key: a cursor is the key of the last line already seen, so that new lines move no page."""

import base64
import json
from collections.abc import Sequence
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError


def written(key: Sequence[str | int]) -> str:
    """The key as a cursor: not for people to read, and nothing in it is secret."""
    text = json.dumps(list(key), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(cursor: str, *shape: type) -> tuple:
    """The key that a cursor holds, whose parts have these types.

    Raises ValidationError for anything that this house did not write.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        key = json.loads(base64.b64decode(padded.encode("ascii"), altchars=b"-_", validate=True))
        is_ours = isinstance(key, list) and [type(part) for part in key] == list(shape) and _fits(key)
    except (ValueError, RecursionError):  # binascii and Unicode errors are ValueErrors
        is_ours = False
    if not is_ours:
        raise ValidationError({"cursor": [_("Ce curseur ne vient pas d’ici : reprenez la liste au début.")]})
    return tuple(key)


def _fits(key: list) -> bool:
    """Whether the database can compare the parts: whole numbers of 63 bits, texts in UTF-8 without a null."""
    return all(0 <= part < 2**63 if isinstance(part, int) else b"\x00" not in part.encode() for part in key)


def next_address(request: HttpRequest, key: Sequence[str | int]) -> str:
    """The address of the page after that key, with the parameters of this one."""
    kept = [(name, value) for name, value in request.GET.items() if name != "cursor"]
    return request.build_absolute_uri(f"{request.path}?{urlencode([*kept, ('cursor', written(key))])}")
