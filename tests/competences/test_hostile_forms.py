"""Forms and files that our pages do not make: refused in words, and nothing of them is shown to others."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.errors import NotFound, Refused
from accounts.services.people import update_profile
from competences.importers.record_files import read_file
from competences.importers.source import BrokenSource
from competences.models import Cv, RiskFlag
from competences.queries.attestations import shown_evidence
from competences.services import cvs
from competences.services.attestations import take_review
from competences.services.cvs import CvChoice, make_cv, remove_cv, restore_cv
from competences.services.evidence import Described, change_evidence, plain_address
from competences.services.flags import contest_flag
from competences.services.records import remove_skill
from competences.services.review_requests import withdraw_review
from tests.accounts.factories import UserFactory
from tests.competences.record_builder import add, ask, reader, sent, skill
from tests.competences.whole_record import fill, reference

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.mark.parametrize("version", ["9" * 5000, "9" * 30, "٣", "-1", "", "²"])
def test_a_version_that_no_form_sends_is_told(client, version):
    user = UserFactory()
    statement = skill(user)
    client.force_login(user)
    address = reverse("competences:statement_confirm", args=[statement.public_id])
    assert client.post(address, {"version": version}).status_code == 302
    statement.refresh_from_db()
    assert statement.version == 1


def test_a_file_closes_with_what_it_proved():
    user = UserFactory()
    asked, kept, other = skill(user, "Souder"), skill(user, "Peindre"), skill(user, "Scier")
    pieces = [add(user, asked, kind="file", file=sent()), add(user, kept, kind="file", file=sent())]
    review = ask(user, asked, kept, evidence=pieces)
    take_review(actor=reader(name="Alex"), review=review)
    for piece in pieces:
        assert shown_evidence(review, piece.public_id) == piece
    remove_skill(actor=user, statement=asked)
    change_evidence(actor=user, evidence=pieces[1], described=Described(), statements=[other])
    for piece in pieces:
        with pytest.raises(NotFound):
            shown_evidence(review, piece.public_id)


@pytest.mark.parametrize("name", ["\u202e", "\u200b \u2060", "\u202e\x00\x1b"])
def test_nobody_signs_with_a_name_that_is_not_seen(name):
    user = update_profile(actor=UserFactory(email="alex@exemple.fr"), name=name, language="fr")
    assert user.display_name == "alex@exemple.fr"
    assert update_profile(actor=user, name=f"Zoé{name} Martin", language="fr").name == "Zoé Martin"


def test_the_reason_of_a_contest_turns_no_text():
    user = UserFactory()
    fill(reference(), user)
    flag = RiskFlag.objects.open().filter(statement__worker=user.worker).first()
    contest_flag(actor=user, flag=flag, reason="Faux\u202e\x1b[2J pour moi\r\nvraiment ")
    flag.refresh_from_db()
    assert flag.contest_reason == "Faux[2J pour moi\nvraiment"


def test_the_host_of_a_link_is_the_one_that_a_browser_goes_to():
    for address in (r"https://ailleurs.fr\.exemple.fr/", r"https://exemple.fr\@ailleurs.fr"):
        with pytest.raises(Refused):
            plain_address(address)


def test_cvs_put_back_are_counted(monkeypatch):
    monkeypatch.setattr(cvs, "MOST_CVS", 1)
    user, now = UserFactory(), timezone.now()
    first = make_cv(actor=user, worker=user.worker, choice=CvChoice(name="Un"), now=now)
    remove_cv(actor=user, cv=first, now=now)
    make_cv(actor=user, worker=user.worker, choice=CvChoice(name="Deux"), now=now)
    with pytest.raises(Refused):
        restore_cv(actor=user, cv=first, now=now)
    assert Cv.objects.kept().filter(worker=user.worker).count() == 1


def test_a_workbook_folded_otherwise_and_damaged_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>" * 40)
    content = bytearray(target.getvalue())
    place = content.index(b"[Content_Types].xml") + len("[Content_Types].xml") + 4
    content[place : place + 5] = b"\xff" * 5
    with pytest.raises(BrokenSource) as refusal:
        read_file("a.xlsx", bytes(content), timezone.localdate())
    assert refusal.value.anomalies[0].code == "not_a_workbook"


PRIVATE = ("dashboard", "statements", "evidence", "cvs", "career", "flags", "reviews", "record_files", "home")


def test_what_a_signed_in_person_reads_is_kept_nowhere(client):
    public = client.get(reverse("competences:references"))
    assert "no-store" not in public.headers.get("Cache-Control", "")
    client.force_login(UserFactory())
    for name in PRIVATE:
        assert "no-store" in client.get(reverse(f"competences:{name}")).headers["Cache-Control"], name


def test_one_address_is_not_written_to_all_day():
    user, now = UserFactory(), timezone.now()
    mine = skill(user)
    for _time in range(2):
        withdraw_review(actor=user, review=ask(user, mine, email="cible@exemple.fr"))
    with pytest.raises(Refused) as refusal:
        ask(user, mine, email="cible@exemple.fr")
    assert (refusal.value.code, refusal.value.field) == ("too_many_to_one", "email")
    assert ask(user, mine, email="autre@exemple.fr").pk
    tomorrow = now + timedelta(days=1, minutes=1)
    assert ask(user, mine, email="cible@exemple.fr", now=tomorrow).pk
