"""All that the gate and the calls ask about who may come: tokens of every kind, pairing, the console, the PC's users."""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from collections.abc import Callable, Coroutine
from datetime import datetime
from pathlib import Path
from typing import Any

from bridge.model import Actor, RequestError
from bridge.server.access.attendant import Attendants
from bridge.server.access.console import ConsoleSessions
from bridge.server.access.pairing import Pairings
from bridge.server.access.provisioning import ProvisionedTokens
from bridge.server.access.secret import digest, id_of
from bridge.server.access.tokens import Storage, Tokens
from bridge.server.access.users import Users
from bridge.server.admin_token import LABEL, PRINCIPAL, AdminToken
from bridge.server.peers import PeerLookup, here
from bridge.server.principals import ADMIN_TOKEN_ID, Kind, Principal
from bridge.server.rate import RateLimit, RateLimits
from bridge.server.settings import ServerSettings

log = logging.getLogger("tillbridge.access")

# What tokens that nobody has are compared with, so that they take as long as one that somebody has.
_NOBODY = secrets.token_bytes(32)

# Who reads what is kept and decodes it keeps a thread busy; jobs share the interpreter with these.
_LOOKING_BACK = 2

_SYSTEM = Actor(principal="system")


class Access:
    """The door of one server. It is the `Principals` of both transports."""

    def __init__(
        self,
        data_dir: Path,
        settings: ServerSettings,
        storage: Storage,
        now: Callable[[], datetime],
        lookup: PeerLookup | None = None,
    ) -> None:
        self.settings = settings
        self.admin = AdminToken(data_dir)
        self.tokens = Tokens(storage, ProvisionedTokens(data_dir), now)
        self.pairings = Pairings(settings)
        self.console = ConsoleSessions(settings)
        self.attendants = Attendants(settings, storage, now)
        self.lookup = lookup or here()
        self.users = Users(settings.users, self.lookup)
        self.pings = RateLimits(settings.pings_at_once, settings.pings_per_second)
        self.strangers = RateLimit(settings.strangers_at_once, settings.strangers_per_second)
        self.calls = RateLimits(settings.calls_at_once, settings.calls_per_second)
        self.wrong_tokens = RateLimits(settings.wrong_tokens_at_once, settings.wrong_tokens_per_minute / 60)
        self.looking_back = asyncio.Semaphore(_LOOKING_BACK)
        self.packing = False
        """A bundle is being made."""
        self._tasks: set[asyncio.Task[None]] = set()
        self.pairings.lapsed = self._lapsed

    def find(self, token_id: str) -> Principal | None:
        """Whoever has the token of this id, as of now."""
        if token_id == ADMIN_TOKEN_ID:
            key = self.admin.digest()
            return None if key is None else Principal(ADMIN_TOKEN_ID, PRINCIPAL, LABEL, key, kind=Kind.ADMIN)
        return self.tokens.find(token_id) or self.console.find(token_id) or self.attendants.find(token_id)

    def holder(self, text: str) -> Principal | None:
        """Whoever has this token; None: nobody. Takes the same time wherever a wrong one differs from a right one."""
        token_id = id_of(text) or ADMIN_TOKEN_ID
        principal = self.find(token_id)
        right = hmac.compare_digest(digest(text), principal.key if principal is not None else _NOBODY)
        return principal if right else None

    def used(self, principal: Principal) -> None:
        """The token was used where it belongs."""
        if self.tokens.note_use(principal.token_id):
            self._start(self.tokens.keep_uses())

    def take_call(self, principal: Principal) -> None:
        """One call of this token. The machine's own administrator is not limited. Raises RequestError (429)."""
        if principal.attends or principal.kind not in (Kind.ADMIN, Kind.CONSOLE):
            self.calls.take(principal.token_id, "calls of this token")

    def present(self, principal: Principal) -> None:
        """The page of this token says that a person has just touched it."""
        if principal.attends:
            self.attendants.present(principal.token_id)

    def refresh(self) -> None:
        """Now and then: what has run out, and files that have changed."""
        self.tokens.refresh()
        self.pairings.expire()

    async def stop(self) -> None:
        self.console.close_all()
        self.attendants.close_all()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    def _lapsed(self, token_id: str) -> None:
        self._start(self._take_back(token_id))

    async def _take_back(self, token_id: str) -> None:
        try:
            await self.tokens.revoke(token_id, _SYSTEM)
        except RequestError:
            log.debug("token %s was revoked already", token_id)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(_guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _guarded(work: Coroutine[Any, Any, None]) -> None:
    try:
        await work
    except Exception:  # the journal cannot be written: when a token was used is no reason to refuse anything
        log.exception("the use or end of a token could not be written down")
