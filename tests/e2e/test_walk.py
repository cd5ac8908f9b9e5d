"""The whole way on the starter data: a skill is logged, an edition comes, its person is told why."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.services.deliveries import deliver_batch
from accounts.services.people import create_user
from competences.models import Concept, Edition
from competences.services.references import import_edition
from competences.services.risks import assess_waiting_editions
from competences.starter import people

FOLDER = Path(people.__file__).parent
PASSWORD = "une longue phrase de passe"
FAX, TITLE = "Envoyer et recevoir des télécopies", "Secrétaire polyvalent / polyvalente"
pytestmark = pytest.mark.django_db(transaction=True)


def edition(number: int) -> None:
    import_edition(actor=SYSTEM, format="rome", paths=[FOLDER / f"demo_v{number}"], slug="demo", apply=True)


@pytest.fixture
def worker():
    edition(1)
    Edition.objects.update(impact="done")
    user = create_user(actor=SYSTEM, email="marie@exemple.invalid", name="Marie", is_verified=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(page, live_server, user) -> None:
    page.goto(f"{live_server.url}/compte/login/")
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "login" not in url)


def accessible(page) -> None:
    """No serious or critical violation, and nothing wider than the screen."""
    found = Axe().run(page).response["violations"]
    grave = [(v["id"], v["nodes"][0]["html"]) for v in found if v["impact"] in ("serious", "critical")]
    assert grave == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), page.url


def test_a_skill_is_logged_the_reference_changes_and_the_person_is_told(page, live_server, worker):
    sign_in(page, live_server, worker)
    page.goto(f"{live_server.url}/mon-espace/metiers/?q=secretaire polyvalente")
    page.locator("li", has_text=TITLE).locator("button[value=current]").first.click()
    page.wait_for_url("**/mon-espace/metiers/")
    page.goto(f"{live_server.url}/mon-espace/competences/?q=telecopie")
    page.locator("li", has_text=FAX).locator("a").first.click()
    page.select_option("[name=level]", "6")
    page.select_option("[name=source]", "job")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/mon-espace/competences/")
    page.goto(f"{live_server.url}/mon-espace/bilan/")
    page.fill("[name=last_on]", "2025-03-12")
    page.fill("[name=rhythm_months]", "24")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/mon-espace/")
    assert page.locator("text=12 mars 2027").count() == 1

    edition(2)
    assert assess_waiting_editions(actor=SYSTEM, limit=5)["messages"] == 1
    deliver_batch(actor=SYSTEM, now=timezone.now())
    [message] = [m for m in mail.outbox if m.to == [worker.email]]
    assert FAX not in message.body + message.subject

    page.reload()
    flag = page.locator(".flag", has_text=FAX)
    assert "retirée du référentiel" in flag.inner_text()
    assert "édition 2" in flag.inner_text()
    accessible(page)


PUBLIC = [
    "/",
    "/recherche/?q=secretaire",
    "/referentiels/",
    "/referentiels/demo/metiers/M1607/",
    "/referentiels/demo/editions/2/changements/",
    "/compte/login/",
    "/compte/signup/",
]
PRIVATE = [
    "/mon-espace/",
    "/mon-espace/competences/?q=tableur",
    "/mon-espace/metiers/?q=comptable",
    "/mon-espace/bilan/",
]


def test_pages_are_accessible_on_a_phone(page, live_server, worker):
    edition(2)
    for path in PUBLIC:
        assert page.goto(live_server.url + path).status == 200, path
        accessible(page)
    sign_in(page, live_server, worker)
    for path in [*PRIVATE, "/compte/profil/", "/compte/acces/"]:
        assert page.goto(live_server.url + path).status == 200, path
        accessible(page)


def test_the_way_works_without_javascript(browser, live_server, worker):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, worker)
    skill = Concept.objects.get(kind="skill", revisions__label=FAX)
    page.goto(f"{live_server.url}/mon-espace/competences/ajouter/{skill.pk}/")
    page.fill("[name=acquired_on]", "2990-01-01")
    page.click("main form button[type=submit]")
    assert page.locator("#id_acquired_on_error").count() == 1
    page.fill("[name=acquired_on]", "2020-01-01")
    page.click("main form button[type=submit]")
    assert FAX in page.locator("main").inner_text()
    context.close()
