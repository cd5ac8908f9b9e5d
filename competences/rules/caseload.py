"""What an adviser's day is made of: how long is long, and how people are found by their name.

Names are compared by keys, so that an index answers among a hundred thousand people. The keys of a name are
written by the function `competences_name_keys` of the database (migration 0023); those of a search here, from
the same folding.
"""

import datetime as dt

from competences.rules.labels import fold

QUIET_DAYS = 90
"""Days without a contact after which somebody should be called."""

ENDING_DAYS = 30
"""Days before the end of a mandate from which its adviser is told."""

DESTROYED_DAYS = 30
"""Days before a document is destroyed from which its adviser is told."""

CHANGES_DAYS = 14
"""Days of changes shown to an adviser who never said what they had seen."""

WORD_LENGTH, ENOUGH_FOR_A_SLIP, MOST_WORDS = 12, 4, 6
"""Letters of a word that count; letters from which a slip of the hand is forgiven; words that are read."""


def quiet_since(on: dt.date) -> dt.date:
    """The last day on which a contact, or the start of a mandate, is too old on the day `on`."""
    return on - dt.timedelta(days=QUIET_DAYS)


def is_quiet(last_contact_on: dt.date | None, followed_since: dt.date, on: dt.date) -> bool:
    """Whether a person has been without contact for too long.

    Somebody never met counts from the day the mandate began: a new file is not a forgotten one.
    """
    return max(last_contact_on or followed_since, followed_since) <= quiet_since(on)


def search_keys(text: str) -> list[list[str]]:
    """For each word of a search, the keys of which a name must have one; nothing for no word.

    `^mar` is how a word of the name begins. `~matin` is a word of four letters or more, whole or without one
    of its letters: two words that differ by a letter more, less, other or out of its place share such a key.
    """
    words = "".join(c if c.isalnum() else " " for c in fold(text)).split()
    return [_keys(word[:WORD_LENGTH]) for word in dict.fromkeys(words[:MOST_WORDS])]


def begins(text: str) -> list[str]:
    """The keys that a name has when each word of the search begins one of its words."""
    return [keys[0] for keys in search_keys(text)]


def _keys(word: str) -> list[str]:
    found = [f"^{word}"]
    if len(word) >= ENOUGH_FOR_A_SLIP:
        found += [f"~{word}", *(f"~{word[:n]}{word[n + 1 :]}" for n in range(len(word)))]
    return list(dict.fromkeys(found))
