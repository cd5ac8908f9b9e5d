"""A flag explained, hidden, contested, its successor accepted; a CV made and read back. On a phone and on a
wide screen, with scripts and without."""

import io

import pypdf
import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from competences.enums import JobUse, ProposalState, StatementSource
from competences.importers.record_files import read_file
from competences.models import Concept, Edition, RiskFlag, SkillStatement, SuccessorProposal
from competences.services.jobs import add_worker_job
from competences.services.records import Said, declare_skill
from competences.services.risks import assess_waiting_editions
from tests.e2e.hands import accessible, edition, sign_in

FAX, DICTATED = "Envoyer et recevoir des télécopies", "Transcrire un texte dicté au dictaphone"
pytestmark = pytest.mark.django_db(transaction=True)
SCREENS = {"phone": (360, True), "phone, no script": (360, False), "wide": (1280, True)}


@pytest.fixture
def touched(worker):
    """Marie, two of whose skills the second edition leaves behind; one has a successor."""
    mine = {"actor": worker, "worker": worker.worker, "edition": Edition.objects.get()}
    title = Concept.objects.get(kind="title", revisions__label="Secrétaire polyvalent / polyvalente")
    for use in JobUse:
        add_worker_job(**mine, title=title, use=use)
    for label in (FAX, DICTATED):
        skill = Concept.objects.get(kind="skill", revisions__label=label)
        declare_skill(**mine, concept=skill, said=Said(level=6, sources=(StatementSource.JOB,)))
    edition(2)
    assert assess_waiting_editions(actor=SYSTEM, limit=5)["proposals"] == 1
    return worker


@pytest.fixture(params=SCREENS.values(), ids=SCREENS)
def screen(request, browser):
    width, script = request.param
    context = browser.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
    context.set_default_timeout(15_000)
    yield context.new_page(), script
    context.close()


def test_a_flag_is_explained_hidden_contested_and_its_successor_taken(screen, live_server, touched):
    page, script = screen
    sign_in(page, live_server.url, touched)
    page.goto(f"{live_server.url}/mon-espace/signaux/")
    page.get_by_role("link", name=DICTATED).click()
    main = page.locator("main")
    assert "plus demandée par aucun métier" in main.inner_text()
    assert "édition 2" in main.inner_text()
    assert "Ce que cela ne veut pas dire" in main.inner_text()
    if script:
        accessible(page)
    page.select_option("[name=months]", "6")
    page.get_by_role("button", name="Masquer", exact=True).click()
    page.get_by_role("button", name="L’afficher de nouveau").click()
    page.get_by_role("button", name="Contester ce signal").click()
    if script:  # the browser itself asks for a reason
        assert page.locator("[name=reason]:invalid").count() == 1
    page.fill("[name=reason]", "On m’en dicte chaque jour.")
    page.get_by_role("button", name="Contester ce signal").click()
    page.wait_for_selector("text=On m’en dicte chaque jour.")
    assert RiskFlag.objects.contested().count() == 1
    page.get_by_role("button", name="Oui, remplacer").click()
    page.wait_for_url("**/accepter/")
    assert SuccessorProposal.objects.get().state == ProposalState.ACCEPTED
    left = SkillStatement.objects.get(concept__revisions__label=DICTATED)
    assert left.removed_at is not None
    assert left.revisions.get().level == 6


def test_a_cv_is_made_and_read_back(screen, live_server, touched):
    page, script = screen
    sign_in(page, live_server.url, touched)
    page.goto(f"{live_server.url}/mon-espace/cv/")
    if script:
        accessible(page)
    page.get_by_role("link", name="Faire mon premier CV").click()
    page.fill("[name=headline]", "Secrétaire polyvalente")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Prendre le PDF").wait_for()
    if script:
        accessible(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Prendre le PDF").click()
    content = download.value.path().read_bytes()
    assert FAX in pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()
    found = read_file("cv.pdf", content, timezone.localdate())
    assert {(skill.text, skill.level) for skill in found.skills} == {(FAX, 6), (DICTATED, 6)}
    page.goto(f"{live_server.url}/mon-espace/fichiers/")
    page.set_input_files("input[type=file]", files=[{"name": "cv.pdf", "mimeType": "", "buffer": content}])
    page.locator("form:has(input[type=file]) button[type=submit]").click()
    page.get_by_text(FAX).first.wait_for()
