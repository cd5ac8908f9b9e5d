"""An adviser goes through their list with the keyboard, keeps a filter, and has it prepared as a file."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.enums import Purpose
from competences.models import Export, SavedFilter
from competences.private_files import exports_folder
from competences.services.exports import build_next_export
from tests.accounts.factories import MandateFactory, MembershipFactory, UserFactory
from tests.e2e.hands import accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_keyboard_a_filter_and_a_file(page, live_server, person, settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"
    member = MembershipFactory(user=person)
    long_ago = timezone.localdate() - dt.timedelta(days=200)
    for name in ("Anne", "Basile", "Chloé"):
        MandateFactory(
            worker=UserFactory(name=name).worker,
            adviser=person,
            organisation=member.organisation,
            purpose=Purpose.FOLLOW_UP,
            start_on=long_ago,
        )
    sign_in(page, live_server.url, person)
    page.goto(f"{live_server.url}/conseiller/")
    accessible(page)
    page.goto(f"{live_server.url}/conseiller/personnes/?vue=sans-contact")
    accessible(page)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    assert page.evaluate("document.activeElement.textContent") == "Anne"
    page.keyboard.press("j")
    page.keyboard.press("?")
    assert page.locator("details[data-keys]").get_attribute("open") is not None
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.keyboard.type("bazile")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=bazile**")
    assert page.locator("[data-row]").all_inner_texts() == ["Basile"]
    page.locator("summary", has_text="garder ce filtre").click()
    page.get_by_label("Nom de ce filtre").fill("À appeler")
    page.get_by_role("button", name="Garder ce filtre").click()
    page.wait_for_load_state()
    page.get_by_role("heading", name="Mes filtres").wait_for()
    assert SavedFilter.objects.get().asked == {"vue": "sans-contact"}
    page.get_by_role("button", name="Préparer un tableau CSV").click()
    page.get_by_role("heading", name="Votre fichier").wait_for()
    build_next_export(actor=SYSTEM, folder=exports_folder(), now=timezone.now())
    page.reload()
    assert page.get_by_role("link", name="Télécharger le fichier").count() == 1
    assert Export.objects.get().rows_done == 1
    page.goto(f"{live_server.url}/conseiller/personnes/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/conseiller/*-*/")
    accessible(page)
