"""JSON from outside: what Python's reader would take too kindly is refused, with its place."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from competences.rules.signed_json import Signer, canonical, is_signed
from competences.rules.strict_json import DEEPEST, NotJson, read_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
KEYS = st.text('abé"\\\n', max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)

REFUSED = [
    ("", "syntax", 1, 1),
    ("{", "syntax", 1, 2),
    ('{"a" 1}', "syntax", 1, 6),
    ('{"a":\n  nan}', "syntax", 2, 3),
    ('{"a":\n  NaN}', "number", 2, 3),
    ("[-Infinity]", "number", 1, 2),
    ("[1e999]", "number", 1, 2),
    ("[" + "9" * 5000 + "]", "number", 1, 2),
    ("[0x10]", "syntax", 1, 2),
    ("[01]", "syntax", 1, 2),
    ('{"a": 1,\n "a": 2}', "duplicate_key", 2, 2),
    ('{"a": 1, "\\u0061": 2}', "duplicate_key", 1, 10),
    ('["\\ud800"]', "half_character", 1, 2),
    ('["\\u0000"]', "control", 1, 2),
    ('["\n"]', "syntax", 1, 3),
    ('["a]', "syntax", 1, 2),
    ('["\\x"]', "syntax", 1, 3),
    ("[1,]", "syntax", 1, 4),
    ("]", "syntax", 1, 1),
    ("[" * 100_000, "deep", 1, DEEPEST + 1),
    ('{"a":' * 100_000, "deep", 1, 5 * DEEPEST + 1),
]


@pytest.mark.parametrize(
    ("text", "code", "line", "column"), REFUSED, ids=[str(n) for n in range(len(REFUSED))]
)
def test_a_refusal_says_where(text, code, line, column):
    with pytest.raises(NotJson) as refusal:
        read_json(text)
    found = refusal.value
    assert (found.code, found.line) == (code, line)
    if code != "syntax":
        assert found.column == column


def test_keys_may_come_again_in_another_object():
    text = '{"a": {"a": [{"a": 1}, {"a": "a"}]}, "b": "\\ud83d\\ude00"}'
    assert read_json(text) == json.loads(text)


@given(VALUES, st.booleans())
def test_what_json_writes_is_read(value, ascii):
    assert read_json(json.dumps(value, ensure_ascii=ascii, indent=1)) == value


@given(st.text(st.sampled_from('{}[]",:0aeN\\u\n '), max_size=30))
def test_nothing_but_a_refusal_is_raised(text):
    with contextlib.suppress(NotJson):
        assert read_json(text) == json.loads(text)


@given(VALUES, VALUES)
def test_a_signature_is_that_of_one_value(value, other):
    signer = Signer(b"key")
    told = canonical(value)
    for place in range(0, len(told), 3):
        signer.add(told[place : place + 3])
    assert is_signed(value, signer.value(), [b"former", b"key"])
    assert not is_signed(value, signer.value(), [b"former"])
    assert is_signed(other, signer.value(), [b"key"]) == (canonical(other) == told)
