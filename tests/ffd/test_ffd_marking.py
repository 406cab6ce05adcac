"""Marking codes: what is recognised, tags 1162 and 1163 of them, and the verdict of a check."""

from typing import Any

import pytest
from bridge_ffd.marking import CodeKind, MarkingCode, tobacco_product_code
from bridge_ffd.marking_check import Check, IsmStatus, LocalReason, RequestCode, Verdict, verdict
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import TlvError, decode, encode
from hypothesis import given
from hypothesis import strategies as st

EGAIS_2 = b"22N00001CRVD5XW8KHM1C1I0Y0MA0I2J" + b"0" * 36
EGAIS_3 = b"1364008" + b"A" * 143

CODES = [
    (b"010460620310334821a3=EfODqw5Pq\x1d91EE08\x1d92abcd", CodeKind.GS1, "04606203103348", b"a3=EfODqw5Pq", True),
    (b"]d2010460620310334821a3=EfODqw5Pq", CodeKind.GS1, "04606203103348", b"a3=EfODqw5Pq", False),
    (b"\x1d010460620310334821a3=EfOD\x1d93xxxx", CodeKind.GS1, "04606203103348", b"a3=EfOD", True),
    (b"010290000101456421gOZdDD:ZVshH2", CodeKind.GS1, "02900001014564", b"gOZdDD:ZVshH2", False),
    (b"04606203103348a3=EfODAB=UpGbL", CodeKind.TOBACCO, "04606203103348", b"a3=EfOD", True),
    (b"46198488", CodeKind.EAN_8, "00000046198488", None, False),
    (b"4601234567893", CodeKind.EAN_13, "04601234567893", None, False),
    (b"14601234567890", CodeKind.ITF_14, "14601234567890", None, False),
    (b"RU-401301-AAA02770301", CodeKind.FUR, None, b"RU-401301-AAA02770301", False),
    (EGAIS_2, CodeKind.EGAIS_2, None, EGAIS_2, False),
    (EGAIS_3, CodeKind.EGAIS_3, None, EGAIS_3, False),
    (b"nonsense", CodeKind.UNKNOWN, None, None, False),
    (b"", CodeKind.UNKNOWN, None, None, False),
]


@pytest.mark.parametrize(("raw", "kind", "gtin", "serial", "protected"), CODES)
def test_a_code_is_recognised(raw: bytes, kind: CodeKind, gtin: str | None, serial: bytes | None, protected: bool) -> None:
    assert MarkingCode.parse(raw) == MarkingCode(raw, kind, gtin, serial, protected)


# Published by vendors, all but the last.
PRODUCT_CODES = [
    (b"46198488", "45080000 02c0eed8"),
    (b"14601234567890", "490e0d47 9d6652d2"),
    (b"RU-401301-AAA02770301", "5246 52552d3430313330312d4141413032373730333031"),
    (b"010290000101456421gOZdDD:ZVshH2", "444d 02a33695ae34 674f5a6444443a5a5673684832"),
    (b"nonsense", "0000 6e6f6e73656e7365"),
]


@pytest.mark.parametrize(("raw", "value"), PRODUCT_CODES)
def test_tag_1162_is_type_and_number(raw: bytes, value: str) -> None:
    assert MarkingCode.parse(raw).product_code() == bytes.fromhex(value.replace("02a33695ae34", f"{2900001014564:012x}"))


def test_a_tobacco_pack_known_in_its_parts_is_written_as_a_vendors_driver_writes_it() -> None:
    value = "444d 000002c0eed8 583f696f2b7143202020202020"
    assert tobacco_product_code("00000046198488", "X?io+qC") == bytes.fromhex(value)
    with pytest.raises(ValueError, match="no GTIN"):
        tobacco_product_code("4619848X", "X?io+qC")


STRUCTURES = [
    (CODES[0][0], Tag.CODE_GS1_MARKED, "010460620310334821a3=EfODqw5Pq"),
    (CODES[1][0], Tag.CODE_GS1, "010460620310334821a3=EfODqw5Pq"),
    (CODES[4][0], Tag.CODE_SHORT, "04606203103348a3=EfOD"),
    (b"46198488", Tag.CODE_EAN8, "46198488"),
    (b"4601234567893", Tag.CODE_EAN13, "4601234567893"),
    (b"14601234567890", Tag.CODE_ITF14, "14601234567890"),
    (b"RU-430302-ABC1234567", Tag.CODE_FUR, "RU-430302-ABC1234567"),
    (b"RU-401301-AAA02770301", Tag.CODE_UNKNOWN, "RU-401301-AAA02770301"),
    (EGAIS_2, Tag.CODE_EGAIS2, "CRVD5XW8KHM1C1I0Y0MA0I2"),
    (EGAIS_3, Tag.CODE_EGAIS3, "1364008AAAAAAA"),
    (b"nonsense", Tag.CODE_UNKNOWN, "nonsense"),
]


@pytest.mark.parametrize(("raw", "tag", "value"), STRUCTURES)
def test_tag_1163_says_by_its_tag_what_kind_of_code_it_is(raw: bytes, tag: Tag, value: str) -> None:
    structure = MarkingCode.parse(raw).product_code_structure()
    assert structure.find(tag) == value
    assert decode(encode([structure])) == (structure,)


@given(st.binary(max_size=200))
def test_any_code_can_be_sold_in_every_version(raw: bytes) -> None:
    code = MarkingCode.parse(raw)
    assert 2 <= len(code.product_code()) <= 32
    try:
        encode([code.product_code_structure()])
    except TlvError as error:  # never: whatever a scanner read has its place
        raise AssertionError(str(error)) from error


def test_a_serial_that_1162_has_no_room_for_is_refused() -> None:
    code = MarkingCode(b"", CodeKind.GS1, "04606203103348", b"x" * 25)
    with pytest.raises(ValueError, match="comes to 33 bytes in tag 1162"):
        code.product_code()


CHECKS: list[tuple[dict[str, int], Verdict, Verdict, Verdict]] = [
    # tag 2106 as the device sums it up
    ({"result": 0b01111}, Verdict.POSITIVE, Verdict.POSITIVE, Verdict.POSITIVE),
    ({"result": 0b01100}, Verdict.POSITIVE, Verdict.UNAVAILABLE, Verdict.POSITIVE),
    ({"result": 0b00011}, Verdict.UNAVAILABLE, Verdict.POSITIVE, Verdict.UNAVAILABLE),
    ({"result": 0b10011}, Verdict.UNAVAILABLE, Verdict.POSITIVE, Verdict.UNAVAILABLE),
    ({"result": 0b00000}, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE),
    ({"result": 0b00001}, Verdict.NEGATIVE, Verdict.NEGATIVE, Verdict.UNAVAILABLE),
    ({"result": 0b00101}, Verdict.NEGATIVE, Verdict.NEGATIVE, Verdict.NEGATIVE),
    ({"result": 0b00111}, Verdict.NEGATIVE, Verdict.POSITIVE, Verdict.NEGATIVE),
    # a local yes is outvoted by the marking system, and a local no by nobody
    ({"result": 0b01111, "ism_status": 2}, Verdict.NEGATIVE, Verdict.POSITIVE, Verdict.NEGATIVE),
    ({"result": 0b01111, "ism_status": 3}, Verdict.NEGATIVE, Verdict.POSITIVE, Verdict.NEGATIVE),
    ({"result": 0b01101, "ism_status": 1}, Verdict.NEGATIVE, Verdict.NEGATIVE, Verdict.POSITIVE),
    ({"result": 0b01100, "request_code": 2}, Verdict.NEGATIVE, Verdict.UNAVAILABLE, Verdict.NEGATIVE),
    # before 2106 is known
    ({"local_result": 3, "ism_status": 1, "request_code": 0}, Verdict.POSITIVE, Verdict.POSITIVE, Verdict.POSITIVE),
    ({"local_result": 3}, Verdict.UNAVAILABLE, Verdict.POSITIVE, Verdict.UNAVAILABLE),
    ({"local_result": 1, "ism_status": 1}, Verdict.NEGATIVE, Verdict.NEGATIVE, Verdict.POSITIVE),
    ({"local_result": 0, "local_reason": 2}, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE),
    ({"local_result": 0, "request_code": 1}, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE),
    # numbers of a later version say nothing
    (
        {"result": 0b01111, "ism_status": 9, "request_code": 9, "local_reason": 9},
        Verdict.POSITIVE,
        Verdict.POSITIVE,
        Verdict.POSITIVE,
    ),
    ({}, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE, Verdict.UNAVAILABLE),
]


@pytest.mark.parametrize(("answers", "whole", "local", "online"), CHECKS)
def test_a_check_comes_to_one_verdict(answers: dict[str, int], whole: Verdict, local: Verdict, online: Verdict) -> None:
    check = verdict(**answers)
    assert (check.verdict, check.local, check.online) == (whole, local, online)
    assert check.result == answers.get("result")


@given(
    st.fixed_dictionaries(
        {},
        optional={name: st.integers(0, 255) for name in ("result", "local_result", "local_reason", "request_code", "ism_status")},
    )
)
def test_no_answer_of_a_device_makes_a_no_into_a_yes(answers: dict[str, Any]) -> None:
    check = verdict(**answers)
    if Verdict.NEGATIVE in (check.local, check.online):
        assert check.verdict is Verdict.NEGATIVE
    if check.verdict is Verdict.POSITIVE:
        assert check.online is Verdict.POSITIVE
    assert check.text
    assert set(check.as_data()) == {
        "verdict",
        "local",
        "online",
        "local_reason",
        "ism_status",
        "request_code",
        "standalone",
        "tag_2106",
    }


def test_a_check_is_told_in_words() -> None:
    check = verdict(result=0, local_reason=2, request_code=2, ism_status=3)
    assert (check.local_reason, check.request_code, check.ism_status) == (
        LocalReason.NO_KEY,
        RequestCode.CODE_NOT_RECOGNISED,
        IsmStatus.SALE_STOPPED,
    )
    assert check.as_data()["local_reason"] == "no_key"
    assert "stopped by the marking system" in check.text
    assert "does not know this code" in verdict(result=0, request_code=2).text
    assert "check code of the marking is wrong" in verdict(result=1).text
    assert "sold already" in verdict(result=0b00111).text
    assert "was not reached" in verdict(result=3).text
    assert "may be sold" in verdict(result=15).text
    assert isinstance(check, Check)


def test_the_result_of_the_operation_holds_verdict_and_answers() -> None:
    good = verdict(result=15).as_result({"FF61": "00"})
    assert good.success
    assert good.warnings == ()
    assert good.evidence["FF61"] == "00"
    assert good.evidence["marking"]["verdict"] == "positive"
    bad = verdict(result=5).as_result({})
    assert bad.success
    assert [(warning.code, warning.field) for warning in bad.warnings] == [("marking_negative", "marking")]
    assert verdict(result=0).as_result({}).warnings[0].code == "marking_unavailable"
