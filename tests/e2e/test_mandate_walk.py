"""From an adviser's question to a refusal: asked, given in part, opened, seen, taken back, refused."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.actors import SYSTEM
from accounts.enums import MembershipRole, OrganisationKind
from accounts.models import Mandate, User
from accounts.services.organisations import create_organisation, start_membership
from accounts.services.people import create_user
from competences.services.records import Said, declare_free_skill
from tests.e2e.hands import PASSWORD, accessible, follow, press, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

BODY = "Cap Métiers"


@pytest.fixture
def adviser(person: User) -> User:
    """Yann, who advises at Cap Métiers and follows nobody yet."""
    user = create_user(actor=SYSTEM, email="yann@exemple.invalid", name="Yann Kerlo", is_verified=True)
    user.set_password(PASSWORD)
    user.save()
    body = create_organisation(actor=SYSTEM, name=BODY, kind=OrganisationKind.ADVISER_BODY)
    start_membership(
        actor=SYSTEM,
        user=user,
        organisation=body,
        role=MembershipRole.ADVISER,
        start_on=timezone.localdate(),
        end_on=None,
    )
    return user


def on_a_screen(browser: Browser, width: int, *, scripts: bool) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(15_000)
    return context.new_page()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_an_access_is_asked_given_used_seen_and_taken_back(browser, live_server, person, adviser, scripts):
    declare_free_skill(actor=person, worker=person.worker, text="Réparer des vélos", said=Said(level=3))
    theirs, mine = (on_a_screen(browser, width, scripts=scripts) for width in (1280, 360))

    def look(page: Page) -> None:
        if scripts:
            accessible(page)

    sign_in(theirs, live_server.url, adviser)
    theirs.goto(f"{live_server.url}/demandes-d-acces/")
    look(theirs)
    follow(theirs, "Demander un accès", exact=False)
    theirs.get_by_label("Adresse e-mail de la personne").fill(person.email)
    theirs.get_by_label("Suivre mon parcours").check()
    theirs.get_by_label("Préparer mon bilan de compétences").check()
    theirs.get_by_label("Pourquoi le demandez-vous ?").fill("Préparer votre reconversion")
    look(theirs)
    press(theirs, "Envoyer ma demande", exact=False)
    assert theirs.get_by_text("attend une réponse").count()
    look(theirs)

    sign_in(mine, live_server.url, person)
    mine.goto(f"{live_server.url}/compte/acces/")
    look(mine)
    follow(mine, "Lire et répondre", exact=False)
    assert mine.get_by_text("Préparer votre reconversion").count()
    assert mine.get_by_text(BODY).count()
    look(mine)
    mine.get_by_label("Suivre mon parcours").check()
    press(mine, "Donner cet accès", exact=False)
    assert [one.purpose for one in Mandate.objects.all()] == ["follow_up"]

    file = f"{live_server.url}/conseiller/{person.worker.public_id}/"
    assert theirs.goto(file).status == 200
    assert theirs.get_by_text("Réparer des vélos").count()

    mine.goto(f"{live_server.url}/compte/acces/")
    seen = mine.get_by_role("row", name="Yann Kerlo")
    assert BODY in seen.inner_text()
    assert "Préparer votre reconversion" in seen.inner_text()
    look(mine)
    press(mine, "Retirer l’accès", exact=False)
    assert theirs.goto(file).status == 404
    assert not theirs.get_by_text("Réparer des vélos").count()

    mine.goto(f"{live_server.url}/compte/consentements/")
    assert mine.get_by_text("retiré").count()
    look(mine)
    for page in (mine, theirs):
        page.context.close()
