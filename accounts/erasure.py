"""The registered parts of an erasure: what each app must do before the rows of an account go.

Rows that hang on the account or on its record go by themselves (CASCADE), and a column `<relation>_name`
beside a relation to the account is emptied of the name. A part does the rest: bytes on the disk, texts that
rows of somebody else hold. It runs in the transaction of the erasure; bytes go at once, so that a run that
died is ended by the next one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import User
from accounts.registry import Registry


@dataclass(frozen=True, kw_only=True)
class ErasurePart:
    """`erase(user)` erases what is of that app and gives how many files went."""

    name: str
    erase: Callable[[User], int]


_registry: Registry[ErasurePart] = Registry("part of erasure")
register = _registry.register
unregister = _registry.unregister


def parts() -> list[ErasurePart]:
    """All of them, by name."""
    return list(_registry)
