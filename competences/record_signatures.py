"""How this house signs the records that people take away, and knows its own signature again.

The key is derived from SECRET_KEY under a name of its own: what is signed here signs nothing else. A record
signed under a key that was since replaced is known for as long as that key stays in SECRET_KEY_FALLBACKS.
"""

import json
from codecs import BOM_UTF8
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from competences.rules.signed_json import ALGORITHM, Signer, is_signed, is_signed_text
from competences.rules.strict_json import read_json

SALT = "competences.record_signatures"
VERSION = 1


def schema_address() -> str:
    """Where the schema of record files is served: it never changes for a version."""
    return settings.BASE_URL.rstrip("/") + reverse("competences:record_schema", args=[VERSION])


def is_record_file(document: Any) -> bool:
    """Whether a JSON document says that it is a record of this version, from here or from elsewhere."""
    if not isinstance(document, dict):
        return False
    schema = document.get("schema")
    return isinstance(schema, str) and schema.endswith(f"/record/{VERSION}")


def signer() -> Signer:
    """What signs a record that is being written."""
    return Signer(_key(settings.SECRET_KEY))


def is_ours(document: dict[str, Any]) -> bool:
    """Whether this house signed everything that the document says."""
    signature = document.get("signature")
    if not isinstance(signature, dict) or signature.get("algorithm") != ALGORITHM:
        return False
    value = signature.get("value")
    told = {name: held for name, held in document.items() if name != "signature"}
    return isinstance(value, str) and is_signed(told, value, _keys())


def is_as_we_wrote_it(content: bytes) -> bool:
    """Whether a file is a record as this house wrote and signed it, for anybody, without reading it."""
    return is_signed_text(content.removeprefix(BOM_UTF8), _keys())


def read_record(content: bytes) -> Any:
    """The document of a file. What we wrote ourselves is read at once; anything else is walked first.

    Raises NotJson and UnicodeDecodeError.
    """
    if is_as_we_wrote_it(content):
        return json.loads(content.decode("utf-8-sig"))
    return read_json(content.decode("utf-8-sig"))


def _keys() -> list[bytes]:
    return [_key(secret) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _key(secret: str) -> bytes:
    return salted_hmac(SALT, "key", secret=secret, algorithm="sha256").digest()
