"""Who acts: a person who signed in, or the machine on its own (jobs and commands)."""

from typing import Final

from django.contrib.auth.models import AnonymousUser

from accounts.errors import NotFound
from accounts.models import User


class System:
    """The actor of jobs and commands. There is one: `SYSTEM`. A request never carries it."""

    def __repr__(self) -> str:
        return "SYSTEM"


SYSTEM: Final = System()

Actor = User | System


def require_system(actor: Actor) -> None:
    """Lets jobs and commands through, and nobody else."""
    if not isinstance(actor, System):
        raise NotFound


def require_staff(actor: Actor) -> None:
    """Lets through the staff of the site (administration pages), jobs and commands."""
    if isinstance(actor, System):
        return
    if not (isinstance(actor, User) and actor.is_active and actor.is_staff):
        raise NotFound


def require_person(actor: Actor | AnonymousUser) -> User:
    """The open account that acts for itself (`request.user`); a visitor or the machine is turned away."""
    if not (isinstance(actor, User) and actor.is_active and actor.pk):
        raise NotFound
    return actor
