"""Which skills are proposed to a person who has just come in, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass

MOST = 10
"""Skills proposed at once: a list that one still reads."""

DIGITAL_SHARE = {"at_ease": 6, "depends": 4, "needs_help": 2}
"""How many of the skills proposed are digital where there are as many, by what the person said of tools. A
choice: the record is about digital skills, and nobody is shown only what they find hard."""

DEFAULT_SHARE = DIGITAL_SHARE["depends"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A skill that may be proposed: `is_core` to the job of the person; so many `jobs` ask for it."""

    key: int
    label: str
    is_core: bool = False
    is_digital: bool = False
    jobs: int = 0


def proposed(candidates: Iterable[Candidate], *, ease: str = "", most: int = MOST) -> list[Candidate]:
    """The best `most` candidates, in order: those of the core of the job, then digital ones, then those that
    the most jobs ask for; each once. Where too few of them are digital, digital ones take the last places.
    """
    unique = {one.key: one for one in sorted(candidates, key=_order, reverse=True)}
    ordered = sorted(unique.values(), key=_order)
    share = min(DIGITAL_SHARE.get(ease, DEFAULT_SHARE), most)
    chosen = ordered[:most]
    missing = share - sum(one.is_digital for one in chosen)
    more = [one for one in ordered[most:] if one.is_digital][: max(missing, 0)]
    leaving = [one for one in reversed(chosen) if not one.is_digital][: len(more)]
    return sorted([one for one in chosen if one not in leaving] + more, key=_order)


def _order(one: Candidate) -> tuple[bool, bool, int, str, int]:
    return (not one.is_core, not one.is_digital, -one.jobs, one.label, one.key)
