"""What a signed-in person reads under the messages on bilans and appointments (queries/messages.py)."""

import datetime as dt
from collections.abc import Iterator, Sequence

from django.db.models import Q, QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import Notification, User
from accounts.notifications import Detail
from accounts.templatetags.components import in_words
from competences.enums import BilanState, Funder
from competences.models import Appointment, Bilan
from competences.queries.appointments import given_appointments
from competences.queries.bilans import accompanied_bilans, asked_on
from competences.queries.legal import figures_on
from competences.rules.bilan_checks import last_day_to_answer


def bilan_moved(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """How far the bilan has come, and its page: one's own, or one that one accompanies. Two queries."""
    wanted = {row.payload["bilan"] for row in rows}
    own = Bilan.objects.filter(worker__user=recipient).in_bulk(wanted)
    given = accompanied_bilans(recipient, on).in_bulk(wanted)
    found = {}
    for row in rows:
        key = row.payload["bilan"]
        if bilan := own.get(key):
            text = _("Votre bilan : %s.") % bilan.get_state_display()
            found[row.pk] = Detail(text, _("Voir mon bilan"), "competences:bilan", (bilan.public_id,))
        elif bilan := given.get(key):
            values = {"name": bilan.worker.user.display_name, "state": bilan.get_state_display()}
            text = _("Bilan de %(name)s : %(state)s.") % values
            arguments = (bilan.worker.public_id, bilan.public_id)
            found[row.pk] = Detail(text, _("Voir ce bilan"), "competences:adviser_bilan", arguments)
    return found


def appointment(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """What the appointment is now, and its page. Two queries."""
    wanted = {row.payload["appointment"] for row in rows}
    own = Appointment.objects.filter(worker__user=recipient).select_related("adviser").in_bulk(wanted)
    given = given_appointments(recipient, on).in_bulk(wanted)
    found = {}
    for row in rows:
        key = row.payload["appointment"]
        if one := own.get(key):
            name = one.adviser.display_name if one.adviser else ""
            arguments: tuple[object, ...] = (one.public_id,)
            page = "competences:appointment"
        elif one := given.get(key):
            name, arguments = one.worker.user.display_name, (one.worker.public_id, one.public_id)
            page = "competences:adviser_appointment"
        else:
            continue
        found[row.pk] = Detail(_told(one, name), _("Voir ce rendez-vous"), page, arguments)
    return found


def convention_due(rows: Sequence[Notification], recipient: User, on: dt.date) -> dict[int, Detail]:
    """The last day to answer, and the page of the bilan. One query."""
    own = Bilan.objects.filter(worker__user=recipient).in_bulk({row.payload["bilan"] for row in rows})
    return {
        row.pk: Detail(
            _("Convention à signer ou à refuser avant la fin du %s. Sans réponse, c’est un refus.")
            % in_words(dt.date.fromisoformat(row.payload["day"])),
            _("Voir mon bilan"),
            "competences:bilan",
            (bilan.public_id,),
        )
        for row in rows
        if (bilan := own.get(row.payload["bilan"]))
    }


def waiting_conventions() -> QuerySet[Bilan]:
    """Bilans whose convention was sent and has no answer."""
    waits = Q(state__in=[BilanState.WISHED, BilanState.PREPARED], convention_answer="")
    sent = Q(funder__in=[Funder.PLAN, Funder.RECLASSIFICATION], convention_sent_on__isnull=False)
    return Bilan.objects.filter(waits & sent).select_related("worker").order_by("convention_sent_on", "pk")


def conventions_to_answer() -> Iterator[tuple[Bilan, dt.date]]:
    """Each of them with the last day to answer; one query a day of request, of which there are few."""
    figures = {}
    for bilan in waiting_conventions().iterator():
        day = asked_on(bilan)
        if day not in figures:
            figures[day] = figures_on(day)
        yield bilan, last_day_to_answer(bilan.convention_sent_on, figures[day])  # type: ignore[arg-type]


def _told(one: Appointment, name: str) -> str:
    begins = timezone.localtime(one.starts_at)
    values = {
        "day": in_words(begins.date()),
        "hour": formats.time_format(begins, "H:i"),
        "name": name,
        "state": one.get_state_display(),
    }
    if name:
        return _("Rendez-vous avec %(name)s, le %(day)s à %(hour)s : %(state)s.") % values
    return _("Rendez-vous le %(day)s à %(hour)s : %(state)s.") % values
