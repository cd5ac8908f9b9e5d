"""E-mail addresses as django-allauth keeps them, beside the account's own."""

from allauth.account.models import EmailAddress
from django.db.models import OuterRef, QuerySet

from accounts.models import User
from accounts.models.people import normalised_email


def verified_address_of(person: str) -> QuerySet[EmailAddress]:
    """For `Exists`: the present address of the outer row's `person` (name of its relation), if confirmed."""
    return EmailAddress.objects.filter(
        user=OuterRef(person), email=OuterRef(f"{person}__email"), verified=True
    )


def is_verified(user: User) -> bool:
    """Whether the account's present address was confirmed by its owner."""
    return EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()


def owner_of(email: str) -> User | None:
    """The open account whose present address this is, if its owner confirmed it; None for any other."""
    address = normalised_email(email)
    return User.objects.filter(
        is_active=True, email=address, emailaddress__email=address, emailaddress__verified=True
    ).first()


def address_row(user: User, email: str) -> EmailAddress | None:
    """The row of this address of this account; None when there is none."""
    return EmailAddress.objects.filter(user=user, email=email.lower()).first()


def addresses_of(user: User) -> set[str]:
    """The addresses that are this account's. One that waits for its confirmation may be anybody's."""
    rows = dict(EmailAddress.objects.filter(user=user).values_list("email", "verified"))
    known = {user.email} | rows.keys()
    return {address for address in known if rows.get(address, True)}
