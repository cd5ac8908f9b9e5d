"""What differs between two editions of a reference: changes, and the counts that judge them.

Concepts are named by any hashable identity that both snapshots share (`C` below): the pair
(kind, external id) while reading a source, the row's id once stored. The definitions are those of
docs/glossary.md; docs/rules/edition-changes.md gives worked figures.
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from competences.rules.intervals import differing
from competences.rules.labels import fold

C = TypeVar("C", bound=Hashable)

JOB, TITLE, SKILL, KNOWLEDGE, CONTEXT = "job", "title", "skill", "knowledge", "context"
TITLE_OF, USES = "title_of", "uses"
TAGS = ("transition_eco", "transition_num", "transition_demo", "emploi_reglemente", "emploi_cadre")
"""The attributes of a job whose change makes it *retagged*."""

PRESENCE = ("added", "removed", "renamed", "cosmetic")
COUNTED: dict[str, tuple[str, ...]] = {
    JOB: (*PRESENCE, "retagged", "took_label_of_other", "recycled", "replaced"),
    TITLE: (*PRESENCE, "moved", "replaced"),
    SKILL: (*PRESENCE, "orphaned", "retyped", "replaced"),
    KNOWLEDGE: (*PRESENCE, "orphaned", "retyped", "replaced"),
    CONTEXT: (*PRESENCE, "retyped", "replaced"),
}
"""The kinds of change counted for each kind of concept, in the order in which they are shown."""

COUNTED_IF_THERE = dict.fromkeys(("group", "area", "level", "statement"), (*PRESENCE, "retyped"))
"""The same for kinds that few references have: counted where one of the two editions has them."""

RETYPABLE = {SKILL, KNOWLEDGE, CONTEXT, *COUNTED_IF_THERE}
"""Kinds of concept that may become one another: a job and its main title may share an identifier."""

NO_ATTRIBUTES: Mapping[str, Any] = MappingProxyType({})


class ConceptState(NamedTuple):
    """How a concept stands in an edition. `alternatives`: its other names, one a line, without the label."""

    kind: str
    label: str
    description: str = ""
    attributes: Mapping[str, Any] = NO_ATTRIBUTES
    alternatives: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot(Generic[C]):
    """An edition: its concepts, and for each kind of link the flag of each (source, target).

    `language` is that of the labels; labels in two languages are not compared. `says_links` is False for
    an edition whose source speaks of no job's skills at all: their absence is then no change.
    """

    concepts: Mapping[C, ConceptState]
    links: Mapping[str, Mapping[tuple[C, C], str]]
    language: str = ""
    says_links: bool = True

    def linked(self, kind: str) -> Mapping[tuple[C, C], str]:
        return self.links.get(kind, {})


class ConceptChange(NamedTuple, Generic[C]):
    """One change of one concept; `other` is the second concept where the kind of change has one.

    `confidence` (0 to 100) and `reasons` belong to a successor (rules/successors.py).
    """

    kind: str
    concept_kind: str
    concept: C
    other: C | None = None
    before: str = ""
    after: str = ""
    confidence: int | None = None
    reasons: tuple[str, ...] = ()


def changes(
    before: Snapshot[C], after: Snapshot[C], *, same_identifier: Iterable[tuple[C, C]] = ()
) -> list[ConceptChange[C]]:
    """Every change from one edition to another, in a stable order of kinds.

    `same_identifier`: pairs of concepts to which the producer gives one identifier under two kinds; a
    concept that goes under one and comes under the other is *retyped*, and neither removed nor added.
    Links of a job that only one edition has are left out: that job's own change says it. Successors are
    rules/successors.py's to find.
    """
    retyped = list(_retyped(before, after, same_identifier))
    passed_on = {c for change in retyped for c in (change.concept, change.other)}
    found: list[ConceptChange[C]] = []
    same_language = before.language == after.language
    old, new = _by_kind(before.concepts), _by_kind(after.concepts)
    for kind in (*COUNTED, *COUNTED_IF_THERE):
        rows = _presence_and_labels(kind, old.get(kind, {}), new.get(kind, {}), same_language)
        found += [change for change in rows if change.concept not in passed_on]
    found += retyped
    found += _retagged(old.get(JOB, {}), new.get(JOB, {}))
    found += _recycled_and_swapped(before, after, old.get(JOB, {}), found)
    found += _moved(before, after)
    if before.says_links and after.says_links:
        # Every link is looked up for it: once for both questions.
        left = list(differing(before.linked(USES), after.linked(USES)))
        found += _orphaned(after, left)
        found += _link_changes(before, after, left)
    return found


def counts(before: Snapshot[C], after: Snapshot[C], found: Iterable[ConceptChange[C]]) -> dict[str, Any]:
    """The figures of a comparison: {"counts": {kind: {…}}, "links": {…}}."""
    tally = Counter(map(attrgetter("concept_kind", "kind"), found))
    old_sizes, new_sizes = (
        Counter(map(attrgetter("kind"), edition.concepts.values())) for edition in (before, after)
    )
    there = {k: kinds for k, kinds in COUNTED_IF_THERE.items() if old_sizes[k] or new_sizes[k]}
    by_kind = {
        kind: {"before": old_sizes[kind], "after": new_sizes[kind], **{k: tally[kind, k] for k in kinds}}
        for kind, kinds in (COUNTED | there).items()
    }
    old, new = before.linked(USES), after.linked(USES)
    common = sum(map(new.__contains__, old))
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


def _by_kind(concepts: Mapping[C, ConceptState]) -> dict[str, dict[C, ConceptState]]:
    groups: dict[str, dict[C, ConceptState]] = defaultdict(dict)
    for concept, state in concepts.items():
        groups[state.kind][concept] = state
    return groups


def _presence_and_labels(
    kind: str, old: Mapping[C, ConceptState], new: Mapping[C, ConceptState], same_language: bool
) -> Iterable[ConceptChange[C]]:
    for concept, state in new.items():
        was = old.get(concept)
        if was is None:
            yield ConceptChange("added", kind, concept, after=state.label)
        elif was.label != state.label and same_language:
            same = fold(was.label) == fold(state.label)
            yield ConceptChange(
                "cosmetic" if same else "renamed", kind, concept, before=was.label, after=state.label
            )
    for concept, state in old.items():
        if concept not in new:
            yield ConceptChange("removed", kind, concept, before=state.label)


def _retyped(
    before: Snapshot[C], after: Snapshot[C], pairs: Iterable[tuple[C, C]]
) -> Iterable[ConceptChange[C]]:
    old, new = before.concepts, after.concepts
    for was, now in pairs:
        if was in old and was not in new and now in new and now not in old:
            kinds = (old[was].kind, new[now].kind)
            if RETYPABLE.issuperset(kinds):
                yield ConceptChange("retyped", kinds[1], now, was, before=kinds[0], after=kinds[1])


def _retagged(old: Mapping[C, ConceptState], new: Mapping[C, ConceptState]) -> Iterable[ConceptChange[C]]:
    for job, state in new.items():
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


def jobs_of_titles(snapshot: Snapshot[C]) -> dict[C, C]:
    """The job of each title."""
    return dict(snapshot.linked(TITLE_OF).keys())


def _recycled_and_swapped(
    before: Snapshot[C],
    after: Snapshot[C],
    old_jobs: Mapping[C, ConceptState],
    found: Iterable[ConceptChange[C]],
) -> list[ConceptChange[C]]:
    """The two subsets of renamed jobs: the label was another job's; none of the former titles is left."""
    renamed = [change for change in found if change.concept_kind == JOB and change.kind == "renamed"]
    if not renamed:
        return []
    job_of_label = {fold(state.label): job for job, state in old_jobs.items()}
    former: dict[C, set[C]] = defaultdict(set)
    present: dict[C, set[C]] = defaultdict(set)
    for titles, snapshot in ((former, before), (present, after)):
        for title, job in snapshot.linked(TITLE_OF):
            titles[job].add(title)
    rows: list[ConceptChange[C]] = []
    for change in renamed:
        job = change.concept
        other = job_of_label.get(fold(change.after))
        labels = (change.before, change.after)
        if other is not None and other != job:
            rows.append(ConceptChange("took_label_of_other", JOB, job, other, *labels))
        if former[job] and not former[job] & present[job]:
            rows.append(ConceptChange("recycled", JOB, job, None, *labels))
    return rows


def _moved(before: Snapshot[C], after: Snapshot[C]) -> Iterable[ConceptChange[C]]:
    old = jobs_of_titles(before)
    for title, job in jobs_of_titles(after).items():
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


def _orphaned(after: Snapshot[C], left: Iterable[tuple[tuple[C, C], str]]) -> Iterable[ConceptChange[C]]:
    # An item that nothing asks for any more lost its links: those that are not as they were name it.
    still = set(map(itemgetter(1), after.linked(USES)))
    for item in dict.fromkeys(item for (_job, item), _flag in left):
        state = after.concepts.get(item)
        if state is not None and state.kind in (SKILL, KNOWLEDGE) and item not in still:
            yield ConceptChange("orphaned", state.kind, item, after=state.label)


def _link_changes(
    before: Snapshot[C], after: Snapshot[C], left: Iterable[tuple[tuple[C, C], str]]
) -> Iterable[ConceptChange[C]]:
    old, new = before.linked(USES), after.linked(USES)
    for pair, flag in differing(new, old):
        job, item = pair
        was = old.get(pair)
        if was is not None:
            yield ConceptChange("reflagged", JOB, job, item, before=was, after=flag)
        elif job in before.concepts:
            yield ConceptChange("linked", JOB, job, item, after=flag)
    for pair, flag in left:
        job, item = pair
        if pair not in new and job in after.concepts:
            yield ConceptChange("unlinked", JOB, job, item, before=flag)
