"""From a proof to an answer, on a phone, without JavaScript too: the worker, then who was asked by e-mail."""

import pytest
from playwright.sync_api import Browser, Page

from accounts.actors import SYSTEM
from accounts.models import User
from accounts.services.people import create_user
from competences.models import Attestation, Evidence
from competences.services.records import Said, declare_free_skill
from tests.competences.file_builder import png
from tests.e2e.hands import PASSWORD, accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def colleague(person: User) -> User:
    """Alex, who has an account and confirmed the address."""
    user = create_user(actor=SYSTEM, email="alex@exemple.invalid", name="Alex", is_verified=True)
    user.set_password(PASSWORD)
    user.save()
    return user


def on_a_phone(browser: Browser, *, scripts: bool) -> Page:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(15_000)
    return context.new_page()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_proof_is_sent_shown_and_answered(
    browser, live_server, person, colleague, settings, tmp_path, scripts
):
    settings.PRIVATE_ROOT = tmp_path / "private"
    declare_free_skill(actor=person, worker=person.worker, text="Réparer des vélos", said=Said(level=3))
    mine, theirs = (on_a_phone(browser, scripts=scripts) for _ in range(2))
    sign_in(mine, live_server.url, person)
    mine.get_by_role("link", name="Preuves et avis").click()
    mine.get_by_role("link", name="Ajouter un fichier").click()
    mine.get_by_label("Réparer des vélos").check()
    mine.get_by_label("Titre").fill("Ma photo")
    mine.locator("input[type=file]").set_input_files(
        {"name": "photo.png", "mimeType": "image/png", "buffer": png()}
    )
    press(mine, "Ajouter à mes preuves")
    assert Evidence.objects.get().file_kind == "png"
    mine.get_by_role("link", name="Demander un avis").click()
    mine.get_by_label("Réparer des vélos").check()
    mine.get_by_label("Un ou une collègue").check()
    mine.get_by_label("Son adresse e-mail").fill(colleague.email)
    mine.get_by_label("Ma photo").check()
    press(mine, "Envoyer ma demande")

    sign_in(theirs, live_server.url, colleague)
    theirs.get_by_role("link", name="Preuves et avis").click()
    theirs.get_by_role("link", name="Lire et répondre").click()
    theirs.get_by_role("link", name="Marie").click()
    if scripts:
        accessible(theirs)
    press(theirs, "Lire et donner mon avis")
    if scripts:
        accessible(theirs)
    theirs.get_by_label("Je l’ai vue la pratiquer").check()
    press(theirs, "Donner mon avis")
    assert Attestation.objects.get().author == colleague
    mine.get_by_role("link", name="Réparer des vélos").click()
    assert mine.get_by_text("Alex").count()
    if scripts:
        accessible(mine)
    for page in (mine, theirs):
        page.context.close()
