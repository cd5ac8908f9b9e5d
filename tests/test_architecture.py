"""The house as drawn: nothing points up the ladder, no file and no function grows without end."""

import ast
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).parents[1]
LADDER = ("law", "accounts", "competences", "formation", "tasks")
MAX_FILE, MAX_FUNCTION = 500, 60
TRACKED = subprocess.run(
    ["git", "ls-files", "*.py", "*.html", "*.css", "*.js"],  # noqa: S607 — git of the PATH, on this checkout
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split()
OURS = [name for name in TRACKED if "/vendor/" not in name and "/migrations/" not in name]


def step(label: str) -> int:
    """The height of an app on the ladder; libraries are the ground."""
    return LADDER.index(label) if label in LADDER else -1


def upward_relations() -> list[str]:
    return [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model._meta.app_label in LADDER  # libraries are not ours to order
        for field in model._meta.get_fields(include_hidden=False)
        if field.is_relation
        and not field.auto_created
        and field.related_model
        and step(field.related_model._meta.app_label) > step(model._meta.app_label)
    ]


def test_no_relation_points_up():
    assert upward_relations() == []


def test_no_migration_depends_on_a_higher_app():
    graph = MigrationLoader(None).graph
    faults = [
        (child, parent.key)
        for child, node in graph.node_map.items()
        for parent in node.parents
        if child[0] in LADDER and step(parent.key[0]) > step(child[0])
    ]
    assert faults == []


def test_the_migrations_of_an_app_are_one_line():
    loader = MigrationLoader(None)
    assert {
        label: loader.graph.leaf_nodes(label) for label in LADDER if len(loader.graph.leaf_nodes(label)) > 1
    } == {}


@pytest.mark.parametrize("name", OURS)
def test_a_file_is_read_at_one_sitting(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE
    if name.endswith(".py"):
        long = [
            f"{node.name} ({node.end_lineno - node.lineno + 1})"
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.end_lineno - node.lineno + 1 > MAX_FUNCTION
        ]
        assert long == []
