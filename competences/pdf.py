"""PDF documents by typst: tagged (PDF/UA-1), archivable (PDF/A-3a), with the same data attached.

What people typed reaches the compiler as JSON alone, never as markup; the compiler's root is an empty folder,
so that no template, however wrong, reads a file of this machine; fonts are those inside the compiler, so that
a document is the same everywhere.
"""

import json
import tempfile
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import typst

from competences.rules.printed_signs import printable

TEMPLATES = Path(__file__).parent / "typst"
STANDARDS = ["a-3a", "ua-1"]
REPLACEMENT = "?"

_NO_GLYPH = "could not be displayed with font"
_PANIC = "PanicException"
"""What the compiler raises when it fails: not an Exception, so that a request would die of it."""


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
    unprintable: set[str] = set()

    def in_print(text: str, *, plain: bool = False) -> str:
        shown, missing = printable(visible(text), REPLACEMENT, plain=plain)
        unprintable.update(missing)
        return shown

    try:
        made = _compiled(name, _changed(content, in_print), attached)
    except _UnprintableError:
        # Signs that are printed alone may not be side by side: Latin ones always are.
        made = _compiled(name, _changed(content, lambda text: in_print(text, plain=True)), attached)
    return Made(made, frozenset(unprintable))


class _UnprintableError(RuntimeError):
    """The compiler found no shape for some text, or failed on it."""


def _compiled(name: str, content: Any, attached: str) -> bytes:
    inputs = {"content": json.dumps(content, ensure_ascii=False), "attachment": attached}
    with tempfile.TemporaryDirectory() as nothing:
        try:
            return typst.compile(
                _template(name),
                root=nothing,
                ignore_system_fonts=True,
                format="pdf",
                pdf_standards=STANDARDS,
                sys_inputs=inputs,
            )
        except typst.TypstError as error:
            # Both standards refuse a text without a glyph.
            if _NO_GLYPH in str(error):
                raise _UnprintableError from error
            raise
        except BaseException as error:
            if type(error).__name__ != _PANIC:
                raise
            raise _UnprintableError from error


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
