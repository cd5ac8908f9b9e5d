"""`manage.py import_signal ilo PATH --published DATE`: read a table, tell it, write it with --apply."""

import datetime as dt
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import SYSTEM
from accounts.errors import DomainError
from competences.importers.signals import FORMATS
from competences.importers.source import BrokenSource
from competences.services.signals import SignalReport, import_signal


class Command(BaseCommand):
    help = "Imports a table of signals (codes or scores) from its producer's .xlsx. Dry unless --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("signal", choices=sorted(FORMATS), help="which table it is")
        parser.add_argument("path", type=Path, help="the .xlsx, as its producer publishes it")
        parser.add_argument(
            "--published",
            type=dt.date.fromisoformat,
            required=True,
            help="publication date, YYYY-MM-DD: the file does not say it",
        )
        parser.add_argument("--apply", action="store_true", help="write what was read")
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="how to print the report"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = import_signal(
                actor=SYSTEM,
                slug=options["signal"],
                path=options["path"],
                published_on=options["published"],
                apply=options["apply"],
            )
        except BrokenSource as error:
            lines = "\n".join(f"  {a}" for a in error.anomalies)
            raise CommandError(
                f"Rien n’a été écrit. La source ne peut pas être importée :\n{lines}"
            ) from error
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        if options["format"] == "json":
            self.stdout.write(json.dumps(report.as_dict(), ensure_ascii=False))
        else:
            self._print(report)

    def _print(self, report: SignalReport) -> None:
        state = (
            "déjà importée" if report.already_imported else "importée" if report.applied else "lue à blanc"
        )
        self.stdout.write(f"{report.name}, publiée le {report.published_on.isoformat()} : {state}")
        self.stdout.write(f"  lignes {report.rows}, empreinte {report.sha256}")
        for told in (report.figures, report.compared or {}):
            if told:
                self.stdout.write("  " + ", ".join(f"{name} {number}" for name, number in told.items()))
        if report.codes:
            told = {"servent": "used", "ne servent à aucun métier": "unused", "manquent": "missing"}
            words = ", ".join(f"{word} {report.codes[name]}" for word, name in told.items())
            self.stdout.write(f"  codes : {words}")
        for note in report.notes:
            self.stdout.write(f"  ! {note}")
        if not report.is_in_use:
            self.stdout.write("  Une source publiée plus tard est en service : celle-ci est gardée à côté.")
        if not report.applied and not report.already_imported:
            self.stdout.write("Rien n’a été écrit : ajoutez --apply pour écrire.")
