"""The way on the real ROME, 58 then 60: what the producer dropped is told to the person who had noted it.

Nothing of the producer is written here: the job, its title and the two skills are chosen from the archives.
"""

import re
from collections import defaultdict
from typing import NamedTuple

import pytest

from accounts.actors import SYSTEM
from accounts.models import Notification
from competences.services.references import import_edition
from competences.services.risks import assess_waiting_editions
from tests.competences.test_real_rome import DATA, Table
from tests.e2e.hands import accessible, sign_in

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.shared_data,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is not beside the checkout"),
]


class Case(NamedTuple):
    """A job of both editions with a title that stays, a skill orphaned in 60, and one that others still use.

    `orphans` counts the skills that 60 orphaned in all, `lost` those that the job no longer asks for.
    """

    job: str
    title: str
    orphaned: str
    dropped: str
    orphans: int
    lost: int


def chosen() -> Case:
    """The first job, by code, that has such a title and such skills under unchanged, unmistakable names."""
    old, new = Table(458), Table(460)
    names = [dict(t("referentiel_competence", "code_ogr", "libelle_competence")) for t in (old, new)]
    uses = [t("coherence_item", "code_rome", "code_ogr") for t in (old, new)]
    users: list[dict[str, set[str]]] = [defaultdict(set), defaultdict(set)]
    for found, links in zip(users, uses, strict=True):
        for job, item in links:
            found[item].add(job)
    listed = names[0].keys() & names[1].keys()
    orphans = {skill for skill in listed if users[0][skill] and not users[1][skill]}
    titles = ("referentiel_appellation", "code_ogr", "code_rome", "libelle_appellation_long")
    kept: dict[str, list[str]] = defaultdict(list)
    for _ogr, job, label in sorted(set(old(*titles)) & set(new(*titles))):
        kept[job].append(label)
    skills: dict[str, list[str]] = defaultdict(list)
    for job, item in sorted(uses[0]):
        # A name that another skill bears would be found twice.
        named = names[0].get(item)
        if named and named == names[1].get(item) and list(names[1].values()).count(named) == 1:
            skills[job].append(item)
    for job in sorted(kept):
        gone = [s for s in skills[job] if s in orphans]
        dropped = [s for s in skills[job] if users[1][s] and job not in users[1][s]]
        if gone and dropped:
            lost = {item for code, item in {*uses[0]} - {*uses[1]} if code == job and item in names[0]}
            return Case(job, kept[job][0], names[1][gone[0]], names[1][dropped[0]], len(orphans), len(lost))
    raise AssertionError("no job of 58 lost an orphaned skill and another one in 60")


def rome(version: int) -> None:
    path = DATA / f"rome_v{version}_csv_utf8.zip"
    assert import_edition(actor=SYSTEM, format="rome", paths=[path], apply=True).applied


def name_a_job(page, root: str, title: str) -> None:
    page.goto(f"{root}/mon-espace/metiers/")
    page.fill("main input[name=q]", title)
    page.press("main input[name=q]", "Enter")
    row = page.locator("li").filter(has=page.get_by_text(title, exact=True))
    row.locator("button[value=current]").click()
    page.wait_for_url("**/mon-espace/metiers/")


def declare(page, root: str, skill: str) -> None:
    page.goto(f"{root}/mon-espace/competences/")
    page.fill("main input[name=q]", skill)
    page.press("main input[name=q]", "Enter")
    page.locator("li").filter(has=page.get_by_text(skill, exact=True)).locator("a.btn").click()
    page.click("button[name=level][value='5']")
    page.wait_for_url(re.compile("ajout="))


def test_the_real_rome_drops_skills_and_their_person_is_told(page, live_server, person):
    case = chosen()
    rome(458)
    assess_waiting_editions(actor=SYSTEM, limit=5)
    sign_in(page, live_server.url, person)
    name_a_job(page, live_server.url, case.title)
    for skill in (case.orphaned, case.dropped):
        declare(page, live_server.url, skill)
    page.goto(f"{live_server.url}/mon-espace/")
    assert page.locator(".flag").count() == 0

    rome(460)
    done = assess_waiting_editions(actor=SYSTEM, limit=5)
    assert (done["editions"], done["flags"], done["messages"]) == (1, 2, 1)
    assert Notification.objects.get(kind="reference_changed").recipient == person
    page.reload()
    for summary in page.locator("details.touched summary").all():
        summary.click()
    told = {skill: page.locator(".flag", has_text=skill) for skill in (case.orphaned, case.dropped)}
    assert "plus aucune fiche métier ne la demande" in told[case.orphaned].inner_text()
    assert "votre métier actuel ne la demande plus" in told[case.dropped].inner_text()
    assert all("édition 60" in flag.inner_text() for flag in told.values())
    accessible(page)

    told[case.orphaned].locator("a[href*=changements]").click()
    page.wait_for_url("**/editions/60/changements/")
    accessible(page)
    page.locator(".filters a[href*='change=orphaned']").click()
    page.locator(".filters a[href*='kind=skill']").click()
    page.wait_for_url("**change=orphaned**kind=skill**")
    figure = "".join(filter(str.isdigit, page.locator("#t-list .count").inner_text()))
    assert int(figure) == case.orphans
    assert page.locator("#list ul.list > li").count() == min(case.orphans, 50)

    page.goto(f"{live_server.url}/referentiels/rome/metiers/{case.job}/")
    columns = page.locator("ul.columns")
    page.locator(".filters a", has_text="58").click()
    page.wait_for_url("**edition=58**")
    for skill in (case.orphaned, case.dropped):
        assert columns.get_by_text(skill, exact=True).count() == 1, skill
    page.locator(".filters a", has_text="60").click()
    page.wait_for_url("**edition=60**")
    summary = page.locator(".timeline summary", has_text="compétence").filter(has_text="de moins").first
    assert summary.inner_text().split()[0] == f"−{case.lost}"
    for skill in (case.orphaned, case.dropped):
        assert columns.get_by_text(skill, exact=True).count() == 0, skill
    accessible(page)
