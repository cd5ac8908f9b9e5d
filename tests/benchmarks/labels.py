"""Made-up references of the size of ROME and ESCO: names, other names, and what people would type.

Words are syllables in a row, drawn as words are (few often, many seldom), from a seed: every run searches
the same. Nothing of any producer's text is in them.
"""

import random
from collections.abc import Iterator
from itertools import accumulate
from typing import NamedTuple

from django.db import connection

from competences.importers.bulk import copy_rows
from competences.models import OPEN, Edition, Reference
from competences.rules.labels import fold
from competences.rules.positions import position

SYLLABLES = [c + v for c in "bcdfglmnprstv" for v in ("a", "e", "i", "o", "u", "an", "on", "eur")]
LINKS = {"fr": ("de", "en", "et", "la"), "en": ("of", "in", "and", "the")}
WORDS = 16_000


class Shape(NamedTuple):
    """A kind of concept in a made-up reference: how many, words a name, other names each."""

    kind: str
    concepts: int
    words: tuple[int, int]
    others: int


ROME_LIKE = ("fr", (Shape("job", 1_600, (1, 4), 0), Shape("title", 13_000, (1, 5), 0),
                    Shape("skill", 17_500, (3, 10), 0), Shape("knowledge", 7_500, (2, 6), 0)))  # fmt: skip
ESCO_LIKE = ("en", (Shape("job", 3_000, (1, 3), 9), Shape("skill", 10_600, (2, 6), 7),
                    Shape("knowledge", 3_300, (1, 3), 5)))  # fmt: skip


class Generator:
    """Names by seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - figures, not secrets
        found: dict[str, None] = {}
        while len(found) < WORDS:
            found["".join(self.chance.choices(SYLLABLES, k=self.chance.randint(2, 5)))] = None
        self.words = list(found)
        # The n-th word is drawn 1/n as often as the first, as in any language.
        self.often = list(accumulate(1 / (rank + 3) for rank in range(WORDS)))

    def name(self, language: str, size: tuple[int, int]) -> str:
        drawn = self.chance.choices(self.words, cum_weights=self.often, k=self.chance.randint(*size))
        if len(drawn) > 2:
            drawn.insert(2, self.chance.choice(LINKS[language]))
        return " ".join(drawn).capitalize()

    def names(self, language: str, shape: Shape) -> Iterator[tuple[str, str]]:
        """A label and its other names, one a line, for each concept."""
        for _number in range(shape.concepts):
            others = {self.name(language, shape.words) for _other in range(shape.others)}
            yield self.name(language, shape.words), "\n".join(sorted(others))

    def slip(self, word: str) -> str:
        """The word with one letter missing, doubled, changed or swapped with the next."""
        place = self.chance.randrange(1, len(word) - 1)
        return self.chance.choice(
            [
                word[:place] + word[place + 1 :],
                word[:place] + word[place] + word[place:],
                word[:place] + "e" + word[place + 1 :],
                word[:place] + word[place + 1] + word[place] + word[place + 2 :],
            ]
        )

    def text(self, label: str) -> str:
        """What somebody who looks for this name types: some of its words, a slip, a beginning."""
        words = [w for w in label.lower().split() if len(w) > 3][:3] or [label.lower()]
        self.chance.shuffle(words)
        words = words[: self.chance.randint(1, 3)]
        manner = self.chance.random()
        if manner < 0.25 and len(words[0]) > 4:
            words[0] = self.slip(words[0])
        elif manner < 0.6:
            words[-1] = words[-1][: self.chance.randint(3, len(words[-1]))]
        return " ".join(words)


def load(slug: str, language: str, shapes: tuple[Shape, ...], seed: int) -> list[str]:
    """Writes a made-up reference; gives its labels. It stays: the database of the benches is dropped."""
    made = Generator(seed)
    reference = Reference.objects.create(slug=slug, name=slug, format="own")
    here = position("1")
    Edition.objects.create(reference=reference, number="1", position=here, language=language)
    rows = [(shape.kind, *names) for shape in shapes for names in made.names(language, shape)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('competences_concept', 'id')) FROM generate_series(1, %s)",
            [len(rows)],
        )
        ids = [row[0] for row in cursor.fetchall()]
    copy_rows(
        "competences_concept (id, reference_id, kind, external_id)",
        (f"{pk}\t{reference.pk}\t{kind}\t{pk}\n" for pk, (kind, *_names) in zip(ids, rows, strict=True)),
    )
    copy_rows(
        "competences_conceptrevision"
        " (concept_id, label, folded, alternatives, description, attributes, since, until)",
        (
            "\t".join(
                (str(pk), label, fold(label), others.replace("\n", "\\n"), "", "{}", str(here), str(OPEN))
            )
            + "\n"
            for pk, (_kind, label, others) in zip(ids, rows, strict=True)
        ),
    )
    return [label for _kind, label, _others in rows]
