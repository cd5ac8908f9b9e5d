"""The check of the English catalogue sees what is missing, stale or no longer used."""

import shutil
from pathlib import Path

import pytest

from config import translations

pytestmark = pytest.mark.skipif(not shutil.which("msgcmp"), reason="GNU gettext is not installed")

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"Language: en\\n"\n\n'
GOOD = HEADER + 'msgid "Bonjour"\nmsgstr "Hello"\n\nmsgid "Au revoir"\nmsgstr "Goodbye"\n'


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Sources with two texts, and a catalogue that is right."""
    for name in translations.SOURCES:
        (tmp_path / name).mkdir()
    (tmp_path / "accounts/words.py").write_text('from x import gettext as _\n\nA = _("Bonjour")\n')
    (tmp_path / "templates/page.html").write_text('{% load i18n %}{% translate "Au revoir" %}')
    catalogue = tmp_path / translations.CATALOGUE
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(GOOD)
    translations.update(tmp_path)
    return tmp_path


def test_a_complete_catalogue_passes(tree):
    assert translations.check(tree) == []


def test_a_missing_catalogue_is_told(tree):
    (tree / translations.CATALOGUE).with_suffix(".mo").unlink()
    assert "missing" in translations.check(tree)[0]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda text: text.replace('"Goodbye"', '"See you"'), "stale"),
        (lambda text: text.replace('"Goodbye"', '""'), "untranslated"),
        (lambda text: text.replace('msgid "Au revoir"', '#, fuzzy\nmsgid "Au revoir"'), "fuzzy"),
        (lambda text: text + '\nmsgid "Jadis"\nmsgstr "Once"\n', "used but not defined"),
        (lambda text: text + '\nmsgid "Jadis"\n', "msgstr"),
    ],
)
def test_what_is_wrong_with_the_catalogue_is_seen(tree, change, word):
    catalogue = tree / translations.CATALOGUE
    catalogue.write_text(change(catalogue.read_text()))
    assert word in "\n".join(translations.check(tree))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("accounts/words.py", 'from x import ngettext\n\nB = ngettext("%(n)d pas", "%(n)d pas", 2)\n'),
        ("templates/other.html", "{% load i18n %}{% blocktranslate %}Encore{% endblocktranslate %}"),
    ],
)
def test_a_text_that_is_not_in_the_catalogue_is_seen(tree, path, text):
    (tree / path).write_text(text)
    assert translations.check(tree)
    translations.update(tree)
    assert "untranslated" in "\n".join(translations.check(tree))
