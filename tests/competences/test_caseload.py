"""The list of an adviser: who is in it, what each part keeps, what the purposes let it tell, names found."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from accounts.enums import MANDATE_PURPOSES
from accounts.errors import NotFound, Refused
from accounts.models import Mandate
from competences.enums import AppointmentState, NoteVisibility
from competences.models import CaseloadVisit, Edition, SavedFilter
from competences.queries.caseload import FILTERS, PHASES, SORTS, Caseload, Choice
from competences.queries.contacts import with_contacts
from competences.rules.caseload import is_quiet, search_keys
from competences.services import caseload as services
from competences.services.caseload import mark_seen, remove_filter, save_filter
from competences.services.review_requests import Asked, ask_review
from tests.accounts.factories import NOW, TODAY, MandateFactory, MembershipFactory, UserFactory
from tests.accounts.side_by_side import side_by_side
from tests.competences.caseload_builder import Body, ago, touched
from tests.competences.record_builder import skill
from tests.competences.reference_builder import Built

FOLLOW_UP, REVIEW, BILAN = MANDATE_PURPOSES


def listed(body, now=NOW, **choice):
    caseload = Caseload(body.adviser, now=now)
    return [line.name for line in caseload.lines(caseload.people(Choice(**choice)))]


def line_of(body, user):
    caseload = Caseload(body.adviser, now=NOW)
    [line] = caseload.lines(caseload.people(Choice()).filter(user=user))
    return line


@pytest.fixture
def body(db):
    return Body(name="Camille Conseil")


# Rules -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("contact", "followed", "expected"),
    [
        (None, 90, True),
        (None, 89, False),
        (90, 400, True),
        (89, 400, False),
        (400, 10, False),  # a new mandate is not a forgotten one
        (-1, 400, False),
    ],
)
def test_when_somebody_should_be_called(contact, followed, expected):
    day = dt.timedelta(days=1)
    last = None if contact is None else TODAY - contact * day
    assert is_quiet(last, TODAY - followed * day, TODAY) is expected


word = st.text("abcdefgh", min_size=4, max_size=12)


@given(word, word, st.data())
def test_two_words_that_differ_by_one_slip_share_a_key(text, other, data):
    place = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from("abcdefgh"))
    slips = [text[:place] + letter + text[place + 1 :], text[:place] + text[place + 1 :]]
    slips.append(text[:place] + text[place + 1 : place + 2] + text[place : place + 1] + text[place + 2 :])
    [keys] = search_keys(text)
    for slip in slips:
        if len(slip) >= 4:
            assert set(keys) & set(search_keys(slip)[0])


# Who is there ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trait", ["ended", "future", "withdrawn", "orphan"])
def test_only_mandates_in_force_make_the_list(body, trait):
    body.person("Anne")
    MandateFactory(worker=UserFactory(name="Bruno").worker, adviser=UserFactory(), **{trait: True})
    user = UserFactory(name="Chloé")
    own = {} if trait == "orphan" else {"organisation": body.organisation}
    MandateFactory(worker=user.worker, adviser=body.adviser, **own, **{trait: True})
    assert listed(body) == ["Anne"]


def test_a_neighbour_sees_their_own_people_alone(body):
    other = Body()
    body.person("Anne")
    other.person("Bruno")
    assert (listed(body), listed(other)) == (["Anne"], ["Bruno"])
    assert listed(body, q="Bruno") == []


def test_an_adviser_is_not_in_their_own_list(body):
    MandateFactory(worker=body.adviser.worker, adviser=body.adviser, organisation=body.organisation)
    assert listed(body) == []


def test_what_is_told_follows_the_purposes(body):
    told = {}
    for purpose in MANDATE_PURPOSES:
        user = body.person(f"Personne {purpose}", [purpose])
        body.appointment(user, ago(days=3))
        body.appointment(user, NOW + dt.timedelta(days=2), AppointmentState.PLANNED)
        body.bilan(user)
        touched(user)
        line = line_of(body, user)
        told[purpose] = (line.last_contact_on, line.next_appointment_at, line.phase, line.touched)
    held, planned = ago(days=3).date(), NOW + dt.timedelta(days=2)
    assert told == {
        FOLLOW_UP: (held, planned, None, 1),
        REVIEW: (None, None, None, None),
        BILAN: (held, planned, "investigation", None),
    }


def test_a_bilan_with_somebody_else_is_not_told(body):
    user = body.person("Anne", [FOLLOW_UP, BILAN])
    body.bilan(user, adviser=UserFactory())
    assert line_of(body, user).phase is None
    assert listed(body, vue="bilan") == []


def test_a_mandate_withdrawn_an_hour_ago_tells_no_more(body):
    user = body.person("Anne", [FOLLOW_UP, BILAN])
    body.bilan(user)
    Mandate.objects.filter(purpose=BILAN).update(withdrawn_at=ago(hours=1))
    assert (listed(body), listed(body, vue="bilan")) == (["Anne"], [])
    assert line_of(body, user).phase is None


# Contacts --------------------------------------------------------------------------------------------------


def test_a_contact_is_an_interview_held_a_message_or_a_shared_note_of_this_adviser(body):
    other = Body()
    user = body.person("Anne")
    other.person(user=user)
    seen = lambda: with_contacts(type(user.worker).objects.all(), body.adviser, NOW).get(user=user)  # noqa: E731
    for made in (
        body.appointment(user, ago(days=9), AppointmentState.MISSED),
        body.note(user, ago(days=9), NoteVisibility.PRIVATE),
        other.appointment(user, ago(days=9)),
        other.message(user, ago(days=9)),
    ):
        assert seen().last_contact_at is None, made
    body.note(user, ago(days=8))
    assert seen().last_contact_at == ago(days=8)
    body.message(user, ago(days=7))
    assert seen().last_contact_at == ago(days=7)
    body.appointment(user, ago(days=6))
    assert (seen().last_contact_at, seen().next_appointment_at) == (ago(days=6), None)
    other.appointment(user, NOW + dt.timedelta(days=1), AppointmentState.PLANNED)
    assert seen().next_appointment_at is None


@pytest.mark.parametrize("days", [0, 1, 88, 89, 90, 91, 300])
@pytest.mark.parametrize("since", [10, 89, 90, 400])
def test_the_list_and_the_rule_agree_on_who_is_quiet(body, days, since):
    user = body.person("Anne", start_on=TODAY - dt.timedelta(days=since))
    body.message(user, ago(days=days))
    line = line_of(body, user)
    expected = is_quiet(line.last_contact_on, TODAY - dt.timedelta(days=since), TODAY)
    assert (listed(body, vue="sans-contact") == ["Anne"]) is expected


# Parts and counts ------------------------------------------------------------------------------------------


@pytest.fixture
def full(body):
    """Somebody for each part of the list, and neighbours who have all of it."""
    Built()
    quiet = body.person("Quentin Quiet")
    met = body.person("Mélanie Met", [FOLLOW_UP, REVIEW], end_on=TODAY + dt.timedelta(days=30))
    body.appointment(met, ago(days=2))
    body.appointment(met, NOW + dt.timedelta(days=2), AppointmentState.PLANNED)
    [asked] = met.worker.mandates.filter(purpose=REVIEW)
    ask_review(
        actor=met, worker=met.worker, asked=Asked(mandate=asked), statements=[skill(met)], now=ago(days=1)
    )
    body.message(body.person("Basile Bilan", [FOLLOW_UP, BILAN]), ago(days=5))
    body.bilan(type(quiet).objects.get(name="Basile Bilan"), "conclusions")
    body.person("Rita Relue", [REVIEW], end_on=TODAY + dt.timedelta(days=31))
    touched(quiet)
    touched(body.person("Tom Touché", [BILAN]))  # not told: nobody gave a mandate to follow
    other = Body()
    for user in (other.person("Voisine", [FOLLOW_UP, BILAN]), UserFactory(name="Personne de personne")):
        touched(user)
        other.bilan(user)
    return body


PARTS = {
    "": ["Basile Bilan", "Mélanie Met", "Quentin Quiet", "Rita Relue", "Tom Touché"],
    "sans-contact": ["Quentin Quiet", "Tom Touché"],
    "sans-rendez-vous": ["Basile Bilan", "Quentin Quiet", "Tom Touché"],
    "bilan": ["Basile Bilan"],
    "avis": ["Mélanie Met"],
    "edition": ["Quentin Quiet"],
    "accord": ["Mélanie Met"],
}


def test_there_is_somebody_for_each_part():
    assert set(PARTS) == set(FILTERS)


@pytest.mark.parametrize("part", PARTS)
def test_each_part_keeps_its_people(full, part):
    assert listed(full, vue=part) == PARTS[part]


def test_every_count_is_that_of_its_list(full):
    caseload = Caseload(full.adviser, now=NOW)
    for purpose in ("", *MANDATE_PURPOSES):
        for text in ("", "me"):
            around = {"but": str(purpose), "q": text, "organisme": str(full.organisation.public_id)}
            counts = caseload.counts(Choice(**around))
            for part, number in counts.filters.items():
                chosen = Choice(**around, vue=part)
                assert number == caseload.counts(chosen).chosen == len(listed(full, **chosen.parameters()))
            for phase, number in counts.phases.items():
                assert number == len(listed(full, **around, phase=phase))
            for but, number in counts.purposes.items():
                assert number == len(listed(full, **{**around, "but": but}))


def test_an_older_edition_is_not_the_last(full):
    newest = Edition.objects.order_by("position").last()
    Edition.objects.create(reference=newest.reference, number="3", position=newest.position + 1_000_000)
    assert listed(full, vue="edition") == []


def test_sorts(full):
    assert listed(full, tri="contact")[-2:] == ["Basile Bilan", "Mélanie Met"]
    assert listed(full, tri="rendez-vous")[0] == "Mélanie Met"
    assert listed(full, tri="accord")[:2] == ["Mélanie Met", "Rita Relue"]
    assert {tuple(sorted(listed(full, tri=sort))) for sort in SORTS} == {tuple(PARTS[""])}


def test_a_choice_keeps_only_words_that_mean_something():
    asked = {
        "vue": "x'; --",
        "but": "answer",
        "phase": "closed",
        "organisme": "1",
        "tri": "?",
        "q": " a\x00 ",
    }
    assert Choice.of(asked) == Choice(q="a")
    assert Choice.of({"phase": PHASES[0], "autre": "1"}).parameters() == {"phase": PHASES[0]}


# Names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    ["helene", "Hélène", "HÉLÈNE LEFÈVRE", "lefevre hel", "lefevr", "lefebre", "helenne", "lefvere", "he"],
)
def test_a_name_is_found_with_accents_and_slips(body, typed):
    body.person("Hélène Lefèvre")
    body.person("Marc Dupont")
    assert listed(body, q=typed) == ["Hélène Lefèvre"]


@pytest.mark.parametrize("typed", ["xyz", "%", "_", "'", "h", "-- ;", "lefevre marc", "dupond lefevre"])
def test_what_names_nobody_finds_nobody(body, typed):
    body.person("Hélène Lefèvre")
    body.person("Marc Dupont")
    assert listed(body, q=typed) == []


def test_the_closest_names_come_first(body):
    for name in ("Alice Martin", "Zoé Marin", "Basile Martini"):
        body.person(name)
    assert listed(body, q="marin") == ["Zoé Marin", "Alice Martin"]


def test_who_gave_no_name_is_found_by_address(body):
    user = UserFactory(nameless=True, email="aurelie.k@exemple.fr")
    body.person(user=user)
    assert listed(body, q="aurélie") == ["aurelie.k@exemple.fr"]


NAMES = ["", "É", "Œuvrard", "STRAßE", "Łukasz Żak", "d’Ormesson-Lévy", "Jean  Paul\u00a0II", "ﬁn", "İpek"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*NAMES, "Þórr", "Nguyễn Thị", "陳", "a1b2", "Anticonstitutionnellement"])
def test_the_database_folds_a_name_as_the_search_does(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT competences_name_keys(%s, 'sans.nom@exemple.fr')", [name])
        kept = set(cursor.fetchone()[0])
    searched = search_keys(name or "sans.nom@exemple.fr")
    assert {key for keys in searched for key in keys} <= kept
    assert bool(kept) == bool(searched)


# What an adviser keeps -------------------------------------------------------------------------------------


def keep(body, name="Mes bilans", actor=None, **choice):
    return save_filter(
        actor=actor or body.adviser, name=name, choice=Choice(**(choice or {"vue": "bilan"})), on=TODAY
    )


def test_a_filter_is_kept_without_the_name_that_was_searched(body):
    assert keep(body, q="Anne", vue="avis").asked == {"vue": "avis"}
    keep(body, tri="contact")
    assert [(one.name, one.asked) for one in SavedFilter.objects.all()] == [
        ("Mes bilans", {"tri": "contact"})
    ]


@pytest.mark.parametrize(("name", "choice"), [("  ", {"vue": "avis"}), ("Tout", {}), ("Anne", {"q": "Anne"})])
def test_a_filter_has_a_name_and_keeps_something(body, name, choice):
    with pytest.raises(Refused):
        save_filter(actor=body.adviser, name=name, choice=Choice(**choice), on=TODAY)


def test_filters_are_their_adviser_s_own(body):
    saved, other = keep(body), Body()
    assert keep(other).pk != saved.pk
    with pytest.raises(NotFound):
        remove_filter(actor=other.adviser, saved=saved)
    with pytest.raises(NotFound):
        keep(body, actor=UserFactory())
    remove_filter(actor=body.adviser, saved=saved)
    assert SavedFilter.objects.get().adviser == other.adviser


def test_one_name_an_adviser_by_constraint(body):
    saved = keep(body)
    for name, constraint in ((saved.name, "saved_filter_one_name"), ("", "saved_filter_is_named")):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            SavedFilter.objects.create(adviser=body.adviser, name=name, created_at=NOW)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_keep_no_more_than_the_limit(monkeypatch):
    monkeypatch.setattr(services, "MOST_FILTERS", 1)
    body = Body()
    found = side_by_side(*(lambda name=name: keep(body, name) for name in ("Un", "Deux")))
    assert [type(one) for one in found].count(Refused) == 1
    assert SavedFilter.objects.count() == 1


def test_what_was_seen_never_goes_back(body):
    mark_seen(actor=body.adviser, until=ago(days=1), on=TODAY)
    mark_seen(actor=body.adviser, until=ago(days=3), on=TODAY)
    assert CaseloadVisit.objects.get().seen_until == ago(days=1)
    with pytest.raises(NotFound):
        mark_seen(actor=MembershipFactory(employer=True).user, until=NOW, on=TODAY)
