"""Broken database constraints told in the words they carry."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from django.db import IntegrityError, models, transaction

from accounts.errors import Refused


def broken_constraint(error: IntegrityError) -> str | None:
    """Name of the constraint that `error` broke, as PostgreSQL reports it; None when it does not say."""
    diagnostic = getattr(error.__cause__, "diag", None)
    return getattr(diagnostic, "constraint_name", None)


@contextmanager
def constraints_as_refusals(
    *model_classes: type[models.Model], fields: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Runs the block in a savepoint; a broken named constraint of these models becomes `Refused`.

    `fields` gives, by name of constraint, the form field beside which the message is shown. Any other
    integrity error goes through: it is a fault of ours, not a refusal.
    """
    messages = {
        constraint.name: constraint.violation_error_message
        for model in model_classes
        for constraint in model._meta.constraints
    }
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        name = broken_constraint(error)
        if name not in messages:
            raise
        raise Refused(str(name), messages[name] or "", field=(fields or {}).get(name)) from error
