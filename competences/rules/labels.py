"""Labels compared and searched: folding, and the words a search looks for.

Folding is the one definition of "differs only cosmetically": NFKD, case folding, œ → oe and æ → ae,
combining marks dropped, every run of characters other than a–z, 0–9, + and # becoming one space, ends
stripped. "C", "C++" and "C#" stay three things.
"""

import functools
import re
import unicodedata

import Stemmer

OTHER_THAN_WORDS = re.compile(r"[^a-z0-9+#]+")
EMPTY_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a au aux avec ce ces d dans de des du en et l la le les leur leurs ou par pour qu que qui s sa"
        " se ses son sur un une y",
    )
)
_STEMMER = Stemmer.Stemmer("french")


def fold(label: str) -> str:
    """The label as it is compared: two labels that fold to the same differ only cosmetically."""
    if not label.isascii():
        label = unicodedata.normalize("NFKD", label)
        label = "".join(c for c in label.casefold() if not unicodedata.combining(c))
        label = label.replace("œ", "oe").replace("æ", "ae")
    else:
        label = label.lower()
    return OTHER_THAN_WORDS.sub(" ", label).strip()


@functools.lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The French stem of a folded word; words with digits, + or # are names and stay whole."""
    return _STEMMER.stemWord(word) if word.isalpha() else word


def words(folded: str) -> list[str]:
    """The words of a folded label that carry meaning, in order. Empty words alone are kept."""
    found = folded.split()
    return [w for w in found if w not in EMPTY_WORDS] or found


def stems(folded: str) -> list[str]:
    """The distinct stems of a folded label, in order."""
    return list(dict.fromkeys(stem(w) for w in words(folded)))
