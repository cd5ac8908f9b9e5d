"""A record kept on a phone: skills in few taps, a job's ticks, one skill corrected in two tabs."""

import re

import pytest

from competences.models import SkillStatement
from tests.e2e.hands import accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
MOST_INTERACTIONS = 12
WORDS = ("telecopies", "tableau de calcul", "mots de passe")


class Hand:
    """Counts what a person does: a word typed, a key or a tap is one."""

    def __init__(self, page):
        self.page, self.done = page, 0

    def type(self, text):
        self.done += 1
        self.page.locator("#search-q").press_sequentially(text)

    def press(self, key):
        self.done += 1
        self.page.keyboard.press(key)

    def tap(self, selector):
        self.done += 1
        self.page.locator(selector).first.click()


def test_three_skills_take_few_taps_and_no_new_page(page, live_server, worker):
    sign_in(page, live_server.url, worker)
    page.goto(f"{live_server.url}/mon-espace/")
    hand, place = Hand(page), page.url
    for count, words in enumerate(WORDS, start=1):
        hand.type(words)
        hand.tap("#suggest-q a")
        hand.tap("#quick-add button[value='4']")
        page.wait_for_selector(f"#t-skills .count:text-is('{count}')")
    assert hand.done < MOST_INTERACTIONS
    assert page.url == place
    assert {s.revisions.get().level for s in SkillStatement.objects.standing()} == {4}
    page.get_by_role("button", name="Annuler cet ajout").click()
    page.wait_for_selector("#t-skills .count:text-is('2')")
    accessible(page)


def test_the_same_by_the_keyboard_and_escape_leaves_the_choice(page, live_server, worker):
    sign_in(page, live_server.url, worker)
    page.goto(f"{live_server.url}/mon-espace/competences/")
    hand = Hand(page)
    hand.type(WORDS[0])
    page.wait_for_selector("#suggest-q a")
    hand.press("ArrowDown")
    hand.press("Enter")
    page.wait_for_selector("#quick-add button[name=level]:focus")
    accessible(page)
    hand.press("ArrowDown")
    hand.press("Enter")
    page.wait_for_selector("#skill-count:text-is('1')")
    assert SkillStatement.objects.get().revisions.get().level == 2
    hand.type(WORDS[1])
    page.wait_for_selector("#suggest-q a")
    hand.press("ArrowDown")
    hand.press("Enter")
    page.wait_for_selector("#quick-add button[name=level]:focus")
    hand.press("Escape")
    page.wait_for_selector("#search-q")
    assert SkillStatement.objects.count() == 1


@pytest.mark.parametrize("script", [True, False])
def test_a_jobs_ticks_then_one_skill_in_two_tabs(browser, live_server, worker, script):
    context = browser.new_context(java_script_enabled=script, viewport={"width": 360, "height": 800})
    page = context.new_page()
    sign_in(page, live_server.url, worker)
    page.goto(f"{live_server.url}/referentiels/demo/metiers/M1607/")
    page.get_by_role("link", name="Je sais faire").click()
    boxes = page.locator("input[name=concepts]")
    for number in range(3):
        boxes.nth(number).check()
    page.click(".actions button[type=submit]")
    page.wait_for_url(re.compile("ajout="))
    assert "3 compétences ajoutées" in page.locator("main").inner_text()
    page.locator("#my-skills .list a").first.click()
    other = context.new_page()
    other.goto(page.url)
    for tab, level in ((page, "3"), (other, "6")):
        tab.check(f"[name=level][value='{level}']")
        tab.click("button:has-text('Enregistrer')")
    other.wait_for_selector("[data-error-summary]")
    assert "a changé entre-temps" in other.locator("main").inner_text()
    assert other.is_checked("[name=level][value='6']")
    if script:
        accessible(other)
    other.click("button:has-text('Enregistrer')")
    assert "6 · je m’adapte" in other.locator("#t-now ~ dl").inner_text()
    context.close()
