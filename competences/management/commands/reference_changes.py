"""`manage.py reference_changes rome 58 60`: what changed from one edition to another, neighbours or not."""

import csv
import json
from argparse import ArgumentParser
from dataclasses import asdict, fields
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import DomainError
from accounts.rules.csv_cells import safe_cell
from competences.enums import ChangeKind, ConceptKind
from competences.queries.references import Comparison, ToldChange, compare

SHOWN = 200
"""Changes listed as text; csv and json list them all."""


class Command(BaseCommand):
    help = (
        "Compares two editions of a reference, in either order. Prints figures; the changes themselves"
        " as csv, or with --kind or --change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="slug of the reference")
        parser.add_argument("first", help="edition to start from: 58, or 58.1 for an issue")
        parser.add_argument("second", help="edition to compare with it")
        parser.add_argument(
            "--kind", choices=ConceptKind.values, default="", help="changes of these concepts"
        )
        parser.add_argument("--change", choices=ChangeKind.values, default="", help="changes of this kind")
        parser.add_argument("--format", choices=("text", "json", "csv"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = compare(
                options["reference"],
                options["first"],
                options["second"],
                kind=options["kind"],
                change=options["change"],
            )
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        is_chosen = bool(options["kind"] or options["change"])
        match options["format"]:
            case "json":
                listed = {"changes": [asdict(c) for c in found.changes]} if is_chosen else {}
                self.stdout.write(json.dumps(found.as_dict() | listed, ensure_ascii=False))
            case "csv":
                self._print_rows(found)
            case _:
                self._print_figures(found, found.changes if is_chosen else [])

    def _print_rows(self, found: Comparison) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(field.name for field in fields(ToldChange))
        for change in found.changes:
            told = asdict(change) | {"reasons": " ".join(change.reasons)}
            writer.writerow(safe_cell(cell) if isinstance(cell, str) else cell for cell in told.values())

    def _print_figures(self, found: Comparison, changes: list[ToldChange]) -> None:
        figures = found.as_dict()
        self.stdout.write(f"{figures['reference']} : {figures['from']} → {figures['to']}")
        for kind, row in {**figures["counts"], "links": figures["links"]}.items():
            self.stdout.write(f"{kind}: " + ", ".join(f"{name} {number}" for name, number in row.items()))
        for change in changes[:SHOWN]:
            other = f" → {change.other}" if change.other else ""
            words = " → ".join(text for text in (change.before, change.after) if text)
            self.stdout.write(f"  {change.change} {change.kind} {change.id}{other} : {words}")
        if len(changes) > SHOWN:
            self.stdout.write(f"  … et {len(changes) - SHOWN} autres (--format csv les donne tous)")
