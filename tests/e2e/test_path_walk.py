"""A path noted without JavaScript on a phone, and pictures whose labels never run into one another."""

import pytest

from accounts.actors import SYSTEM
from competences.importers.base import Claim
from competences.models import Concept, Edition
from competences.services.records import Said, declare_skill
from competences.services.references import import_edition
from tests.e2e.hands import FOLDER, accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

OVERLAPS = """
[...document.querySelectorAll("svg.picture")].flatMap(picture => {
    const frame = picture.getBoundingClientRect()
    const words = [...picture.querySelectorAll("text")].map(t => [t.textContent, t.getBoundingClientRect()])
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 2 && b.top < a.bottom - 2
    return words.flatMap(([one, a], place) => [
        ...(a.left < frame.left - 1 || a.right > frame.right + 1 ? [[one, "out of the frame"]] : []),
        ...words.slice(place + 1).filter(([, b]) => meet(a, b)).map(([other]) => [one, other]),
    ])
})
"""
"""Labels of pictures that share a place, or leave their picture."""

PERIODS = [
    {"nature": "work", "free_text": "Un métier " + "WAGON " * 12, "first": "2012", "last": "06/2015"},
    {
        "nature": "volunteering",
        "free_text": "Écoute",
        "first": "mars 2014",
        "last": "2016",
        "share_percent": "10",
    },
    {"nature": "pause", "first": "01/2016", "last": "12/2016", "reason": "pour moi"},
    {"nature": "work", "free_text": "Secrétaire", "first": "15/03/2019"},
]


def test_a_path_is_noted_on_a_phone_without_javascript(browser, live_server, worker):
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    sign_in(page, live_server.url, worker)
    for period in PERIODS:
        page.goto(f"{live_server.url}/mon-espace/parcours/ajouter/")
        page.click(f"a[href*='nature={period['nature']}']")
        for name, value in period.items():
            if name != "nature":
                page.fill(f"[name={name}]", value)
        page.press("[name=first]", "Enter")
        page.wait_for_url("**/mon-espace/parcours/")
    shown = page.locator("main").inner_text()
    assert "Secrétaire" in shown
    assert "pour moi" not in shown
    page.locator("a", has_text="Dire ce que c’était").first.click()
    page.click("a[href*='nature=caring']")
    assert page.input_value("[name=first]") == "01/2017"
    assert page.input_value("[name=last]") == "02/2019"
    page.click("main form button[type=submit]")
    page.locator("h3 a", has_text="Secrétaire").click()
    page.click("form[action*='retirer'] button")
    page.click("form[action*='remettre'] button")
    assert page.locator("h3 a", has_text="Secrétaire").count() == 1
    context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_labels_of_pictures_never_meet(browser, live_server, worker, width):
    folder = FOLDER / "digcomp"
    import_edition(
        actor=SYSTEM, format="digcomp", paths=[folder], slug="digcomp", claim=Claim("3.0"), apply=True
    )
    place = {"edition": Edition.objects.get(reference__slug="digcomp"), "said": Said(level=5)}
    for skill in Concept.objects.filter(reference__slug="digcomp", kind="skill"):
        declare_skill(actor=worker, worker=worker.worker, concept=skill, **place)
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    sign_in(page, live_server.url, worker)
    for period in PERIODS:
        page.goto(f"{live_server.url}/mon-espace/parcours/ajouter/?nature={period['nature']}")
        for name, value in period.items():
            if name != "nature":
                page.fill(f"[name={name}]", value)
        page.click("main form button[type=submit]")
        page.wait_for_url("**/mon-espace/parcours/")
    accessible(page)
    page.goto(f"{live_server.url}/mon-espace/metiers/?q=secretaire polyvalente")
    page.locator("li", has_text="Secrétaire polyvalent").locator("button[value=wanted]").first.click()
    page.goto(f"{live_server.url}/mon-espace/competences/images/?niveau=8")
    assert page.locator("svg.picture").count() == 4
    assert page.evaluate(OVERLAPS) == []
    accessible(page)
    context.close()
