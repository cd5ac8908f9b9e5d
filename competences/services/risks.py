"""Opening and closing flags: the desired state of each statement, reconciled with the open flag."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.actors import Actor, require_system
from accounts.services.notifications import OutboxRow, enqueue_many
from competences.enums import (
    ChangeKind,
    ConceptKind,
    EditionStatus,
    FlagEnd,
    ImpactState,
    JobUse,
    LinkKind,
    RiskFamily,
)
from competences.models import (
    Change,
    ConceptLink,
    ConceptRevision,
    Edition,
    RiskFlag,
    SkillStatement,
    WorkerJob,
)
from competences.rules.risks import Signal, SkillFacts, Span, obsolescence

BATCH = 1_000
TOUCHING = (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.ORPHANED)
TITLE_CHANGES = (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.MOVED)


@transaction.atomic
def review_statements(*, actor: Actor, statement_ids: Iterable[int], now: dt.datetime) -> list[RiskFlag]:
    """Brings the flags of these statements to what the rules say today; gives the flags that opened.

    Safe to run twice: a flag that says the same thing already is left as it is. Flags of statements that
    were removed are closed.
    """
    opened: list[RiskFlag] = []
    for ids in _batches(statement_ids):
        statements = list(
            SkillStatement.objects.filter(pk__in=ids)
            .select_related("edition")
            .select_for_update(of=("self",))
            .order_by("pk")
        )
        opened += _review(statements, now)
    return opened


def assess_waiting_editions(*, actor: Actor, limit: int, now: dt.datetime | None = None) -> dict[str, int]:
    """Works out what the editions that wait changed for people, at most `limit` editions.

    One transaction an edition: its flags, one message a person touched, and its end as assessed. Safe to
    run twice and to be killed: an edition that was not ended is assessed again, with the same result.
    """
    require_system(actor)
    now = now or timezone.now()
    done = {"editions": 0, "flags": 0, "messages": 0}
    waiting = Edition.objects.filter(impact=ImpactState.WAITING, status=EditionStatus.CURRENT)
    for pk in list(waiting.order_by("position").values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            edition = waiting.select_for_update(of=("self",), skip_locked=True).filter(pk=pk).first()
            if edition is None:
                continue
            flags, messages = _assess(actor, edition, now)
            edition.impact = ImpactState.DONE
            edition.save(update_fields=["impact"])
        done["editions"] += 1
        done["flags"] += flags
        done["messages"] += messages
    return done


def _assess(actor: Actor, edition: Edition, now: dt.datetime) -> tuple[int, int]:
    flags = messages = 0
    for ids in _batches(_touched(edition).values_list("pk", flat=True).iterator()):
        opened = review_statements(actor=actor, statement_ids=ids, now=now)
        flags += len(opened)
        messages += _tell(actor, [*opened, *_opened_early(ids)])
    return flags, messages


def _opened_early(statement_ids: Sequence[int]) -> Iterable[RiskFlag]:
    """Flags that something else opened between an import and its assessment: their people are told too.

    A change of job is such a thing. A skill declared once the edition was there is left out: its person
    read the flag while declaring it.
    """
    return (
        RiskFlag.objects.open()
        .filter(statement__in=statement_ids, edition__impact=ImpactState.WAITING)
        .filter(statement__declared_at__lt=F("edition__imported_at"))
        .select_related("edition")
    )


def _touched(edition: Edition) -> Any:
    """Statements that this edition may have touched: nobody else is looked at."""
    changes = Change.objects.filter(edition=edition)
    concepts = changes.filter(kind__in=TOUCHING).values("concept_id")
    links = changes.filter(kind__in=(ChangeKind.LINKED, ChangeKind.UNLINKED)).values("other_id")
    moved = changes.filter(kind__in=TITLE_CHANGES, concept_kind=ConceptKind.TITLE).values("concept_id")
    movers = WorkerJob.objects.filter(use=JobUse.CURRENT, end_on=None, title_id__in=moved).values("worker_id")
    return (
        SkillStatement.objects.standing()
        .filter(Q(concept_id__in=concepts) | Q(concept_id__in=links) | Q(worker_id__in=movers))
        .order_by("pk")
    )


def _tell(actor: Actor, opened: Sequence[RiskFlag]) -> int:
    """One message a person and edition that a flag names; whoever was told already is not told again.

    The edition is the flag's: when two editions wait, the first assessment already sees the newest.
    """
    people = SkillStatement.objects.filter(pk__in=[flag.statement_id for flag in opened])
    columns = people.values_list("pk", "worker__public_id", "worker__user_id")
    workers = {pk: (worker, user) for pk, worker, user in columns}
    rows: dict[str, OutboxRow] = {}
    for flag in opened:
        worker, user = workers[flag.statement_id]
        key = f"reference_changed:{flag.edition.public_id}:{worker}"
        rows[key] = OutboxRow(recipient_id=user, dedupe_key=key, payload={"edition": flag.edition_id})
    return enqueue_many(actor=actor, kind="reference_changed", rows=rows.values())


def _review(statements: Sequence[SkillStatement], now: dt.datetime) -> list[RiskFlag]:
    open_flags = {f.statement_id: f for f in RiskFlag.objects.open().filter(statement__in=statements)}
    signals = _signals(statements)
    editions = _editions(statements)
    closing: list[RiskFlag] = []
    opening: list[RiskFlag] = []
    for statement in statements:
        signal = None if statement.removed_at else signals[statement.pk]
        flag = open_flags.get(statement.pk)
        edition = editions.get((statement.edition.reference_id, signal.place)) if signal else None
        if signal and edition and flag and (flag.rule, flag.edition_id) == (signal.rule, edition.pk):
            continue
        if flag is not None:
            flag.closed_at = now
            flag.closed_because = _reason(statement, signal)
            closing.append(flag)
        if signal and edition:
            opening.append(
                RiskFlag(
                    statement=statement,
                    family=RiskFamily.OBSOLESCENCE,
                    rule=signal.rule,
                    edition=edition,
                    opened_at=now,
                )
            )
    RiskFlag.objects.bulk_update(closing, ["closed_at", "closed_because"])
    return RiskFlag.objects.bulk_create(opening)


def _reason(statement: SkillStatement, signal: Signal | None) -> str:
    if statement.removed_at:
        return FlagEnd.STATEMENT_REMOVED
    return FlagEnd.STRONGER if signal else FlagEnd.NO_LONGER_TRUE


def _signals(statements: Sequence[SkillStatement]) -> dict[int, Signal | None]:
    """What the rules say of each statement, with a constant number of queries."""
    concepts = {s.concept_id for s in statements}
    listed: dict[int, list[Span]] = defaultdict(list)
    for concept, since, until in ConceptRevision.objects.filter(concept__in=concepts).values_list(
        "concept_id", "since", "until"
    ):
        listed[concept].append(Span(since, until))
    used: dict[int, dict[int, list[Span]]] = defaultdict(lambda: defaultdict(list))
    links = ConceptLink.objects.filter(target__in=concepts, kind=LinkKind.USES)
    for concept, job, since, until in links.values_list("target_id", "source_id", "since", "until"):
        used[concept][job].append(Span(since, until))
    titles = _jobs_of_titles({s.worker_id for s in statements})
    newest = _newest({s.edition.reference_id for s in statements})
    return {
        s.pk: obsolescence(
            SkillFacts(
                newest=newest[s.edition.reference_id],
                listed=listed[s.concept_id],
                used=[span for spans in used[s.concept_id].values() for span in spans],
                asked_by_my_jobs=[_asked(held, used[s.concept_id]) for held in titles[s.worker_id]],
            )
        )
        for s in statements
    }


def _asked(held: Sequence[tuple[int, Span]], used: dict[int, list[Span]]) -> list[Span]:
    """Where the job that a title had at the time asked for the skill."""
    return [met for job, span in held for asked in used.get(job, ()) if (met := span.meet(asked))]


def _jobs_of_titles(workers: set[int]) -> dict[int, list[list[tuple[int, Span]]]]:
    """For each worker, for each current title, the jobs that title had and where."""
    mine = WorkerJob.objects.filter(worker__in=workers, use=JobUse.CURRENT, end_on=None)
    titles = list(mine.values_list("worker_id", "title_id"))
    held: dict[int, list[tuple[int, Span]]] = defaultdict(list)
    links = ConceptLink.objects.filter(source__in={t for _w, t in titles}, kind=LinkKind.TITLE_OF)
    for title, job, since, until in links.values_list("source_id", "target_id", "since", "until"):
        held[title].append((job, Span(since, until)))
    found: dict[int, list[list[tuple[int, Span]]]] = defaultdict(list)
    for worker, title in titles:
        found[worker].append(held[title])
    return found


def _newest(references: set[int]) -> dict[int, int]:
    editions = Edition.objects.in_history().filter(reference__in=references)
    return dict(editions.values_list("reference_id", "position"))


def _editions(statements: Sequence[SkillStatement]) -> dict[tuple[int, int], Edition]:
    references = {s.edition.reference_id for s in statements}
    found = Edition.objects.in_history().filter(reference__in=references)
    return {(e.reference_id, e.position): e for e in found}


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    source = iter(ids)
    while batch := list(islice(source, BATCH)):
        yield batch
