"""`manage.py reference_changes rome 58 60`: the figures of what changed from one edition to another."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import DomainError
from competences.queries.references import compare


class Command(BaseCommand):
    help = "Compares two editions of a reference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="slug of the reference")
        parser.add_argument("first", help="edition to start from: 58, or 58.1 for an issue")
        parser.add_argument("second", help="edition to compare with it")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            figures = compare(options["reference"], options["first"], options["second"])
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(figures, ensure_ascii=False))
            return
        self.stdout.write(f"{figures['reference']} : {figures['from']} → {figures['to']}")
        for kind, row in {**figures["counts"], "links": figures["links"]}.items():
            self.stdout.write(f"{kind}: " + ", ".join(f"{name} {number}" for name, number in row.items()))
