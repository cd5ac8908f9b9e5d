"""The one family of errors that services and the access door raise on purpose.

`accounts.middleware.DomainErrorMiddleware` turns them into pages; the API turns them into problem+json.
Messages are for the person who acted, and never speak of data that person may not see.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A refusal with a stable `code` and a message in the person's words."""

    def __init__(self, code: str, message: "str | Promise") -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class NotFound(DomainError):
    """What was asked is absent, or not for this actor. No argument: the two must look the same."""

    def __init__(self) -> None:
        super().__init__("not_found", _("Cette page n’existe pas, ou vous n’y avez pas accès."))


class Gone(DomainError):
    """What was asked existed and was destroyed, said to those who could open it; others get NotFound."""

    def __init__(self, message: "str | Promise") -> None:
        super().__init__("gone", message)


class Refused(DomainError):
    """A rule says no to somebody who may be here. `field` names the form field beside which to say it."""

    def __init__(self, code: str, message: "str | Promise", *, field: str | None = None) -> None:
        super().__init__(code, message)
        self.field = field

    def add_to(self, form: Any) -> None:
        """Puts the message beside its field of `form`, or on top when the form has no such field."""
        form.add_error(self.field if self.field in form.fields else None, str(self.message))


class Unavailable(DomainError):
    """The house cannot keep a promise now (the access log is down), so it shows nothing."""

    def __init__(self) -> None:
        super().__init__(
            "unavailable",
            _(
                "Nous ne pouvons pas noter cette consultation pour l’instant : le dossier reste fermé. "
                "Réessayez dans quelques minutes."
            ),
        )
