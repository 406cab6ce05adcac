"""Whose socket it is on Linux: recorded tables, and this machine's own sockets."""

from __future__ import annotations

import os
import pwd
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sockets_at_hand import has_ipv6, linked, linked_as, listener

if sys.platform != "linux":
    pytest.skip("the tables are those of Linux", allow_module_level=True)

from bridge.server.peers.addresses import Pair, spellings
from bridge.server.peers.linux import Ask, LinuxPeers, owners

# After tables of Linux 6.18 on x86-64: ports 47811 (BAC3) of the server, 50000 (C350) and on of clients.
HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"
IDLE = "00000000:00000000 00:00000000 00000000"  # queues, timer, retransmits
LISTENING = f"   0: 0100007F:BAC3 00000000:0000 0A {IDLE}   110        0 1065 1 00000000d9b24f19 100 0 0 10 0"
SERVERS = f"   1: 0100007F:BAC3 0100007F:C350 01 {IDLE}   110        0 10106 1 00000000d0edf2f6 20 0 0 10 -1"
ANNAS = f"   2: 0100007F:C350 0100007F:BAC3 01 {IDLE}  1234        0 10105 2 00000000fd0a96a8 20 0 0 10 -1"
OTHERS = f"   3: 0100007F:C351 0100007F:BAC3 01 {IDLE}  4321        0 10107 2 00000000fd0a96b8 20 0 0 10 -1"
TIME_WAIT = "   2: 0100007F:C350 0100007F:BAC3 06 00000000:00000000 03:000014B6 00000000     0        0 0 3 00000000e35e04a7"
ORPHANED = f"   2: 0100007F:C350 0100007F:BAC3 05 {IDLE}     0        0 0 1 00000000e35e04a8 20 4 30 10 -1"
MAPPED = (
    f"   0: 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:BAC3 01 {IDLE}"
    "  1234        0 10105 2 00000000fd0a96a8 20 0 0 10 -1"
)
OVER_IPV6 = (
    f"   0: 00000000000000000000000001000000:C350 00000000000000000000000001000000:BAC3 01 {IDLE}"
    "  1234        0 10105 2 00000000fd0a96a8 20 0 0 10 -1"
)

ENDS = ("127.0.0.1", 50000), ("127.0.0.1", 47811)
ENDS6 = ("::1", 50000, 0, 0), ("::1", 47811, 0, 0)
PAIR = spellings(*ENDS)[0]

Recorded = Callable[..., LinuxPeers]

by_both = pytest.mark.parametrize("ask", [None, lambda asked: None], ids=["netlink", "tables"])
needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6 on this machine")


def no_netlink(asked: tuple[Pair, ...]) -> None:
    """Netlink tells nothing here."""


@pytest.fixture
def recorded(tmp_path: Path) -> Recorded:
    """A /proc with these rows in its two tables."""

    def make(*rows: str, tcp6: tuple[str, ...] = ()) -> LinuxPeers:
        (tmp_path / "net").mkdir()
        (tmp_path / "net/tcp").write_text("\n".join([HEAD, *(row.ljust(149) for row in rows)]) + "\n")
        (tmp_path / "net/tcp6").write_text("\n".join([HEAD, *tcp6]) + "\n")
        return LinuxPeers(tmp_path, ask=no_netlink)

    return make


def uid_of(peers: LinuxPeers, ends: tuple[object, object] = ENDS) -> str | None:
    found = peers.peer(*ends)
    return found.user_id if found else None


def test_the_owner_is_that_of_the_clients_row_not_of_the_servers(recorded: Recorded) -> None:
    assert uid_of(recorded(LISTENING, SERVERS, ANNAS, OTHERS)) == "1234"


def test_a_user_without_a_name_is_told_by_number_and_neither_session_nor_process(recorded: Recorded) -> None:
    with pytest.raises(KeyError):
        pwd.getpwuid(1234)
    peer = recorded(ANNAS).peer(*ENDS)
    assert peer is not None
    assert (peer.user, peer.session, peer.pid) == ("1234", None, None)


def test_another_connections_row_says_nothing(recorded: Recorded) -> None:
    to_another_server = ANNAS.replace("0100007F:BAC3", "0200007F:BAC3")
    to_another_port = ANNAS.replace("0100007F:BAC3", "0100007F:BAC4")
    assert uid_of(recorded(LISTENING, SERVERS, OTHERS, to_another_server, to_another_port)) is None


def test_a_socket_in_time_wait_is_nobodys_and_not_roots(recorded: Recorded) -> None:
    assert uid_of(recorded(LISTENING, TIME_WAIT)) is None


def test_a_socket_whose_process_is_gone_is_nobodys_and_not_roots(recorded: Recorded) -> None:
    assert uid_of(recorded(LISTENING, SERVERS, ORPHANED)) is None


def test_the_open_socket_counts_beside_one_in_time_wait(recorded: Recorded) -> None:
    assert uid_of(recorded(TIME_WAIT, tcp6=(MAPPED,))) == "1234"


@pytest.mark.parametrize("state", ["01", "04", "05", "08"])
def test_a_socket_that_is_half_closed_still_has_its_owner(recorded: Recorded, state: str) -> None:
    assert uid_of(recorded(ANNAS.replace(" 01 ", f" {state} "))) == "1234"


@pytest.mark.parametrize("state", ["02", "03", "06", "07", "09", "0A", "0B", "0C", "FF"])
def test_no_other_state_has_an_owner(recorded: Recorded, state: str) -> None:
    assert uid_of(recorded(ANNAS.replace(" 01 ", f" {state} "))) is None


def test_root_is_told_where_the_row_is_really_roots(recorded: Recorded) -> None:
    peers = recorded(ANNAS.replace("  1234 ", "     0 "))
    assert uid_of(peers) == "0"
    assert peers.is_administrator("0")
    assert not peers.is_administrator("1234")


def test_two_rows_that_agree_are_one_owner(recorded: Recorded) -> None:
    assert uid_of(recorded(ANNAS, OTHERS, ANNAS)) == "1234"


def test_two_rows_that_disagree_are_no_owner(recorded: Recorded) -> None:
    assert uid_of(recorded(ANNAS, ANNAS.replace("  1234 ", "  4321 "))) is None


def test_a_client_with_an_ipv6_socket_that_came_over_ipv4_is_found(recorded: Recorded) -> None:
    assert uid_of(recorded(LISTENING, SERVERS, tcp6=(MAPPED,))) == "1234"


def test_a_connection_over_ipv6_is_found_among_those_of_ipv6(recorded: Recorded) -> None:
    assert uid_of(recorded(tcp6=(OVER_IPV6,)), ENDS6) == "1234"


def test_a_connection_over_ipv6_is_not_mixed_up_with_one_over_ipv4(recorded: Recorded) -> None:
    assert uid_of(recorded(ANNAS, tcp6=(MAPPED,)), ENDS6) is None


def test_a_row_that_only_ends_like_the_one_looked_for_is_another(recorded: Recorded) -> None:
    assert uid_of(recorded(tcp6=(MAPPED.replace("0000000000000000FFFF0000", "20010DB80000000000000000"),))) is None


def test_a_row_that_was_missed_while_others_came_and_went_is_asked_for_again(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    peers = recorded(ANNAS)
    readings = iter([b"", b"", f"{HEAD}\n{ANNAS}\n".encode()])
    monkeypatch.setattr(Path, "read_bytes", lambda _: next(readings))
    assert uid_of(peers) == "1234"


@pytest.mark.parametrize("kept", range(len(ANNAS)))
def test_a_row_that_was_cut_off_has_no_owner(kept: int) -> None:
    assert owners(f"{HEAD}\n{ANNAS[:kept]}".encode(), PAIR) == frozenset()


@pytest.mark.parametrize("uid", ["-1", "+7", "0x0", "1_0", "٣", "9" * 5000])
def test_a_uid_that_is_no_number_has_no_owner(uid: str) -> None:
    assert owners(f"{HEAD}\n{ANNAS.replace('1234', uid)}\n".encode(), PAIR) == frozenset()


@given(st.binary(), st.binary())
def test_no_bytes_make_the_search_raise(before: bytes, after: bytes) -> None:
    start = b": 0100007F:C350 0100007F:BAC3 "
    assert all(uid >= 0 for uid in owners(before + start + after, PAIR))


def test_without_a_readable_table_nothing_can_be_told(tmp_path: Path) -> None:
    peers = LinuxPeers(tmp_path, ask=no_netlink)
    assert not peers.supported
    assert uid_of(peers) is None


def test_the_uid_that_stands_for_all_unknown_users_of_a_container_is_nobodys(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "sys/kernel").mkdir(parents=True)
    (tmp_path / "self/uid_map").write_text("         0       1000          1\n         1     100000      65536\n")
    (tmp_path / "sys/kernel/overflowuid").write_text("65534\n")
    peers = recorded(ANNAS.replace("  1234 ", " 65534 "), OTHERS)
    assert uid_of(peers) is None
    assert uid_of(peers, (("127.0.0.1", 50001), ("127.0.0.1", 47811))) == "4321"


def test_where_all_users_are_known_the_same_uid_is_a_user_like_others(recorded: Recorded, tmp_path: Path) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "sys/kernel").mkdir(parents=True)
    (tmp_path / "self/uid_map").write_text("         0          0 4294967295\n")
    (tmp_path / "sys/kernel/overflowuid").write_text("65534\n")
    assert uid_of(recorded(ANNAS.replace("  1234 ", " 65534 "))) == "65534"


@pytest.mark.parametrize(("uid", "told"), [(65534, None), (4321, "4321")])
def test_the_uid_that_stands_for_unknown_users_is_nobodys_over_netlink_too(tmp_path: Path, uid: int, told: str | None) -> None:
    (tmp_path / "self").mkdir()
    (tmp_path / "sys/kernel").mkdir(parents=True)
    (tmp_path / "self/uid_map").write_text("         0       1000          1\n")
    (tmp_path / "sys/kernel/overflowuid").write_text("65534\n")
    assert uid_of(LinuxPeers(tmp_path, ask=lambda _: frozenset({uid}))) == told


def test_nobody_over_netlink_is_not_looked_for_in_the_tables(recorded: Recorded, tmp_path: Path) -> None:
    assert uid_of(recorded(ANNAS)) == "1234"
    assert uid_of(LinuxPeers(tmp_path, ask=lambda _: frozenset())) is None


def test_what_is_no_connection_over_tcp_is_not_asked_for_over_netlink(tmp_path: Path) -> None:
    def refuse(asked: tuple[Pair, ...]) -> None:
        raise AssertionError(asked)

    assert uid_of(LinuxPeers(tmp_path, ask=refuse), ("", "")) is None


def test_linux_tells_no_client_name(recorded: Recorded) -> None:
    peers = recorded(ANNAS)
    peer = peers.peer(*ENDS)
    assert peer is not None
    assert peers.client_name(peer) is None


@by_both
def test_our_own_connection_over_ipv4_is_ours_by_number_and_name(ask: Ask | None) -> None:
    peers = LinuxPeers(ask=ask)
    with listener(socket.AF_INET, "127.0.0.1") as listening, linked(listening, socket.AF_INET, "127.0.0.1") as link:
        peer = peers.peer(*link.ends)
    assert peer is not None
    assert peer.user_id == peers.own_user_id() == str(os.geteuid())
    assert peer.user == pwd.getpwuid(os.geteuid()).pw_name


@by_both
@needs_ipv6
def test_our_own_connection_over_ipv6_is_ours(ask: Ask | None) -> None:
    with listener(socket.AF_INET6, "::1") as listening, linked(listening, socket.AF_INET6, "::1") as link:
        assert uid_of(LinuxPeers(ask=ask), link.ends) == str(os.geteuid())


@by_both
@needs_ipv6
def test_our_own_connection_from_an_ipv6_socket_over_ipv4_is_ours(ask: Ask | None) -> None:
    with listener(socket.AF_INET, "127.0.0.1") as listening, linked(listening, socket.AF_INET6, "::ffff:127.0.0.1") as link:
        assert link.ends[0] == ("127.0.0.1", link.client.getsockname()[1])
        assert uid_of(LinuxPeers(ask=ask), link.ends) == str(os.geteuid())


@by_both
@needs_ipv6
def test_our_own_connection_to_a_listener_on_both_is_ours(ask: Ask | None) -> None:
    with listener(socket.AF_INET6, "::", both=True) as listening, linked(listening, socket.AF_INET, "127.0.0.1") as link:
        assert uid_of(LinuxPeers(ask=ask), link.ends) == str(os.geteuid())


@by_both
def test_a_client_that_has_closed_its_socket_is_not_taken_for_root(ask: Ask | None) -> None:
    with listener(socket.AF_INET, "127.0.0.1") as listening, linked(listening, socket.AF_INET, "127.0.0.1") as link:
        ends = link.ends
        link.client.close()
        assert link.accepted.recv(1) == b""
        assert uid_of(LinuxPeers(ask=ask), ends) is None
        link.accepted.close()
        assert uid_of(LinuxPeers(ask=ask), ends) is None


@by_both
@pytest.mark.parametrize("uid", [65534, 54321])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_connection_of_another_user_is_that_users(uid: int, ask: Ask | None) -> None:
    peers = LinuxPeers(ask=ask)
    with listener(socket.AF_INET, "127.0.0.1") as listening, linked_as(uid, listening) as ends:
        peer = peers.peer(*ends)
    assert peer is not None
    assert peer.user_id == str(uid)
    assert peer.user_id != peers.own_user_id()
    assert not peers.is_administrator(peer.user_id)
