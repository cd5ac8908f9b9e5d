"""Labels compared and searched: folding, and the words a search looks for.

Folding is the one definition of "differs only cosmetically": NFKD, case folding, œ → oe and æ → ae,
combining marks dropped, every run of characters other than a–z, 0–9, + and # becoming one space, ends
stripped. "C", "C++" and "C#" stay three things.
"""

import functools
import re
import unicodedata

import Stemmer

WORD_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789+#")
EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a au aux avec ce ces d dans de des du en et l la le les leur leurs ou par pour qu que qui s sa"
        " se ses son sur un une y",
    )
)
"""French words that carry no meaning."""

EMPTY_BY_LANGUAGE = {
    "fr": EMPTY_WORDS,
    "en": frozenset(
        re.findall(r"\w+", "a an and are as at be by for from in into is it its of on or the their to with")
    ),
}

LONG = 1_000
"""Characters after which a text is no label: its words are not worth remembering."""

DEFAULT_LANGUAGE = "fr"
_STEMMERS = {"fr": Stemmer.Stemmer("french"), "en": Stemmer.Stemmer("english")}


class _Folding(dict[int, str]):
    """What each character folds to, worked out when it is first met: a label is then folded in one pass."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
        plain = plain.replace("œ", "oe").replace("æ", "ae")
        self[code] = "".join(c if c in WORD_CHARACTERS else " " for c in plain)
        return self[code]


_FOLDING = _Folding()


def fold(label: str) -> str:
    """The label as it is compared: two labels that fold to the same differ only cosmetically."""
    if len(label) > LONG:
        return " ".join(label.translate(_FOLDING).split())
    return " ".join(filter(None, map(_folded_word, label.split())))


@functools.lru_cache(maxsize=50_000)
def _folded_word(word: str) -> str:
    """A label folds word by word, and words come back: a thousand labels bear a few hundred."""
    return " ".join(word.translate(_FOLDING).split())


@functools.lru_cache(maxsize=200_000)
def stem(word: str, language: str = DEFAULT_LANGUAGE) -> str:
    """The stem of a folded word in a language, French for one that has no stemmer here.

    Words with digits, + or # are names and stay whole.
    """
    if not word.isalpha():
        return word
    stemmed: str = _STEMMERS.get(language, _STEMMERS[DEFAULT_LANGUAGE]).stemWord(word)
    return stemmed


def words(folded: str, language: str = DEFAULT_LANGUAGE) -> list[str]:
    """The words of a folded label that carry meaning, in order. Empty words alone are kept."""
    found = folded.split()
    empty = EMPTY_BY_LANGUAGE.get(language, EMPTY_WORDS)
    return [w for w in found if w not in empty] or found
