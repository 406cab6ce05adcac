"""Linux: the kernel is asked for the client's own socket over netlink (sock_diag.py), else its row is looked for in /proc.

/proc/net/tcp and tcp6 have the uid of every socket. Columns as in proc_pid_net(5) and the kernel's net/ipv4/tcp_ipv4.c,
get_tcp4_sock: number, local address, remote address, state, queues, timer, retransmits, uid, time-out, inode. They are read
where netlink is not to be had: in sandboxes, or in a kernel without inet_diag. The uid, here as there, is that of the process
that made the socket, also after the socket was handed to another one. Sessions and client names are not told here.

Cost, medians on Linux 6.18 (two virtual cores, Python 3.11). Netlink, on a busy machine: 0.03 ms with 13 sockets, 0.04 ms with
1,000, 0.02 ms with 3,000; with the user's name from a local /etc/passwd 0.06 to 0.10 ms, and 0.04 to 0.08 ms for a connection
that is not there. /proc: 5, 8 and 16 ms on an idle machine and 19, 26 and 34 ms on that busy one, a connection that is not there
four readings, up to 110 ms; nearly all of it is the kernel walking and writing the table, without the interpreter's lock.

So it may be called in the event loop when a connection is accepted. Two things can make it slow there: a system without netlink,
and the user's name where users come from a directory (nsswitch.conf(5)) that is slow to answer.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import struct
from collections.abc import Callable
from pathlib import Path

from bridge.server.peers.addresses import Pair, spellings
from bridge.server.peers.model import Peer
from bridge.server.peers.sock_diag import SockDiag

Ask = Callable[[tuple[Pair, ...]], frozenset[int] | None]
"""SockDiag.owners, or what a test puts in its place."""

# ESTABLISHED, FIN_WAIT1, FIN_WAIT2, CLOSE_WAIT (include/net/tcp_states.h). A socket that nobody owns any more, in TIME_WAIT
# (06) above all, is printed with uid 0 and inode 0, as if it were root's.
_OWNED_STATES = frozenset({b"01", b"04", b"05", b"08"})

# The kernel hands the table out a page at a time; a row can be missed while others come and go. Asked for once more.
_READINGS = 2


class LinuxPeers:
    """Looks up the uid of the client's socket."""

    def __init__(self, proc: Path = Path("/proc"), ask: Ask | None = None) -> None:
        self._tables = {4: proc / "net" / "tcp", 6: proc / "net" / "tcp6"}
        self._stand_in = _stand_in(proc)
        self._ask = ask or SockDiag().owners
        self.supported = os.access(self._tables[4], os.R_OK)

    def peer(self, peername: object, sockname: object) -> Peer | None:
        asked = spellings(peername, sockname)
        found = self._ask(asked) if asked else frozenset()
        if found is None:
            found = self._rows(asked)
        if len(found) != 1:
            return None
        (uid,) = found
        return None if uid == self._stand_in else Peer(str(uid), _name(uid), session=None, pid=None)

    def client_name(self, peer: Peer) -> str | None:
        return None

    def own_user_id(self) -> str:
        return str(os.geteuid())

    def is_administrator(self, user_id: str) -> bool:
        return user_id == "0"

    def _rows(self, asked: tuple[Pair, ...]) -> frozenset[int]:
        for _ in range(_READINGS):
            for pair in asked:
                # The kernel has no two sockets with one pair of addresses, be they spelt so or so: the first table will do.
                if found := owners(self._read(pair), pair):
                    return found
        return frozenset()

    def _read(self, pair: Pair) -> bytes:
        with contextlib.suppress(OSError):
            return self._tables[pair.version].read_bytes()
        return b""


def owners(table: bytes, pair: Pair) -> frozenset[int]:
    """The uids in the client's rows: one, as a rule; none where no row is there or nobody owns the socket any more.

    Whatever the bytes are, this raises nothing: a row that cannot be read has no owner.
    """
    ends = f": {_spelt(pair.client, pair.client_port)} {_spelt(pair.server, pair.server_port)} ".encode()
    found = set()
    for match in re.finditer(re.escape(ends), table):
        row_end = table.find(b"\n", match.end())
        columns = table[match.end() : row_end if row_end >= 0 else match.end()].split()
        if len(columns) < 7 or columns[0] not in _OWNED_STATES:
            continue
        uid, inode = columns[4], columns[6]
        if uid.isdigit() and inode.isdigit() and len(uid) <= 10 and inode.strip(b"0"):
            found.add(int(uid))
    return frozenset(found)


def _spelt(address: bytes, port: int) -> str:
    """As the kernel prints it: words of 32 bits in the machine's own byte order, then the port."""
    words = struct.unpack(f"={len(address) // 4}I", address)
    return "".join(f"{word:08X}" for word in words) + f":{port:04X}"


def _stand_in(proc: Path) -> int | None:
    """The uid that stands for every user whom this user namespace does not know; None: it knows them all.

    In a container that maps some users only, all others are printed as this one (user_namespaces(7), "Unmapped user and
    group IDs"), so it says of nobody who it is.
    """
    try:
        mapped = sum(int(line.split()[2]) for line in (proc / "self" / "uid_map").read_text().splitlines())
        return None if mapped >= 0xFFFFFFFF else int((proc / "sys" / "kernel" / "overflowuid").read_text())
    except (OSError, ValueError, IndexError):
        return None  # a kernel without user namespaces


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except (KeyError, OverflowError):
        return str(uid)
