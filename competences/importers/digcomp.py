"""DigComp by name: the areas and competences of the European framework, from one small table.

The table is this project's own form (`competences/starter/digcomp/digcomp.csv`): code, kind (area or
competence), French label, English label. A competence belongs to the area that its code starts with.
"""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from competences.importers.base import Claim, Key, ParsedEdition, SourceMark, only_source
from competences.importers.source import Anomalies, BrokenSource, Source
from competences.rules.edition_diff import ConceptState

FILE = "digcomp.csv"
COLUMNS = ("code", "kind", "label_fr", "label_en")
KINDS = {"area": "area", "competence": "skill"}


def parse(sources: Sequence[Source], claim: Claim) -> ParsedEdition:
    """An edition of DigComp; its number is the caller's to say, as the table does not bear it.

    Raises BrokenSource with every error found, each with its file, line and column.
    """
    source = only_source(sources)
    if FILE not in source.files:
        raise BrokenSource.at(FILE, "missing_file", _("ce fichier est obligatoire et il manque"))
    if claim.number is None:
        raise BrokenSource.at(
            FILE, "no_number", _("donnez le numéro de l’édition : le fichier ne le dit pas")
        )
    edition = ParsedEdition(
        format="digcomp",
        number=claim.number,
        published_on=claim.published_on,
        title=f"DigComp {claim.number}",
        sources=[SourceMark("full", "fr", source.sha256, source.name)],
    )
    anomalies = Anomalies()
    parents: list[tuple[int, Key, Key]] = []
    for line, (code, kind, label, english) in source.rows(FILE, COLUMNS, anomalies):
        if kind not in KINDS:
            anomalies.error(FILE, "unknown_value", _("genre inconnu : %s") % kind, line, 2)
            continue
        key = _key(code) if kind == "area" else Key("skill", code)
        if key in edition.concepts:
            anomalies.error(FILE, "duplicate_id", _("identifiant déjà rencontré : %s") % code, line, 1)
        edition.concepts[key] = ConceptState(KINDS[kind], label, "", {"label_en": english})
        if kind == "competence":
            parents.append((line, key, _key(code.partition(".")[0])))
    part_of = edition.links.setdefault("part_of", {})
    for line, key, area in parents:
        if area in edition.concepts:
            part_of[key, area] = ""
        else:
            anomalies.error(FILE, "unknown_id", _("identifiant inconnu : %s") % area.external_id, line, 1)
    anomalies.stop_on_errors()
    return edition


def _key(code: str) -> Key:
    """The identity of an area: areas bear the name of their list."""
    return Key("area", f"digcomp:{code}")
