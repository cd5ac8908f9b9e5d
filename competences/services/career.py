"""The path of a person. Only the person writes it, and reads its reasons."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.errors import NotFound, Refused
from accounts.models import Worker
from competences.enums import CareerKind, ConceptKind, ContractType, DatePrecision
from competences.models import CareerPeriod, Concept, Edition
from competences.models.career import DETAILS_LENGTH, EMPLOYED, NAME_LENGTH, PLACE_LENGTH, WHOLE
from competences.rules.career import Moment
from competences.rules.clocks import FIRST_DAY
from competences.rules.texts import one_line, some_lines
from competences.services.ownership import UNDO_WITHIN, refuse_not_held, require_own, require_readable

MOST_PERIODS = 1_000
"""Periods that a path holds at a time: twenty-five short contracts a year for forty years."""

TEXTS = {
    "free_text": NAME_LENGTH,
    "organisation": NAME_LENGTH,
    "place": PLACE_LENGTH,
    "details": DETAILS_LENGTH,
    "reason": DETAILS_LENGTH,
}

LINES = ("details", "reason")
"""Texts that may have several lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodSaid:
    """What a person says of a period: from `first` to `last`, both included, as far as they said them.

    `title` and `edition` go together: the job of a reference. `contract` and the job are those of a work or
    of a project, `reason` that of a pause: said of another kind, they are not kept.
    """

    kind: str
    first: Moment
    last: Moment | None = None
    contract: str = ""
    share_percent: int | None = None
    title: Concept | None = None
    edition: Edition | None = None
    free_text: str = ""
    organisation: str = ""
    place: str = ""
    details: str = ""
    reason: str = ""

    def fitting(self) -> "PeriodSaid":
        """The same without what its kind does not have, and with texts of visible signs alone."""
        texts: dict[str, Any] = {
            name: (some_lines if name in LINES else one_line)(getattr(self, name)) for name in TEXTS
        }
        if self.kind != CareerKind.PAUSE:
            texts["reason"] = ""
        if self.kind in EMPLOYED:
            return replace(self, **texts)
        return replace(self, **texts, contract="", title=None, edition=None)

    def columns(self) -> dict[str, Any]:
        """The same, as columns of a period."""
        plain = ("kind", "contract", "share_percent", "title", "edition", *TEXTS)
        return {
            **{name: getattr(self, name) for name in plain},
            "start_on": self.first.on,
            "start_precision": self.first.precision,
            "end_on": self.last.next_on if self.last else None,
            "end_precision": self.last.precision if self.last else DatePrecision.DAY,
        }


@transaction.atomic
def add_period(
    *, actor: Actor, worker: Worker, said: PeriodSaid, now: dt.datetime | None = None
) -> CareerPeriod:
    """Notes a period. It may run at the same time as others.

    Raises Refused with the field at fault (`refuse_bad_period`), and beyond `MOST_PERIODS`.
    """
    require_own(actor, worker)
    now = now or timezone.now()
    Worker.objects.select_for_update(of=("self",)).get(pk=worker.pk)
    if CareerPeriod.objects.kept().filter(worker=worker).count() >= MOST_PERIODS:
        message = _("Votre parcours a déjà %(most)s périodes. Retirez-en une, puis recommencez.")
        raise Refused("too_many", message % {"most": MOST_PERIODS})
    return _write(actor, CareerPeriod(worker=worker, created_at=now), said, now)


@transaction.atomic
def change_period(
    *, actor: Actor, period: CareerPeriod, version: int, said: PeriodSaid, now: dt.datetime | None = None
) -> CareerPeriod:
    """Says a period otherwise. Raises Refused as `add_period` does, and when another tab wrote since
    `version`."""
    found = _own(actor, period)
    if found.version != version:
        message = _(
            "Cette période a changé entre-temps, dans un autre onglet ou sur un autre appareil. Rien n’est"
            " perdu : relisez ce qui est noté maintenant, puis enregistrez."
        )
        raise Refused("changed_since", message)
    found.version += 1
    return _write(actor, found, said, now or timezone.now())


@transaction.atomic
def remove_period(*, actor: Actor, period: CareerPeriod, now: dt.datetime | None = None) -> CareerPeriod:
    """Takes a period out of the path; `restore_period` undoes it for 24 hours."""
    found = _own(actor, period)
    found.removed_at = now or timezone.now()
    found.version += 1
    found.save(update_fields=["removed_at", "version"])
    return found


@transaction.atomic
def restore_period(*, actor: Actor, period: CareerPeriod, now: dt.datetime | None = None) -> CareerPeriod:
    """Puts a period back. Raises Refused after 24 hours."""
    found = _own(actor, period, kept=False)
    if found.removed_at and (now or timezone.now()) - found.removed_at > UNDO_WITHIN:
        message = _("Le délai de 24 heures est passé. Vous pouvez noter la période de nouveau.")
        raise Refused("too_late", message)
    found.removed_at = None
    found.version += 1
    found.save(update_fields=["removed_at", "version"])
    return found


def refuse_bad_period(said: PeriodSaid, today: dt.date) -> None:
    """Raises Refused with the field at fault: an unknown kind or contract, a work without a name, a share
    outside 1 to 100, a text too long, a day to come or before anyone's birth, an end before the beginning.

    A month or a year that has begun may be said: the month of today is one.
    """
    choose = _("Choisissez dans la liste.")
    if said.kind not in CareerKind.values:
        raise Refused("bad_kind", choose, field="kind")
    if said.contract and said.contract not in ContractType.values:
        raise Refused("bad_contract", choose, field="contract")
    if said.kind == CareerKind.WORK and not (said.title or said.free_text):
        raise Refused("no_job", _("Dites quel était ce travail, avec vos mots."), field="free_text")
    if said.share_percent is not None and not 1 <= said.share_percent <= WHOLE:
        raise Refused("bad_share", _("La part du temps va de 1 à 100 %."), field="share_percent")
    for name, most in TEXTS.items():
        if len(getattr(said, name)) > most:
            message = _("Ce texte est trop long : %(most)s caractères au plus.") % {"most": most}
            raise Refused("long_text", message, field=name)
    for field, moment in (("first", said.first), ("last", said.last)):
        if moment and moment.on > today:
            raise Refused("future_date", _("Cette date est dans le futur."), field=field)
        if moment and moment.on < FIRST_DAY:
            raise Refused("old_date", _("Vérifiez l’année de cette date."), field=field)
    if said.last and said.last.next_on <= said.first.on:
        raise Refused("ends_before", _("La fin doit suivre le début."), field="last")


def _write(actor: Actor, period: CareerPeriod, said: PeriodSaid, now: dt.datetime) -> CareerPeriod:
    said = said.fitting()
    refuse_bad_period(said, timezone.localdate(now))
    if (
        said.title
        and said.edition
        and (period.title_id, period.edition_id) != (said.title.pk, said.edition.pk)
    ):
        require_readable(actor, said.title, now)
        if said.title.kind != ConceptKind.TITLE or said.title.reference_id != said.edition.reference_id:
            raise Refused("not_a_title", _("Choisissez un métier dans la liste."), field="title")
        refuse_not_held(said.title, said.edition, field="title")
    for name, value in said.columns().items():
        setattr(period, name, value)
    period.changed_at = now
    period.save()
    return period


def _own(actor: Actor, period: CareerPeriod, *, kept: bool = True) -> CareerPeriod:
    """The period, locked, for its own person; one that was taken away is as absent as another's."""
    rows = CareerPeriod.objects.select_for_update(of=("self",)).select_related("worker")
    found = rows.filter(pk=period.pk, removed_at__isnull=kept).first()
    if found is None:
        raise NotFound
    require_own(actor, found.worker)
    return found
