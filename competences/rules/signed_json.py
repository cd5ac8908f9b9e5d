"""The one way to write a value as JSON bytes, and a keyed digest of them: what a signature is made of."""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from typing import Any

ALGORITHM = "HMAC-SHA-256"


def canonical(value: Any) -> str:
    """The value without blanks, keys in order, in plain UTF-8: equal values are written alike."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class Signer:
    """The digest of a text that comes in pieces."""

    def __init__(self, key: bytes) -> None:
        self._digest = hmac.new(key, digestmod=hashlib.sha256)

    def add(self, piece: str) -> str:
        """Takes a piece into account, and gives it back."""
        self._digest.update(piece.encode())
        return piece

    def value(self) -> str:
        """The digest of what came so far, in hexadecimal."""
        return self._digest.hexdigest()


_END = re.compile(rb',"signature":\{"algorithm":"HMAC-SHA-256","value":"([0-9a-f]{64})"\}\}\Z')


def is_signed_text(content: bytes, keys: Iterable[bytes]) -> bool:
    """Whether a file is, line ends apart, an object in its one way of writing, its signature last, as one of
    the keys signed it. Nothing of the file is read as JSON for that: a large one costs a copy of its bytes.
    """
    text = content.translate(None, b"\r\n")
    end = _END.search(text, max(0, len(text) - 200))
    if end is None:
        return False
    told = text[: end.start()]
    found = False
    for key in keys:
        digest = hmac.new(key, told, hashlib.sha256)
        digest.update(b"}")
        found |= hmac.compare_digest(digest.hexdigest().encode(), end[1])
    return found


def is_signed(value: Any, signature: str, keys: Iterable[bytes]) -> bool:
    """Whether one of the keys signed that value."""
    told = canonical(value)
    found = False
    for key in keys:
        signer = Signer(key)
        signer.add(told)
        found |= hmac.compare_digest(signer.value().encode(), signature.encode(errors="replace"))
    return found
