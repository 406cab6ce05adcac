"""The dialogues of the reference that no recording covers, byte by byte: host lines ">", printer lines "<"."""

from __future__ import annotations

import asyncio
from datetime import datetime

from posnet_host import WARSAW, Host, SetClock, in_virtual_time, new_printer


def play(host: Host, dialogue: str) -> None:
    for line in dialogue.split("\n"):
        mark, _, hexadecimal = line.strip().partition(" ")
        if mark == ">":
            host.received.clear()
            host.session.received(bytes.fromhex(hexadecimal))
        elif mark == "<":
            assert bytes(host.received).hex() == hexadecimal, bytes(host.received)


def test_an_error_inside_a_receipt_is_corrected() -> None:
    play(
        Host(new_printer()),
        """
        > 027472696e697409626d3009233438323503
        < 027472696e697409233931314403
        > 0274726c696e65096e6143686c65620976743109707232303009234232334103
        < 0274726c696e6509233536423503
        > 027472656e6409746f32303109234135443803
        < 027472656e64093f3238303509233943344403
        > 027472656e6409746f32303009233936453903
        < 027472656e6409233239303203
        """,
    )


def test_a_wrong_checksum_is_a_frame_error() -> None:
    play(
        Host(new_printer()),
        """
        > 027472696e697409626d3009233030303003
        < 02455252093f3509233746383403
        """,
    )


def test_paper_that_ran_out_under_trend_withholds_the_answer_which_can_be_asked_for_again() -> None:
    printer = new_printer()
    host = Host(printer)
    host.do("trinit|bm0", "trline|naChleb|vt1|pr200", "trpayment|ty0|wa200")
    printer.faults.arm({"fault": "paper_out", "command": "trend", "step": "recorded"})
    play(
        host,
        """
        > 027472656e6409403030343209746f32303009667032303009233942333403
        """,
    )
    assert bytes(host.received) == b""
    assert [document.total for document in printer.documents()] == ["2.00"]
    assert "SUMA PLN" not in printer.paper()
    play(
        host,
        """
        > 02217364657609233533393203
        < 027364657609647333096370540971654e0970654e09746c3109233346393803
        > 02217370726e09234345454403
        < 027370726e0970723509233341383203
        """,
    )
    host.received.clear()
    printer.load_paper(True)
    assert bytes(host.received).hex() == "027472656e6409403030343209233938433503"
    assert "SUMA PLN" in printer.paper()
    play(
        host,
        """
        > 0272707409403030343209233946443103
        < 027472656e6409403030343209233938433503
        """,
    )


def test_a_daily_report_and_a_second_one_without_sales() -> None:
    clock = SetClock(datetime(2026, 10, 9, 11, 44, 29, tzinfo=WARSAW))
    host = Host(new_printer(clock))
    play(
        host,
        """
        > 0273746f63617368096b7739393909234639443603
        < 0273746f6361736809234544354603
        > 0272746367657409233744363103
        < 02727463676574096461323032362d31302d30393b31313a343409746d323032362d31302d30395431313a34343a32392b30323a303009233433334403
        > 026461696c79726570096461323032362d31302d303909233846334303
        < 026461696c7972657009233931383003
        > 026461696c79726570096461323032362d31302d303909233846334303
        < 026461696c79726570093f33383209233131314203
        """,
    )


def test_an_edocument_without_paper() -> None:
    async def scenario() -> None:
        clock = SetClock(datetime(2026, 10, 9, 11, 50, tzinfo=WARSAW))
        printer = new_printer(clock, hub="slow", hub_delay="2")
        printer.memory.edocuments.next_hash = 3054
        printer.memory.protected_last = 61
        host = Host(printer)
        play(
            host,
            """
            > 026570617261676f6e69647a6e657874096964343835303132333435363709233835343703
            < 026570617261676f6e69647a6e6578740968613330353409234539384503
            > 027472696e697409626d3109233742313403
            < 027472696e697409233931314403
            > 0274726c696e65096e6143686c65620976743109707232303009234232334103
            < 0274726c696e6509233536423503
            > 027472656e6409746f32303009233936453903
            """,
        )
        assert bytes(host.received) == b""
        clock.forward(2)
        await asyncio.sleep(3)
        record = (
            "adhttps://eparag.mf.gov.pl\tdi62\tid48501234567\thd3054\trd2026-10-09T11:50:00+02:00\tuc\thc200\tcc0\tac0\tst1\t"
            "sd2026-10-09T11:50:02+02:00\tprN\t"
        )
        assert bytes(host.received).hex() == "027472656e6409233239303203"
        play(host, "> 026570617261676f6e6275666665726765740968643330353409233246343703")
        assert bytes(host.received) == b"\x02eparagonbufferget\t" + record.encode() + b"#88E4\x03"
        assert printer.paper() == ""

    in_virtual_time(scenario())
