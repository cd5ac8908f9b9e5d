"""The real tables of signals on the real ROME, against figures counted apart."""

from collections import Counter
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from accounts.actors import SYSTEM
from competences.importers import signals
from competences.importers.workbook import Workbook
from competences.models import Concept, ConceptRevision, CrosswalkRow, ExposureScore
from competences.queries.standing import job_exposure, standings
from competences.rules.exposure import BANDS
from competences.services.references import import_edition
from competences.services.signals import import_signal
from tests.competences.test_import_signals import DAY

DATA = Path(__file__).parents[2].parent / "shared" / "data"
ROME_ISCO = DATA / "risk" / "Correspondance_ROME_ISCO08.xlsx"
ILO = DATA / "risk" / "Final_Scores_ISCO08_Gmyrek_et_al_2025.xlsx"
pytestmark = [
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the checkout"),
]


def test_the_table_of_codes():
    found = signals.parse_rome_isco(Workbook(ROME_ISCO)).rows
    assert len(found) == 532
    # Read as integers, these two lost their zero.
    assert {isco for isco in found.values() if isco.startswith("0")} == {"0110", "0310"}
    with closing(openpyxl.load_workbook(ROME_ISCO, read_only=True)) as book:
        rows = list(book["ROME to ISCO-08"].iter_rows(min_row=2, max_col=4, values_only=True))
    assert sum(all(cell is None for cell in row) for row in rows) == 361
    told = [row for row in rows if row[0] is not None]
    assert {row[0]: f"{row[3]:04d}" for row in told} == found
    assert sum(row[2] != row[3] for row in told) == 314  # the coarser column, which is not read


def test_the_scores_of_the_ilo():
    found = signals.parse_ilo(Workbook(ILO))
    assert (len(found.rows), found.tasks, found.tasks_without_2023, found.notes) == (427, 3266, 3, [])
    assert Counter(s.class_2025 for s in found.rows.values()) == {
        "Not Exposed": 231,
        "Minimal Exposure": 84,
        "Exposed: Gradient 1": 17,
        "Exposed: Gradient 2": 44,
        "Exposed: Gradient 3": 38,
        "Exposed: Gradient 4": 13,
    }
    assert Counter(s.class_2023 for s in found.rows.values()) == {
        "Not affected": 262,
        "The Big Uknown": 82,
        "Augmentation Potential": 63,
        "Automation Potential": 20,
    }
    # The bands of rules/exposure.py begin where the ILO's own gradients 2 and 3 do.
    lowest = {
        name: min(s.mean_2025 for s in found.rows.values() if s.class_2025 == f"Exposed: Gradient {name}")
        for name in (2, 3)
    }
    assert (lowest[2], lowest[3]) == (BANDS["ilo"].partial, BANDS["ilo"].high)


@pytest.mark.django_db
def test_the_jobs_and_skills_of_rome():
    for version in (458, 460):
        path = DATA / "rome" / f"rome_v{version}_csv_utf8.zip"
        import_edition(actor=SYSTEM, format="rome", paths=[path], apply=True)
    for slug, path in (("rome-isco", ROME_ISCO), ("ilo", ILO)):
        assert import_signal(actor=SYSTEM, slug=slug, path=path, published_on=DAY, apply=True).applied
        assert import_signal(
            actor=SYSTEM, slug=slug, path=path, published_on=DAY, apply=True
        ).already_imported

    known = set(ExposureScore.objects.in_use().values_list("isco", flat=True))
    answers = dict(CrosswalkRow.objects.in_use().values_list("from_code", "to_code"))
    assert set(answers.values()) - known == {"0110", "0310", "3139", "3435", "7319", "8189"}
    jobs = ConceptRevision.objects.open().filter(concept__kind="job")
    parents = list(jobs.values_list("attributes__code_rome_parent", flat=True))
    assert (len(parents), len(set(parents)), set(parents) <= answers.keys()) == (1584, 532, True)
    assert sum(answers[parent] in known for parent in parents) == 1528

    skills = Concept.objects.filter(kind__in=("skill", "knowledge")).values_list("pk", flat=True)
    found = standings(skills)
    assert Counter(one.durability.word for one in found.values()) == {
        "very_durable": 935,
        "durable": 2461,
        "to_watch": 8944,
        "fragile": 18852,
        None: 2510,
    }
    assert sum(one.fragility is not None for one in found.values()) == 17108
    for kind, code, word, typical in WORKED:
        one = found[Concept.objects.get(kind=kind, external_id=code).pk]
        assert (one.durability.word, [b.typical for b in one.exposure.blocks]) == (word, typical), code
    job = jobs.get(concept__external_id="M1855")
    [block] = job_exposure(job.attributes).blocks
    assert (block.detail.isco, block.finding.word) == ("2519", "high")


WORKED = [  # docs/rules/durability.md tells these
    ("skill", "400407", "very_durable", [Decimal("0.3000")]),
    ("knowledge", "116414", "durable", [Decimal("0.4900")]),
    ("skill", "300198", "durable", [Decimal("0.5500")]),
    ("skill", "102612", "to_watch", [Decimal("0.5500")]),
    ("knowledge", "104564", "fragile", [Decimal("0.5500")]),
    ("knowledge", "123937", "fragile", [Decimal("0.2700")]),
    ("knowledge", "116411", "fragile", []),
    ("skill", "125199", None, []),
]
