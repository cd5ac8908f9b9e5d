"""`manage.py retire_edition rome 60`: take an edition out of the history and undo what it opened."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import SYSTEM
from accounts.errors import DomainError
from competences.queries.references import find_edition
from competences.services.retirement import RetirementReport, retire_edition


class Command(BaseCommand):
    help = "Takes an edition out of the history of its reference. Dry unless --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", help="slug of the reference")
        parser.add_argument("edition", help="edition to retire: 60, or 60.1 for an issue")
        parser.add_argument("--apply", action="store_true", help="write what is shown")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            edition = find_edition(options["reference"], options["edition"])
            report = retire_edition(actor=SYSTEM, edition=edition, apply=options["apply"])
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            self._print(report)

    def _print(self, report: RetirementReport) -> None:
        state = "retirée" if report.applied else "serait retirée"
        self.stdout.write(f"{report.reference} {report.edition} : {state}")
        self.stdout.write(f"  lignes des référentiels : {report.moved} prolongées, {report.dropped} ôtées")
        self.stdout.write(
            f"  signaux : {report.flags_closed} fermés, {report.flags_opened} ouverts de nouveau ;"
            f" remplaçantes reprises : {report.proposals} ; personnes prévenues : {report.messages}"
        )
        if not report.applied:
            self.stdout.write("Rien n’a été écrit : ajoutez --apply pour écrire.")
