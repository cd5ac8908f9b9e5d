"""Which codes of other classifications the jobs of the newest editions bear: those that a table serves."""

from competences.enums import ConceptKind, SignalKind
from competences.models import ConceptRevision, CrosswalkRow
from competences.queries.standing import ISCO, PARENT, PARENT_SCHEME, SCORED_SCHEME


def codes_of_jobs(kind: str) -> set[str]:
    """The codes that a table of this kind would have to know to speak of every job of the public references.

    For a crosswalk, the parent codes of jobs; for scores, the ISCO-08 codes of jobs and those that their
    parents have through the crosswalk in use. One query, two for scores.
    """
    jobs = ConceptRevision.objects.open().filter(
        concept__kind=ConceptKind.JOB, concept__reference__owner=None
    )
    found = jobs.order_by().values_list(f"attributes__{PARENT}", f"attributes__{ISCO}").distinct()
    parents: set[str] = set()
    iscos: set[str] = set()
    for parent, isco in found:
        parents.update({parent} - {None, ""})
        iscos.update({isco} - {None, ""})
    if kind == SignalKind.CROSSWALK:
        return parents
    rows = CrosswalkRow.objects.in_use().filter(
        from_scheme=PARENT_SCHEME, to_scheme=SCORED_SCHEME, from_code__in=parents
    )
    return iscos | set(rows.values_list("to_code", flat=True))
