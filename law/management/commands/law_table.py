"""Print the table of legal parameters of docs/rules/parameters.md."""

from typing import Any

from django.core.management.base import BaseCommand

from law.services import read_parameters

HEAD = """# Legal parameters

Made by `python manage.py law_table` from `law/parameters.toml`, and checked against it by a test. A value
holds from its first day until the next value of the same key. *unclear* is a switch: the texts are silent or
sources differ, the value is our default, and the pages say that the point is to be confirmed.

| key | from | value | unit | article | certainty | read on | note |
|---|---|---|---|---|---|---|---|
"""


def table() -> str:
    """The whole page."""
    lines = [
        f"| {row.key} | {row.start_on} | {row.value} | {row.unit} | {row.article} | {row.certainty}"
        f" | {row.read_on} | {row.note} |"
        for row in sorted(read_parameters(), key=lambda row: (row.key, row.start_on))
    ]
    return HEAD + "\n".join(lines) + "\n"


class Command(BaseCommand):
    """Nothing is written: `manage.py law_table > docs/rules/parameters.md`."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(table(), ending="")
