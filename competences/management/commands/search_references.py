"""`manage.py search_references "developpeur web"`: what the search page answers first, with its scores."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from competences.models import Reference
from competences.queries.search import SEARCHED, find

FIRST = 10


class Command(BaseCommand):
    help = "Searches the published references and prints the first ten concepts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", help="what a person would type")
        parser.add_argument("--kind", choices=SEARCHED, help="only concepts of this kind")
        parser.add_argument("--reference", help="only those of the reference with this slug")
        parser.add_argument("--format", choices=("text", "json"), default="text")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["reference"]
        if slug and not Reference.objects.filter(slug=slug, owner=None).exists():
            known = ", ".join(Reference.objects.filter(owner=None).values_list("slug", flat=True))
            raise CommandError(f"No published reference is called {slug!r}. Known: {known or 'none'}.")
        hits = find(options["text"], kind=options["kind"], reference=slug, limit=FIRST).hits
        rows = [
            {
                "reference": hit.reference,
                "kind": hit.kind,
                "id": hit.external_id,
                "label": hit.label,
                "score": hit.score,
                "matched": hit.matched,
                "withdrawn": hit.withdrawn,
            }
            for hit in hits
        ]
        if options["format"] == "json":
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
            return
        for row in rows:
            other = f" ({row['matched']})" if row["matched"] != row["label"] else ""
            gone = " [withdrawn]" if row["withdrawn"] else ""
            line = "{score:6.1f}  {reference:8} {kind:10} {id:10} {label}".format(**row)
            self.stdout.write(line + other + gone)
