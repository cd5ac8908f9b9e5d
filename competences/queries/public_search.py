"""The search of the pages, for everybody: what an organisation keeps to itself is not found."""

from competences.queries.search import SEARCHED, Hit, search


def found(text: str, *, kind: str | None = None, reference: str | None = None, limit: int) -> list[Hit]:
    """The best `limit` answers among public references, ranked as the pages rank them."""
    return search(text, kinds=[kind] if kind else SEARCHED, reference=reference, limit=limit)
