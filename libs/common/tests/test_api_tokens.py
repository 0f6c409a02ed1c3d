"""The text of API tokens."""

import hashlib
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service_common.tokens import api_tokens
from service_common.tokens.api_tokens import ApiToken

TOKEN_ID = uuid.UUID("01939d5a-0000-7000-8000-000000000001")


@given(st.uuids())
def test_what_was_made_is_read(token_id):
    text = api_tokens.make(token_id)

    assert ApiToken.read(text) == ApiToken(token_id, hashlib.sha256(text.encode()).digest())


def test_no_two_are_equal():
    assert len({api_tokens.make(TOKEN_ID) for _ in range(100)}) == 100


@given(st.integers(0, 75), st.sampled_from(api_tokens.DIGITS + "_-"))
def test_one_wrong_character_is_found(at, character):
    text = api_tokens.make(TOKEN_ID)
    wrong = text[:at] + character + text[at + 1 :]

    assert (ApiToken.read(wrong) is None) == (wrong != text)


@pytest.mark.parametrize(
    "change", [str.upper, str.lower, lambda text: text + "\n", lambda text: f" {text}", lambda _: ""]
)
def test_another_form_is_not_one(change):
    assert ApiToken.read(change(api_tokens.make(TOKEN_ID))) is None


def test_an_id_of_more_than_128_bits_is_not_one():
    text = f"tdb_{'z' * 22}_{'0' * 43}"

    assert ApiToken.read(text + api_tokens._checksum(text)) is None
