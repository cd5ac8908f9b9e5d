"""A person stops the messages of an adviser, or lets them come again."""

from django.db import transaction

from accounts.actors import Actor, require_person
from accounts.models import Muting, User


@transaction.atomic
def mute_adviser(*, actor: Actor, adviser: User) -> Muting:
    """No more messages from this adviser to the actor. Twice is once; the access given stays as it is."""
    muting, _created = Muting.objects.get_or_create(worker=require_person(actor).worker, adviser=adviser)
    return muting


@transaction.atomic
def unmute_adviser(*, actor: Actor, adviser: User) -> None:
    """Messages of this adviser may come again. Twice is once."""
    Muting.objects.filter(worker=require_person(actor).worker, adviser=adviser).delete()
