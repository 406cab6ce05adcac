"""Whole dialogues in the bytes of the reference, answers included."""

from __future__ import annotations

from atol_host import CLOSE, OK, Host, framed, new_register, selling

SALE = (
    ("59", "55 9A 00"),
    ("E8 01 01 00 FD 03 06 00 88 A2 A0 AD AE A2", OK),
    ("E8 01 01 00 B3 04 0C 00 313233363534373839353037", OK),
    ("92 00 01", OK),
    ("E8 01 01 00 F0 03 0C 00 2B3739313631323334353637", OK),
    ("E8 01 01 00 1F 04 01 00 01", OK),
    ("EA 00 01 00", OK),
    ("EB 0A 00000000005000 0000002000 00000000010000 01 00000000000000 01 01 04 00 00000000000000 0000 81A0ADA0ADEB", OK),
    ("EA 00 01 00", OK),
    ("EB 0A 00000000012345 0000000500 00000000006173 02 00000000000000 00 01 04 00 00000000000000 0000 91EBE0", OK),
    ("91 14 00 00", "55 00 00 00 01 61 73 00 00 01 61 73 00 00 00 00 00"),
    ("99 00 01 00 00 02 00 00", "55 00 00 00 00 00 00 00 00 00 38 27"),
    ("4A 00 01 00 00 00 00 00", OK),
)


def test_the_sale_of_the_reference_is_in_the_fn_with_its_lines_and_its_change() -> None:
    host = selling(ffd="1.05")
    for command, answer in SALE:
        assert host.command(command) == answer, command
    document = host.register.documents()[-1]
    assert (document.kind, document.total, document.change) == ("receipt", "161.73", "38.27")
    assert [(line["name"], line["total"], line["vat"]) for line in document.lines] == [
        ("Бананы", "100.00", "НДС 20%"),
        ("Сыр", "61.73", "НДС 10%"),
    ]
    found = host.ok("A4 40 03 00 00 00")
    assert found[:2].hex() == "0301"
    assert found[2:11].hex() == "1a0b140f1e" + "03000000"
    assert found[15:].hex() == "01" + "0000003f2d"
    tags = document.details["tags"]
    assert (tags["1021"], tags["1203"], tags["1008"], tags["1055"]) == ("Иванов", "123654789507", "+79161234567", 1)
    assert "QR" in host.register.paper()
    assert "s=161.73" in host.register.paper().replace("\n[QR] ", "")


def test_what_the_vendors_driver_sends_at_its_opening_is_answered() -> None:
    """The probe is skipped; each answer has the layout that the driver was seen to read."""
    host = Host(new_register(ffd="1.05"), clear=False)
    assert host.write(bytes.fromhex("24400D002001F7407465737465")) == b""
    assert host.order("C4") == "A3"
    assert host.command("A5") == "00 01 01 3D 00 00 03 00 00 70 00 80 92 8E 8B 20 33 30 94"
    assert host.command("45") == "55 00 00"
    assert host.command("91 18 00 00") == "55 00 48 05 76"
    assert host.ok("91 36 00 00")[:3].hex() == "040402"
    assert host.command("91 16 00 00") == "55 00 00 10 61 23 45 67 89"
    assert host.command("EF 09 0A 08 00 00 00 72 00 00 00 00 00 00 00 00 00 00") == "55 7A 00"
    assert host.ok("46 13 00 01 04") == b"\x02"
    assert (host.order("C2 DE"), host.order("C2 DF"), host.order("C4")) == ("A3", "A3", "A3")


def test_the_vendors_return_cash_and_reports_are_carried_out() -> None:
    host = selling(ffd="1.05", tax_systems="3")
    for command in (
        "92 04 02",
        "E8 01 01 00 F0 03 06 00 6140622E7275",
        "E8 01 01 00 1F 04 01 00 02",
        "EA 00 01 00",
        "EB 0A 00000000005000 0000002000 00000000010000 06 00000000000000 01 01 04 00 00000000000000 0000 81A0ADA0ADEB",
        "99 00 02 00 00 01 00 00",
        CLOSE,
        "49 00 00 00 01 00 50",
        "4F 00 00 00 00 50 50",
    ):
        host.ok(command)
    assert host.command("91 0A 00 00") == "55 00 00 00 00 00 00 50 00"
    host.mode(2)
    host.ok("67 01")
    assert host.state() == (0x02, 0)
    host.mode(3)
    host.ok("5A")
    assert host.command("5A") == "55 8F 00"
    kinds = [document.kind for document in host.register.documents()]
    assert kinds == ["shift_open", "goods_return", "cash_in", "cash_out", "x_report", "daily_report"]
    assert not host.register.documents()[1].details["paper"]
    assert "ВОЗВРАТ ПРИХОДА\nБананы" not in host.register.paper()


def test_an_answer_comes_under_the_packet_number_of_its_question() -> None:
    host = Host(new_register(), clear=False)
    assert host.write(bytes.fromhex("FE010006C458")) == framed(6, b"\xa3")
    assert host.write(bytes.fromhex("FE060000C101000000A577"))[:4].hex() == "fe140000"
