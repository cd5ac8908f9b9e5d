"""The words in braces of a message, such as {nom}, and what is put in their place."""

import re
from collections.abc import Mapping

PLACEHOLDERS = ("nom", "conseiller", "organisme", "prochain_rendez_vous", "date")
"""What may stand between braces."""

_BRACES = re.compile(r"\{([^{}\n]{0,60})\}")


def unknown_placeholders(text: str) -> list[str]:
    """What stands between braces in `text` and is no placeholder, in its order, each once."""
    found = dict.fromkeys(name for name in _BRACES.findall(text) if name.strip() not in PLACEHOLDERS)
    return list(found)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders replaced, once: braces inside a value stay as they are.

    A placeholder without a value stays as it is written.
    """
    return _BRACES.sub(lambda match: values.get(match[1].strip(), match[0]), text)
