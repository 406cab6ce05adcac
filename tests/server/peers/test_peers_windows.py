"""Whose socket it is on Windows, against a Windows that is put together from its documentation."""

from __future__ import annotations

import os
import struct

import pytest
from fake_windows import ANNA, BERT, FakeWindows, row4, row6, table
from hypothesis import given
from hypothesis import strategies as st

from bridge.server.peers.addresses import Version
from bridge.server.peers.model import Peer
from bridge.server.peers.tcp_tables import TableError
from bridge.server.peers.windows import (
    ERROR_INSUFFICIENT_BUFFER,
    ERROR_NOT_SUPPORTED,
    WTS_CLIENT_NAME,
    WTS_USER_NAME,
    WindowsPeers,
    whole_table,
)

BROWSER, SERVER, OTHER = 1234, 880, 4321
CLIENT, LISTENER = ("127.0.0.1", 50000), ("127.0.0.1", 47811)
CLIENT6, LISTENER6 = ("::1", 50000), ("::1", 47811)
ENDS = CLIENT, LISTENER
ANNAS = Peer(ANNA, "SHOP\\anna", "3", BROWSER)

ours = row4(LISTENER, CLIENT, SERVER)
annas = row4(CLIENT, LISTENER, BROWSER)
foreign = row4(("127.0.0.1", 50001), LISTENER, OTHER)
elsewhere = row4(("192.168.1.20", 50000), ("127.0.0.1", 47811), OTHER)
other_server = row4(CLIENT, ("127.0.0.2", 47811), OTHER)


@pytest.fixture
def windows() -> FakeWindows:
    """Anna's browser in session 3, Bert's in session 4, and a service."""
    windows = FakeWindows()
    windows.log_on(3, "SHOP", "anna", ANNA, client="TILL-7")
    windows.log_on(4, "SHOP", "bert", BERT, client="TILL-8")
    windows.texts |= {(0, WTS_USER_NAME): "", (0, WTS_CLIENT_NAME): ""}
    windows.start(BROWSER, 3, ANNA)
    windows.start(OTHER, 4, BERT)
    windows.start(SERVER, 0, "S-1-5-18")
    windows.tables[4] = table(ours, foreign, elsewhere, other_server, annas)
    return windows


def test_the_owner_is_the_process_of_the_clients_row_with_its_user_and_session(windows: FakeWindows) -> None:
    assert WindowsPeers(windows).peer(*ENDS) == ANNAS


def test_another_connection_is_another_user(windows: FakeWindows) -> None:
    peer = WindowsPeers(windows).peer(("127.0.0.1", 50001), LISTENER)
    assert peer == Peer(BERT, "SHOP\\bert", "4", OTHER)


def test_a_connection_over_ipv6_is_found_in_its_own_table(windows: FakeWindows) -> None:
    windows.tables[6] = table(row6(LISTENER6, CLIENT6, SERVER), row6(CLIENT6, LISTENER6, BROWSER))
    assert WindowsPeers(windows).peer((*CLIENT6, 0, 0), (*LISTENER6, 0, 0)) == ANNAS


def test_a_client_with_an_ipv6_socket_that_came_over_ipv4_is_found(windows: FakeWindows) -> None:
    windows.tables[4] = table(ours)
    windows.tables[6] = table(row6(("::ffff:127.0.0.1", 50000), ("::ffff:127.0.0.1", 47811), BROWSER))
    assert WindowsPeers(windows).peer(*ENDS) == ANNAS


def test_without_a_row_nobody_is_told(windows: FakeWindows) -> None:
    windows.tables[4] = table(ours, foreign, elsewhere, other_server)
    assert WindowsPeers(windows).peer(*ENDS) is None


@pytest.mark.parametrize("state", [1, 2, 3, 4, 9, 10, 11, 12, 100])
def test_a_connection_that_is_over_or_not_yet_made_has_no_owner(windows: FakeWindows, state: int) -> None:
    windows.tables[4] = table(row4(CLIENT, LISTENER, BROWSER, state))
    assert WindowsPeers(windows).peer(*ENDS) is None


@pytest.mark.parametrize("state", [5, 6, 7, 8])
def test_a_connection_that_is_half_closed_still_has_its_owner(windows: FakeWindows, state: int) -> None:
    windows.tables[4] = table(row4(CLIENT, LISTENER, BROWSER, state))
    assert WindowsPeers(windows).peer(*ENDS) == ANNAS


def test_a_row_without_a_process_is_nobodys(windows: FakeWindows) -> None:
    windows.start(0, 0, "S-1-5-18")
    windows.tables[4] = table(row4(CLIENT, LISTENER, 0))
    assert WindowsPeers(windows).peer(*ENDS) is None


def test_two_rows_that_agree_are_one_owner_and_two_that_disagree_are_none(windows: FakeWindows) -> None:
    windows.tables[4] = table(annas, annas)
    assert WindowsPeers(windows).peer(*ENDS) == ANNAS
    windows.tables[6] = table(row6(("::ffff:127.0.0.1", 50000), ("::ffff:127.0.0.1", 47811), OTHER))
    assert WindowsPeers(windows).peer(*ENDS) is None


def test_a_socket_that_has_another_owner_by_now_is_nobodys(windows: FakeWindows) -> None:
    def replaced() -> None:
        windows.tables[4] = table(row4(CLIENT, LISTENER, OTHER))

    windows.after_process = replaced
    assert WindowsPeers(windows).peer(*ENDS) is None


def test_a_process_number_that_was_given_anew_while_its_socket_closed_is_nobodys(windows: FakeWindows) -> None:
    def ended() -> None:
        windows.tables[4] = table(ours, row4(CLIENT, LISTENER, 0, state=11))

    windows.start(BROWSER, 4, BERT)  # what had this number before was Anna's
    windows.after_process = ended
    assert WindowsPeers(windows).peer(*ENDS) is None


def test_a_process_that_has_ended_is_nobody(windows: FakeWindows) -> None:
    del windows.sessions[BROWSER]
    assert WindowsPeers(windows).peer(*ENDS) is None
    windows.start(BROWSER, 3, ANNA)
    del windows.users[BROWSER]
    assert WindowsPeers(windows).peer(*ENDS) is None


def test_a_process_that_may_not_be_asked_has_the_user_of_its_session(windows: FakeWindows) -> None:
    windows.denied.add(BROWSER)
    assert WindowsPeers(windows).peer(*ENDS) == ANNAS


def test_a_user_of_a_session_without_a_domain_is_looked_up_by_the_bare_name(windows: FakeWindows) -> None:
    windows.denied.add(BROWSER)
    windows.log_on(3, "", "cleo", ANNA)
    del windows.accounts["SHOP\\anna"]
    assert WindowsPeers(windows).peer(*ENDS) == Peer(ANNA, "cleo", "3", BROWSER)


def test_a_service_that_may_not_be_asked_is_nobody(windows: FakeWindows) -> None:
    windows.denied.add(SERVER)
    windows.tables[4] = table(row4(CLIENT, LISTENER, SERVER))
    assert WindowsPeers(windows).peer(*ENDS) is None


def test_a_session_that_may_not_be_asked_either_is_nobodys(windows: FakeWindows) -> None:
    windows.denied.add(BROWSER)
    del windows.texts[3, WTS_USER_NAME]
    assert WindowsPeers(windows).peer(*ENDS) is None


def test_a_session_whose_user_has_no_sid_is_nobodys(windows: FakeWindows) -> None:
    windows.denied.add(BROWSER)
    windows.accounts.clear()
    assert WindowsPeers(windows).peer(*ENDS) is None


def test_a_program_run_as_another_user_is_that_users_where_windows_tells(windows: FakeWindows) -> None:
    windows.start(BROWSER, 3, BERT)
    assert WindowsPeers(windows).peer(*ENDS) == Peer(BERT, "SHOP\\bert", "3", BROWSER)


def test_a_user_without_a_name_is_told_by_the_sid(windows: FakeWindows) -> None:
    windows.accounts.clear()
    assert WindowsPeers(windows).peer(*ENDS) == Peer(ANNA, ANNA, "3", BROWSER)


def test_the_client_name_is_read_anew_at_every_call(windows: FakeWindows) -> None:
    peers = WindowsPeers(windows)
    peer = peers.peer(*ENDS)
    assert peer is not None
    assert peers.client_name(peer) == "TILL-7"
    windows.texts[3, WTS_CLIENT_NAME] = "TILL-9"
    assert peers.client_name(peer) == "TILL-9"
    windows.texts[3, WTS_CLIENT_NAME] = ""
    assert peers.client_name(peer) is None


@pytest.mark.parametrize("name", ["", "TILL\n7", "TILL\x1b[2J", "\x00"])
def test_a_client_name_that_cannot_be_printed_is_none(windows: FakeWindows, name: str) -> None:
    windows.texts[3, WTS_CLIENT_NAME] = name
    assert WindowsPeers(windows).client_name(ANNAS) is None


@pytest.mark.parametrize("session", [None, "", "-1", "console", "99"])
def test_a_session_that_is_not_there_has_no_client_name(windows: FakeWindows, session: str | None) -> None:
    assert WindowsPeers(windows).client_name(Peer(ANNA, "SHOP\\anna", session, BROWSER)) is None


def test_our_own_user_is_that_of_our_own_process_and_only_system_is_administrator(windows: FakeWindows) -> None:
    windows.start(os.getpid(), 3, ANNA)
    peers = WindowsPeers(windows)
    assert peers.supported
    assert peers.own_user_id() == ANNA
    assert peers.is_administrator("S-1-5-18")
    assert not peers.is_administrator(ANNA)
    assert not peers.is_administrator("0")


def test_a_table_that_outgrew_the_buffer_is_read_again_into_a_larger_one(windows: FakeWindows) -> None:
    windows.tables[4] = table(*[foreign] * 5000, annas)
    assert WindowsPeers(windows).peer(*ENDS) == ANNAS
    assert windows.sizes[0] < len(windows.tables[4]) <= windows.sizes[1]


def test_a_table_that_grows_between_two_calls_is_read_all_the_same(windows: FakeWindows) -> None:
    class Growing(FakeWindows):
        def tcp_table(self, version: Version, size: int) -> tuple[int, int, bytes]:
            if len(self.sizes) < 3:
                self.sizes.append(size)
                return ERROR_INSUFFICIENT_BUFFER, size + 1, bytes(size)
            return super().tcp_table(version, size)

    growing = Growing()
    growing.tables[4] = table(annas)
    assert whole_table(growing, 4) == table(annas)
    assert growing.sizes == sorted(set(growing.sizes))


@pytest.mark.parametrize("needed", [0, 70_000, 17 * 1024 * 1024, 0xFFFFFFFF])
def test_a_table_that_never_goes_into_its_buffer_is_given_up(windows: FakeWindows, needed: int) -> None:
    class Endless(FakeWindows):
        def tcp_table(self, version: Version, size: int) -> tuple[int, int, bytes]:
            self.sizes.append(size)
            return ERROR_INSUFFICIENT_BUFFER, needed, bytes(8)

    endless = Endless()
    with pytest.raises(TableError):
        whole_table(endless, 4)
    assert len(endless.sizes) <= 8
    assert max(endless.sizes) <= 16 * 1024 * 1024
    assert WindowsPeers(endless).peer(*ENDS) is None


def test_without_ipv6_the_connections_over_ipv4_are_told(windows: FakeWindows) -> None:
    windows.codes[6] = ERROR_NOT_SUPPORTED
    assert WindowsPeers(windows).peer(*ENDS) == ANNAS


def test_a_table_that_windows_does_not_give_tells_of_nobody(windows: FakeWindows) -> None:
    windows.codes[4] = 87
    assert WindowsPeers(windows).peer(*ENDS) is None
    with pytest.raises(OSError, match="returned 87"):
        whole_table(windows, 4)


@pytest.mark.parametrize("broken", [b"", b"\x01", table(annas)[:-1], struct.pack("<I", 2) + annas])
def test_a_table_that_is_none_tells_of_nobody(windows: FakeWindows, broken: bytes) -> None:
    windows.tables[4] = broken
    assert WindowsPeers(windows).peer(*ENDS) is None


@pytest.mark.parametrize("ends", [(None, None), ("", ""), (CLIENT, CLIENT6), (("fe80::1%7", 50000, 0, 7), CLIENT6)])
def test_what_is_no_connection_over_tcp_has_no_owner(windows: FakeWindows, ends: tuple[object, object]) -> None:
    assert WindowsPeers(windows).peer(*ends) is None
    assert windows.sizes == []


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers(0, 5))
def test_random_tables_tell_of_nobody_and_never_raise(four: bytes, six: bytes, number: int) -> None:
    windows = FakeWindows()
    windows.tables = {4: struct.pack("<I", number) + four, 6: six}
    assert WindowsPeers(windows).peer(*ENDS) is None
