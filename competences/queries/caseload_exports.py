"""The list of the people whom an adviser accompanies, as a file.

A file leaves the house: it holds names, purposes and dates. What a reference or a bilan says of a person
stays on the screen, which closes with the mandate.
"""

import hashlib
from collections.abc import Iterator, Mapping

from django.db.models import Count, Max, Min, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import mandates_held
from accounts.models import User
from competences.queries.caseload import Accompanied, Caseload, Choice

Row = tuple[str | int | None, ...]
Listed = tuple[str, Row, int, str, Iterator[Row]]
"""A name, the heading, the number of rows, the mark and the rows: an ExportedList (queries/exports.py)."""


def caseload_list(adviser: User, asked: Mapping[str, str]) -> Listed:
    """The people that a choice shows to that adviser now, in the order of the screen."""
    caseload, choice = Caseload(adviser, now=timezone.now()), Choice.of(asked)
    total = caseload.counts(choice).chosen
    rows = map(_row, caseload.all_lines(choice))
    return _("personnes-accompagnees"), _columns(), total, caseload_mark(adviser), rows


def caseload_mark(adviser: User) -> str:
    """The state of the rights under which such a file is written: another day, a mandate more or less, change
    it. One query."""
    on = timezone.localdate()
    held = mandates_held(adviser, on=on).order_by()
    rights = held.aggregate(n=Count("pk"), sum=Sum("pk"), least=Min("pk"), most=Max("pk"), end=Max("end_on"))
    return hashlib.blake2b(f"{adviser.pk} {on} {rights}".encode(), digest_size=24).hexdigest()


def _columns() -> Row:
    return (
        _("Personne"),
        _("Ce que vous pouvez ouvrir"),
        _("Fin de l’accord"),
        _("Dernier contact"),
        _("Prochain rendez-vous"),
        _("Avis attendu depuis le"),
    )


def _row(line: Accompanied) -> Row:
    appointment, review = line.next_appointment_at, line.review_since
    return (
        line.name,
        ", ".join(str(purpose.label) for purpose in line.purposes),
        line.ends_on.isoformat() if line.ends_on else "",
        line.last_contact_on.isoformat() if line.last_contact_on else "",
        f"{timezone.localtime(appointment):%Y-%m-%d %H:%M}" if appointment else "",
        timezone.localdate(review).isoformat() if review else "",
    )
