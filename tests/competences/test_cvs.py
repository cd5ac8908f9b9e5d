"""CVs: what is chosen is what is printed, for its own person alone; the PDF is accessible and reads back."""

import datetime as dt
import io
import json

import pypdf
import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.errors import NotFound, Refused
from competences.cv_documents import cv_document, period_words
from competences.enums import CvSection, JobUse, SkillWish
from competences.models import CareerPeriod, Cv, Evidence
from competences.queries.cvs import cv_content
from competences.rules.career import Moment
from competences.rules.cvs import CvCertificate, CvContent, CvEntry, CvSkill, json_resume
from competences.services import cvs as services
from competences.services.cvs import MOST_CVS, CvChoice, change_cv, copy_cv, make_cv, remove_cv, restore_cv
from competences.services.jobs import add_worker_job
from competences.services.records import Said, declare_free_skill, declare_skill
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built

ON = dt.date(2026, 11, 24)
DAY = dt.timedelta(days=1)


def read(content: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(content))


def text_of(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def attached(content: bytes) -> dict:
    [found] = read(content).attachments["resume.json"]
    return json.loads(found)


@pytest.fixture
def built(db):
    made = Built()
    made.skills = [made.concept("skill", str(n), f"Compétence numéro {n}") for n in range(300)]
    made.title = made.concept("title", "T1", "Secrétaire")
    return made


@pytest.fixture
def worker(built):
    user = UserFactory(name="Démo Essai", email="essai@example.org")
    for number, level in ((0, 3), (1, 7), (2, None)):
        place = {"concept": built.skills[number], "edition": built.editions["2"]}
        declare_skill(actor=user, worker=user.worker, **place, said=Said(level=level))
    declare_free_skill(
        actor=user, worker=user.worker, text="Réparer des télex", said=Said(level=8, wish=SkillWish.AVOID)
    )
    add_worker_job(
        actor=user, worker=user.worker, title=built.title, edition=built.editions["2"], use=JobUse.WANTED
    )
    return user


def made(user, **choice):
    return make_cv(actor=user, worker=user.worker, choice=CvChoice(**{"name": "Mon CV", **choice}))


def content_of(cv, user):
    return cv_content(cv, user=user, on=timezone.localdate())


MARCH = Moment(dt.date(2019, 3, 1), "month")
FULL = CvContent(
    name="Démo Essai",
    headline="Secrétaire polyvalente",
    email="essai@example.org",
    contact=("06 00 00 00 00",),
    summary="Première ligne.\n\nDeuxième ligne.",
    wanted=("Assistante",),
    skills=(CvSkill('Écrire à #include("/etc/passwd") $x$ *gras*', 5), CvSkill("Sans niveau")),
    work=(
        CvEntry(
            "Secrétaire", "Mairie", "CDI", Moment(dt.date(2019, 3, 1), "month"), Moment(dt.date(2021, 5, 31))
        ),
    ),
    study=(CvEntry("BTS", "Lycée", "", Moment(dt.date(2014, 1, 1), "year"), MARCH),),
    volunteering=(CvEntry("Trésorière", "Association", "", Moment(dt.date(2022, 1, 1)), None),),
    certificates=(CvCertificate("PIX", "GIP Pix", dt.date(2024, 1, 5), dt.date(2027, 1, 5)),),
)


def test_the_pdf_is_tagged_titled_and_in_its_language():
    reader = read(cv_document(FULL, language="fr", on=ON).content)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"].value is True
    assert root["/ViewerPreferences"]["/DisplayDocTitle"].value is True
    assert reader.metadata.title == "CV de Démo Essai"
    described = reader.xmp_metadata.rdf_root.toxml()
    assert "<pdfuaid:part>1</pdfuaid:part>" in described
    assert "<pdfaid:part>3</pdfaid:part>" in described
    kinds = structure_kinds(root["/StructTreeRoot"])
    assert {"/H1", "/H2", "/L", "/LI", "/P"} <= kinds
    for page in reader.pages:
        assert page["/Tabs"] == "/S"
        fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
        assert all("/ToUnicode" in font for font in fonts)


def structure_kinds(node) -> set[str]:
    node = node.get_object()
    found = {node["/S"]} if "/S" in node else set()
    children = node.get("/K", [])
    children = children if isinstance(children, list) else [children]
    return found.union(*(structure_kinds(c) for c in children if hasattr(c.get_object(), "get")))


def test_what_people_typed_is_printed_as_they_typed_it():
    printed = text_of(cv_document(FULL, language="fr", on=ON).content)
    for words in ('#include("/etc/passwd") $x$ *gras*', "Deuxième ligne.", "mars 2019 à mai 2021", "06 00"):
        assert words in printed


def test_the_document_holds_the_same_for_machines():
    found = attached(cv_document(FULL, language="fr", on=ON).content)
    assert found == json_resume(FULL)
    assert found["skills"][0]["level"] == "5/8"
    assert found["work"] == [
        {
            "name": "Mairie",
            "position": "Secrétaire",
            "startDate": "2019-03",
            "endDate": "2021-05-31",
            "summary": "CDI",
        }
    ]
    assert "level" not in found["skills"][1]


def test_a_sign_without_a_shape_is_replaced_said_and_kept_for_machines():
    content = CvContent(name="Zoé 👩‍💻 日本", skills=(CvSkill("Fête 🎉\u202e\x07", 2),))
    made = cv_document(content, language="fr", on=ON)
    assert {"日", "本", "🎉"} <= made.unprintable
    assert text_of(made.content).startswith("Zoé ?? ??\n")
    assert attached(made.content)["basics"]["name"] == content.name


TEXT = st.text(max_size=60)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TEXT, TEXT, st.lists(TEXT, max_size=3), st.dates())
def test_no_text_breaks_the_document(name, headline, labels, day):
    content = CvContent(
        name=name,
        headline=headline,
        summary=headline,
        skills=[CvSkill(label, 1) for label in labels],
        work=[CvEntry(label, label, label, Moment(day), None) for label in labels],
    )
    assert cv_document(content, language="fr", on=ON).content.startswith(b"%PDF-")


PERIODS = [
    (CvEntry("x", first=MARCH, last=Moment(dt.date(2019, 3, 31))), "mars 2019"),
    (CvEntry("x", first=MARCH, last=Moment(dt.date(2021, 1, 1), "year")), "mars 2019 à 2021"),
    (CvEntry("x", first=MARCH), "depuis mars 2019"),
    (CvEntry("x", last=MARCH), "mars 2019"),
    (CvEntry("x"), ""),
]


@pytest.mark.parametrize(("entry", "words"), PERIODS)
def test_a_period_is_said_in_months(entry, words):
    assert period_words(entry) == words


def test_a_cv_chooses_in_the_record_and_copies_nothing(built, worker):
    every = content_of(made(worker), worker)
    assert [skill.label for skill in every.skills] == [
        "Compétence numéro 1",
        "Compétence numéro 0",
        "Compétence numéro 2",
    ]
    assert every.wanted == ["Secrétaire"]
    avoided = worker.worker.statements.get(concept=None)
    one = made(worker, name="Un", has_every_skill=False, skills=[str(avoided.public_id)], shows_levels=False)
    assert content_of(one, worker).skills == [CvSkill("Réparer des télex")]
    few = made(worker, name="Peu", sections=[CvSection.SUMMARY], summary="Bonjour")
    assert content_of(few, worker).skills == ()
    assert content_of(few, worker).summary == "Bonjour"


def test_the_path_and_the_certificates_are_printed_and_what_is_nobodys_business_is_not(worker):
    period = {"worker": worker.worker, "created_at": timezone.now(), "changed_at": timezone.now()}
    rows = [
        ("work", "Secrétaire", {"contract": "cdi", "share_percent": 80, "organisation": "Mairie"}),
        ("training", "Tableur", {}),
        ("volunteering", "Trésorière", {}),
        ("pause", "Une pause à moi", {}),
        ("unemployment", "", {}),
    ]
    known = {field.name for field in CareerPeriod._meta.get_fields()}
    for kind, label, fields in rows:
        values = {key: value for key, value in period.items() if key in known}
        start = {"start_on": dt.date(2019, 3, 1), "start_precision": "month"}
        CareerPeriod.objects.create(kind=kind, free_text=label, **values, **start, **fields)
    Evidence.objects.create(
        worker=worker.worker, kind="certificate", title="PIX", issuer="GIP", added_at=timezone.now()
    )
    content = content_of(made(worker), worker)
    assert [(one.title, one.place, one.text) for one in content.work] == [
        ("Secrétaire", "Mairie", "CDI · 80 % du temps")
    ]
    assert [one.title for one in content.study] == ["Tableur"]
    assert [one.title for one in content.volunteering] == ["Trésorière"]
    assert content.certificates == [CvCertificate("PIX", "GIP")]
    printed = text_of(cv_document(content, language="fr", on=ON).content)
    assert "depuis mars 2019" in printed
    assert "pause" not in printed
    few = content_of(made(worker, name="Peu", sections=[CvSection.SKILLS]), worker)
    assert [*few.work, *few.study, *few.volunteering, *few.certificates] == []


def test_a_hidden_name_is_nowhere_in_the_file(worker):
    cv = made(worker, shows_name=False, contact="Brest", headline="Comptable")
    content = cv_document(content_of(cv, worker), language="fr", on=ON).content
    reader = read(content)
    everywhere = text_of(content) + str(reader.metadata) + json.dumps(attached(content))
    everywhere += reader.xmp_metadata.rdf_root.toxml()
    for hidden in ("Démo", "Essai", "essai@example.org", "Brest"):
        assert hidden not in everywhere


REFUSED = {
    "empty": ({"name": "  "}, "name"),
    "bare": ({"sections": []}, "sections"),
    "taken": ({"name": "Mon CV"}, "name"),
}


@pytest.mark.parametrize(("choice", "field"), REFUSED.values(), ids=REFUSED)
def test_a_refusal_names_its_field(worker, choice, field):
    made(worker)
    with pytest.raises(Refused) as refusal:
        made(worker, **{"name": "Autre", **choice})
    assert refusal.value.field == field
    assert Cv.objects.count() == 1


def test_signs_that_nobody_sees_are_not_kept(worker):
    cv = made(worker, name=" Mon\u202e CV\x07 ", summary="Ligne\u202e\r\n\r\n\r\nAutre ")
    assert (cv.name, cv.summary) == ("Mon CV", "Ligne\n\nAutre")


def test_an_address_that_takes_a_form_leads_to_its_page_when_it_is_asked_again(worker, client):
    cv = made(worker)
    client.force_login(worker)
    for name in ("cv_copy", "cv_remove", "cv_restore"):
        answer = client.get(reverse(f"competences:{name}", args=[cv.public_id]), follow=True)
        assert answer.status_code == 200
    assert Cv.objects.kept().get() == cv


def test_cvs_are_copied_removed_and_put_back_within_a_day(worker):
    cv = made(worker, headline="Comptable")
    copied = copy_cv(actor=worker, cv=cv, name="x" * 200)
    assert (copied.headline, len(copied.name)) == ("Comptable", 80)
    gone_at = timezone.now()
    remove_cv(actor=worker, cv=cv, now=gone_at)
    made(worker)
    with pytest.raises(Refused):
        restore_cv(actor=worker, cv=cv, now=gone_at + DAY / 2)
    remove_cv(actor=worker, cv=Cv.objects.kept().get(name="Mon CV"), now=gone_at)
    with pytest.raises(Refused):
        restore_cv(actor=worker, cv=cv, now=gone_at + DAY * 2)
    assert restore_cv(actor=worker, cv=cv, now=gone_at + DAY / 2) in Cv.objects.kept()


def test_one_keeps_so_many_cvs(worker, monkeypatch):
    assert MOST_CVS == 20
    monkeypatch.setattr(services, "MOST_CVS", 2)
    made(worker, name="1")
    made(worker, name="2")
    with pytest.raises(Refused) as refusal:
        made(worker, name="3")
    assert refusal.value.code == "too_many"


def test_the_second_of_two_tabs_is_told(worker):
    cv = made(worker)
    change_cv(actor=worker, cv=cv, version=1, choice=CvChoice(name="Mon CV", headline="A"))
    with pytest.raises(Refused) as refusal:
        change_cv(actor=worker, cv=cv, version=1, choice=CvChoice(name="Mon CV", headline="B"))
    assert refusal.value.code == "changed_since"
    assert Cv.objects.get().headline == "A"


def test_another_persons_skill_is_not_chosen(built, worker):
    neighbour = UserFactory()
    place = {"concept": built.skills[5], "edition": built.editions["2"]}
    theirs = declare_skill(actor=neighbour, worker=neighbour.worker, **place, said=Said(level=1))
    cv = made(worker, has_every_skill=False, skills=[str(theirs.public_id)])
    assert content_of(cv, worker).skills == []


def test_nobody_else_writes_a_cv(worker):
    cv, neighbour = made(worker), UserFactory()
    made(neighbour)
    for act in (
        lambda: make_cv(actor=neighbour, worker=worker.worker, choice=CvChoice(name="x")),
        lambda: change_cv(actor=neighbour, cv=cv, version=1, choice=CvChoice(name="x")),
        lambda: copy_cv(actor=neighbour, cv=cv, name="x"),
        lambda: remove_cv(actor=neighbour, cv=cv),
    ):
        with pytest.raises(NotFound):
            act()


POSTED = ("cv_copy", "cv_remove", "cv_restore")


@pytest.mark.parametrize("name", ["cv", "cv_pdf", "cv_resume", *POSTED])
def test_every_address_is_for_its_own_person_alone(worker, client, name):
    cv, neighbour = made(worker), UserFactory()
    made(neighbour)
    url = reverse(f"competences:{name}", args=[cv.public_id])
    ask = client.post if name in POSTED else client.get
    assert ask(url).status_code == 302
    client.force_login(neighbour)
    assert ask(url).status_code == 404


def posted(**values):
    return {"name": "Mon CV", "language": "fr", "sections": ["skills"], "has_every_skill": "yes", **values}


def test_the_walk_of_a_cv_through_its_pages(worker, client):
    client.force_login(worker)
    assert "premier CV" in client.get(reverse("competences:cvs")).content.decode()
    answer = client.post(reverse("competences:cv_add"), posted(shows_levels="on", shows_name="on"))
    cv = Cv.objects.get()
    assert answer.url == reverse("competences:cv", args=[cv.public_id])
    page = client.get(answer.url).content.decode()
    assert "Compétence numéro 1 · niveau 7 sur 8" in page
    file = client.get(reverse("competences:cv_pdf", args=[cv.public_id]))
    assert file["Content-Type"] == "application/pdf"
    assert file["Content-Disposition"] == 'attachment; filename="cv-mon-cv.pdf"'
    assert "no-store" in file["Cache-Control"]
    assert attached(file.content) == client.get(reverse("competences:cv_resume", args=[cv.public_id])).json()
    client.post(answer.url, posted(version=1, headline="<b>Chef</b>"))
    page = client.get(answer.url).content.decode()
    assert "&lt;b&gt;Chef&lt;/b&gt;" in page
    assert "<b>Chef" not in page
    late = client.post(answer.url, posted(version=1, headline="Tard")).content.decode()
    assert "Tard" in late
    assert 'name="version" value="2"' in late
    client.post(reverse("competences:cv_copy", args=[cv.public_id]))
    assert Cv.objects.kept().count() == 2
    client.post(reverse("competences:cv_remove", args=[cv.public_id]))
    page = client.get(reverse("competences:cvs")).content.decode()
    assert reverse("competences:cv_restore", args=[cv.public_id]) in page
    client.post(reverse("competences:cv_restore", args=[cv.public_id]))
    assert Cv.objects.kept().count() == 2


def test_choosing_one_by_one_asks_for_one(worker, client):
    client.force_login(worker)
    page = client.post(reverse("competences:cv_add"), posted(has_every_skill="no"))
    assert 'id="id_skills_error"' in page.content.decode()
    assert not Cv.objects.exists()


def test_a_cv_is_written_in_its_language(built, worker):
    printed = text_of(cv_document(FULL, language="en", on=ON).content)
    assert "Skills" in printed
    assert read(cv_document(FULL, language="en", on=ON).content).trailer["/Root"]["/Lang"] == "en"


def test_pages_ask_the_same_number_of_questions_however_many_skills(
    built, worker, client, django_assert_max_num_queries
):
    client.force_login(worker)
    cv = made(worker)
    for number in range(3, 300):
        place = {"concept": built.skills[number], "edition": built.editions["2"]}
        declare_skill(actor=worker, worker=worker.worker, **place, said=Said(level=1))
    for name, args in (("cvs", []), ("cv_add", []), ("cv", [cv.public_id]), ("cv_pdf", [cv.public_id])):
        with django_assert_max_num_queries(12):
            answer = client.get(reverse(f"competences:{name}", args=args))
        assert answer.status_code == 200
        assert name == "cv_pdf" or len(answer.content) <= 60_000


def test_pdfs_asked_too_often_wait_and_say_until_when(worker, client, settings):
    settings.PERSON_RATES = {"cv_pdf": "2/hour"}
    cv = made(worker)
    client.force_login(worker)
    url = reverse("competences:cv_pdf", args=[cv.public_id])
    assert [client.get(url).status_code for _time in range(3)] == [200, 200, 302]
    page = client.get(url, follow=True)
    assert page.redirect_chain == [(reverse("competences:cv", args=[cv.public_id]), 302)]
    assert "Recommencez à partir de" in page.content.decode()
    other = UserFactory()
    client.force_login(other)
    assert client.get(reverse("competences:cv_pdf", args=[made(other).public_id])).status_code == 200
