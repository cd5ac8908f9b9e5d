"""A figure of the law as the rules take it: pure rules do not read the database."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Figure:
    """The value of one parameter on a day (law/parameters.toml): a figure, or the word of a switch.

    `is_certain` is False for a point on which the texts are silent or sources differ: the page then says
    that it is to be confirmed.
    """

    value: str
    article: str
    read_on: dt.date
    is_certain: bool = True

    @property
    def number(self) -> Decimal:
        """The value as a number; ArithmeticError for a word."""
        return Decimal(self.value)


Figures = Mapping[str, Figure]
"""The figures in force on a day, by key. One that is absent had no value that day: there was no rule."""
