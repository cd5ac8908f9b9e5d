"""What every row that has bytes of its own holds: a piece of evidence, a document of a bilan."""

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from competences.enums import FileKind

FILE_BYTES = 10 * 2**20
"""A scanned page or a photograph of a telephone fits, a film does not."""


T = TypeVar("T", bound=models.Model)


class KeptFileQuerySet(models.QuerySet[T]):
    def with_file(self) -> Self:
        """Rows that have bytes of their own."""
        return self.filter(stored_as__isnull=False)


class KeptFile(models.Model):
    """A file is kept as `stored_as`, a random name that nothing else bears; `file_name` is what it is called,
    cleaned, `file_kind` what was found in its content, `size` its bytes."""

    stored_as = models.UUIDField(null=True, unique=True, editable=False)
    file_kind = models.CharField(max_length=4, choices=FileKind, blank=True)
    file_name = models.CharField(max_length=255, blank=True)
    size = models.PositiveIntegerField(null=True)

    class Meta:
        abstract = True


def file_is_whole() -> Q:
    """Condition of the check constraints: a file has a kind, a name and a size in bounds, or is absent."""
    return (
        Q(stored_as__isnull=False, size__gt=0, size__lte=FILE_BYTES) & ~Q(file_kind="") & ~Q(file_name="")
    ) | Q(stored_as=None, size=None, file_kind="", file_name="")
