"""Listening to a link with a deadline: nothing that came is lost, and its end is told once all of it was taken."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from bridge.transport import Cable, LinkLost, Listener, WireLog, null_modem, run_virtual


def now() -> float:
    return asyncio.get_running_loop().time()


def test_what_comes_between_two_questions_is_kept_unless_it_is_forgotten() -> None:
    async def scenario() -> None:
        host, device = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        line = Listener(host)
        line.start()
        assert await line.take(now() + 2) == b""
        await device.write(b"la")
        await device.write(b"te")
        await asyncio.sleep(1)
        assert await line.take(now()) == b"late"
        await device.write(b"stray")
        await asyncio.sleep(1)
        line.forget()
        await line.write(b"question")
        assert await device.read() == b"question"
        await device.write(b"answer")
        assert await line.take(now() + 5) == b"answer"
        line.close()

    run_virtual(scenario())


def test_the_end_of_the_link_is_no_silence() -> None:
    async def scenario() -> None:
        host, device = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        line = Listener(host)
        line.start()
        await device.write(b"last words")
        await device.close()
        await asyncio.sleep(1)
        assert await line.take(now() + 5) == b"last words"
        with pytest.raises(LinkLost):
            await line.take(now() + 5)
        with pytest.raises(LinkLost):
            await line.write(b"question")

    run_virtual(scenario())


def test_the_end_wakes_who_waits_with_the_error_and_a_call_wakes_with_nothing() -> None:
    async def scenario() -> None:
        host, device = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        line = Listener(host)
        line.start()
        waiting = asyncio.ensure_future(line.take(now() + 60))
        await asyncio.sleep(1)
        line.wake()
        assert (await waiting, now() < 10) == (b"", True)
        waiting = asyncio.ensure_future(line.take(now() + 60))
        await asyncio.sleep(1)
        await device.close()
        with pytest.raises(LinkLost):
            await waiting

    run_virtual(scenario())
