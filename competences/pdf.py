"""PDF documents by typst: tagged (PDF/UA-1), archivable (PDF/A-3a), with the same data attached.

What people typed reaches the compiler as JSON alone, never as markup; the compiler's root is an empty folder,
so that no template, however wrong, reads a file of this machine; fonts are those inside the compiler, so that
a document is the same everywhere.
"""

import json
import re
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple

import typst

TEMPLATES = Path(__file__).parent / "typst"
STANDARDS = ["a-3a", "ua-1"]
REPLACEMENT = "?"

_NO_GLYPH = re.compile(r"the text `\"(.+?)\"` could not be displayed")


class Made(NamedTuple):
    """A document, and what no font here can print (emoji, some scripts): a question mark stands for each."""

    content: bytes
    unprintable: frozenset[str]


@cache
def _template(name: str) -> bytes:
    return (TEMPLATES / f"{name}.typ").read_bytes()


def make_pdf(name: str, content: Mapping[str, Any], attachment: Mapping[str, Any]) -> Made:
    """Compiles the template `name` (a file of competences/typst) with its `content`.

    `attachment` is the same content for machines, kept inside the document as it is, whatever could not be
    printed. Raises typst.TypstError for a fault of the template.
    """
    attached = json.dumps(attachment, ensure_ascii=False)
    printed = _changed(content, visible)
    unprintable: set[str] = set()
    with tempfile.TemporaryDirectory() as nothing:
        while True:
            inputs = {"content": json.dumps(printed, ensure_ascii=False), "attachment": attached}
            try:
                made = typst.compile(
                    _template(name),
                    root=nothing,
                    ignore_system_fonts=True,
                    format="pdf",
                    pdf_standards=STANDARDS,
                    sys_inputs=inputs,
                )
            except typst.TypstError as error:
                # Both standards refuse a text without a glyph; the message names each of them.
                found = set(_NO_GLYPH.findall(str(error))) - unprintable - {REPLACEMENT}
                if not found:
                    raise
                unprintable |= found
                longest_first = sorted(found, key=len, reverse=True)
                pattern = re.compile("|".join(map(re.escape, longest_first)))
                printed = _changed(printed, partial(pattern.sub, REPLACEMENT))
            else:
                return Made(made, frozenset(unprintable))


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    """The same content with each of its texts changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _changed(inner, change) for key, inner in value.items()}
    return [_changed(inner, change) for inner in value] if isinstance(value, list) else value


def visible(text: str) -> str:
    """The text without what has no shape of its own: controls, directions, joiners, halves."""
    return "".join(c for c in text if unicodedata.category(c)[0] != "C" and not 0xFE00 <= ord(c) <= 0xFE0F)
