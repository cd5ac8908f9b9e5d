"""Mon parcours: what a person notes of their path, for themselves alone."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.errors import NotFound, Refused
from competences.enums import CareerKind, ContractType
from competences.models import CareerPeriod
from competences.queries.career import periods_of
from competences.rules.career import Moment
from competences.services import career as services
from competences.services.career import (
    PeriodSaid,
    add_period,
    change_period,
    remove_period,
    restore_period,
)
from tests.accounts.factories import UserFactory
from tests.competences.reference_builder import Built

DAY = dt.timedelta(days=1)
MARCH = Moment(dt.date(2019, 3, 1), "month")
MAY = Moment(dt.date(2019, 5, 1), "month")


@pytest.fixture
def worker(db):
    return UserFactory()


def said(**values):
    return PeriodSaid(**{"kind": "work", "first": MARCH, "free_text": "Secrétaire", **values})


def noted(user, **values):
    return add_period(actor=user, worker=user.worker, said=said(**values))


def test_months_are_kept_as_days_and_as_they_were_said(worker):
    noted(worker, last=MAY)
    row = CareerPeriod.objects.get()
    assert (row.start_on, row.end_on) == (dt.date(2019, 3, 1), dt.date(2019, 6, 1))
    [period] = periods_of(worker.worker)
    assert (period.first, period.last) == (MARCH, MAY)
    assert period.label == "Secrétaire"


def test_periods_may_run_at_once_and_go_on(worker):
    noted(worker)
    noted(worker, share_percent=50, contract=ContractType.CESU)
    assert [period.last for period in periods_of(worker.worker)] == [None, None]


def test_a_job_of_a_reference_names_the_period_and_the_words_stay(worker):
    built = Built()
    title = built.concept("title", "T1", "Assistante de direction")
    noted(worker, title=title, edition=built.editions["2"])
    [period] = periods_of(worker.worker)
    assert (period.label, period.title) == ("Assistante de direction", title.pk)
    assert CareerPeriod.objects.get().free_text == "Secrétaire"


def test_a_kind_keeps_what_it_has(worker):
    noted(worker, kind=CareerKind.CARING, contract=ContractType.CDI, reason="secret", free_text="")
    noted(worker, kind=CareerKind.PAUSE, reason="un deuil", free_text="")
    pause, caring = CareerPeriod.objects.order_by("-pk")
    assert (caring.contract, caring.reason, pause.reason) == ("", "", "un deuil")
    assert "deuil" not in repr(periods_of(worker.worker))


def test_signs_that_nobody_sees_are_left_out(worker):
    noted(worker, free_text="Se\u202ecré\x00taire \u2066 <b>", details="un\r\ndeux\u202e\x07")
    row = CareerPeriod.objects.get()
    assert (row.free_text, row.details) == ("Secrétaire <b>", "un\ndeux")


BAD = {
    "kind": ({"kind": "nap"}, "kind"),
    "contract": ({"contract": "none"}, "contract"),
    "no job": ({"free_text": " \u200b"}, "free_text"),
    "share": ({"share_percent": 101}, "share_percent"),
    "no share": ({"share_percent": 0}, "share_percent"),
    "long": ({"organisation": "x" * 201}, "organisation"),
    "future": ({"first": Moment(timezone.localdate() + DAY)}, "first"),
    "future end": ({"last": Moment(timezone.localdate() + DAY)}, "last"),
    "before birth": ({"first": Moment(dt.date(25, 1, 1))}, "first"),
    "upside down": ({"last": Moment(dt.date(2019, 2, 28))}, "last"),
}


@pytest.mark.parametrize(("values", "field"), BAD.values(), ids=BAD)
def test_a_refusal_names_its_field(worker, values, field):
    with pytest.raises(Refused) as refusal:
        noted(worker, **values)
    assert refusal.value.field == field
    assert not CareerPeriod.objects.exists()


def test_one_month_or_one_day_is_a_period(worker):
    noted(worker, last=MARCH)
    day = Moment(timezone.localdate())
    noted(worker, first=day, last=day)
    assert CareerPeriod.objects.count() == 2


def test_a_job_must_be_one_that_the_person_may_read(worker):
    built = Built()
    skill = built.concept("skill", "S1", "Taper")
    gone = built.concept("title", "T2", ("Ancien", "1", "2"))
    for concept, code in ((skill, "not_a_title"), (gone, "not_in_edition")):
        with pytest.raises(Refused) as refusal:
            noted(worker, title=concept, edition=built.editions["2"])
        assert refusal.value.code == code


def test_a_path_holds_so_many_periods(worker, monkeypatch):
    monkeypatch.setattr(services, "MOST_PERIODS", 1)
    noted(worker)
    with pytest.raises(Refused) as refusal:
        noted(worker)
    assert refusal.value.code == "too_many"


def test_the_second_of_two_tabs_is_told(worker):
    period = noted(worker)
    change_period(actor=worker, period=period, version=1, said=said(place="Brest"))
    with pytest.raises(Refused) as refusal:
        change_period(actor=worker, period=period, version=1, said=said(place="Lyon"))
    assert refusal.value.code == "changed_since"
    assert CareerPeriod.objects.get().place == "Brest"


def test_what_was_taken_away_is_put_back_within_a_day(worker):
    period, at = noted(worker), timezone.now()
    remove_period(actor=worker, period=period, now=at)
    assert periods_of(worker.worker) == []
    with pytest.raises(NotFound):
        change_period(actor=worker, period=period, version=2, said=said())
    with pytest.raises(Refused):
        restore_period(actor=worker, period=period, now=at + 2 * DAY)
    restore_period(actor=worker, period=period, now=at + DAY / 2)
    assert len(periods_of(worker.worker)) == 1


def test_nobody_else_writes_a_path(worker):
    period, neighbour = noted(worker), UserFactory()
    noted(neighbour)
    for act in (
        lambda: add_period(actor=neighbour, worker=worker.worker, said=said()),
        lambda: change_period(actor=neighbour, period=period, version=1, said=said()),
        lambda: remove_period(actor=neighbour, period=period),
    ):
        with pytest.raises(NotFound):
            act()


CONSTRAINTS = {
    "career_period_ends_after_it_starts": {"end_on": dt.date(2019, 3, 1)},
    "career_period_share_of_time": {"share_percent": 101},
    "career_period_contract_is_of_work": {"kind": "study", "contract": "cdi"},
    "career_period_reason_is_of_a_pause": {"reason": "parce que"},
}


@pytest.mark.parametrize(("name", "values"), CONSTRAINTS.items(), ids=CONSTRAINTS)
def test_the_database_refuses_by_name(worker, name, values):
    period = noted(worker)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        CareerPeriod.objects.filter(pk=period.pk).update(**values)


def test_a_title_goes_with_its_edition(worker):
    period, title = noted(worker), Built().concept("title", "T1", "Secrétaire")
    with pytest.raises(IntegrityError, match="career_period_title_has_its_edition"), transaction.atomic():
        CareerPeriod.objects.filter(pk=period.pk).update(title=title)


# Pages ------------------------------------------------------------------------------------------------------

POSTED = ("career_remove", "career_restore")


@pytest.mark.parametrize("name", ["career_period", *POSTED])
def test_every_address_is_for_its_own_person_alone(worker, client, name):
    period, neighbour = noted(worker), UserFactory()
    noted(neighbour)
    url = reverse(f"competences:{name}", args=[period.public_id])
    ask = client.post if name in POSTED else client.get
    assert "/compte/" in ask(url).url
    client.force_login(neighbour)
    assert ask(url).status_code == 404


def test_the_walk_of_a_path_through_its_pages(worker, client):
    client.force_login(worker)
    index, add = reverse("competences:career"), reverse("competences:career_add")
    assert add in client.get(index).content.decode()
    assert "?nature=pause" in client.get(add).content.decode()
    typed = {"free_text": "<i>Vendeuse</i>", "first": "mars 2019", "last": "06/2019", "share_percent": "50"}
    assert client.post(f"{add}?nature=work", typed).url == index
    client.post(f"{add}?nature=pause", {"first": "2021", "reason": "pour moi"})
    page = client.get(index).content.decode()
    assert "&lt;i&gt;Vendeuse" in page
    assert "<i>Vendeuse" not in page
    assert "pour moi" not in page
    assert f"{add}?debut=07%2F2019&amp;fin=12%2F2020" in page
    suggested = client.get(f"{add}?nature=caring&debut=07/2019&fin=12/2020").content.decode()
    assert 'value="07/2019"' in suggested
    period = CareerPeriod.objects.get(kind="work")
    url = reverse("competences:career_period", args=[period.public_id])
    assert 'value="03/2019"' in client.get(url).content.decode()
    client.post(url, {**typed, "version": 1, "place": "Brest"})
    late = client.post(url, {**typed, "version": 1, "place": "Lyon"}).content.decode()
    assert "Lyon" in late
    assert 'name="version" value="2"' in late
    client.post(reverse("competences:career_remove", args=[period.public_id]))
    restore = reverse("competences:career_restore", args=[period.public_id])
    assert restore in client.get(index).content.decode()
    client.post(restore)
    assert CareerPeriod.objects.kept().count() == 2


@pytest.mark.parametrize("first", ["hier", "", "2999", "31/02/2020", "x" * 400])
def test_a_date_that_is_not_read_is_said_beside_its_field(worker, client, first):
    client.force_login(worker)
    page = client.post(
        f"{reverse('competences:career_add')}?nature=study", {"first": first, "free_text": "BTS"}
    )
    assert 'id="id_first_error"' in page.content.decode()
    assert not CareerPeriod.objects.exists()


def test_looking_for_a_job_keeps_what_was_typed(worker, client):
    built = Built()
    title = built.concept("title", "T1", "Secrétaire polyvalente")
    client.force_login(worker)
    url = f"{reverse('competences:career_add')}?nature=work"
    typed = {"free_text": "Secretaire", "first": "2019", "details": "Tout"}
    page = client.post(url, {**typed, "search": "1"}).content.decode()
    assert "Tout" in page
    assert f'name="title" value="{title.pk}"' in page
    assert 'class="error"' not in page
    client.post(url, {**typed, "title": title.pk})
    assert CareerPeriod.objects.get().title == title
    for wrong in (title.pk + 999, "9" * 40, "x"):
        answer = client.post(url, {**typed, "title": wrong})
        assert answer.status_code in (200, 302)
    assert set(CareerPeriod.objects.values_list("title", flat=True)) <= {title.pk, None}


def test_a_job_withdrawn_since_stays_as_it_was_read(worker, client):
    built = Built()
    title = built.concept("title", "T1", ("Sténo", "1", "2"))
    period = noted(worker, title=title, edition=built.editions["1"])
    client.force_login(worker)
    url = reverse("competences:career_period", args=[period.public_id])
    client.post(url, {"free_text": "Sténo", "first": "2019", "version": 1, "title": title.pk})
    period.refresh_from_db()
    assert (period.version, period.title, period.edition) == (2, title, built.editions["1"])


def test_a_long_path_takes_few_queries(worker, client, django_assert_max_num_queries):
    client.force_login(worker)
    CareerPeriod.objects.bulk_create(
        CareerPeriod(
            worker=worker.worker,
            kind="work",
            contract=ContractType.INTERMITTENT,
            free_text=f"Régie de spectacle numéro {number}",
            organisation="Une compagnie au nom assez long",
            start_on=dt.date(1990, 1, 1) + 40 * number * DAY,
            end_on=dt.date(1990, 1, 1) + (40 * number + 60) * DAY,
            created_at=timezone.now(),
            changed_at=timezone.now(),
        )
        for number in range(300)
    )
    url = reverse("competences:career")
    seen = ""
    for sheet in range(1, 11):
        with django_assert_max_num_queries(12):
            page = client.get(url, {"page": sheet})
        assert len(page.content) <= 60_000
        seen += page.content.decode()
    assert all(f"numéro {number}</a></h3>" in seen for number in range(300))
