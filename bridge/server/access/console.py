"""The console's sign-in: a link that works once, and sessions that live in memory and end with the server.

The link carries its code behind the `#`, which no browser sends anywhere. Whoever has an administrator's token gets a link;
nothing else opens the console.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bridge.model import RequestError
from bridge.server.access.secret import Minted, mint
from bridge.server.peers import Peer
from bridge.server.principals import Kind, Principal
from bridge.server.settings import ServerSettings

LABEL = "console"

# A person clicks one link; the others are those that were never opened.
_MOST_LINKS = 8
_MOST_SESSIONS = 32


@dataclass(frozen=True, slots=True)
class _Link:
    digest: bytes
    until: float


@dataclass(frozen=True, slots=True)
class _Session:
    principal: Principal
    until: float


class ConsoleSessions:
    """By the monotonic clock: a link or session that has run out stays so, whatever is done to the PC's clock."""

    def __init__(self, settings: ServerSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._links: list[_Link] = []
        self._sessions: dict[str, _Session] = {}

    def link(self) -> tuple[str, int]:
        """The code of a new link, and for how many seconds it works."""
        code = f"tbl_{secrets.token_urlsafe(32)}"  # the form by which logs know what to hide
        seconds = self._settings.console_link_seconds
        self._links = [*self._open_links(), _Link(_digest(code), self._monotonic() + seconds)][-_MOST_LINKS:]
        return code, int(seconds)

    def open(self, code: str, origin: str, peer: Peer | None) -> tuple[Minted, int]:
        """The token of a new session for this page, and for how many seconds. Raises RequestError: no such link any more."""
        given = _digest(code)
        links = self._open_links()
        self._links = [link for link in links if not hmac.compare_digest(link.digest, given)]
        if len(self._links) == len(links):
            raise RequestError(
                "gate.unauthorised", "This link has been used, or is too old: get a new one with tillbridge console."
            )
        minted = mint(Kind.CONSOLE)
        principal = Principal(
            token_id=minted.id,
            name="console",
            label=LABEL,
            key=minted.hash,
            kind=Kind.CONSOLE,
            origin=origin,
            user_id=peer.user_id if peer is not None else None,
            session=peer.session if peer is not None else None,
        )
        self._forget_old()
        while len(self._sessions) >= _MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        seconds = self._settings.console_seconds
        self._sessions[minted.id] = _Session(principal, self._monotonic() + seconds)
        return minted, int(seconds)

    def find(self, token_id: str) -> Principal | None:
        session = self._sessions.get(token_id)
        return session.principal if session is not None and self._monotonic() < session.until else None

    def close(self, token_id: str) -> bool:
        """Sign out. False: there was no such session."""
        return self._sessions.pop(token_id, None) is not None

    def close_all(self) -> None:
        self._sessions.clear()
        self._links.clear()

    def _open_links(self) -> list[_Link]:
        now = self._monotonic()
        return [link for link in self._links if now < link.until]

    def _forget_old(self) -> None:
        now = self._monotonic()
        self._sessions = {key: session for key, session in self._sessions.items() if now < session.until}


def _digest(code: str) -> bytes:
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).digest()
