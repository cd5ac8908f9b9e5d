"""Evidence: what is taken and refused, what is kept on the disk, and that nobody else writes it."""

import datetime as dt
import os
import uuid

import pytest
from django.db import IntegrityError, transaction

from accounts.actors import SYSTEM
from accounts.constraints import broken_constraint
from accounts.errors import NotFound, Refused
from competences.models import Evidence, ReviewRequest
from competences.models.kept_files import FILE_BYTES
from competences.private_files import evidence_folder
from competences.queries.evidence import offered_statements, with_ties
from competences.services import evidence as service
from competences.services.evidence import Described, change_evidence, plain_address, remove_evidence
from competences.services.evidence_files import file_path, sweep_files
from competences.services.records import remove_skill
from tests.accounts.factories import NOW, TODAY, TOMORROW, YESTERDAY, UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences.file_builder import jpeg, jpeg_segment, pdf, png, webp, zipped
from tests.competences.record_builder import add, ask, held, sent, skill, skills

LONG_AGO = dt.date(25, 3, 1)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


@pytest.fixture
def user(db):
    return UserFactory()


def on_disk():
    folder = evidence_folder()
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def sized(size):
    """A whole PDF of so many bytes."""
    content = pdf(before_end=b"x" * (size - 300))
    return content + b"\n" * (size - len(content))


# Files -----------------------------------------------------------------------------------------------------

KINDS = [
    (pdf(), "scan.jpg", "image/jpeg", "pdf", "scan.pdf"),
    (jpeg(), "photo.jpeg", "text/html", "jpg", "photo.jpg"),
    (png(), "capture", "", "png", "capture.png"),
    (webp(), "../../a\u202egpj.webp", "image/webp", "webp", "agpj.webp"),
]


@pytest.mark.parametrize(("content", "name", "claimed", "kind", "called"), KINDS)
def test_a_file_is_known_by_its_content_and_kept_under_a_random_name(
    user, content, name, claimed, kind, called
):
    made = add(user, kind="file", file=sent(content, name, claimed))
    assert (made.file_kind, made.file_name, made.size, made.title) == (kind, called, len(content), called)
    assert made.stored_as not in (made.public_id, None)
    assert on_disk() == [f"{made.stored_as}.{kind}"]
    path = file_path(made.stored_as, made.file_kind)
    assert path.read_bytes() == content
    assert not path.stat().st_mode & 0o111


def test_a_photograph_is_kept_without_what_the_camera_wrote(user):
    made = add(user, kind="file", file=sent(jpeg(jpeg_segment(0xFE, b"GPS")), "a.jpg"))
    assert file_path(made.stored_as, "jpg").read_bytes() == jpeg()
    assert made.size == len(jpeg())


REFUSED = {
    "nothing at all": (b"", "diplome.pdf", "empty_file"),
    "a page that says it is a PDF": (b"<script>alert(1)</script>", "diplome.pdf", "unknown_file"),
    "an archive that says it is a picture": (zipped(), "photo.png", "unknown_file"),
    "a PDF that is an archive too": (pdf(before_end=zipped()), "diplome.pdf", "double_file"),
    "a cut picture": (jpeg()[:-2], "photo.jpg", "broken_file"),
    "a byte too many": (sized(FILE_BYTES + 1), "grand.pdf", "large_file"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_not_what_it_should_be_leaves_nothing(user, name):
    content, called, code = REFUSED[name]
    skill(user)
    with pytest.raises(Refused) as refusal:
        add(user, kind="file", file=sent(content, called))
    assert (refusal.value.code, refusal.value.field) == (code, "file")
    assert str(refusal.value.message)
    assert on_disk() == []
    assert not Evidence.objects.exists()


def test_the_largest_file_is_taken(user):
    assert add(user, kind="file", file=sent(sized(FILE_BYTES))).size == FILE_BYTES


def test_a_file_that_lies_about_its_size_is_stopped_while_it_comes(user):
    read = []

    class Endless:
        name, size = "a.pdf", 5

        def chunks(self):
            while True:
                read.append(1)
                yield b"x" * 2**20

    skill(user)
    with pytest.raises(Refused) as refusal:
        add(user, kind="file", file=Endless())
    assert refusal.value.code == "large_file"
    assert len(read) == 11
    assert on_disk() == []


SCANNERS = {"refuse": "suspect_file", "fall": "unchecked_file", "say_nothing": "suspect_file", "accept": None}


@pytest.mark.parametrize("name", SCANNERS)
def test_an_antivirus_looks_before_anything_is_kept(user, settings, name):
    settings.EVIDENCE_SCANNER = f"tests.competences.scanners.{name}"
    skill(user)
    if SCANNERS[name] is None:
        made = add(user, kind="file", file=sent())
        assert on_disk() == [f"{made.stored_as}.pdf"]
        return
    with pytest.raises(Refused) as refusal:
        add(user, kind="file", file=sent())
    assert refusal.value.code == SCANNERS[name]
    assert on_disk() == []
    assert not Evidence.objects.exists()


def test_no_antivirus_is_the_default(settings):
    assert settings.EVIDENCE_SCANNER == ""


def test_removing_erases_the_bytes_once_it_is_written(user, django_capture_on_commit_callbacks):
    made, other = (add(user, kind="file", file=sent()) for _ in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        remove_evidence(actor=user, evidence=made)
        assert len(on_disk()) == 2
    assert on_disk() == [f"{other.stored_as}.pdf"]
    assert list(Evidence.objects.all()) == [other]


def test_a_row_that_cannot_be_written_leaves_no_bytes(user, monkeypatch):
    skill(user)
    monkeypatch.setattr(Evidence.objects, "create", lambda **_columns: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add(user, kind="file", file=sent())
    assert on_disk() == []


def test_the_night_sweeps_what_no_row_knows_and_nothing_else(user):
    kept = add(user, kind="file", file=sent())
    for name in (f"{uuid.uuid4()}.pdf", f"{uuid.uuid4()}.part", f"{uuid.uuid4()}.png"):
        (evidence_folder() / name).write_bytes(b"x")
    young = evidence_folder() / name
    now = dt.datetime.now(dt.UTC)
    for path in evidence_folder().iterdir():
        if path != young:
            os.utime(path, (now.timestamp() - 90_000,) * 2)
    assert sweep_files(actor=SYSTEM, now=now) == 2
    assert on_disk() == sorted([f"{kept.stored_as}.pdf", young.name])
    assert sweep_files(actor=SYSTEM, now=now) == 0
    with pytest.raises(NotFound):
        sweep_files(actor=user, now=now)


# Quota -----------------------------------------------------------------------------------------------------


def test_a_record_holds_so_many_pieces_and_so_many_bytes(user, monkeypatch):
    monkeypatch.setattr(service, "MOST_BYTES", 2 * len(pdf()))
    for _ in range(2):
        add(user, kind="file", file=sent())
    with pytest.raises(Refused) as refusal:
        add(user, kind="file", file=sent())
    assert (refusal.value.code, refusal.value.field) == ("no_room", "file")
    assert len(on_disk()) == 2
    add(user)
    monkeypatch.setattr(service, "MOST_PIECES", 3)
    with pytest.raises(Refused) as refusal:
        add(user)
    assert refusal.value.code == "too_many_pieces"
    add(UserFactory())


@pytest.mark.django_db(transaction=True)
def test_two_files_sent_at_once_do_not_pass_the_quota_together(monkeypatch):
    user = UserFactory()
    skill(user)
    monkeypatch.setattr(service, "MOST_PIECES", 1)
    results = side_by_side(*[lambda: add(user, kind="file", file=sent())] * 3)
    assert sorted(type(one).__name__ for one in results) == ["Evidence", "Refused", "Refused"]
    assert len(on_disk()) == 1


# Links and certificates ------------------------------------------------------------------------------------

ADDRESSES = [
    ("https://exemple.fr/a?b=c#d", "exemple.fr"),
    ("  http://sous.exemple.fr:8080 ", "sous.exemple.fr"),
    ("HTTPS://Exemple.FR/", "exemple.fr"),
]
BAD_ADDRESSES = [
    *(
        "",
        "exemple.fr",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://exemple.fr/a",
        "file:///etc/passwd",
    ),
    *(
        "https://",
        "https://localhost/",
        "https://google.fr@exemple.fr/",
        "https://[::1",
        "https://exemple.fr:x/",
    ),
    *("https://exemple.fr/a b", "//exemple.fr", "https://exemple.fr/" + "a" * 500),
]


@pytest.mark.parametrize(("text", "host"), ADDRESSES)
def test_a_link_is_a_web_address_and_says_its_host(user, text, host):
    made = add(user, url=text)
    assert (made.host, made.stored_as, on_disk()) == (host, None, [])
    assert made.title == made.url


@pytest.mark.parametrize("text", BAD_ADDRESSES)
def test_no_other_address_is_taken(text):
    with pytest.raises(Refused) as refusal:
        plain_address(text)
    assert refusal.value.field == "url"


BAD_WORDS = [
    ("certificate", {"title": " "}, "title"),
    ("certificate", {"issuer": "\u200b"}, "issuer"),
    ("certificate", {"title": "x" * 121}, "title"),
    ("link", {"title": "x" * 121}, "title"),
    ("certificate", {"issued_on": TOMORROW}, "issued_on"),
    ("certificate", {"issued_on": LONG_AGO}, "issued_on"),
    ("certificate", {"valid_until": LONG_AGO}, "valid_until"),
    ("certificate", {"issued_on": TODAY, "valid_until": YESTERDAY}, "valid_until"),
    ("file", {}, "file"),
]


@pytest.mark.parametrize(("kind", "words", "field"), BAD_WORDS)
def test_a_refusal_names_its_field(user, kind, words, field):
    skill(user)
    with pytest.raises(Refused) as refusal:
        add(user, kind=kind, now=NOW, **words)
    assert refusal.value.field == field
    assert not Evidence.objects.exists()


def test_a_certificate_comes_with_a_file_or_not_and_ends_after_its_last_day(user):
    made = add(user, kind="certificate", issued_on=YESTERDAY, valid_until=TODAY, now=NOW, file=sent())
    assert (made.stored_as is not None, made.title) == (True, "Permis cariste")
    assert (made.is_expired(TODAY), made.is_expired(TOMORROW)) == (False, True)
    assert not add(user, kind="certificate", now=NOW).is_expired(TOMORROW)
    with pytest.raises(Refused):
        add(user, file=sent())


def test_words_lose_the_signs_that_nobody_sees(user):
    made = add(user, kind="certificate", title="Permis\u202e \x00cariste\r\n", issuer="<b>Centre</b>")
    assert (made.title, made.issuer) == ("Permis cariste", "<b>Centre</b>")


# Ties ------------------------------------------------------------------------------------------------------


def test_evidence_is_tied_to_skills_of_the_same_record_alone(user):
    mine, other = skill(user), skill(user, "Souder")
    theirs = skill(UserFactory())
    gone = remove_skill(actor=user, statement=skill(user, "Télécopier"))
    made = add(user, mine, other)
    assert set(made.statements.all()) == {mine, other}
    for statements in ([mine, theirs], [gone], [theirs]):
        with pytest.raises(NotFound):
            add(user, *statements)
    with pytest.raises(Refused) as refusal:
        change_evidence(actor=user, evidence=made, described=Described(url=made.url), statements=[])
    assert refusal.value.field == "statements"
    change_evidence(
        actor=user, evidence=made, described=Described(title="Mes travaux", url=made.url), statements=[other]
    )
    made.refresh_from_db()
    assert (made.title, list(made.statements.all())) == ("Mes travaux", [other])


READ = [("waiting", False), ("in_review", True), ("answered", True), ("closed", True)]
READ += [("declined", False), ("withdrawn", False)]


@pytest.mark.parametrize(("state", "is_fixed"), READ)
def test_what_somebody_read_for_their_view_is_not_renamed_afterwards(user, state, is_fixed):
    made = add(user, title="Mon site")
    review = ask(user, evidence=[made])
    ReviewRequest.objects.filter(pk=review.pk).update(state=state)
    same = {"actor": user, "evidence": made, "statements": held(user)}
    for field, title, url in (
        ("title", "Diplôme", made.url),
        ("url", "Mon site", "https://autre.exemple.fr/"),
    ):
        asked = {**same, "described": Described(title=title, url=url)}
        if not is_fixed:
            assert change_evidence(**asked).title == title
            continue
        with pytest.raises(Refused) as refusal:
            change_evidence(**asked)
        assert (refusal.value.code, refusal.value.field) == ("was_read", field)
    made.refresh_from_db()
    assert made.title == "Mon site"
    assert (made.host == "exemple.fr") is is_fixed
    change_evidence(**same, described=Described(title=made.title, url=made.url))


def test_nobody_else_writes_the_evidence_of_a_record(user):
    made = add(user)
    neighbour = UserFactory()
    add(neighbour)
    for act in (
        lambda: add(user, held(user)[0], actor=neighbour),
        lambda: add(user, held(user)[0], actor=UserFactory(staff=True)),
        lambda: change_evidence(
            actor=neighbour, evidence=made, described=Described(url=made.url), statements=held(user)
        ),
        lambda: remove_evidence(actor=neighbour, evidence=made),
    ):
        with pytest.raises(NotFound):
            act()
    remove_evidence(actor=user, evidence=made)
    with pytest.raises(NotFound):
        remove_evidence(actor=user, evidence=made)


def test_ties_and_offers_cost_the_same_whatever_their_number(user, django_assert_num_queries):
    statements = skills(user, 40)
    for one in statements[:12]:
        add(user, one, statements[-1])
    with django_assert_num_queries(3):
        pieces = with_ties(Evidence.objects.all(), on=TODAY)
    assert "Compétence numéro 39 d’un dossier bien rempli" in {tied.label for tied in pieces[0].tied}
    with django_assert_num_queries(4):
        offered = offered_statements(user, on=TODAY, chosen=[str(statements[0].public_id)], text="NUMERO 3")
    assert offered[0].label == "Compétence numéro 0 d’un dossier bien rempli"
    assert all("3" in one.label for one in offered[1:])
    assert len(offered) == 1 + 13
    assert len(offered_statements(user, on=TODAY)) == 30


# Constraints -----------------------------------------------------------------------------------------------

BREAKERS = {
    "evidence_is_of_its_kind": {"kind": "link", "url": ""},
    "evidence_file_is_whole": {"size": 5},
    "evidence_has_a_title": {"title": ""},
    "evidence_valid_after_issued": {"issued_on": TODAY, "valid_until": YESTERDAY},
}


@pytest.mark.parametrize("name", BREAKERS)
def test_each_constraint_holds_and_says_why(user, name):
    made = add(user, kind="certificate")
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        Evidence.objects.filter(pk=made.pk).update(**BREAKERS[name])
    assert broken_constraint(broken.value) == name
    [constraint] = [one for one in Evidence._meta.constraints if one.name == name]
    assert constraint.violation_error_message
