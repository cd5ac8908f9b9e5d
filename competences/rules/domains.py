"""To which domain of its reference a skill belongs, going up what it is part of. Pure."""

from collections.abc import Collection, Mapping


def domain_of(concept: int, parents: Mapping[int, Collection[int]], groups: Collection[int]) -> int | None:
    """The group just under the top of the tree that holds the concept, or the top where nothing is between:
    ROME's *enjeu* (objectif < enjeu < domaine), ESCO's first level of skill groups, DigComp's area.

    `parents`: what each concept is part of; `groups`: the concepts that sort others, and are no skills. Where
    a concept is part of several, the first by row is followed. None for a concept that no group holds.
    """
    above: list[int] = []
    seen = {concept}
    here = concept
    while up := sorted(set(parents.get(here, ())) - seen, key=lambda one: (one not in groups, one)):
        here = up[0]
        seen.add(here)
        above.append(here)
    sorting = [one for one in above if one in groups]
    return sorting[-2] if len(sorting) > 1 else sorting[-1] if sorting else None
