"""The people whom an adviser accompanies, as a list: chosen, counted, sorted, searched by name.

A list names people and opens no file. Of each person it tells what the purposes of that adviser's mandates
let it tell: appointments and contacts to who meets them (`contacts.MEETING`), what the last edition touched
to who follows them, the phase of a bilan to who accompanies that very bilan, a question to whoever it was
asked.

The list is chosen and counted by sets of keys, read in two queries however long it is; only the people of a
page are read whole.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, Count, F, Func, OuterRef, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import mandates_held
from accounts.enums import MANDATE_PURPOSES, Purpose
from accounts.models import Mandate, Organisation, User, Worker
from competences.enums import BilanState
from competences.models import Bilan, Edition, ReviewRequest, RiskFlag, SkillStatement
from competences.queries.contacts import MEETING, met_after, planned, with_contacts
from competences.rules.bilans import RUNNING
from competences.rules.caseload import ENDING_DAYS, begins, quiet_since, search_keys

QUIET, UNPLANNED, BILAN, REVIEW, TOUCHED, ENDING = (
    "sans-contact",
    "sans-rendez-vous",
    "bilan",
    "avis",
    "edition",
    "accord",
)
FILTERS: Mapping[str, Promise] = {
    "": _("Tout le monde"),
    QUIET: _("Sans contact depuis 90 jours"),
    UNPLANNED: _("Sans rendez-vous à venir"),
    BILAN: _("Bilan en cours"),
    REVIEW: _("Avis attendu"),
    TOUCHED: _("Touchées par la dernière édition"),
    ENDING: _("Accord qui finit dans 30 jours"),
}
"""The parts of the list that may be shown alone, by the word of their address."""

BY_NAME, BY_CONTACT, BY_APPOINTMENT, BY_END = "", "contact", "rendez-vous", "accord"
SORTS: Mapping[str, Promise] = {
    BY_NAME: _("par nom"),
    BY_CONTACT: _("le plus ancien contact d’abord"),
    BY_APPOINTMENT: _("le prochain rendez-vous d’abord"),
    BY_END: _("l’accord qui finit le plus tôt d’abord"),
}

PHASES = RUNNING
"""States of a running bilan, in order: a list may show one of them alone."""

BATCH = 500


class NameKeys(Func):
    """The keys of the name of an account, or of its address where it has none (rules/caseload.py)."""

    function = "competences_name_keys"
    output_field = ArrayField(TextField())


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a list is asked for, by the parameters of its address; "" leaves nobody out."""

    but: str = ""
    vue: str = ""
    phase: str = ""
    organisme: str = ""
    q: str = ""
    tri: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Choice":
        """The choice of an address, or of a saved filter; words that mean nothing are not kept."""
        held = {one.name: asked.get(one.name, "") for one in fields(cls)}
        known = {
            "but": [purpose.value for purpose in MANDATE_PURPOSES],
            "vue": FILTERS,
            "phase": PHASES,
            "tri": SORTS,
        }
        held |= {name: held[name] if held[name] in words else "" for name, words in known.items()}
        return cls(
            **{**held, "organisme": _uuid(held["organisme"]), "q": held["q"].replace("\x00", "").strip()}
        )

    def parameters(self) -> dict[str, str]:
        """Those that say something, as the address writes them."""
        return {one.name: text for one in fields(self) if (text := getattr(self, one.name))}


@dataclass(frozen=True, slots=True)
class Accompanied:
    """One line of the list. What the purposes do not let the list tell is None, or False."""

    worker: Worker
    purposes: tuple[Purpose, ...]
    ends_on: dt.date | None
    is_met: bool
    last_contact_on: dt.date | None
    next_appointment_at: dt.datetime | None
    phase: BilanState | None
    review_since: dt.datetime | None
    touched: int | None

    @property
    def name(self) -> str:
        return self.worker.user.display_name


@dataclass(frozen=True, slots=True)
class Counts:
    """How many people each part of the list would show, and `chosen` how many the choice shows."""

    chosen: int
    filters: Mapping[str, int]
    purposes: Mapping[str, int]
    phases: Mapping[str, int]


class Held(NamedTuple):
    """A mandate of the list: whose file, what for, from when to when, in the name of which organisation."""

    worker: int
    purpose: str
    start_on: dt.date
    end_on: dt.date | None
    organisation: UUID


class Caseload:
    """The list of one adviser at one instant: what it is chosen by is read once, in two queries."""

    def __init__(self, adviser: User, *, now: dt.datetime) -> None:
        self.adviser = adviser
        self.now = now
        self.on = timezone.localdate(now)
        self._editions: list[int] | None = None

    def mandates(self, *purposes: Purpose) -> QuerySet[Mandate]:
        """The mandates that make the list; those for one of some purposes where they are given."""
        held = mandates_held(self.adviser, on=self.on)
        return held.filter(purpose__in=purposes) if purposes else held

    def people(self, choice: Choice) -> QuerySet[Worker]:
        """The people that a choice shows, in its order."""
        keys = self._around(choice) & self._narrowed(choice)
        rows = Worker.objects.filter(pk__in=list(keys))
        if choice.q:
            rows = named(rows, choice.q, "user")
        return self._sorted(rows, choice)

    def counts(self, choice: Choice) -> Counts:
        """The figures of a choice, among the people of its organisation and of its search."""
        around = self._around(choice)
        if choice.q:
            rows = named(Worker.objects.filter(pk__in=list(around)), choice.q, "user")
            around = set(rows.values_list("pk", flat=True))
        of_purpose = around & self._of(*([Purpose(choice.but)] if choice.but else ()))
        return Counts(
            chosen=len(around & self._narrowed(choice)),
            filters={name: len(of_purpose & self._kept(name)) for name in FILTERS},
            purposes={purpose.value: len(around & self._of(purpose)) for purpose in MANDATE_PURPOSES},
            phases={phase: len(of_purpose & self._in_phase(phase)) for phase in PHASES},
        )

    def lines(self, people: QuerySet[Worker]) -> list[Accompanied]:
        """The lines of a page of people. One query."""
        return [self._line(worker) for worker in self._told(people)]

    def all_lines(self, choice: Choice) -> Iterator[Accompanied]:
        """The lines of a choice, read as they are written: memory holds their keys alone."""
        return map(self._line, self._told(self.people(choice)).iterator(chunk_size=BATCH))

    def bodies(self) -> list[Organisation]:
        """The organisations in whose name this adviser holds mandates, by name. One query."""
        held = {one.organisation for one in self._held}
        return list(Organisation.objects.filter(public_id__in=held))

    # What is asked: sets of keys of people -----------------------------------------------------------------

    @cached_property
    def _held(self) -> list[Held]:
        """Every mandate of the list. One query."""
        rows = self.mandates().order_by()
        columns = ("worker_id", "purpose", "start_on", "end_on", "organisation__public_id")
        return [Held(*row) for row in rows.values_list(*columns)]

    @cached_property
    def _facts(self) -> Mapping[str, set[int]]:
        """People by what is true of them, whatever the purposes: `_kept` looks at these. One query."""
        since = quiet_since(self.on)
        parts = [
            *(rows.values_list(Value("met"), "worker") for rows in met_after(self.adviser, since)),
            planned(self.adviser, self.now).values_list(Value("planned"), "worker"),
            Bilan.objects.accompanied_by(self.adviser).running().values_list("state", "worker"),
            self._reviews().values_list(Value(REVIEW), "worker"),
            self._touched(list(self._of(Purpose.FOLLOW_UP))).values_list(Value(TOUCHED), "worker"),
        ]
        first, *others = (rows.order_by() for rows in parts)
        found: dict[str, set[int]] = defaultdict(set)
        for name, worker in first.union(*others):
            found[name].add(worker)
        return found

    def _of(self, *purposes: Purpose) -> set[int]:
        """The people who gave a mandate for one of these purposes, or for any."""
        return {one.worker for one in self._held if not purposes or one.purpose in purposes}

    def _around(self, choice: Choice) -> set[int]:
        """The people of the organisation that was chosen."""
        wanted = choice.organisme
        return {one.worker for one in self._held if not wanted or str(one.organisation) == wanted}

    def _narrowed(self, choice: Choice) -> set[int]:
        found = self._of(*([Purpose(choice.but)] if choice.but else ())) & self._kept(choice.vue)
        return found & self._in_phase(choice.phase) if choice.phase else found

    def _kept(self, name: str) -> set[int]:
        """The people of a part of the list."""
        if name == QUIET:
            since = quiet_since(self.on)
            long_ago = {one.worker for one in self._held if one.purpose in MEETING and one.start_on <= since}
            return long_ago - self._facts["met"]
        if name == UNPLANNED:
            return self._of(*MEETING) - self._facts["planned"]
        if name == BILAN:
            return set().union(*(self._in_phase(phase) for phase in PHASES))
        if name == REVIEW:
            return self._facts[REVIEW]
        if name == TOUCHED:
            return self._facts[TOUCHED] & self._of(Purpose.FOLLOW_UP)
        if name == ENDING:
            last = self.on + dt.timedelta(days=ENDING_DAYS)
            return {one.worker for one in self._held if one.end_on and one.end_on <= last}
        return self._of()

    def _in_phase(self, phase: str) -> set[int]:
        """Running bilans that this adviser accompanies, and may open."""
        return self._facts[phase] & self._of(Purpose.BILAN)

    def _reviews(self) -> QuerySet[ReviewRequest]:
        return ReviewRequest.objects.for_reader(self.adviser, self.on).unfinished()

    def _touched(self, workers: list[int] | None = None) -> QuerySet[SkillStatement]:
        """Statements that an open flag of the last edition of a reference names."""
        flags = RiskFlag.objects.open().filter(edition__in=self.last_editions())
        rows = SkillStatement.objects.standing().filter(pk__in=flags.values("statement"))
        return rows if workers is None else rows.filter(worker__in=workers)

    def last_editions(self) -> list[int]:
        """The last edition of each reference. One query, once."""
        if self._editions is None:
            rows = Edition.objects.in_history().order_by("reference_id", "-position")
            self._editions = list(rows.distinct("reference_id").values_list("pk", flat=True))
        return self._editions

    # What is told ------------------------------------------------------------------------------------------

    def _sorted(self, rows: QuerySet[Worker], choice: Choice) -> QuerySet[Worker]:
        by_name = ("user__name", "user__email", "pk")
        if choice.tri == BY_CONTACT:
            rows = with_contacts(rows, self.adviser, self.now)
            return rows.order_by(F("last_contact_at").asc(nulls_first=True), *by_name)
        if choice.tri == BY_APPOINTMENT:
            rows = with_contacts(rows, self.adviser, self.now)
            return rows.order_by(F("next_appointment_at").asc(nulls_last=True), *by_name)
        if choice.tri == BY_END:
            rows = rows.alias(first_end=self._first_end())
            return rows.order_by(F("first_end").asc(nulls_last=True), *by_name)
        return rows.order_by(*closest(choice.q), *by_name)

    def _first_end(self) -> Subquery:
        ends = self.mandates().filter(worker=OuterRef("pk"), end_on__isnull=False)
        return Subquery(ends.order_by("end_on").values("end_on")[:1])

    def _told(self, people: QuerySet[Worker]) -> QuerySet[Worker]:
        mine = {"worker": OuterRef("pk")}
        bilans = Bilan.objects.accompanied_by(self.adviser).running().filter(**mine)
        touched = self._touched().filter(**mine).order_by().values("worker").annotate(n=Count("pk"))
        return (
            with_contacts(people, self.adviser, self.now)
            .select_related("user")
            .annotate(
                purposes_held=ArraySubquery(self.mandates().filter(**mine).order_by("pk").values("purpose")),
                ends_on=self._first_end(),
                phase=Subquery(bilans.values("state")[:1]),
                review_since=Subquery(
                    self._reviews().filter(**mine).order_by("asked_at").values("asked_at")[:1]
                ),
                touched=Coalesce(Subquery(touched.values("n")), Value(0)),
            )
        )

    def _line(self, worker: Any) -> Accompanied:
        purposes = tuple(purpose for purpose in MANDATE_PURPOSES if purpose in worker.purposes_held)
        is_met = any(purpose in purposes for purpose in MEETING)
        contact = timezone.localdate(worker.last_contact_at) if worker.last_contact_at else None
        return Accompanied(
            worker=worker,
            purposes=purposes,
            ends_on=worker.ends_on,
            is_met=is_met,
            last_contact_on=contact if is_met else None,
            next_appointment_at=worker.next_appointment_at if is_met else None,
            phase=BilanState(worker.phase) if worker.phase and Purpose.BILAN in purposes else None,
            review_since=worker.review_since,
            touched=worker.touched if Purpose.FOLLOW_UP in purposes else None,
        )


# Names -----------------------------------------------------------------------------------------------------


def named(rows: QuerySet[Any], text: str, account: str) -> QuerySet[Any]:
    """Those whose account, at the end of the path `account`, has a name with each word of the text: begun,
    or written with a slip of the hand. Nobody for a text without letters or figures."""
    words = search_keys(text)
    if not words:
        return rows.none()
    rows = rows.alias(name_keys=NameKeys(f"{account}__name", f"{account}__email"))
    for keys in words:
        rows = rows.filter(name_keys__overlap=keys)
    return rows


def closest(text: str) -> Iterable[Any]:
    """The order of rows that `named` found: names that begin as was typed, then those that nearly do."""
    typed = begins(text)
    return [Case(When(name_keys__contains=typed, then=Value(0)), default=Value(1))] if typed else []


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
