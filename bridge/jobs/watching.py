"""Waiting for a driver as long as it shows signs of life: a byte on its link, a call of its context."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import datetime
from typing import TypeVar

from bridge.devices import DeviceRuntime
from bridge.jobs.context import HostedJobContext
from bridge.transport import Clock, LinkTimeout

T = TypeVar("T")

# How long a driver that was told to stop may take before it is left behind. Its link sends nothing any more by then.
LET_GO_SECONDS = 5.0


class PluginHangs(LinkTimeout):
    """The driver gave no sign of life (a byte, a call of its context) for too long."""


async def watch(work: Awaitable[T], context: HostedJobContext, runtime: DeviceRuntime, clock: Clock) -> T:
    """What the driver returns. Raises what it raises, and PluginHangs behind `timeouts.silence`."""
    silence = runtime.config.timeouts.silence
    task = asyncio.ensure_future(work)
    try:
        signs: tuple[int, datetime | None] = (-1, None)
        since = clock.monotonic()
        while True:
            done, _ = await asyncio.wait({task}, timeout=silence / 4)
            if done:
                return task.result()
            seen = (context.signs_of_life, runtime.link_activity)
            if seen != signs:
                signs, since = seen, clock.monotonic()
            elif clock.monotonic() - since >= silence:
                context.give_up()
                raise PluginHangs.ran_out("timeouts.silence", silence, "its plugin gave no sign of life")
    finally:
        if not task.done():
            runtime.abandon_link()  # first: what a driver does while it is cancelled must not reach the device
            task.cancel()
            await asyncio.wait({task}, timeout=LET_GO_SECONDS)
        if task.done() and not task.cancelled():
            task.exception()  # what it raised while nobody waited any more is nobody's answer
