"""`manage.py load_starter`: fill an empty database of the demo."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.actors import SYSTEM
from accounts.errors import DomainError
from competences.services.starter import load_starter
from competences.starter import people


class Command(BaseCommand):
    help = "Loads the starter data into an empty database. Refuses outside the demo; safe to run twice."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_starter(actor=SYSTEM)
        except DomainError as error:
            raise CommandError(str(error.message)) from error
        if not report.loaded:
            self.stdout.write("La base contient déjà des comptes ou des éditions : rien n’a été chargé.")
            return
        self.stdout.write(
            f"Chargé : {', '.join(report.editions)} ; {report.accounts} comptes,"
            f" {report.statements} compétences déclarées, {report.flags} signaux,"
            f" {report.messages} messages en attente."
        )
        self.stdout.write(f"Mot de passe des comptes de démonstration : {people.PASSWORD}")
