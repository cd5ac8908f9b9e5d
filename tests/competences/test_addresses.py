"""Addresses of sheets written from a pattern are those that Django writes and reads."""

from urllib.parse import unquote

import pytest
from django.urls import resolve, reverse
from hypothesis import given
from hypothesis import strategies as st

from competences.addresses import sheet_address

identifiers = st.text(st.characters(blacklist_categories=("Cc", "Cs")), min_size=1)


@given(identifiers, st.sampled_from(["skill", "knowledge", "title"]))
def test_written_as_django_writes_them(external_id, kind):
    assert sheet_address("esco", kind, external_id) == reverse(
        "competences:concept", args=["esco", kind, external_id]
    )
    assert sheet_address("rome", "job", external_id) == reverse("competences:job", args=["rome", external_id])


@pytest.mark.parametrize("external_id", ["M1805", "place-1", "{}", "a b%2Fc?d#e", "http://data.example/é/1"])
def test_each_leads_back_to_its_concept(external_id):
    found = resolve(unquote(sheet_address("rome", "skill", external_id)))
    assert found.kwargs == {"slug": "rome", "kind": "skill", "external_id": external_id}
