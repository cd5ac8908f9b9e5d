"""What the views of the read API share: anybody may ask, at a named rate, with checked parameters."""

import re
from functools import cache
from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ViewSet

from accounts.api.throttles import RateThrottle

PAGE_SIZE, MOST_A_PAGE = 50, 200
LANGUAGE = re.compile(r"^[a-z]{2,3}$")


class PublicViewSet(ViewSet):
    """Reads of public data: no session is opened, hence one answer for everybody, which caches may keep."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = (RateThrottle,)
    throttle_scope = "public-read"


class Parameters(serializers.Serializer):
    """Parameters of an address: an unknown one is refused, for a filter misspelt would filter nothing."""

    def to_internal_value(self, data: Any) -> Any:
        """The checked values; a parameter given twice counts as its last."""
        unknown = set(data) - set(self.fields)
        if unknown:
            known = ", ".join(self.fields)
            message = _("Ce paramètre n’existe pas ici. Paramètres connus : %(known)s.") % {"known": known}
            raise ValidationError({name: [message] for name in sorted(unknown)})
        return super().to_internal_value(data)


class Paged(Parameters):
    """A list that comes in pages."""

    cursor = serializers.CharField(
        required=False, max_length=2000, help_text="Where the page begins; copy it from `next`."
    )
    page_size = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=MOST_A_PAGE, help_text="Lines a page."
    )


def number_field() -> serializers.CharField:
    """The name of an edition in an address."""
    return serializers.CharField(
        required=False, max_length=50, help_text='"60" is the latest issue of 60, "60.1" its first.'
    )


def language_field() -> serializers.RegexField:
    """The language wished for names."""
    return serializers.RegexField(
        LANGUAGE,
        required=False,
        help_text="Language of names (fr, en); the edition's own where the reference has no other.",
    )


@cache
def _reader(kind: type[Parameters], language: str | None) -> Parameters:
    """One for all requests in a language: it keeps nothing of what it reads, and its fields cost more than
    its work. DRF keeps some messages in the language in which they were first told."""
    return kind()


def checked(kind: type[Parameters], request: HttpRequest) -> dict[str, Any]:
    """The parameters of the request. Raises ValidationError."""
    return _reader(kind, get_language()).run_validation(request.GET.dict())
