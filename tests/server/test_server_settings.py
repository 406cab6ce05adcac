"""Limits by their names."""

from __future__ import annotations

import pytest

from bridge.server.settings import ServerSettings, WrongLimit, limits


def test_limits_are_numbers_by_name() -> None:
    assert limits(["max_sockets=200", "head_seconds=2.5"]) == {"max_sockets": 200, "head_seconds": 2.5}
    assert ServerSettings(**limits(["pairings_waiting=1"])).pairings_waiting == 1


@pytest.mark.parametrize("text", ["max_socket=1", "port=1", "users=any", "max_sockets", "=1", "tls_port=1", "listen=1"])
def test_what_is_no_limit_is_told_with_those_that_there_are(text: str) -> None:
    with pytest.raises(WrongLimit, match=r"there are: .*max_sockets"):
        limits([text])


@pytest.mark.parametrize(
    "text", ["max_sockets=0", "max_sockets=-1", "max_sockets=1.5", "max_sockets=many", "head_seconds=nan", "head_seconds=inf"]
)
def test_what_is_no_number_for_it_is_told(text: str) -> None:
    with pytest.raises(WrongLimit, match="is no"):
        limits([text])
