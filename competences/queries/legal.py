"""The law of a day, in the shape that the rules take."""

import datetime as dt

from competences.rules.legal import Figure
from law.queries import law_on


def figures_on(on: dt.date) -> dict[str, Figure]:
    """Every parameter in force on the day `on`. One query."""
    return {
        key: Figure(value=row.value, article=row.article, read_on=row.read_on, is_certain=row.is_certain)
        for key, row in law_on(on).items()
    }
