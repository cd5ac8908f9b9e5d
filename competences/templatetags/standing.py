"""Tags that tell how a skill stands: words and reasons, never a bare number."""

from django import template

from accounts.templatetags.components import badge
from competences.enums import RiskRule
from competences.models import RiskFlag
from competences.rules.reasons import Reason
from competences.words import (
    DURABILITY_BADGES,
    DURABILITY_WORDS,
    EXPOSURE_BADGES,
    EXPOSURE_CLASSES,
    EXPOSURE_WORDS,
    REASON_WORDS,
)

register = template.Library()

_LEFT_OUT = (RiskRule.WITHDRAWN, RiskRule.ORPHANED)
"""Rules by which the whole reference leaves a skill behind; by the others, some of its jobs do."""


@register.inclusion_tag("components/badge.html")
def durability_badge(word: str) -> dict[str, str]:
    """The word of durability on its ground."""
    return badge(str(DURABILITY_WORDS[word]), DURABILITY_BADGES.get(word, ""))


@register.inclusion_tag("components/badge.html")
def exposure_badge(word: str) -> dict[str, str]:
    """The word of exposure on its ground."""
    return badge(str(EXPOSURE_WORDS[word]), EXPOSURE_BADGES.get(word, ""))


@register.filter
def reason_words(reason: Reason) -> str:
    """The sentence that tells a reason."""
    return str(REASON_WORDS[reason.code] % dict(reason.figures))


@register.filter
def exposure_class(text: str) -> str:
    """The producer's class in plain words, as it stands when it is not one we know."""
    return str(EXPOSURE_CLASSES.get(text, text))


@register.filter
def left_out(flag: RiskFlag) -> bool:
    """Whether the whole reference left the skill behind, not some of its jobs alone."""
    return flag.rule in _LEFT_OUT


@register.inclusion_tag("components/badge.html")
def risk_badge(flag: RiskFlag) -> dict[str, str]:
    """The rule of a flag on its ground: the weaker reasons do not look like the strongest."""
    return badge(flag.get_rule_display(), "gone" if left_out(flag) else "risk")
