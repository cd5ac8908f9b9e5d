"""When the reference leaves behind a skill that a person declared: the obsolescence family.

A rule takes facts and answers a signal, or nothing. Some signals are true of a skill for everybody
(`of_concept`), others of a skill seen from one title that people have (`of_title`); `obsolescence` keeps
the strongest for one person. docs/rules/risks.md gives worked figures and limits.
"""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

WITHDRAWN, ORPHANED, DROPPED = "withdrawn", "orphaned", "dropped_from_my_job"
DEMOTED, SHRINKING = "demoted_from_core", "shrinking"
STRENGTH = {rule: rank for rank, rule in enumerate((WITHDRAWN, ORPHANED, DROPPED, DEMOTED, SHRINKING))}
"""The rules, the strongest first: one flag is open a statement and family."""

CORE = frozenset({"principale", "essential"})
"""Flags of a link that say that the skill is at the core of the job (ROME, ESCO)."""

SHRINKING_FROM = 4
"""Jobs that must have asked for a skill before fewer of them mean anything: half of two is one job."""

SHRINKING_TO = 0.5
"""The share of those jobs that still ask, at most, when a skill shrinks."""


class Span(NamedTuple):
    """Places of editions during which something held: `since <= place < until`. `flag`: that of a link."""

    since: int
    until: int
    flag: str = ""

    def holds(self, place: int) -> bool:
        return self.since <= place < self.until

    def meet(self, other: "Span") -> "Span | None":
        """The places where both held, with the flag of the other; None when there are none."""
        since, until = max(self.since, other.since), min(self.until, other.until)
        return Span(since, until, other.flag) if since < until else None


Used = Mapping[Hashable, Sequence[Span]]
"""Where each job asked for a skill."""


@dataclass(frozen=True, slots=True)
class ConceptFacts:
    """What the editions say of one skill.

    `newest`: place of the newest edition. `listed`: where the reference lists the skill. `used`: where
    each job asks for it. `jobs`: those of the jobs that the newest edition still has.
    """

    newest: int
    listed: Sequence[Span]
    used: Used
    jobs: Collection[Hashable] = ()


class Signal(NamedTuple):
    """A rule that holds, and the place of the edition that made it true."""

    rule: str
    place: int


class TitleVerdict(NamedTuple):
    """What one title says of a skill: whether its job asks for it now, and as its core; since which place
    it no longer asks, or no longer as its core (None: it never did, or still does)."""

    asks: bool
    core: bool
    dropped_at: int | None
    demoted_at: int | None


def of_concept(facts: ConceptFacts) -> Signal | None:
    """The strongest reason that holds for whoever declared the skill."""
    for rule, spans in (
        (WITHDRAWN, facts.listed),
        (ORPHANED, [span for rows in facts.used.values() for span in rows]),
    ):
        ended = _ended(spans, facts.newest)
        if ended is not None:
            return Signal(rule, ended)
    return _shrinking(facts)


def of_title(held: Iterable[tuple[Hashable, Span]], used: Used, newest: int) -> TitleVerdict | None:
    """What a title says of a skill; None when none of its jobs ever asked for it.

    `held`: the jobs that the title had and where. Jobs are followed by title: what a job asked for before
    the title came under it, or after it left, is another job's business.
    """
    met = [both for job, span in held for asked in used.get(job, ()) if (both := span.meet(asked))]
    past = [span for span in met if span.since <= newest]
    if not past:
        return None
    now = [span for span in past if span.holds(newest)]
    core = any(span.flag in CORE for span in now)
    was_core = [span.until for span in past if span.flag in CORE]
    return TitleVerdict(
        asks=bool(now),
        core=core,
        dropped_at=None if now else max(span.until for span in past),
        demoted_at=max(was_core) if now and was_core and not core else None,
    )


def obsolescence(concept: Signal | None, titles: Iterable[TitleVerdict]) -> Signal | None:
    """The strongest signal for one person, from what holds for everybody and from each title they have.

    A person with several jobs keeps a skill that one of them still asks for, and its core where one does.
    `services.risks` says the same of many people at once.
    """
    verdicts = list(titles)
    found = [concept] if concept else []
    if not any(v.asks for v in verdicts):
        dropped = [v.dropped_at for v in verdicts if v.dropped_at is not None]
        if dropped:
            found.append(Signal(DROPPED, max(dropped)))
    elif not any(v.core for v in verdicts):
        demoted = [v.demoted_at for v in verdicts if v.demoted_at is not None]
        if demoted:
            found.append(Signal(DEMOTED, max(demoted)))
    return min(found, key=lambda signal: STRENGTH[signal.rule], default=None)


def _shrinking(facts: ConceptFacts) -> Signal | None:
    """Among the jobs that the newest edition still has, at most half of those that asked once ask now."""
    lives = [rows for job, rows in facts.used.items() if job in facts.jobs]
    now = sum(any(span.holds(facts.newest) for span in rows) for rows in lives)
    places = {span.since for rows in lives for span in rows if span.since <= facts.newest}
    most = max((sum(any(s.holds(place) for s in rows) for rows in lives) for place in places), default=0)
    if most < SHRINKING_FROM or not 0 < now <= most * SHRINKING_TO:
        return None
    lost = [rows for rows in lives if not any(span.holds(facts.newest) for span in rows)]
    return Signal(SHRINKING, max(s.until for rows in lost for s in rows if s.until <= facts.newest))


def _ended(spans: Sequence[Span], newest: int) -> int | None:
    """The place from which none of the spans holds any more; None when one holds, or none ever did."""
    past = [span for span in spans if span.since <= newest]
    if not past or any(span.holds(newest) for span in past):
        return None
    return max(span.until for span in past)
