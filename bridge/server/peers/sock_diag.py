"""Linux: the kernel asked over netlink for one socket, by the two ends of its connection; nothing of other sockets.

Layout: the kernel's include/uapi/linux/netlink.h, sock_diag.h and inet_diag.h, and sock_diag(7). Numbers are in the machine's
own byte order, ports and addresses in that of the network. Without NLM_F_DUMP a request is an exact look-up: the kernel
(net/ipv4/inet_diag.c, inet_diag_find_one_icsk) searches as it does for an arriving packet, in the network namespace of the
asking process. It needs no privilege. Seen on Linux 6.18:

- The mask of states does not narrow an exact look-up: sockets in TIME_WAIT are answered, and so is one that listens on the
  client's port when the client's own is gone. So state, inode and addresses are checked here.
- A socket of IPv6 with mapped addresses is found by either spelling, and answered with the mapped one.
- ENOENT is no such socket, or no inet_diag in this kernel at all (net/core/sock_diag.c, __sock_diag_cmd). So it says nothing
  until a socket was once answered.
"""

from __future__ import annotations

import errno
import itertools
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bridge.server.peers.addresses import Pair

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_ERROR = 2
_NLM_F_REQUEST = 1
_TCP = 6

# ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT (include/net/tcp_states.h).
_OWNED_STATES = frozenset({1, 4, 5, 8})
_STATES_MASK = sum(1 << state for state in _OWNED_STATES)

# Linux' numbers of AF_INET and AF_INET6.
_FAMILIES = {4: 2, 6: 10}

# lo in every network namespace (LOOPBACK_IFINDEX, include/net/flow.h): connections within one machine go over it, whatever
# their addresses. With 0 a client that has bound its socket to lo is not found; SO_BINDTODEVICE is every user's since Linux 5.7.
_LOOPBACK = 1
_NO_COOKIE = b"\xff" * 8  # INET_DIAG_NOCOOKIE twice

_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence number, port id
_SOCKET_ID = "2s2s16s16sI8s"  # ports and addresses of both ends, interface, cookie
_REQUEST = struct.Struct("=BBBxI" + _SOCKET_ID)  # family, protocol, extensions, states
_SOCKET = struct.Struct("=BBBB" + _SOCKET_ID + "5I")  # family, state, timer, retransmits; expiry, queues, uid, inode
_ERROR = struct.Struct("=i")

# An answer has 124 bytes on Linux 6.18; later kernels may append attributes.
_ANSWER_SIZE = 8192
# One answer is due; one to another number would be a left-over, and not many of those are read.
_ANSWERS = 4

# What passes: too few descriptors or too little memory at this moment. Any other error is how this system is.
_PASSING = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN, errno.EINTR})


@dataclass(frozen=True, slots=True)
class Socket:
    """The kernel's answer: one socket, its own end as the client's."""

    pair: Pair
    state: int
    uid: int
    inode: int

    @property
    def owned(self) -> bool:
        """Whether somebody has it open. TIME_WAIT, and one whose process is gone, are told with uid 0 as if root's."""
        return self.state in _OWNED_STATES and self.inode != 0


@dataclass(frozen=True, slots=True)
class Refused:
    """The kernel's answer NLMSG_ERROR."""

    code: int


def request(pair: Pair, number: int) -> bytes:
    """The message that asks for the client's socket of this pair."""
    body = _REQUEST.pack(
        _FAMILIES[pair.version],
        _TCP,
        0,
        _STATES_MASK,
        pair.client_port.to_bytes(2, "big"),
        pair.server_port.to_bytes(2, "big"),
        pair.client,
        pair.server,
        _LOOPBACK,
        _NO_COOKIE,
    )
    return _HEADER.pack(_HEADER.size + len(body), SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, number, 0) + body


def answer(datagram: bytes, number: int) -> Socket | Refused | None:
    """What the kernel answers to the request with this number; None: nothing that can be read, or to another request."""
    if len(datagram) < _HEADER.size:
        return None
    length, kind, _, answered, _ = _HEADER.unpack_from(datagram)
    if answered != number or length > len(datagram):
        return None
    if kind == NLMSG_ERROR and length >= _HEADER.size + _ERROR.size:
        (code,) = _ERROR.unpack_from(datagram, _HEADER.size)
        return Refused(-code)
    if kind == SOCK_DIAG_BY_FAMILY and length >= _HEADER.size + _SOCKET.size:
        return _socket(datagram)
    return None


def _socket(datagram: bytes) -> Socket | None:
    columns = _SOCKET.unpack_from(datagram, _HEADER.size)
    family, state, _, _, own_port, other_port, own, other, _, _, _, _, _, uid, inode = columns
    ports = int.from_bytes(own_port, "big"), int.from_bytes(other_port, "big")
    if family == _FAMILIES[4]:
        pair = Pair(4, own[:4], ports[0], other[:4], ports[1])
    elif family == _FAMILIES[6]:
        pair = Pair(6, own, ports[0], other, ports[1])
    else:
        return None
    return Socket(pair, state, uid, inode)


class Link(Protocol):
    """A netlink socket that never waits."""

    def send(self, data: bytes, /) -> int: ...

    def recvfrom(self, size: int, /) -> tuple[bytes, tuple[int, int]]:
        """A datagram, and the port id and groups of its sender."""

    def close(self) -> None: ...


def netlink() -> socket.socket:
    """A new socket to the kernel's sock_diag. Raises OSError where there is none, or where it is not allowed."""
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK
    return socket.socket(socket.AF_NETLINK, kind, NETLINK_SOCK_DIAG)


class SockDiag:
    """Asks for the owner of a client's socket. That netlink is not to be had here is remembered.

    Each look-up opens a socket of its own: so threads and forked processes never read each other's answers.
    """

    def __init__(self, connect: Callable[[], Link] = netlink) -> None:
        self._connect = connect
        self._numbers = itertools.count(1)
        self._available = True
        self._has_answered = False

    def owners(self, asked: tuple[Pair, ...]) -> frozenset[int] | None:
        """The uid that owns the client's socket; empty: nobody; None: netlink does not tell, so ask elsewhere.

        `asked` is one connection in all its spellings. Raises nothing.
        """
        if not self._available:
            return None
        try:
            link = self._connect()
            try:
                return self._owners(link, asked)
            finally:
                link.close()
        except OSError as error:
            self._refused(error.errno)
            return None

    def _owners(self, link: Link, asked: tuple[Pair, ...]) -> frozenset[int] | None:
        for pair in asked:
            match self._ask(link, pair):
                case Socket() as found:
                    self._has_answered = True
                    if found.pair in asked and found.owned:
                        return frozenset({found.uid})
                case Refused(errno.ENOENT):
                    pass
                case Refused(code):
                    self._refused(code)
                    return None
                case None:
                    return None
        return frozenset() if self._has_answered else None

    def _ask(self, link: Link, pair: Pair) -> Socket | Refused | None:
        """The kernel answers within send (net/netlink/af_netlink.c, netlink_unicast_kernel), so nothing is waited for."""
        number = next(self._numbers) & 0xFFFFFFFF
        link.send(request(pair, number))
        for _ in range(_ANSWERS):
            datagram, (sender, _) = link.recvfrom(_ANSWER_SIZE)
            # The kernel has port id 0; a process with CAP_NET_ADMIN could send here too.
            if sender == 0 and (found := answer(datagram, number)):
                return found
        return None

    def _refused(self, code: int | None) -> None:
        if code not in _PASSING:
            self._available = False
