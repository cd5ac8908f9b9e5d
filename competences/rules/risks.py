"""When the reference no longer carries a skill that a person declared: the obsolescence family.

A rule takes facts and answers a signal with its reasons, or nothing. Rules are tried from the strongest to
the weakest; the first that answers is the flag. docs/rules/risks.md gives worked figures and limits.
"""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Places of editions during which something held: `since <= place < until`."""

    since: int
    until: int

    def holds(self, place: int) -> bool:
        return self.since <= place < self.until

    def meet(self, other: "Span") -> "Span | None":
        """The places where both held, None when there are none."""
        since, until = max(self.since, other.since), min(self.until, other.until)
        return Span(since, until) if since < until else None


@dataclass(frozen=True, slots=True)
class SkillFacts:
    """What the editions say of one skill, seen from one person's current jobs.

    `newest`: place of the newest edition. `listed`: where the reference lists the skill. `used`: where
    some job asks for it. `asked_by_my_jobs`: for each of the person's current titles, where its job asked
    for it.
    """

    newest: int
    listed: Sequence[Span]
    used: Sequence[Span]
    asked_by_my_jobs: Sequence[Sequence[Span]] = ()


@dataclass(frozen=True, slots=True)
class Signal:
    """A rule that holds, and the place of the edition that made it true."""

    rule: str
    place: int


def obsolescence(facts: SkillFacts) -> Signal | None:
    """The strongest reason why the reference leaves this skill behind; None when it does not."""
    for rule, spans in (("withdrawn", facts.listed), ("orphaned", facts.used)):
        ended = _ended(spans, facts.newest)
        if ended is not None:
            return Signal(rule, ended)
    # A person with several jobs keeps a skill that one of them still asks for.
    if any(span.holds(facts.newest) for spans in facts.asked_by_my_jobs for span in spans):
        return None
    dropped = [
        ended for spans in facts.asked_by_my_jobs if (ended := _ended(spans, facts.newest)) is not None
    ]
    return Signal("dropped_from_my_job", max(dropped)) if dropped else None


def _ended(spans: Sequence[Span], newest: int) -> int | None:
    """The place from which none of the spans holds any more; None when one holds, or none ever did."""
    past = [span for span in spans if span.since <= newest]
    if not past or any(span.holds(newest) for span in past):
        return None
    return max(span.until for span in past)
