"""A share by link, on a phone, without JavaScript too: three steps, the code of the mail, and its closing."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts.access import SYSTEM
from accounts.models import FileOpening, Share
from accounts.services.notifications import deliver_batch
from competences.services.records import Said, declare_free_skill
from tests.e2e.hands import accessible, follow, press, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

READER = "lectrice@exemple.invalid"


def on_a_phone(browser: Browser, *, scripts: bool) -> Page:
    context = browser.new_context(
        viewport={"width": 360, "height": 800}, locale="fr-FR", java_script_enabled=scripts
    )
    context.set_default_timeout(15_000)
    return context.new_page()


def last_mail() -> str:
    """The text of the last message to the reader, once the job has sent what waits."""
    deliver_batch(actor=SYSTEM, now=timezone.now())
    return [message for message in mail.outbox if message.to == [READER]][-1].body


def looks() -> int:
    return FileOpening.objects.get_queryset().count()


def make(mine: Page, look: Callable[[Page], None]) -> None:
    """Ticks one of two skills, names the reader, reads the preview and accepts."""
    follow(mine, "Mon compte", exact=False)
    follow(mine, "Mes partages", exact=False)
    look(mine)
    follow(mine, "Créer un partage", exact=False)
    look(mine)
    mine.get_by_label("Réparer des vélos").check()
    press(mine, "Continuer", exact=False)
    mine.get_by_label("Par lien, à une personne").check()
    mine.get_by_label("Adresse e-mail de la personne").fill(READER)
    look(mine)
    press(mine, "Voir l’aperçu", exact=False)
    look(mine)
    assert mine.get_by_text("Réparer des vélos").count() == 1
    assert mine.get_by_text("Souder").count() == 0
    press(mine, "J’accepte et je partage", exact=False)
    look(mine)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_share_is_made_read_and_closed(browser, live_server, person, settings, scripts):
    settings.BASE_URL = live_server.url
    for text in ("Réparer des vélos", "Souder à l’arc"):
        declare_free_skill(actor=person, worker=person.worker, text=text, said=Said(level=3))
    mine, theirs = (on_a_phone(browser, scripts=scripts) for _ in range(2))
    look = accessible if scripts else (lambda page: None)

    sign_in(mine, live_server.url, person)
    make(mine, look)
    share = Share.objects.get()

    link = re.search(r"https?://\S+/partage/\S+", last_mail()).group()
    assert mine.locator("#share-link").input_value() == link
    theirs.goto(link)
    look(theirs)
    assert theirs.get_by_text("Marie").count() == 0
    press(theirs, "Recevoir mon code", exact=False)
    look(theirs)
    code = re.search(r"\b\d{4} \d{4}\b", last_mail()).group()
    theirs.get_by_label("Le code reçu par e-mail").fill("0000 0000" if code != "0000 0000" else "1111 1111")
    press(theirs, "Lire le partage", exact=False)
    assert theirs.get_by_text("Ce code n’ouvre rien").count()
    assert looks() == 0
    theirs.get_by_label("Le code reçu par e-mail").fill(code)
    press(theirs, "Lire le partage", exact=False)
    assert theirs.get_by_text("Marie montre ceci").count() == 1
    assert theirs.get_by_text("Réparer des vélos").count() == 1
    assert theirs.get_by_text("Souder").count() == 0
    look(theirs)
    assert looks() == 1

    mine.reload()
    assert mine.get_by_text(READER).count() >= 2
    follow(mine, "Qui peut voir quoi", exact=False)
    assert mine.get_by_role("cell", name=READER).count() == 1
    look(mine)
    mine.goto(f"{live_server.url}/compte/partages/{share.public_id}/")
    press(mine, "Fermer ce partage", exact=False)
    look(mine)
    for address in (theirs.url, link):
        answer = theirs.goto(address)
        assert answer.status == 404
        assert theirs.get_by_text("Ce lien n’ouvre rien").count()
        assert theirs.get_by_text("Réparer").count() == 0
    look(theirs)
    assert looks() == 1
    for page in (mine, theirs):
        page.context.close()
