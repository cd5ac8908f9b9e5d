"""Cells of a sheet that a program may take for a formula."""

import re

_NUMBER = re.compile(r"[+-]?[0-9]+([.,][0-9]+)?")
_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(text: str) -> str:
    """The text as a cell that no spreadsheet program runs: an apostrophe stands before what could begin a
    formula. A plain number ("-12", "+3,5") stays one."""
    if text.startswith(_STARTS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text
