"""Names of concepts in one language, held so that a search reads few of them.

Pure and compact: names are kept folded, in arrays, and each word knows the names that hold it. One index
of 60,000 names takes about 10 MB. It never changes once built: another edition makes another index.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import islice

from rapidfuzz import process
from rapidfuzz.distance import OSA

from competences.rules.labels import stem, words

HEADS = {"fr": 5}
"""Letters by which "boulanger" and "boulangère" count as one word of a name, in languages that have both."""

MOST_BEGINNINGS = {1: 20, 2: 25, 3: 120}
MANY_BEGINNINGS = 300
"""Words that one beginning may stand for, by its letters: the most used ones."""

SHORTEST_FAMILY, FAMILY_SHARE = 4, 0.55
"""A stem of so many letters, and of that share of the word, stands for the words that begin by it: "weld"
for "welder", but never "gener" for "generale" when "generative" was typed."""


class Standing(IntEnum):
    """What a name is to its concept."""

    LABEL = 0
    OTHER = 1
    FORMER = 2


class NameIndex:
    """The names of many concepts in one language.

    `add` every concept's names, then `close`; reading comes after. Concepts are numbered in the order
    in which they come, and so are names.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.head = HEADS.get(language)
        """How many letters tell a word of a name from its feminine; None for all of them."""
        self.concepts = array("q")
        """The caller's identity of each concept."""
        self.kinds: list[str] = []
        self.withdrawn = bytearray()
        self.twins = bytearray()
        """Concepts whose present name is already that of another, better placed one."""
        self.owners = array("I")
        self.standings = bytearray()
        self.heads = bytearray()
        """Words of each name that differ by their beginning, at most 255."""
        self.postings: dict[str, array[int]] = {}
        self.vocabulary: list[str] = []
        self._texts: list[str] = []
        self._text = ""
        self._starts = array("I")
        self._by_stem: dict[str, str] = {}
        self._by_length: dict[int, list[str]] = {}

    def __len__(self) -> int:
        return len(self.owners)

    def add(
        self, concept: int, kind: str, names: Iterable[tuple[str, Standing]], *, withdrawn: bool = False
    ) -> None:
        """A concept with its folded names; a name that it bears twice counts once, by the first."""
        head = self.head
        owner = len(self.concepts)
        self.concepts.append(concept)
        self.kinds.append(kind)
        self.withdrawn.append(withdrawn)
        self.twins.append(0)
        for folded, standing in dict(reversed(list(names))).items():
            found = words(folded, self.language)
            if not found:
                continue
            name = len(self.owners)
            self.owners.append(owner)
            self.standings.append(standing)
            self.heads.append(min(255, len({w[:head] for w in found})))
            self._texts.append(folded)
            for word in dict.fromkeys(found):
                held = self.postings.get(word)
                if held is None:
                    self.postings[word] = array("I", (name,))
                else:
                    held.append(name)

    def labels(self) -> Iterator[tuple[int, str]]:
        """The concepts by number with the present label of each, before the index is closed."""
        for owner, standing, text in zip(self.owners, self.standings, self._texts, strict=True):
            if standing == Standing.LABEL:
                yield owner, text

    def close(self) -> None:
        """Nothing is added any more: orders the vocabulary."""
        self.vocabulary = sorted(self.postings)
        by_stem: dict[str, list[str]] = {}
        for word in self.vocabulary:
            by_stem.setdefault(stem(word, self.language), []).append(word)
            self._by_length.setdefault(len(word), []).append(word)
        # One string a stem takes a third of what a list takes.
        self._by_stem = {stemmed: " ".join(found) for stemmed, found in by_stem.items()}
        place = 0
        for text in self._texts:
            self._starts.append(place)
            place += len(text) + 1
        self._starts.append(place)
        self._text = "\n".join(self._texts)
        self._texts = []

    def name(self, number: int) -> str:
        """A name, folded."""
        return self._text[self._starts[number] : self._starts[number + 1] - 1]

    def of_stem(self, word: str) -> list[str]:
        """The words that share the stem of this one in the language of the index, itself included."""
        return self._by_stem.get(stem(word, self.language), "").split()

    def beginning(self, start: str) -> list[str]:
        """The words that begin so, the most used ones when they are very many."""
        first = bisect_left(self.vocabulary, start)
        last = bisect_left(self.vocabulary, start + "~", first)
        found = list(islice(self.vocabulary, first, last))
        most = MOST_BEGINNINGS.get(len(start), MANY_BEGINNINGS)
        if len(found) > most:
            found.sort(key=lambda word: -len(self.postings[word]))
            del found[most:]
        return found

    def family(self, word: str) -> list[str]:
        """The words that begin by the stem of this one: "welder" for "welding"."""
        stemmed = stem(word, self.language)
        if not max(SHORTEST_FAMILY, FAMILY_SHARE * len(word)) <= len(stemmed) < len(word):
            return []
        return self.beginning(stemmed)

    def near(self, word: str, slips: int) -> list[tuple[str, int]]:
        """The words at so many slips or fewer: a letter missing, added or changed, two swapped."""
        found: list[tuple[str, int]] = []
        for length in range(max(1, len(word) - slips), len(word) + slips + 1):
            bucket: Sequence[str] = self._by_length.get(length, ())
            found += [
                (near, int(distance))
                for near, distance, _place in process.extract(
                    word, bucket, scorer=OSA.distance, score_cutoff=slips, limit=8
                )
            ]
        return found

    def near_beginnings(self, word: str) -> list[str]:
        """The words whose beginning is one slip from this one, the first letter being right."""
        first = bisect_left(self.vocabulary, word[0])
        last = bisect_left(self.vocabulary, word[0] + "~", first)
        size = len(word)
        longer = [v for v in islice(self.vocabulary, first, last) if len(v) > size]
        found: dict[str, None] = {}
        # A letter may have been forgotten: the beginning is then one letter longer than what was typed.
        for length in (size, size + 1):
            cut = [v[:length] for v in longer]
            near = process.extract(word, cut, scorer=OSA.distance, score_cutoff=1, limit=20)
            found.update(dict.fromkeys(longer[place] for _cut, _distance, place in near))
        return list(found)
