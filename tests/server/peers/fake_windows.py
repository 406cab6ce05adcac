"""A Windows that answers from what a test wrote down: connections, processes, sessions, accounts."""

from __future__ import annotations

import struct
from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeVar

from bridge.server.peers.addresses import Version
from bridge.server.peers.windows import (
    ERROR_INSUFFICIENT_BUFFER,
    NO_ERROR,
    WTS_CLIENT_NAME,
    WTS_DOMAIN_NAME,
    WTS_USER_NAME,
)

ANNA = "S-1-5-21-1004336348-1177238915-682003330-1001"
BERT = "S-1-5-21-1004336348-1177238915-682003330-1002"
ESTABLISHED = 5

K = TypeVar("K")
V = TypeVar("V")


def row4(client: tuple[str, int], server: tuple[str, int], pid: int, state: int = ESTABLISHED) -> bytes:
    """MIB_TCPROW_OWNER_PID, written from Microsoft's page of it."""
    ends = b"".join(ip_address(host).packed + struct.pack(">H", port) + b"\0\0" for host, port in (client, server))
    return struct.pack("<I", state) + ends + struct.pack("<I", pid)


def row6(client: tuple[str, int], server: tuple[str, int], pid: int, state: int = ESTABLISHED) -> bytes:
    """MIB_TCP6ROW_OWNER_PID, written from Microsoft's page of it."""
    ends = b"".join(ip_address(host).packed + bytes(4) + struct.pack(">H", port) + b"\0\0" for host, port in (client, server))
    return ends + struct.pack("<II", state, pid)


def table(*rows: bytes) -> bytes:
    return struct.pack("<I", len(rows)) + b"".join(rows)


class FakeWindows:
    """Raises as Windows does: PermissionError where it is denied, OSError for what is not there."""

    def __init__(self) -> None:
        self.tables: dict[Version, bytes] = {4: table(), 6: table()}
        self.codes: dict[Version, int] = {}
        self.sessions: dict[int, int] = {}
        self.users: dict[int, str] = {}
        self.denied: set[int] = set()
        self.texts: dict[tuple[int, int], str] = {}
        self.accounts: dict[str, str] = {}
        self.sizes: list[int] = []
        self.after_process: Callable[[], None] = lambda: None
        """Runs when a process has been asked for its user: what changes between the two look-ups."""

    def log_on(self, session: int, domain: str, user: str, sid: str, client: str = "") -> None:
        self.texts |= {(session, WTS_USER_NAME): user, (session, WTS_DOMAIN_NAME): domain, (session, WTS_CLIENT_NAME): client}
        self.accounts[f"{domain}\\{user}" if domain else user] = sid

    def start(self, pid: int, session: int, sid: str) -> None:
        self.sessions[pid] = session
        self.users[pid] = sid

    def tcp_table(self, version: Version, size: int) -> tuple[int, int, bytes]:
        self.sizes.append(size)
        found = self.tables[version]
        if version in self.codes:
            return self.codes[version], 0, bytes(size)
        if len(found) > size:
            return ERROR_INSUFFICIENT_BUFFER, len(found), bytes(size)
        return NO_ERROR, len(found), found

    def process_session(self, pid: int) -> int:
        return self._known(self.sessions, pid)

    def process_user(self, pid: int) -> str:
        try:
            if pid in self.denied:
                raise PermissionError(f"process {pid}: access is denied")
            return self._known(self.users, pid)
        finally:
            self.after_process()

    def session_text(self, session: int, what: int) -> str:
        return self._known(self.texts, (session, what))

    def account_sid(self, account: str) -> str:
        return self._known(self.accounts, account)

    def account_name(self, sid: str) -> str:
        return self._known({known: name for name, known in self.accounts.items()}, sid)

    def _known(self, known: dict[K, V], key: K) -> V:
        if key not in known:
            raise OSError(f"there is no {key}")
        return known[key]
