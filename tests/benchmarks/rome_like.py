"""A made-up reference of the size of ROME in the official CSV layout, and what a year does to it.

Names are those of `labels`, nothing of any producer's text. The files are the six that are required, and of
the optional ones a job's texts, its neighbours and its interests (as many rows as all its classifications
have together), so that the importer writes about as many rows as for ROME 60.
"""

import csv
import random
from collections.abc import Iterable, Sequence
from itertools import count
from pathlib import Path

from tests.benchmarks.labels import Generator

JOBS, TITLES, MACROS, SKILLS, KNOWLEDGE, CONTEXTS = 1_584, 13_120, 507, 17_810, 15_354, 179
USES, NEIGHBOURS_OF_A_JOB, INTERESTS, TAGS_OF_A_JOB = 104_219, 9, 60, 8
CORE = ("Principale", "Émergente", "", "")


class RomeLike:
    """The rows of an edition; `turn_the_year` makes them those of the next one."""

    def __init__(self, seed: int = 3) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - figures, not secrets
        self.made = Generator(seed)
        self.codes = map(str, count(100_000))
        self.jobs = {f"{letter}{n:04}": self.name(1, 4) for letter, n in self._job_codes()}
        self.texts = {job: (self.name(30, 60), self.name(15, 30)) for job in self.jobs}
        jobs = list(self.jobs)
        self.titles = {next(self.codes): (self.name(1, 5), self.chance.choice(jobs)) for _t in range(TITLES)}
        self.macros = {next(self.codes): self.name(3, 6) for _m in range(MACROS)}
        macros = list(self.macros)
        self.skills = {
            next(self.codes): (self.name(3, 10), self.chance.choice(macros)) for _s in range(SKILLS)
        }
        self.knowledge = {next(self.codes): self.name(2, 6) for _k in range(KNOWLEDGE)}
        self.contexts = {next(self.codes): self.name(2, 5) for _c in range(CONTEXTS)}
        items = [*self.skills, *self.knowledge, *self.contexts]
        self.uses: dict[tuple[str, str], str] = {}
        while len(self.uses) < USES:
            self.uses[self.chance.choice(jobs), self.chance.choice(items)] = self.chance.choice(CORE)
        self.neighbours = {
            (job, other): str(order)
            for job in jobs
            for order, other in enumerate(self.chance.sample(jobs, NEIGHBOURS_OF_A_JOB), 1)
            if other != job
        }
        self.interests = {str(code): self.name(1, 3) for code in range(1, INTERESTS + 1)}
        self.tags = {
            (job, interest): self.chance.choice(("oui", "non"))
            for job in jobs
            for interest in self.chance.sample(list(self.interests), TAGS_OF_A_JOB)
        }

    def _job_codes(self) -> Iterable[tuple[str, int]]:
        return [("ABCDEFGHIJKLMN"[number % 14], 1_000 + number // 14) for number in range(JOBS)]

    def name(self, least: int, most: int) -> str:
        return self.made.name("fr", (least, most))

    # -- a year

    def turn_the_year(self, share: float = 0.02) -> None:
        """Revises or replaces that share of the rows of each kind.

        Half of what changes in titles, skills and knowledge gets another name; the other half goes, and a
        new code takes its place in every link. Links are changed up to the same share in all.
        """
        for job in self._some(self.jobs, share):
            self.jobs[job] = self._reworded(self.jobs[job])
        for context in self._some(self.contexts, share):
            self.contexts[context] = self._reworded(self.contexts[context])
        for title in self._some(self.titles, share / 2):
            label, job = self.titles[title]
            self.titles[title] = (self._reworded(label), job)
        for title in self._some(self.titles, share / 2):
            _label, job = self.titles.pop(title)
            self.titles[next(self.codes)] = (self.name(1, 5), job)
        for title in self._some(self.titles, share / 2):
            self.titles[title] = (self.titles[title][0], self.chance.choice(list(self.jobs)))
        self._change_items(share)
        for pair in self._some(self.neighbours, share):
            self.neighbours[pair] = str(int(self.neighbours[pair]) % NEIGHBOURS_OF_A_JOB + 1)
        for pair in self._some(self.tags, share):
            self.tags[pair] = "non" if self.tags[pair] == "oui" else "oui"

    def _change_items(self, share: float) -> None:
        for skill in self._some(self.skills, share / 2):
            label, macro = self.skills[skill]
            self.skills[skill] = (self._reworded(label), macro)
        for item in self._some(self.knowledge, share / 2):
            self.knowledge[item] = self._reworded(self.knowledge[item])
        replaced: dict[str, str] = {}
        for skill in self._some(self.skills, share / 2):
            replaced[skill] = next(self.codes)
            self.skills[replaced[skill]] = (self.name(3, 10), self.skills.pop(skill)[1])
        for item in self._some(self.knowledge, share / 2):
            replaced[item] = next(self.codes)
            self.knowledge[replaced[item]] = self.name(2, 6)
            del self.knowledge[item]
        moved = sum(item in replaced for _job, item in self.uses)
        self.uses = {(job, replaced.get(item, item)): core for (job, item), core in self.uses.items()}
        for pair in self.chance.sample(list(self.uses), max(0, int(len(self.uses) * share) - moved)):
            self.uses[pair] = "" if self.uses[pair] else "Principale"

    def _some(self, rows: Iterable, share: float) -> list:
        known = list(rows)
        return self.chance.sample(known, round(len(known) * share))

    def _reworded(self, label: str) -> str:
        return f"{label} {self.chance.choice(self.made.words)}"

    # -- files

    def write(self, folder: Path, number: int) -> None:
        """The files of edition `number`."""

        def table(name: str, columns: str, rows: Iterable[Sequence[str]]) -> None:
            path = folder / f"unix_{name}_v4{number:02}_utf8.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(columns.split())
                writer.writerows(rows)

        tags = ("N",) * 5
        table(
            "referentiel_code_rome",
            "code_rome code_fiche_metier code_ogr libelle_rome transition_eco transition_num transition_demo"
            " emploi_reglemente emploi_cadre code_rome_parent",
            ((job, "METIER", job, label, *tags, "") for job, label in self.jobs.items()),
        )
        table(
            "texte",
            "code_rome code_compo_bloc libelle_type_texte position_phrase libelle_texte",
            (
                (job, "1", kind, "1", text)
                for job, texts in self.texts.items()
                for kind, text in zip(("definition", "acces_metier"), texts, strict=True)
            ),
        )
        table(
            "referentiel_appellation",
            "code_ogr libelle_appellation_long libelle_appellation_court code_rome transition_eco"
            " transition_num transition_demo emploi_reglemente emploi_cadre classification origine"
            " code_rome_parent peu_usite",
            (
                (title, label, label, job, *tags, "PRINCIPALE", "ROME", "", "N")
                for title, (label, job) in self.titles.items()
            ),
        )
        self._write_items(table)
        self._write_links(table)

    def _write_items(self, table) -> None:
        table(
            "referentiel_competence",
            "code_ogr nature libelle_competence definition code_ogr_macro_comp code_macro_comp cat_comp"
            " sous_cat_comp transition_eco transition_num libelle_heterogeneite libelle_origine",
            [
                (macro, "MACRO", label, "", "", macro, "faire", "", "", "", "", "ROME")
                for macro, label in self.macros.items()
            ]
            + [
                (skill, "DETAILLEE", label, "", macro, macro, "faire", "", "", "", "", "ROME")
                for skill, (label, macro) in self.skills.items()
            ],
        )
        table(
            "referentiel_savoir",
            "code_ogr_savoir libelle_savoir categorie_savoir sous_categorie_savoir transition_eco"
            " transition_num",
            ((item, label, "Domaines", "Expertises", "", "") for item, label in self.knowledge.items()),
        )
        table(
            "referentiel_contexte_travail",
            "code_ogr libelle_cont_travail code_type_cont_trav libelle_type_cont_trav",
            ((item, label, "1", "Conditions") for item, label in self.contexts.items()),
        )

    def _write_links(self, table) -> None:
        table(
            "coherence_item",
            "code_rome code_ogr coeur_metier",
            ((job, item, core) for (job, item), core in self.uses.items()),
        )
        table(
            "rubrique_mobilite",
            "code_rome code_rome_cible numero_ordre",
            ((job, other, order) for (job, other), order in self.neighbours.items()),
        )
        table(
            "centre_interet",
            "code_centre_interet libelle_centre_interet definition_centre_interet",
            ((code, label, "") for code, label in self.interests.items()),
        )
        table(
            "arborescence_centre_interet",
            "code_centre_interet libelle_centre_interet code_ogr_rome code_rome libelle_rome principal",
            (
                (interest, self.interests[interest], job, job, self.jobs[job], principal)
                for (job, interest), principal in self.tags.items()
            ),
        )
