"""From a note to a handover and back: an adviser beside a person on a phone, without JavaScript too."""

import pytest
from playwright.sync_api import Browser, Page

from accounts.enums import Purpose
from accounts.models import HandoverPart, Mandate, User
from competences.models import AdviserMessage
from tests.accounts.factories import MandateFactory, MembershipFactory
from tests.e2e.hands import PASSWORD, accessible, follow, press, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def camille(person: User) -> User:
    """Camille, who follows Marie and prepares her bilan, beside Sam in the same organisation."""
    mandate = MandateFactory(worker=person.worker, adviser__name="Camille", organisation__name="Avenir")
    MandateFactory(
        worker=person.worker,
        adviser=mandate.adviser,
        organisation=mandate.organisation,
        purpose=Purpose.BILAN,
    )
    MembershipFactory(user__name="Sam", organisation=mandate.organisation)
    mandate.adviser.set_password(PASSWORD)
    mandate.adviser.save()
    return mandate.adviser


def opened(browser: Browser, width: int, *, scripts: bool) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(15_000)
    return context.new_page()


def write_and_propose(adviser: Page, root: str, person: User, look) -> None:
    """A shared note, a message seen before it leaves, then the handover."""
    adviser.goto(f"{root}/conseiller/{person.worker.public_id}/")
    follow(adviser, "Ajouter une note", exact=False)
    look(adviser)
    adviser.get_by_label("Note partagée", exact=False).check()
    adviser.get_by_label("Suivre mon parcours", exact=False).check()
    adviser.locator("textarea[name=text]").fill("Son projet avance bien.")
    press(adviser, "Enregistrer")
    assert adviser.get_by_text("Son projet avance bien.").count() == 1
    look(adviser)

    adviser.goto(f"{root}/conseiller/ecrire/?personne={person.worker.public_id}")
    adviser.locator("textarea[name=text]").fill("Bonjour {nom}, à bientôt.")
    press(adviser, "Voir avant d’envoyer")
    assert adviser.get_by_text("Bonjour Marie, à bientôt.").count() == 1
    look(adviser)
    press(adviser, "Envoyer 1 message")
    assert AdviserMessage.objects.get().text == "Bonjour Marie, à bientôt."

    adviser.goto(f"{root}/conseiller/relais/nouveau/?personne={person.worker.public_id}")
    adviser.get_by_label("Collègue qui prend le relais").select_option("Sam, Avenir")
    adviser.get_by_label("Un mot aux personnes", exact=False).fill("Je change de ville.")
    press(adviser, "Voir avant de proposer")
    assert adviser.get_by_text("ne passe que si la personne dit oui").count() == 1
    look(adviser)
    press(adviser, "Proposer à 1 personne")
    look(adviser)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_person_is_asked_answers_and_goes_back(browser, live_server, person, camille, scripts):
    adviser, mine = opened(browser, 1280, scripts=scripts), opened(browser, 360, scripts=scripts)
    look = accessible if scripts else lambda page: None
    sign_in(adviser, live_server.url, camille)
    write_and_propose(adviser, live_server.url, person, look)

    sign_in(mine, live_server.url, person)
    follow(mine, "Mon accompagnement", exact=False)
    for words in ("Son projet avance bien.", "Bonjour Marie, à bientôt."):
        assert mine.get_by_text(words).count() == 1
    look(mine)
    follow(mine, "Lire et répondre", exact=False)
    assert mine.get_by_text("Je change de ville.").count() == 1
    look(mine)
    mine.get_by_role("group", name="Suivre mon parcours").get_by_label("Oui").check()
    press(mine, "Répondre")
    assert HandoverPart.objects.get(purpose="bilan").state == "proposed"
    assert Mandate.objects.filter(adviser__name="Sam").count() == 1
    look(mine)

    adviser.goto(f"{live_server.url}/conseiller/relais/")
    look(adviser)
    follow(adviser, "Marie", exact=False)
    assert adviser.get_by_text("sans rien écrire").count() == 1
    look(adviser)

    press(mine, "Fermer dès maintenant")
    assert adviser.reload().status == 404
    press(mine, "Annuler ce relais")
    assert HandoverPart.objects.get(purpose="follow_up").state == "undone"
    adviser.goto(f"{live_server.url}/conseiller/{person.worker.public_id}/")
    assert adviser.get_by_role("heading", name="Marie").count() == 1
    for page in (adviser, mine):
        page.context.close()
