"""DigComp by name: this project's own small table, or the producer's JSON-LD supplement.

The table (`competences/starter/digcomp/digcomp.csv`) has a code, a kind (area or competence), a French and an
English label. The supplement is read by importers/digcomp_graph.py. Areas and competences have the same
identifiers in both: "1" and "1.1". docs/rules/digcomp.md says what each of the two states.
"""

import re
from collections.abc import Sequence

from django.utils.translation import gettext as _

from competences.importers import digcomp_graph
from competences.importers.base import Claim, Key, ParsedEdition, SourceMark, only_source
from competences.importers.source import Anomalies, BrokenSource, Source
from competences.rules.edition_diff import ConceptState

FILE = "digcomp.csv"
COLUMNS = ("code", "kind", "label_fr", "label_en")
KINDS = {"area": "area", "competence": "skill"}
ENDINGS = (".jsonld", ".json")
NUMBER_IN_NAME = re.compile(r"digcomp[ _-]*v?(\d+(?:\.\d+){0,2})", re.IGNORECASE)


def parse(sources: Sequence[Source], claim: Claim) -> ParsedEdition:
    """An edition of DigComp. Its number is the one that the document, its name and the caller agree on.

    Raises BrokenSource with every error found, each with its file, line and column.
    """
    source = only_source(sources)
    graphs = [name for name in source.files if name.lower().endswith(ENDINGS)]
    if FILE in source.files:
        return _table(source, claim)
    if not graphs:
        raise BrokenSource.at(FILE, "missing_file", _("ce fichier est obligatoire et il manque"))
    if len(graphs) > 1:
        message = _("un seul fichier JSON-LD à la fois, il y en a %s") % len(graphs)
        raise BrokenSource.at(graphs[1], "too_many_sources", message)
    [name] = graphs
    anomalies = Anomalies()
    graph = digcomp_graph.read(name, source.text(name), anomalies)
    stated = {said for said in (graph.version, _number_in(name)) if said}
    edition = _edition(source, "en", _agreed(name, stated, claim), claim)
    digcomp_graph.fill(edition, graph, anomalies)
    anomalies.stop_on_errors()
    edition.anomalies = anomalies.all_notes()
    return edition


def _table(source: Source, claim: Claim) -> ParsedEdition:
    edition = _edition(source, "fr", _agreed(FILE, set(), claim), claim)
    # The table names areas and competences and says nothing else of them.
    edition.unstated_scopes = {"level", "statement"}
    edition.unstated_links = {("part_of", "statement", "skill"), ("tagged", "statement", "level")}
    edition.unstated_attributes = {"area": {"description"}, "skill": {"description"}}
    english = edition.translations.setdefault("en", {})
    anomalies = Anomalies()
    parents: list[tuple[int, Key, Key]] = []
    for line, (code, kind, label, label_en) in source.rows(FILE, COLUMNS, anomalies):
        if kind not in KINDS:
            anomalies.error(FILE, "unknown_value", _("genre inconnu : %s") % kind, line, 2)
            continue
        key = digcomp_graph.area_key(code) if kind == "area" else Key("skill", code)
        if key in edition.concepts:
            anomalies.error(FILE, "duplicate_id", _("identifiant déjà rencontré : %s") % code, line, 1)
        edition.concepts[key] = ConceptState(KINDS[kind], label)
        english[key] = ConceptState(KINDS[kind], label_en)
        if kind == "competence":
            parents.append((line, key, digcomp_graph.area_key(code.partition(".")[0])))
    part_of = edition.links.setdefault("part_of", {})
    for line, key, area in parents:
        if area in edition.concepts:
            part_of[key, area] = ""
        else:
            anomalies.error(FILE, "unknown_id", _("identifiant inconnu : %s") % area.external_id, line, 1)
    anomalies.stop_on_errors()
    return edition


def _edition(source: Source, language: str, number: str, claim: Claim) -> ParsedEdition:
    return ParsedEdition(
        format="digcomp",
        number=number,
        published_on=claim.published_on,
        title=f"DigComp {number}",
        sources=[SourceMark("full", language, source.sha256, source.name)],
        language=language,
    )


def _number_in(name: str) -> str:
    """The number in the name that the producer gave its file ("DigComp_3.0_Data_Supplement"), or nothing."""
    found = NUMBER_IN_NAME.search(name)
    return found[1] if found else ""


def _agreed(file: str, stated: set[str], claim: Claim) -> str:
    numbers = stated | ({claim.number} if claim.number else set())
    if not numbers:
        raise BrokenSource.at(
            file, "no_number", _("donnez le numéro de l’édition : le fichier ne le dit pas")
        )
    if len(numbers) > 1:
        message = _("les numéros d’édition ne s’accordent pas : %s") % ", ".join(sorted(numbers))
        raise BrokenSource.at(file, "number_disagrees", message)
    return numbers.pop()
