"""`manage.py import_reference rome PATH`: read an edition, show what it changes, write it with --apply."""

import datetime as dt
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_slug
from django.utils import timezone

from accounts.access import access_organisation
from accounts.actors import SYSTEM
from accounts.errors import DomainError, NotFound
from accounts.models import Organisation
from competences.importers import fetch
from competences.importers.base import Claim
from competences.importers.source import BrokenSource
from competences.services.references import PARSERS, ImportReport, import_edition


class Command(BaseCommand):
    help = "Imports an edition of a job reference from a zip or a folder. Dry unless --apply."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source_format", choices=sorted(PARSERS), help="the format of the source")
        parser.add_argument(
            "paths",
            nargs="*",
            type=Path,
            metavar="PATH",
            help="zips or a folder, as the producer publishes them",
        )
        parser.add_argument(
            "--from-url",
            action="append",
            default=[],
            metavar="URL",
            help="https address of a source to fetch; once for each where there are several",
        )
        parser.add_argument(
            "--allow-private",
            action="store_true",
            help="fetch from http and from private addresses too: a server of your own, never a stranger's",
        )
        parser.add_argument(
            "--reference", help="slug of the reference that receives it (default: the format)"
        )
        parser.add_argument("--edition", help="number of the edition, where the source does not say it")
        parser.add_argument("--published", help="publication date, YYYY-MM-DD")
        parser.add_argument(
            "--organisation",
            metavar="UUID",
            help="public id of the organisation whose own reference it is: its members alone read it",
        )
        parser.add_argument("--apply", action="store_true", help="write what the plan shows")
        parser.add_argument(
            "--format", choices=("text", "json"), default="text", help="how to print the report"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug, published = _slug(options["reference"]), _day(options["published"])
        if not options["paths"] and not options["from_url"]:
            raise CommandError("Nommez un fichier, un dossier, ou une adresse avec --from-url.")
        try:
            with self._fetched(options["from_url"], options["allow_private"]) as fetched_paths:
                report = import_edition(
                    actor=SYSTEM,
                    format=options["source_format"],
                    paths=[*options["paths"], *fetched_paths],
                    slug=slug,
                    claim=Claim(options["edition"], published),
                    apply=options["apply"],
                    owner=_organisation(options["organisation"]),
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

    @contextmanager
    def _fetched(self, urls: list[str], allow_private: bool) -> Iterator[list[Path]]:
        """The files at these addresses, for the time of the block; what came is said beside the report."""
        allowed = fetch.is_any if allow_private else fetch.is_public
        with ExitStack() as stack:
            paths = []
            for url in urls:
                found = stack.enter_context(fetch.fetched(url, allowed=allowed))
                self.stderr.write(f"{found.path.name} : {found.size} octets, SHA-256 {found.sha256}")
                paths.append(found.path)
            yield paths

    def _print(self, report: ImportReport) -> None:
        told = report.as_dict()
        state = (
            "déjà importée" if report.already_imported else "importée" if report.applied else "lue à blanc"
        )
        self.stdout.write(f"{told['reference']} {told['edition']} : {state} en {told['seconds']} s")
        for kind, number in told["counts"].items():
            self.stdout.write(f"  {kind:<10} {number:>8}")
        if report.changes:
            for kind, figures in {**report.changes["counts"], "links": report.changes["links"]}.items():
                words = ", ".join(f"{name} {number}" for name, number in figures.items())
                self.stdout.write(f"  {kind}: {words}")
        for anomaly in told["anomalies"]:
            place = f"{anomaly['file']}:{anomaly['line']}" if anomaly["line"] else anomaly["file"]
            self.stdout.write(f"  ! {place} {anomaly['message']}")
        if not report.applied and not report.already_imported:
            self.stdout.write("Rien n’a été écrit : ajoutez --apply pour écrire.")


def _slug(text: str | None) -> str | None:
    """The slug is a part of addresses: a name that is none would break every page that links to it."""
    if text is not None:
        try:
            validate_slug(text)
        except ValidationError as error:
            raise CommandError(
                f"« {text} » ne peut pas nommer un référentiel : lettres sans accent, chiffres et tirets."
            ) from error
    return text


def _organisation(public_id: str | None) -> Organisation | None:
    """The owner of the reference. Raises DomainError for an organisation that does not exist."""
    if public_id is None:
        return None
    try:
        return access_organisation(SYSTEM, public_id, on=timezone.localdate())
    except NotFound as error:
        message = f"Aucune organisation n’a l’identifiant « {public_id} »."
        raise DomainError("unknown_organisation", message) from error


def _day(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise CommandError(f"« {text} » n’est pas une date : écrivez-la AAAA-MM-JJ.") from error
