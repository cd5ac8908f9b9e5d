"""The real ROME, versions 58 and 60, against figures counted apart with the csv module and sets."""

import csv
import io
import zipfile
from pathlib import Path

import pytest

from accounts.actors import SYSTEM
from competences.queries.references import compare
from competences.queries.search import search
from competences.rules.labels import fold
from competences.services.references import import_edition

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "rome"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the checkout"),
]


class Table:
    """One file of one version, as lists of cells."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.archive = zipfile.ZipFile(DATA / f"rome_v{version}_csv_utf8.zip")

    def __call__(self, name: str, *columns: str) -> list[tuple[str, ...]]:
        text = self.archive.read(f"unix_{name}_v{self.version}_utf8.csv").decode()
        return [tuple(row[c] for c in columns) for row in csv.DictReader(io.StringIO(text, newline=""))]


def labels(was: dict, now: dict) -> dict[str, int]:
    """The figures of one kind, from labels by id."""
    both = was.keys() & now.keys()
    changed = [k for k in both if was[k] != now[k]]
    cosmetic = sum(fold(was[k]) == fold(now[k]) for k in changed)
    return {
        "before": len(was),
        "after": len(now),
        "added": len(now.keys() - was.keys()),
        "removed": len(was.keys() - now.keys()),
        "renamed": len(changed) - cosmetic,
        "cosmetic": cosmetic,
    }


def counted_apart() -> dict:
    old, new = Table(458), Table(460)
    found = {}
    for kind, table, code, label in (
        ("job", "referentiel_code_rome", "code_rome", "libelle_rome"),
        ("title", "referentiel_appellation", "code_ogr", "libelle_appellation_long"),
        ("skill", "referentiel_competence", "code_ogr", "libelle_competence"),
        ("knowledge", "referentiel_savoir", "code_ogr_savoir", "libelle_savoir"),
        ("context", "referentiel_contexte_travail", "code_ogr", "libelle_cont_travail"),
    ):
        found[kind] = labels(dict(old(table, code, label)), dict(new(table, code, label)))
    homes = [dict(t("referentiel_appellation", "code_ogr", "code_rome")) for t in (old, new)]
    found["title"]["moved"] = sum(homes[1].get(t, job) != job for t, job in homes[0].items())
    links = [
        {
            (job, item): core
            for job, item, core in t("coherence_item", "code_rome", "code_ogr", "coeur_metier")
        }
        for t in (old, new)
    ]
    used = [{item for _job, item in pairs} for pairs in links]
    for kind, table, code in (
        ("skill", "referentiel_competence", "code_ogr"),
        ("knowledge", "referentiel_savoir", "code_ogr_savoir"),
    ):
        listed = {row[0] for row in new(table, code)}
        kept = {row[0] for row in old(table, code)} & listed
        found[kind]["orphaned"] = len((used[0] - used[1]) & kept)
    jobs = [{row[0] for row in t("referentiel_code_rome", "code_rome")} for t in (old, new)]
    common = jobs[0] & jobs[1]
    added, removed = links[1].keys() - links[0].keys(), links[0].keys() - links[1].keys()
    found["links"] = {
        "before": len(links[0]),
        "after": len(links[1]),
        "added": len(added),
        "removed": len(removed),
        "added_on_common_jobs": sum(job in common for job, _item in added),
        "removed_on_common_jobs": sum(job in common for job, _item in removed),
        "reflagged": sum(links[0][k] != links[1][k] for k in links[0].keys() & links[1].keys()),
    }
    return found


def test_rome_58_to_60():
    for version in (458, 460):
        path = DATA / f"rome_v{version}_csv_utf8.zip"
        assert import_edition(actor=SYSTEM, format="rome", paths=[path], apply=True).applied
    again = import_edition(actor=SYSTEM, format="rome", paths=[DATA / "rome_v460_csv_utf8.zip"], apply=True)
    assert again.already_imported
    assert again.changes == compare("rome", "58", "60").figures
    told = compare("rome", "58", "60").as_dict()
    for kind, figures in counted_apart().items():
        shown = told["links"] if kind == "links" else told["counts"][kind]
        assert {name: shown[name] for name in figures} == figures, kind
    for text, expected in (
        ("developpeur web", "developpeur developpeuse web"),
        ("comunity manager", "community manager"),
        ("c++", "langage c++"),
        ("cybersecurite", "cybersecurite"),
    ):
        assert expected in [fold(hit.label) for hit in search(text, limit=3)], text
