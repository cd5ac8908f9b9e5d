"""Why a rule answers what it answers: a code, which pages put into words, and the figures it speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason. `figures` are the named values of the sentence that tells it."""

    code: str
    figures: Mapping[str, int | Decimal] = field(default_factory=dict)
