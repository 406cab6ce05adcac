"""The FN inside: documents with numbers and signs, the archive, its states, the OFD, what the formats want, marked goods, registers."""

from __future__ import annotations

import pytest
from atol_host import CLOSE, Host, SetClock, item, new_register, selling, tag
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, decode, encode, first

PAY = "99 00 01 00 00 03 01 00"


def found(host: Host, number: int) -> bytes:
    return host.ok(f"A4 40 {number.to_bytes(4, 'little').hex()}")


def test_registers_and_fn_say_the_same_of_the_last_document() -> None:
    host = selling()
    host.sell(12345, kind=1)
    document = host.register.memory.fn.documents[-1]
    answer = found(host, 3)
    assert (answer[0], answer[1]) == (3, 1)
    assert int.from_bytes(answer[7:11], "little") == 3
    assert int.from_bytes(answer[11:15], "little") == document.sign
    assert answer[15:] == b"\x01" + (12345).to_bytes(5, "big")
    assert host.ok("91 34 00 00").hex() == "0000000003" + "2011261530" + f"{document.sign:010d}"
    assert host.ok("91 33 00 00").hex() == "0000000003" + "01" + f"{12345:014d}" + "2011261530" + f"{document.sign:010d}"
    assert host.ok("91 35 00 00").hex() == "000001000001"
    host.mode(3)
    host.ok("5A")
    assert host.ok("91 34 00 00").hex().startswith("0000000004")
    assert host.ok("91 33 00 00").hex().startswith("0000000003")
    assert found(host, 4)[15:].hex() == "0100"
    assert found(host, 1)[0] == 1


def test_the_status_of_the_fn_tells_what_is_being_made() -> None:
    host = selling()
    status = host.ok("A4 30")
    assert len(status) == 30
    assert status[:5].hex() == "0300000100"
    assert status[10:26] == b"9999078900012955"
    host.ok("92 00 01")
    assert host.ok("A4 30")[1] == 4
    host.ok("59")
    host.ok("92 00 07")
    assert host.ok("A4 30")[1] == 0x14
    host.ok("59")
    assert host.ok("A4 31") == b"9999078900012955"
    assert host.ok("A4 32").hex() == "1b0c190b01"
    assert len(host.ok("A4 33")) == 17
    short = Host(new_register(fn_validity_long="no"))
    assert short.ok("A4 32").hex() == "1b0c19"


@pytest.mark.parametrize("how", ["tag", "block"])
def test_the_archive_gives_a_document_back_tag_by_tag(how: str) -> None:
    host = selling(tlv_read=how)
    host.sell()
    size = host.ok("A4 45 03 00 00 00")
    assert size[:2].hex() == "0300"
    data = b""
    while (answer := host.command("A4 46")).startswith("55 00"):
        data += bytes.fromhex(answer)[2:]
    assert answer == "55 DA 00"
    assert len(data) == int.from_bytes(size[2:], "little")
    tags = decode(data)
    assert first(tags, Tag.TOTAL) == 30100
    assert first(tags, Tag.VAT_10) == 2736
    assert first(tags, Tag.DOCUMENT_NUMBER) == 3
    sign = first(tags, Tag.FISCAL_SIGN)
    assert isinstance(sign, bytes)
    assert sign == b"\x31\x04" + host.register.memory.fn.documents[-1].sign.to_bytes(4, "big")


def test_what_the_ofd_has_not_got_waits_and_stops_the_register_in_the_end() -> None:
    clock = SetClock()
    host = Host(new_register(clock, ofd="unreachable"))
    host.open_shift()
    host.sell()
    answer = host.ok("A4 20")
    assert answer[:4].hex() == "02000300"
    assert int.from_bytes(answer[4:8], "little") == 1
    assert found(host, 3)[1] == 0
    assert host.ok("91 2B 00 00")[0] == 1
    clock.forward(days=6)
    assert host.ok("A4 30")[4] & 0x08
    clock.forward(days=25)
    host.mode(3)
    host.ok("5A")
    host.mode(1)
    assert host.error("9A 00") == "E9"
    host.register.switch({"ofd": "reachable"})
    assert host.ok("A4 20").hex() == "01" + "00" * 12
    assert found(host, 3)[1] == 1
    host.ok("9A 00")


def test_an_fn_that_is_over_full_new_or_whose_clock_went_back_makes_no_document() -> None:
    clock = SetClock()
    old = Host(new_register(clock, fn_days="2"))
    assert old.ok("A4 30")[4] & 0x03 == 0x03
    clock.forward(days=3)
    old.mode(1)
    assert old.error("9A 00") == "D7"
    full = Host(new_register(fn_capacity="2"))
    full.open_shift()
    assert full.error("92 00 01") == "D8"
    new = Host(new_register(registered="no"))
    new.mode(1)
    assert new.error("9A 00") == "D4"
    back = selling()
    back.register.faults.arm({"fault": "clock_offset", "seconds": -3600})
    assert back.error("92 00 01") == "D9"
    replaced = selling()
    replaced.register.faults.arm({"fault": "fn_replaced"})
    assert replaced.ok("A4 31") == b"9999078900099999"
    assert replaced.last_document() == 0


def test_documents_need_what_their_format_wants() -> None:
    host = selling(tax_systems="3", measure_missing="refuse")
    host.ok("92 00 01")
    host.ok("EA 00 01 00")
    assert host.error(item(30100)) == "E7"
    host.ok(tag(2108, b"\0"))
    host.ok(item(30100))
    host.ok(PAY)
    assert host.error(CLOSE) == "E7"  # two systems, none named
    host.ok(tag(1055, b"\x04"))
    assert host.error(CLOSE) == "E7"  # not one of its own
    host.ok(tag(1055, b"\x02"))
    host.ok(CLOSE)
    assert host.register.documents()[-1].details["tax_system"] == 2


def test_an_electronic_receipt_needs_somewhere_to_go_to() -> None:
    host = selling()
    paper = host.register.paper()
    host.ok("92 04 01")
    host.item()
    host.ok(PAY)
    assert host.error(CLOSE) == "E7"
    host.ok(tag(1008, b"+79161234567"))
    host.ok(CLOSE)
    assert host.register.paper() == paper


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (tag(1020, b"\1"), "E7"), (tag(1077, bytes(6)), "E7"), (tag(1227, b"A"), "E7"), (tag(1021, b"x" * 65), "E7"),
        ("E8 01 01 00 FD 03 09 00 41", "E7"), ("E8 01 01 00", "E7"), ("E8 01 00 00 FD 03 01 00 41", "13"),
        ("E8 01 01 01 FD 03 01 00 41", "13"), ("E8 01 01 00 " + "00" * 1001, "E8"),
    ],
)  # fmt: skip
def test_tags_that_a_host_may_not_give_are_refused(data: str, error: str) -> None:
    assert selling().error(data) == error


def test_a_tag_may_come_in_blocks_and_a_later_one_replaces_it() -> None:
    host = selling()
    whole = encode((Tlv(Tag.CASHIER, "Иванова Анна"),))
    host.ok(f"E8 01 02 00 {whole[:7].hex()}")
    host.ok(f"E8 01 02 01 {whole[7:].hex()}")
    host.sell()
    assert host.register.documents()[-1].details["tags"]["1021"] == "Иванова Анна"
    host.ok(tag(1021, b"A"))
    host.ok("92 00 01")
    host.ok(tag(1021, b"B"))
    host.item()
    host.ok(PAY)
    host.ok(CLOSE)
    assert host.register.documents()[-1].details["tags"]["1021"] == "B"


BASIS = encode((Tlv(Tag.CORRECTION_BASIS, encode(()) + bytes.fromhex("9A040400807E7A59 9B04040031313735")),))


@pytest.mark.parametrize(("kind", "operation"), [(7, 1), (8, 2), (9, 3), (10, 4)])
def test_a_correction_is_document_31_and_moves_no_cash(kind: int, operation: int) -> None:
    host = selling()
    host.ok(f"92 00 {kind:02X}")
    host.ok(tag(1173, b"\0"))
    host.item()
    host.ok(PAY)
    assert host.error(CLOSE) == "E7"
    host.ok(f"E8 01 01 00 {BASIS.hex()}")
    host.ok(CLOSE)
    answer = found(host, 3)
    assert (answer[0], answer[15]) == (31, operation)
    assert host.ok("91 0A 00 00").hex() == "00" * 7
    assert host.register.documents()[-1].kind == "correction"


def test_a_correction_of_the_oldest_format_has_one_sum_and_only_two_kinds() -> None:
    host = selling(ffd="1.05")
    assert host.error("92 00 08") == "6A"
    for command in (
        "92 00 07",
        tag(1173, b"\0"),
        f"E8 01 01 00 {BASIS.hex()}",
        tag(1055, b"\1"),
        "EA 00 01 00",
        "EB 02 00000000010000 0000001000 00000000010000 05 00000000000000 00 00 00 00 00000000000000 0000",
        tag(1104, bytes.fromhex("10270000")),
        "99 00 01 00 00 01 00 00",
        CLOSE,
    ):
        host.ok(command)
    tags = decode(bytes.fromhex(host.register.memory.fn.documents[-1].tlv))
    assert [value.tag for value in tags].count(Tag.TURNOVER_0) == 1
    assert first(tags, Tag.TURNOVER_0) == 10000


CODE = b"0104601234567890215abcde\x1d91EE06\x1d92xyz"


@pytest.mark.parametrize(("marking", "result"), [("positive", 0x0F), ("negative", 0x05), ("unavailable", 0x03)])
def test_a_marking_code_is_bound_to_its_item_with_what_its_check_found(marking: str, result: int) -> None:
    host = selling(marking=marking)
    host.ok("92 00 01")
    assert host.error(f"EF 08 00 {CODE.hex()}") == "66"  # no item was begun
    host.ok("EA 00 01 00")
    assert host.ok(f"EF 08 00 {CODE.hex()}")[0] == result
    host.ok(item(30100, subject=33))
    host.ok("EA 00 01 00")
    assert host.error(f"EF 08 00 {CODE.hex()}") == "E7"  # sold already
    host.ok(PAY)
    host.ok(CLOSE)
    tags = decode(bytes.fromhex(host.register.memory.fn.documents[-1].tlv))
    line = first(tags, Tag.ITEM)
    assert isinstance(line, tuple)
    assert first(line, Tag.MARKING_CODE) == CODE.decode("cp866")
    assert first(line, Tag.ITEM_CHECK_RESULT) == result
    assert ("[M+]" in host.register.paper()) == (marking != "negative")


def test_codes_are_not_known_where_marking_is_off_or_the_format_is_older() -> None:
    for settings in ({"marking": "disabled"}, {"ffd": "1.1"}):
        host = selling(**settings)
        host.ok("92 00 01")
        host.ok("EA 00 01 00")
        assert host.error(f"EF 08 00 {CODE.hex()}") == "7A"


def test_registers_count_what_was_sold() -> None:
    host = selling()
    host.ok("49 00 00 00 01 00 00")
    host.sell(30100)
    host.sell(5000, payment=2)
    host.sell(2000, kind=2)
    host.ok("92 00 01")
    host.item(700)
    host.ok("59")
    assert host.ok("91 01 01 00").hex() == f"{35100:012d}"
    assert host.ok("91 03 01 01").hex() == f"{30100:012d}"
    assert host.ok("91 03 01 02").hex() == f"{5000:012d}"
    assert host.ok("91 03 02 01").hex() == f"{2000:012d}"
    assert host.ok("91 06 01 00").hex() == "0002"
    assert (host.ok("91 08 00 00").hex(), host.ok("91 04 00 00").hex()) == ("0001", f"{10000:012d}")
    assert host.ok("91 0A 00 00").hex() == f"{10000 + 30100 - 2000:014d}"
    assert host.ok("91 0B 00 00").hex() == "00" + f"{33100:012d}"
    assert host.ok("91 28 01 00").hex() == f"{35100:014d}"
    assert host.ok("91 38 01 02").hex() == f"{5000:014d}"
    assert host.ok("91 3C 01 02").hex() == f"{2736 + 455:012d}"
    assert host.ok("91 41 01 00").hex() == f"{2:010d}" + f"{1:010d}"
    assert host.ok("91 2E 01 00").hex() == f"{700:014d}"
    assert host.ok("91 15 00 00").hex() == "0000"
    assert host.ok("91 3A 00 00")[5:].hex() == f"{4:010d}"
    host.mode(3)
    host.ok("5A")
    assert host.ok("91 01 01 00").hex() == "00" * 6
    assert host.ok("91 28 01 00").hex() == f"{35100:014d}"
    assert host.ok("91 15 00 00").hex() == "0001"


def test_tables_and_attributes_are_read_and_written() -> None:
    host = Host(new_register())
    assert host.ok("46 02 00 01 57").hex() == "00224d0613aa"
    assert host.ok("46 03 00 1E 02").rstrip(b"\0").decode("cp866") == "СИСТ. АДМИНИСТРАТОР"
    host.mode(4)
    host.ok("50 03 00 1E 02 " + "Жанна".encode("cp866").hex())
    host.ok("50 06 00 01 01 " + "КАФЕ".encode("cp866").hex())
    host.open_shift()
    host.sell()
    tags = decode(bytes.fromhex(host.register.memory.fn.documents[-1].tlv))
    assert first(tags, Tag.CASHIER) == "Жанна"
    assert "КАФЕ" in host.register.paper()
    assert host.ok("E9 0D 04 00") == b"\x01" + encode((Tlv(Tag.REGISTRATION_NUMBER, "0000000001020304"),))
    assert host.ok("E9 24 04 00")[1:3].hex() == "2404"
    assert host.ok("9D 01").hex() == "0300007000"
