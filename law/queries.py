"""The law as it stands on a day."""

import datetime as dt
from collections.abc import Iterator, Mapping

from law.models import LegalParameter


class Law(Mapping[str, LegalParameter]):
    """The parameters in force on one day, by key.

    `law["bilan.hours.least"].number`; a key that has no value on that day raises `KeyError`, and `get` gives
    None: the rule did not exist yet.
    """

    def __init__(self, on: dt.date, parameters: Mapping[str, LegalParameter]) -> None:
        self.on = on
        self._parameters = parameters

    def __getitem__(self, key: str) -> LegalParameter:
        return self._parameters[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)


def law_on(on: dt.date) -> Law:
    """What is in force on the day `on`. One query, whatever is asked of it afterwards."""
    return Law(on, {row.key: row for row in LegalParameter.objects.in_force(on)})


def history(key: str) -> list[LegalParameter]:
    """Every value of a key, the oldest first."""
    return list(LegalParameter.objects.filter(key=key).order_by("start_on"))
