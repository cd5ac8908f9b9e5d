"""The search of the pages, for everybody: what an organisation keeps to itself is not found."""

from competences.queries.catalogue import without_owner
from competences.queries.search import SEARCHED, Hit, search
from competences.queries.search_results import MOST


def found(text: str, *, kind: str | None = None, reference: str | None = None, limit: int) -> list[Hit]:
    """The best `limit` answers among public references, ranked as the pages rank them."""
    hits = search(text, kinds=[kind] if kind else SEARCHED, reference=reference, limit=MOST)
    public = without_owner({hit.reference for hit in hits}) if hits else set()
    return [hit for hit in hits if hit.reference in public][:limit]
