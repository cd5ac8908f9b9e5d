"""ESCO as the European Commission publishes it: a classification in each language, and its relations.

docs/rules/esco.md says what is read, the traps and the choices; esco_tables.py has the names and columns.
`parse` reads the classification first: it alone knows what each URI is.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from competences.importers import esco_tables as tables
from competences.importers.base import Claim, Key, Links, ParsedEdition
from competences.importers.reading import Reading, filled, require_files
from competences.importers.source import Anomalies, Source
from competences.rules.edition_diff import ConceptState

MAX_URI = 255
"""The longest identifier that a concept may have (models.Concept)."""

WEB = ("http://", "https://")

LONE_KINDS = tables.SKILL_KINDS | {
    "Occupation": "job",
    "ISCOGroup": "group",
    "SkillGroup": "group",
    "KnowledgeSkillCompetence": "skill",
    "": "skill",
}
"""The kind that a relations table gives to a URI, where no classification comes with it."""


def parse(sources: Sequence[Source], claim: Claim) -> ParsedEdition:
    """An edition of ESCO from its classifications (one a language), its relations, or both.

    The first classification names the edition's concepts, the others translate them. What an absent part
    would have said is not stated.

    Raises BrokenSource with every error found, each with its file, line and column.
    """
    parts = tables.find_parts(sources)
    number = tables.find_number(sources, claim)
    edition = ParsedEdition(
        format="esco",
        number=number,
        published_on=claim.published_on,
        title=f"ESCO {number}",
        sources=[part.mark for part in parts],
    )
    anomalies = Anomalies()
    keys = _classifications([p for p in parts if p.role == tables.CLASSIFICATION], edition, anomalies)
    _relations([p for p in parts if p.role == tables.RELATIONS], edition, anomalies, keys)
    anomalies.stop_on_errors()
    edition.anomalies = anomalies.all_notes()
    return edition


def _classifications(
    parts: list[tables.Part], edition: ParsedEdition, anomalies: Anomalies
) -> dict[str, Key] | None:
    """Reads the classifications. The identity of every URI; None when there is no classification."""
    if not parts:
        message = _("aucun classement parmi les sources : les concepts restent comme avant")
        anomalies.note(edition.sources[0].name, "not_stated", message)
        edition.unstated_scopes |= {"job", "skill", "knowledge", tables.GROUPS}
        for collection in tables.COLLECTIONS.values():
            _leave_unsaid(edition, collection)
        return None
    first, *others = parts
    edition.language = first.language
    reading = _Classification(first, edition, anomalies)
    reading.read_concepts()
    reading.read_links()
    for part in others:
        edition.translations[part.language] = _translation(part, edition, anomalies, reading.keys)
    return reading.keys


def _translation(
    part: tables.Part, edition: ParsedEdition, anomalies: Anomalies, keys: dict[str, Key]
) -> dict[Key, ConceptState]:
    """The names of the edition's concepts in another language, by the identity they have in the edition."""
    other = ParsedEdition(edition.format, edition.number, None, "", [], part.language)
    _Classification(part, other, anomalies).read_concepts()
    names: dict[Key, ConceptState] = {}
    for stated, state in other.concepts.items():
        key = keys.get(stated.external_id)
        if key is not None:
            names[key] = ConceptState(key.kind, state.label, state.description, {}, state.alternatives)
    if foreign := len(other.concepts) - len(names):
        message = _("%d concepts que le premier classement n’a pas, laissés de côté") % foreign
        anomalies.note(part.tables["occupations"], "disagrees", message)
    return names


def _relations(
    parts: list[tables.Part], edition: ParsedEdition, anomalies: Anomalies, keys: dict[str, Key] | None
) -> None:
    """Reads the relations. Those of a second language must say the same: the first ones stand."""
    stated: Links | None = None
    for part in parts:
        reading = _Relations(part, edition, anomalies, keys)
        found = reading.read()
        if stated is None:
            stated = found
            reading.leave_unsaid()
            for kind, links in found.items():
                if links:
                    edition.links.setdefault(kind, {}).update(links)
        elif differ := sum(len(stated[kind].items() ^ links.items()) for kind, links in found.items()):
            message = _("%d liens diffèrent de ceux de la première langue, qui font foi") % differ
            anomalies.note(next(iter(part.tables.values())), "disagrees", message)
    if stated is None:
        message = _("aucune relation parmi les sources : les liens restent comme avant")
        anomalies.note(edition.sources[0].name, "not_stated", message)
        for table in _Relations.links_of:
            edition.unstated_links |= _Relations.links_of[table]


def _leave_unsaid(edition: ParsedEdition, collection: tables.Collection) -> None:
    edition.unstated_scopes.add(collection.scope)
    edition.unstated_links |= {("tagged", kind, collection.scope) for kind in collection.kinds}


class _PartReading(Reading):
    """One reading of one part. Lines that cite a URI nobody lists are left out, counted and said."""

    def __init__(self, part: tables.Part, edition: ParsedEdition, anomalies: Anomalies) -> None:
        super().__init__(part.source, part.tables, edition, anomalies)
        self._dangling: dict[str, list[int]] = {}

    def _dangles(self, uri: str, line: int, column: int) -> None:
        self._dangling.setdefault(uri, [0, line, column])[0] += 1

    def _say_dangling(self, table: str) -> None:
        """One note for each URI of the table just read, at the first line that cites it."""
        for uri, (count, line, column) in self._dangling.items():
            message = _("concept absent du classement : %(uri)s (lignes laissées de côté : %(count)d)") % {
                "uri": uri,
                "count": count,
            }
            self.anomalies.note(self.tables[table], "dangling", message, line, column)
        self._dangling = {}


class _Classification(_PartReading):
    """The concepts of one language, the hierarchy of skill groups and the collections."""

    def __init__(self, part: tables.Part, edition: ParsedEdition, anomalies: Anomalies) -> None:
        super().__init__(part, edition, anomalies)
        names = f"{{}}_{part.language}.csv".format
        require_files(part.tables, (each.table for each in tables.LISTS), names, anomalies)
        self.keys: dict[str, Key] = {}

    # -- concepts

    def read_concepts(self) -> None:
        stated: dict[str, set[str]] = defaultdict(set)
        for each in tables.LISTS:
            said = self._list(each)
            for kind in each.kinds:
                stated[kind] |= said
        for each in tables.LISTS:
            for kind in each.kinds:
                if unsaid := {*each.later, "description"} - stated[kind]:
                    self.edition.unstated_attributes.setdefault(kind, set()).update(unsaid)
        self._collections()

    def _list(self, each: tables.ConceptList) -> set[str]:
        """Reads one table of concepts. The columns that say something, "description" among them."""
        file = self.tables[each.table]
        header = self.source.header(file)
        wanted = (*each.needed, *each.later, "hiddenLabels", "description")
        columns = [c for c in wanted if c in header or c in each.needed]
        places = {c: header.index(c) + 1 for c in header}
        described = False
        rows = self._rows(each.table, "conceptType", "conceptUri", "preferredLabel", "altLabels", *columns)
        for line, (concept_type, uri, label, others, *rest) in rows:
            if concept_type != each.concept_type:
                message = _("ce fichier liste autre chose : %s") % concept_type
                self.anomalies.error(file, "wrong_file", message, line, places["conceptType"])
                break
            cells = dict(zip(columns, rest, strict=True))
            kind = each.kinds[0]
            if "skillType" in cells:
                kind = self._skill_kind(file, line, places["skillType"], cells.pop("skillType"))
            others += "\n" + cells.pop("hiddenLabels", "")
            description = cells.pop("description", "")
            described = described or bool(description)
            if "\r" in description:
                description = description.replace("\r\n", "\n")
            if not self._usable(file, line, places, uri, label):
                continue
            key = self.keys.setdefault(uri, Key(kind, uri))
            if key.kind not in each.kinds:
                message = _("concept déjà listé comme d’un autre genre, laissé de côté : %s") % uri
                self.anomalies.note(file, "two_kinds", message, line, places["conceptUri"])
                continue
            state = ConceptState(kind, label, description, filled(cells), alternatives(label, others))
            self._add(each.table, line, key, state, places["conceptUri"])
        return {c for c in columns if c != "description"} | ({"description"} if described else set())

    def _skill_kind(self, file: str, line: int, column: int, skill_type: str) -> str:
        """An empty skillType, or both values in one cell (1.0), is a skill; the note says so."""
        kind = tables.SKILL_KINDS.get(skill_type)
        if kind is None:
            kind = "skill"
            if set(skill_type.split()) <= tables.SKILL_KINDS.keys():
                message = _("skillType vide ou double (« %s ») : compté comme une compétence") % skill_type
                self.anomalies.note(file, "odd_skill_type", message, line, column)
            else:
                message = _("valeur inconnue dans skillType : %s") % skill_type
                self.anomalies.error(file, "unknown_value", message, line, column)
        return kind

    def _usable(self, file: str, line: int, places: dict[str, int], uri: str, label: str) -> bool:
        if not uri.startswith(WEB) or len(uri) > MAX_URI:
            message = _("ce n’est pas l’adresse d’un concept : %s") % uri[:MAX_URI]
            self.anomalies.error(file, "not_a_uri", message, line, places["conceptUri"])
            return False
        if not label or label.isspace():
            message = _("ce concept n’a pas de nom : %s") % uri
            self.anomalies.error(file, "empty_label", message, line, places["preferredLabel"])
            return False
        return True

    def _collections(self) -> None:
        """A group for each collection, under the name that conceptSchemes gives it in this language."""
        labels: dict[str, str] = {}
        if tables.SCHEMES in self.tables:
            rows = self._rows(tables.SCHEMES, "conceptSchemeUri", "preferredLabel")
            labels = {uri: label for _line, (uri, label) in rows}
        for table, collection in tables.COLLECTIONS.items():
            if table in self.tables:
                key = Key("group", collection.external_id)
                self.keys[collection.external_id] = key
                label = labels.get(collection.scheme) or collection.label
                self.edition.concepts[key] = ConceptState("group", label)

    # -- links

    def read_links(self) -> None:
        for table, collection in tables.COLLECTIONS.items():
            if table in self.tables:
                self._members(table, self.keys[collection.external_id])
            elif not (table == tables.ICT and tables.DIGITAL in self.tables):
                self._has(table)
                _leave_unsaid(self.edition, collection)
        if tables.HIERARCHY in self.tables:
            self._hierarchy()

    def _members(self, table: str, group: Key) -> None:
        for line, (uri,) in self._rows(table, "conceptUri"):
            if member := self.keys.get(uri):
                self._link("tagged", member, group)
            else:
                self._dangles(uri, line, self.source.header(self.tables[table]).index("conceptUri") + 1)
        self._say_dangling(table)

    def _hierarchy(self) -> None:
        """Each row is a path from level 0 down; its producer drops the empty cells at its end."""
        header = self.source.header(self.tables[tables.HIERARCHY])
        columns = [f"Level {level} URI" for level in range(4)]
        for line, uris in self._rows(tables.HIERARCHY, *columns, padded=True):
            above: Key | None = None
            for column, uri in zip(columns, uris, strict=True):
                if not uri:
                    break
                below = self.keys.get(uri)
                if below is None:
                    self._dangles(uri, line, header.index(column) + 1)
                    break
                if above is not None:
                    self._link("part_of", below, above)
                above = below
        self._say_dangling(tables.HIERARCHY)


class _Relations(_PartReading):
    """The relations tables. `keys` None: no classification came, the kinds are those the tables tell."""

    links_of = {
        tables.USES: {("uses", "job", kind) for kind in ("skill", "knowledge")},
        tables.NEEDS: {
            ("needs", one, other) for one in ("skill", "knowledge") for other in ("skill", "knowledge")
        },
        tables.OCCUPATION_PILLAR: {
            ("part_of", "job", tables.GROUPS),
            ("part_of", "job", "job"),
            ("part_of", tables.GROUPS, tables.GROUPS),
        },
        tables.SKILL_PILLAR: {
            ("part_of", one, other)
            for one in ("skill", "knowledge", tables.GROUPS)
            for other in ("skill", "knowledge", tables.GROUPS)
        },
    }
    """What stays as it was where a table is absent."""

    def __init__(
        self,
        part: tables.Part,
        edition: ParsedEdition,
        anomalies: Anomalies,
        keys: dict[str, Key] | None,
    ) -> None:
        super().__init__(part, edition, anomalies)
        self.lone = keys is None
        self.keys = {} if keys is None else keys
        self.found: Links = {"uses": {}, "needs": {}, "part_of": {}}
        self._guessed = 0
        self._twice: list[int] = []

    def read(self) -> Links:
        """The links found. Tables with a skillType come first: a lone source learns the kinds there."""
        if tables.USES in self.tables:
            columns = ("occupationUri", "relationType", "skillType", "skillUri")
            self._flagged("uses", tables.USES, columns, "Occupation")
        if tables.NEEDS in self.tables:
            columns = ("originalSkillUri", "relationType", "relatedSkillType", "relatedSkillUri")
            self._flagged("needs", tables.NEEDS, columns, "KnowledgeSkillCompetence")
        for table in (tables.OCCUPATION_PILLAR, tables.SKILL_PILLAR):
            if table in self.tables:
                self._broader(table)
        if self._guessed:
            message = _(
                "%d éléments comptés comme des compétences : seul le classement dit ce qui est un savoir"
            )
            self.anomalies.note(self.source.name, "kind_guessed", message % self._guessed)
        return self.found

    def leave_unsaid(self) -> None:
        for table, links in self.links_of.items():
            if not self._has(table):
                self.edition.unstated_links |= links

    def _flagged(self, kind: str, table: str, columns: tuple[str, ...], source_type: str) -> None:
        """Essential and optional links. `columns`: source, flag, type of the target, target.

        This is where the time goes (nine rows in ten), hence the bare look-ups.
        """
        known = self.keys.get
        links = self.found[kind]
        places = self._places(table)
        rows = self._rows(table, *columns)
        if self.lone and kind == "needs":
            rows = self._learning(rows)
        for line, (source_uri, relation, target_type, target_uri) in rows:
            source = known(source_uri) or self._named(
                source_uri, source_type, table, line, places[columns[0]]
            )
            target = known(target_uri) or self._named(
                target_uri, target_type, table, line, places[columns[3]]
            )
            flag = tables.FLAGS.get(relation)
            if flag is None:
                message = _("valeur inconnue dans relationType : %s") % relation
                self.anomalies.error(
                    self.tables[table], "unknown_value", message, line, places["relationType"]
                )
            elif source and target:
                pair = (source, target)
                if pair in links:
                    self._twice.append(line)
                    # A job that needs a skill in one line does need it: essential stands.
                    flag = min(flag, links[pair])
                links[pair] = flag
        self._say_left_out(table)

    def _learning(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """The same rows, once the kinds that they tell are known: a skill may be a source before a target."""
        kept = list(rows)
        for _line, (_source, _flag, target_type, uri) in kept:
            kind = tables.SKILL_KINDS.get(target_type)
            if kind and uri.startswith(WEB):
                self.keys.setdefault(uri, Key(kind, uri))
        return iter(kept)

    def _broader(self, table: str) -> None:
        links = self.found["part_of"]
        places = self._places(table)
        columns = ("conceptType", "conceptUri", "broaderType", "broaderUri")
        for line, (concept_type, uri, broader_type, broader_uri) in self._rows(table, *columns):
            source = self.keys.get(uri) or self._named(uri, concept_type, table, line, places["conceptUri"])
            target = self.keys.get(broader_uri) or self._named(
                broader_uri, broader_type, table, line, places["broaderUri"]
            )
            if source and target:
                if (source, target) in links:
                    self._twice.append(line)
                links[source, target] = ""
        self._say_left_out(table)

    def _places(self, table: str) -> dict[str, int]:
        header = self.source.header(self.tables[table])
        return {column: place for place, column in enumerate(header, 1)}

    def _named(self, uri: str, told: str, table: str, line: int, column: int) -> Key | None:
        """The identity of a URI that is met for the first time in a lone source, or None and the fact noted.

        `told` is what the row says of its type.
        """
        if not self.lone:
            self._dangles(uri, line, column)
            return None
        kind = LONE_KINDS.get(told)
        if kind is None or not uri.startswith(WEB):
            message = _("type ou adresse de concept inconnus : %(type)s %(uri)s") % {"type": told, "uri": uri}
            self.anomalies.error(self.tables[table], "unknown_value", message, line, column)
            return None
        self._guessed += told == "KnowledgeSkillCompetence"
        self.keys[uri] = Key(kind, uri)
        return self.keys[uri]

    def _say_left_out(self, table: str) -> None:
        """What the table just read cites in vain, and what it says twice: one note for all its lines."""
        self._say_dangling(table)
        if self._twice:
            message = _("liens déjà rencontrés dans ce fichier : %d, à partir de cette ligne")
            file = self.tables[table]
            self.anomalies.note(file, "duplicate_row", message % len(self._twice), self._twice[0])
        self._twice = []


def alternatives(label: str, listed: str) -> str:
    """Other names, one a line in the order given, each once, without the label itself."""
    names = dict.fromkeys(name.strip() for name in listed.split("\n"))
    names.pop("", None)
    names.pop(label.strip(), None)
    return "\n".join(names)
