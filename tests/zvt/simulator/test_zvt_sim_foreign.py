"""What other people's tills send and what they need of the answers, as their sources and their captures have it."""

from __future__ import annotations

import pytest
from zvt_till import BLOCKS, COMPOSES, OK, Till, field, new_terminal, raw, sale, virtually

STATUS = "06 0F 01 00"
ENQUIRY = "05 01 05 12 34 56 03 02"
DETAILS = "05 01 05 12 34 56 03 06"


def test_an_abort_behind_the_last_answer_is_one_of_nothing() -> None:
    """A till that confirms the end and sends 06 B0 in the same breath."""

    async def played() -> None:
        till = Till(new_terminal())
        till.say("06 70 00")
        await till.hears(OK)
        await till.hears("06 0F 00")
        till.say(f"{OK} 06 B0 00")
        await till.hears(OK)

    virtually(played)


@pytest.mark.parametrize("end", ["idle", "blocked"])
def test_a_till_that_does_not_confirm_the_end_and_goes_on(end: str) -> None:
    """Some tills stop reading behind a result that is not 00, and send their next command."""

    async def played() -> None:
        till = Till(new_terminal(unconfirmed_end=end, customer="decline"))
        till.say(sale(1250))
        await till.hears(OK)
        await till.hears("04 0F .. 27 05 *")
        till.say(OK)
        await till.hears("06 1E 01 05")
        till.say(ENQUIRY)
        if end == "blocked":
            await till.hears("84 9C 00")
            return
        await till.hears(OK)
        await till.hears(STATUS)
        till.say(OK)
        assert not till.closed

    virtually(played)


@pytest.mark.parametrize(
    ("customer", "command"), [("decline", sale(1250)), ("unreadable", sale(1250)), ("unreadable", "06 C0 01 0A")]
)
def test_a_customer_whose_payment_failed_takes_the_card_away(customer: str, command: str) -> None:
    """A till that waits for status 00 before it goes on would wait for ever, and the next payment would be of the last one's card."""

    async def played() -> None:
        till = Till(new_terminal(customer=customer))
        await till.run(command)
        assert (await till.run(ENQUIRY))[-1] == raw(STATUS)

    virtually(played)


def test_a_card_that_was_read_stays_for_the_payment_until_it_is_released() -> None:
    async def played() -> None:
        till = Till(new_terminal(customer="approve_pin"))
        till.say("06 C0 01 0A")
        await till.hears(OK)
        await till.hears("04 0F *")
        till.say(OK)
        for _ in range(2):
            assert (await till.run(ENQUIRY))[-1] == raw("06 0F 01 DC")
        till.say("06 B0 00")
        await till.hears(OK)
        assert (await till.run(ENQUIRY))[-1] == raw(STATUS)

    virtually(played)


def test_a_card_that_was_read_tells_its_application_before_what_not_everybody_knows() -> None:
    """A client that stops at the first tag it does not know still finds 60, and in it 41 and 43 (as the captured terminal sends them)."""

    async def played() -> None:
        till = Till(new_terminal())
        await till.run(COMPOSES)
        till.say("06 C0 01 0A")
        await till.hears(OK)
        await till.hears("04 FF 01 0A")
        till.say(OK)
        read = await till.hear()
        assert field(read, 0x06) == raw("60 0C 41 01 2E 43 07 A0 00 00 00 04 10 10")

    virtually(played)


def test_the_serial_number_of_the_device_is_digits() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        await till.run(COMPOSES)
        told = (await till.run(DETAILS))[-1]
        assert raw("1F 42 04 17 00 01 23") in told

    virtually(played)


def test_some_terminals_tell_no_details_with_their_status() -> None:
    async def played() -> None:
        till = Till(new_terminal(status_details="no"))
        await till.run(COMPOSES)
        assert (await till.run(DETAILS))[-1] == raw(STATUS)

    virtually(played)


@pytest.mark.parametrize(("setting", "bare"), [("aborts", True), ("none", True), ("all", False)])
def test_an_end_says_more_than_its_code_where_the_till_had_aborted(setting: str, *, bare: bool) -> None:
    async def played() -> None:
        till = Till(new_terminal(end_texts=setting, customer="decline"))
        await till.run(COMPOSES)
        end = (await till.run(sale(1250)))[-1]
        assert (end == raw("06 1E 01 05")) is bare
        assert bare or raw("1F 16") in end

    virtually(played)


def test_a_password_may_be_taken_whatever_it_is() -> None:
    async def played() -> None:
        till = Till(new_terminal(wrong_password="accepted"))
        assert (await till.run("06 50 03 00 00 00"))[0] == raw(OK)

    virtually(played)


def test_a_number_of_columns_that_is_none() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        assert (await till.run("06 00 0D 12 34 56 BE 09 78 03 01 06 03 12 01 2A"))[-1][:2] == raw("06 0F")

    virtually(played)


@pytest.mark.parametrize("kind", ["04", "06"])
def test_the_last_end_of_day_may_be_asked_for_as_receipt_or_as_reconciliation(kind: str) -> None:
    async def played() -> None:
        till = Till(new_terminal(repeat_after_batch="payment"))
        await till.run(BLOCKS)
        await till.run(sale(1250))
        await till.run("06 50 03 12 34 56")
        told = await till.run(f"06 20 0B 12 34 56 03 03 06 04 1F 01 01 {kind}")
        assert field(told[1], 0x60) is not None

    virtually(played)


@pytest.mark.parametrize("command", ["06 12 03 12 34 56", "06 12 05 12 34 56 6A 12", "06 12 06 12 34 56 00 01 00", "06 D1 00"])
def test_what_is_no_command_is_refused_and_not_met_with_silence(command: str) -> None:
    async def played() -> None:
        assert await Till(new_terminal()).run(command) == [raw("84 83 00")]

    virtually(played)


@pytest.mark.parametrize("rest", ["06 00", "03 00", "03 01 06 06 26 04 0A 02 06 D3"])
def test_a_registration_may_leave_the_currency_out(rest: str) -> None:
    async def played() -> None:
        data = raw(f"12 34 56 BE {rest}")
        told = await Till(new_terminal()).run(f"06 00 {len(data):02X} {data.hex()}")
        assert [each[:2] for each in told] == [raw("80 00"), raw("06 0F")]

    virtually(played)


def test_the_time_to_wait_for_a_card_may_be_left_to_the_terminal() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        till.say("06 C0 00")
        await till.hears(OK)
        await till.hears("04 0F .. 27 00 *")

    virtually(played)


def test_the_card_reader_is_switched_on() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        till.say("08 50 01 00")
        await till.hears(OK)

    virtually(played)
