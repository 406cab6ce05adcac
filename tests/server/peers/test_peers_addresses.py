"""The spellings of a connection's addresses."""

from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.server.peers.addresses import Pair, spellings

V4 = Pair(4, ip_address("127.0.0.1").packed, 50000, ip_address("127.0.0.2").packed, 47811)
MAPPED = Pair(6, ip_address("::ffff:127.0.0.1").packed, 50000, ip_address("::ffff:127.0.0.2").packed, 47811)


def test_a_connection_over_ipv4_is_looked_for_in_both_spellings() -> None:
    assert spellings(("127.0.0.1", 50000), ("127.0.0.2", 47811)) == (V4, MAPPED)


def test_mapped_addresses_of_a_listener_on_both_are_the_same_connection() -> None:
    assert spellings(("::ffff:127.0.0.1", 50000, 0, 0), ("::ffff:127.0.0.2", 47811, 0, 0)) == (V4, MAPPED)


def test_a_connection_over_ipv6_has_one_spelling() -> None:
    loopback = ip_address("::1").packed
    assert spellings(("::1", 50000, 0, 0), ("::1", 47811, 0, 0)) == (Pair(6, loopback, 50000, loopback, 47811),)


@pytest.mark.parametrize(
    "name",
    [
        None,
        "",
        "/run/tillbridge.sock",
        (),
        ("127.0.0.1",),
        ("127.0.0.1", "47811"),
        ("127.0.0.1", 0),
        ("127.0.0.1", 65536),
        ("127.0.0.1", -1),
        (2130706433, 47811),
        ("localhost", 47811),
        ("127.1", 47811),
        ("::1", 47811, 0, 0),  # of the other version than its counterpart
        ("fe80::1%eth0", 47811, 0, 2),
        ("", 47811),
    ],
)
def test_what_is_no_pair_of_addresses_is_looked_for_nowhere(name: object) -> None:
    assert spellings(name, ("127.0.0.1", 47811)) == ()
    assert spellings(("127.0.0.1", 50000), name) == ()


@given(st.one_of(st.text(), st.ip_addresses().map(str)), st.integers())
def test_no_text_and_no_number_makes_it_raise(host: str, port: int) -> None:
    for pair in spellings((host, port), (host, port)):
        assert 0 < pair.client_port < 65536
        assert len(pair.client) == {4: 4, 6: 16}[pair.version]
