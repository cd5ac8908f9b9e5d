"""Search in the labels of every reference: accents, plurals and typos forgiven, old labels included.

Each label is stored folded, with the stems of its words in an indexed column. The words of a query are
looked for as stems and as beginnings; a word that no label knows is replaced by the nearest words of the
vocabulary. The database finds the candidates, rapidfuzz ranks them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from competences.rules.labels import fold, stem, words
from competences.rules.positions import OPEN

CANDIDATES = 300
"""Labels that the database hands over to be ranked."""

SPELLINGS = 4
"""Words of the vocabulary tried in the place of an unknown one."""

SEARCHED = ("job", "title", "skill", "knowledge")
KIND_BONUS = {"job": 3.0, "title": 2.0, "skill": 1.0, "knowledge": 1.0}
WITHDRAWN_MALUS = 12.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A concept that answers a search.

    `label` is the name it bears now, or bore last when it is `withdrawn`; `matched` the name that answered,
    which may be a former one. `score` is 0 to about 110.
    """

    concept_id: int
    reference: str
    kind: str
    external_id: str
    label: str
    matched: str
    score: float
    withdrawn: bool


def search(
    text: str, *, kinds: Sequence[str] = SEARCHED, reference: str | None = None, limit: int = 10
) -> list[Hit]:
    """The best labels for what a person typed, best first; none for a text without a word."""
    folded = fold(text[:200])
    if not folded:
        return []
    asked = words(folded)
    found = _candidates(" & ".join(_spellings(w) for w in asked), folded, kinds, reference)
    if not found and len(asked) > 1:
        found = _candidates(" | ".join(_spellings(w) for w in asked), folded, kinds, reference)
    return _ranked(folded, asked, found)[:limit]


def _spellings(word: str) -> str:
    """A word as the text search takes it: its stem or a beginning, else the nearest known words."""
    stems = {stem(word)}
    vocabulary = _vocabulary()
    known = word if word in vocabulary else None
    if known is None and len(word) > 3 and not any(v.startswith(word) for v in vocabulary):
        allowed = 1 if len(word) < 6 else 2
        near = process.extract(
            word, vocabulary, scorer=OSA.distance, score_cutoff=allowed, limit=SPELLINGS, score_hint=allowed
        )
        # Two slips are read only where no word is at one: "tabeleur" is "tableur", never "cableur".
        least = min((distance for _found, distance, _index in near), default=0)
        stems |= {stem(found) for found, distance, _index in near if distance == least}
    # A word still being typed may have gone past its stem: "informatiq", where the stem is "informat".
    stems |= {s for v in vocabulary if v.startswith(word) and len(s := stem(v)) < len(word)}
    alternatives = [_quoted(s) for s in sorted(stems)] + [_quoted(word) + ":*"]
    return "(" + " | ".join(alternatives) + ")"


def _quoted(stemmed: str) -> str:
    return "'" + stemmed.replace("'", "") + "'"


_words: tuple[str, list[str]] = ("", [])


def _vocabulary() -> list[str]:
    """Every word of the labels, kept in memory until an import changes the references."""
    global _words
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), max(id), sum(content_revision) FROM competences_edition")
        state = f"{connection.settings_dict['NAME']}:{cursor.fetchone()}"
        if _words[0] != state:
            cursor.execute(
                "SELECT DISTINCT unnest(string_to_array(folded, ' ')) FROM competences_conceptrevision"
            )
            _words = (state, [row[0] for row in cursor.fetchall()])
    return _words[1]


def _candidates(query: str, folded: str, kinds: Sequence[str], reference: str | None) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT found.*, last.label, last.until FROM ("
            "SELECT c.id, f.slug, c.kind, c.external_id, r.label, r.folded, r.until"
            " FROM competences_conceptrevision r"
            " JOIN competences_concept c ON c.id = r.concept_id"
            " JOIN competences_reference f ON f.id = c.reference_id"
            " WHERE r.words @@ %(query)s::tsquery AND c.kind = ANY(%(kinds)s)"
            " AND (%(reference)s::text IS NULL OR f.slug = %(reference)s)"
            " ORDER BY r.folded <> %(folded)s, length(r.folded), c.id LIMIT %(limit)s) found,"
            " LATERAL (SELECT label, until FROM competences_conceptrevision"
            " WHERE concept_id = found.id ORDER BY since DESC LIMIT 1) last",
            {
                "query": query,
                "kinds": list(kinds),
                "reference": reference,
                "folded": folded,
                "limit": CANDIDATES,
            },
        )
        return cursor.fetchall()


def _ranked(folded: str, asked: list[str], found: list[tuple]) -> list[Hit]:
    """One hit a concept, by its best label."""
    best: dict[int, Hit] = {}
    for concept, slug, kind, external_id, matched, other, until, label, last in found:
        score = 0.7 * fuzz.token_set_ratio(folded, other) + 0.3 * fuzz.ratio(folded, other)
        score += KIND_BONUS.get(kind, 0) + 3 * (other.split(" ", 1)[0] == asked[0])
        score -= WITHDRAWN_MALUS * (until != OPEN)
        if concept not in best or best[concept].score < score:
            named = (concept, slug, kind, external_id, label, matched)
            best[concept] = Hit(*named, score=round(score, 1), withdrawn=last != OPEN)
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.label, hit.concept_id))
