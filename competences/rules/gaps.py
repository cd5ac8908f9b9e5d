"""What a person holds of what a job asks for, and what it would take (docs/rules/gaps.md).

No source gives the level that a job asks for: a skill is held or it is not, and none is invented.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from competences.rules.risks import CORE


class Asked(NamedTuple):
    """A skill or a knowledge that a job asks for, with its place in the job (the flag of the link)."""

    concept: int
    flag: str = ""

    @property
    def is_core(self) -> bool:
        return self.flag in CORE


class Share(NamedTuple):
    """So many held of so many asked for."""

    held: int
    asked: int

    @property
    def percent(self) -> int:
        """On 100, rounded down: 100 says that nothing is missing. 0 where nothing is asked for."""
        return 100 * self.held // self.asked if self.asked else 0


@dataclass(frozen=True, slots=True)
class Gap:
    """What a job asks for, told apart for one person, the core first: held, held but to refresh, missing.

    `share` and `core` count what is held, to refresh or not, and what the person would learn.
    """

    have: Sequence[Asked]
    refresh: Sequence[Asked]
    missing: Sequence[Asked]
    share: Share
    core: Share


def gap(
    asked: Iterable[Asked], held: Collection[int], stale: Collection[int], learned: Collection[int] = ()
) -> Gap:
    """What stands between a person and a job. `held`: the concepts of their record; `stale`: those of them
    to refresh; `learned`: those that they would learn, or learn again."""
    ordered = sorted(asked, key=lambda one: not one.is_core)
    got = set(held) | set(learned)
    to_refresh = (set(stale) & set(held)) - set(learned)
    core = [one for one in ordered if one.is_core]
    return Gap(
        have=[one for one in ordered if one.concept in got and one.concept not in to_refresh],
        refresh=[one for one in ordered if one.concept in to_refresh],
        missing=[one for one in ordered if one.concept not in got],
        share=_share(ordered, got),
        core=_share(core, got),
    )


def _share(asked: Sequence[Asked], got: Collection[int]) -> Share:
    return Share(sum(one.concept in got for one in asked), len(asked))
