"""The FN's own answers, fiscal signs and the receipt's QR code."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from bridge_ffd.flags import ChangeReason, UseCondition, names
from bridge_ffd.fn import (
    CurrentDocument,
    ExchangeState,
    ExchangeStatus,
    FnLife,
    FnStatus,
    FnWarning,
    FoundDocument,
    Memory,
    Mode,
    Phase,
    Registration,
    bytes_of,
    date_time,
)
from bridge_ffd.qr import CheckQr
from bridge_ffd.signs import (
    bcd_of_sign,
    fiscal_id,
    parse_fiscal_id,
    sign_of_answer,
    sign_of_bcd,
    sign_of_tag,
    tag_of_sign,
)
from bridge_ffd.versions import DocumentKind, Settlement
from bridge_ffd.vocabulary import Taxation
from hypothesis import given
from hypothesis import strategies as st

# The data of FF01 as a device sent it (behind command and error).
STATUS = bytes.fromhex("0300000100 1A0B140F1E 39393939303738393030303132393535 1E000000")
FOUND = bytes.fromhex("0300 1A0B140F1E 1E000000 44332211 019475000000")


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def status(**changes: int) -> FnStatus:
    data = bytearray(STATUS)
    for name, value in changes.items():
        data[("phase", "current", "has_data", "shift_open", "warnings").index(name)] = value
    return FnStatus.parse(bytes(data))


def test_the_status_is_read() -> None:
    read = status()
    assert read == FnStatus(
        phase=Phase.FISCAL,
        current=CurrentDocument.NONE,
        has_data=False,
        shift_open=True,
        warnings=FnWarning(0),
        last_document_at=wall("2026-11-20T15:30"),
        fn_number="9999078900012955",
        last_document=30,
    )
    assert not read.document_open
    assert read.problems == ()
    assert read.memory() is Memory.OK


@pytest.mark.parametrize("number", [0, 1, 3, 7, 15])
def test_phases_have_names(number: int) -> None:
    assert isinstance(status(phase=number).phase, Phase)


def test_numbers_that_have_no_name_stay_numbers() -> None:
    read = status(phase=99, current=0x77)
    assert (read.phase, read.current) == (99, 0x77)
    assert read.document_open


@pytest.mark.parametrize(
    ("warnings", "memory", "word"),
    [
        (0x01, Memory.LOW, "within three days"),
        (0x02, Memory.LOW, "within 30 days"),
        (0x04, Memory.LOW, "nearly full"),
        (0x08, Memory.OK, "has not answered"),
        (0x10, Memory.OK, "wrongly formed"),
        (0x20, Memory.OK, "to be set up"),
        (0x40, Memory.OK, "permit"),
        (0x80, Memory.FULL, "broken"),
    ],
)
def test_each_warning_is_told_and_only_the_settled_ones_decide(warnings: int, memory: Memory, word: str) -> None:
    read = status(warnings=warnings)
    assert read.memory() is memory
    assert word in read.problems[0]


def test_the_gravest_warning_comes_first() -> None:
    first, second = status(warnings=0x81).problems
    assert "broken" in first
    assert "three days" in second


def test_an_fn_lasts_until_its_day() -> None:
    life = FnLife.parse(bytes.fromhex("1B030F0B01"))
    assert life == FnLife(date(2027, 3, 15), registrations_left=11, registrations_done=1)
    assert life.days_left(date(2027, 3, 14)) == 1
    assert not life.expired(date(2027, 3, 14))
    assert life.days_left(date(2027, 3, 15)) == 0
    assert life.expired(date(2027, 3, 15))
    assert status().memory(life, date(2027, 2, 12)) is Memory.OK
    assert status().memory(life, date(2027, 2, 13)) is Memory.LOW
    assert status().memory(life, date(2027, 3, 15)) is Memory.FULL
    assert FnLife.parse(bytes.fromhex("1B030F")).registrations_left is None
    assert FnLife.of_key_days(30, date(2027, 2, 13)).valid_until == date(2027, 3, 15)


def test_what_the_ofd_has_not_got_stops_the_fn_after_thirty_days() -> None:
    read = ExchangeStatus.parse(bytes.fromhex("02 00 0300 1E000000 1A0B0A0A00"))
    assert read == ExchangeStatus(ExchangeState.MESSAGE_WAITS, False, 3, 30, wall("2026-11-10T10:00"))
    assert read.blocks_at() == wall("2026-12-10T10:00")
    assert read.days_left(wall("2026-11-29T20:00")) == 10
    assert read.days_left(wall("2026-12-11T20:00")) == 0
    sent = ExchangeStatus.parse(bytes(13))
    assert (sent.first_document, sent.first_at, sent.blocks_at(), sent.days_left(wall("2026-11-29"))) == (None,) * 4


def test_a_found_receipt_is_read_in_either_order_of_its_total() -> None:
    little = FoundDocument.parse(FOUND, sums="little")
    assert little == FoundDocument(
        kind=DocumentKind.RECEIPT,
        ticket=False,
        at=wall("2026-11-20T15:30"),
        number=30,
        sign=0x11223344,
        settlement=Settlement.SALE,
        total=Decimal("301.00"),
    )
    big = FOUND[:16] + bytes.fromhex("0000007594")
    assert FoundDocument.parse(big, sums="big").total == Decimal("301.00")
    old = FOUND[:16] + bytes.fromhex("94750000")
    assert FoundDocument.parse(old, sums="little").total == Decimal("301.00")


def test_a_found_shift_report_has_its_number_and_others_keep_the_rest() -> None:
    shift = FoundDocument.parse(bytes([5]) + FOUND[1:15] + b"\x0c\x00", sums="little")
    assert (shift.kind, shift.shift, shift.total) == (DocumentKind.SHIFT_CLOSE, 12, None)
    other = FoundDocument.parse(bytes([99]) + FOUND[1:15] + b"\x01\x02", sums="little")
    assert (other.kind, other.rest) == (99, b"\x01\x02")


def test_a_registration_is_read_in_both_lengths() -> None:
    head = bytes.fromhex("1A0B140F1E") + b"7725327863  " + b"0000000001002003    " + b"\x21\x24"
    short = Registration.parse(head + bytes.fromhex("01000000 44332211"))
    assert (short.inn, short.registration_number) == ("7725327863", "0000000001002003")
    assert short.taxation == (Taxation.OSN, Taxation.PATENT)
    assert short.mode == Mode.AUTOMATIC | Mode.INTERNET
    assert (short.number, short.sign, short.ofd_inn) == (1, 0x11223344, None)
    long = Registration.parse(head + b"\x01" + b"7704211201  " + bytes.fromhex("00002000 01000000 44332211"))
    assert (long.extended_mode, long.ofd_inn, long.number) == (1, "7704211201", 1)
    assert names(ChangeReason, long.reasons or 0) == ("ffd_version_changed",)


def test_a_registration_may_have_its_reason_or_the_time_once_more() -> None:
    head = bytes.fromhex("1A0B140F1E") + b"7725327863  " + b"0000000001002003    " + bytes((1, 0))
    again = Registration.parse(head + bytes.fromhex("01000000 44332211") + bytes.fromhex("1A0B140F1E"))
    assert (again.number, again.sign, again.reasons) == (1, 0x11223344, None)
    changed = Registration.parse(head + b"\x02" + bytes.fromhex("09000000 44332211"))
    assert (changed.number, changed.sign, changed.reasons) == (9, 0x11223344, 2)


@pytest.mark.parametrize(
    ("read", "data"),
    [
        (FnStatus.parse, STATUS[:-1]),
        (FnLife.parse, b"\x1b\x03"),
        (FnLife.parse, b"\x1b\x0d\x01"),
        (ExchangeStatus.parse, bytes(12)),
        (lambda data: FoundDocument.parse(data, sums="little"), bytes(14)),
        (Registration.parse, bytes(46)),
        (Registration.parse, bytes(63)),
        (date_time, bytes.fromhex("1A0D140F1E")),
    ],
)
def test_an_answer_that_is_no_such_answer_is_refused(read: object, data: bytes) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match=r"bytes|is no date"):
        read(data)


@given(st.binary(min_size=30, max_size=30))
def test_any_thirty_bytes_are_a_status(data: bytes) -> None:
    read = FnStatus.parse(data)
    assert int(read.phase) == data[0]
    assert len(read.problems) == data[4].bit_count()


def test_a_clock_that_stands_wrong_does_not_hide_the_rest() -> None:
    read = FnStatus.parse(STATUS[:5] + bytes.fromhex("1A0D140F1E") + STATUS[10:])
    assert (read.last_document_at, read.last_document) == (None, 30)


@given(st.datetimes(min_value=wall("2000-01-01T00:00"), max_value=wall("2099-12-31T23:59")))
def test_a_time_is_five_bytes_and_back(moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0)
    assert date_time(bytes_of(minute)) == minute


def test_bits_without_a_name_are_told_by_their_number() -> None:
    assert names(UseCondition, 1 << 8 | 1 << 20) == ("marked_goods", "bit 20")


SIGN = 1713993311


def test_a_sign_is_one_number_in_all_its_forms() -> None:
    assert sign_of_tag(bytes.fromhex("31046629765F")) == SIGN
    assert tag_of_sign(SIGN) == bytes.fromhex("31046629765F")
    assert sign_of_tag(bytes.fromhex("21046629765F")) == SIGN
    # One receipt, as two commands of one device told it.
    assert sign_of_answer(bytes.fromhex("F2BF0B3E")) == sign_of_tag(bytes.fromhex("31043E0BBFF2")) == 1040957426
    assert sign_of_bcd(bcd_of_sign(SIGN)) == SIGN
    assert bcd_of_sign(SIGN).hex() == "1713993311"


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (sign_of_tag, b"\1\2\3"),
        (sign_of_answer, b"\1\2\3"),
        (sign_of_bcd, b"\xff" * 5),
        (sign_of_bcd, b"\x99" * 5),
        (tag_of_sign, 1 << 32),
    ],
)
def test_what_is_no_sign_is_refused(read: object, value: object) -> None:
    assert callable(read)
    with pytest.raises(ValueError, match=r"sign|number"):
        read(value)


def test_a_fiscal_id_finds_the_document_again() -> None:
    assert parse_fiscal_id(fiscal_id("9999078900002287", 106, 4160536402)) == ("9999078900002287", 106, 4160536402)
    with pytest.raises(ValueError, match="is no id such as"):
        parse_fiscal_id("106")


QR = "t=20170904T140900&s=0.01&fn=9999078900002287&i=106&fp=4160536402&n=1"


def test_a_published_code_is_read_and_written_again() -> None:
    read = CheckQr.parse(QR)
    assert read == CheckQr(
        wall("2017-09-04T14:09"), Decimal("0.01"), "9999078900002287", 106, 4160536402, Settlement.SALE, seconds=True
    )
    assert read.text == QR
    assert read.fiscal_id == "9999078900002287:106:4160536402"


def test_numbers_are_written_without_leading_zeros_and_sums_with_two_decimals() -> None:
    made = CheckQr(wall("2026-11-29T09:05:07"), Decimal(7), "0000000000000001", 7, 42, Settlement.PURCHASE_RETURN)
    assert made.text == "t=20261129T0905&s=7.00&fn=0000000000000001&i=7&fp=42&n=4"
    assert CheckQr.parse(made.text.replace("i=7", "i=0000000007").replace("fp=42", "fp=0000000042")).text == made.text


def test_the_code_of_a_shift_has_no_sum() -> None:
    read = CheckQr.parse("t=20260817t1528&fn=7380440902582955&i=5321&fp=1291708960")
    assert (read.total, read.settlement) == (None, None)
    assert read.text == "t=20260817T1528&fn=7380440902582955&i=5321&fp=1291708960"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("t=20170904T140900&", "", "t is missing"),
        ("T140900", "T2509", "t='20170904T2509'"),
        ("20170904T", "20171304T", "t='20171304T140900'"),
        ("t=2017", "t=x2017", "is no time"),
        ("s=0.01", "s=0.1", "is no sum"),
        ("s=0.01", "s=0,01", "is no sum"),
        ("fn=9", "fn=", "has 16 digits"),
        ("i=106", "i=", "i=''"),
        ("fp=4160536402", "fp=4294967296", "0 to 4294967295"),
        ("n=1", "n=5", "from 1 to 4"),
        ("&n=1", "&n=1&n=2", "n is there twice"),
        ("&n=1", "&n", "it has no ="),
    ],
)
def test_a_code_that_is_wrong_is_refused_naming_the_part(old: str, new: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        CheckQr.parse(QR.replace(old, new))


@given(
    st.datetimes(min_value=wall("2017-01-01T00:00"), max_value=wall("2099-12-31T23:59")),
    st.integers(0, 10**13 - 1),
    st.integers(0, 10**16 - 1),
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**32 - 1),
    st.sampled_from(list(Settlement)),
)
def test_any_code_is_read_as_it_was_written(
    at: datetime, kopecks: int, fn: int, number: int, sign: int, settlement: Settlement
) -> None:
    at = at.replace(microsecond=0)
    made = CheckQr(at, Decimal(kopecks).scaleb(-2), f"{fn:016d}", number, sign, settlement, seconds=True)
    assert CheckQr.parse(made.text) == made


@given(st.text(alphabet="tsfnip=&0123456789T.", max_size=80))
def test_any_text_is_a_code_or_refused(text: str) -> None:
    try:
        read = CheckQr.parse(text)
    except ValueError:
        return
    assert CheckQr.parse(read.text) == read
