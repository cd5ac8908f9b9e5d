"""What a text finds in indexes of names, and in which order. docs/rules/search.md tells it in words."""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from rapidfuzz import fuzz

from competences.rules.labels import EMPTY_BY_LANGUAGE, words
from competences.rules.name_index import NameIndex, Standing
from competences.rules.synonyms import LONGEST, synonyms

MOST_WORDS = 12
"""Words of a text that are read: a longer text says no more."""

SAME_STEM = 0.97
JOINED = 0.95
SYNONYM, WHOLE_SYNONYM = 0.9, 0.97
BEGINNING, BEGINNING_LENGTH = 0.75, 0.2
BEGINNING_OF_KNOWN = {2: 0.75, 3: 0.75}
FAMILY = 0.6
SLIPS = {0: 1.0, 1: 0.85, 2: 0.7}
NEAR_BEGINNING = 0.6
"""What a word of a name is worth, 1 being the very word that was typed."""

SURE_OF_TWO = 8
"""Letters from which two slips may touch the first one: "chomage" is no "fromage"."""

RARE = 3
"""A known word of so few names may be a slip that the reference itself makes: its neighbours count too."""

MANY_NAMES = 800
"""When more names answer, only those of fewest words are ranked and counted: the text is too wide."""

ENOUGH = 5
"""When fewer concepts hold all the words, those that hold most of them follow."""

NEARLY_AS_MANY = 0.75
"""Those that follow hold nearly as much of the weight of the words as the one that holds most."""

COVERAGE, PRECISION = 72.0, 28.0
KIND_BONUS = {"job": 3.0, "title": 2.0, "skill": 1.0, "knowledge": 1.0}
STANDING_MALUS = {Standing.LABEL: 0.0, Standing.OTHER: 3.0, Standing.FORMER: 5.0}
WITHDRAWN_MALUS = 20.0
BY_CODE = 110.0
CLOSENESS, FIRST_WORD = 5.0, 2.0
READ_CLOSELY = 60
"""Answers whose wording is compared with the text; the order of the rest is that of their words."""

Worths = dict[int, float]
"""Names by number, with what they are worth for one word of the text."""


@dataclass(slots=True)
class Answer:
    """A concept that answers: its place in an index, the name that answered and a score of 0 to about 110."""

    index: NameIndex
    owner: int
    name: int
    score: float

    @property
    def concept(self) -> int:
        return self.index.concepts[self.owner]

    @property
    def kind(self) -> str:
        return self.index.kinds[self.owner]

    @property
    def is_twin(self) -> bool:
        """Whether its present name is already that of another, better placed concept."""
        return bool(self.index.twins[self.owner])

    @property
    def withdrawn(self) -> bool:
        return bool(self.index.withdrawn[self.owner])


@dataclass(slots=True)
class _Reading:
    """The words of a text as one index reads them: for each, the names it is worth something for."""

    index: NameIndex
    asked: list[str]
    worths: list[Worths] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    """What each word weighs, 1 being all the words of the text."""
    whole: set[int] = field(default_factory=set)
    """Names that are an equal phrase and nothing else: they say all that was asked by a few words."""


def answers(indexes: Sequence[NameIndex], folded: str) -> list[Answer]:
    """Every concept that answers a folded text, best first and once, by its best name."""
    known = {word for word in folded.split() if any(word in index.postings for index in indexes)}
    readings = [reading for index in indexes if (reading := _read(index, folded, known)).asked]
    _forgive_slips(readings)
    weights = _weights(readings)
    _drop_unknown(readings, weights)
    best: dict[int, Answer] = {}
    for reading in readings:
        _keep_best(best, reading, _pruned(reading.index, _all_words(reading)), everything=True)
    if len(best) < ENOUGH and len(weights) > 1:
        scored = [_any_word(reading) for reading in readings]
        least = NEARLY_AS_MANY * max((max(worths.values(), default=0) for worths in scored), default=0)
        for reading, worths in zip(readings, scored, strict=True):
            enough = {name: worth for name, worth in worths.items() if worth >= least}
            _keep_best(best, reading, _pruned(reading.index, enough), everything=False)
    return sorted(best.values(), key=lambda a: (-a.score, a.concept))


def read_closely(found: list[Answer], folded: str) -> list[Answer]:
    """The best answers in the order of how near their wording is to the text; the rest as it was."""
    close = found[:READ_CLOSELY]
    for answer in close:
        index = answer.index
        asked = words(folded, index.language)
        # A feminine form after a masculine one says nothing more.
        plain = list(
            {w[: index.head]: w for w in reversed(words(index.name(answer.name), index.language))}.values()
        )
        answer.score += CLOSENESS * fuzz.ratio(" ".join(asked), " ".join(reversed(plain))) / 100
        answer.score += FIRST_WORD * (plain[-1][: index.head] == asked[0][: index.head])
    close.sort(key=lambda a: (-a.score, a.concept))
    return close + found[READ_CLOSELY:]


# Reading the words -----------------------------------------------------------------------------------------


def _read(index: NameIndex, folded: str, known: set[str]) -> _Reading:
    """The words of a text that may say something in this language, with the names that hold them.

    `known` are the words that some index has as they are.
    """
    asked = list(dict.fromkeys(words(folded, index.language)))[:MOST_WORDS]
    foreign = {
        w
        for w in asked
        if w not in index.postings and any(w in empty for empty in EMPTY_BY_LANGUAGE.values())
    }
    if len(foreign) < len(asked):
        asked = [w for w in asked if w not in foreign]
    reading = _Reading(index, asked)
    reading.worths = [_worths(index, _forms(index, word, word in known)) for word in asked]
    _add_joined(reading)
    _add_synonyms(reading)
    return reading


def _forms(index: NameIndex, word: str, known: bool) -> dict[str, float]:
    """The words of the vocabulary that a word stands for, with what each is worth."""
    forms: dict[str, float] = {}
    if len(word) > 1:
        forms = dict.fromkeys(index.family(word), FAMILY)
        whole = BEGINNING_OF_KNOWN.get(len(word), 1.0) if known else 1.0
        for longer in index.beginning(word):
            forms[longer] = whole * (BEGINNING + BEGINNING_LENGTH * round(len(word) / len(longer), 1))
    forms.update(dict.fromkeys(index.of_stem(word), SAME_STEM))
    if word in index.postings:
        forms[word] = 1.0
    return forms


def _worths(index: NameIndex, forms: Mapping[str, float]) -> Worths:
    found: Worths = {}
    for word, worth in sorted(forms.items(), key=lambda form: form[1]):
        found.update(dict.fromkeys(index.postings[word], worth))
    return found


def _raise_worths(worths: Worths, names: Sequence[int] | set[int], worth: float) -> None:
    for name in names:
        if worths.get(name, 0) < worth:
            worths[name] = worth


def _add_joined(reading: _Reading) -> None:
    """Two words that names write as one ("cyber sécurité"), and one that they write as two."""
    postings = reading.index.postings
    for place, (first, second) in enumerate(zip(reading.asked, reading.asked[1:], strict=False)):
        names = postings.get(first + second)
        if names is not None:
            _raise_worths(reading.worths[place], names, JOINED)
            _raise_worths(reading.worths[place + 1], names, JOINED)
    for place, word in enumerate(reading.asked):
        if word in postings or len(word) < 6:
            continue
        for cut in range(3, len(word) - 2):
            start, rest = postings.get(word[:cut]), postings.get(word[cut:])
            if start is not None and rest is not None:
                _raise_worths(reading.worths[place], set(start) & set(rest), JOINED)


def _add_synonyms(reading: _Reading) -> None:
    """Names that hold all the words of an equal phrase."""
    asked = reading.asked
    for size in range(1, min(LONGEST, len(asked)) + 1):
        for place in range(len(asked) - size + 1):
            for phrase in synonyms(" ".join(asked[place : place + size])):
                names = _holding(reading.index, phrase)
                length = phrase.count(" ") + 1
                whole = {name for name in names if reading.index.heads[name] == length}
                reading.whole |= whole
                for word in range(place, place + size):
                    _raise_worths(reading.worths[word], names, SYNONYM)
                    _raise_worths(reading.worths[word], whole, WHOLE_SYNONYM)


def _holding(index: NameIndex, phrase: str) -> set[int]:
    """The names that hold every word of a phrase, as it is or in the plural."""
    held: set[int] | None = None
    for word in phrase.split():
        forms = (word, word + "s", word + "x")
        names = {name for form in forms for name in index.postings.get(form, ())}
        held = names if held is None else held & names
        if not held:
            return set()
    return held or set()


def _forgive_slips(readings: list[_Reading]) -> None:
    """A word that no index knows is read as the nearest words that they have.

    Two slips are read only where no word is at one: "tabeleur" is "tableur", never "cableur".
    """
    known: dict[str, int] = {}
    for reading in readings:
        for word, worths in zip(reading.asked, reading.worths, strict=True):
            known[word] = known.get(word, 0) + len(worths)
    for word, names in known.items():
        if names > RARE or len(word) < 4 or not word.isalpha():
            continue
        allowed = 1 if len(word) < 6 else 2
        near = [
            (reading, form, slips)
            for reading in readings
            for form, slips in reading.index.near(word, allowed)
            if slips == 1 or (slips == 2 and (len(word) >= SURE_OF_TWO or form[0] == word[0]))
        ]
        least = min((slips for _reading, _word, slips in near), default=0)
        forms = [(r, w, SLIPS[slips]) for r, w, slips in near if slips == least]
        if not forms and not names and len(word) > 4:
            forms = [(r, w, NEAR_BEGINNING) for r in readings for w in r.index.near_beginnings(word)]
        for reading, form, worth in forms:
            if word in reading.asked:
                place = reading.asked.index(word)
                for same in {form, *reading.index.of_stem(form)}:
                    _raise_worths(reading.worths[place], reading.index.postings[same], worth)


# Ranking ---------------------------------------------------------------------------------------------------


def _weights(readings: list[_Reading]) -> dict[str, float]:
    """What each word weighs: the rarer it is in all the names, the more.

    The word itself counts where names have it, what it may stand for where none does.
    """
    total = sum(len(reading.index) for reading in readings)
    as_typed: dict[str, int] = {}
    as_read: dict[str, int] = {}
    for reading in readings:
        for word, worths in zip(reading.asked, reading.worths, strict=True):
            forms = reading.index.of_stem(word)
            as_typed[word] = as_typed.get(word, 0) + sum(len(reading.index.postings[f]) for f in forms)
            as_read[word] = as_read.get(word, 0) + len(worths)
    return {word: math.log(1 + total / (1 + (names or as_read[word]))) for word, names in as_typed.items()}


def _drop_unknown(readings: list[_Reading], weights: Mapping[str, float]) -> None:
    """Words that say nothing anywhere lower the scores, and keep nobody from an answer to the others."""
    known = {w for r in readings for w, worths in zip(r.asked, r.worths, strict=True) if worths}
    for reading in readings:
        total = sum(weights[word] for word in reading.asked)
        kept = [place for place, word in enumerate(reading.asked) if word in known]
        reading.asked = [reading.asked[place] for place in kept]
        reading.worths = [reading.worths[place] for place in kept]
        reading.shares = [weights[word] / total for word in reading.asked]
    readings[:] = [reading for reading in readings if reading.asked]


def _keep_best(best: dict[int, Answer], reading: _Reading, scored: Worths, *, everything: bool) -> None:
    """Adds the concepts of names by what the names are worth, each by its best name.

    `everything`: the names hold every word of the text.
    """
    index, whole = reading.index, reading.whole
    owners, heads, standings = index.owners, index.heads, index.standings
    malus = [STANDING_MALUS[standing] for standing in Standing]
    # What a name's worth is multiplied by, from how many words were asked and how many the name has.
    factors = [_factors(size) for size in range(len(reading.asked) + 1)]
    factor = factors[-1]
    found: dict[int, tuple[float, int]] = {}
    for name, worth in scored.items():
        if not everything:
            factor = factors[sum(name in worths for worths in reading.worths)]
        whole_name = 0 if name in whole else heads[name]
        score = worth * factor[whole_name] - malus[standings[name]]
        owner = owners[name]
        held = found.get(owner)
        if held is None or held[0] < score:
            found[owner] = score, name
    kinds, withdrawn, concepts = index.kinds, index.withdrawn, index.concepts
    for owner, (score, name) in found.items():
        score += KIND_BONUS.get(kinds[owner], 0.0) - WITHDRAWN_MALUS * withdrawn[owner]
        concept = concepts[owner]
        other = best.get(concept)
        if other is None or other.score < score:
            best[concept] = Answer(index, owner, name, score)


@cache
def _factors(size: int) -> list[float]:
    """For a name of so many words (0 to 255), of which `size` at most were asked: 100 if it says no more."""
    return [COVERAGE + PRECISION * (1.0 if size >= heads else size / heads) for heads in range(256)]


def _all_words(reading: _Reading) -> Worths:
    """The names that hold every word, with the weighed mean of what the words are worth."""
    if len(reading.worths) == 1:
        [share] = reading.shares
        [worths] = reading.worths
        return worths if share == 1 else {name: worth * share for name, worth in worths.items()}
    names: set[int] | None = None
    for worths in sorted(reading.worths, key=len):
        names = set(worths) if names is None else names & worths.keys()
    pairs = list(zip(reading.worths, reading.shares, strict=True))
    return {name: sum(worths[name] * share for worths, share in pairs) for name in names or ()}


def _pruned(index: NameIndex, scored: Worths) -> Worths:
    """The best of very many names: those that have the very words, else those of fewest words."""
    if len(scored) <= MANY_NAMES:
        return scored
    best = max(scored.values())
    sure = [name for name, worth in scored.items() if worth >= SAME_STEM * best]
    names = sure if len(sure) > MANY_NAMES else list(scored)
    heads = bytes(map(index.heads.__getitem__, names))
    most = kept = 0
    for size in sorted(set(heads)):
        of_size = heads.count(size)
        if kept and kept + of_size > MANY_NAMES:
            break
        most, kept = size, kept + of_size
    return {name: scored[name] for name, size in zip(names, heads, strict=True) if size <= most}


def _any_word(reading: _Reading) -> Worths:
    """The names that hold some of the words, with the same."""
    found: Worths = {}
    for worths, share in zip(reading.worths, reading.shares, strict=True):
        for name, worth in worths.items():
            found[name] = found.get(name, 0.0) + worth * share
    return found


def coded(indexes: Sequence[NameIndex], concepts: Iterable[int]) -> list[Answer]:
    """Concepts that were named by their code, as the best of answers, each by its first name."""
    found: dict[int, Answer] = {}
    for index in indexes:
        for concept in concepts:
            if concept not in found and concept in index.concepts:
                owner = index.concepts.index(concept)
                found[concept] = Answer(index, owner, bisect_left(index.owners, owner), BY_CODE)
    return list(found.values())
