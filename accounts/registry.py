"""A register of named things that upper apps fill at start-up."""

from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar


class Named(Protocol):
    """Anything with a name that never changes: rows of the database carry it."""

    @property
    def name(self) -> str: ...


T = TypeVar("T", bound=Named)


class Registry(Generic[T]):
    """Things by name. Registering twice under one name is a fault of the programme."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._things: dict[str, T] = {}

    def register(self, thing: T) -> T:
        """Adds `thing` and gives it back."""
        if thing.name in self._things:
            raise ValueError(f"Two {self._noun}s are called {thing.name!r}.")
        self._things[thing.name] = thing
        return thing

    def unregister(self, name: str) -> None:
        """Takes one away: for tests that register their own."""
        del self._things[name]

    def get(self, name: str) -> T:
        """The thing of that name. Raises `LookupError` when nobody registered it."""
        try:
            return self._things[name]
        except KeyError:
            raise LookupError(f"No {self._noun} is called {name!r}.") from None

    def __iter__(self) -> Iterator[T]:
        return iter(sorted(self._things.values(), key=lambda thing: thing.name))
