"""The whole way on the starter data: a skill is logged, an edition comes, its person is told why."""

import re

import pytest
from django.core import mail
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.services.deliveries import deliver_batch
from competences.models import Concept
from competences.services.risks import assess_waiting_editions
from tests.e2e.hands import accessible, edition, sign_in

FAX, TITLE = "Envoyer et recevoir des télécopies", "Secrétaire polyvalent / polyvalente"
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_skill_is_logged_the_reference_changes_and_the_person_is_told(page, live_server, worker):
    sign_in(page, live_server.url, worker)
    page.goto(f"{live_server.url}/mon-espace/metiers/?q=secretaire polyvalente")
    page.locator("li", has_text=TITLE).locator("button[value=current]").first.click()
    page.wait_for_url("**/mon-espace/metiers/")
    page.goto(f"{live_server.url}/mon-espace/competences/?q=telecopie")
    page.locator("li", has_text=FAX).locator("a").first.click()
    page.click("button[name=level][value='6']")
    page.wait_for_url(re.compile("ajout="))
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
    page.locator("details.touched summary", has_text=FAX).click()
    flag = page.locator(".flag", has_text=FAX)
    assert "retirée du référentiel" in flag.inner_text()
    assert "édition 2" in flag.inner_text()
    accessible(page)


def test_the_way_works_without_javascript(browser, live_server, worker):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, worker)
    skill = Concept.objects.get(kind="skill", revisions__label=FAX)
    page.goto(f"{live_server.url}/mon-espace/competences/ajouter/{skill.pk}/")
    page.locator("summary", has_text="dates").click()
    page.fill("[name=acquired_on]", "2990-01-01")
    page.click(".actions button[type=submit]")
    assert page.locator("#id_acquired_on_error").count() == 1
    page.fill("[name=acquired_on]", "2020-01-01")
    page.click(".actions button[type=submit]")
    assert FAX in page.locator("main").inner_text()
    context.close()
