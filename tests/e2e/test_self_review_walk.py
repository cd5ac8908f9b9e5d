"""On a phone: the first steps of somebody who just came in, then a review of ten skills, by thumb or keys."""

import pytest

from competences.models import Concept, Edition, SelfReview, SkillStatement, WorkerJob
from competences.services.records import Said, declare_skill
from tests.e2e.hands import accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_somebody_new_ends_with_a_record_in_few_presses(page, live_server, worker):
    sign_in(page, live_server.url, worker)
    page.wait_for_url("**/mon-espace/premiers-pas/")
    accessible(page)
    page.locator("#search-q").press_sequentially("secretaire pol")
    page.locator(".suggestions a", has_text="Secrétaire polyvalent").first.click()
    page.get_by_role("button", name="C’est mon métier, continuer").click()
    page.wait_for_url("**/envie/")
    page.get_by_label("garder mon métier").check()
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/outils/")
    page.get_by_role("button", name="Passer cette question").click()
    page.wait_for_url("**/competences/")
    accessible(page)
    skills = page.locator("fieldset")
    assert skills.count() == 10
    skills.nth(0).get_by_label("oui, niveau 5").check()
    skills.nth(1).get_by_label("oui, niveau plus tard").check()
    page.get_by_role("button", name="Ajouter ce que j’ai choisi").click()
    page.wait_for_url("**/mon-espace/")
    levels = [one.revisions.get().level for one in SkillStatement.objects.order_by("pk")]
    assert levels == [5, None]
    assert WorkerJob.objects.count() == 1
    accessible(page)


@pytest.fixture
def reviewer(worker):
    edition = Edition.objects.get()
    for concept in Concept.objects.filter(kind="skill", reference__slug="demo").order_by("pk")[:10]:
        declare_skill(
            actor=worker, worker=worker.worker, concept=concept, edition=edition, said=Said(level=3)
        )
    return worker


def test_ten_skills_are_reviewed_with_a_thumb_and_with_keys(page, live_server, reviewer):
    sign_in(page, live_server.url, reviewer)
    page.goto(f"{live_server.url}/mon-espace/revue/")
    page.get_by_role("button", name="Commencer ma revue").click()
    page.evaluate("window.isSamePage = true")
    presses = 1
    for number in range(10):
        heading = page.locator("#t-skill")
        page.locator("#review-place", has_text=f"{number + 1} sur 10").wait_for()
        if number:
            assert page.evaluate("document.activeElement.id") == "t-skill"
        name = heading.inner_text()
        if number in (0, 5):
            accessible(page)
        button = page.get_by_role("button", name="Passer" if number == 9 else "C’est toujours vrai")
        # Without a scroll, in the half of the screen that a thumb reaches.
        assert button.bounding_box()["y"] > 400
        assert button.bounding_box()["height"] >= 44
        assert button.bounding_box()["y"] + button.bounding_box()["height"] <= 800
        if number % 2:
            button.focus()
            page.keyboard.press("Enter")
        else:
            button.click()
        presses += 1
        if number < 9:
            page.wait_for_function("name => document.querySelector('#t-skill')?.innerText !== name", arg=name)
    page.get_by_role("heading", name="Ma revue est terminée").wait_for()
    assert page.evaluate("window.isSamePage") is True
    assert presses <= 12
    accessible(page)
    assert "9 compétences confirmées" in page.locator("main").inner_text()
    assert SelfReview.objects.get().end == "finished"


def test_the_list_is_accessible_too(page, live_server, reviewer):
    sign_in(page, live_server.url, reviewer)
    page.goto(f"{live_server.url}/mon-espace/revue/")
    page.get_by_role("button", name="Commencer ma revue").click()
    page.get_by_role("link", name="Tout voir dans une liste").click()
    page.wait_for_url("**/liste/")
    accessible(page)
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Confirmer ce qui est coché").click()
    page.locator("#review-place", has_text="2 sur 10").wait_for()
