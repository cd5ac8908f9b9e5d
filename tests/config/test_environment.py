"""Addresses and switches of the environment are read right, or refused."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from kombu import Connection

from config import environment

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://ann:p%40ss@db.example:5433/perenne?sslmode=require",
            ("perenne", "ann", "p@ss", "db.example", "5433", {"sslmode": "require"}),
        ),
        ("postgres://db.example/perenne", ("perenne", "", "", "db.example", "", {})),
        (
            "postgresql://perenne@/my%20base?host=%2Fvar%2Flib%2Fa%20b&port=5433",
            ("my base", "perenne", "", "/var/lib/a b", "5433", {}),
        ),
    ],
)
def test_the_address_of_a_database(url, expected):
    read = environment.database(url)
    assert tuple(read[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")) == expected


@pytest.mark.parametrize("url", ["sqlite:///perenne.db", "mysql://a/b", "", "postgresql://db.example/"])
def test_another_engine_or_no_name_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        environment.database(url)


def test_the_access_log_has_a_line_of_its_own_to_the_same_database():
    both = environment.databases("postgresql://db.example/perenne")
    assert both["default"] is not both["access_log"]
    assert {key: both["default"][key] == both["access_log"][key] for key in ("NAME", "HOST")} == {
        "NAME": True,
        "HOST": True,
    }
    assert both["access_log"]["TEST"] == {"MIRROR": "default"}


@pytest.mark.parametrize(
    ("url", "other", "broker"),
    [
        ("redis://r.example:6379/0", "redis://r.example:6379/1", "redis://r.example:6379/0"),
        ("rediss://:secret@r.example/2", "rediss://:secret@r.example/1", "rediss://:secret@r.example/2"),
        ("unix:///run/r.sock?db=3", "unix:///run/r.sock?db=1", "redis+socket:///run/r.sock?virtual_host=3"),
        ("unix:///run/r.sock", "unix:///run/r.sock?db=1", "redis+socket:///run/r.sock?virtual_host=0"),
    ],
)
def test_the_addresses_of_redis(url, other, broker):
    assert environment.redis_database(url, 1) == other
    assert environment.celery_broker(url) == broker
    Connection(broker)  # kombu understands it


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1", True), (" Yes ", True), ("true", True), ("0", False), ("off", False), ("", False)],
)
def test_a_switch(monkeypatch, value, expected):
    monkeypatch.setenv("PERENNE_SWITCH", value)
    assert environment.switch("PERENNE_SWITCH", default=True) is expected


def test_a_switch_that_is_neither_is_refused(monkeypatch):
    monkeypatch.setenv("PERENNE_SWITCH", "flase")
    with pytest.raises(ImproperlyConfigured, match="flase"):
        environment.switch("PERENNE_SWITCH", default=False)


def test_words_and_what_is_required(monkeypatch):
    monkeypatch.setenv("PERENNE_WORDS", " a, b ,,c")
    assert environment.words("PERENNE_WORDS") == ["a", "b", "c"]
    assert environment.words("PERENNE_NOTHING") == []
    monkeypatch.setenv("PERENNE_WORDS", "  ")
    with pytest.raises(ImproperlyConfigured, match="Set PERENNE_WORDS"):
        environment.required("PERENNE_WORDS")


def test_every_variable_is_told_in_the_operations_page():
    sources = [*ROOT.glob("config/**/*.py"), *ROOT.glob("tasks/**/*.py")]
    reads = re.compile(r'(?:environ(?:\.get\(|\[)|required\(|words\(|switch\()\s*"([A-Z_]+)"')
    asked = {name for path in sources for name in reads.findall(path.read_text("utf-8"))}
    asked -= {"DJANGO_SETTINGS_MODULE", "PATH"}
    assert "SECRET_KEY" in asked
    told = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs/operations.md").read_text("utf-8")))
    assert asked <= told, asked - told
