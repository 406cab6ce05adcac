"""Windows: the process that owns the client's socket, its user, and its session of the terminal server.

Source: learn.microsoft.com, the pages of GetExtendedTcpTable, ProcessIdToSessionId, WTSQuerySessionInformationW and
WTS_INFO_CLASS. What Windows is asked is behind `System` (windows_system.py makes the calls). NOT RUN ON WINDOWS YET: all
that is in here was tested against tables and answers that were put together from that documentation.

A process number is given to another process after its first one has ended. So the tables are read again after the process
was asked, and have to say the same. That does not help against a socket that was handed to another process before its first
owner ended, since the row keeps the number of the first one: hence the look-up as soon as a connection is accepted.
"""

from __future__ import annotations

import os
from typing import Protocol

from bridge.server.peers.addresses import Pair, Version, spellings
from bridge.server.peers.model import Peer
from bridge.server.peers.tcp_tables import (
    STATE_CLOSE_WAIT,
    STATE_ESTABLISHED,
    STATE_FIN_WAIT1,
    STATE_FIN_WAIT2,
    TableError,
    rows,
)

NO_ERROR = 0
ERROR_NOT_SUPPORTED = 50
ERROR_INSUFFICIENT_BUFFER = 122

# WTS_INFO_CLASS
WTS_USER_NAME = 5
WTS_DOMAIN_NAME = 7
WTS_CLIENT_NAME = 10

# The well-known SID of SYSTEM, as which services run that were given no user of their own.
SYSTEM_SID = "S-1-5-18"

_OWNED_STATES = frozenset({STATE_ESTABLISHED, STATE_FIN_WAIT1, STATE_FIN_WAIT2, STATE_CLOSE_WAIT})

# 64 KiB hold a thousand rows of IPv6. 16 MiB hold more rows than there are ports to 127.0.0.1, four times over.
_FIRST_SIZE = 64 * 1024
_LARGEST_SIZE = 16 * 1024 * 1024
# A table can grow again between the call that names its size and the next.
_READINGS = 8


class System(Protocol):
    """What Windows is asked. All but tcp_table raise OSError where it does not tell: PermissionError where it is denied."""

    def tcp_table(self, version: Version, size: int) -> tuple[int, int, bytes]:
        """GetExtendedTcpTable into a buffer of this size: its return code, the size it names, the buffer."""

    def process_session(self, pid: int) -> int:
        """The session in which a process runs."""

    def process_user(self, pid: int) -> str:
        """The SID of a process's user, as text."""

    def session_text(self, session: int, what: int) -> str:
        """One of a session's texts, by its number in WTS_INFO_CLASS; empty where it has none."""

    def account_sid(self, account: str) -> str:
        """The SID, as text, of the user with this name. Groups and domains are no users."""

    def account_name(self, sid: str) -> str:
        """`DOMAIN\\user` of a SID."""


class WindowsPeers:
    """Looks up process, user and session of the client's socket."""

    supported = True

    def __init__(self, system: System) -> None:
        self._system = system

    def peer(self, peername: object, sockname: object) -> Peer | None:
        asked = spellings(peername, sockname)
        try:
            pid = self._owner(asked)
            if pid is None:
                return None
            session = self._system.process_session(pid)
            user_id = self._user_id(pid, session)
            if user_id is None or self._owner(asked) != pid:
                return None
        except (OSError, TableError):
            return None
        return Peer(user_id, self._name(user_id), str(session), pid)

    def client_name(self, peer: Peer) -> str | None:
        if peer.session is None or not peer.session.isdecimal():
            return None
        try:
            name = self._system.session_text(int(peer.session), WTS_CLIENT_NAME)
        except OSError:
            return None
        # The client chooses it, and it ends up in logs: one with control characters in it is none.
        return name if name and name.isprintable() else None

    def own_user_id(self) -> str:
        return self._system.process_user(os.getpid())

    def is_administrator(self, user_id: str) -> bool:
        return user_id == SYSTEM_SID

    def _owner(self, asked: tuple[Pair, ...]) -> int | None:
        """The process in the client's rows of all tables; None where there is none, or more than one."""
        pids = {
            row.pid
            for pair in asked
            for row in rows(whole_table(self._system, pair.version), pair.version)
            if row.local_port == pair.client_port
            and row.remote_port == pair.server_port
            and row.local == pair.client
            and row.remote == pair.server
            and row.state in _OWNED_STATES
            and row.pid != 0  # whose process has ended
        }
        return pids.pop() if len(pids) == 1 else None

    def _user_id(self, pid: int, session: int) -> str | None:
        """The process's user; where it may not be asked, that of the session in which it shows its windows.

        A program that someone starts as another user in his own session then counts as his: he had to know that user's
        password, and whoever looks at that screen sees both.
        """
        try:
            return self._system.process_user(pid)
        except PermissionError:
            user = self._system.session_text(session, WTS_USER_NAME)
            if not user:  # session 0, of the services, is nobody's
                return None
            domain = self._system.session_text(session, WTS_DOMAIN_NAME)
            return self._system.account_sid(f"{domain}\\{user}" if domain else user)

    def _name(self, user_id: str) -> str:
        try:
            return self._system.account_name(user_id)
        except OSError:
            return user_id


def whole_table(system: System, version: Version) -> bytes:
    """The table of all connections over IPv4 or IPv6, in a buffer that grows with it, up to a bound.

    Raises TableError where it outgrows the bound, OSError for what else Windows may say. Without IPv6 that table is empty.
    """
    size = _FIRST_SIZE
    for _ in range(_READINGS):
        code, needed, table = system.tcp_table(version, size)
        if code == NO_ERROR:
            return table
        if code == ERROR_NOT_SUPPORTED:
            return bytes(4)
        if code != ERROR_INSUFFICIENT_BUFFER:
            raise OSError(code, f"GetExtendedTcpTable returned {code}")
        # What opens until the next call has room too.
        size = max(needed, size) + _FIRST_SIZE
        if size > _LARGEST_SIZE:
            break
    raise TableError(f"the table of connections over IPv{version} wants {size} bytes and more")
