"""Who reads a reference, for queries and pages that anybody may read."""

from django.contrib.auth.models import AnonymousUser

from tests.accounts.factories import TODAY

ANYBODY = {"actor": AnonymousUser(), "on": TODAY}
"""A visitor: what the queries of the pages ask of every reader."""
