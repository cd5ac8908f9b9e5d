"""The links and the codes of shares: signed from identifiers when they are needed, and stored nowhere.

A link is the identifier of its share and a signature of it; a code, some digits of a signature of its own
identifier. Who reads the database alone can make neither.
"""

import hmac
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.utils.crypto import constant_time_compare

from accounts.rules.shares import CODE_DIGITS

LINK_SALT, CODE_SALT = "accounts.shares.link", "accounts.shares.code"


def link_key(public_id: uuid.UUID) -> str:
    """The end of the address of a share: "4f1c….Xk3…", 76 signs."""
    return Signer(sep=".", salt=LINK_SALT).sign(public_id.hex)


def share_named_by(key: str) -> uuid.UUID | None:
    """The identifier of the share that a link names; None for one that was not signed here."""
    try:
        return uuid.UUID(Signer(sep=".", salt=LINK_SALT).unsign(key))
    except (BadSignature, ValueError):
        return None


def code_digits(public_id: uuid.UUID, *, secret: str | None = None) -> str:
    """The digits of a code: "04821937"."""
    mac = hmac.digest(
        (secret or settings.SECRET_KEY).encode(), CODE_SALT.encode() + public_id.bytes, "sha256"
    )
    return str(int.from_bytes(mac[:16]) % 10**CODE_DIGITS).zfill(CODE_DIGITS)


def is_code(typed: str, public_id: uuid.UUID) -> bool:
    """Whether these are the digits of that code; spaces between them do not count."""
    plain = "".join(typed.split())
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(constant_time_compare(plain, code_digits(public_id, secret=secret)) for secret in secrets)
