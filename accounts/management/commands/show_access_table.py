"""`manage.py show_access_table`: the table of rights, as docs/rules/access.md shows it."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts.rules.access_table import as_markdown


class Command(BaseCommand):
    """Writes the table; it reads no database."""

    help = "The table of rights in Markdown, to be put in docs/rules/access.md."
    requires_system_checks: list[str] = []  # type: ignore[assignment]

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(as_markdown())
