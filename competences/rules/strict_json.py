"""Reading JSON that somebody sends: the text is walked once before it is read, and each fault has its place.

Python's own reader takes more than JSON (NaN, the last of two equal keys, integers without end) and recurses
as deep as it is told to: none of that gets past here.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

DEEPEST = 32
"""Objects and lists inside one another. The files that we read go eight deep."""

LONGEST_NUMBER = 18
"""Characters of a number: whole numbers up to there are exact everywhere."""

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|"', re.DOTALL)
_CONSTANTS = ("true", "false", "null")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_HALF_PAIR = re.compile("[\ud800-\udfff]")


class NotJson(ValueError):
    """The text is not JSON as we take it. `code` says what is wrong; `line` and `column` start at 1."""

    def __init__(self, code: str, text: str, place: int) -> None:
        super().__init__(code)
        self.code = code
        self.line = text.count("\n", 0, place) + 1
        self.column = place - text.rfind("\n", 0, place)


def read_json(text: str) -> Any:
    """What the text says.

    Raises NotJson: `syntax`, `deep`, `number` (NaN, Infinity, too long), `duplicate_key`, `half_character`
    (half of a surrogate pair, which no text holds), `control` (a null character).
    """
    keys: list[set[str] | None] = []
    for place, piece, is_key in _pieces(text):
        if piece in "{[":
            if len(keys) == DEEPEST:
                raise NotJson("deep", text, place)
            keys.append(set() if piece == "{" else None)
        elif piece in "}]":
            if not keys:
                raise NotJson("syntax", text, place)
            keys.pop()
        elif piece[0] == '"':
            _check_string(text, place, piece, keys[-1] if is_key and keys else None)
        elif piece not in ":," and piece not in _CONSTANTS:
            _check_number(text, place, piece)
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise NotJson("syntax", text, error.pos) from error


def _pieces(text: str) -> Iterator[tuple[int, str, bool]]:
    """Each piece of the text with its place, and whether a colon follows it."""
    before: tuple[int, str] | None = None
    for found in _PIECE.finditer(text):
        if before is not None:
            yield *before, found[0] == ":"
        before = found.start(), found[0]
    if before is not None:
        yield *before, False


def _check_string(text: str, place: int, piece: str, keys: set[str] | None) -> None:
    try:
        value = json.loads(piece)
    except json.JSONDecodeError as error:
        raise NotJson("syntax", text, place + min(error.pos, len(piece) - 1)) from error
    if _HALF_PAIR.search(value):
        raise NotJson("half_character", text, place)
    if "\x00" in value:
        raise NotJson("control", text, place)
    if keys is not None:
        if value in keys:
            raise NotJson("duplicate_key", text, place)
        keys.add(value)


def _check_number(text: str, place: int, piece: str) -> None:
    if not _NUMBER.fullmatch(piece):
        is_word = piece in ("NaN", "Infinity", "-Infinity")
        raise NotJson("number" if is_word else "syntax", text, place)
    if len(piece) > LONGEST_NUMBER or float(piece) in (float("inf"), float("-inf")):
        raise NotJson("number", text, place)
