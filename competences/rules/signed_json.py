"""The one way to write a value as JSON bytes, and a keyed digest of them: what a signature is made of."""

import hashlib
import hmac
import json
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


def is_signed(value: Any, signature: str, keys: Iterable[bytes]) -> bool:
    """Whether one of the keys signed that value."""
    told = canonical(value)
    found = False
    for key in keys:
        signer = Signer(key)
        signer.add(told)
        found |= hmac.compare_digest(signer.value().encode(), signature.encode(errors="replace"))
    return found
