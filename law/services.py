"""Writing the parameters: from the readable file at each migration, and by the staff."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from law.models import LegalParameter

FILE = Path(__file__).parent / "parameters.toml"
_FIELDS = ("value", "unit", "article", "certainty", "read_on", "note")


def read_parameters(path: Path = FILE) -> list[LegalParameter]:
    """The rows of the readable file, not saved. Raises `KeyError` for a row without one of its columns."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    return [_row(table, value) for table in data["parameter"] for value in table["values"]]


def _row(table: Mapping[str, Any], value: Mapping[str, Any]) -> LegalParameter:
    """One dated value; what is the same for all values of a key is written once, in its table."""
    told = {**table, **value}
    return LegalParameter(
        key=told["key"],
        start_on=told["start_on"],
        value=str(told["value"]),
        unit=told["unit"],
        article=told["article"],
        certainty=told["certainty"],
        read_on=told["read_on"],
        note=told.get("note", ""),
    )


@transaction.atomic
def load_parameters(path: Path = FILE) -> int:
    """Makes the table hold what the file says, and says how many rows it wrote. Safe twice.

    Rows that the staff wrote or edited are left as they are; no row is deleted, because rules of the past
    still ask for it.
    """
    known = {(row.key, row.start_on): row for row in LegalParameter.objects.all()}
    new, changed = [], []
    for row in read_parameters(path):
        old = known.get((row.key, row.start_on))
        if old is None:
            new.append(row)
        elif old.edited_at is None and any(getattr(old, name) != getattr(row, name) for name in _FIELDS):
            row.pk = old.pk
            changed.append(row)
    LegalParameter.objects.bulk_create(new)
    if changed:
        LegalParameter.objects.bulk_update(changed, _FIELDS)
    return len(new) + len(changed)


def edit_parameter(*, parameter: LegalParameter, now: dt.datetime) -> LegalParameter:
    """Saves a row of the staff (the administration keeps who and what): releases leave it alone from now on.

    Raises `ValidationError` where a constraint refuses it.
    """
    parameter.edited_at = now
    parameter.full_clean()
    parameter.save()
    return parameter
