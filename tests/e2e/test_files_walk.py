"""A person takes their record away and brings files to it: on a phone without scripts, on a wide screen."""

import pytest
from playwright.sync_api import Browser, Page

from accounts.models import User
from competences.models import SkillStatement, WorkerJob
from competences.services.records import Said, change_level, declare_free_skill
from tests.competences.import_builder import table
from tests.e2e.hands import accessible, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

FILES = "/mon-espace/fichiers/"
ROWS = [
    ("Construire un tableau de calcul", 5, "un emploi", "2019-09-01", "", "chez un client"),
    ("Tricoter des écharpes", 8, "", "", "", ""),
    ("Messagerie", "expert", "", "", "", ""),
]


def send(page: Page, root: str, name: str, content: bytes) -> None:
    page.goto(root + FILES)
    page.set_input_files("[name=file]", files=[{"name": name, "mimeType": "", "buffer": content}])
    page.get_by_role("button", name="Envoyer et lire").click()
    page.wait_for_load_state()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name).click()
    page.wait_for_load_state()


def test_a_table_is_brought_ticked_and_undone_without_scripts(browser: Browser, live_server, worker: User):
    context = browser.new_context(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, worker)
    send(page, live_server.url, "mes compétences.csv", table(*ROWS))
    assert page.get_by_text("n’est pas un niveau de 1 à 8").is_visible()
    assert page.get_by_label("Construire un tableau de calcul").first.is_checked()
    page.get_by_label("Tricoter des écharpes").first.check()
    press(page, "Ajouter ce qui est coché")
    held = SkillStatement.objects.standing().filter(worker=worker.worker)
    assert {row.free_text for row in held} == {"", "Tricoter des écharpes"}
    press(page, "Annuler cet ajout")
    assert not held.all().exists()
    send(page, live_server.url, "cv.json", b'{"skills": [NaN]}')
    assert page.get_by_text("Ligne 1, colonne 13").first.is_visible()
    context.close()


def test_a_record_is_taken_away_and_put_back(page: Page, live_server, worker: User):
    own = {"actor": worker, "worker": worker.worker}
    statement = declare_free_skill(**own, text="Réparer des vélos", said=Said(level=3))
    change_level(actor=worker, statement=statement, level=5)
    sign_in(page, live_server.url, worker)
    page.goto(live_server.url + FILES)
    accessible(page)
    with page.expect_download() as told:
        page.get_by_role("link", name="tout mon dossier").click()
    content = told.value.path().read_bytes()
    assert told.value.suggested_filename == "mon-dossier.json"
    SkillStatement.objects.all().delete()
    WorkerJob.objects.all().delete()
    send(page, live_server.url, "mon-dossier.json", content)
    accessible(page)
    press(page, "Remettre mon dossier comme il était")
    assert SkillStatement.objects.get().public_id == statement.public_id
    assert SkillStatement.objects.get().revisions.get().level == 5
    accessible(page)


def test_what_is_read_is_accessible(browser: Browser, live_server, worker: User):
    for width, scheme in ((360, "light"), (1280, "dark")):
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        page = context.new_page()
        sign_in(page, live_server.url, worker)
        send(page, live_server.url, "a.csv", table(*ROWS))
        accessible(page)
        press(page, "Tout cocher")
        press(page, "Ajouter ce qui est coché")
        accessible(page)
        press(page, "Annuler cet ajout")
        context.close()
