"""What else moves with a handover. Each app registers its own: accounts moves mandates and knows no bilan."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.models import HandoverPart
from accounts.registry import Registry


@dataclass(frozen=True, kw_only=True)
class Effect:
    """A kind of rows that follow the adviser, for the purposes that it looks at itself.

    - `moved(part)`: gives those rows to the new adviser and returns their keys.
    - `undone(part, keys)`: gives these back to the former one, those alone that are still the new one's.

    Both run in the transaction of the move, which holds the worker's row.
    """

    name: str
    moved: Callable[[HandoverPart], Sequence[int]]
    undone: Callable[[HandoverPart, Sequence[int]], None]


_registry: Registry[Effect] = Registry("effect of a handover")
register = _registry.register
unregister = _registry.unregister


def apply(part: HandoverPart) -> dict[str, list[int]]:
    """Runs every effect of a part that moves; the keys by name of effect, without the empty ones."""
    found = {effect.name: list(effect.moved(part)) for effect in _registry}
    return {name: keys for name, keys in found.items() if keys}


def undo(part: HandoverPart) -> None:
    """Runs every effect backwards, on the rows that the part moved."""
    for effect in _registry:
        if keys := part.effects.get(effect.name):
            effect.undone(part, keys)
