"""Load an instrument of self-assessment: manage.py load_instrument PATH."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.errors import Refused
from competences.services.instruments import load_instrument


class Command(BaseCommand):
    """The format is that of competences/instruments/digcomp.toml."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if not path.is_file():
            raise CommandError(f"{path}: no such file.")
        try:
            instrument, is_new = load_instrument(actor=SYSTEM, path=path, now=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"{instrument}: {'loaded' if is_new else 'already there'}.")
