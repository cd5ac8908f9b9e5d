"""The English catalogue is whole: python -m config.translations says what is not."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale/en/LC_MESSAGES/django.po"
SPACED = re.compile(r"\w[ \u00a0\u202f]+[:;!?](?=[\s\"%<]|$)")
COLLECT = "makemessages -l en --no-obsolete --add-location file -i .venv -i var -i tests"


def output(*command: str) -> bytes:
    return subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout


def names(catalogue: Path) -> set[str]:
    """The context and texts of each entry, without their translations."""
    text = output("msgattrib", "--no-wrap", "--no-location", "--no-obsolete", str(catalogue))
    return {
        "\n".join(line for line in entry.splitlines() if line.startswith(("msgctxt", "msgid")))
        for entry in text.decode().split("\n\n")
    }


def spaced(catalogue: Path) -> list[str]:
    """The English texts with a space before a sign: French has one there, English has none."""
    text = output("msgattrib", "--no-wrap", "--no-location", "--no-obsolete", str(catalogue)).decode()
    lines = [line for line in text.splitlines() if line.startswith("msgstr")]
    return [line for line in lines if SPACED.search(line)]


def problems() -> list[str]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        made, kept = Path(folder, "django.mo"), Path(folder, "django.po")
        try:
            output("msgfmt", "--check-format", "-o", str(made), str(PO))
        except subprocess.CalledProcessError as failure:
            return [f"The English catalogue cannot be compiled.\n{failure.stderr.decode()}"]
        compiled = PO.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != made.read_bytes():
            found.append("The compiled catalogue is not the one its .po makes: run make messages.")
        for option, state in (("--untranslated", "untranslated"), ("--only-fuzzy", "fuzzy")):
            if output("msgattrib", "--no-obsolete", option, str(PO)).strip():
                found.append(f"The English catalogue has {state} entries.")
        shutil.copy2(PO, kept)
        try:
            output(sys.executable, "manage.py", *COLLECT.split())
            difference = names(PO) ^ names(kept)
        finally:
            shutil.copy2(kept, PO)
        if loose := spaced(PO):
            shown = "\n".join(loose[:10])
            found.append(f"English texts have a space before a sign.\n{shown}")
        if difference:
            shown = "\n".join(sorted(difference)[:10])
            found.append(f"The catalogue and the sources differ: run make messages.\n{shown}")
    return found


if __name__ == "__main__":
    found = problems()
    sys.exit("\n".join(found) or 0)
