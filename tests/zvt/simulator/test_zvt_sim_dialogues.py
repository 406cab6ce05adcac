"""The dialogues A to H of the reference (section 16), played by a bare till. What only that terminal could know (texts, authorisation
numbers) is left open; everything else is compared byte for byte.
"""

from __future__ import annotations

from datetime import datetime

from zvt_till import BERLIN, BLOCKS, SerialTill, SetClock, Till, field, framed, new_terminal, raw, sale, virtually

MARCH = SetClock(datetime(2020, 3, 8, 16, 49, 23, tzinfo=BERLIN))


def test_a_registration_and_sale() -> None:
    async def played() -> None:
        terminal = new_terminal(clock=MARCH, first_receipt="22", first_trace="22", intermediate_text="yes", copies="merchant")
        till = Till(terminal)
        await till.play(
            """
            > 06 00 10 12 34 56 BE 09 78 03 01 06 06 26 04 0A 02 06 D3
            < 80 00 00
            < 06 0F 12 19 00 29 29 00 10 06 49 09 78 06 06 26 04 0A 02 06 D3
            > 80 00 00
            > 06 01 07 04 00 00 00 00 00 01
            < 80 00 00
            < 04 FF 2E 0A 01 06 2A 24 28 07 26 4B 61 72 74 65 20 76 6F 72 68 61 6C 74 65 6E 0A 65 69 6E 73 74 65 63 6B 65 6E 2F 64 75 72 63 68 7A 69 65 68 65 6E
            > 80 00 00
            < 04 FF *
            > 80 00 00
            """
        )  # fmt: skip
        status = await till.hears("04 0F .. 27 00 04 00 00 00 00 00 01 0B 00 00 22 0C 16 49 23 0D 03 08 0E *")
        assert field(status, 0x87) == raw("00 22")
        assert field(status, 0x88) == raw("00 00 22")
        assert field(status, 0x29) == raw("29 00 10 06")
        assert field(status, 0x2A) == b"100764992      "
        assert field(status, 0x8A) == raw("2E")
        assert field(status, 0x8B) == b"Debit Mastercard\0"
        assert field(status, 0x19) == raw("70")
        assert field(status, 0x22) == raw("EE EE EE EE EE EE 00 01")
        assert field(status, 0x49) is None  # only where the till has sent it
        till.say("80 00 00")
        await till.play(
            """
            < 06 D3 FF *
            > 80 00 00
            < 06 0F 00
            > 80 00 00
            """
        )
        assert [(one.kind, one.total, one.number) for one in terminal.documents()] == [("purchase", "0.01", "0022")]

    virtually(played)


def test_b_the_customer_presses_stop() -> None:
    async def played() -> None:
        till = Till(new_terminal(customer="stop", registered="yes"))
        await till.play(
            """
            > 06 01 0A 04 00 00 00 00 12 34 49 09 78
            < 80 00 00
            < 04 FF 01 0A
            > 80 00 00
            < 04 0F 07 27 6C 29 29 00 10 06
            > 80 00 00
            < 06 1E 01 6C
            > 80 00 00
            """
        )
        assert till.terminal.documents() == []

    virtually(played)


def test_b2_the_host_declines() -> None:
    async def played() -> None:
        terminal = new_terminal(customer="decline", clock=MARCH)
        till = Till(terminal)
        await till.run("06 00 0A 12 34 56 3E 09 78 03 01 06 00")
        await till.play(
            """
            > 06 01 07 04 00 00 00 00 12 34
            < 80 00 00
            < 04 FF 01 0A
            > 80 00 00
            < 04 FF 01 04
            > 80 00 00
            < 04 0F 31 27 05 29 29 00 10 06 3C F0 F1 F5 4B 61 72 74 65 20 61 62 67 65 6C 65 68 6E 74 8A 2E 06 13 24 11 07 0F 4B 61 72 74 65 20 61 62 67 65 6C 65 68 6E 74
            > 80 00 00
            < 06 1E *
            > 80 00 00
            """
        )  # fmt: skip
        assert terminal.documents() == []

    virtually(played)


def test_c_the_cashier_aborts() -> None:
    async def played() -> None:
        terminal = new_terminal(customer="timeout")
        till = Till(terminal)
        await till.run("06 00 0A 12 34 56 3E 09 78 03 01 06 00")
        await till.play(
            """
            > 06 01 07 04 00 00 00 00 12 34
            < 80 00 00
            < 04 FF 01 0A
            > 80 00 00
            ~ 3
            > 06 B0 00
            < 80 00 00
            < 04 0F 07 27 6C 29 29 00 10 06
            > 80 00 00
            < 06 1E 2E 6C 06 2B 1F 16 05 FF 00 00 14 41 1F 17 20 41 62 62 72 75 63 68 20 64 75 72 63 68 20 65 78 74 65 72 6E 65 73 20 4B 6F 6D 6D 61 6E 64 6F 21
            > 80 00 00
            """
        )  # fmt: skip
        assert terminal.documents() == []

    virtually(played)


def test_d_end_of_day() -> None:
    async def played() -> None:
        clock = SetClock(datetime(2026, 6, 17, 4, 6, 8, tzinfo=BERLIN))
        terminal = new_terminal(clock=clock, first_receipt="233", first_trace="980", customer="signature", copies="merchant")
        till = Till(terminal)
        await till.run("06 00 06 12 34 56 08 09 78")
        await till.run(sale(500))
        await till.run(sale(458))
        await till.play(
            """
            > 06 50 03 12 34 56
            < 80 00 00
            < 04 FF 01 17
            > 80 00 00
            < 04 0F 4D 27 00 04 00 00 00 00 09 58 0B 00 09 82 0C 04 06 08 0D 06 17 60 F0 F5 F3 02 33 02 34 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 00 09 58 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
            > 80 00 00
            < 06 0F 00
            > 80 00 00
            """
        )  # fmt: skip
        assert terminal.memory.in_batch() == []
        assert [one.kind for one in terminal.documents()] == ["purchase", "purchase", "end_of_day"]

    virtually(played)


def test_e_reversal() -> None:
    async def played() -> None:
        terminal = new_terminal(first_receipt="606", first_trace="606", password="000000")
        till = Till(terminal)
        await till.run("06 00 06 00 00 00 08 09 78")
        await till.run(sale(100))
        till.say("06 30 06 00 00 00 87 06 06")
        heard = await till.until_end()
        status = next(message for message in heard if message[:2] == b"\x04\x0f")
        assert field(status, 0x04) == raw("00 00 00 00 01 00")
        assert field(status, 0x87) == raw("06 07")
        assert field(status, 0x0B) == raw("00 06 07")
        assert field(status, 0x37) == raw("00 06 06")
        assert heard[-1] == raw("06 0F 00")
        assert [one.kind for one in terminal.documents()] == ["purchase", "reversal"]
        till.say("06 30 06 00 00 00 87 06 06")
        assert (await till.until_end())[-1] == raw("06 1E 01 B4")

    virtually(played)


def test_f_recovery_after_a_lost_connection() -> None:
    async def played() -> None:
        clock = SetClock(datetime(2026, 12, 24, 10, 15, 2, tzinfo=BERLIN))
        terminal = new_terminal(clock=clock, first_receipt="42", first_trace="123", customer="approve")
        first = Till(terminal)
        await first.run("06 00 06 12 34 56 08 09 78")
        await first.run(sale(1234))
        terminal.cut_connections()
        till = Till(terminal)
        await till.play(
            """
            > 05 01 05 12 34 56 03 02
            < 80 00 00
            < 06 0F 01 00
            > 80 00 00
            > 06 20 05 12 34 56 03 03
            < 80 00 00
            """
        )
        status = await till.hears("04 0F .. 27 00 04 00 00 00 00 12 34 0B 00 01 23 0C 10 15 02 0D 12 24 *")
        assert field(status, 0x87) == raw("00 42")
        assert field(status, 0x29) == raw("29 00 10 06")
        await till.play(
            """
            > 80 00 00
            < 06 0F 00
            > 80 00 00
            """
        )

    virtually(played)


def test_g_reservation_query_and_release() -> None:
    async def played() -> None:
        terminal = new_terminal(first_receipt="231", first_trace="975", copies="customer")
        till = Till(terminal)
        await till.run("06 00 06 12 34 56 08 09 78")
        await till.play(
            """
            > 06 22 1E 19 40 49 09 78 04 00 00 00 00 25 00 06 10 E9 0E 1F 62 02 41 43 1F 63 06 33 38 34 48 48 32
            < 80 00 00
            < 04 FF 01 0A
            > 80 00 00
            < 04 FF 01 04
            > 80 00 00
            """
        )
        status = await till.hears("04 0F .. 27 00 04 00 00 00 00 25 00 0B 00 09 75 *")
        assert field(status, 0x87) == raw("02 31")
        assert field(status, 0x49) == raw("09 78")
        await till.play(
            """
            > 80 00 00
            < 06 0F 00
            > 80 00 00
            > 06 23 03 87 FF FF
            < 80 00 00
            < 06 1E 04 B8 87 02 31
            > 80 00 00
            """
        )
        heard = await till.run("06 25 08 19 40 87 02 31 49 09 78")
        status = next(message for message in heard if message[:2] == b"\x04\x0f")
        assert field(status, 0x04) == raw("00 00 00 00 00 00")
        assert field(status, 0x87) == raw("02 32")
        assert heard[-1] == raw("06 0F 00")
        assert (await till.run("06 23 03 87 FF FF"))[-1] == raw("06 1E 04 B8 87 FF FF")

    virtually(played)


def test_h_serial_diagnosis() -> None:
    async def played() -> None:
        terminal = new_terminal(transport="serial")
        till = SerialTill(terminal)
        session = till.session
        session.received(raw("10 02 06 70 00 10 03 D9 F9"))
        assert await till.read() == b"\x06"
        assert await till.hear() == raw("80 00 00")
        assert till.pieces[1] == raw("10 02 80 00 00 10 03 F5 1F")
        assert await till.hear() == raw("06 0F 00")
        assert till.pieces[-1] == raw("10 02 06 0F 00 10 03 C6 33")
        session.received(raw("10 02 80 00 00 10 03 F5 1F"))
        assert await till.read() == b"\x06"
        session.received(raw("10 02 06 01 0A 04 00 00 00 01 10 10 00 49 09 78 10 03 F2 FF"))
        assert await till.read() == b"\x06"
        assert await till.hear() == raw("80 00 00")
        status = await till.hear()
        assert field(status, 0x04) == raw("00 00 00 01 10 00")
        assert till.pieces[-1] == framed(status)

    virtually(played)


def test_receipts_arrive_in_blocks_where_they_were_permitted() -> None:
    async def played() -> None:
        till = Till(new_terminal())
        await till.run(BLOCKS)
        heard = await till.run(sale(1000))
        assert [message[:2].hex() for message in heard] == ["8000", "04ff", "04ff", "040f", "06d3", "06d3", "060f"]
        assert all(message[2] == 0xFF for message in heard if message[:2] == b"\x06\xd3")  # more than 254 bytes

    virtually(played)
