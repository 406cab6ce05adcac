"""The dialogues A to F of the reference, byte by byte: host lines ">", register lines "<".

Where the reference prints what this register cannot know (times, fiscal signs), the frame is compared around it.
"""

from __future__ import annotations

import binascii
from datetime import datetime

import pytest
from bridge_sim_fn.memory import FnDocument
from bridge_sim_shtrih_m.register import Register
from shtrih_host import MOSCOW, Host, SetClock, close, framed, le, new_register

CLOSING = bytes.fromhex("FF451E000000") + close(50000)


def play(host: Host, dialogue: str) -> None:
    """What comes back for each line of the host."""
    got = b""
    for line in dialogue.strip().split("\n"):
        mark, _, hexadecimal = line.strip().partition(" ")
        wanted = bytes.fromhex(hexadecimal)
        if mark == ">":
            got = host.write(wanted)
        else:
            assert got.hex(" ") == wanted.hex(" ")
    host.received.clear()


def as_in_the_reference(**settings: str) -> Register:
    """FFD 1.05, 16 bytes in the answer to 10, the next document is number 30."""
    clock = SetClock(datetime(2026, 11, 20, 15, 30, tzinfo=MOSCOW))
    register = new_register(clock, ffd="1.05", last_print_byte="no", **settings)
    fn = register.memory.fn
    for number in range(fn.last + 1, 29):
        fn.documents.append(FnDocument(number, 3, clock(), 0x11223344, "", 1, 30100, 1, True))
    fn.last = 28
    return register


CONNECT_AND_SELL = """
    > 05
    < 15
    > 02 01 FC FD
    < 06 02 12 FC 00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4 02
    > 06
    <
    > 05
    < 15
    > 02 05 E0 1E 00 00 00 FB
    < 06 02 03 E0 00 1E FD
    > 06
    > 02 06 8D 1E 00 00 00 00 95
    < 06 02 03 8D 00 1E 90
    > 06
    > 02 23 FF 46 1E 00 00 00 01 80 84 1E 00 00 00 CA 3A 00 00 00 FF FF FF FF FF FF FF FF FF FF 01 00 04 01 D7 E0 E9 B5
    < 06 02 03 FF 46 00 BA
    > 06
    > 02 10 FF 0C 1E 00 00 00 F0 03 06 00 61 40 62 2E 72 75 62
    < 06 02 03 FF 0C 00 F0
    > 06
"""


def test_a_connecting_opening_the_shift_and_selling() -> None:
    host = Host(as_in_the_reference())
    play(host, CONNECT_AND_SELL)
    frame = framed(CLOSING)
    assert frame[:15] == bytes.fromhex("02 76 FF 45 1E 00 00 00 50 C3 00 00 00 00 00")
    assert frame[-2:] == bytes.fromhex("01 40")
    answer = host.write(frame)
    assert answer[:14] == bytes.fromhex("06 02 10 FF 45 00 BC 4D 00 00 00 1E 00 00")
    assert len(answer) == 20
    document = host.register.documents()[-1]
    assert (document.number, document.total, document.change) == ("30", "301.00", "199.00")
    assert document.details["tags"] == {"1008": "a@b.ru"}


def test_b_an_underpaid_receipt_stays_open_and_is_cancelled() -> None:
    host = Host(as_in_the_reference())
    play(host, CONNECT_AND_SELL)
    frame = framed(bytes.fromhex("FF451E000000") + close(100))
    assert frame[-1] == 0xB7
    assert host.write(frame) == bytes.fromhex("06 02 03 FF 45 45 FC")
    play(
        host,
        """
        > 06
        > 02 05 10 1E 00 00 00 0B
        < 06 02 10 10 00 1E 92 02 08 00 01 9F F8 00 00 00 00 00 00 E0
        > 06
        > 02 05 88 1E 00 00 00 93
        < 06 02 03 88 00 1E 95
        """,
    )
    assert [document.kind for document in host.register.documents()] == ["shift_open", "cancelled_receipt"]


def test_c_a_z_report_waits_for_the_printing_before_and_goes_on_after_paper_out() -> None:
    register = as_in_the_reference(busy_polls="2")
    host = Host(register)
    play(
        host,
        """
        > 05
        < 15
        > 02 05 E0 1E 00 00 00 FB
        < 06 02 03 E0 00 1E FD
        > 06
        > 02 05 41 1E 00 00 00 5A
        < 06 02 02 41 50 13
        > 06
        > 02 05 10 1E 00 00 00 0B
        < 06 02 10 10 00 1E 92 02 02 05 00 9F F8 00 00 00 00 00 00 EE
        > 06
        """,
    )
    register.faults.arm({"fault": "paper_out", "command": "41", "step": "recorded"})
    play(host, "> 02 05 41 1E 00 00 00 5A\n< 06 02 03 41 00 1E 5C\n> 06")
    assert host.status() == (4, 2)
    register.load_paper(True)
    play(
        host,
        """
        > 05
        < 15
        > 02 05 10 1E 00 00 00 0B
        < 06 02 10 10 00 1E 92 02 04 03 00 9F F8 00 00 00 00 00 00 EE
        > 06
        > 02 05 B0 1E 00 00 00 AB
        < 06 02 03 B0 00 1E AD
        > 06
        """,
    )
    assert [host.status()[1] for _ in range(3)] == [5, 5, 0]
    assert "СУТОЧНЫЙ ОТЧЕТ С ГАШЕНИЕМ" in register.paper()
    play(host, "> 05\n< 15\n> 02 05 41 1E 00 00 00 5A\n< 06 02 02 41 73 30")


def test_d_a_refund() -> None:
    host = Host(as_in_the_reference())
    host.ok("E0")
    host.ok("50", le(50000, 5))
    play(
        host,
        """
        > 05
        < 15
        > 02 06 8D 1E 00 00 00 02 97
        < 06 02 03 8D 00 1E 90
        > 06
        """,
    )
    item = "02 23 FF 46 1E 00 00 00 02 40 42 0F 00 00 00 CA 3A 00 00 00 CA 3A 00 00 00 FF FF FF FF FF 01 00 04 01 D7 E0 E9 AE"
    play(host, f"> {item}\n< 06 02 03 FF 46 00 BA\n> 06")
    assert host.status()[0] == 0x28
    host.ok("FF45", close(15050))
    assert (host.register.documents()[-1].kind, host.register.documents()[-1].total) == ("goods_return", "150.50")


@pytest.mark.parametrize("lost", ["answer", "stored answer"])
def test_e_a_lost_answer_in_v1_is_read_after_enq_or_found_in_the_fn(lost: str) -> None:
    register = as_in_the_reference()
    host = Host(register)
    play(host, CONNECT_AND_SELL)
    register.faults.arm(
        {"fault": "cut_command", "command": "FF45", "step": "answer" if lost == "answer" else "after"},
    )
    assert host.write(framed(CLOSING)) == b"\x06"
    assert host.closed
    host = Host(register)
    if lost == "answer":
        answer = host.write(b"\x05")
        assert answer[:14] == bytes.fromhex("06 02 10 FF 45 00 BC 4D 00 00 00 1E 00 00")
        host.write(b"\x06")
        assert host.write(b"\x05") == b"\x15"
        return
    play(host, "> 05\n< 15")
    answer = host.write(bytes.fromhex("02 06 FF 01 1E 00 00 00 E6"))
    assert answer[:19] == bytes.fromhex("06 02 21 FF 01 00 03 00 00 01 00 1A 0B 14 0F 1E 39 39 39")
    assert answer[-5:-1] == bytes.fromhex("1E 00 00 00")
    host.write(b"\x06")
    answer = host.write(bytes.fromhex("02 0A FF 0A 1E 00 00 00 1E 00 00 00 FF"))
    assert answer[:17] == bytes.fromhex("06 02 18 FF 0A 00 03 01 1A 0B 14 0F 1E 1E 00 00 00")
    assert answer[21:27] == bytes.fromhex("01 94 75 00 00 00")


def test_f_the_same_in_v2_is_repeated_under_its_number_and_executed_once() -> None:
    register = as_in_the_reference()
    register.line.link.layer2.number = 0x24
    host = Host(register)
    assert host.write(bytes.fromhex("8F 00 00 0F 1D")) == bytes.fromhex("8F 02 00 24 00") + host.received[5:]
    for number, data in enumerate(
        ("E01E000000", "FF461E0000000180841E000000CA3A000000FFFFFFFFFFFFFFFFFFFF01000401D7E0E9"), start=0x22
    ):
        register.line.link.layer2.number = number
        assert host.write(stuffed_frame(number + 1, bytes.fromhex(data)))
    frame = stuffed_frame(0x25, CLOSING)
    assert frame[:9] == bytes.fromhex("8F 78 00 25 00 FF 45 1E 00")
    assert frame[-2:] == bytes.fromhex("19 8D")
    register.line.link.layer2.number = 0x24
    register.faults.arm({"fault": "drop", "command": "FF45"})
    assert host.write(frame) == b""
    first = host.write(frame)
    assert first[:15] == bytes.fromhex("8F 12 00 25 00 FF 45 00 BC 4D 00 00 00 1E 00")
    assert host.write(bytes.fromhex("8F 00 00 0F 1D")) == first
    assert [document.kind for document in register.documents()] == ["shift_open", "receipt"]


def stuffed_frame(number: int, data: bytes) -> bytes:
    body = number.to_bytes(2, "little") + data
    logical = len(body).to_bytes(2, "little") + body
    logical += binascii.crc_hqx(logical, 0xFFFF).to_bytes(2, "little")
    return b"\x8f" + logical.replace(b"\x9f", b"\x9f\x83").replace(b"\x8f", b"\x9f\x81")
