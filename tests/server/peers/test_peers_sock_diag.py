"""Whose socket it is, asked over netlink: the bytes of question and answer, a kernel that refuses, this machine's sockets."""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sockets_at_hand import has_ipv6, linked, linked_as, listener

if sys.platform != "linux":
    pytest.skip("netlink is Linux'", allow_module_level=True)
if sys.byteorder != "little":
    pytest.skip("the rows are those of a little-endian machine", allow_module_level=True)

from bridge.server.peers.addresses import Pair, spellings
from bridge.server.peers.linux import LinuxPeers
from bridge.server.peers.sock_diag import Refused, SockDiag, Socket, answer, netlink, request

ENDS = ("127.0.0.1", 50000), ("127.0.0.1", 47811)
V4, MAPPED = spellings(*ENDS)
(V6,) = spellings(("::1", 50000, 0, 0), ("::1", 47811, 0, 0))

# struct inet_diag_sockid without interface and cookie: ports C350 (50000) and BAC3 (47811), the addresses in 16 bytes each.
ID4 = "c350 bac3  7f000001 00000000 00000000 00000000  7f000001 00000000 00000000 00000000"
ID_MAPPED = "c350 bac3  00000000 00000000 0000ffff 7f000001  00000000 00000000 0000ffff 7f000001"
ID6 = "c350 bac3  00000000 00000000 00000000 00000001  00000000 00000000 00000000 00000001"

# length 72, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, number 7, port id 0; then family, TCP, extensions, padding, states 132h
ASK = "48000000 1400 0100 07000000 00000000"
ASKED4 = f"{ASK} 02060000 32010000 {ID4} 01000000 ffffffff ffffffff"
ASKED_MAPPED = f"{ASK} 0a060000 32010000 {ID_MAPPED} 01000000 ffffffff ffffffff"
ASKED6 = f"{ASK} 0a060000 32010000 {ID6} 01000000 ffffffff ffffffff"

# After answers of Linux 6.18 on x86-64. Length 124, number 7, port id 1234; at the end expiry, two queues, uid 04D2 (1234),
# inode 2779 (10105), and attributes that nobody asked for.
TOLD = "7c000000 1400 0000 07000000 d2040000"
REST = "00000000 00000000 00000000 d2040000 79270000"
NOBODYS = "00000000 00000000 00000000 00000000 00000000"
ATTRIBUTES = "0500080000000000 08000f0000000000 0c00150001000000 0000000006001600 52000000"
FOUND4 = f"{TOLD} 02010000 {ID4} 00000000 01100000 00000000 {REST} {ATTRIBUTES}"
FOUND_MAPPED = f"{TOLD} 0a010000 {ID_MAPPED} 00000000 03100000 00000000 {REST} {ATTRIBUTES}"
FOUND6 = f"{TOLD} 0a010000 {ID6} 00000000 03000000 00000000 {REST} {ATTRIBUTES}"
FOUND_AS_ROOT = FOUND4.replace("d2040000 79270000", "00000000 79270000")
TIME_WAIT = (
    f"60000000 1400 0000 07000000 d2040000 02060300 {ID4} 00000000 01100000 00000000 60ea0000 {NOBODYS[9:]} 08000f00 00000000"
)
ORPHANED = f"{TOLD} 02050100 {ID4} 00000000 01100000 00000000 {NOBODYS} {ATTRIBUTES}"
# What the kernel answers when the client's socket is gone and another one listens on its port.
LISTENING = f"{TOLD} 020a0000 c350 0000 {'00000000' * 8} 00000000 02100000 00000000 {REST} {ATTRIBUTES}"


def refusal(code: int) -> str:
    """NLMSG_ERROR with the request behind it, as the kernel sends it."""
    return f"5c000000 0200 0000 07000000 d2040000 {struct.pack('<i', -code).hex()} {ASKED4}"


NOT_THERE = refusal(errno.ENOENT)


class Kernel:
    """Answers each request with the next of these datagrams, under the request's own number."""

    def __init__(self, *answers: str | bytes | OSError | list[str]) -> None:
        self.answers = list(answers)
        self.asked: list[bytes] = []
        self.opened = 0
        self.closed = 0
        self.sender = 0
        self._waiting: list[bytes] = []

    def connect(self) -> Kernel:
        self.opened += 1
        return self

    def close(self) -> None:
        self.closed += 1

    def send(self, data: bytes) -> int:
        self.asked.append(data)
        found = self.answers.pop(0)
        if isinstance(found, OSError):
            raise found
        for each in found if isinstance(found, list) else [found]:
            datagram = bytes.fromhex(each) if isinstance(each, str) else each
            if datagram[8:12] == b"\x07\0\0\0":
                datagram = datagram[:8] + data[8:12] + datagram[12:]
            self._waiting.append(datagram)
        return len(data)

    def recvfrom(self, size: int) -> tuple[bytes, tuple[int, int]]:
        if not self._waiting:
            raise BlockingIOError(errno.EAGAIN, "nothing there")
        return self._waiting.pop(0)[:size], (self.sender, 0)

    def families(self) -> list[int]:
        return [data[16] for data in self.asked]


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6 on this machine")


def has_sock_diag() -> bool:
    with listener(socket.AF_INET, "127.0.0.1") as listening, linked(listening, socket.AF_INET, "127.0.0.1") as link:
        return SockDiag().owners(spellings(*link.ends)) is not None


needs_sock_diag = pytest.mark.skipif(not has_sock_diag(), reason="this kernel or sandbox has no sock_diag")


@pytest.mark.parametrize(("pair", "row"), [(V4, ASKED4), (MAPPED, ASKED_MAPPED), (V6, ASKED6)], ids=["v4", "mapped", "v6"])
def test_exactly_the_clients_socket_is_asked_for(pair: Pair, row: str) -> None:
    assert request(pair, 7) == bytes.fromhex(row)


@pytest.mark.parametrize(("row", "pair"), [(FOUND4, V4), (FOUND_MAPPED, MAPPED), (FOUND6, V6)], ids=["v4", "mapped", "v6"])
def test_an_answer_tells_the_socket_with_its_owner(row: str, pair: Pair) -> None:
    found = answer(bytes.fromhex(row), 7)
    assert found == Socket(pair, state=1, uid=1234, inode=10105)
    assert found.owned


def test_a_refusal_tells_its_code() -> None:
    assert answer(bytes.fromhex(NOT_THERE), 7) == Refused(errno.ENOENT)
    assert answer(bytes.fromhex(refusal(errno.EOPNOTSUPP)), 7) == Refused(errno.EOPNOTSUPP)


@pytest.mark.parametrize("row", [FOUND4, FOUND6, NOT_THERE])
def test_an_answer_to_another_request_is_none(row: str) -> None:
    assert answer(bytes.fromhex(row), 8) is None


@pytest.mark.parametrize("row", [FOUND4, FOUND6, TIME_WAIT, NOT_THERE])
def test_an_answer_that_was_cut_off_is_none(row: str) -> None:
    whole = bytes.fromhex(row)
    assert answer(whole, 7) is not None
    assert [answer(whole[:kept], 7) for kept in range(len(whole))] == [None] * len(whole)


@pytest.mark.parametrize(("row", "length"), [(FOUND4, 87), (NOT_THERE, 19), (FOUND4, 0), (NOT_THERE, 0)])
def test_a_message_that_names_a_length_too_small_for_it_is_none(row: str, length: int) -> None:
    assert answer(struct.pack("<I", length) + bytes.fromhex(row)[4:], 7) is None


def test_a_message_of_another_kind_or_family_is_none() -> None:
    assert answer(bytes.fromhex(FOUND4.replace(" 1400 ", " 0300 ", 1)), 7) is None
    assert answer(bytes.fromhex(FOUND4.replace(" 02010000 ", " 01010000 ", 1)), 7) is None


@pytest.mark.parametrize("state", range(14))
def test_only_sockets_that_can_still_be_open_have_an_owner(state: int) -> None:
    assert Socket(V4, state, uid=0, inode=1).owned == (state in {1, 4, 5, 8})
    assert not Socket(V4, state, uid=0, inode=0).owned


@pytest.mark.parametrize(("row", "uid"), [(FOUND4, 1234), (FOUND_MAPPED, 1234), (FOUND_AS_ROOT, 0)])
def test_one_question_is_enough_for_a_connection_over_ipv4(row: str, uid: int) -> None:
    kernel = Kernel(row)
    assert SockDiag(kernel.connect).owners((V4, MAPPED)) == {uid}
    assert kernel.families() == [2]
    assert kernel.opened == kernel.closed == 1


def test_what_is_not_there_in_one_spelling_is_asked_for_in_the_other() -> None:
    kernel = Kernel(NOT_THERE, FOUND_MAPPED)
    assert SockDiag(kernel.connect).owners((V4, MAPPED)) == {1234}
    assert kernel.families() == [2, 10]


@pytest.mark.parametrize("row", [TIME_WAIT, ORPHANED, LISTENING, FOUND4.replace("bac3", "bac4"), FOUND6])
def test_a_socket_that_is_nobodys_or_anothers_tells_of_nobody(row: str) -> None:
    kernel = Kernel(row, NOT_THERE)
    assert SockDiag(kernel.connect).owners((V4, MAPPED)) == frozenset()


def test_not_there_says_nothing_until_the_kernel_has_answered_with_a_socket() -> None:
    kernel = Kernel(NOT_THERE, NOT_THERE, FOUND4, NOT_THERE, NOT_THERE)
    diag = SockDiag(kernel.connect)
    assert diag.owners((V4, MAPPED)) is None
    assert diag.owners((V4, MAPPED)) == {1234}
    assert diag.owners((V4, MAPPED)) == frozenset()


@pytest.mark.parametrize("code", [errno.EPROTONOSUPPORT, errno.EAFNOSUPPORT, errno.EPERM, errno.EACCES, errno.ENOSYS])
def test_without_netlink_its_absence_is_remembered(code: int) -> None:
    tried = []

    def connect() -> Kernel:
        tried.append(code)
        raise OSError(code, os.strerror(code))

    diag = SockDiag(connect)
    assert diag.owners((V4, MAPPED)) is None
    assert diag.owners((V4, MAPPED)) is None
    assert tried == [code]


@pytest.mark.parametrize(
    "refused", [OSError(errno.ECONNREFUSED, "no such protocol"), refusal(errno.EOPNOTSUPP), refusal(errno.EPERM), refusal(0)]
)
def test_a_kernel_that_refuses_is_not_asked_again(refused: OSError | str) -> None:
    kernel = Kernel(refused)
    diag = SockDiag(kernel.connect)
    assert diag.owners((V4, MAPPED)) is None
    assert diag.owners((V4, MAPPED)) is None
    assert kernel.opened == kernel.closed == len(kernel.asked) == 1


@pytest.mark.parametrize("passing", [OSError(errno.ENOBUFS, "full"), refusal(errno.ENOMEM), [], "", "ff" * 88])
def test_what_may_pass_is_not_remembered(passing: OSError | str | list[str]) -> None:
    kernel = Kernel(passing, FOUND4)
    diag = SockDiag(kernel.connect)
    assert diag.owners((V4, MAPPED)) is None
    assert diag.owners((V4, MAPPED)) == {1234}
    assert kernel.opened == kernel.closed == 2


def test_an_answer_to_an_earlier_request_is_passed_over_but_not_without_end() -> None:
    earlier = FOUND6.replace("07000000", "06ffffff")
    assert SockDiag(Kernel([earlier, FOUND4]).connect).owners((V4, MAPPED)) == {1234}
    assert SockDiag(Kernel([earlier] * 100 + [FOUND4]).connect).owners((V4, MAPPED)) is None


def test_an_answer_that_is_not_the_kernels_is_passed_over() -> None:
    kernel = Kernel(FOUND4)
    kernel.sender = 4321
    assert SockDiag(kernel.connect).owners((V4, MAPPED)) is None


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reading_raise(data: bytes) -> None:
    assert answer(data, 7) is None or data[8:12] == b"\x07\0\0\0"


@given(st.integers(0, 200), st.sampled_from(["0200", "1400"]), st.binary(max_size=180), st.binary(max_size=180))
def test_no_answer_under_the_right_number_makes_it_raise_or_tells_another_socket(
    length: int, kind: str, first: bytes, second: bytes
) -> None:
    head = struct.pack("<I", length) + bytes.fromhex(f"{kind} 0000 07000000 d2040000")
    assert not SockDiag(Kernel(head + first, head + second).connect).owners((V4, MAPPED))


def test_where_netlink_tells_nothing_the_tables_are_read() -> None:
    def refuse() -> Kernel:
        raise OSError(errno.EPROTONOSUPPORT, "not supported")

    peers = LinuxPeers(ask=SockDiag(refuse).owners)
    with listener(socket.AF_INET, "127.0.0.1") as listening, linked(listening, socket.AF_INET, "127.0.0.1") as link:
        peer = peers.peer(*link.ends)
    assert peer is not None
    assert peer.user_id == str(os.geteuid())


def over_ipv4(stack: ExitStack) -> tuple[socket.socket, socket.AddressFamily, str]:
    return stack.enter_context(listener(socket.AF_INET, "127.0.0.1")), socket.AF_INET, "127.0.0.1"


def over_ipv6(stack: ExitStack) -> tuple[socket.socket, socket.AddressFamily, str]:
    return stack.enter_context(listener(socket.AF_INET6, "::1")), socket.AF_INET6, "::1"


def mapped(stack: ExitStack) -> tuple[socket.socket, socket.AddressFamily, str]:
    return stack.enter_context(listener(socket.AF_INET, "127.0.0.1")), socket.AF_INET6, "::ffff:127.0.0.1"


def to_both(stack: ExitStack) -> tuple[socket.socket, socket.AddressFamily, str]:
    return stack.enter_context(listener(socket.AF_INET6, "::", both=True)), socket.AF_INET, "127.0.0.1"


WAYS = [over_ipv4, *(pytest.param(way, marks=needs_ipv6) for way in (over_ipv6, mapped, to_both))]
Way = Callable[[ExitStack], tuple[socket.socket, socket.AddressFamily, str]]


@needs_sock_diag
@pytest.mark.parametrize("way", WAYS)
def test_netlink_and_the_tables_agree_about_every_connection(way: Way) -> None:
    diag = SockDiag()
    by_table = LinuxPeers(ask=lambda _: None)
    with ExitStack() as stack:
        to = way(stack)
        links = [stack.enter_context(linked(*to)) for _ in range(40)]
        for link in links[::4]:
            link.client.shutdown(socket.SHUT_WR)
        told = [diag.owners(spellings(*link.ends)) for link in links]
        peers = [by_table.peer(*link.ends) for link in links]
        assert told == [{os.geteuid()}] * 40
        assert [peer and peer.user_id for peer in peers] == [str(os.geteuid())] * 40


@needs_sock_diag
@pytest.mark.parametrize("way", WAYS)
def test_a_client_that_bound_its_socket_to_the_loopback_interface_is_found(way: Way) -> None:
    with ExitStack() as stack:
        listening, family, address = way(stack)
        client = stack.enter_context(socket.socket(family))
        client.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
        client.settimeout(10)
        client.connect((address, listening.getsockname()[1]))
        accepted = stack.enter_context(listening.accept()[0])
        assert SockDiag().owners(spellings(accepted.getpeername(), accepted.getsockname())) == {os.geteuid()}


@needs_sock_diag
@pytest.mark.parametrize("way", WAYS)
def test_a_client_that_has_closed_its_socket_is_nobody(way: Way) -> None:
    diag = SockDiag()
    with ExitStack() as stack:
        link = stack.enter_context(linked(*way(stack)))
        asked = spellings(*link.ends)
        assert diag.owners(asked) == {os.geteuid()}
        link.client.close()
        assert link.accepted.recv(1) == b""
        assert diag.owners(asked) == frozenset()
        link.accepted.close()
        assert diag.owners(asked) == frozenset()


@needs_sock_diag
def test_a_listener_on_the_clients_port_is_not_taken_for_the_client() -> None:
    diag = SockDiag()
    with listener(socket.AF_INET, "127.0.0.1") as listening, netlink() as link:
        asked = spellings(listening.getsockname(), ("127.0.0.1", 1))
        link.send(request(asked[0], 7))
        assert isinstance(answer(link.recv(8192), 7), Socket)
        assert diag.owners(asked) == frozenset()


@needs_sock_diag
@pytest.mark.parametrize("uid", [65534, 54321])
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_the_connection_of_another_user_is_that_users(uid: int) -> None:
    with listener(socket.AF_INET, "127.0.0.1") as listening, linked_as(uid, listening) as ends:
        assert SockDiag().owners(spellings(*ends)) == {uid}
