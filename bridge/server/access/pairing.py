"""Pairing: a page asks, a person at the till decides, the page fetches its token, once.

Both sides show the same six digits, so that the person lets in the page that is seen and not another that asks at the same
moment. Requests live in memory and by the monotonic clock: setting the PC's clock back brings none of them back to life.
Source: browser-and-localhost.md, section 9, B40, A28, A60.
"""

from __future__ import annotations

import contextlib
import hmac
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bridge.model import FieldError, RequestError
from bridge.server.access.scopes import Right
from bridge.server.access.secret import Minted
from bridge.server.peers import Peer
from bridge.server.rate import RateLimits, too_many
from bridge.server.settings import ServerSettings

log = logging.getLogger("tillbridge.access")

POLL_SECONDS = 1

# How long a request is still told of behind its end, for a page that polls: then its id is unknown.
_KEPT_SECONDS = 300.0


class State(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    COLLECTED = "collected"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(eq=False, slots=True)
class Pairing:
    """One request. `until`: by the monotonic clock; behind an approval, until when the token may be fetched."""

    id: str
    origin: str
    app_name: str
    rights: frozenset[Right]
    code: str
    peer: Peer | None
    until: float
    state: State = State.PENDING
    tries: int = 0
    token: Minted | None = None
    granted: frozenset[Right] = frozenset()
    deciding: bool = False


class Pairings:
    """The requests of one server. `lapsed` is told the id of a token that was approved and never fetched."""

    def __init__(self, settings: ServerSettings, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._monotonic = monotonic
        self._all: dict[str, Pairing] = {}
        self._rate = RateLimits(1, 1 / settings.pairing_each_seconds, monotonic=monotonic)
        self._rejected: dict[str, float] = {}
        self.lapsed: Callable[[str], None] = _nothing
        self.on_change: Callable[[], None] = _unheard
        """Called when others wait for a person than before."""

    def ask(self, origin: str, app_name: str, rights: frozenset[Right], peer: Peer | None) -> Pairing:
        """A new request. Raises RequestError (429) where this origin asks too often, or too many wait for an answer."""
        self._expire()
        asking = _asking(origin, peer)
        until = self._rejected.get(asking, 0.0) - self._monotonic()
        if until > 0:
            raise too_many("This origin was refused a moment ago.", max(1, round(until)))
        waiting = self.pending()
        if any(one.origin == origin and one.peer == peer for one in waiting):
            raise too_many("This origin asks already: a person at the till decides.", POLL_SECONDS * 5)
        if len(waiting) >= self._settings.pairings_waiting:
            raise too_many(f"{len(waiting)} pages wait for an answer already.", 10)
        self._rate.take(asking, "pairings were asked for by this origin")
        taken = {one.code for one in self._all.values()}
        code = next(code for code in iter(_code, "") if code not in taken)
        made = Pairing(
            id=secrets.token_urlsafe(24),
            origin=origin,
            app_name=app_name,
            rights=rights,
            code=code,
            peer=peer,
            until=self._monotonic() + self._settings.pairing_seconds,
        )
        self._all[made.id] = made
        self.on_change()
        # Without the code: who reads logs is not who sits in front of the page.
        log.info("%s asks to be paired; decide with: tillbridge pair list", origin)
        return made

    def of(self, pairing_id: str, origin: str | None, peer: Peer | None) -> Pairing:
        """The request, for the page that made it. Raises RequestError (404), for others as for one that never was."""
        self._expire()
        found = self._all.get(pairing_id)
        if found is None or origin is None or found.origin != origin or (found.peer is not None and not _same(found.peer, peer)):
            raise RequestError("request.not_found", "there is no such pairing")
        return found

    def collect(self, pairing: Pairing) -> Minted | None:
        """The token, the first time it is asked for; afterwards nobody has its text but the page."""
        token, pairing.token = pairing.token, None
        if token is not None:
            pairing.state = State.COLLECTED
        return token

    def pending(self) -> list[Pairing]:
        """Those that wait for a person, oldest first."""
        self._expire()
        return [one for one in self._all.values() if one.state is State.PENDING]

    def seconds_left(self, pairing: Pairing) -> int:
        return max(0, round(pairing.until - self._monotonic()))

    def judge(self, pairing_id: str, code: str) -> Pairing:
        """The pending request, when the code is its own. Raises RequestError; after three wrong codes the request is void."""
        self._expire()
        found = self._all.get(pairing_id)
        if found is None or found.state is not State.PENDING:
            raise RequestError("request.not_found", "there is no such pairing that waits for a decision")
        if not hmac.compare_digest(found.code.encode(), code.encode("utf-8", "surrogatepass")):
            found.tries += 1
            if found.tries >= self._settings.pairing_tries:
                self._end(found, State.REJECTED)
            left = self._settings.pairing_tries - found.tries
            message = "is not the code of this pairing" + (f"; {left} tries are left" if left > 0 else "; it is void now")
            raise RequestError(
                "request.invalid",
                f"code: {message}",
                (FieldError("code", message, remedy="type the digits that the page shows"),),
            )
        return found

    @contextlib.contextmanager
    def deciding(self, pairing: Pairing) -> Iterator[None]:
        """While its token is being made: a second decision at the same moment must not make a second one."""
        if pairing.deciding or pairing.state is not State.PENDING:
            raise RequestError("request.not_found", "there is no such pairing that waits for a decision")
        pairing.deciding = True
        try:
            yield
        finally:
            pairing.deciding = False

    def approve(self, pairing: Pairing, token: Minted, granted: frozenset[Right]) -> None:
        pairing.state = State.APPROVED
        self.on_change()
        pairing.token = token
        pairing.granted = granted
        # Whoever approved in the last second must not find that the page came too late.
        pairing.until = max(pairing.until, self._monotonic() + self._settings.pairing_seconds / 4)

    def reject(self, pairing: Pairing) -> None:
        """Its origin (on a computer of many users: this user's page of it) may not ask again for a while: a page that asks in
        a loop must not wear a person out."""
        self._end(pairing, State.REJECTED)
        self._rejected[_asking(pairing.origin, pairing.peer)] = self._monotonic() + self._settings.pairing_refused_seconds

    def expire(self) -> None:
        """Let go what nobody fetched or decided."""
        self._expire()

    def _end(self, pairing: Pairing, state: State) -> None:
        pairing.state = state
        pairing.until = self._monotonic()
        self.on_change()

    def _expire(self) -> None:
        now = self._monotonic()
        for one in tuple(self._all.values()):
            if now < one.until or one.deciding:
                continue
            if one.state is State.PENDING:
                one.state = State.EXPIRED
                self.on_change()
            elif one.state is State.APPROVED:
                one.state = State.EXPIRED
                token, one.token = one.token, None
                if token is not None:
                    self.lapsed(token.id)
            elif now >= one.until + _KEPT_SECONDS:
                del self._all[one.id]
        self._rejected = {asking: until for asking, until in self._rejected.items() if until > now}


def _code() -> str:
    return f"{secrets.randbelow(1_000_000):06d}"


def _asking(origin: str, peer: Peer | None) -> str:
    """Whom limits are counted for. On a terminal server each user has a page of the same origin, and `peer` is told."""
    return origin if peer is None else f"{origin} {peer.user_id} {peer.session}"


def _same(asked: Peer, peer: Peer | None) -> bool:
    return peer is not None and (peer.user_id, peer.session) == (asked.user_id, asked.session)


def _nothing(token_id: str) -> None:
    """Nobody is to be told."""


def _unheard() -> None:
    """Nobody listens yet."""
