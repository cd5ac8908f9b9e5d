"""What the readers of a share see of a record: what was ticked, and nothing else of it."""

import datetime as dt

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts import sharing
from accounts.access import SYSTEM
from accounts.queries.shares import parts_of
from accounts.services.share_codes import send_code
from accounts.services.shares import SharedTo, make_share
from accounts.share_keys import code_digits, link_key
from accounts.sharing import Seen
from competences.enums import CareerKind, CvSection, SkillWish
from competences.models import CareerPeriod, Cv, Evidence, SkillStatement
from competences.rules.career import Moment
from competences.services.attestations import hide_attestation
from competences.services.career import PeriodSaid, add_period, remove_period
from competences.services.cvs import CvChoice, make_cv, remove_cv
from competences.services.evidence import remove_evidence
from competences.services.records import Said, declare_free_skill, remove_skill
from tests.accounts.factories import UserFactory
from tests.competences.record_builder import add, answered_request, sent, skill

pytestmark = pytest.mark.django_db

KINDS = ("skill", "evidence", "evidence-file", "cv", "career")
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path):
    settings.PRIVATE_ROOT = tmp_path / "private"


def a_period(user, words, kind=CareerKind.WORK, **said):
    return add_period(
        actor=user,
        worker=user.worker,
        said=PeriodSaid(kind=kind, first=Moment(dt.date(2019, 3, 1), "month"), free_text=words, **said),
    )


def a_cv(user, name, **choice):
    whole = {
        "language": "fr",
        "headline": f"titre-{name}",
        "shows_name": False,
        "sections": [section.value for section in CvSection],
        **choice,
    }
    return make_cv(actor=user, worker=user.worker, choice=CvChoice(name=name, **whole))


@pytest.fixture
def user():
    """Nadia, whose record has two things of each kind, each with a word of its own."""
    user = UserFactory(name="Nadia Benali")
    for word in ("mot-velo", "mot-soudure"):
        declare_free_skill(
            actor=user,
            worker=user.worker,
            text=word,
            said=Said(level=3, wish=SkillWish.AVOID, context=f"cadre-{word}"),
        )
    one = SkillStatement.objects.first()
    add(user, one, kind="certificate", title="mot-certificat", issuer="delivre-ailleurs")
    add(user, one, kind="file", title="mot-fichier", file=sent(name="nom-du-fichier.pdf"))
    a_cv(user, "mot-cv", sections=["summary"], summary="resume-mot-cv")
    a_cv(user, "mot-autre-cv", sections=["summary"], summary="resume-mot-autre-cv")
    a_period(user, "mot-atelier", details="details-atelier")
    a_period(user, "mot-pause", kind=CareerKind.PAUSE, reason="raison-de-la-pause")
    return user


def things(worker):
    """All that may be ticked: (kind, identifier) and its label."""
    return {
        (kind.name, one.public_id): one.label
        for kind in sharing.kinds()
        for one in kind.offered(worker, timezone.localdate())
    }


def shared(user, ticked, **given):
    return make_share(
        actor=user,
        worker=user.worker,
        to=SharedTo(email="lectrice@exemple.fr"),
        ticked=list(ticked),
        end_on=timezone.localdate() + 30 * DAY,
        **given,
    )


def seen_words(worker, ticked, agreed_at=None):
    """The page of these items, as every reader gets it."""
    seen = Seen(on=timezone.localdate(), agreed_at=agreed_at or timezone.now())
    context = {"name": "", "parts": sharing.parts(worker, ticked, seen), "files": "/ici/"}
    return render_to_string("accounts/_shared.html", context)


def test_each_kind_of_thing_is_offered(user):
    offered = things(user.worker)
    assert [kind.name for kind in sharing.kinds() if kind.name in KINDS] == list(KINDS)
    assert {kind for kind, _id in offered} >= set(KINDS)


#: The word that shows a thing, by its label: a CV shows none of the name it is kept under.
SHOWN = {"mot-cv": "resume-mot-cv", "mot-autre-cv": "resume-mot-autre-cv"}
#: Words of the record that no share of a thing shows, whatever is ticked.
NEVER = ("raison-de-la-pause", ">mot-cv<", ">mot-autre-cv<", "Nadia", "exemple.fr")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_what_a_reader_sees_is_what_was_ticked(user, data):
    offered = things(user.worker)
    ticked = data.draw(st.sets(st.sampled_from(sorted(offered, key=str)), min_size=1))
    text = seen_words(user.worker, ticked)
    told = {SHOWN.get(offered[one], offered[one]): one for one in offered}
    for word, one in told.items():
        if one in ticked:
            assert word in text, one
        elif not (one[0] == "evidence" and ("evidence-file", one[1]) in ticked):
            # A file that is ticked says the title of its proof.
            assert f"{word}<" not in text, one
    assert not [word for word in NEVER if word in text]
    identifiers = {str(one) for part in sharing.parts(user.worker, ticked, now()) for one in ids(part)}
    assert identifiers <= {str(public_id) for _kind, public_id in ticked}


def now():
    return Seen(on=timezone.localdate(), agreed_at=timezone.now())


def ids(part):
    return [one.public_id for one in part.things]


def test_nobody_elses_things_are_shown_even_by_their_identifiers(user):
    neighbour = UserFactory().worker
    ticked = list(things(user.worker))
    assert things(neighbour) == {}
    assert sharing.parts(neighbour, ticked, now()) == []


def test_a_skill_comes_with_its_level_its_dates_and_the_views_that_are_not_hidden(user):
    skill_id = SkillStatement.objects.order_by("pk").first().public_id
    _actor, _review, [view] = answered_request(user, comment="vue-au-travail")
    text = seen_words(user.worker, [("skill", skill_id)])
    for word in ("niveau 3", "cadre-mot-velo", "vue-au-travail", "Alex Martin", "mot-velo"):
        assert word in text
    # What the person says to themselves, and proofs that were not ticked, are not there.
    for word in ("mot-certificat", "mot-fichier", str(SkillWish.AVOID.label), "mot-soudure"):
        assert word not in text
    hide_attestation(actor=user, attestation=view, hidden=True)
    assert "vue-au-travail" not in seen_words(user.worker, [("skill", skill_id)])


def test_what_leaves_the_record_leaves_the_share_and_nothing_stands_for_it(user):
    share = shared(user, things(user.worker))
    assert [part.kind.name for part in parts_of(share, timezone.localdate())] == list(KINDS)
    for statement in SkillStatement.objects.all():
        remove_skill(actor=user, statement=statement)
    for piece in Evidence.objects.all():
        remove_evidence(actor=user, evidence=piece)
    for cv in Cv.objects.all():
        remove_cv(actor=user, cv=cv)
    for period in CareerPeriod.objects.all():
        remove_period(actor=user, period=period)
    skill(user, "mot-plus-tard")
    assert parts_of(share, timezone.localdate()) == []


def test_a_cv_of_every_skill_shows_none_that_came_after_the_share(user):
    cv = a_cv(user, "tout")
    ticked, agreed_at = [("cv", cv.public_id)], timezone.now()
    before = seen_words(user.worker, ticked)
    skill(user, "mot-plus-tard")
    add(user, kind="certificate", title="certificat-plus-tard")
    a_period(user, "travail-plus-tard")
    after = seen_words(user.worker, ticked, agreed_at)
    assert after == before
    assert "mot-atelier" in after
    whole = seen_words(user.worker, ticked)
    for word in ("mot-plus-tard", "certificat-plus-tard", "travail-plus-tard"):
        assert word in whole, word
        assert word not in after, word


def reading(client, share):
    """The client, once the right code was typed."""
    code = send_code(actor=SYSTEM, share=share, now=timezone.now())
    url = reverse("accounts:share_code", args=[link_key(share.public_id)])
    client.post(url, {"code": code_digits(code.public_id)})
    return client


def file_of(share, kind, public_id):
    return reverse("accounts:share_read_file", args=[link_key(share.public_id), kind, public_id])


def test_a_file_is_downloaded_only_where_it_was_ticked(user, client):
    piece = Evidence.objects.get(kind="file")
    told = shared(user, [("evidence", piece.public_id)])
    text = reading(client, told).get(reverse("accounts:share_read", args=[link_key(told.public_id)]))
    assert "mot-fichier" in text.content.decode()
    assert "nom-du-fichier" not in text.content.decode()
    for kind in ("evidence", "evidence-file"):
        assert client.get(file_of(told, kind, piece.public_id)).status_code == 404
    handed = shared(user, [("evidence-file", piece.public_id)])
    page = reading(client, handed).get(reverse("accounts:share_read", args=[link_key(handed.public_id)]))
    assert file_of(handed, "evidence-file", piece.public_id) in page.content.decode()
    assert client.get(file_of(handed, "evidence-file", piece.public_id)).status_code in (200, 302)
    remove_evidence(actor=user, evidence=piece)
    assert client.get(file_of(handed, "evidence-file", piece.public_id)).status_code == 404


def test_a_cv_is_downloaded_under_a_name_that_says_nothing(user, client):
    cv = a_cv(user, "pour-quitter-mon-patron")
    share = shared(user, [("cv", cv.public_id)])
    response = reading(client, share).get(file_of(share, "cv", cv.public_id))
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF")
    assert "patron" not in str(response.headers)
    other = Cv.objects.exclude(pk=cv.pk).first()
    assert client.get(file_of(share, "cv", other.public_id)).status_code == 404


@pytest.mark.parametrize("name", ["skill", "evidence", "evidence-file", "career"])
def test_a_kind_costs_the_same_however_many(user, name):
    kind, worker = sharing.get(name), user.worker

    def cost():
        ticked = [one.public_id for one in kind.offered(worker, timezone.localdate())]
        with CaptureQueriesContext(connection) as queries:
            kind.offered(worker, timezone.localdate())
            list(kind.shown(worker, ticked, now()))
        return len(queries)

    before = cost()
    for number in range(5):
        skill(user, f"mot-{number}")
        add(user, kind="file", title=f"fichier-{number}", file=sent())
        a_period(user, f"travail-{number}")
    assert cost() == before
