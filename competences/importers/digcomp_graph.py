"""The graph of DigComp's JSON-LD supplement: nodes with their place in the file, and what they state.

Read on "DigComp 3.0 Data Supplement, 24 Nov 2025". The graph is flat: a list of nodes, each with a type, an
identifier "Type/identifier" and plain texts. Nothing of JSON-LD beyond that is used there, nor read here.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from competences.importers.base import Key, ParsedEdition
from competences.importers.source import Anomalies, BrokenSource
from competences.rules.edition_diff import ConceptState

AREA, COMPETENCE, LEVEL = "CompetenceArea", "Competence", "ProficiencyLevel"
STATEMENT, OUTCOME, GLOSSARY = "CompetenceStatement", "LearningOutcome", "Glossary"
FIELDS: dict[str, tuple[str, ...]] = {
    AREA: ("name", "description"),
    COMPETENCE: ("name", "description", "competence_area_id"),
    LEVEL: ("four_levels_name", "eight_levels_mapping", "six_levels_mapping", "eight_levels_description"),
    STATEMENT: ("description", "ai_label", "competence_id", "four_levels_proficiency_name"),
    OUTCOME: ("description", "ai_label", "competence_id", "four_levels_proficiency_name", "type"),
}
"""The fields that a node of each type must have. A glossary only explains words: it is not kept."""

BLANKS = " \t\n\r"


def area_key(code: str) -> Key:
    """The identity of an area: areas bear the name of their list."""
    return Key("area", f"digcomp:{code}")


class Node(NamedTuple):
    """A node of the graph; `start` is the place of its brace in the text."""

    start: int
    type: str
    code: str
    fields: dict[str, str]


@dataclass(slots=True)
class Graph:
    """The nodes that can be read, by type; `version` is what the document says of its number, if it does."""

    file: str
    text: str
    version: str
    nodes: dict[str, list[Node]]

    def place(self, start: int, field: str = "") -> tuple[int, int]:
        """Line and column of a node, or of one of its fields."""
        at = max(start, self.text.find(f'"{field}"', start)) if field else start
        return self.text.count("\n", 0, at) + 1, at - self.text.rfind("\n", 0, at)


def read(file: str, text: str, anomalies: Anomalies) -> Graph:
    """The nodes of a document, those with a fault left out and told in `anomalies`.

    Raises BrokenSource when the text is not JSON, or its root has no "@graph" list.
    """
    try:
        root = json.loads(text)
        raw = list(_located(text)) if isinstance(root, dict) else []
    except json.JSONDecodeError as error:
        message = _("ce n’est pas du JSON lisible (%s)") % error.msg
        raise BrokenSource.at(file, "malformed", message, error.lineno, error.colno) from error
    except (RecursionError, ValueError) as error:
        raise BrokenSource.at(
            file, "malformed", _("ce JSON est trop imbriqué, ou un de ses nombres est trop long")
        ) from error
    if not isinstance(root, dict) or not isinstance(root.get("@graph"), list):
        message = _("la racine doit être un objet avec une liste « @graph »")
        raise BrokenSource.at(file, "wrong_root", message, 1, 1)
    version = root.get("version")
    graph = Graph(file, text, version if isinstance(version, str) else "", defaultdict(list))
    unknown: Counter[str] = Counter()
    for start, node in raw:
        found = _node(graph, start, node, anomalies)
        if found is None:
            continue
        if found.type in FIELDS:
            graph.nodes[found.type].append(found)
        elif found.type != GLOSSARY:
            unknown[found.type] += 1
    for name, number in unknown.items():
        values = {"number": number, "type": name}
        anomalies.note(
            file, "unknown_type", _("%(number)s nœuds laissés de côté, de type inconnu : %(type)s") % values
        )
    return graph


def _located(text: str) -> Iterable[tuple[int, Any]]:
    """Each element of the "@graph" list of a valid JSON object, with its place in the text."""
    decoder = json.JSONDecoder()

    def past_blanks(at: int) -> int:
        while text[at] in BLANKS:
            at += 1
        return at

    found: list[tuple[int, Any]] = []
    at = past_blanks(past_blanks(0) + 1)
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        at = past_blanks(past_blanks(at) + 1)
        if name == "@graph" and text[at] == "[":
            found.clear()  # of two keys of one name the last counts, as for json.loads
            at = past_blanks(at + 1)
            while text[at] != "]":
                value, end = decoder.raw_decode(text, at)
                found.append((at, value))
                at = past_blanks(end)
                at = past_blanks(at + 1) if text[at] == "," else at
            at += 1
        else:
            at = decoder.raw_decode(text, at)[1]
        at = past_blanks(at)
        at = past_blanks(at + 1) if text[at] == "," else at
    return found


def _node(graph: Graph, start: int, node: Any, anomalies: Anomalies) -> Node | None:
    """A node whose fields are all there; None, with the fault told, for any other."""

    def fault(code: str, message: str, field: str = "") -> None:
        anomalies.error(graph.file, code, message, *graph.place(start, field))

    if not isinstance(node, dict):
        return fault("wrong_node", _("un nœud doit être un objet"))
    name, identifier = node.get("@type"), node.get("@id")
    if not isinstance(name, str) or not isinstance(identifier, str):
        return fault("missing_field", _("un nœud doit avoir un « @type » et un « @id »"))
    if name not in FIELDS:
        return Node(start, name, identifier, {})
    prefix, slash, code = identifier.partition("/")
    if prefix != name or not slash or not code.strip():
        return fault("bad_id", _("identifiant inattendu : %s") % identifier, "@id")
    fields = {}
    for field in FIELDS[name]:
        value = node.get(field)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str) or not value.strip():
            values = {"field": field, "id": identifier}
            return fault("missing_field", _("« %(field)s » manque à %(id)s") % values)
        fields[field] = value.strip()
    if not all(_is_storable(text) for text in (code, *fields.values())):
        return fault("bad_character", _("un caractère ne peut pas être gardé dans %s") % identifier)
    return Node(start, name, code.strip(), fields)


def _is_storable(text: str) -> bool:
    """PostgreSQL keeps neither the null character nor half of a surrogate pair."""
    return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in text)


def fill(edition: ParsedEdition, graph: Graph, anomalies: Anomalies) -> None:
    """Puts in the edition what the graph states; identifiers that nothing bears are told in `anomalies`."""
    _Filling(edition, graph, anomalies).run()


class _Filling:
    def __init__(self, edition: ParsedEdition, graph: Graph, anomalies: Anomalies) -> None:
        self.edition = edition
        self.graph = graph
        self.anomalies = anomalies
        self.part_of = edition.links.setdefault("part_of", {})
        self.tagged = edition.links.setdefault("tagged", {})
        self.by_name: dict[str, list[Key]] = defaultdict(list)

    def run(self) -> None:
        self._add(AREA, area_key, lambda f: ConceptState("area", f["name"], f["description"]))
        self._add(
            COMPETENCE,
            lambda code: Key("skill", code),
            lambda f: ConceptState("skill", f["name"], f["description"]),
            lambda node, key: self._part_of(node, key, "competence_area_id", AREA, area_key),
        )
        self._add(LEVEL, lambda code: Key("level", code), _level, self._name_level)
        told: dict[str, list[Node]] = defaultdict(list)
        for name in (STATEMENT, OUTCOME):
            self._add(
                name,
                lambda code: Key("statement", code),
                _statement(name),
                lambda node, key: self._link(node, key, told),
            )
        for wanted, nodes in told.items():
            values = {"wanted": wanted, "number": len(nodes)}
            message = _(
                "aucun niveau ne s’appelle « %(wanted)s » : %(number)s énoncés rattachés aux niveaux"
                " de ce nom dans l’échelle à quatre niveaux"
            )
            place = self.graph.place(nodes[0].start, "four_levels_proficiency_name")
            self.anomalies.note(self.graph.file, "level_by_name", message % values, *place)

    def _add(
        self,
        type: str,
        key_of: Callable[[str], Key],
        state_of: Callable[[dict[str, str]], ConceptState],
        then: Callable[[Node, Key], None] = lambda node, key: None,
    ) -> None:
        for node in self.graph.nodes[type]:
            key = key_of(node.code)
            if key in self.edition.concepts:
                self._error(node, "duplicate_id", _("identifiant déjà rencontré : %s") % node.code, "@id")
                continue
            self.edition.concepts[key] = state_of(node.fields)
            then(node, key)

    def _name_level(self, node: Node, key: Key) -> None:
        self.by_name[node.fields["four_levels_name"]].append(key)

    def _part_of(self, node: Node, key: Key, field: str, type: str, key_of: Callable[[str], Key]) -> None:
        name, _slash, code = node.fields[field].partition("/")
        target = key_of(code)
        if name == type and target in self.edition.concepts:
            self.part_of[key, target] = ""
        else:
            self._error(node, "unknown_id", _("identifiant inconnu : %s") % node.fields[field], field)

    def _link(self, node: Node, key: Key, told: dict[str, list[Node]]) -> None:
        """Ties a statement to its competence, and to its level or to those that share its four-level name."""
        self._part_of(node, key, "competence_id", COMPETENCE, lambda code: Key("skill", code))
        field = "four_levels_proficiency_name"
        wanted = node.fields[field]
        name, _slash, code = wanted.partition("/")
        literal = Key("level", code)
        levels = [literal] if literal in self.edition.concepts else self.by_name.get(code.strip(), [])
        if name != LEVEL or not levels:
            self._error(node, "unknown_id", _("identifiant inconnu : %s") % wanted, field)
            return
        if levels != [literal]:
            told[wanted].append(node)
        for level in levels:
            self.tagged[key, level] = ""

    def _error(self, node: Node, code: str, message: str, field: str) -> None:
        self.anomalies.error(self.graph.file, code, message, *self.graph.place(node.start, field))


def _level(fields: dict[str, str]) -> ConceptState:
    attributes = {
        "four_levels": fields["four_levels_name"],
        "eight_levels": fields["eight_levels_mapping"],
        "six_levels": fields["six_levels_mapping"],
    }
    label = f"{fields['four_levels_name']} {fields['eight_levels_mapping']}"
    return ConceptState("level", label, fields["eight_levels_description"], attributes)


def _statement(type: str) -> Callable[[dict[str, str]], ConceptState]:
    def state(fields: dict[str, str]) -> ConceptState:
        attributes = {
            "type": type,
            "ai_label": fields["ai_label"],
            "four_levels": fields["four_levels_proficiency_name"].partition("/")[2].strip(),
        }
        if type == OUTCOME:
            attributes["outcome"] = fields["type"]
        return ConceptState("statement", fields["description"], "", attributes)

    return state
