"""What differs between two editions of a reference: changes, and the counts that judge them.

Concepts are named by any hashable identity that both snapshots share (`C` below): the pair
(kind, external id) while reading a source, the row's id once stored. The definitions are those of
docs/glossary.md; docs/rules/edition-changes.md gives worked figures.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from competences.rules.labels import fold

C = TypeVar("C", bound=Hashable)

JOB, TITLE, SKILL, KNOWLEDGE, CONTEXT = "job", "title", "skill", "knowledge", "context"
TITLE_OF, USES = "title_of", "uses"
TAGS = ("transition_eco", "transition_num", "transition_demo", "emploi_reglemente", "emploi_cadre")
"""The attributes of a job whose change makes it *retagged*."""

COUNTED = {
    JOB: (
        "added",
        "removed",
        "renamed",
        "cosmetic",
        "retagged",
        "took_label_of_other",
        "recycled",
    ),
    TITLE: ("added", "removed", "renamed", "cosmetic", "moved"),
    SKILL: ("added", "removed", "renamed", "cosmetic", "orphaned"),
    KNOWLEDGE: ("added", "removed", "renamed", "cosmetic", "orphaned"),
    CONTEXT: ("added", "removed", "renamed", "cosmetic"),
}
"""The kinds of change counted for each kind of concept, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class ConceptState:
    """How a concept stands in an edition. `alternatives`: its other names, one a line, without the label."""

    kind: str
    label: str
    description: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    alternatives: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[C]):
    """An edition: its concepts, and for each kind of link the flag of each (source, target)."""

    concepts: Mapping[C, ConceptState]
    links: Mapping[str, Mapping[tuple[C, C], str]]

    def of_kind(self, kind: str) -> dict[C, ConceptState]:
        return {c: state for c, state in self.concepts.items() if state.kind == kind}

    def linked(self, kind: str) -> Mapping[tuple[C, C], str]:
        return self.links.get(kind, {})


@dataclass(frozen=True, slots=True)
class ConceptChange(Generic[C]):
    """One change of one concept; `other` is the second concept where the kind of change has one."""

    kind: str
    concept_kind: str
    concept: C
    other: C | None = None
    before: str = ""
    after: str = ""


def changes(before: Snapshot[C], after: Snapshot[C]) -> list[ConceptChange[C]]:
    """Every change from one edition to another, in a stable order of kinds.

    Links of a job that only one edition has are left out: that job's own change says it.
    """
    found: list[ConceptChange[C]] = []
    for kind in COUNTED:
        found += _presence_and_labels(kind, before.of_kind(kind), after.of_kind(kind))
    found += _retagged(before, after)
    found += _recycled_and_swapped(before, after, found)
    found += _moved(before, after)
    found += _orphaned(before, after)
    found += _link_changes(before, after)
    return found


def counts(before: Snapshot[C], after: Snapshot[C], found: Iterable[ConceptChange[C]]) -> dict[str, Any]:
    """The figures of a comparison: {"counts": {kind: {…}}, "links": {…}}."""
    tally = Counter((c.concept_kind, c.kind) for c in found)
    sizes = [Counter(s.kind for s in snapshot.concepts.values()) for snapshot in (before, after)]
    by_kind = {
        kind: {"before": sizes[0][kind], "after": sizes[1][kind], **{k: tally[kind, k] for k in kinds}}
        for kind, kinds in COUNTED.items()
    }
    old, new = before.linked(USES), after.linked(USES)
    common = len(old.keys() & new.keys())
    return {
        "counts": by_kind,
        "links": {
            "before": len(old),
            "after": len(new),
            "added": len(new) - common,
            "removed": len(old) - common,
            "added_on_common_jobs": tally[JOB, "linked"],
            "removed_on_common_jobs": tally[JOB, "unlinked"],
            "reflagged": tally[JOB, "reflagged"],
        },
    }


def _presence_and_labels(
    kind: str, old: Mapping[C, ConceptState], new: Mapping[C, ConceptState]
) -> Iterable[ConceptChange[C]]:
    for concept, state in new.items():
        was = old.get(concept)
        if was is None:
            yield ConceptChange("added", kind, concept, after=state.label)
        elif was.label != state.label:
            same = fold(was.label) == fold(state.label)
            yield ConceptChange(
                "cosmetic" if same else "renamed", kind, concept, before=was.label, after=state.label
            )
    for concept, state in old.items():
        if concept not in new:
            yield ConceptChange("removed", kind, concept, before=state.label)


def _retagged(before: Snapshot[C], after: Snapshot[C]) -> Iterable[ConceptChange[C]]:
    old = before.of_kind(JOB)
    for job, state in after.of_kind(JOB).items():
        if job in old:
            was = old[job].attributes
            changed = [t for t in TAGS if was.get(t, "") != state.attributes.get(t, "")]
            if changed:
                yield ConceptChange(
                    "retagged",
                    JOB,
                    job,
                    before=" · ".join(f"{t}={was.get(t, '')}" for t in changed),
                    after=" · ".join(f"{t}={state.attributes.get(t, '')}" for t in changed),
                )


def _jobs_of_titles(snapshot: Snapshot[C]) -> dict[C, C]:
    return dict(snapshot.linked(TITLE_OF).keys())


def _recycled_and_swapped(
    before: Snapshot[C], after: Snapshot[C], found: Iterable[ConceptChange[C]]
) -> list[ConceptChange[C]]:
    """The two subsets of renamed jobs: the label was another job's; none of the former titles is left."""
    job_of_label = {fold(state.label): job for job, state in before.of_kind(JOB).items()}
    former: dict[C, set[C]] = defaultdict(set)
    present: dict[C, set[C]] = defaultdict(set)
    for titles, snapshot in ((former, before), (present, after)):
        for title, job in snapshot.linked(TITLE_OF):
            titles[job].add(title)
    rows: list[ConceptChange[C]] = []
    for change in found:
        if change.concept_kind == JOB and change.kind == "renamed":
            job = change.concept
            other = job_of_label.get(fold(change.after))
            labels = {"before": change.before, "after": change.after}
            if other is not None and other != job:
                rows.append(ConceptChange("took_label_of_other", JOB, job, other, **labels))
            if former[job] and not former[job] & present[job]:
                rows.append(ConceptChange("recycled", JOB, job, None, **labels))
    return rows


def _moved(before: Snapshot[C], after: Snapshot[C]) -> Iterable[ConceptChange[C]]:
    old = _jobs_of_titles(before)
    for title, job in _jobs_of_titles(after).items():
        was = old.get(title)
        if was is not None and was != job:
            yield ConceptChange(
                "moved",
                TITLE,
                title,
                job,
                before=before.concepts[was].label,
                after=after.concepts[job].label,
            )


def _orphaned(before: Snapshot[C], after: Snapshot[C]) -> Iterable[ConceptChange[C]]:
    old_uses, new_uses = before.linked(USES), after.linked(USES)
    still = {item for _, item in new_uses}
    for item in dict.fromkeys(item for _, item in old_uses):
        state = after.concepts.get(item)
        if state is not None and state.kind in (SKILL, KNOWLEDGE) and item not in still:
            yield ConceptChange("orphaned", state.kind, item, after=state.label)


def _link_changes(before: Snapshot[C], after: Snapshot[C]) -> Iterable[ConceptChange[C]]:
    old, new = before.linked(USES), after.linked(USES)
    for (job, item), flag in new.items():
        was = old.get((job, item))
        if was is None:
            if job in before.concepts:
                yield ConceptChange("linked", JOB, job, item, after=flag)
        elif was != flag:
            yield ConceptChange("reflagged", JOB, job, item, before=was, after=flag)
    for (job, item), flag in old.items():
        if (job, item) not in new and job in after.concepts:
            yield ConceptChange("unlinked", JOB, job, item, before=flag)
