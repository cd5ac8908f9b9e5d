"""The contracts on imports in pyproject.toml hold, and each of them breaks on a planted fault."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("law", "accounts", "competences", "config", "formation", "tasks")

# Contract, file in which the fault is planted, and the fault.
FAULTS = {
    "The ladder of apps": ("accounts/queries/planted.py", "import competences.models"),
    "Inside competences, from pages down to rules": (
        "competences/models/planted.py",
        "import competences.services.references",
    ),
    "Inside accounts, from pages down to rules": (
        "accounts/services/planted.py",
        "import accounts.views.profile",
    ),
    "Rules are pure Python": ("competences/rules/planted.py", "from django.db import models"),
    "Celery lives under tasks alone": ("competences/services/planted.py", "from celery import shared_task"),
    "Jobs call services and queries": ("tasks/jobs/planted.py", "from competences.models import Concept"),
    "Inside tasks, from jobs down to the journal": ("tasks/models.py", "import tasks.jobs.risks"),
    "Settings wire the apps, and no app knows them": ("formation/planted.py", "import config.urls"),
}


def lint(tree: Path) -> dict[str, bool]:
    """Whether each contract is kept in this copy of the tree."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run(  # noqa: S603 - this interpreter
        [*command, "--no-cache"],
        cwd=tree,
        env={"PYTHONPATH": str(tree), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.findall(r"^(.+?) (KEPT|BROKEN)$", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return {name: word == "KEPT" for name, word in found}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the sources that are checked."""
    for name in PACKAGES:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_every_contract_is_kept_and_each_breaks_on_its_own_fault(tree):
    assert lint(tree) == dict.fromkeys(FAULTS, True)
    for name, (path, fault) in FAULTS.items():
        before = (tree / path).read_text() if (tree / path).exists() else None
        (tree / path).write_text(f"{before or ''}\n{fault}\n")
        assert not lint(tree)[name], f"{name}: {fault} in {path} goes unseen"
        if before is None:
            (tree / path).unlink()
        else:
            (tree / path).write_text(before)
