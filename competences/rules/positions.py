"""The place of an edition among the editions of its reference, computed from its number and issue.

A place that depends on nothing else lets an older edition be imported after a newer one without moving
any row: intervals of editions compare places, not dates (a publication date may be unknown).
"""

OPEN = 2**63 - 1
"""The end of an interval that has not ended: after every edition."""

PART = 10_000
PARTS = 3
ISSUES = 1_000


def position(number: str, issue: int = 1) -> int:
    """The place of an edition: greater is newer.

    `number` is one to three whole numbers joined by dots, each below 10,000 (ROME "60", ESCO "1.1.1");
    `issue` is 1 to 999, 1 for the first publication of that number.

    Raises ValueError for any other form.
    """
    parts = number.split(".")
    if not 1 <= len(parts) <= PARTS or not all(p.isascii() and p.isdigit() and int(p) < PART for p in parts):
        raise ValueError(f"not an edition number: {number!r}")
    if not 1 <= issue < ISSUES:
        raise ValueError(f"not an issue: {issue!r}")
    place = 0
    for part in [*parts, *["0"] * (PARTS - len(parts))]:
        place = place * PART + int(part)
    return place * ISSUES + issue
