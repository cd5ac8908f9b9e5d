"""What people type or name, cleaned of signs that no reader sees.

A control character ends a header or a line; a bidirectional one makes "facture_fdp.exe" read
"facture_exe.pdf".
"""

import re
import unicodedata

FILE_NAME_LENGTH = 120
NAME_BYTES = 255
"""What a folder takes as a name, in UTF-8."""

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Control, format (the bidirectional ones among them), surrogate, private, unassigned, line separators."""

_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSAFE_IN_NAMES = re.compile(r'[<>:"|?*]+')


def one_line(text: str) -> str:
    """The text on one line, in composed form (NFC), without unseen signs, its blanks single."""
    spaced = " ".join(unicodedata.normalize("NFC", text).split())
    return " ".join("".join(c for c in spaced if unicodedata.category(c) not in _UNSEEN).split())


def some_lines(text: str) -> str:
    """The text with its lines, without control or bidirectional signs; ends stripped, no two empty lines."""
    seen = _BIDI.sub("", text.replace("\r\n", "\n"))
    kept = "".join(c for c in seen if c == "\n" or unicodedata.category(c) not in _HARD)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in kept.split("\n"))).strip()


_HARD = {"Cc", "Cs"}
"""What is taken out of a text of several lines: joiners stay, some scripts and emoji need them."""


def file_name(name: str, ending: str) -> str:
    """What a file is called: the last part of the path, without unseen or unsafe signs, under the ending that
    its content calls for. "fichier" where nothing is left.
    """
    base = one_line(re.split(r"[/\\]", name)[-1])
    stem = base.rpartition(".")[0] or base
    stem = _UNSAFE_IN_NAMES.sub("_", stem).strip(" ._")[:FILE_NAME_LENGTH]
    room = NAME_BYTES - len(ending.encode()) - 1
    stem = stem.encode()[:room].decode(errors="ignore").strip()
    return f"{stem or 'fichier'}.{ending}"
