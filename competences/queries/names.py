"""How concepts are named at an edition, in the reader's language where the reference has it.

Everything here is public: no actor, no access door.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Case, F, Func, Q, TextField, When
from django.utils.translation import get_language

from competences.models import ConceptRevision, ConceptTranslation, Edition
from competences.rules.labels import fold

MAIN_TITLE = "PRINCIPALE"


class Named(NamedTuple):
    """A concept as a page names it: `label` is its last known name at the edition shown.

    `lang` is the language of the label where it is not the reader's, else empty. `is_main` marks the title
    that gives its name to a job. `pk` is the row of the concept, `folded` what it is sorted by.
    """

    kind: str
    external_id: str
    label: str
    flag: str = ""
    is_main: bool = False
    lang: str = ""
    pk: int = 0
    folded: str = ""


class Name(NamedTuple):
    """How a concept was named during an interval of editions. What comes after `classification` is None but
    for the concept of the sheet: a context has a thousand jobs."""

    concept: int
    label: str
    folded: str
    since: int
    until: int
    classification: str | None
    description: str | None
    alternatives: str | None
    attributes: dict[str, Any] | None


class Labels:
    """The names of some concepts, read once: as of an edition, and their past.

    `editions` are all those of the reference, oldest first: an edition may be in another language than the
    one before it. One query; a second one where an edition is not in the reader's language. `own_lang` is
    the language of the edition's own texts where it is not the reader's, else empty.
    """

    def __init__(
        self,
        edition: Edition,
        concepts: Iterable[int],
        *,
        editions: Sequence[Edition] = (),
        told_whole: int | None = None,
    ) -> None:
        self.position = edition.position
        self.editions = editions or [edition]
        self.reader = reader_language()
        self.own_lang = self._unless_readers(edition.language)
        self.names: dict[int, list[Name]] = defaultdict(list)
        self.translations: dict[int, list[Name]] = defaultdict(list)
        wanted = set(concepts)
        whole = Q(concept=told_whole)
        texts = [Case(When(whole, then=name)) for name in ("description", "alternatives")]
        shared = ("concept_id", "label", "folded", "since", "until")
        revisions = ConceptRevision.objects.filter(concept__in=wanted).order_by("concept_id", "since")
        own = ("attributes__classification", *texts, Case(When(whole, then="attributes")))
        for row in revisions.values_list(*shared, *own):
            self.names[row[0]].append(Name(*row))
        if any(e.language != self.reader for e in self.editions):
            rows = ConceptTranslation.objects.filter(concept__in=wanted, language=self.reader)
            for *names, description, alternatives in rows.values_list(*shared, *texts):
                translation = Name(*names, None, description, alternatives, None)
                self.translations[translation.concept].append(translation)

    def language_of(self, name: Name, position: int | None = None) -> str:
        """The language of a name: that of the edition where it stood, the nearest to the place."""
        near = self._near(name, position)
        return next(
            (e.language for e in reversed(self.editions) if e.position <= near), self.editions[0].language
        )

    def lang_of(self, name: Name, position: int | None = None) -> str:
        """The language of a name where it is not the reader's, else empty."""
        return self._unless_readers(self.language_of(name, position))

    def _unless_readers(self, language: str) -> str:
        return "" if language == self.reader else language

    def _near(self, name: Name, position: int | None) -> int:
        """The place where a name is read: a concept that the edition does not hold is named as it was when it
        was last there, or first there."""
        place = self.position if position is None else position
        return min(max(place, name.since), name.until - 1)

    def of(self, concept: int, position: int | None = None) -> Name | None:
        """The name that holds at the place, else the last before it, else the first after it."""
        place = self.position if position is None else position
        rows = self.names.get(concept, [])
        return next((n for n in reversed(rows) if n.since <= place), rows[0] if rows else None)

    def translation(self, name: Name, position: int | None = None) -> Name | None:
        """The name in the reader's language that stood beside this one; None where there is none, and where
        this one is in that language already."""
        if name.concept not in self.translations or not self.lang_of(name, position):
            return None
        near = self._near(name, position)
        return next((t for t in self.translations[name.concept] if t.since <= near < t.until), None)

    def named(
        self, concept: int, kind: str, external_id: str, flag: str = "", position: int | None = None
    ) -> Named:
        """The concept with its name as of the place; its identifier when it never had a name."""
        name = self.of(concept, position)
        if name is None:
            return Named(kind, external_id, external_id, flag, pk=concept, folded=fold(external_id))
        is_main = name.classification == MAIN_TITLE
        if told := self.translation(name, position):
            return Named(kind, external_id, told.label, flag, is_main, "", concept, told.folded)
        lang = self.lang_of(name, position)
        return Named(kind, external_id, name.label, flag, is_main, lang, concept, name.folded)


def reader_language() -> str:
    """The language that the page is read in, without its region: "fr", "en"."""
    return (get_language() or settings.LANGUAGE_CODE).partition("-")[0]


class LabelOf(Func):
    """The last known label of the concept that a row points to by that path, as `labels_of` gives it, to
    annotate the row with: no query of its own.

    Written by hand: the ORM takes ten times longer to write it than the database to answer.
    """

    output_field = TextField()

    def __init__(self, concept: str, **extra: Any) -> None:
        super().__init__(F(concept), **extra)

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> tuple[str, list[Any]]:
        """A sub-query over the revisions of the concept."""
        concept, values = compiler.compile(self.source_expressions[0])
        return (
            "(SELECT COALESCE((SELECT told.label FROM competences_concepttranslation told"  # noqa: S608 - a column
            " WHERE told.concept_id = named.concept_id AND told.language = %s AND told.since < named.until"
            " AND told.until >= named.until LIMIT 1), named.label) FROM competences_conceptrevision named"
            f" WHERE named.concept_id = {concept} ORDER BY named.since DESC LIMIT 1)",
            [reader_language(), *values],
        )


def labels_of(concepts: Iterable[int]) -> dict[int, str]:
    """The last known label of each concept, in the reader's language where it had one. One query, none for no
    concept; written by hand because every page of a record asks it."""
    wanted = list(set(concepts))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT named.concept_id, COALESCE((SELECT told.label FROM competences_concepttranslation told"
            " WHERE told.concept_id = named.concept_id AND told.language = %s AND told.since < named.until"
            " AND told.until >= named.until LIMIT 1), named.label) FROM (SELECT DISTINCT ON (concept_id)"
            " concept_id, label, until FROM competences_conceptrevision WHERE concept_id = ANY(%s)"
            " ORDER BY concept_id, since DESC) named",
            [reader_language(), wanted],
        )
        return dict(cursor.fetchall())
