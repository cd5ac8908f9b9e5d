"""An employer's own reference by the page: two bad rows, mended, applied, and what the next edition does."""

import re

import pytest

from accounts.actors import SYSTEM
from accounts.enums import MembershipRole
from accounts.services.people import create_user
from competences.services.risks import assess_waiting_editions
from tests.accounts.factories import MembershipFactory, OrganisationFactory
from tests.competences.upload_builder import BAD, HEADER, TABLE, work
from tests.e2e.hands import PASSWORD, accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

SECOND = HEADER + "M1;Soudeur;C1;Souder à l’arc;oui;\nM1;Soudeur;C2;Tracer un plan;;\n"


@pytest.fixture
def member():
    user = create_user(actor=SYSTEM, email="employeur@exemple.invalid", name="Ada", is_verified=True)
    user.set_password(PASSWORD)
    user.save()
    organisation = OrganisationFactory(employer=True)
    MembershipFactory(user=user, organisation=organisation, role=MembershipRole.EMPLOYER_MEMBER)
    user.place = f"/employeur/{organisation.public_id}/referentiel/"
    return user


def choose(page, text, form=""):
    file = {"name": "metiers.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.set_input_files(f"{form} input[type=file]", file)


def send(page, number, text):
    page.fill("[name=number]", number)
    choose(page, text)
    page.click("main form button[type=submit]")


def declare(page, root, skill):
    """The same person, as a worker, declares what the next edition drops."""
    page.goto(f"{root}/mon-espace/competences/?q={skill}")
    page.locator("li", has_text=skill).locator("a").first.click()
    page.click("button[name=level][value='6']")
    page.wait_for_url(re.compile("ajout="))


def test_two_bad_rows_are_mended_and_the_edition_applied(page, live_server, member):
    sign_in(page, live_server.url, member)
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(live_server.url + member.place)
    accessible(page)
    send(page, "un", BAD)
    page.wait_for_selector("#id_number_error")
    assert page.input_value("[name=number]") == "un"
    send(page, "1", BAD)
    page.wait_for_selector("progress")
    accessible(page)
    work()
    # The page finds out by itself.
    page.wait_for_selector("#anomalies")
    assert page.locator("table:has(#anomalies) tbody tr").count() == 2
    accessible(page)
    with page.expect_download() as download:
        page.click("a[href$='.csv']")
    failed = download.value.path().read_text("utf-8-sig")
    choose(
        page, failed.replace(";Soudeur;;", ";Soudeur;C2;").replace("bof", "non"), "form[action$='/corriger/']"
    )
    page.click("form[action$='/corriger/'] button")
    page.wait_for_selector("progress")
    work()
    page.wait_for_selector("form[action$='/appliquer/']")
    accessible(page)
    page.click("form[action$='/appliquer/'] button")
    page.wait_for_selector("progress")
    work()
    page.click("a[href$='/changements/']")
    assert "édition 1" in page.locator("h1").inner_text()

    assess_waiting_editions(actor=SYSTEM, limit=5)
    declare(page, live_server.url, "Lever")
    page.goto(live_server.url + member.place)
    send(page, "2", SECOND)
    work()
    page.wait_for_selector("form[action$='/appliquer/']")
    page.click("form[action$='/appliquer/'] button")
    work()
    page.click("a[href$='/changements/']")
    told = page.locator("#list").inner_text()
    assert "Grutier" in told
    assert "Tracer un plan" in told

    assert assess_waiting_editions(actor=SYSTEM, limit=5)["messages"] == 1
    page.goto(f"{live_server.url}/mon-espace/")
    page.locator("details.touched summary", has_text="Lever").click()
    flag = page.locator(".flag", has_text="Lever").inner_text()
    assert "retirée du référentiel" in flag
    assert "édition 2" in flag
    accessible(page)
    assert faults == []


def test_the_page_is_asked_again_by_hand_without_javascript(browser, live_server, member):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, member)
    page.goto(live_server.url + member.place)
    send(page, "1", TABLE)
    work()
    page.click("main section a")
    page.click("form[action$='/appliquer/'] button")
    work()
    page.click("main section a")
    assert page.locator("a[href$='/changements/']").count() == 1
    context.close()
