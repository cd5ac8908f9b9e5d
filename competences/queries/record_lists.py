"""The skills of one record in lists: chosen, sorted, searched, and as they stood on a past day.

Each function says how many queries it makes: never more for a longer record. The caller holds the right to
read that record.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    Exists,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Worker
from accounts.written import is_any_of, written
from competences.models import (
    OPEN,
    ConceptRevision,
    ConceptTranslation,
    Edition,
    RiskFlag,
    SkillRevision,
    SkillStatement,
)
from competences.queries.names import LabelOf, reader_language
from competences.queries.readable import Reader
from competences.queries.records import with_labels
from competences.queries.successors import attach_proposals, waiting_of
from competences.rules.ageing import CONFIRMED_MONTHS, PRACTISED_MONTHS, latest_aged_day
from competences.rules.labels import fold

SHOWN, SHOWN_TOUCHED = 10, 5
"""Skills that the first screen shows: the latest, and those that a change touched."""

FLAGGED, AGEING, NOT_PRACTISED, NO_LEVEL, OWN_WORDS = "signal", "a-revoir", "arretees", "sans-niveau", "mots"
FILTERS: Mapping[str, Promise] = {
    "": _("Toutes"),
    FLAGGED: _("Avec un signal"),
    AGEING: _("À revoir"),
    NOT_PRACTISED: _("Plus pratiquées"),
    NO_LEVEL: _("Sans niveau"),
    OWN_WORDS: _("Avec mes mots"),
}
"""The parts of a record that a list may show alone, by the word of its address."""

LATEST, OLDEST_CONFIRMED, BY_NAME = "", "confirmation", "nom"
SORTS: Mapping[str, Promise] = {
    LATEST: _("les dernières ajoutées"),
    OLDEST_CONFIRMED: _("les plus anciennement confirmées"),
    BY_NAME: _("par nom"),
}


ACCENTED, PLAIN = "àâäáãåçéèêëíìîïñóòôöõúùûüýÿ’'-", "aaaaaaceeeeiiiinooooouuuuyy   "
"""The letters of the languages of the house, each with what a search takes it for, as `fold` does."""


def said_in(worker: Worker, *, at: dt.datetime | None = None) -> QuerySet[SkillRevision]:
    """What is said of each skill that stands in a record, now or at an instant, the latest declared first.

    Each row has its statement, with its concept, its edition and the flags of that instant in `open_flags`.
    Two queries.
    """
    if at is None:
        said = SkillRevision.objects.current().filter(statement__worker=worker, statement__removed_at=None)
        flags = RiskFlag.objects.open()
    else:
        standing = SkillStatement.objects.as_of(at).filter(worker=worker)
        said = SkillRevision.objects.as_of(at).filter(statement__worker=worker, statement__in=standing)
        flags = RiskFlag.objects.filter(Q(closed_at=None) | Q(closed_at__gt=at), opened_at__lte=at)
    prefetch = Prefetch("statement__flags", _with_edition(flags), to_attr="open_flags")
    return _said(said).prefetch_related(prefetch).order_by("-statement__declared_at", "-statement_id")


def _said(rows: QuerySet[SkillRevision]) -> QuerySet[SkillRevision]:
    """The rows with their statements, without what editions count and complain of, which is long."""
    whole = rows.select_related("statement__concept__reference", "statement__edition__reference")
    return whole.defer("statement__edition__anomalies", "statement__edition__changes")


def _with_edition(flags: QuerySet[RiskFlag]) -> QuerySet[RiskFlag]:
    return flags.select_related("edition__reference").defer("edition__anomalies", "edition__changes")


def statements_in(rows: Iterable[SkillRevision]) -> list[SkillStatement]:
    """The statements of such rows, each with what was said of it in `current`, as `with_labels` reads it."""
    found = []
    for row in rows:
        statement = row.statement
        statement.current = [row]
        found.append(statement)
    return found


class Days(NamedTuple):
    """The day on which a list is read, and the last days confirmed and practised that have aged by then."""

    on: dt.date
    confirmed: dt.date
    practised: dt.date


def days_of(on: dt.date) -> Days:
    """What the filters need to know of a day."""
    return Days(on, latest_aged_day(on, CONFIRMED_MONTHS), latest_aged_day(on, PRACTISED_MONTHS))


class Listed:
    """What is said now of the skills of a record that a filter and a search keep, in an order.

    `counts` is how many each filter would keep, "" for all: one query. A slice reads one page with its labels
    and its flags: two queries, one more where an organisation owns a reference. A name that is not one
    filters nothing, and sorts the latest declared first.
    """

    def __init__(
        self,
        worker: Worker,
        *,
        actor: Reader,
        on: dt.date,
        chosen: str = "",
        order: str = "",
        inside: str = "",
    ) -> None:
        self.worker, self.actor, self.inside, self.days = worker, actor, inside, days_of(on)
        self.chosen, self.order = chosen, order
        if inside:
            [found] = _counted(naming(_said_now(worker.pk), inside), self.days)
        else:
            [found] = _counts_of(worker=worker.pk, **self.days._asdict())
        self.counts: dict[str, int] = dict(zip(("", *_conditions(self.days)), found, strict=True))

    def __getitem__(self, part: slice) -> list[SkillStatement]:
        """The statements of a page."""
        if part.start >= part.stop:
            return []
        if self.inside:
            rows = list(
                _page(naming(_said_now(self.worker.pk), self.inside), self.chosen, self.order, self.days)[
                    part
                ]
            )
        else:
            asked = (self.chosen, self.order, part.start, part.stop)
            rows = _page_of(*asked, worker=self.worker.pk, **self.days._asdict())
        found = statements_in(rows)
        flags: dict[int, list[RiskFlag]] = defaultdict(list)
        for flag in _flags_on(statements=[statement.pk for statement in found]):
            flags[flag.statement_id].append(flag)
        for statement in found:
            statement.open_flags = flags[statement.pk]
        labels = {row.statement.concept_id: row.label for row in rows if row.statement.concept_id}
        return with_labels(found, actor=self.actor, on=self.days.on, labels=labels)


def _said_now(worker: int) -> QuerySet[SkillRevision]:
    return SkillRevision.objects.current().filter(statement__worker=worker, statement__removed_at=None)


def _counted(rows: QuerySet[SkillRevision], days: Days) -> QuerySet[Any]:
    """One row: how many there are, then how many each filter keeps."""
    counts = {"every": Count("pk")}
    for number, condition in enumerate(_conditions(days).values()):
        counts[f"kept_{number}"] = Count("pk", filter=condition)
    return rows.order_by().values(whole=Value(1)).annotate(**counts).values_list(*counts)


def _page(rows: QuerySet[SkillRevision], chosen: str, order: str, days: Days) -> QuerySet[SkillRevision]:
    condition = _conditions(days).get(chosen)
    kept = rows if condition is None else rows.filter(condition)
    named = _said(kept).annotate(label=LabelOf("statement__concept"))
    return sorted_by(named.order_by("-statement__declared_at", "-statement_id"), order)


@written
def _counts_of(*, worker: int, on: dt.date, confirmed: dt.date, practised: dt.date) -> QuerySet[Any]:
    return _counted(_said_now(worker), Days(on, confirmed, practised))


@written
def _page_of(
    chosen: str,
    order: str,
    start: int,
    stop: int,
    *,
    worker: int,
    on: dt.date,
    confirmed: dt.date,
    practised: dt.date,
) -> QuerySet[SkillRevision]:
    return _page(_said_now(worker), chosen, order, Days(on, confirmed, practised))[start:stop]


@written
def _flags_on(*, statements: list[int]) -> QuerySet[RiskFlag]:
    return _with_edition(RiskFlag.objects.open().filter(is_any_of("statement", statements)))


def sorted_by(rows: QuerySet[SkillRevision], name: str) -> QuerySet[SkillRevision]:
    """The rows in that order; the latest declared first for a name that is not one."""
    if name == OLDEST_CONFIRMED:
        return rows.order_by("confirmed_on", "statement_id")
    if name == BY_NAME:
        of_concept = {"concept": OuterRef("statement__concept")}
        translated = ConceptTranslation.objects.filter(language=reader_language(), until=OPEN, **of_concept)
        named = ConceptRevision.objects.filter(**of_concept).order_by("-since")
        return rows.annotate(
            sorted_name=Coalesce(
                Subquery(translated.values("folded")[:1]),
                Subquery(named.values("folded")[:1]),
                Lower("statement__free_text"),
                output_field=TextField(),
            )
        ).order_by("sorted_name", "statement_id")
    return rows


def naming(rows: QuerySet[SkillRevision], text: str) -> QuerySet[SkillRevision]:
    """Those whose name, now or before, or the person's own words hold each word of the text, whatever the
    accents and the capitals."""
    words = fold(text).split()
    if not words:
        return rows
    accents = (Value(ACCENTED), Value(PLAIN))
    rows = rows.alias(own_words=Func(Lower("statement__free_text"), *accents, function="TRANSLATE"))
    for word in words:
        named = Q(own_words__contains=word)
        for model in (ConceptRevision, ConceptTranslation):
            of_concept = model.objects.filter(concept=OuterRef("statement__concept"))
            named |= Q(Exists(of_concept.filter(folded__contains=word)))
        rows = rows.filter(named)
    return rows


def _conditions(days: Days) -> dict[str, Any]:
    return {
        FLAGGED: Exists(RiskFlag.objects.shown(days.on).filter(statement=OuterRef("statement"))),
        AGEING: Q(confirmed_on__lte=days.confirmed) | Q(practised_on__lte=days.practised),
        NOT_PRACTISED: Q(is_practised=False),
        NO_LEVEL: Q(level=None),
        OWN_WORDS: Q(statement__concept=None),
    }


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """The skills declared last and how many there are; those that a change touched and how many."""

    statements: list[SkillStatement]
    total: int
    touched: list[SkillStatement]
    touched_total: int


@written
def _open_flags_of(*, worker: int) -> QuerySet[RiskFlag]:
    flags = RiskFlag.objects.open().filter(statement__worker=worker, statement__removed_at=None)
    return _with_edition(flags).order_by("-statement__declared_at", "-statement_id", "-pk")


@written
def _shown_first(*, worker: int, first: list[int]) -> QuerySet[SkillRevision]:
    """What is said now of the statements of these keys, then of the latest, and how many there are."""
    named = _said(_said_now(worker)).annotate(total=Window(Count("pk")), label=LabelOf("statement__concept"))
    order = Case(When(is_any_of("statement", first), then=0), default=1)
    return named.order_by(order, "-statement__declared_at", "-statement_id")[: SHOWN + SHOWN_TOUCHED]


def first_screen(
    worker: Worker, *, actor: Reader, on: dt.date, left_for_later: Collection[str] = ()
) -> FirstScreen:
    """What the first screen shows of a record, with labels, flags and proposals. Three queries, or four.

    What touches a skill is read first: few rows, by which the skills to show are then chosen.
    """
    proposals = waiting_of(worker, actor=actor, on=on)
    flags: dict[int, list[RiskFlag]] = defaultdict(list)
    for flag in _open_flags_of(worker=worker.pk):
        flags[flag.statement_id].append(flag)
    touched = [pk for pk, found in flags.items() if not all(flag.is_hidden(on) for flag in found)]
    touched += [one.proposal.statement_id for one in proposals if one.proposal.statement_id not in flags]
    touched = list(dict.fromkeys(touched))
    first = touched[:SHOWN_TOUCHED]
    # Those touched come first, then the latest: fifteen rows hold both lists.
    rows = _shown_first(worker=worker.pk, first=first)
    statements = statements_in(rows)
    for statement in statements:
        statement.open_flags = flags[statement.pk]
    labels = {row.statement.concept_id: row.label for row in rows if row.statement.concept_id}
    with_labels(statements, actor=actor, on=on, labels=labels)
    attach_proposals(statements, proposals, left_for_later)
    latest = sorted(statements, key=lambda one: (one.declared_at, one.pk), reverse=True)
    return FirstScreen(
        statements=latest[:SHOWN],
        total=rows[0].total if rows else 0,
        touched=[one for one in latest if one.pk in first],
        touched_total=len(touched),
    )


def declared_at(worker: Worker, at: dt.datetime) -> int:
    """How many skills were declared at that instant and were not touched since. One query."""
    rows = SkillStatement.objects.standing().filter(worker=worker, declared_at=at, version=1)
    return rows.count()


# As of a day -----------------------------------------------------------------------------------------------


def end_of_day(day: dt.date) -> dt.datetime:
    """The last instant of a day in France."""
    midnight = dt.datetime.combine(day + dt.timedelta(days=1), dt.time.min)
    return timezone.make_aware(midnight) - dt.timedelta(microseconds=1)


def with_labels_as_of(statements: Sequence[SkillStatement], at: dt.datetime) -> list[SkillStatement]:
    """The same statements, each with its `label` as of that instant and what was `said` of it then.

    A skill is named by the newest edition that the house had then, or by the one that the person read where
    that came later. Three queries.
    """
    concepts = {s.concept_id for s in statements if s.concept_id}
    known = Edition.objects.in_history().filter(
        imported_at__lte=at, reference__in={s.concept.reference_id for s in statements if s.concept}
    )
    newest: dict[int, int] = {}
    for reference, position in known.values_list("reference_id", "position"):
        newest[reference] = max(position, newest.get(reference, position))
    columns = ("concept_id", "since", "until", "label")
    names = _by_concept(ConceptRevision.objects.filter(concept__in=concepts).values_list(*columns))
    translations = _by_concept(
        ConceptTranslation.objects.filter(concept__in=concepts, language=reader_language()).values_list(
            *columns
        )
    )
    for statement in statements:
        statement.said = statement.current[0]
        statement.is_readable = False
        statement.label = statement.free_text
        if statement.concept_id:
            place = max(newest.get(statement.concept.reference_id, 0), statement.edition.position)
            statement.label = _name_at(translations.get(statement.concept_id, []), place) or _last_name(
                names.get(statement.concept_id, []), place
            )
    return list(statements)


Names = list[tuple[int, int, str]]
"""(since, until, label) of one concept, oldest first."""


def _by_concept(rows: Iterable[tuple[int, int, int, str]]) -> dict[int, Names]:
    found: dict[int, Names] = {}
    for concept, *name in sorted(rows):
        found.setdefault(concept, []).append(tuple(name))
    return found


def _name_at(names: Names, place: int) -> str:
    return next((label for since, until, label in names if since <= place < until), "")


def _last_name(names: Names, place: int) -> str:
    """The name that holds at the place, else the last before it, else the first after it."""
    before = [label for since, _until, label in names if since <= place]
    return before[-1] if before else names[0][2] if names else ""
