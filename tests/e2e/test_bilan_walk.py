"""A whole bilan with two browsers, the worker's phone and the adviser's screen, until its
synthesis was destroyed by the job; and a bilan that is refused."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from accounts.actors import SYSTEM
from accounts.enums import Purpose
from accounts.models import User
from accounts.services.people import create_user
from competences.models import Appointment, Bilan, BilanDocument
from competences.services.destructions import destroy_due_documents
from competences.services.evidence_files import file_path
from tests.accounts.factories import MandateFactory, OrganisationFactory
from tests.competences.bilan_steps import bilan_in, held
from tests.e2e.hands import PASSWORD, accessible, follow, press, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def adviser(person: User) -> User:
    """Alex, an adviser to whom Marie gave access for her bilan."""
    user = create_user(actor=SYSTEM, email="alex@exemple.invalid", name="Alex", is_verified=True)
    user.set_password(PASSWORD)
    user.save()
    body = OrganisationFactory(name="Cap Conseil")
    MandateFactory(worker=person.worker, adviser=user, organisation=body, purpose=Purpose.BILAN)
    return user


def browse(browser: Browser, width: int, *, scripts: bool) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(15_000)
    return context.new_page()


def step(page: Page, name: str) -> None:
    """The link of a step on the page of the bilan, then its button on the page that asks."""
    follow(page, name)
    press(page, name)


def prepared_by_hand(page: Page, root: str, look: bool) -> str:
    """From the wish to the preparation; gives the address of the bilan."""
    page.goto(f"{root}/mon-espace/bilans/")
    if look:
        accessible(page)
    follow(page, "Souhaiter un bilan")
    page.get_by_label("Ce que j’attends").fill("Former mes collègues")
    press(page, "Noter mon souhait")
    address = page.url
    follow(page, "Compléter ou changer")
    page.get_by_label("Alex, Cap Conseil").check()
    page.get_by_label("Mon employeur").fill("Usine Neuve")
    page.get_by_label("Qui paie").select_option("own")
    if look:
        accessible(page)
    press(page, "Enregistrer")
    step(page, "Mon bilan est préparé")
    page.get_by_label("J’accepte ce texte").check()
    press(page, "Donner mon accord")
    if look:
        accessible(page)
    return address


def write(page: Page, part: str, text: str) -> None:
    """One part of the synthesis, from the page of the bilan, and the way back to it."""
    follow(page, "Écrire la synthèse")
    page.get_by_label(part).fill(text)
    press(page, "Enregistrer")


def handed_over(mine: Page, theirs: Page, address: str, page: str, look: bool) -> str:
    """The synthesis is begun by the adviser, gone on with by the person, and handed; gives its address."""
    theirs.goto(page)
    write(theirs, "Les circonstances du bilan", "Marie tient un accueil depuis neuf ans.")
    mine.goto(address)
    write(mine, "Votre projet professionnel", "Former mes collègues.")
    if look:
        accessible(mine)
    follow(mine, "Revenir au bilan")
    theirs.goto(page)
    follow(theirs, "Document de synthèse")
    if look:
        accessible(theirs)
    for text in ("Marie tient un accueil depuis neuf ans.", "Former mes collègues."):
        assert theirs.get_by_text(text).count(), text
    press(theirs, "Remettre cette version à la personne")
    assert not theirs.get_by_role("link", name="Télécharger").count()
    mine.goto(address)
    follow(mine, "Document de synthèse")
    if look:
        accessible(mine)
    # The file itself is served by another host, which is not there: the way to it is, and so are its bytes.
    link = mine.get_by_role("link", name="Télécharger").get_attribute("href")
    assert mine.request.get(mine.url.split("/documents/")[0] + link, max_redirects=0).status == 302
    document = BilanDocument.objects.get()
    [sheet] = PdfReader(file_path(document.stored_as, document.file_kind)).pages
    assert "Former mes collègues." in sheet.extract_text()
    return mine.url


def destroyed_by_the_job(mine: Page, theirs: Page, document: str, address: str, look: bool) -> None:
    """On the day after the end of the bilan, nothing of the synthesis is left but that it was."""
    today = timezone.now()
    assert not destroy_due_documents(actor=SYSTEM, now=today)
    assert destroy_due_documents(actor=SYSTEM, now=today + dt.timedelta(days=2))["synthesis"] == 1
    assert not BilanDocument.objects.exists()
    for page in (mine, theirs):
        assert page.goto(document).status == 410
        if look:
            accessible(page)
    mine.goto(address)
    follow(mine, "Lire ce qui a été détruit, et quand")
    if look:
        accessible(mine)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_whole_bilan_from_the_wish_to_the_follow_up(browser, live_server, person, adviser, scripts):
    mine, theirs = browse(browser, 360, scripts=scripts), browse(browser, 1280, scripts=scripts)
    sign_in(mine, live_server.url, person)
    address = prepared_by_hand(mine, live_server.url, scripts)
    sign_in(theirs, live_server.url, adviser)
    theirs.goto(f"{live_server.url}/conseiller/bilans/")
    follow(theirs, "Marie")
    page = theirs.url
    step(theirs, "Commencer la phase préliminaire")

    follow(theirs, "Prévoir un rendez-vous")
    theirs.get_by_label("Jour").fill((timezone.localdate() + dt.timedelta(days=9)).isoformat())
    theirs.get_by_label("Heure").fill("10:00")
    if scripts:
        accessible(theirs)
    press(theirs, "Enregistrer")
    mine.goto(f"{live_server.url}/mon-espace/rendez-vous/")
    mine.locator("main ul.list a").first.click()
    mine.wait_for_load_state()
    if scripts:
        accessible(mine)
    follow(mine, "Déplacer ou changer")
    mine.get_by_label("Heure").fill("11:30")
    press(mine, "Enregistrer")
    assert timezone.localtime(Appointment.objects.get().starts_at).hour == 11
    press(mine, "Annuler ce rendez-vous")
    assert Appointment.objects.get().state == "cancelled"

    held(Bilan.objects.get(), 13 * 60)
    theirs.goto(page)
    step(theirs, "Passer à l’investigation")
    mine.goto(address)
    assert mine.get_by_text("13 h sur 13 h au moins").count()
    step(mine, "Passer aux conclusions")
    if scripts:
        accessible(mine)
    document = handed_over(mine, theirs, address, page, scripts)
    theirs.goto(page)
    if scripts:
        accessible(theirs)
    step(theirs, "Terminer le bilan")
    mine.goto(address)
    step(mine, "L’entretien de suivi a eu lieu")
    bilan = Bilan.objects.get()
    assert bilan.state == "follow_up"
    assert [move.role for move in bilan.moves.all()] == [
        "person", "person", "adviser", "adviser", "person", "adviser", "person",
    ]  # fmt: skip
    destroyed_by_the_job(mine, theirs, document, address, scripts)
    for one in (mine, theirs):
        one.context.close()


def test_a_refusal_at_a_phase_leaves_nothing_for_the_adviser(browser, live_server, person, adviser):
    mandate = person.worker.mandates.get()
    bilan = bilan_in("investigation", person, mandate, now=timezone.now())
    mine, theirs = browse(browser, 360, scripts=True), browse(browser, 1280, scripts=True)
    sign_in(theirs, live_server.url, adviser)
    page = f"{live_server.url}/conseiller/{person.worker.public_id}/bilans/{bilan.public_id}/"
    assert theirs.goto(page).status == 200
    sign_in(mine, live_server.url, person)
    mine.goto(f"{live_server.url}/mon-espace/bilans/{bilan.public_id}/")
    follow(mine, "Refuser ce bilan")
    accessible(mine)
    press(mine, "Refuser ce bilan")
    accessible(mine)
    assert theirs.goto(page).status == 404
    theirs.goto(f"{live_server.url}/conseiller/bilans/")
    assert not theirs.get_by_text("Marie").count()
    accessible(theirs)
    press(mine, "Revenir à l’étape d’avant")
    bilan.refresh_from_db()
    assert bilan.state == "investigation"
    for one in (mine, theirs):
        one.context.close()
