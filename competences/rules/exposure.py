"""How exposed to generative AI, and to the digital transition, the jobs are that use a skill.

One block a source: scales differ (a share of tasks, a probability, a z-score), so scores of two sources never
meet. Exposure is a family of its own and is never added to obsolescence. docs/rules/exposure.md gives the
reason of each figure.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median_low
from typing import Literal

from competences.rules.reasons import Reason

ExposureWord = Literal["low", "partial", "high"]


@dataclass(frozen=True, slots=True)
class Bands:
    """Where a source's scale changes word: `partial` and `high` are the lowest scores of those words."""

    partial: Decimal
    high: Decimal


BANDS: Mapping[str, Bands] = {
    # The lowest means of the ILO's own gradients 2 and 3 in 2025; from gradient 3 on, the tasks of a job
    # score a half or more on average. Scores are compared, not class names: those changed in 2025.
    "ilo": Bands(partial=Decimal("0.40"), high=Decimal("0.50")),
}

ENOUGH_JOBS = Decimal("0.5")
"""Share of the jobs that must have a score before one speaks of them all: below half, the unknown ones could
put the median anywhere."""


@dataclass(frozen=True, slots=True)
class JobScore:
    """The score of one job; inherited when it was found through a parent code, which other jobs share."""

    score: Decimal
    is_inherited: bool = False


@dataclass(frozen=True, slots=True)
class ExposureFacts:
    """The jobs that use a skill now, or one job alone.

    `scores`: for each source, the scores of those that have one. `digital`, `not_digital`: how many the
    reference says changed by the digital transition, or not; the others were not assessed.
    """

    jobs: int
    scores: Mapping[str, Sequence[JobScore]] = field(default_factory=dict)
    digital: int = 0
    not_digital: int = 0


@dataclass(frozen=True, slots=True)
class SourceExposure:
    """What one source says. `word` is None where it scores too few of the jobs; `typical` is the low median:
    the score of one of the jobs, on the source's own scale, as are `lowest` and `highest`."""

    source: str
    word: ExposureWord | None
    typical: Decimal
    lowest: Decimal
    highest: Decimal
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Exposure:
    """A block a source, in the order of slugs, and what the reference says of the digital transition."""

    blocks: tuple[SourceExposure, ...]
    digital: Reason | None

    @property
    def is_high(self) -> bool:
        """Whether a source finds these jobs highly exposed."""
        return any(block.word == "high" for block in self.blocks)

    @property
    def is_known(self) -> bool:
        """Whether a source scores enough of these jobs."""
        return any(block.word is not None for block in self.blocks)


def exposure(facts: ExposureFacts) -> Exposure:
    """What each source says of the jobs, and the digital transition of the same jobs."""
    blocks = tuple(
        _block(source, scores, facts.jobs) for source, scores in sorted(facts.scores.items()) if scores
    )
    return Exposure(blocks, _digital(facts))


def word_of(source: str, score: Decimal) -> ExposureWord:
    """The word for a score on the scale of its source."""
    bands = BANDS[source]
    if score >= bands.high:
        return "high"
    return "partial" if score >= bands.partial else "low"


def _block(source: str, scores: Sequence[JobScore], jobs: int) -> SourceExposure:
    values = [one.score for one in scores]
    typical = median_low(values)
    is_enough = len(scores) >= ENOUGH_JOBS * jobs
    reasons = [Reason("scored" if is_enough else "too_few_scored", {"known": len(scores), "jobs": jobs})]
    inherited = sum(one.is_inherited for one in scores)
    if inherited:
        reasons.append(Reason("inherited", {"inherited": inherited, "jobs": jobs}))
    return SourceExposure(
        source=source,
        word=word_of(source, typical) if is_enough else None,
        typical=typical,
        lowest=min(values),
        highest=max(values),
        reasons=tuple(reasons),
    )


def _digital(facts: ExposureFacts) -> Reason | None:
    """What the reference says of the digital transition; None when it says nothing of these jobs.

    An empty tag means not assessed, not "no".
    """
    assessed = facts.digital + facts.not_digital
    if not assessed:
        return None
    figures = {"digital": facts.digital, "assessed": assessed, "jobs": facts.jobs}
    return Reason("digital" if facts.digital else "not_digital", figures)
