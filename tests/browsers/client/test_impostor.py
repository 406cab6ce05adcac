"""The impostor of the tests would notice a token. No browser is needed here."""

from __future__ import annotations

import base64

import pytest

from tests.browsers.client.impostor import Impostor

TOKEN = f"tbw_{'0' * 12}_{'Ab-_9' * 8}xyz"


@pytest.mark.parametrize(
    "said",
    [
        f"Authorization: Bearer {TOKEN}",
        TOKEN.encode().hex(),
        *(base64.b64encode(b"x" * before + TOKEN.encode() + b"yz").decode() for before in range(3)),
        base64.urlsafe_b64encode(TOKEN.encode()).decode(),
    ],
)
def test_a_token_is_found_in_any_spelling(said: str) -> None:
    assert Impostor("", heard=["GET /", said]).knows(TOKEN)


def test_what_was_not_said_is_not_found() -> None:
    assert not Impostor("", heard=["GET /", TOKEN[:-1]]).knows(TOKEN)
