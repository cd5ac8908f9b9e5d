"""django-allauth, tied to the house: its mails become rows of the outbox.

allauth makes a link or a token and hands it over with the message; both are thrown away here, and made again
when the row is written out, so that the database never holds one.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import ImproperlyConfigured
from django.core.validators import MaxLengthValidator
from django.db import IntegrityError, transaction
from django.forms import Form
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.actors import SYSTEM
from accounts.constraints import broken_constraint
from accounts.enums import Language
from accounts.models import User
from accounts.models.people import normalised_email
from accounts.services import security

_PASSWORD_MAILS = {
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
}
_ADDRESS_MAIL = "account/email/email_changed"
# An address that was waiting for its confirmation is given up: it never received anything else.
_SILENT_MAILS = {"account/email/email_deleted"}


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up in the language of the page, and no mail but through the outbox."""

    def clean_email(self, email: str) -> str:
        """Refuses an address that would not fit: allauth would cut it, and write to somebody else."""
        MaxLengthValidator(User._meta.get_field("email").max_length)(email)
        return str(super().clean_email(email))

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        """Saves the account that signs up.

        Two sign-ups at the same instant with one address: the second goes on as for any address in use.
        """
        language = (get_language() or "")[:2]
        user.language = language if language in Language.values else Language.FRENCH
        try:
            with transaction.atomic():
                return super().save_user(request, user, form, commit=commit)
        except IntegrityError as error:
            if broken_constraint(error) != "user_email_unique":
                raise
            raise ImmediateHttpResponse(prevent_enumeration(request, email=user.email)) from error

    def send_confirmation_mail(self, request: HttpRequest, emailconfirmation: Any, signup: bool) -> None:
        """The same message at sign-up and later."""
        security.request_confirmation(actor=SYSTEM, address=emailconfirmation.email_address)

    def send_password_reset_mail(self, user: User, email: str, context: dict[str, Any]) -> None:
        """The token in `context` is left there."""
        security.request_password_reset(actor=SYSTEM, user=user, email=email)

    def send_account_already_exists_mail(self, email: str) -> None:
        """To the owner of the address; an address that somebody only asked to move to has no owner yet."""
        user = User.objects.filter(email=normalised_email(email)).first()
        if user is not None:
            security.announce_existing_account(actor=SYSTEM, user=user)

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        context: dict[str, Any] | None = None,
        email: str | None = None,
    ) -> None:
        """What happened to the account; the network address and the browser stay out of the message."""
        if template_prefix in _PASSWORD_MAILS:
            security.announce_password_change(actor=SYSTEM, user=user)
        elif template_prefix == _ADDRESS_MAIL and email:
            security.announce_address_change(actor=SYSTEM, user=user, former=email)
        elif template_prefix not in _SILENT_MAILS:
            raise ImproperlyConfigured(f"No kind of notification stands for {template_prefix!r}.")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The way of every other mail of allauth: one that we did not foresee is a fault, not a mail."""
        raise ImproperlyConfigured(f"No kind of notification stands for {template_prefix!r}.")
