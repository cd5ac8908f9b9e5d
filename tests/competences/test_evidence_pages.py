"""The pages of evidence: what a person may do there, what a neighbour gets, and what a page costs."""

import datetime as dt
import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from competences.models import Evidence
from competences.models.kept_files import FILE_BYTES
from competences.private_files import evidence_folder, opened
from competences.services.attestations import View, answer_review, take_review
from tests.accounts.factories import UserFactory
from tests.competences.file_builder import pdf, zipped
from tests.competences.record_builder import add, answered_request, ask, reader, sent, skill, skills


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def user(db, client):
    user = UserFactory(name="Nadia")
    client.force_login(user)
    return user


def url(name, *args):
    return reverse(f"competences:{name}", args=args)


def errors(page, field):
    return page.context["form"].errors.get(field, [])


def test_empty_pages_teach(user, client):
    for name in ("evidence", "review_ask", "reviews"):
        page = client.get(url(name))
        assert page.status_code == 200
        assert 'class="empty"' in page.content.decode()
    for kind in ("fichier", "lien", "certificat"):
        assert url("statements") in client.get(url("evidence_add", kind)).content.decode()


def test_visitors_sign_in_first(db, client):
    for name in ("evidence", "review_ask", "reviews"):
        assert client.get(url(name)).status_code == 302


def test_a_file_is_sent_listed_fetched_and_erased(user, client, django_capture_on_commit_callbacks):
    statement = skill(user)
    page = client.get(url("evidence_add", "fichier"), {"competence": statement.public_id})
    assert page.context["form"].initial["statements"] == [str(statement.public_id)]
    typed = {
        "statements": [str(statement.public_id)],
        "title": "Mon diplôme",
        "file": sent(name="a\u202eb/../c.pdf"),
    }
    assert client.post(url("evidence_add", "fichier"), typed).status_code == 302
    made = Evidence.objects.get()
    listed = client.get(url("evidence")).content.decode()
    assert "Mon diplôme" in listed
    assert url("evidence_file", made.public_id) in listed
    found = client.get(url("evidence_file", made.public_id))
    assert found.status_code == 302
    file = opened(found["Location"].rpartition("/")[2])
    assert file.path.read_bytes() == pdf()
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Content-Disposition"] == 'attachment; filename="c.pdf"'
    assert "pour de bon" in client.get(url("evidence_remove", made.public_id)).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(url("evidence_remove", made.public_id), follow=True)
    assert "son fichier sont effacés" in page.content.decode()
    assert list(evidence_folder().iterdir()) == []


def test_the_front_proxy_hands_the_file_over_where_there_is_one(user, client, settings):
    settings.PRIVATE_FILES_ACCEL = "/prive/"
    made = add(user, kind="file", file=sent())
    found = client.get(url("evidence_file", made.public_id))
    assert found["X-Accel-Redirect"] == f"/prive/evidence/{made.stored_as}.pdf"
    assert found["Content-Disposition"].startswith("attachment")
    assert {"private", "no-store"} <= set(found["Cache-Control"].split(", "))


LIES = {
    "empty": (b"", "vide"),
    "a page": (b"<!doctype html>", "ni un PDF, ni une image"),
    "two things": (pdf(before_end=zipped()), "cache autre chose"),
    "cut": (pdf()[:-8], "incomplet ou abîmé"),
    "too long by a byte": (b"%PDF-1.4\n" + b"x" * (FILE_BYTES - 8), "dépasse 10 Mo"),
}


@pytest.mark.parametrize("name", LIES)
def test_a_refused_file_is_told_in_a_sentence_and_the_words_are_kept(user, client, name):
    content, sentence = LIES[name]
    typed = {"statements": [str(skill(user).public_id)], "title": "Mon diplôme", "file": sent(content)}
    page = client.post(url("evidence_add", "fichier"), typed)
    assert page.status_code == 200
    assert sentence in " ".join(errors(page, "file"))
    assert 'value="Mon diplôme"' in page.content.decode()
    assert not Evidence.objects.exists()


def test_a_request_that_is_far_too_long_is_refused_before_it_is_kept(user, client):
    typed = {"statements": [str(skill(user).public_id)], "file": sent(b"x" * (17 * 2**20))}
    page = client.post(url("evidence_add", "fichier"), typed)
    assert page.status_code == 400
    assert "plus lourd que ce que la page accepte" in page.content.decode()
    assert not evidence_folder().exists()


def test_a_link_is_shown_as_text_with_its_host(user, client):
    typed = {
        "statements": [str(skill(user).public_id)],
        "title": "<i>Code</i>",
        "url": "https://forge.exemple.fr/a",
    }
    assert client.post(url("evidence_add", "lien"), typed).status_code == 302
    page = client.get(url("evidence")).content.decode()
    assert "Site : forge.exemple.fr" in page
    assert 'href="https://forge.exemple.fr/a" rel="noopener nofollow noreferrer"' in page
    assert "&lt;i&gt;Code&lt;/i&gt;" in page
    bad = client.post(url("evidence_add", "lien"), {**typed, "url": "javascript:alert(1)"})
    assert errors(bad, "url")


def test_an_expired_certificate_says_so(user, client):
    today = timezone.localdate()
    for days in (-1, 0):
        add(user, kind="certificate", title=f"Permis {days}", valid_until=today + dt.timedelta(days=days))
    found = {piece.title: piece.expired for piece in client.get(url("evidence")).context["pieces"]}
    assert found == {"Permis -1": True, "Permis 0": False}
    assert client.get(url("evidence")).content.decode().count("plus valable") == 1
    tomorrow = (today + dt.timedelta(days=1)).isoformat()
    typed = {
        "statements": [str(skill(user, "Souder").public_id)],
        "title": "x",
        "issuer": "y",
        "issued_on": tomorrow,
    }
    page = client.post(url("evidence_add", "certificat"), typed)
    assert "futur" in " ".join(errors(page, "issued_on"))


def test_words_find_other_skills_and_keep_what_was_typed(user, client):
    ticked = skill(user, "Compétence cochée")
    skill(user, "Souder à l’arc")
    for number in range(40):
        skill(user, f"Compétence numéro {number}")
    typed = {"statements": [str(ticked.public_id)], "title": "Mon titre", "words": "souder", "find": "1"}
    page = client.post(url("evidence_add", "lien"), typed)
    assert [label for _key, label in page.context["form"].fields["statements"].choices] == [
        "Compétence cochée",
        "Souder à l’arc",
    ]
    assert 'value="Mon titre"' in page.content.decode()
    assert not Evidence.objects.exists()


def test_a_piece_is_changed_and_keeps_its_file(user, client):
    made = add(user, skill(user), kind="file", file=sent())
    other = skill(user, "Souder")
    assert client.get(url("evidence_page", made.public_id)).status_code == 200
    typed = {"statements": [str(other.public_id)], "title": "Autre titre"}
    assert client.post(url("evidence_page", made.public_id), typed).status_code == 302
    made.refresh_from_db()
    assert (made.title, list(made.statements.all()), made.file_name) == (
        "Autre titre",
        [other],
        "diplome.pdf",
    )


def test_anothers_evidence_is_as_absent_as_none(user, client):
    neighbour = UserFactory()
    theirs = add(neighbour, kind="file", file=sent())
    add(user)
    for name in ("evidence_page", "evidence_file", "evidence_remove"):
        answers = [client.get(url(name, key)) for key in (theirs.public_id, uuid.uuid4())]
        assert [page.status_code for page in answers] == [404, 404]
    assert client.post(url("evidence_remove", theirs.public_id)).status_code == 404
    assert client.get(url("evidence_file", add(user).public_id)).status_code == 404
    page = client.post(
        url("evidence_add", "lien"),
        {"statements": [str(theirs.statements.get().public_id)], "url": "https://exemple.fr"},
    )
    assert errors(page, "statements")
    assert Evidence.objects.filter(worker=user.worker).count() == 2
    assert Evidence.objects.filter(pk=theirs.pk).exists()


PAGES = [("evidence",), ("evidence_add", "fichier"), ("review_ask",)]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_full_record_cost_little(user, client, name, django_assert_max_num_queries):
    statements = skills(user, 300)
    for number in range(60):
        add(user, *statements[number : number + 3], title=f"Preuve numéro {number}")
    for number in range(9):
        ask(user, statements[0], email=f"a{number}@exemple.fr")
    client.get(url(*name))
    with django_assert_max_num_queries(12):
        page = client.get(url(*name))
    assert len(page.content) < 60_000


def test_the_page_of_a_skill_shows_what_others_say_and_the_evidence(user, client):
    statement = skill(user)
    empty = client.get(url("statement", statement.public_id)).content.decode()
    assert f"{url('review_ask')}?competence={statement.public_id}" in empty
    made = add(user, statement, title="Mon portfolio")
    _reader, _review, [view] = answered_request(user, name="Alex Martin", comment="Elle répare vite.")
    page = client.get(url("statement", statement.public_id)).content.decode()
    for words in ("Alex Martin", "Elle répare vite.", "Mon portfolio", url("evidence_page", made.public_id)):
        assert words in page
    page = client.post(url("attestation_hide", view.public_id), follow=True).content.decode()
    assert "personne d’autre que vous ne le voit" in page
    page = client.post(url("attestation_show", view.public_id), follow=True).content.decode()
    assert "personne d’autre que vous ne le voit" not in page


def test_a_piece_that_was_read_for_a_view_keeps_its_words_and_may_prove_other_skills(user, client):
    one, other = skill(user), skill(user, "Souder à l’arc")
    read, unread = (add(user, one, title=title) for title in ("Mon site", "Ma forge"))
    alex = reader()
    review = take_review(actor=alex, review=ask(user, one, email=alex.email, evidence=[read]))
    answer_review(actor=alex, review=review, views={one.pk: View(kind="observed")})
    typed = {"statements": [str(other.public_id)], "title": "Diplôme d’État", "url": "https://autre.fr/"}
    assert "telle qu’elle l’a lue" in client.get(url("evidence_page", read.public_id)).content.decode()
    for piece, title in ((read, "Mon site"), (unread, "Diplôme d’État")):
        assert client.post(url("evidence_page", piece.public_id), typed).status_code == 302
        piece.refresh_from_db()
        assert (piece.title, list(piece.statements.all())) == (title, [other])
    assert "telle qu’elle l’a lue" not in client.get(url("evidence_page", unread.public_id)).content.decode()
