"""Tags of a person's record: what they said of a skill, in words."""

from collections.abc import Iterable

from django import template

from competences.rules.skill_histories import SaidFacts, Spell
from competences.skill_words import LEVEL_EXAMPLES, LEVEL_WORDS, changed_words, said_facts

register = template.Library()


@register.simple_tag
def level_choices() -> Iterable[tuple[int, str]]:
    """The eight levels with their words."""
    return [(level, str(words)) for level, words in LEVEL_WORDS.items()]


@register.simple_tag
def level_examples() -> Iterable[tuple[str, str]]:
    """The eight levels with what each looks like in a day of work."""
    return [(str(words), str(LEVEL_EXAMPLES[level])) for level, words in LEVEL_WORDS.items()]


@register.filter
def facts_words(facts: SaidFacts) -> list[tuple[str, str]]:
    """What was said of a skill, as (term, value)."""
    return said_facts(facts)


@register.filter
def change_of(spell: Spell) -> str:
    """What a spell says otherwise than the one before; empty for the first."""
    return changed_words(spell.changed)
