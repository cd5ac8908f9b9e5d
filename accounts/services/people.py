"""Accounts: opening, closing, the person's own choices."""

import unicodedata
from collections.abc import Mapping

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require_person, require_staff
from accounts.constraints import constraints_as_refusals
from accounts.enums import Category, Language
from accounts.errors import Refused
from accounts.models import NotificationPreference, User
from accounts.services.security import request_confirmation


@transaction.atomic
def create_user(
    *,
    actor: Actor,
    email: str,
    name: str = "",
    language: Language = Language.FRENCH,
    password: str | None = None,
    is_verified: bool = False,
) -> User:
    """Opens an account with its worker's record, on behalf of the staff or of a command.

    People open theirs through the sign-up page. Without a password, the person sets one by a reset.
    `is_verified`: the address was confirmed by other means; else its owner is asked to confirm it.
    Raises `Refused` when the address is taken.
    """
    require_staff(actor)
    with constraints_as_refusals(User, fields={"user_email_unique": "email"}):
        user = User.objects.create_user(email, password, name=name, language=Language(language))
    address = EmailAddress.objects.create(user=user, email=user.email, primary=True, verified=is_verified)
    if not is_verified:
        request_confirmation(actor=SYSTEM, address=address)
    return user


@transaction.atomic
def update_profile(*, actor: Actor, name: str, language: Language) -> User:
    """The person's own displayed name and language of messages.

    A name signs views and requests that others read: it is made of signs that are seen.
    """
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=require_person(actor).pk)
    seen = (sign for sign in " ".join(name.split()) if unicodedata.category(sign)[0] != "C")
    user.name = " ".join("".join(seen).split())
    user.language = Language(language)
    user.save(update_fields=["name", "language"])
    return user


@transaction.atomic
def set_preferences(*, actor: Actor, choices: Mapping[Category, bool]) -> list[NotificationPreference]:
    """Switches families of messages on or off, for oneself. Raises `Refused` for security messages."""
    person = require_person(actor)
    if Category.SECURITY in choices:
        raise Refused("security_messages_stay", _("Les messages de sécurité partent toujours."))
    return [
        NotificationPreference.objects.update_or_create(
            user=person, category=Category(category), defaults={"is_enabled": is_enabled}
        )[0]
        for category, is_enabled in choices.items()
    ]


@transaction.atomic
def set_active(*, actor: Actor, user: User, is_active: bool) -> User:
    """Closes or opens again an account. A closed one signs in no more, sees nothing and receives nothing."""
    require_staff(actor)
    if isinstance(actor, User) and actor.pk == user.pk:
        raise Refused("own_account", _("Vous ne pouvez pas fermer votre propre compte ici."))
    user = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    return user
