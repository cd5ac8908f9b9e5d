"""`python -m tests.benchmarks [NAME…]`: speed and memory, as ratios to a floor measured in the same run.

Works in a database of its own, made and dropped here, and does every bench of the list below, or those that
are named. Prints one JSON line a figure. Some need ../shared/data and are left out, with a word, where it is
absent.
"""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")

import django

django.setup()

from django.test.runner import DiscoverRunner  # noqa: E402 — Django must be set up first

from tests.benchmarks import (  # noqa: E402
    api,
    caseload,
    editions,
    impact,
    imports,
    record_pages,
    records,
    reminders,
    search,
    sheets,
)

BENCHES = {
    "imports": imports.bench,
    "sheets": sheets.bench,
    "api": api.bench,
    "search": search.bench,
    "editions": editions.bench,
    "impact": impact.bench,
    "records": records.bench,
    "record_pages": record_pages.bench,
    "caseload": caseload.bench,
    "reminders": reminders.bench,
}
REAL = ("imports", "sheets", "api")
"""Those that have nothing to measure without the real references; the search has made-up names too."""


def show(name: str, value: float, unit: str, floor: float | None = None) -> None:
    line = {"name": name, "value": round(value, 3), "unit": unit}
    if floor is not None:
        line["floor"] = round(floor, 3)
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def main(names: list[str]) -> None:
    if unknown := set(names) - BENCHES.keys():
        sys.exit(f"No such bench: {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}.")
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        for name in names or BENCHES:
            if name in REAL and not imports.DATA.is_dir():
                sys.stderr.write(
                    f"{name}: ../shared/data is not beside the checkout, nothing to measure on.\n"
                )
            else:
                BENCHES[name](show)
    finally:
        runner.teardown_databases(databases)


main(sys.argv[1:])
