"""The attendant: who knows the PIN sees the devices and jobs of all tills here, answers what they ask and settles what is in doubt.

The PIN stands in the journal's file as a hash, with the number of wrong tries. Sessions live in memory, bound to the page that
opened them and on a computer of several users to its user; they end when nobody is there for a while, after a day at work, with
the PIN and with the server. Source: docs/decisions/0020.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bridge.model import Actor, RequestError
from bridge.server.access.guesses import Guesses
from bridge.server.access.pin import PinHash
from bridge.server.access.scopes import Right
from bridge.server.access.secret import Minted, mint
from bridge.server.access.tokens import Storage
from bridge.server.peers import Peer
from bridge.server.principals import Kind, Principal, Scope
from bridge.server.rate import too_many
from bridge.server.settings import ServerSettings
from bridge.store import AuditEntry

log = logging.getLogger("tillbridge.access")

NAME = "attendant"
RIGHTS = frozenset({Right.DEVICES_READ, Right.RESOLVE})

_SUBJECT = "attendant"
_MOST_SESSIONS = 32


@dataclass(frozen=True, slots=True)
class Setting:
    """What is kept. `devices` None: all. `by` and `at`: who set it, and when."""

    pin: PinHash
    devices: tuple[str, ...] | None
    by: str
    at: datetime


@dataclass(slots=True)
class _Session:
    principal: Principal
    until: float
    idle_until: float


class Attendants:
    """The PIN and the sessions of one server. `on_change` is called behind each change that ends sessions."""

    def __init__(
        self,
        settings: ServerSettings,
        storage: Storage,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._storage = storage
        self._now = now
        self._monotonic = monotonic
        self._sessions: dict[str, _Session] = {}
        self._checking = False
        self._writing = asyncio.Lock()
        """One after the other: a try that is written down beside a change would put back the PIN that it was held against."""
        self.on_change: Callable[[], None] = _nothing
        kept = storage.attendant()
        self._setting = _read(kept) if kept is not None else None
        self.guesses = Guesses(settings, int(kept.get("wrong", 0)) if kept is not None else 0, monotonic)

    # -- the PIN -------------------------------------------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What an administrator sees. Nothing of the PIN."""
        setting = self._setting
        return {
            "set": setting is not None,
            "devices": None if setting is None or setting.devices is None else list(setting.devices),
            "set_at": None if setting is None else setting.at.isoformat(),
            "set_by": None if setting is None else setting.by,
            "wrong": self.guesses.wrong,
            "locked_for": self.guesses.locked_for,
            "sessions": sum(self.find(token_id) is not None for token_id in tuple(self._sessions)),
        }

    async def set(self, pin: str, devices: frozenset[str] | None, actor: Actor) -> None:
        """From now on this is the PIN. Open sessions end, and a lock with them."""
        hashed = await asyncio.to_thread(PinHash.of, pin, self._settings.pin_cost)
        setting = Setting(
            hashed, None if devices is None else tuple(sorted(devices)), actor.label or actor.principal, self._now()
        )
        detail = {"devices": None if setting.devices is None else list(setting.devices)}
        async with self._writing:
            await self._storage.put_attendant(_kept(setting, 0), self._entry(actor, "attendant.pin_set", detail))
            self._setting = setting
            self.guesses.unlock()
            self._end_all()

    async def remove(self, actor: Actor) -> None:
        """There is no PIN any more. Raises RequestError where there was none."""
        async with self._writing:
            if self._setting is None:
                raise RequestError("request.not_found", "no PIN is set")
            await self._storage.put_attendant(None, self._entry(actor, "attendant.pin_removed", {}))
            self._setting = None
            self.guesses.unlock()
            self._end_all()

    async def unlock(self, actor: Actor) -> None:
        """An administrator lets the PIN be tried again."""
        self.guesses.unlock()
        await self._count_kept(self._entry(actor, "attendant.unlocked", {}))

    # -- sessions ------------------------------------------------------------------------------------------------------

    @property
    def idle_seconds(self) -> int:
        """How long a session lasts without a sign of a person."""
        return int(self._settings.attendant_idle_seconds)

    async def open(self, pin: str, origin: str, peer: Peer | None, who: str, os_user: str | None) -> tuple[Minted, int]:
        """The token of a new session, and for how many seconds at most. Raises RequestError: the wrong PIN, or too many tries.

        `who`: whom tries are counted for. A wrong PIN and one where none is set cannot be told apart.
        """
        if self._checking:
            raise too_many("Another PIN is being checked.", 1)
        locks = self.guesses.take(who)
        setting = self._setting
        self._checking = True  # one at a time: each takes memory and a core
        try:
            held = setting.pin if setting is not None else PinHash.of_nobody(self._settings.pin_cost)
            right = await asyncio.to_thread(held.fits, pin)
        finally:
            self._checking = False
        actor = Actor(principal=NAME, label=NAME, os_user=os_user)
        if not right or setting is None or setting is not self._setting:
            action = "attendant.locked" if locks else "attendant.refused"
            log.warning("a wrong PIN of the attendant came from %s%s", who, "; it is locked now" if locks else "")
            await self._count_kept(self._entry(actor, action, {"wrong": self.guesses.wrong}))
            raise RequestError("gate.pin_wrong", "This is not the attendant's PIN.")
        self.guesses.right(who)
        minted = mint(Kind.CONSOLE)
        await self._count_kept(self._entry(actor, "attendant.opened", {"token": minted.id, "origin": origin}))
        if setting is not self._setting:  # it was taken away while this was written down
            raise RequestError("gate.pin_wrong", "This is not the attendant's PIN.")
        self._forget_old()
        while len(self._sessions) >= _MOST_SESSIONS:
            del self._sessions[next(iter(self._sessions))]
        principal = Principal(
            token_id=minted.id,
            name=NAME,
            label=NAME,
            key=minted.hash,
            scope=Scope(None if setting.devices is None else frozenset(setting.devices), RIGHTS),
            kind=Kind.CONSOLE,
            origin=origin,
            attends=True,
            user_id=peer.user_id if peer is not None else None,
            session=peer.session if peer is not None else None,
        )
        now = self._monotonic()
        seconds = self._settings.attendant_seconds
        self._sessions[minted.id] = _Session(principal, now + seconds, now + self._settings.attendant_idle_seconds)
        return minted, int(seconds)

    def find(self, token_id: str) -> Principal | None:
        session = self._sessions.get(token_id)
        if session is None or self._monotonic() >= min(session.until, session.idle_until):
            return None
        return session.principal

    def present(self, token_id: str) -> None:
        """The page says that somebody touched it. A call alone says nothing: the page reads by itself when something happens."""
        session = self._sessions.get(token_id)
        if session is not None and self.find(token_id) is not None:  # what has ended stays so
            session.idle_until = self._monotonic() + self._settings.attendant_idle_seconds

    def close(self, token_id: str) -> bool:
        """Sign out. False: there was no such session."""
        return self._sessions.pop(token_id, None) is not None

    def close_all(self) -> None:
        self._sessions.clear()

    def _end_all(self) -> None:
        self._sessions.clear()
        self.on_change()

    def _forget_old(self) -> None:
        self._sessions = {key: session for key, session in self._sessions.items() if self.find(key) is not None}

    async def _count_kept(self, entry: AuditEntry) -> None:
        """Write down how many tries were wrong, with the act that it comes from."""
        async with self._writing:
            row = None if self._setting is None else _kept(self._setting, self.guesses.wrong)
            await self._storage.put_attendant(row, entry)

    def _entry(self, actor: Actor, action: str, detail: Mapping[str, Any]) -> AuditEntry:
        return AuditEntry(self._now(), actor, action, _SUBJECT, detail)


def _kept(setting: Setting, wrong: int) -> dict[str, Any]:
    devices = None if setting.devices is None else list(setting.devices)
    return {"pin": setting.pin.as_json(), "devices": devices, "by": setting.by, "at": setting.at.isoformat(), "wrong": wrong}


def _read(kept: Mapping[str, Any]) -> Setting:
    devices = kept["devices"]
    return Setting(
        PinHash.from_json(kept["pin"]),
        None if devices is None else tuple(devices),
        str(kept["by"]),
        datetime.fromisoformat(kept["at"]),
    )


def _nothing() -> None:
    """Nobody listens yet."""
