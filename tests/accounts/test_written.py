"""Queries written once: the rows of the ORM, and a refusal of what would answer for somebody else."""

import datetime as dt

import pytest
from django.db.models import Count, QuerySet, Value
from django.utils import translation

from accounts.models import Membership, Organisation, User
from accounts.written import is_any_of, written
from tests.accounts.factories import MembershipFactory, UserFactory

TODAY = dt.date(2026, 11, 24)


@written
def _memberships(order: str, *, on: dt.date, user: int) -> QuerySet[Membership]:
    rows = Membership.objects.in_force(on).filter(user=user)
    return rows.select_related("organisation").annotate(two=Value(2)).order_by(order)


@written
def _named(*, keys: list[int], names: list[str]) -> QuerySet[User]:
    rows = User.objects.filter(is_any_of("pk", keys)).filter(is_any_of("name", names))
    return rows.order_by("pk").values_list("pk", "name")


@written
def _counted(*, at: dt.datetime, name: str) -> QuerySet[User]:
    rows = User.objects.filter(joined_at__lte=at, name=name).order_by()
    return rows.values(one=Value(1)).annotate(count=Count("pk")).values_list("count")


@pytest.mark.django_db
def test_the_rows_are_those_of_the_orm_for_each_set_of_values(django_assert_num_queries):
    user, other = UserFactory(), UserFactory()
    for name in "BCA":
        MembershipFactory(user=user, organisation__name=name, start_on=TODAY)
    MembershipFactory(user=other, start_on=TODAY - dt.timedelta(days=1), end_on=TODAY)
    for order in ("organisation__name", "-organisation__name"):
        for person in (user, other, UserFactory()):
            for days in (-1, 0):
                asked = {"on": TODAY + dt.timedelta(days=days), "user": person.pk}
                rows = list(_memberships.build(order, **asked))
                with django_assert_num_queries(1):
                    found = _memberships(order, **asked)
                    told = [
                        (one.pk, one.two, one.organisation.name, one.start_on, one._state.db) for one in found
                    ]
                assert told == [
                    (one.pk, one.two, one.organisation.name, one.start_on, one._state.db) for one in rows
                ]
                assert found == rows


@pytest.mark.django_db
def test_lists_of_any_length_are_one_value():
    people = [UserFactory(name=name) for name in ("Ada", "Léa", "Zoé")]
    rows = [(one.pk, one.name) for one in people]
    keys = [one.pk for one in people]
    assert _named(keys=keys, names=["Ada", "Zoé", "’; --"]) == [rows[0], rows[2]]
    assert _named(keys=keys[:1], names=["Ada", "Zoé"]) == [rows[0]]
    assert _named(keys=[], names=["Ada"]) == _named(keys=keys, names=[]) == []
    assert len(_named.kept) == 1


@pytest.mark.django_db
def test_a_count_is_one_row_even_of_nothing_and_each_language_has_its_own_query():
    now = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    UserFactory(name="Ada")
    assert _counted(at=now, name="Ada") == [(1,)]
    assert _counted(at=now, name="Nobody") == [(0,)]
    before = len(_counted.kept)
    with translation.override("en"):
        assert _counted(at=dt.datetime(2001, 1, 1, tzinfo=dt.UTC), name="Ada") == [(0,)]
    assert len(_counted.kept) == before + 1


def _reckoned(*, on: dt.date) -> QuerySet[Membership]:
    return Membership.objects.filter(start_on=on - dt.timedelta(days=1))


def _two_queries(*, user: int) -> QuerySet[User]:
    return User.objects.filter(pk=user).prefetch_related("memberships")


def _dictionaries(*, user: int) -> QuerySet[User]:
    return User.objects.filter(pk=user).values("pk")


def _of_a_float(*, user: float) -> QuerySet[User]:
    return User.objects.filter(pk=user)


@pytest.mark.django_db
@pytest.mark.parametrize("build", [_reckoned, _two_queries, _dictionaries, _of_a_float])
def test_a_query_that_would_not_take_other_values_is_refused(build):
    with pytest.raises(TypeError):
        written(build)(**dict.fromkeys(build.__annotations__.keys() - {"return"}, 1))


@pytest.mark.django_db
def test_deferred_fields_stay_deferred():
    member = MembershipFactory()

    @written
    def names(*, key: int) -> QuerySet[Organisation]:
        return Organisation.objects.filter(memberships__user=key).only("name")

    [found] = names(key=member.user_id)
    assert found == member.organisation
    assert found.get_deferred_fields() == {"public_id", "kind"}
    assert found.kind == member.organisation.kind
