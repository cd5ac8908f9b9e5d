"""What takes the place of a concept that an edition leaves behind: declared by the source, or proposed.

A proposal is a guess with its reasons and a confidence; nobody's record moves without their yes.
docs/rules/successors.md gives the reasons, their weights and worked figures.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain

from rapidfuzz import fuzz

from competences.rules.edition_diff import (
    CONTEXT,
    JOB,
    KNOWLEDGE,
    SKILL,
    TITLE_OF,
    C,
    ConceptChange,
    ConceptState,
    Snapshot,
    jobs_of_titles,
)
from competences.rules.labels import EMPTY_WORDS, fold

PART_OF = "part_of"
ITEMS = (SKILL, KNOWLEDGE, CONTEXT)

DECLARED, SAME_LABEL, SAME_TITLES = "declared", "same_label", "same_titles"
SAME_JOBS, SAME_PARENT, NEAR_LABEL = "same_jobs", "same_parent", "near_label"

MOST = 3
"""Successors proposed for one concept: more would be a search, not a proposal."""

SURE = 100
SAME_LABEL_CONFIDENCE = 95
MOST_OF_TITLES = 0.5
"""A job that keeps less than half of another's titles is not its successor."""

MOST_OF_JOBS = 0.5
"""Half of the jobs that dropped a skill must have taken the other one in the same edition."""

ENOUGH_FOR_A_PERSON = 75
"""Below, a successor is listed with its confidence and proposed to nobody. Of the 73 that ROME 60 gives, read
one by one, 3 of 24 are right below 70, 7 of 16 from 70 to 74, and 31 of 33 from 75 on."""

NEAR, VERY_NEAR, AROUND_A_NAME = 70.0, 85.0, 90.0
"""Nearness of two labels (0 to 100, words in any order): enough with the same jobs; enough with a parent;
one label being the other with words around a name."""

Proposals = dict[C, dict[C, tuple[int, tuple[str, ...]]]]
"""For each concept left behind, the confidence and the reasons of each candidate."""


def successors(
    before: Snapshot[C],
    after: Snapshot[C],
    found: Iterable[ConceptChange[C]],
    *,
    declared: Mapping[C, C] | None = None,
) -> list[ConceptChange[C]]:
    """The *replaced* changes: for each concept left behind, its successors, the surest first.

    `found` are the other changes of the same comparison; `declared` what the source itself says.
    """
    found = list(found)
    left = _left_behind(found)
    proposals: Proposals[C] = defaultdict(dict)
    for concept, other in (declared or {}).items():
        if concept in before.concepts and other in after.concepts and concept != other:
            proposals[concept][other] = (SURE, (DECLARED,))
    if before.language == after.language:
        _with_the_same_label(left, found, proposals)
        _near_items(before, after, left, found, proposals)
    _jobs_with_the_same_titles(before, after, found, proposals)
    return [
        ConceptChange(
            "replaced",
            before.concepts[concept].kind,
            concept,
            other,
            before=before.concepts[concept].label,
            after=after.concepts[other].label,
            confidence=confidence,
            reasons=reasons,
        )
        for concept, others in proposals.items()
        for other, (confidence, reasons) in _surest(others, after.concepts)
    ]


def _surest(
    others: Mapping[C, tuple[int, tuple[str, ...]]], states: Mapping[C, ConceptState]
) -> list[tuple[C, tuple[int, tuple[str, ...]]]]:
    """At most MOST; what a source declares leaves no room for a guess."""
    ordered = sorted(others.items(), key=lambda item: (-item[1][0], states[item[0]].label))
    stated = [item for item in ordered if item[1][0] == SURE]
    return stated or ordered[:MOST]


def _left_behind(found: Sequence[ConceptChange[C]]) -> dict[C, tuple[str, str]]:
    """Concepts that were removed or that no job asks for any more, with their kind and label."""
    return {
        c.concept: (c.concept_kind, c.before or c.after)
        for c in found
        if c.kind == "removed" or (c.kind == "orphaned" and c.concept_kind in ITEMS)
    }


def _with_the_same_label(
    left: Mapping[C, tuple[str, str]], found: Iterable[ConceptChange[C]], proposals: Proposals[C]
) -> None:
    newcomers: dict[tuple[str, str], C] = {}
    for change in found:
        if change.kind == "added":
            newcomers.setdefault((change.concept_kind, fold(change.after)), change.concept)
    for concept, (kind, label) in left.items():
        other = newcomers.get((kind, fold(label)))
        if other is not None:
            proposals[concept].setdefault(other, (SAME_LABEL_CONFIDENCE, (SAME_LABEL,)))


def _near_items(
    before: Snapshot[C],
    after: Snapshot[C],
    left: Mapping[C, tuple[str, str]],
    found: Sequence[ConceptChange[C]],
    proposals: Proposals[C],
) -> None:
    """Items of a near label that came into the jobs, or under the parent, of one left behind."""
    lost_by: dict[C, list[C]] = defaultdict(list)
    gained: dict[C, list[C]] = defaultdict(list)
    for change in found:
        if change.other is not None and change.kind == "unlinked" and change.other in left:
            lost_by[change.other].append(change.concept)
        elif change.other is not None and change.kind == "linked":
            gained[change.concept].append(change.other)
    siblings = _newcomers_by_parent(after, found)
    parents = _parents(before, left)
    read: dict[C, _Words] = {}
    for concept, (kind, label) in left.items():
        if kind not in ITEMS or proposals.get(concept):
            continue
        mine = _Words(label)
        jobs = lost_by.get(concept, [])
        enough = MOST_OF_JOBS * len(jobs)
        taken = Counter(chain.from_iterable(gained.get(job, ()) for job in jobs))
        near_kin = {c for parent in parents.get(concept, ()) for c in siblings.get(parent, ())}
        by_jobs = [other for other, number in taken.items() if number >= enough]
        for other in dict.fromkeys(chain(by_jobs, near_kin)):
            state = after.concepts[other]
            if other == concept or state.kind != kind:
                continue
            theirs = read.get(other)
            if theirs is None:
                theirs = read[other] = _Words(state.label)
            near = _nearness(mine, theirs)
            if near:
                share = taken[other] / len(jobs) if jobs else 0.0
                judged = _judged(near, share, other in near_kin)
                if judged:
                    proposals[concept][other] = judged


def _judged(near: float, share: float, is_kin: bool) -> tuple[int, tuple[str, ...]] | None:
    """Confidence and reasons of an item by its label, the share of jobs that took it and its parent."""
    reasons = [NEAR_LABEL]
    if share >= MOST_OF_JOBS:
        reasons.append(SAME_JOBS)
    if is_kin:
        reasons.append(SAME_PARENT)
    if near < (NEAR if share >= MOST_OF_JOBS else VERY_NEAR):
        return None
    bonus = 10 * (share >= MOST_OF_JOBS) + 5 * is_kin
    return min(90, round(near * 0.8) + bonus), tuple(reasons)


class _Words:
    """A folded label: its words, and among them the names: with a sign or a digit, or of one letter.

    Most labels of a comparison are far from the one they are compared with: what only near ones are asked
    is worked out when it is asked.
    """

    def __init__(self, label: str) -> None:
        self._split = sorted(fold(label).split())
        self.in_order = " ".join(self._split)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self._split)

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(w for w in self.words - EMPTY_WORDS if len(w) == 1 or not w.isalpha())


def _nearness(one: _Words, other: _Words) -> float:
    """How near two labels are, 0 to 100, words in any order.

    Names must be the same: C++ is never C#, nor ISO 9001 14001. A label that only adds words around a name
    is near ("C#" and "Langage C#").
    """
    if one.names and one.names == other.names and (one.words <= other.words or other.words <= one.words):
        return AROUND_A_NAME
    near = fuzz.ratio(one.in_order, other.in_order, score_cutoff=NEAR)
    return near if near and one.names == other.names else 0.0


def _newcomers_by_parent(after: Snapshot[C], found: Iterable[ConceptChange[C]]) -> dict[C, list[C]]:
    newcomers = {c.concept for c in found if c.kind == "added" and c.concept_kind in ITEMS}
    by_parent: dict[C, list[C]] = defaultdict(list)
    for concept, parent in after.linked(PART_OF):
        if concept in newcomers:
            by_parent[parent].append(concept)
    return by_parent


def _parents(before: Snapshot[C], left: Mapping[C, object]) -> dict[C, list[C]]:
    parents: dict[C, list[C]] = defaultdict(list)
    for concept, parent in before.linked(PART_OF):
        if concept in left:
            parents[concept].append(parent)
    return parents


def _jobs_with_the_same_titles(
    before: Snapshot[C], after: Snapshot[C], found: Iterable[ConceptChange[C]], proposals: Proposals[C]
) -> None:
    """Where the titles of a removed or recycled job went."""
    left = {c.concept for c in found if c.concept_kind == JOB and c.kind in ("removed", "recycled")}
    if not left:
        return
    now = jobs_of_titles(after)
    went: dict[C, Counter[C]] = defaultdict(Counter)
    sizes: Counter[C] = Counter()
    for title, job in before.linked(TITLE_OF):
        if job in left:
            sizes[job] += 1
            if title in now:
                went[job][now[title]] += 1
    for job, places in went.items():
        for other, number in places.items():
            share = number / sizes[job]
            if other != job and share >= MOST_OF_TITLES and not _is_sure(proposals, job):
                proposals[job][other] = (round(50 + 45 * share), (SAME_TITLES,))


def _is_sure(proposals: Proposals[C], concept: C) -> bool:
    return any(confidence == SURE for confidence, _reasons in proposals.get(concept, {}).values())
