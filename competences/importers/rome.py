"""ROME 4.0 as France Travail publishes it: 29 CSV files and a version.txt.

Formats and traps were read on versions 58 (2024-12-16) and 60 (September 2025); docs/rules/rome.md
lists them. Each reader below takes one file; `parse` is their order.
"""

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import compress

from django.utils.translation import gettext as _

from competences.importers.base import Claim, Key, ParsedEdition, SourceMark, only_source
from competences.importers.reading import Reading, filled, require_files, shared_attributes
from competences.importers.source import Anomalies, Anomaly, BrokenSource, Source
from competences.rules.edition_diff import ConceptState

FILE_NAME = re.compile(r"^(?:unix_)?(?P<table>[a-z_]+?)_v4(?P<number>\d{1,3})(?:_utf8)?\.csv$", re.IGNORECASE)
REQUIRED = (
    "referentiel_code_rome",
    "referentiel_appellation",
    "referentiel_competence",
    "referentiel_savoir",
    "referentiel_contexte_travail",
    "coherence_item",
)
FALLBACK_ENCODING = {"arborescence_secteur_naf": "iso-8859-15"}
"""Official files that are not what their name says (versions 58 and 60)."""

FLAGS = {"": "", "Principale": "principale", "Émergente": "emergente"}
JOB_TAGS = ("transition_eco", "transition_num", "transition_demo", "emploi_reglemente", "emploi_cadre")
BLOCS_OF_ITEMS = ("5", "6")


def parse(sources: Sequence[Source], claim: Claim) -> ParsedEdition:
    """An edition of ROME from its zip or folder.

    Raises BrokenSource with every error found, each with its file, line and column.
    """
    return _Reading(only_source(sources), claim).read()


class _Reading(Reading):
    """One reading of one source: the tables still to read, what was found, and the anomalies met."""

    fallback_encodings = FALLBACK_ENCODING

    def __init__(self, source: Source, claim: Claim) -> None:
        anomalies = Anomalies()
        tables, numbers = _tables(source)
        require_files(tables, REQUIRED, "unix_{}_v4NN_utf8.csv".format, anomalies)
        number, published_on, title = _identity(source, claim, numbers)
        edition = ParsedEdition(
            format="rome",
            number=number,
            published_on=published_on,
            title=title,
            sources=[SourceMark("full", "fr", source.sha256, source.name)],
        )
        super().__init__(source, tables, edition, anomalies)
        self.jobs: dict[str, Key] = {}
        self.items: dict[str, Key] = {}
        self.titles: dict[str, Key] = {}

    def read(self) -> ParsedEdition:
        riasec = self._riasec("referentiel_code_rome_riasec", "code_rome", "job")
        self._jobs(riasec, self._texts())
        self._titles()
        self._skills(self._riasec("referentiel_macro_competence_riasec", "code_ogr", "skill"))
        self._knowledge()
        self._contexts()
        self._uses()
        self._neighbours()
        self._areas()
        self._skill_tree()
        self._tags()
        if self.anomalies.errors:
            self._cross_checks()
        self.anomalies.stop_on_errors()
        self.edition.anomalies = self.anomalies.all_notes()
        self.edition.confirm = self._confirm
        return self.edition

    def _confirm(self) -> list[Anomaly]:
        self.anomalies = Anomalies()
        self._cross_checks()
        self.anomalies.stop_on_errors()
        return self.anomalies.all_notes()

    # -- concepts

    def _riasec(self, table: str, column: str, kind: str) -> dict[str, str]:
        if not self._has(table):
            self.edition.unstated_attributes.setdefault(kind, set()).add("riasec")
            return {}
        rows = self._rows(table, column, "riasec_majeur", "riasec_mineur")
        return {code: major + minor for _line, (code, major, minor) in rows}

    def _texts(self) -> dict[str, dict[str, str]]:
        """The definition of each job and how one gets it: sentences in order, doubled apostrophes undone."""
        if not self._has("texte"):
            self.edition.unstated_attributes.setdefault("job", set()).update(("description", "acces_metier"))
            return {}
        sentences: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        columns = ("code_rome", "libelle_type_texte", "position_phrase", "libelle_texte")
        for line, (code, kind, place, text) in self._rows("texte", *columns):
            if not place.isdigit():
                message = _("position de phrase illisible : %s") % place
                self.anomalies.error(self.tables["texte"], "not_a_number", message, line, 4)
                continue
            sentences[code, kind].append((int(place), text.replace("''", "'")))
        texts: dict[str, dict[str, str]] = defaultdict(dict)
        for (code, kind), parts in sentences.items():
            texts[code][kind] = "\n".join(text for _place, text in sorted(parts))
        return texts

    def _jobs(self, riasec: dict[str, str], texts: dict[str, dict[str, str]]) -> None:
        table = "referentiel_code_rome"
        columns = (
            "code_rome",
            "libelle_rome",
            "code_fiche_metier",
            "code_ogr",
            *JOB_TAGS,
            "code_rome_parent",
        )
        for line, (code, label, *rest) in self._rows(table, *columns):
            attributes = filled(dict(zip(columns[2:], rest, strict=True)))
            if riasec.get(code):
                attributes["riasec"] = riasec[code]
            text = texts.get(code, {})
            if text.get("acces_metier"):
                attributes["acces_metier"] = text["acces_metier"]
            state = ConceptState("job", label, text.get("definition", ""), attributes)
            self.jobs[code] = self._add(table, line, Key("job", code), state)

    def _titles(self) -> None:
        table = "referentiel_appellation"
        extra = (
            "libelle_appellation_court",
            *JOB_TAGS,
            "classification",
            "origine",
            "code_rome_parent",
            "peu_usite",
        )
        columns = ("code_ogr", "libelle_appellation_long", "code_rome", *extra)
        title_of = self.edition.links.setdefault("title_of", {})
        for line, (code, label, job_code, *rest) in self._rows(table, *columns):
            attributes = {name: value for name, value in zip(extra, rest, strict=True) if value}
            state = ConceptState("title", label, "", attributes)
            title = self.titles[code] = self._add(table, line, Key("title", code), state)
            if job := self.jobs.get(job_code) or self._known(table, line, 4, self.jobs, job_code):
                title_of[title, job] = ""

    def _skills(self, riasec: dict[str, str]) -> None:
        table = "referentiel_competence"
        extra = (
            "nature",
            "code_macro_comp",
            "cat_comp",
            "sous_cat_comp",
            "transition_eco",
            "transition_num",
            "libelle_heterogeneite",
            "libelle_origine",
        )
        columns = ("code_ogr", "libelle_competence", "definition", "code_ogr_macro_comp", *extra)
        macros: list[tuple[int, Key, str]] = []
        attributes_of = shared_attributes(extra)
        for line, (code, label, definition, macro, *rest) in self._rows(table, *columns):
            attributes = attributes_of(tuple(rest))
            if riasec.get(code):
                attributes = {**attributes, "riasec": riasec[code]}
            skill = self._add(
                table, line, Key("skill", code), ConceptState("skill", label, definition, attributes)
            )
            self.items[code] = skill
            if macro:
                macros.append((line, skill, macro))
        for line, skill, macro in macros:
            if target := self._known(table, line, 5, self.items, macro):
                self._link("part_of", skill, target)

    def _knowledge(self) -> None:
        extra = ("categorie_savoir", "sous_categorie_savoir", "transition_eco", "transition_num")
        self._simple_items("referentiel_savoir", "knowledge", ("code_ogr_savoir", "libelle_savoir"), extra)

    def _contexts(self) -> None:
        extra = ("code_type_cont_trav", "libelle_type_cont_trav")
        self._simple_items(
            "referentiel_contexte_travail", "context", ("code_ogr", "libelle_cont_travail"), extra
        )

    def _simple_items(self, table: str, kind: str, names: tuple[str, str], extra: tuple[str, ...]) -> None:
        attributes_of = shared_attributes(extra)
        for line, (code, label, *rest) in self._rows(table, *names, *extra):
            state = ConceptState(kind, label, "", attributes_of(tuple(rest)))
            if code in self.items:
                message = _("identifiant déjà rencontré : %s") % code
                self.anomalies.error(self.tables[table], "duplicate_id", message, line, 1)
            self.items[code] = self._add(table, line, Key(kind, code), state)

    # -- links

    def _uses(self) -> None:
        """The longest table: what no row of it contradicts is linked at the speed of C."""
        columns = ("code_rome", "code_ogr", "coeur_metier")
        jobs, items, cores = self._columns("coherence_item", *columns)
        if set(jobs) <= self.jobs.keys() and set(items) <= self.items.keys() and set(cores) <= FLAGS.keys():
            pairs = zip(map(self.jobs.get, jobs), map(self.items.get, items), strict=True)
            uses = dict(zip(pairs, map(FLAGS.get, cores), strict=True))
            if len(uses) == len(jobs):
                self.edition.links["uses"] = uses
                return
        self._uses_one_by_one(columns)

    def _uses_one_by_one(self, columns: tuple[str, ...]) -> None:
        """The links of the rows that are right, and what is wrong with each of the others."""
        uses = self.edition.links.setdefault("uses", {})
        for line, (job_code, item_code, core) in self._rows("coherence_item", *columns):
            job, item, flag = self.jobs.get(job_code), self.items.get(item_code), FLAGS.get(core)
            if job is None or item is None or flag is None or (job, item) in uses:
                self._refuse_use(line, job_code, item_code, core)
            else:
                uses[job, item] = flag

    def _refuse_use(self, line: int, job_code: str, item_code: str, core: str) -> None:
        """Says what is wrong with a row of coherence_item."""
        table = "coherence_item"
        job = self._known(table, line, 1, self.jobs, job_code)
        item = self._known(table, line, 2, self.items, item_code)
        if core not in FLAGS:
            message = _("valeur inconnue dans coeur_metier : %s") % core
            self.anomalies.error(self.tables[table], "unknown_value", message, line, 3)
        elif job and item:
            message = _("lien déjà rencontré : %(job)s – %(item)s") % {"job": job_code, "item": item_code}
            self.anomalies.error(self.tables[table], "duplicate_id", message, line, 1)

    def _neighbours(self) -> None:
        table = "rubrique_mobilite"
        if not self._has(table):
            self.edition.unstated_links.add(("neighbour", "job", "job"))
            return
        columns = ("code_rome", "code_rome_cible", "numero_ordre")
        for line, (code, target_code, order) in self._rows(table, *columns):
            job = self._known(table, line, 1, self.jobs, code)
            target = self._known(table, line, 2, self.jobs, target_code)
            if job and target:
                self._link("neighbour", job, target, order)

    def _list(self, table: str, kind: str, prefix: str, columns: tuple[str, ...]) -> dict[str, Key]:
        """A list of groups or areas: code, label and, where the file has one, definition."""
        found = {}
        for line, (code, label, *definition) in self._rows(table, *columns):
            state = ConceptState(kind, label, "".join(definition))
            found[code] = self._add(table, line, Key(kind, f"{prefix}:{code}"), state)
        return found

    def _areas(self) -> None:
        if not self._has("grand_domaine", "domaine_professionnel", "cr_gd_dp"):
            self.edition.unstated_scopes |= {"area/grand-domaine", "area/domaine"}
            self.edition.unstated_links |= {
                ("part_of", "job", "area/domaine"),
                ("part_of", "area/domaine", "area/grand-domaine"),
            }
            return
        large = self._list(
            "grand_domaine", "area", "grand-domaine", ("code_grand_domaine", "libelle_grand_domaine")
        )
        columns = ("code_domaine_professionnel", "libelle_domaine_professionnel")
        small = self._list("domaine_professionnel", "area", "domaine", columns)
        table = "cr_gd_dp"
        columns = ("code_rome", "code_grand_domaine", "code_domaine_professionel")
        for line, (code, large_code, small_code) in self._rows(table, *columns):
            job = self._known(table, line, 1, self.jobs, code)
            area = self._known(table, line, 5, small, small_code)
            whole = self._known(table, line, 3, large, large_code)
            if job and area and whole:
                self._link("part_of", job, area)
                self._link("part_of", area, whole)

    def _skill_tree(self) -> None:
        """Macro-compétences under objectives, objectives under issues, issues under domains."""
        table = "arborescence_competences"
        steps = ("objectif", "enjeu", "domaine-competence")
        if not self._has(table):
            self.edition.unstated_scopes |= {f"group/{step}" for step in steps}
            self.edition.unstated_links |= {
                ("part_of", "skill", "group/objectif"),
                ("part_of", "group/objectif", "group/enjeu"),
                ("part_of", "group/enjeu", "group/domaine-competence"),
            }
            return
        columns = (
            "code_objectif",
            "objectif",
            "code_enjeu",
            "enjeu",
            "code_domaine_competence",
            "domaine_competence",
            "code_ogr_macro_competence",
        )
        for line, (*named, macro) in self._rows(table, *columns):
            below = self._known(table, line, 8, self.items, macro)
            for step, code, label in zip(steps, named[::2], named[1::2], strict=True):
                group = Key("group", f"{step}:{code}")
                self.edition.concepts.setdefault(group, ConceptState("group", label.strip()))
                if below:
                    self._link("part_of", below, group)
                below = group

    def _tags(self) -> None:
        """The four classifications of jobs: interests, sectors, NAF sectors, themes."""
        self._tag_tree(
            ("centre_interet", "arborescence_centre_interet"),
            ("code_centre_interet", "libelle_centre_interet", "definition_centre_interet"),
            "centre-interet",
            flagged=True,
        )
        self._tag_tree(
            ("themes", "arborescence_thematique"),
            ("code_theme", "libelle_theme", "definition_theme"),
            "theme",
        )
        self._tag_tree(
            ("secteur_naf", "arborescence_secteur_naf"), ("code_secteur_naf", "libelle_secteur_naf"), "naf"
        )
        self._sectors()

    def _tag_tree(
        self, tables: tuple[str, str], columns: tuple[str, ...], prefix: str, *, flagged: bool = False
    ) -> None:
        if not self._has(*tables):
            self.edition.unstated_scopes.add(f"group/{prefix}")
            self.edition.unstated_links.add(("tagged", "job", f"group/{prefix}"))
            return
        groups = self._list(tables[0], "group", prefix, columns)
        asked = ("code_rome", columns[0], *(("principal",) if flagged else ()))
        for line, (code, group_code, *principal) in self._rows(tables[1], *asked):
            job = self._known(tables[1], line, 4, self.jobs, code)
            group = self._known(tables[1], line, 1, groups, group_code)
            if job and group:
                self._link("tagged", job, group, "principal" if principal == ["oui"] else "")

    def _sectors(self) -> None:
        """Sectors and their parts: a job is tagged by the part, or by the sector where no part is named."""
        table = "arborescence_secteur_activite"
        if not self._has("secteur_activite", "sous_secteur_activite", table):
            self.edition.unstated_scopes |= {"group/secteur", "group/sous-secteur"}
            self.edition.unstated_links |= {
                ("tagged", "job", "group/secteur"),
                ("tagged", "job", "group/sous-secteur"),
                ("part_of", "group/sous-secteur", "group/secteur"),
            }
            return
        columns = ("code_sect_activite", "libelle_sect_activite", "definition_sect_activite")
        sectors = self._list("secteur_activite", "group", "secteur", columns)
        columns = ("code_ss_sect_activite", "libelle_ss_sect_activite", "definition_ss_sect_activite")
        parts = self._list("sous_secteur_activite", "group", "sous-secteur", columns)
        for line, (part, sector) in self._rows("sous_secteur_activite", columns[0], "code_sect_activite"):
            if whole := self._known("sous_secteur_activite", line, 4, sectors, sector):
                self._link("part_of", parts[part], whole)
        asked = ("code_rome", "code_sect_activite", "code_ss_sect_activite", "principal")
        for line, (code, sector, part, principal) in self._rows(table, *asked):
            job = self._known(table, line, 6, self.jobs, code)
            group = (
                self._known(table, line, 3, parts, part)
                if part
                else self._known(table, line, 1, sectors, sector)
            )
            if job and group:
                self._link("tagged", job, group, "principal" if principal == "oui" else "")

    # -- redundant files: read, compared, and said

    def _cross_checks(self) -> None:
        if self._has("liens_rome_referentiels"):
            self._check_links()
        if self._has("item"):
            self._check_items()
        if self._has("cr_gd_dp_appellations"):
            self._check_print_order()
        for table, columns in (
            ("composition_bloc", ("code_compo_bloc", "libelle_bloc")),
            ("descriptif_rubrique", ("code_rubrique", "code_compo_bloc", "libelle_rubrique")),
            ("type_referentiel", ("code_type_referentiel", "libelle_type_referentiel")),
        ):
            if self._has(table):
                for _row in self._rows(table, *columns):
                    pass  # Constant lists of the producer's own tool: their form is checked, nothing is kept.

    def _check_links(self) -> None:
        table = "liens_rome_referentiels"
        jobs, items, blocs = self._columns(table, "code_rome", "code_ogr", "code_compo_bloc")
        stated = self.edition.links.get("uses", {})
        is_link = list(map(BLOCS_OF_ITEMS.__contains__, blocs))
        links = zip(map(self.jobs.get, jobs), map(self.items.get, items), strict=True)
        same = sum(map(stated.__contains__, compress(links, is_link)))
        more = sum(is_link) - same
        if more or same != len(stated):
            message = _("%(more)d liens de plus et %(fewer)d de moins que coherence_item, qui fait foi") % {
                "more": more,
                "fewer": len(stated) - same,
            }
            self.anomalies.note(self.tables[table], "disagrees", message)

    def _check_items(self) -> None:
        [codes] = self._columns("item", "code_ogr")
        if unknown := len(codes) - sum(map(self.items.__contains__, codes)):
            message = _("%d éléments absents des trois référentiels, qui font foi") % unknown
            self.anomalies.note(self.tables["item"], "disagrees", message)

    def _check_print_order(self) -> None:
        """A print-order listing: type_provenance 4 marks the rows that name a title."""
        table = "cr_gd_dp_appellations"
        kinds, codes = self._columns(table, "type_provenance", "ogr_appellation")
        known = sum(map(self.titles.__contains__, compress(codes, map("4".__eq__, kinds))))
        if unknown := kinds.count("4") - known:
            message = _("%d appellations absentes du référentiel des appellations, qui fait foi") % unknown
            self.anomalies.note(self.tables[table], "disagrees", message)


def _tables(source: Source) -> tuple[dict[str, str], dict[str, set[str]]]:
    """File names by table, and for each version number in the names the files that bear it."""
    tables: dict[str, str] = {}
    numbers: dict[str, set[str]] = defaultdict(set)
    for name in source.files:
        if match := FILE_NAME.match(name):
            table = match["table"].lower()
            if table in tables:
                raise BrokenSource.at(name, "duplicate_file", _("deux fichiers portent la même table"))
            tables[table] = name
            numbers[match["number"].lstrip("0") or "0"].add(name)
    return tables, numbers


def _identity(source: Source, claim: Claim, numbers: dict[str, set[str]]) -> tuple[str, dt.date | None, str]:
    """Number, publication date and title, on which version.txt, file names and caller must agree."""
    said: dict[str, str] = {}
    published_on, title = None, ""
    if version_file := next((n for n in source.files if n.lower() == "version.txt"), None):
        number, published_on, title = _version_file(source.text(version_file), version_file)
        said[version_file] = number
    for number, names in numbers.items():
        said[min(names)] = number
    if claim.number is not None:
        said["--edition"] = claim.number.partition(".")[0]
    if len(set(said.values())) > 1:
        pair = _("%(name)s : %(value)s")
        told = ", ".join(pair % {"name": place, "value": number} for place, number in sorted(said.items()))
        raise BrokenSource.at(
            source.name, "number_disagrees", _("les numéros d’édition diffèrent (%s)") % told
        )
    if claim.published_on and published_on and claim.published_on != published_on:
        message = _("la date de publication diffère : %(file)s dans le fichier, %(said)s demandée") % {
            "file": published_on.isoformat(),
            "said": claim.published_on.isoformat(),
        }
        raise BrokenSource.at(version_file or source.name, "date_disagrees", message)
    return next(iter(said.values())), published_on or claim.published_on, title


def _version_file(text: str, name: str) -> tuple[str, dt.date | None, str]:
    number = re.search(r"^\s*num[ée]ro de version\s*:\s*(\d+)", text, re.IGNORECASE | re.MULTILINE)
    if not number:
        raise BrokenSource.at(name, "no_number", _("le numéro de version ne s’y lit pas"), 1)
    published_on = None
    date = re.search(
        r"^\s*date de publication\s*:\s*(\d{2})/(\d{2})/(\d{4})", text, re.IGNORECASE | re.MULTILINE
    )
    if date:
        try:
            published_on = dt.date(int(date[3]), int(date[2]), int(date[1]))
        except ValueError as error:
            line = text[: date.start(1)].count("\n") + 1
            raise BrokenSource.at(name, "bad_date", _("cette date n’existe pas"), line) from error
    title = re.search(r"^\s*titre[^:\n]*:\s*(.+)$", text, re.IGNORECASE | re.MULTILINE)
    return number[1].lstrip("0") or "0", published_on, title[1].strip() if title else ""
