"""A small ESCO archive told as tables, to be written as files in any of its forms. All texts are invented."""

import copy
import csv
import io
import zipfile
from pathlib import Path

WEB = "http://data.europa.eu/esco"
BAKER, AIDE = f"{WEB}/occupation/baker", f"{WEB}/occupation/aide"
BAKE, KNEAD, ODD = f"{WEB}/skill/bake", f"{WEB}/skill/knead", f"{WEB}/skill/odd"
FLOUR, YEAST = f"{WEB}/skill/flour", f"{WEB}/skill/yeast"
MAJOR, MINOR = f"{WEB}/isco/C0", f"{WEB}/isco/C01"
TOP, MIDDLE = f"{WEB}/skill/S1", f"{WEB}/isced-f/07"
GONE = f"{WEB}/occupation/gone"
DIGITAL_SCHEME = f"{WEB}/concept-scheme/6c930acd-c104-4ece-acf7-f44fd7333036"

LEVELS = [f"Level {n} {part}" for n in range(4) for part in ("URI", "preferred term")]
OCCUPATION_COLUMNS = (
    "conceptType conceptUri iscoGroup preferredLabel altLabels hiddenLabels status modifiedDate"
    " regulatedProfessionNote scopeNote definition inScheme description code"
)
SKILL_COLUMNS = (
    "conceptType conceptUri skillType reuseLevel preferredLabel altLabels hiddenLabels status modifiedDate"
    " scopeNote definition inScheme description"
)


def _row(columns: str, **cells: str) -> dict[str, str]:
    return dict.fromkeys(columns.split(), "") | {"status": "released", "modifiedDate": "2022-01-01"} | cells


def _job(uri: str, label: str, **cells: str) -> dict[str, str]:
    return _row(OCCUPATION_COLUMNS, conceptType="Occupation", conceptUri=uri, preferredLabel=label, **cells)


def _skill(uri: str, skill_type: str, label: str, **cells: str) -> dict[str, str]:
    names = {"conceptType": "KnowledgeSkillCompetence", "conceptUri": uri, "preferredLabel": label}
    return _row(SKILL_COLUMNS, skillType=skill_type, **names, **cells)


def _group(concept_type: str, uri: str, code: str, label: str) -> dict[str, str]:
    return {
        "conceptType": concept_type,
        "conceptUri": uri,
        "code": code,
        "preferredLabel": label,
        "status": "released",
        "altLabels": "",
        "scopeNote": "",
        "description": f"First line.\n\nAbout {label}.",
    }


def _levels(*uris: str) -> dict[str, str]:
    cells = dict.fromkeys(LEVELS, "")
    return cells | {f"Level {n} URI": uri for n, uri in enumerate(uris)} | {"Description": "", "Code": ""}


def _broader(source_type: str, source: str, target_type: str, target: str) -> dict[str, str]:
    return {
        "conceptType": source_type,
        "conceptUri": source,
        "broaderType": target_type,
        "broaderUri": target,
    }


def _uses(job: str, flag: str, skill_type: str, skill: str) -> dict[str, str]:
    return {"occupationUri": job, "relationType": flag, "skillType": skill_type, "skillUri": skill}


Tables = dict[str, list[dict[str, str]]]
SKILL = "KnowledgeSkillCompetence"


def classification() -> Tables:
    """Every kind of table that a classification has; collections put their columns in different orders."""
    return {
        "occupations": [
            _job(
                BAKER,
                " baker ",
                iscoGroup="0110",
                code="0110.1",
                altLabels="baker\nbread maker \n\nbread maker\nmiller",
                hiddenLabels="bakr",
                regulatedProfessionNote=f"{WEB}/regulated-professions/unregulated",
                description="Bakers bake.\nThey rise early.",
            ),
            _job(AIDE, "baker’s  aide", iscoGroup="0110", code="0110.1.1", description="Aides help."),
        ],
        "skills": [
            _skill(BAKE, "skill/competence", "bake", reuseLevel="sector-specific", description="To bake."),
            _skill(KNEAD, "skill/competence", "knead", reuseLevel="cross-sector", scopeNote="By hand."),
            _skill(FLOUR, "knowledge", "flour", reuseLevel="occupation-specific", description="Of wheat."),
            _skill(YEAST, "knowledge", "yeast", reuseLevel="transversal"),
            _skill(ODD, "", "odd one"),
        ],
        "ISCOGroups": [
            _group("ISCOGroup", MAJOR, "0", "Forces"),
            _group("ISCOGroup", MINOR, "01", "Officers"),
        ],
        "skillGroups": [
            _group("SkillGroup", TOP, "S1", "making"),
            _group("SkillGroup", MIDDLE, "", "engineering"),
        ],
        "skillsHierarchy": [_levels(TOP), _levels(TOP, MIDDLE)],
        "conceptSchemes": [
            {"conceptType": "ConceptScheme", "conceptSchemeUri": DIGITAL_SCHEME, "preferredLabel": "Digitals"}
        ],
        "digitalSkillsCollection": [{"conceptUri": BAKE, "preferredLabel": "bake", "altLabels": "a | b"}],
        "digCompSkillsCollection": [{"preferredLabel": "odd one", "conceptUri": ODD}],
        "greenSkillsCollection": [{"conceptUri": FLOUR, "status": "released"}],
        "transversalSkillsCollection": [{"status": "released", "conceptUri": YEAST}],
        "languageSkillsCollection": [{"conceptUri": KNEAD}],
        "researchSkillsCollection": [{"conceptUri": KNEAD}],
        "researchOccupationsCollection": [{"conceptUri": BAKER}],
    }


def relations() -> Tables:
    """The four tables without a language; the last row of the first names an occupation that is gone."""
    return {
        "occupationSkillRelations": [
            _uses(BAKER, "essential", "skill/competence", BAKE),
            _uses(BAKER, "optional", "knowledge", FLOUR),
            _uses(AIDE, "essential", "", ODD),
            _uses(GONE, "essential", "skill/competence", BAKE),
            _uses(GONE, "optional", "skill/competence", KNEAD),
        ],
        "skillSkillRelations": [
            {
                "originalSkillUri": KNEAD,
                "originalSkillType": "knowledge",  # As in 1.1.1, which repeats the other skill's type.
                "relationType": "optional",
                "relatedSkillType": "knowledge",
                "relatedSkillUri": YEAST,
            }
        ],
        "broaderRelationsOccPillar": [
            _broader("ISCOGroup", MINOR, "ISCOGroup", MAJOR),
            _broader("Occupation", BAKER, "ISCOGroup", MINOR),
            _broader("Occupation", AIDE, "Occupation", BAKER),
        ],
        "broaderRelationsSkillPillar": [
            _broader("SkillGroup", MIDDLE, "SkillGroup", TOP),
            _broader(SKILL, BAKE, "SkillGroup", TOP),
            _broader(SKILL, FLOUR, SKILL, YEAST),
        ],
    }


def first_release() -> Tables:
    """French 1.0: six or seven columns, no description, no collection, broader relations alone."""
    kept = "conceptType conceptUri iscoGroup skillType reuseLevel code preferredLabel altLabels description"
    tables = {}
    for name in ("occupations", "skills", "ISCOGroups", "skillGroups"):
        tables[name] = [
            {c: cells[c] for c in kept.split() if c in cells} | {"description": ""}
            for cells in copy.deepcopy(classification()[name])
        ]
    for cells in (*tables["occupations"], *tables["skillGroups"]):
        cells.pop("code")
    return tables


def translated(tables: Tables) -> Tables:
    """The same concepts in French."""
    named = copy.deepcopy(tables)
    for rows in named.values():
        for cells in rows:
            if cells.get("preferredLabel"):
                cells["preferredLabel"] = f"{cells['preferredLabel'].strip()} (fr)"
                cells["altLabels"] = "autre nom"
    return named


def text_of(rows: list[dict[str, str]], newline: str) -> str:
    """A table as its producer writes it: cells are quoted where they must, inner line ends stay LF."""
    out = io.StringIO(newline="")
    # The writer forgets to quote a cell's LF where rows end in CR.
    quoting = csv.QUOTE_ALL if newline == "\r" else csv.QUOTE_MINIMAL
    writer = csv.DictWriter(out, list(rows[0]), lineterminator=newline, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write(folder: Path, tables: Tables, language: str = "", newline: str = "\r\n") -> Path:
    """Writes the tables as files of a folder; the ragged rows of the hierarchy lose their empty end."""
    folder.mkdir(exist_ok=True, parents=True)
    for name, rows in tables.items():
        text = text_of(rows, newline)
        if name == "skillsHierarchy":
            text = newline.join(line.rstrip(",") for line in text.split(newline))
        suffix = f"_{language}" if language else ""
        (folder / f"{name}{suffix}.csv").write_bytes(text.encode())
    return folder


def zipped(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for child in sorted(folder.iterdir(), reverse=True):
            archive.write(child, f"inside/{child.name}")
    return path
