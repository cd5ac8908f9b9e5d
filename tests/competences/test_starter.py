"""The starter files say what they are meant to say. Read here with `csv` alone: no importer involved."""

import csv
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from competences.starter import people

STARTER = Path(people.__file__).parent
EDITIONS = {1: STARTER / "demo_v1", 2: STARTER / "demo_v2"}
REQUIRED = (
    "referentiel_code_rome",
    "referentiel_appellation",
    "referentiel_competence",
    "referentiel_savoir",
    "referentiel_contexte_travail",
    "coherence_item",
)
TAGS = ("transition_eco", "transition_num", "transition_demo", "emploi_reglemente", "emploi_cadre")
ITEM_TABLES = {
    "skill": ("referentiel_competence", "code_ogr", "libelle_competence"),
    "knowledge": ("referentiel_savoir", "code_ogr_savoir", "libelle_savoir"),
    "context": ("referentiel_contexte_travail", "code_ogr", "libelle_cont_travail"),
}


def rows(edition: int, table: str) -> list[dict[str, str]]:
    path = EDITIONS[edition] / f"unix_{table}_v40{edition}_utf8.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def tables(edition: int) -> list[str]:
    names = (p.name for p in EDITIONS[edition].glob("*.csv"))
    return sorted(name.removeprefix("unix_").removesuffix(f"_v40{edition}_utf8.csv") for name in names)


def labels(edition: int, kind: str) -> dict[str, str]:
    table, key, label = {
        "job": ("referentiel_code_rome", "code_rome", "libelle_rome"),
        "title": ("referentiel_appellation", "code_ogr", "libelle_appellation_long"),
        **ITEM_TABLES,
    }[kind]
    return {row[key]: row[label] for row in rows(edition, table)}


def bare(label: str) -> str:
    """The comparison of references.md, written a second time on purpose: folding is what is checked."""
    label = unicodedata.normalize("NFKD", label).casefold().replace("œ", "oe").replace("æ", "ae")
    label = "".join(c for c in label if not unicodedata.combining(c))
    return re.sub(r"[^a-z0-9+#]+", " ", label).strip()


def links(edition: int) -> dict[tuple[str, str], str]:
    return {(r["code_rome"], r["code_ogr"]): r["coeur_metier"] for r in rows(edition, "coherence_item")}


def job_of_title(edition: int) -> dict[str, str]:
    return {r["code_ogr"]: r["code_rome"] for r in rows(edition, "referentiel_appellation")}


class Diff(NamedTuple):
    added: set[str]
    removed: set[str]
    renamed: set[str]
    cosmetic: set[str]


def diff(kind: str) -> Diff:
    before, after = labels(1, kind), labels(2, kind)
    both = before.keys() & after.keys()
    renamed = {k for k in both if bare(before[k]) != bare(after[k])}
    cosmetic = {k for k in both if before[k] != after[k]} - renamed
    return Diff(set(after.keys() - before), set(before.keys() - after), renamed, cosmetic)


def orphaned(kind: str) -> set[str]:
    """Listed in both, linked to a job in the first, to none in the second."""
    linked = {edition: {item for _job, item in links(edition)} for edition in EDITIONS}
    listed = labels(1, kind).keys() & labels(2, kind).keys()
    return {item for item in listed if item in linked[1] and item not in linked[2]}


# -- the form


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_file_has_the_official_form(edition):
    for table in tables(edition):
        content = (EDITIONS[edition] / f"unix_{table}_v40{edition}_utf8.csv").read_bytes()
        assert content.endswith(b'"\n'), table
        assert not content.startswith(b"\xef\xbb\xbf"), table
        assert b"\r" not in content, table
        for number, line in enumerate(content.decode().splitlines(), 1):
            assert re.fullmatch(r'"(?:[^"]|"")*"(?:,"(?:[^"]|"")*")*', line), f"{table}:{number}"


@pytest.mark.parametrize("edition", EDITIONS)
def test_no_label_has_stray_blanks(edition):
    for table in tables(edition):
        for row in rows(edition, table):
            for column, cell in row.items():
                assert cell == cell.strip(), f"{table}.{column}: {cell!r}"
                assert "  " not in cell, f"{table}.{column}: {cell!r}"


@pytest.mark.parametrize("edition", EDITIONS)
def test_the_required_files_are_there_and_filled(edition):
    for table in REQUIRED:
        assert rows(edition, table), table


def test_both_editions_have_the_same_tables():
    assert tables(1) == tables(2)
    assert rows(1, "type_referentiel") == rows(2, "type_referentiel") == []


@pytest.mark.parametrize(("edition", "published"), [(1, "01/10/2024"), (2, "15/03/2026")])
def test_version_file(edition, published):
    text = (EDITIONS[edition] / "version.txt").read_text(encoding="utf-8")
    assert text.startswith(f"Numero de version : {edition}\n\nDate de publication : {published}\n")
    assert "n'est pas une publication officielle" in text


@pytest.mark.parametrize("edition", EDITIONS)
def test_texts_have_doubled_apostrophes_and_other_files_none(edition):
    texts = [row["libelle_texte"] for row in rows(edition, "texte")]
    assert any("''" in text for text in texts)
    assert not any(re.search(r"(?<!')'(?!')", text) for text in texts)
    for table in tables(edition):
        if table != "texte":
            assert not any("''" in cell for row in rows(edition, table) for cell in row.values()), table


# -- identifiers and links


@pytest.mark.parametrize("edition", EDITIONS)
def test_identifiers_are_unique_across_kinds_and_of_their_own_range(edition):
    ids = [row["code_ogr"] for row in rows(edition, "referentiel_code_rome")]
    ids += [i for kind in ("title", *ITEM_TABLES) for i in labels_with_repeats(edition, kind)]
    assert [i for i, times in Counter(ids).items() if times > 1] == []
    assert all(900_000 <= int(i) < 1_000_000 for i in ids)


def labels_with_repeats(edition: int, kind: str) -> list[str]:
    table, key = ("referentiel_appellation", "code_ogr") if kind == "title" else ITEM_TABLES[kind][:2]
    return [row[key] for row in rows(edition, table)]


def test_an_identifier_keeps_its_kind_through_editions():
    kinds: dict[str, set[str]] = {}
    for edition in EDITIONS:
        for row in rows(edition, "referentiel_code_rome"):
            kinds.setdefault(row["code_ogr"], set()).add("job")
        for kind in ("title", *ITEM_TABLES):
            for code in labels(edition, kind):
                kinds.setdefault(code, set()).add(kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


@pytest.mark.parametrize("edition", EDITIONS)
def test_one_principal_title_a_job_and_it_names_the_job(edition):
    principal = [
        (r["code_rome"], r["libelle_appellation_long"])
        for r in rows(edition, "referentiel_appellation")
        if r["classification"] == "PRINCIPALE"
    ]
    assert len(principal) == len(dict(principal))
    assert dict(principal) == labels(edition, "job")


@pytest.mark.parametrize("edition", EDITIONS)
def test_labels_are_unique_within_a_kind(edition):
    for kind in ("job", "title", *ITEM_TABLES):
        found = Counter(bare(label) for label in labels(edition, kind).values())
        assert [label for label, times in found.items() if times > 1] == [], kind


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_link_resolves(edition):
    jobs = labels(edition, "job")
    items = {code for kind in ITEM_TABLES for code in labels(edition, kind)}
    skills = rows(edition, "referentiel_competence")
    macros = {r["code_ogr"] for r in skills if r["nature"] == "Macro-compétence"}
    pairs = [(r["code_rome"], r["code_ogr"]) for r in rows(edition, "coherence_item")]
    assert len(pairs) == len(set(pairs))
    assert {job for job, _item in pairs} == set(jobs)
    assert {item for _job, item in pairs} <= items
    assert {r["coeur_metier"] for r in rows(edition, "coherence_item")} == {"", "Principale", "Émergente"}
    assert set(job_of_title(edition).values()) == set(jobs)
    assert all((r["nature"] == "Compétence") == (r["code_ogr_macro_comp"] in macros) for r in skills)
    near = [(r["code_rome"], r["code_rome_cible"]) for r in rows(edition, "rubrique_mobilite")]
    assert len(near) == len(set(near))
    assert {code for pair in near for code in pair} <= set(jobs)
    assert not any(one == other for one, other in near)
    for table in ("texte", "cr_gd_dp", "arborescence_thematique", "referentiel_code_rome_riasec"):
        assert {r["code_rome"] for r in rows(edition, table)} == set(jobs), table


@pytest.mark.parametrize("edition", EDITIONS)
def test_repeated_files_agree_with_those_that_count(edition):
    blocs = {"1": set(), "2": set(), "5": set(), "6": set()}
    for row in rows(edition, "liens_rome_referentiels"):
        blocs[row["code_compo_bloc"]].add((row["code_rome"], row["code_ogr"]))
    assert blocs["5"] | blocs["6"] == set(links(edition))
    assert blocs["2"] == {(job, title) for title, job in job_of_title(edition).items()}
    assert blocs["1"] == {(r["code_rome"], r["code_ogr"]) for r in rows(edition, "referentiel_code_rome")}
    union = {code: label for kind in ITEM_TABLES for code, label in labels(edition, kind).items()}
    assert {r["code_ogr"]: r["libelle"] for r in rows(edition, "item")} == union
    tree = rows(edition, "arborescence_competences")
    named = {r["code_ogr_macro_competence"]: r["libelle_macro_competence"] for r in tree}
    named |= {r["code_ogr_competence"]: r["libelle_competence"] for r in tree if r["code_ogr_competence"]}
    assert named == labels(edition, "skill")
    jobs = labels(edition, "job")
    for table in ("cr_gd_dp", "arborescence_thematique"):
        assert all(jobs[r["code_rome"]] == r["libelle_rome"] for r in rows(edition, table)), table


@pytest.mark.parametrize("edition", EDITIONS)
def test_counts_are_those_of_a_small_reference(edition):
    assert 24 <= len(labels(edition, "job")) <= 28
    assert 180 <= len(labels(edition, "skill")) <= 250
    assert 55 <= len(labels(edition, "knowledge")) <= 75
    assert 14 <= len(labels(edition, "context")) <= 17
    items = Counter(job for job, _item in links(edition))
    assert {job: n for job, n in items.items() if not 15 <= n <= 30} == {}
    titles = Counter(job_of_title(edition).values())
    assert {job: n for job, n in titles.items() if not 3 <= n <= 6} == {}


# -- what the second edition shows


@pytest.mark.parametrize("kind", ["job", "title", "skill", "knowledge", "context"])
def test_each_kind_shows_additions_removals_renames(kind):
    found = diff(kind)
    assert all((found.added, found.removed, found.renamed, found.cosmetic)), found


@pytest.mark.parametrize("kind", ["skill", "knowledge"])
def test_items_are_orphaned(kind):
    assert orphaned(kind)


def test_a_common_job_is_retagged():
    tags = {
        e: {r["code_rome"]: [r[t] for t in TAGS] for r in rows(e, "referentiel_code_rome")} for e in EDITIONS
    }
    changed = {
        (code, tag)
        for code in tags[1].keys() & tags[2].keys()
        for tag, before, after in zip(TAGS, tags[1][code], tags[2][code], strict=True)
        if before != after
    }
    assert {tag for _code, tag in changed} >= {"transition_num", "emploi_reglemente", "emploi_cadre"}


def test_a_job_takes_the_label_of_another():
    before, after = labels(1, "job"), labels(2, "job")
    renamed = diff("job").renamed
    took = {
        code
        for code in renamed
        if any(bare(label) == bare(after[code]) for other, label in before.items() if other != code)
    }
    assert took == {"E1101"}


def test_a_code_is_recycled_and_its_titles_are_followed_elsewhere():
    before, after = job_of_title(1), job_of_title(2)
    recycled = {
        code
        for code in diff("job").renamed
        if not any(after.get(title) == code for title, job in before.items() if job == code)
    }
    assert recycled == {"E1110"}
    assert {after[title] for title, job in before.items() if job == "E1110"} == {"E1101"}


def test_titles_move_to_another_job_even_from_a_job_that_leaves():
    before, after = job_of_title(1), job_of_title(2)
    moved = {title for title in before.keys() & after.keys() if before[title] != after[title]}
    assert any(before[title] in diff("job").removed for title in moved)
    assert any(before[title] in labels(2, "job") for title in moved)


def test_links_of_common_jobs_are_added_removed_reflagged():
    before, after = links(1), links(2)
    common = labels(1, "job").keys() & labels(2, "job").keys()
    assert any(job in common for job, _item in after.keys() - before.keys())
    assert any(job in common for job, _item in before.keys() - after.keys())
    flags = {
        (before[pair], after[pair]) for pair in before.keys() & after.keys() if before[pair] != after[pair]
    }
    assert {("Émergente", "Principale"), ("", "Principale"), ("Principale", ""), ("", "Émergente")} <= flags


# -- DigComp


def test_digcomp_has_five_areas_and_twenty_one_competences():
    with (STARTER / "digcomp" / "digcomp.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, strict=True))
    areas = {r["code"] for r in lines if r["kind"] == "area"}
    competences = {r["code"] for r in lines if r["kind"] == "competence"}
    assert areas == {"1", "2", "3", "4", "5"}
    assert Counter(code[0] for code in competences) == {"1": 3, "2": 6, "3": 4, "4": 4, "5": 4}
    assert len(lines) == 26
    assert all(r["label_fr"] and r["label_en"] for r in lines)


# -- people


def test_people_name_titles_and_skills_of_the_first_edition():
    demo = people.read()
    titles = labels(1, "title")
    jobs = [job for w in demo.workers for job in w.jobs] + [j for o in demo.organisations for j in o.jobs]
    assert all(titles[job.id] == job.label for job in jobs)
    for worker in demo.workers:
        for stated in worker.statements:
            assert labels(1, stated.kind)[stated.id] == stated.label
        assert len({(s.kind, s.id) for s in worker.statements}) == len(worker.statements)
        assert all(lived.title in titles for lived in worker.periods if lived.title)
        with (STARTER / "digcomp" / "digcomp.csv").open(encoding="utf-8", newline="") as file:
            named = {row["code"]: row["label_fr"] for row in csv.DictReader(file)}
        assert all(named[stated.id] == stated.label for stated in worker.digcomp)


def test_people_are_plainly_demo_and_receive_no_mail():
    demo = people.read()
    everyone = [*demo.workers, *(m for o in demo.organisations for m in o.members)]
    assert all(p.email.endswith("@demo.invalid") and p.name.startswith("Démo ") for p in everyone)
    assert len({p.email for p in everyone}) == len(everyone)
    assert all(o.name.startswith("Démo ") for o in demo.organisations)


def test_days_of_the_people_hold_together():
    demo = people.read()
    for worker in demo.workers:
        for stated in (*worker.statements, *worker.digcomp):
            days = [ago for ago, _level in stated.levels]
            assert days == sorted(set(days), reverse=True)
            assert demo.joined > days[0]
            assert days[-1] > 0
            assert all(1 <= level <= 8 for _ago, level in stated.levels)
            # Nothing that is told may be later than the day on which it was told.
            assert stated.practised is None or stated.practised >= days[0]
            assert stated.acquired is None or stated.acquired >= max(days[0], stated.practised or 0)
        assert worker.mandate is None or worker.mandate.since < demo.joined
        assert all(lived.since > (lived.until or 0) for lived in worker.periods)
    members = [m for o in demo.organisations for m in o.members]
    adviser = next(m for m in members if m.email == demo.adviser)
    assert all(w.mandate.since <= adviser.since for w in demo.workers if w.mandate)
    assert any(m.role == "adviser" and m.email != demo.adviser for m in members)


def test_the_main_worker_meets_each_risk_once_and_keeps_durable_skills():
    worker = next(w for w in people.read().workers if w.email == "travailleuse@demo.invalid")
    title = next(job.id for job in worker.jobs if job.use == "current")
    before, after = job_of_title(1)[title], job_of_title(2)[title]
    met: dict[str, list[str]] = {"withdrawn": [], "orphaned": [], "dropped": [], "kept": []}
    used = {item for _job, item in links(2)}
    for stated in worker.statements:
        if (before, stated.id) not in links(1):
            continue
        if stated.id not in labels(2, stated.kind):
            met["withdrawn"].append(stated.label)
        elif stated.id not in used:
            met["orphaned"].append(stated.label)
        elif (after, stated.id) not in links(2):
            met["dropped"].append(stated.label)
        else:
            met["kept"].append(stated.label)
    assert [len(met[rule]) for rule in ("withdrawn", "orphaned", "dropped")] == [1, 1, 1], met
    assert len(met["kept"]) >= 5, met
