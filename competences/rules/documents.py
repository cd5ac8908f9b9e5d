"""Documents of a bilan: what a synthesis tells, and the day on which a document is destroyed.

C. trav. L6313-4 (the synthesis and the detailed results are the person's), R6313-7 (destroyed at the end of
the action; kept three years for the conseil en évolution professionnelle, or by a written agreement), read
on 2026-11-23.
"""

import datetime as dt
from collections.abc import Mapping

from competences.rules.clocks import add_months

SECTIONS = ("circumstances", "skills", "project", "training", "conditions", "steps")
"""The parts of a synthesis, in order: what R6313-4 asks of the phase of conclusions, and what led there."""

SECTION_LENGTH = 8000
"""Characters of one part: three printed pages."""

Content = Mapping[str, str]


def destroyed_on(ended_on: dt.date, kept_years: int | None, *, was_stopped: bool = False) -> dt.date:
    """The first day on which a document exists no more.

    The day after the end of the bilan, or so many years after the end: 29 February gives 28 February. One day
    more where the person stopped the bilan, which they may take back for 24 hours.
    """
    if kept_years is None:
        return ended_on + dt.timedelta(days=2 if was_stopped else 1)
    return add_months(ended_on, 12 * kept_years)


def is_empty(content: Content) -> bool:
    """Whether nothing is written yet."""
    return not any(content.get(section, "").strip() for section in SECTIONS)


def changed_sections(before: Content, after: Content) -> tuple[str, ...]:
    """The parts whose text differs, in order."""
    return tuple(section for section in SECTIONS if before.get(section, "") != after.get(section, ""))
