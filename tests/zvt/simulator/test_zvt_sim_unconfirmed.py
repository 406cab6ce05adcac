"""What becomes of a payment that the till does not confirm: the three documented behaviours, and what is shown afterwards."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from bridge_sim_zvt.terminal import Terminal
from zvt_till import BLOCKS, COMPOSES, OK, STATUS_ONLY, SerialTill, Till, field, new_terminal, raw, reversal, sale, virtually


def kinds(terminal: Terminal) -> list[str]:
    """What stands in the end."""
    return [one.kind for one in terminal.documents()]


async def registered(terminal: Terminal, how: str = COMPOSES) -> Till:
    till = Till(terminal)
    await till.run(how)
    return till


async def until(till: Till, code: str) -> bytes:
    """Answers everything before this message, and this one not."""
    while True:
        message = await till.hear()
        assert message, f"{code} never came"
        if message[:2] == raw(code):
            return message
        if message[0] not in (0x80, 0x84):
            till.say(OK)


async def shown(terminal: Terminal) -> bytes:
    """What 06 20 tells a till that comes back; empty where it tells nothing."""
    till = Till(terminal)
    till.say("05 01 03 12 34 56")
    heard = await till.until_end()
    while heard[0][0] == 0x84:  # busy with its own work
        await asyncio.sleep(2)
        till.say("05 01 03 12 34 56")
        heard = await till.until_end()
    till.say(STATUS_ONLY)
    heard = await till.until_end()
    terminal.cut_connections()
    return next((message for message in heard if message[:2] == b"\x04\x0f"), b"")


@pytest.mark.parametrize("at", ["04 0F", "06 D3"])
@pytest.mark.parametrize(("profile", "left"), [("A", []), ("B", ["purchase"]), ("C", [])])
def test_a_connection_that_breaks_before_the_confirmation(at: str, profile: str, left: list[str]) -> None:
    async def played() -> None:
        terminal = new_terminal(unconfirmed=profile)
        till = await registered(terminal, BLOCKS)
        till.say(sale(1250))
        await until(till, at)
        terminal.cut_connections()
        await asyncio.sleep(60)
        assert kinds(terminal) == left
        assert terminal.dialogue is None

    virtually(played)


@pytest.mark.parametrize("profile", ["A", "B", "C"])
def test_only_the_completion_is_lost(profile: str) -> None:
    async def played() -> None:
        terminal = new_terminal(unconfirmed=profile)
        till = await registered(terminal, BLOCKS)
        till.say(sale(1250))
        await until(till, "06 0F")
        terminal.cut_connections()
        await asyncio.sleep(60)
        assert kinds(terminal) == ["purchase"]

    virtually(played)


@pytest.mark.parametrize(
    ("shows", "number", "result", "original"),
    [
        ("before", "00 01", "00", None),
        ("reversal", "00 03", "00", "00 00 02"),
        ("sale", "00 02", "00", None),
        ("failed", "00 02", "6C", None),
    ],
)
def test_what_is_shown_after_the_terminals_own_reversal(shows: str, number: str, result: str, original: str | None) -> None:
    async def played() -> None:
        terminal = new_terminal(shows_reversed=shows)
        till = await registered(terminal)
        await till.run(sale(500))
        till.say(sale(1250))
        await until(till, "04 0F")
        terminal.cut_connections()
        await asyncio.sleep(60)
        last = await shown(terminal)
        assert field(last, 0x87) == raw(number)
        assert field(last, 0x27) == raw(result)
        assert field(last, 0x37) == (raw(original) if original else None)
        assert kinds(terminal) == ["purchase"]

    virtually(played)


def test_the_status_is_repeated_and_then_taken_back_while_the_till_keeps_silent() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = await registered(terminal)
        till.say(sale(1250))
        first = await until(till, "04 0F")
        assert await till.hear() == first  # T3 later
        assert await till.hear() == b""
        assert till.closed
        assert terminal.memory.transactions[0].state == "reversed"

    virtually(played)


@pytest.mark.parametrize("how", ["later", "next"])
def test_a_reversal_that_comes_later(how: str) -> None:
    async def played() -> None:
        terminal = new_terminal(auto_reversal=how, reversal_seconds="20", shows_reversed="reversal")
        till = await registered(terminal)
        await till.run(sale(500))
        till.say(sale(1250))
        await until(till, "04 0F")
        terminal.cut_connections()
        assert field(await shown(terminal), 0x87) == raw("00 01")  # not stored, not reversed
        await asyncio.sleep(60)
        if how == "later":
            assert terminal.memory.transactions[1].state == "reversed"
            return
        assert terminal.memory.transactions[1].state == "reversing"
        till = Till(terminal)
        heard = await till.run(sale(300))
        assert raw("04 FF 01 05") in heard
        assert terminal.memory.transactions[1].state == "reversed"
        assert [one.total for one in terminal.documents()] == ["5.00", "3.00"]

    virtually(played)


def test_a_reversal_waits_for_the_host() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = await registered(terminal)
        till.say(sale(1250))
        await until(till, "04 0F")
        terminal.switch({"host": "unreachable"})
        terminal.cut_connections()
        await asyncio.sleep(60)
        assert terminal.memory.transactions[0].state == "reversing"
        terminal.switch({"host": "reachable"})
        till = Till(terminal)
        await till.run(sale(300))
        assert terminal.memory.transactions[0].state == "reversed"

    virtually(played)


@pytest.mark.parametrize(("answer", "rest"), [("84 66 00", []), ("84 83 00", []), ("84 CC 00", [])])
def test_the_till_says_no_to_the_status(answer: str, rest: list[str]) -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = await registered(terminal)
        till.say(sale(1250))
        await until(till, "04 0F")
        till.say(answer)
        await till.hears("04 FF 01 05")
        till.say(OK)
        await till.hears("06 1E *")
        till.say(OK)
        assert kinds(terminal) == rest

    virtually(played)


def test_the_till_cannot_print() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = await registered(terminal, BLOCKS)
        till.say(sale(1250))
        await until(till, "06 D3")
        till.say("84 CC 00")
        await until(till, "06 1E")
        till.say(OK)
        assert kinds(terminal) == []

    virtually(played)


def test_the_till_asks_for_time_and_then_for_less() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = await registered(terminal)
        till.say(sale(1250))
        first = await until(till, "04 0F")
        for _ in range(2):
            till.say("84 9C 00")
            assert await till.hear() == first
        till.say("84 9D 07 04 00 00 00 00 05 00")
        await till.hears("06 0F 00")
        till.say(OK)
        assert [one.total for one in terminal.documents()] == ["5.00"]

    virtually(played)


def test_the_till_asks_for_time_too_often() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = await registered(terminal)
        till.say(sale(1250, "02 01"))
        await until(till, "04 0F")
        till.say("84 9C 00")
        await till.hear()
        till.say("84 9C 00")
        await till.hears("04 0F 07 27 6C 29 29 00 10 06")
        till.say(OK)
        await until(till, "06 1E")
        assert kinds(terminal) == []

    virtually(played)


STEPS = [
    "before 0601",
    "answer 0601",
    "after 0601",
    "before 04FF",
    "before 040F",
    "after 040F",
    "before 06D3",
    "after 06D3",
    "before 060F",
]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("profile", ["A", "B", "C"])
def test_power_fails_at_a_step(step: str, profile: str) -> None:
    async def played() -> None:
        terminal = new_terminal(unconfirmed=profile, boot_seconds="5")
        till = await registered(terminal, BLOCKS)
        when, command = step.split()
        terminal.faults.arm({"fault": "power_cut", "command": command, "step": when, "restart": 10})
        till.say(sale(1250))
        await till.until_end()
        assert till.closed
        with pytest.raises(ConnectionError):
            Till(terminal)
        await asyncio.sleep(11)
        booting = Till(terminal)
        booting.say("05 01 03 12 34 56")
        assert await booting.hear(1.0) == b""
        await asyncio.sleep(6)
        booting.say("05 01 03 12 34 56")
        assert (await booting.until_end())[-1][:2] == raw("06 0F")
        decided = command in ("040F", "06D3")
        approved = decided or command == "060F"
        stands = command == "060F" or (decided and profile == "B")
        assert kinds(terminal) == (["purchase"] if stands else [])
        assert len(terminal.memory.transactions) == (0 if not approved else 2 if decided and profile == "A" else 1)

    virtually(played)


@pytest.mark.parametrize("silent", [0, 30])
def test_a_half_open_connection(silent: int) -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = await registered(terminal)
        terminal.faults.arm({"fault": "silence", "command": "040F", "step": "before", "seconds": silent})
        till.say(sale(1250))
        heard = await till.until_end()
        assert heard[-1] == b""
        assert terminal.memory.transactions[0].state == "reversed"
        assert field(await shown(terminal), 0x37) == raw("00 00 01")

    virtually(played)


@pytest.mark.parametrize(("setting", "left"), [("stands", ["purchase", "reversal"]), ("undone", ["purchase"])])
def test_a_reversal_that_nobody_confirms(setting: str, left: list[str]) -> None:
    async def played() -> None:
        terminal = new_terminal(unconfirmed_reversal=setting)
        till = await registered(terminal)
        await till.run(sale(1250))
        till.say(reversal("00 01"))
        await until(till, "04 0F")
        terminal.cut_connections()
        await asyncio.sleep(60)
        assert kinds(terminal) == left
        assert (terminal.memory.transactions[0].undone_by is None) == (setting == "undone")

    virtually(played)


def test_a_serial_line_that_is_dead() -> None:
    async def played() -> None:
        terminal = new_terminal(transport="serial")
        till = SerialTill(terminal)
        till.say(COMPOSES)
        assert (await till.until_end())[-1][:2] == raw("06 0F")
        till.say(sale(1250))
        await until(till, "04 0F")
        assert terminal.memory.transactions[0].state == "approved"
        till.session.disconnected()
        await asyncio.sleep(60)
        assert terminal.memory.transactions[0].state == "reversed"
        assert terminal.dialogue is None

    virtually(played)


def test_the_process_is_killed_before_the_confirmation(tmp_path: Path) -> None:
    async def played() -> None:
        terminal = new_terminal(state=tmp_path / "terminal.json")
        till = await registered(terminal)
        await till.run(sale(500))
        till.say(sale(1250))
        await until(till, "04 0F")
        again = new_terminal(state=tmp_path / "terminal.json")
        assert [one.state for one in again.memory.transactions] == ["stored", "reversed", "stored"]
        assert [one.total for one in again.documents()] == ["5.00"]
        assert again.memory.registration.config == 0x3E
        assert field(await shown(again), 0x37) == raw("00 00 02")
        terminal.power(False)

    virtually(played)
