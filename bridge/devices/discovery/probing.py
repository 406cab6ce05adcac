"""One careful question at one place: open a link, let a family's `probe` look, close it, and keep what went over the wire.

Whatever the plugin does, an attempt ends: every probe runs in a thread of its own with a deadline. Opening an unknown port
may block, too, so that this holds for families that otherwise run in the host's loop.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bridge.devices.hosting import DriverHost, InlineHost, ThreadHost
from bridge.model import Identity
from bridge.plugin import DeviceFamily
from bridge.transport import Clock, Direction, Endpoint, Link, LinkError, LinkOpener, Terms, WireLog, mask_cards

log = logging.getLogger("tillbridge.discovery")

# What is shown of an answer that nobody understood: enough to recognise a greeting or a wrong speed.
_SHOWN_BYTES = 200


class Outcome(StrEnum):
    IDENTIFIED = "identified"
    UNRECOGNISED = "unrecognised"
    """Bytes came back, and the family does not know them."""
    SILENT = "silent"
    NOT_OPENED = "not_opened"
    """No link: surely nothing was sent."""
    FAILED = "failed"
    """The plugin raised."""
    HUNG = "hung"
    """The probe did not come to an end in time."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds. `probe` is for all that a family asks at one place: the slowest of ours takes some eight to give up.

    `grace`: how much longer an attempt may take to clean up before its plugin counts as blocked.
    """

    open: float = 3.0
    probe: float = 15.0
    grace: float = 2.0


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one question. `sent` and `received` are as the wire log keeps them: masked."""

    family: str
    url: str
    outcome: Outcome
    reason: str
    seconds: float
    identity: Identity | None = None
    sent: bytes = b""
    received: bytes = b""

    def as_json(self) -> dict[str, Any]:
        return {
            "family": self.family,
            "url": self.url,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "identity": self.identity.model_dump(mode="json") if self.identity is not None else None,
            "seconds": round(self.seconds, 3),
            "sent": shown(self.sent),
            "received": shown(self.received),
        }


def shown(data: bytes) -> dict[str, Any] | None:
    """Bytes for people: how many, as printable text and as hexadecimal, the first of them only."""
    if not data:
        return None
    head = data[:_SHOWN_BYTES]
    text = "".join(chr(byte) if 0x20 <= byte < 0x7F else f"\\x{byte:02x}" for byte in head)
    return {"bytes": len(data), "text": text, "hex": head.hex(), "cut": len(data) > len(head)}


class Prober:
    """Makes attempts. A family whose probe blocks is not asked again until it comes back."""

    def __init__(self, opener: LinkOpener, clock: Clock, *, inline: bool, limits: Limits | None = None) -> None:
        self._opener = opener
        self._clock = clock
        self._inline = inline
        self.limits = limits or Limits()
        self._stuck: set[str] = set()

    def can_open(self, kind: str) -> bool:
        return kind in self._opener.kinds

    async def probe(self, family: DeviceFamily[Any], endpoint: Endpoint, terms: Terms | None = None) -> Attempt:
        """At the family's defaults where the endpoint names no options. Never raises for what a plugin or a port does."""
        if family.id in self._stuck:
            return Attempt(family.id, endpoint.url, Outcome.HUNG, "an earlier probe of this plugin still hangs", 0.0)
        host: DriverHost = InlineHost() if self._inline else ThreadHost(f"probe-{family.id}")
        try:
            return await self._probe(family, endpoint, host, terms)
        finally:
            host.close()

    async def _probe(self, family: DeviceFamily[Any], endpoint: Endpoint, host: DriverHost, terms: Terms | None) -> Attempt:
        limits = self.limits
        wire_log = WireLog(self._clock.now, family.mask)
        began = self._clock.monotonic()
        question = _Question(family, _with_defaults(family, endpoint), self._opener, wire_log, limits, terms)
        identity: Identity | None = None
        try:
            # Twice a deadline: the inner one, in the probe's own loop, closes the link in good order; the outer one is for
            # code that blocks that loop.
            async with asyncio.timeout(limits.open + limits.probe + limits.grace):
                identity = await host.call(question.ask)
            outcome, reason = _judged(identity, wire_log)
        except TimeoutError as error:
            outcome, reason = Outcome.HUNG, str(error) or f"no end within {limits.probe:g} s"
            if question.unfinished:
                question.abandon()
                if not question.opened:
                    outcome, reason = Outcome.NOT_OPENED, "opening it does not come to an end: the driver of the port blocks"
                else:
                    self._give_up(family.id, host)
                    reason = "the plugin blocks: its probe did not come to an end"
            log.warning("%s: the probe of %s: %s", endpoint.url, family.id, reason)
        except LinkError as error:
            said = str(error).removeprefix(f"{question.endpoint.url}: ")
            if question.opened:
                outcome, reason = _judged(None, wire_log)
                reason = f"{reason} ({said})"
            else:
                outcome, reason = Outcome.NOT_OPENED, said
        except Exception as error:  # a plugin may raise anything; it is reported and hurts nobody
            log.warning("%s: the probe of %s raised", endpoint.url, family.id, exc_info=True)
            identity = None
            outcome, reason = Outcome.FAILED, f"the plugin raised {type(error).__name__}: {error}"
        return Attempt(
            family.id,
            endpoint.url,
            outcome,
            reason,
            self._clock.monotonic() - began,
            identity,
            _bytes(wire_log, Direction.OUT),
            _bytes(wire_log, Direction.IN),
        )

    def _give_up(self, family_id: str, host: DriverHost) -> None:
        """Its loop works off what waits as soon as it turns again, this note too."""
        self._stuck.add(family_id)
        loop = asyncio.get_running_loop()

        def release() -> None:
            loop.call_soon_threadsafe(self._stuck.discard, family_id)

        host.loop.call_soon_threadsafe(release)


class _Question:
    """The part of an attempt that runs in the probe's own loop."""

    def __init__(
        self,
        family: DeviceFamily[Any],
        endpoint: Endpoint,
        opener: LinkOpener,
        wire_log: WireLog,
        limits: Limits,
        terms: Terms | None,
    ) -> None:
        self._family = family
        self.endpoint = endpoint
        self._opener = opener
        self._wire_log = wire_log
        self._limits = limits
        self._terms = terms
        self._lock = threading.Lock()
        self._link: Link | None = None
        self._given_up = False
        self.opened = False
        self.unfinished = True

    async def ask(self) -> Identity | None:
        try:
            return await self._ask()
        finally:
            self.unfinished = False

    async def _ask(self) -> Identity | None:
        link = await self._opener.open(self.endpoint, self._wire_log, timeout=self._limits.open, terms=self._terms)
        self.opened = True
        try:
            self._keep(link)
            async with asyncio.timeout(self._limits.probe) as time:
                said: object = await self._family.probe(link)
        except TimeoutError:
            if not time.expired():
                raise
            raise TimeoutError(f"the probe did not come to an end within {self._limits.probe:g} s") from None
        finally:
            await link.close()
        if said is not None and not isinstance(said, Identity):
            raise TypeError(f"probe returned {type(said).__name__}, not an Identity")
        return said

    def abandon(self) -> None:
        """From the host's thread: whatever the plugin still tries, nothing is sent any more."""
        with self._lock:
            self._given_up = True
            if self._link is not None:
                self._link.abandon()

    def _keep(self, link: Link) -> None:
        with self._lock:
            self._link = link
            if self._given_up:
                link.abandon()


def _with_defaults(family: DeviceFamily[Any], endpoint: Endpoint) -> Endpoint:
    defaults = family.endpoint_kinds[endpoint.kind].defaults
    return Endpoint(endpoint.kind, endpoint.address, endpoint.port, {**defaults, **endpoint.options})


def _judged(identity: Identity | None, wire_log: WireLog) -> tuple[Outcome, str]:
    if identity is not None:
        return Outcome.IDENTIFIED, f"{identity} answers"
    received = len(_bytes(wire_log, Direction.IN))
    if received:
        return Outcome.UNRECOGNISED, f"{received} bytes came back, but no answer that this family knows"
    return Outcome.SILENT, "no answer"


def _bytes(wire_log: WireLog, direction: Direction) -> bytes:
    # Masked once more as a whole: a card number may have come in two pieces.
    return mask_cards(b"".join(entry.data for entry in wire_log.entries() if entry.direction is direction), direction)
