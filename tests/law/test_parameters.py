"""The dated parameters: the file, the table, the law of a day."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.admin.sites import site
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from law.enums import Certainty, Unit
from law.management.commands.law_table import table
from law.models import LegalParameter
from law.queries import history, law_on
from law.services import edit_parameter, load_parameters, read_parameters
from tests.test_consistency import ROOT

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 24)


def parameter(**told):
    row = {"key": "a.key", "start_on": DAY, "value": "3", "unit": Unit.YEARS, "article": "L1"}
    return LegalParameter(**{**row, "certainty": Certainty.CERTAIN, "read_on": DAY, **told})


def test_the_file_is_loaded_whole_and_twice_changes_nothing():
    assert LegalParameter.objects.count() == len(read_parameters())
    assert load_parameters() == 0


def test_the_page_of_parameters_says_what_the_file_says():
    page = ROOT / "docs" / "rules" / "parameters.md"
    assert page.read_text(encoding="utf-8") == table(), "manage.py law_table > docs/rules/parameters.md"


@pytest.mark.parametrize(
    ("on", "years"),
    [(dt.date(2023, 12, 30), 1), (dt.date(2023, 12, 31), 3), (DAY, 3)],
)
def test_a_value_holds_from_its_first_day(on, years):
    assert law_on(on)["bilan.documents.kept"].count == years


def test_a_rule_that_had_not_begun_is_absent():
    law = law_on(dt.date(2026, 2, 25))
    assert "bilan.hours.least" not in law
    assert law["bilan.hours.most"].number == Decimal(24)
    with pytest.raises(KeyError):
        law["bilan.hours.least"]


def test_the_law_of_a_day_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        law = law_on(DAY)
        assert law["bilan.hours.least"].count == 13
        assert len(list(law)) == len(law)


def test_what_the_staff_wrote_is_not_written_over():
    row = LegalParameter.objects.get(key="bilan.hours.least")
    row.value = "14"
    edit_parameter(parameter=row, now=timezone.now())
    ahead = edit_parameter(
        parameter=parameter(key="bilan.hours.least", start_on=dt.date(2027, 1, 1), value="15"),
        now=timezone.now(),
    )
    assert load_parameters() == 0
    assert [row.value for row in history("bilan.hours.least")] == ["14", "15"]
    assert law_on(ahead.start_on)["bilan.hours.least"].count == 15


def test_a_row_that_the_file_changed_follows_it():
    LegalParameter.objects.filter(key="bilan.hours.least").update(value="99")
    LegalParameter.objects.filter(key="bilan.hours.most").delete()
    assert load_parameters() == 2
    assert law_on(DAY)["bilan.hours.least"].count == 13


@pytest.mark.parametrize(
    ("told", "constraint"),
    [
        ({"key": "bilan.hours.most", "start_on": dt.date(2019, 1, 1)}, "law_one_value_a_day"),
        ({"value": "trois"}, "law_figure_is_a_number"),
        ({"value": "-3"}, "law_figure_is_a_number"),
        ({"value": "", "unit": Unit.WORD}, "law_parameter_is_whole"),
        ({"certainty": "sure"}, "law_parameter_is_whole"),
        ({"unit": "weeks"}, "law_parameter_is_whole"),
    ],
)
def test_constraints(told, constraint):
    row = parameter(**told)
    with transaction.atomic(), pytest.raises(IntegrityError, match=constraint):
        row.save()
    with pytest.raises(ValidationError):
        edit_parameter(parameter=row, now=timezone.now())


def test_a_word_is_no_number_and_a_half_is_not_whole():
    with pytest.raises(ValueError, match="is a word"):
        parameter(value="end", unit=Unit.WORD).number  # noqa: B018 - read for what it raises
    assert parameter(value="102.23", unit=Unit.EUROS).number == Decimal("102.23")
    with pytest.raises(ValueError, match="not whole"):
        parameter(value="1.5").count  # noqa: B018 - the same


def test_nobody_deletes_a_value_in_the_administration(rf):
    assert not site._registry[LegalParameter].has_delete_permission(rf.get("/"))
