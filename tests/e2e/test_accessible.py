"""axe-core finds nothing serious or critical: on a phone, on a wide screen, and in the dark."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.enums import Purpose
from accounts.services.people import create_user
from competences.enums import JobUse, StatementSource
from competences.models import Concept, Edition
from competences.queries.assessments import newest_instrument
from competences.rules.career import Moment
from competences.rules.instruments import ALONE, HELPED, NO
from competences.services import assessments
from competences.services.career import PeriodSaid, add_period
from competences.services.documents import write_synthesis
from competences.services.instruments import load_own_instruments
from competences.services.jobs import add_worker_job
from competences.services.records import Said, declare_skill
from competences.services.risks import assess_waiting_editions
from tests.accounts.factories import MandateFactory, MembershipFactory
from tests.competences.bilan_steps import bilan_in
from tests.e2e.hands import PASSWORD, accessible, edition, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

PUBLIC = [
    "/",
    "/recherche/?q=secretaire",
    "/referentiels/",
    "/referentiels/demo/metiers/M1607/",
    "/referentiels/demo/editions/2/changements/",
    "/referentiels/demo/metiers/M1607/comparer/",
    "/compte/login/",
    "/compte/signup/",
    "/compte/password/reset/",
    "/accessibilite/",
    "/mes-donnees/",
    "/une-page-qui-n-existe-pas/",
]
PRIVATE = [
    "/mon-espace/",
    "/mon-espace/competences/?q=tableur",
    "/mon-espace/competences/images/?niveau=5",
    "/mon-espace/metiers/?q=comptable",
    "/mon-espace/parcours/",
    "/mon-espace/parcours/ajouter/",
    "/mon-espace/parcours/ajouter/?nature=work",
    "/mon-espace/bilan/",
    "/mon-espace/bilans/",
    "/mon-espace/bilans/souhaiter/",
    "/mon-espace/rendez-vous/",
    "/mon-espace/rendez-vous/prevoir/",
    "/mon-espace/revue/",
    "/mon-espace/premiers-pas/?q=secretaire",
    "/mon-espace/premiers-pas/?secteur=",
    "/mon-espace/premiers-pas/envie/",
    "/mon-espace/premiers-pas/outils/",
    "/mon-espace/premiers-pas/competences/",
    "/mon-espace/preuves/",
    "/mon-espace/preuves/ajouter/fichier/",
    "/mon-espace/preuves/ajouter/certificat/",
    "/mon-espace/preuves/avis/demander/",
    "/avis/",
    "/compte/profil/",
    "/compte/messages/",
    "/compte/acces/",
    "/compte/consentements/",
    "/compte/partages/",
    "/compte/effacer/",
    "/compte/email/",
    "/mon-espace/auto-evaluation/",
    "/mon-espace/accompagnement/",
    "/partages/",
]
KEY = ["/referentiels/demo/metiers/M1607/", "/referentiels/demo/editions/2/changements/"]
SCREENS = [
    pytest.param(360, "dark", id="phone, dark"),
    pytest.param(1280, "light", id="wide"),
    pytest.param(1280, "dark", id="wide, dark"),
]


@pytest.fixture
def flagged(worker):
    """Marie with a job, and a skill that the second edition leaves behind."""
    first = Edition.objects.get()
    skill = Concept.objects.get(revisions__label="Envoyer et recevoir des télécopies")
    title = Concept.objects.get(kind="title", revisions__label="Secrétaire polyvalent / polyvalente")
    mine = {"actor": worker, "worker": worker.worker, "edition": first}
    declare_skill(**mine, concept=skill, said=Said(level=6, sources=(StatementSource.JOB,)))
    for use in JobUse:
        add_worker_job(**mine, title=title, use=use)
    first = Moment(dt.date(2019, 3, 1), "month")
    for kind, last in (("work", None), ("pause", first)):
        said = PeriodSaid(kind=kind, first=first, last=last, free_text="Secrétaire")
        add_period(actor=worker, worker=worker.worker, said=said)
    edition(2)
    assert assess_waiting_editions(actor=SYSTEM, limit=5)["flags"] == 1
    return worker


def visit(page, root: str, paths: list[str]) -> None:
    for path in paths:
        assert page.goto(root + path).status == (404 if "existe-pas" in path else 200), path
        accessible(page)


def for_others(user) -> list[str]:
    """Makes the person an adviser and an employer too; gives the pages that this opens."""
    [statement] = user.worker.statements.all()
    # Pages read the clock: the factories' days are long past, and an end that is not set is not reached.
    followed = MandateFactory(adviser=user).worker
    firm = MembershipFactory(user=user, employer=True).organisation
    return [
        f"/referentiels/demo/skill/{statement.concept.external_id}/",
        f"/mon-espace/competences/{statement.public_id}/",
        f"/mon-espace/competences/ajouter/{statement.concept_id}/",
        "/compte/acces/donner/",
        "/conseiller/",
        f"/conseiller/{followed.public_id}/",
        f"/employeur/{firm.public_id}/?q=secretaire",
    ]


def test_pages_are_accessible_on_a_phone(page, live_server, flagged):
    visit(page, live_server.url, PUBLIC)
    sign_in(page, live_server.url, flagged)
    visit(page, live_server.url, PRIVATE + for_others(flagged))


def a_bilan_of(person, adviser) -> tuple[list[str], list[str]]:
    """A bilan with a synthesis and self-assessments; the person's pages, then the adviser's."""
    mandate = MandateFactory(worker=person.worker, adviser=adviser, purpose=Purpose.BILAN)
    MandateFactory(worker=person.worker, adviser=adviser, organisation=mandate.organisation)
    now = timezone.now()
    bilan = bilan_in("investigation", person, mandate, now=now)
    content = {"project": "Former mes collègues."}
    version = write_synthesis(actor=adviser, bilan=bilan, content=content, based_on=0, now=now)
    load_own_instruments(actor=SYSTEM, now=now)
    made = assessments.start_assessment(
        actor=person, worker=person.worker, instrument=newest_instrument(), now=now
    )
    for code in ("1.1", "2.4", "5.1"):
        said = {"assessment": made, "code": code, "answers": [ALONE, HELPED, NO, NO]}
        assessments.answer_assessment(actor=person, **said, now=now)
    own = "/mon-espace/auto-evaluation/"
    assessments.finish_assessment(actor=person, assessment=made, now=now)
    again = assessments.start_assessment(
        actor=person, worker=person.worker, instrument=newest_instrument(), now=now
    )
    shared = [
        f"/bilans/{bilan.public_id}/documents/",
        f"/bilans/{bilan.public_id}/documents/ajouter/",
        f"/bilans/{bilan.public_id}/synthese/",
        f"/documents/{version.document.public_id}/",
        f"{own}{made.public_id}/resultats/",
    ]
    mine = [
        f"/mon-espace/bilans/{bilan.public_id}/",
        f"{own}{again.public_id}/",
        f"{own}{again.public_id}/terminer/",
        f"/documents/{version.document.public_id}/detruire/",
        "/compte/partages/nouveau/",
    ]
    file = f"/conseiller/{person.worker.public_id}/"
    theirs = [
        "/conseiller/",
        "/conseiller/personnes/",
        file,
        f"{file}bilans/{bilan.public_id}/",
        "/demandes-d-acces/",
        "/demandes-d-acces/nouvelle/",
        "/conseiller/relais/",
        "/conseiller/messages-types/",
    ]
    return mine + shared, theirs + shared


@pytest.mark.parametrize("width", [pytest.param(360, id="phone"), pytest.param(1280, id="wide")])
def test_the_pages_of_a_bilan_are_accessible_to_both_sides(browser, live_server, flagged, width):
    adviser = create_user(actor=SYSTEM, email="alex@exemple.invalid", name="Alex", is_verified=True)
    adviser.set_password(PASSWORD)
    adviser.save()
    for user, paths in zip((flagged, adviser), a_bilan_of(flagged, adviser), strict=True):
        context = browser.new_context(viewport={"width": width, "height": 800}, locale="fr-FR")
        page = context.new_page()
        sign_in(page, live_server.url, user)
        visit(page, live_server.url, paths)
        context.close()


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_key_pages_are_accessible_on_other_screens(browser, live_server, flagged, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    visit(page, live_server.url, KEY)
    sign_in(page, live_server.url, flagged)
    visit(page, live_server.url, PRIVATE[:3])
    context.close()


@pytest.mark.urls("tests.e2e.addresses")
@pytest.mark.parametrize(("width", "scheme"), [pytest.param(360, "light", id="phone"), *SCREENS])
def test_every_component_is_accessible(browser, live_server, width, scheme):
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    visit(page, live_server.url, ["/style/"])
    for details in page.locator("details").all():
        details.locator("summary").click()
    accessible(page)
    context.close()
