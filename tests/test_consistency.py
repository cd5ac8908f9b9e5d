"""What stands in two places says the same in both."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver

from accounts import notifications
from tasks.celery import app

ROOT = Path(__file__).parents[1]
TEMPLATES = sorted(p.relative_to(ROOT / "templates").as_posix() for p in (ROOT / "templates").rglob("*.html"))
LOCKS = sorted(p.name for p in ROOT.glob("requirements*.lock"))


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    get_template(name)


def names_of(resolver, prefix="") -> set[str]:
    found = {f"{prefix}{key}" for key in resolver.reverse_dict if isinstance(key, str)}
    for namespace, (_path, inner) in resolver.namespace_dict.items():
        found |= names_of(inner, f"{prefix}{namespace}:")
    return found


def test_every_address_that_a_template_names_exists():
    known = names_of(get_resolver())
    # Addresses that a template asks for with "as" may be absent: it then shows nothing.
    pattern = re.compile(r"{%\s*url\s+['\"]([\w:-]+)['\"](?![^%]*\sas\s)")
    asked = {
        (name, url)
        for name in TEMPLATES
        for url in pattern.findall((ROOT / "templates" / name).read_text("utf-8"))
    }
    assert {pair for pair in asked if pair[1] not in known} == set()


def test_the_timetable_names_tasks_that_exist():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)


def test_every_kind_of_message_has_a_neutral_subject():
    for kind in notifications.kinds():
        subject = (ROOT / "templates" / kind.templates[0]).read_text("utf-8").lower()
        assert not re.search(r"bilan|signal|conseill", subject), kind.name


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_has_hashes_and_no_address(name):
    text = (ROOT / name).read_text("utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_the_demo_is_off_unless_the_development_settings_say_so():
    assert settings.DEMO is False


def test_texts_are_marked_by_names_that_the_collection_knows():
    """makemessages reads `_`, `gettext` and the like: a text under another name is never translated."""
    apps = (ROOT / app for app in ("law", "accounts", "competences", "formation", "tasks", "config"))
    renamed = [
        (path.name, name)
        for app in apps
        for path in app.rglob("*.py")
        for name in re.findall(r"\bn?p?gettext(?:_lazy)? as (\w+)", path.read_text(encoding="utf-8"))
        if name != "_"
    ]
    assert renamed == []


APPS = [path.parent for path in ROOT.glob("*/apps.py")] + [ROOT / "config"]
MARKERS = re.compile(r"_|n?p?gettext(_lazy)?")
LOOSE = re.compile(r"(?<!\.)[ \u202f](?=[:;!?»](?!=))|(?<=«)[ \u202f]")
"""An ordinary space before a sign of French that has one before it, or within quotation marks: a line may
break there. The house writes U+00A0."""


def texts_of(path: Path) -> Iterator[str]:
    """The French texts of a module, those that are marked to be translated; a template whole, but for its
    comments."""
    source = path.read_text("utf-8")
    if path.suffix != ".py":
        yield re.sub(r"{%\s*comment.*?endcomment\s*%}", "", source, flags=re.DOTALL)
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            within = [piece for argument in node.args for piece in ast.walk(argument)]
            texts = [p.value for p in within if isinstance(p, ast.Constant) and isinstance(p.value, str)]
            yield from texts if MARKERS.fullmatch(name) else []


def test_a_line_never_breaks_before_a_sign_of_french():
    sources = [path for app in APPS for path in app.rglob("*.py") if "migrations" not in path.parts]
    sources += [path for path in (ROOT / "templates").rglob("*") if path.suffix in (".html", ".txt")]
    loose = [
        f"{path.relative_to(ROOT)}: {text[max(0, found.start() - 30) : found.end() + 20]}"
        for path in sources
        for text in texts_of(path)
        for found in LOOSE.finditer(text)
    ]
    assert loose == []
