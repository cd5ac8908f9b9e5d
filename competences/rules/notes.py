"""Until when a note is kept."""

import datetime as dt

from competences.rules.clocks import add_months


def note_destruction(written_on: dt.date, years: int) -> dt.date:
    """The day from which a note is erased: `years` after the day it was first written, whatever was edited.

    29 February falls on the 28th in a year without one.
    """
    return add_months(written_on, 12 * years)
