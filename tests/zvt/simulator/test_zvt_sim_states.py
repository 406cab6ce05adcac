"""Registration, states, passwords, aborts, scripts, counters, end of day: what the terminal does, told in bytes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from bridge_sim_zvt.cards import SCRIPTS
from bridge_sim_zvt.hands import Hand
from zvt_till import (
    BLOCKS,
    COMPOSES,
    LINES,
    OK,
    PRINTS_ITSELF,
    STATUS_ONLY,
    Till,
    field,
    new_terminal,
    raw,
    reversal,
    sale,
    virtually,
)

VECTORS = json.loads((Path(__file__).parents[3] / "protocol-specs/zvt/vectors.json").read_text("utf-8"))


def codes(heard: list[bytes]) -> list[str]:
    return [message[:2].hex(" ").upper() for message in heard]


# --- registration


@pytest.mark.parametrize(
    ("registration", "prints", "paper"),
    [(BLOCKS, "06 D3", False), (LINES, "06 D1", False), (COMPOSES, None, False), (PRINTS_ITSELF, None, True)],
)
def test_the_configuration_byte_says_who_prints(registration: str, prints: str | None, paper: bool) -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = Till(terminal)
        await till.run(registration)
        heard = codes(await till.run(sale(1000)))
        assert {code for code in heard if code in ("06 D1", "06 D3")} == ({prints} if prints else set())
        assert bool(terminal.paper().strip()) == paper

    virtually(played)


def test_without_registration_nothing_is_told_meanwhile_and_the_terminal_prints() -> None:
    async def played() -> None:
        terminal = new_terminal()
        heard = await Till(terminal).run(sale(1000))
        assert codes(heard) == ["80 00", "04 0F", "06 0F"]
        assert field(heard[1], 0x06) is None
        assert "KUNDENBELEG" in terminal.paper()

    virtually(played)


def test_unregistered_payments_may_be_refused() -> None:
    async def played() -> None:
        assert await Till(new_terminal(unregistered="6B")).run(sale(1000)) == [raw("84 6B 00")]

    virtually(played)


def test_tlv_comes_only_after_the_tills_and_ends_with_the_log_off() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        await till.run(LINES)
        assert field((await till.run(sale(1000)))[3], 0x06) is None
        await till.run(sale(1000, "06 00"))
        assert field((await till.run(sale(1000)))[3], 0x06) is not None
        till.say("06 02 00")
        await till.hears(OK)
        assert till.terminal.memory.registration.config == 0x86
        heard = await till.run(sale(1000))
        assert codes(heard) == ["80 00", "04 0F", "06 0F"]
        assert field(heard[1], 0x06) is None

    virtually(played)


def test_a_character_set_counts_when_it_is_echoed() -> None:
    async def played() -> None:
        latin = "06 00 0D 12 34 56 8E 09 78 06 05 27 03 14 01 01"
        for choice, name in (("yes", b"B\xc4CKEREI"), ("no", b"B\x8eCKEREI")):
            till = Till(new_terminal(charset_choice=choice))
            answer = (await till.run(latin))[-1]
            assert (raw("27 03 14 01 01") in answer) == (choice == "yes")
            assert any(name in message for message in await till.run(sale(1000)))

    virtually(played)


def test_a_line_may_carry_its_receipts_type() -> None:
    async def played() -> None:
        till = Till(new_terminal(line_type="yes", copies="merchant"))
        await till.run(LINES)
        lines = [message for message in await till.run(sale(1000)) if message[:2] == raw("06 D1")]
        assert all(line.endswith(raw("06 04 1F 07 01 01")) for line in lines)
        assert [bool(line[3] & 0x80) for line in lines] == [False] * (len(lines) - 1) + [True]

    virtually(played)


def test_another_currency_is_refused() -> None:
    async def played() -> None:
        assert await Till(new_terminal()).run("06 00 06 12 34 56 8E 07 56") == [raw("84 6F 00")]
        heard = await Till(new_terminal()).run(sale(1000, "49 07 56"))
        assert heard[-1] == raw("06 1E 01 6F")

    virtually(played)


# --- passwords and states


@pytest.mark.parametrize("command", ["06 00 06 65 43 21 8E 09 78", "06 50 03 65 43 21", "06 20 03 65 43 21", "06 93 03 65 43 21"])
def test_a_wrong_password(command: str) -> None:
    async def played() -> None:
        assert await Till(new_terminal()).run(command) == [raw("84 37 00")]
        assert await Till(new_terminal(wrong_password="abort")).run(command) == [raw(OK), raw("06 1E 01 37")]

    virtually(played)


def test_five_digits_of_the_password_may_do() -> None:
    async def played() -> None:
        wrong_at_the_end = "05 01 03 12 34 57"
        assert (await Till(new_terminal(password_digits="5")).run(wrong_at_the_end))[0] == raw(OK)
        assert await Till(new_terminal()).run(wrong_at_the_end) == [raw("84 37 00")]

    virtually(played)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("05 01 00", "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00"),
        ("05 01 03 12 34 56", "06 0F 0B F0 F0 F7 32 2E 31 34 2E 31 35 00"),
        ("05 01 05 12 34 56 03 02", "06 0F 01 00"),
    ],
)
def test_the_status_enquiry(question: str, answer: str) -> None:
    async def played() -> None:
        assert (await Till(new_terminal()).run(question))[-1] == raw(answer)
        assert (await Till(new_terminal(status_password="yes")).run("05 01 00")) == [raw("84 37 00")]

    virtually(played)


def test_a_card_that_is_left_in_the_slot_is_a_state() -> None:
    async def played() -> None:
        terminal = new_terminal()
        terminal.pad.do(Hand("insert", "visa"))
        assert (await Till(terminal).run("05 01 05 12 34 56 03 02"))[-1] == raw("06 0F 01 DC")

    virtually(played)


def test_a_locked_terminal_takes_only_what_may_cure_it() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = Till(terminal)
        terminal.faults.arm({"fault": "lock"})
        assert await till.run(sale(1000)) == [raw(OK), raw("06 1E 01 DF")]
        assert (await till.run("05 01 05 12 34 56 03 02"))[-1] == raw("06 0F 01 DF")
        terminal.faults.arm({"fault": "lock", "status": 0})
        assert (await till.run(sale(1000)))[-1] == raw("06 0F 00")

    virtually(played)


def test_what_registration_asks_for_is_cured() -> None:
    async def played() -> None:
        till = Till(new_terminal(memory_needs="initialisation"))
        assert (await till.run(LINES))[-1] == raw("06 0F 0A 19 01 29 29 00 10 06 49 09 78")
        assert (await till.run(sale(1000)))[-1] == raw("06 1E 01 51")
        assert (await till.run("06 93 03 12 34 56"))[-1] == raw("06 0F 00")
        assert (await till.run(sale(1000)))[-1] == raw("06 0F 00")

    virtually(played)


@pytest.mark.parametrize(("setting", "answer"), [("9C", "84 9C 00"), ("83", "84 83 00"), ("A0", "84 A0 00"), ("silence", "")])
def test_a_command_while_another_one_runs(setting: str, answer: str) -> None:
    async def played() -> None:
        till = Till(new_terminal(while_busy=setting, customer="timeout"))
        await till.run(COMPOSES)
        till.say(sale(1000))
        await till.hears(OK)
        await till.hears("04 FF 01 0A")
        till.say(OK)
        till.say("05 01 03 12 34 56")
        assert await till.hear(1.0) == raw(answer)

    virtually(played)


def test_a_command_that_nobody_knows() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        assert await till.run("06 77 00") == [raw("84 83 00")]
        assert await till.run("06 01 09 04 00 00 00 00 10 00 5A 01") == [raw("84 83 00")]
        assert await till.run("06 01 01 04") == [raw("84 83 00")]

    virtually(played)


# --- what customers do

# The end of a payment of 12.50 under each script: its amount where it was approved, else the code.
ENDS = {
    "approve": "12.50", "approve_pin": "12.50", "contactless_pin": "12.50", "signature": "12.50", "swipe": "12.50",
    "wrong_pin": "12.50", "pin_exceeded": "37", "pin_stop": "6C", "pin_timeout": "6C", "decline": "05", "stolen": "2B",
    "expired": "78", "unknown_card": "7A", "unreadable": "64", "removed": "66", "stop": "6C", "timeout": "6C",
    "host_offline": "A3", "host_slow": "12.50", "partial": "6.25", "tip": "13.75", "conversion": "12.50", "decline:33": "33",
}  # fmt: skip


def test_every_script_is_in_the_table() -> None:
    assert set(SCRIPTS) | {"decline:33"} == set(ENDS)


@pytest.mark.parametrize("script", ENDS)
def test_how_a_payment_ends(script: str) -> None:
    async def played() -> None:
        terminal = new_terminal(customer=script)
        till = Till(terminal)
        await till.run(COMPOSES)
        heard = await till.run(sale(1250))
        status = next(message for message in heard if message[:2] == b"\x04\x0f")
        if "." not in ENDS[script]:
            assert field(status, 0x27) == raw(ENDS[script])
            assert heard[-1][:2] == b"\x06\x1e"
            assert heard[-1][3] == int(ENDS[script], 16)
            assert terminal.documents() == []
            return
        assert heard[-1] == raw("06 0F 00")
        assert [one.total for one in terminal.documents()] == [ENDS[script]]
        assert field(status, 0x04) == raw(f"{int(ENDS[script].replace('.', '')):012d}")
        assert terminal.pad.slot == ""

    virtually(played)


@pytest.mark.parametrize(("number", "script"), list(enumerate(SCRIPTS, start=1)))
def test_an_amount_may_choose_the_script(number: int, script: str) -> None:
    async def played() -> None:
        for chosen, amount in (({"customer": script, "magic": "no"}, 90000), ({}, 90000 + number)):
            till = Till(new_terminal(**chosen))
            await till.run(COMPOSES)
            heard = codes(await till.run(sale(amount)))
            ends.append(heard)
        assert ends[0] == ends[1]

    ends: list[list[str]] = []
    virtually(played)


def test_a_person_at_the_terminal() -> None:
    async def played() -> None:
        terminal = new_terminal(hands="person")
        till = Till(terminal)
        await till.run(COMPOSES)
        till.say(sale(1250))
        await till.hears(OK)
        await till.hears("04 FF 01 0A")
        till.say(OK)
        await asyncio.sleep(20)
        terminal.pad.do(Hand("insert", "girocard"))
        await till.hears("04 FF 01 01")
        till.say(OK)
        for key in ("9", "9", "C", "1", "2", "3", "4", "OK"):
            await asyncio.sleep(0.5)
            terminal.pad.do(Hand("key", key))
        await till.hears("04 FF 01 04")
        till.say(OK)
        await till.hears("04 FF 01 0B")
        till.say(OK)
        terminal.pad.do(Hand("remove"))
        await till.hears("04 0F .. 27 00 *")
        till.say(OK)
        await till.hears("06 0F 00")
        till.say(OK)

    virtually(played)


# --- abort


@pytest.mark.parametrize(
    ("setting", "answer", "end"),
    [("normal", OK, "06 1E"), ("ignored", "", "06 0F"), ("unsupported", "84 83 00", "06 0F"), ("loses", OK, "06 0F")],
)
def test_an_abort_while_the_card_is_waited_for(setting: str, answer: str, end: str) -> None:
    async def played() -> None:
        terminal = new_terminal(abort=setting, card_ms="10000")
        till = Till(terminal)
        await till.run(COMPOSES)
        till.say(sale(1250))
        await till.hears(OK)
        await till.hears("04 FF 01 0A")
        till.say(OK)
        till.say("06 B0 00")
        assert await till.hear(1.0) == raw(answer)
        heard = [await till.hear()]
        till.say(OK)
        heard += (await till.until_end())[:]
        assert codes(heard)[-1] == end
        assert len(terminal.documents()) == (end == "06 0F")

    virtually(played)


def test_an_abort_while_the_host_is_asked_comes_too_late() -> None:
    async def played() -> None:
        terminal = new_terminal(host_ms="5000")
        till = Till(terminal)
        await till.run(COMPOSES)
        till.say(sale(1250))
        for expected in (OK, "04 FF 01 0A", "04 FF 01 04"):
            await till.hears(expected)
            if expected != OK:
                till.say(OK)
        await asyncio.sleep(1)
        till.say("06 B0 00")
        await till.hears("84 83 00")
        await till.hears("04 0F .. 27 00 *")
        till.say(OK)
        await till.hears("06 0F 00")
        till.say(OK)
        assert len(terminal.documents()) == 1

    virtually(played)


def test_an_abort_of_nothing_is_taken() -> None:
    async def played() -> None:
        assert await Till(new_terminal()).run("06 B0 00 05 01 05 12 34 56 03 02") == [raw(OK), raw(OK), raw("06 0F 01 00")]

    virtually(played)


# --- numbers and batches


def test_the_counters_wrap() -> None:
    async def played() -> None:
        till = Till(new_terminal(first_receipt="9999", first_trace="999999"))
        await till.run(COMPOSES)
        numbers = []
        for _ in range(2):
            status = next(message for message in await till.run(sale(100)) if message[:2] == b"\x04\x0f")
            numbers.append([(field(status, tag) or b"").hex() for tag in (0x87, 0x0B, 0x88)])
        assert numbers == [["9999", "999999", "999999"], ["0001", "000001", "000001"]]
        assert (await till.run(reversal("99 99")))[-1] == raw("06 0F 00")

    virtually(played)


def test_a_reversal_finds_its_receipt_only_in_the_open_batch() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        await till.run(COMPOSES)
        await till.run(sale(100))
        assert (await till.run(reversal("00 01", "04 00 00 00 00 02 00")))[-1][3] == 0xB5
        assert (await till.run(reversal("00 07")))[-1][3] == 0xB5
        await till.run("06 50 03 12 34 56")
        assert (await till.run(reversal("00 01")))[-1][3] == 0xB5

    virtually(played)


def test_some_terminals_reverse_the_last_payment_whatever_is_named() -> None:
    async def played() -> None:
        till = Till(new_terminal(reverses="last"))
        await till.run(COMPOSES)
        await till.run(sale(100))
        await till.run(sale(200))
        heard = await till.run(reversal("00 01"))
        status = next(message for message in heard if message[:2] == b"\x04\x0f")
        assert field(status, 0x37) == raw("00 00 02")
        assert field(status, 0x04) == raw("00 00 00 00 02 00")

    virtually(played)


def test_an_end_of_day_that_is_due() -> None:
    async def played() -> None:
        till = Till(new_terminal(end_of_day_due="yes"))
        heard = await till.run(sale(100))
        assert heard[1] == raw("04 0F 07 27 F0 29 29 00 10 06")
        assert heard[-1] == raw("06 1E 01 F0")
        assert (await till.run("05 01 05 12 34 56 03 02"))[-1] == raw("06 0F 01 F0")
        await till.run("06 50 03 12 34 56")
        assert (await till.run(sale(100)))[-1] == raw("06 0F 00")

    virtually(played)


def test_an_update_after_the_end_of_day() -> None:
    async def played() -> None:
        till = Till(new_terminal(after_end_of_day="E0"))
        assert (await till.run("06 50 03 12 34 56"))[-1] == raw("06 0F 02 27 E0")
        till.say("05 01 03 12 34 56")
        assert await till.hear(10.0) == b""
        await asyncio.sleep(15)
        assert (await till.run("05 01 05 12 34 56 03 02"))[-1] == raw("06 0F 01 00")

    virtually(played)


def test_a_restart_after_the_end_of_day() -> None:
    async def played() -> None:
        terminal = new_terminal(after_end_of_day="FC")
        till = Till(terminal)
        assert (await till.run("06 50 03 12 34 56"))[-1] == raw("06 0F 02 27 FC")
        assert await till.hear() == b""
        assert till.closed
        with pytest.raises(ConnectionError):
            Till(terminal)
        await asyncio.sleep(25)
        assert (await Till(terminal).run("05 01 05 12 34 56 03 02"))[-1] == raw("06 0F 01 00")

    virtually(played)


def test_the_terminals_own_end_of_day() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = Till(terminal)
        await till.run(COMPOSES)
        await till.run(sale(100))
        terminal.faults.arm({"fault": "auto_end_of_day", "seconds": 30})
        till.say("05 01 03 12 34 56")
        assert await till.hear(20.0) == b""
        await asyncio.sleep(15)
        assert (await till.run(reversal("00 01")))[-1][3] == 0xB5
        assert [one.kind for one in terminal.documents()] == ["purchase", "end_of_day"]

    virtually(played)


def test_totals_close_nothing_and_know_signs() -> None:
    async def played() -> None:
        till = Till(new_terminal(customer="signature"))
        await till.run(COMPOSES)
        await till.run(sale(1000))
        await till.run("06 31 0A 12 34 56 04 00 00 00 00 03 00")
        for command in ("06 10 03 12 34 56", "06 50 03 12 34 56"):
            status = next(message for message in await till.run(command) if message[:2] == b"\x04\x0f")
            totals = field(status, 0x60)
            assert totals is not None
            assert totals[:4] == raw("00 01 00 02")
            assert totals[18:25] == raw("02 00 00 00 00 07 00")  # Mastercard
        assert await Till(new_terminal(totals="no", further_client="replace")).run("06 10 03 12 34 56") == [raw("84 83 00")]

    virtually(played)


def test_repeating_a_receipt() -> None:
    async def played() -> None:
        for setting, codes_heard in (
            ("full", ["80 00", "04 0F", "06 0F"]),
            ("no_status", ["80 00", "06 0F"]),
            ("unsupported", ["84 83"]),
        ):
            till = Till(new_terminal(repeat=setting))
            await till.run(COMPOSES)
            await till.run(sale(1000))
            assert codes(await till.run(STATUS_ONLY)) == codes_heard
        till = Till(new_terminal())
        assert codes(await till.run(STATUS_ONLY)) == ["80 00", "06 1E"]
        await till.run(BLOCKS)
        await till.run(sale(1000))
        assert codes(await till.run("06 20 03 12 34 56")) == ["80 00", "06 D3", "06 D3", "06 0F"]
        await till.run("06 50 03 12 34 56")
        status = (await till.run(STATUS_ONLY))[1]
        assert field(status, 0x60) is not None  # the end of day has taken its place

    virtually(played)


def test_reservations_to_their_end() -> None:
    async def played() -> None:
        terminal = new_terminal(customer="approve")
        till = Till(terminal)
        await till.run(COMPOSES)
        for _ in range(3):
            assert (await till.run("06 22 07 04 00 00 00 00 25 00"))[-1] == raw("06 0F 00")
        assert (await till.run("06 23 03 87 FF FF"))[-1] == raw("06 1E 11 B8 06 0E 23 0C 08 02 00 01 08 02 00 02 08 02 00 03")
        assert (await till.run("06 23 0A 87 00 01 04 00 00 00 00 10 00"))[-1] == raw("06 0F 00")
        assert (await till.run("06 24 0A 87 00 02 04 00 00 00 00 20 00"))[-1] == raw("06 0F 00")
        assert (await till.run("06 24 0A 87 00 03 04 00 00 00 00 26 00"))[-1][3] == 0xB7
        assert (await till.run("06 25 03 87 00 03"))[-1] == raw("06 0F 00")
        assert (await till.run("06 25 03 87 00 03"))[-1][3] == 0xB8
        assert [(one.kind, one.total) for one in terminal.documents()] == [
            *[("preauthorisation", "25.00")] * 3,
            ("capture", "15.00"),
            ("capture", "20.00"),
            ("release", "0.00"),
        ]

    virtually(played)


def test_another_till_at_the_terminal_moves_the_numbers() -> None:
    async def played() -> None:
        terminal = new_terminal()
        till = Till(terminal)
        await till.run(COMPOSES)
        await till.run(sale(1000))
        terminal.foreign(None)
        await asyncio.sleep(0.1)
        assert [one.origin for one in terminal.documents()] == ["ecr", "device"]
        assert field((await till.run(STATUS_ONLY))[1], 0x87) == raw("00 02")

    virtually(played)


def test_service_commands() -> None:
    async def played() -> None:
        terminal = new_terminal(sends_clock="yes")
        till = Till(terminal)
        await till.run(COMPOSES)
        assert codes(await till.run("06 70 00")) == ["80 00", "04 FF", "04 01", "06 0F"]
        assert codes(await till.run("06 79 00")) == ["80 00", "04 FF", "06 0F"]
        assert codes(await till.run("06 1A 00")) == ["80 00", "06 0F"]
        await till.run("06 91 0B 12 34 56 AA 26 12 24 0C 10 15 02")
        assert terminal.now().isoformat()[:19] == "2026-12-24T10:15:02"
        await till.run("06 95 06 12 34 56 65 43 21")
        assert await till.run("06 50 03 12 34 56") == [raw("84 37 00")]
        till.say("06 E0 0D F1 F1 F0 48 61 6C 6C 6F 20 57 65 6C 74")
        await till.hears(OK)
        assert terminal.display == "Hallo Welt"
        till.say("06 C0 03 1E 19 10")
        await till.hears(OK)
        await till.hears("04 FF 01 0A")
        till.say(OK)
        card = await till.hear()
        assert field(card, 0x27) == raw("00")
        till.say(OK)
        assert (await till.run("05 01 05 65 43 21 03 02"))[-1] == raw("06 0F 01 00")

    virtually(played)


@pytest.mark.parametrize(
    "vector", [v for v in VECTORS if v["direction"] == "ecr_to_pt" and v["transport"] == "tcp"], ids=lambda v: v["name"]
)
def test_recorded_commands_of_tills_are_answered(vector: dict[str, str]) -> None:
    """What real tills have sent, with their own passwords: 80 or 84, and the terminal is idle in the end."""

    async def played() -> None:
        data = raw(vector["hex"])
        if data[0] == 0x84:
            return
        terminal = new_terminal(password=data[3:6].hex() if data[3:6].hex().isdigit() else "123456")
        till = Till(terminal)
        till.say(vector["hex"])
        first = await till.hear(5.0)
        assert first[:1] in (b"\x80", b"\x84")
        while True:
            message = await till.hear(5.0)
            if not message:
                break
            till.say(OK)
        assert terminal.dialogue is None

    virtually(played)
