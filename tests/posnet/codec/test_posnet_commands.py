"""Commands as bytes, answers as classes, the error tables."""

import json
import re
from collections.abc import Callable
from dataclasses import fields as dataclass_fields
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bridge_posnet import answers, commands
from bridge_posnet.answers import BadAnswer, error_of, is_answer_to, parse_answer
from bridge_posnet.commands import FIELDS, MUTATING, Adjustment, BadValue, PaymentKind, describe, with_token
from bridge_posnet.errors import (
    COMMAND_ERRORS,
    FRAME_ERRORS,
    CommandError,
    lookup_command_error,
    lookup_frame_error,
)
from bridge_posnet.frame import Decoder, Frame, Parameter
from bridge_posnet.text import encode

from bridge.plugin import CommandFate

SPECS = Path(__file__).parents[3] / "protocol-specs" / "posnet"
VECTORS: list[dict[str, Any]] = json.loads((SPECS / "vectors.json").read_text("utf-8"))
REQUESTS = [v for v in VECTORS if v["name"].startswith("rec-") and v["direction"] == "host->printer"]
D = Decimal
JULY = timezone(timedelta(hours=2))


def frame_of(raw: str) -> Frame:
    [event] = Decoder().feed(bytes.fromhex(raw))
    assert isinstance(event, Frame)
    return event


def answer(mnemonic: str, *values: str, error: int | None = None) -> Frame:
    return Frame(mnemonic, tuple(Parameter(v[:2], v[2:].encode("cp1250")) for v in values), error=error)


def money(grosze: str | None) -> Decimal | None:
    return None if grosze is None else D(grosze).scaleb(-2)


def amount(grosze: str) -> Decimal:
    return D(grosze).scaleb(-2)


def text(value: str | None) -> bytes | None:
    return None if value is None else encode(value)


def discount(values: dict[str, str], name: str) -> Adjustment | None:
    if "rw" not in values and "rp" not in values:
        return None
    return Adjustment(money(values.get("rp")), money(values.get("rw")), text(values.get(name)), values["rd"] == "0")


def built(mnemonic: str, values: dict[str, str]) -> Frame:
    """The builder's frame for the parameters of a recorded request."""
    match mnemonic:
        case "trinit":
            return commands.trinit(values["bm"] == "1")
        case "trline":
            return commands.trline(
                encode(values["na"]),
                int(values["vt"]),
                amount(values["pr"]),
                value=money(values.get("wa")),
                discount=discount(values, "rn"),
                storno=values.get("st") == "1",
            )
        case "trdiscntsubtot" | "trdiscntbill":
            found = discount(values, "na")
            assert found is not None
            return getattr(commands, mnemonic)(found)  # type: ignore[no-any-return]
        case "trpayment":
            return commands.trpayment(
                PaymentKind(int(values["ty"])),
                amount(values["wa"]),
                name=text(values.get("na")),
                change=values["re"] == "1",
            )
        case "trend":
            return commands.trend(money(values.get("to")), payments=money(values.get("fp")), change=money(values.get("re")))
        case "eclastdocnoget":
            return commands.eclastdocnoget(int(values["ty"]))
        case "stocash":
            return commands.stocash(amount(values["kw"]))
    assert not values
    return getattr(commands, mnemonic)()  # type: ignore[no-any-return]


@pytest.mark.parametrize("vector", REQUESTS, ids=lambda vector: vector["name"])
def test_a_recorded_request_is_built_byte_for_byte(vector: dict[str, Any]) -> None:
    meaning = vector["meaning"]
    assert built(meaning["mnemonic"], dict(meaning["params"])).to_bytes().hex() == vector["hex"]


@pytest.mark.parametrize(
    ("frame", "raw"),
    [
        # a sale in cash
        (commands.scnt(), "0273636e7409234534383403"),
        (commands.trinit(), "027472696e697409626d3009233438323503"),
        (
            commands.trline(b"Candies", 1, D("9.99")),
            "0274726c696e65096e6143616e646965730976743109707239393909233545324403",
        ),
        (
            commands.trpayment(PaymentKind.CASH, D("9.99"), name=encode("Gotówka")),
            "0274727061796d656e7409747930097761393939096e61476f74f3776b610972653009233235443803",
        ),
        (commands.trend(D("9.99"), payments=D("9.99")), "027472656e6409746f39393909667039393909234435393503"),
        (commands.eclastdocnoget(0), "0265636c617374646f636e6f676574097479300923324243360 3".replace(" ", "")),
        (commands.strns(), "027374726e7309234643413803"),
        # a card, with change in cash
        (
            commands.trline(b"Apples", 1, D("2.00")),
            "0274726c696e65096e614170706c65730976743109707232303009234637414503",
        ),
        (
            commands.trpayment(PaymentKind.CARD, D("5.00"), name=b"Karta"),
            "0274727061796d656e7409747932097761353030096e614b617274610972653009233645303103",
        ),
        (
            commands.trpayment(PaymentKind.CASH, D("3.00"), name=b"Reszta", change=True),
            "0274727061796d656e7409747930097761333030096e615265737a74610972653109234144344103",
        ),
        (
            commands.trend(D("2.00"), payments=D("5.00"), change=D("3.00")),
            "027472656e6409746f32303009726533303009667035303009234535374103",
        ),
        # an error inside a receipt, then corrected
        (commands.trline(b"Chleb", 1, D("2.00")), "0274726c696e65096e6143686c65620976743109707232303009234232334103"),
        (commands.trend(D("2.01")), "027472656e6409746f32303109234135443803"),
        (commands.trend(D("2.00")), "027472656e6409746f32303009233936453903"),
        # a lost answer
        (
            with_token(commands.trend(D("2.00"), payments=D("2.00")), 42),
            "027472656e6409403030343209746f32303009667032303009233942333403",
        ),
        (commands.sdev(immediate=True), "02217364657609233533393203"),
        (commands.sprn(immediate=True), "02217370726e09234345454403"),
        (commands.rpt("0042"), "0272707409403030343209233946443103"),
        # goods return, daily report
        (commands.stocash(D("9.99")), "0273746f63617368096b7739393909234639443603"),
        (commands.rtcget(), "0272746367657409233744363103"),
        (commands.dailyrep(date(2026, 10, 9)), "026461696c79726570096461323032362d31302d303909233846334303"),
        # a receipt in block mode
        (commands.trinit(block=True), "027472696e697409626d3109233742313403"),
        # examples of the vendor's document
        (
            commands.trdiscntbill(Adjustment(percent=D(20), name=encode("stały klient"))),
            "02747264697363 6e7462696c6c096e617374 61b379206b6c69656e7409726431097270323030 3009233744353203".replace(" ", ""),
        ),
        (commands.cash(D("0.50"), into=True), "0263617368096b77353009777054092335353541 03".replace(" ", "")),
        (commands.rtcset(datetime(2016, 9, 22, 12, 5)), None),  # noqa: DTZ001 -- the printer's local time
        (commands.dbchkplu(0, b"Towar A"), None),
        (commands.formline(0, [b"1234", b"BBBBB"], 3), None),
        (commands.trline(b"Towar A", 0, D("99999.99")), None),
        (with_token(commands.currget(), 8765), None),
    ],
    ids=lambda value: describe(value) if isinstance(value, Frame) else "",
)
def test_a_command_is_these_bytes(frame: Frame, raw: str | None) -> None:
    if raw is None:  # then it is one of the vectors
        assert frame.to_bytes().hex() in {vector["hex"].lower() for vector in VECTORS}
    else:
        assert frame.to_bytes().hex() == raw


def test_every_command_of_the_field_table_has_a_builder_of_its_name() -> None:
    missing = {name for name in FIELDS if not hasattr(commands, name)}
    assert missing == {"trcancel", "break"}  # the same as prncancel; break_, as break is a word of Python
    assert set(FIELDS) >= MUTATING


@pytest.mark.parametrize(
    ("frame", "line"),
    [
        (with_token(commands.trline(b"Chleb", 1, D("2.00")), 42), "trline na=Chleb vt=1 pr=200 @0042"),
        (commands.sdev(immediate=True), "!sdev"),
        (Frame("trend", error=2805), "trend ?2805 (fiscal value mismatch)"),
        (answer("ERR", "cmrpt", error=13), "ERR ?13 (no stored answer for this token) cm=rpt"),
        (commands.formline(1, [b"a", b"b"]), "formline s1=a\\nb fn=200 fl=1"),
        (Frame("trline", (Parameter("na", "Żółć\\\x1b".encode("cp1250")),)), "trline na=Żółć\\\\\\x1b"),
    ],
)
def test_a_frame_is_told_in_one_line(frame: Frame, line: str) -> None:
    assert describe(frame) == line


@pytest.mark.parametrize(
    ("quantity", "wire"),
    [
        ("2", "2.000"),
        ("0.250", "0.250"),
        ("1E+1", "10.000"),
        ("0.00000001", "0.00000001"),
        ("1.5", "1.5"),
        ("2.0000000000", "2.00000000"),
    ],
)
def test_a_quantity_is_written_with_its_point(quantity: str, wire: str) -> None:
    assert commands.trline(b"A", 0, D(1), quantity=D(quantity)).get("il") == wire.encode()


@pytest.mark.parametrize(
    "build",
    [
        lambda: commands.trline(b"", 0, D(1)),
        lambda: commands.trline(b"A" * 81, 0, D(1)),
        lambda: commands.trline(b"A\nB", 0, D(1)),
        lambda: commands.trline(b"A", 7, D(1)),
        lambda: commands.trline(b"A", -1, D(1)),
        lambda: commands.trline(b"A", 0, D("1.001")),
        lambda: commands.trline(b"A", 0, D("-1")),
        lambda: commands.trline(b"A", 0, D("NaN")),
        lambda: commands.trline(b"A", 0, D("5000000000.00")),
        lambda: commands.trline(b"A", 0, D(1), value=D("100000000.00")),
        lambda: commands.trline(b"A", 0, D(1), quantity=D(0)),
        lambda: commands.trline(b"A", 0, D(1), quantity=D("0.000000001")),
        lambda: commands.trline(b"A", 0, D(1), quantity=D("10000000000")),
        lambda: commands.trline(b"A", 0, D(1), unit=b"sztuk"),
        lambda: commands.trline(b"A", 0, D(1), discount=Adjustment(percent=D(100))),
        lambda: commands.trline(b"A", 0, D(1), discount=Adjustment(percent=D("1.234"))),
        lambda: commands.trdiscntbill(Adjustment(name=b"Rabat")),
        lambda: commands.trnipset(b"1" * 31),
        lambda: commands.ftrcfg(information=[b"a", b"b", b"c", b"d"]),
        lambda: commands.ftrcfg(information=[b"a\nb"]),
        lambda: commands.papfeed(0),
        lambda: commands.papfeed(21),
        lambda: commands.formstart(202),
        lambda: with_token(commands.trend(D(1)), 10_000),
    ],
)
def test_a_value_beyond_the_protocol_is_refused_before_it_is_sent(build: Callable[[], Frame]) -> None:
    with pytest.raises(BadValue):
        build()


@pytest.mark.parametrize(
    "build",
    [
        lambda: commands.trline(b"A", 0, 1.5),  # type: ignore[arg-type]
        lambda: commands.trline(b"A", 0, D(1), quantity=1),  # type: ignore[arg-type]
        lambda: commands.trdiscntbill(Adjustment(percent=10)),  # type: ignore[arg-type]
    ],
)
def test_money_and_quantities_are_decimal_only(build: Callable[[], Frame]) -> None:
    with pytest.raises(TypeError):
        build()


def test_the_transaction_state_of_a_sale() -> None:
    raw = (
        "027374726e7309746f3009747331360976613009766239393909766330097664300976653009766630097667300970703009706d30097265"
        "300966703939390966654e09234236383203"
    )
    state = answers.TransactionState.from_frame(frame_of(raw))
    assert (state.open, state.document, state.footer_open) == (False, answers.DocumentKind.RECEIPT, False)
    assert state.gross[1] == D("9.99")
    assert state.total == state.payments == D("9.99")
    assert state.unknown == ()


def test_the_fields_of_an_answer_come_in_any_order_and_unknown_ones_are_kept() -> None:
    found = answers.Counters.from_frame(answer("scnt", "zz9", "bt3", "bc1", "bn2", "nuZBF 1", "rd7"))
    assert (found.daily_reports, found.receipts, found.cancelled_receipts, found.last_receipt) == (7, 2, 1, 3)
    assert found.unknown == (Parameter("zz", b"9"),)
    assert found.header is None


@pytest.mark.parametrize(("value", "expected"), [(v, True) for v in "1tTyY"] + [(v, False) for v in "0nN"])
def test_a_boolean_may_be_written_in_eight_ways(value: str, expected: bool) -> None:
    assert answers.GeneralStatus.from_frame(answer("scomm", "fs" + value)).fiscal is expected


@pytest.mark.parametrize("written", ["2026-10-09;11:44", "2026-10-09,11:44", "2026.10.09 11:44", "2026/10/09;11:44"])
def test_an_old_model_tells_its_clock_without_the_exact_time(written: str) -> None:
    clock = answers.Clock.from_frame(answer("rtcget", "da" + written))
    assert clock.local == datetime(2026, 10, 9, 11, 44)  # noqa: DTZ001 -- the printer's local time
    assert clock.exact is None


def test_a_new_model_tells_its_clock_with_the_zone() -> None:
    clock = answers.Clock.from_frame(answer("rtcget", "da2026-10-09;11:44", "tm2026-10-09T11:44:29+02:00"))
    assert clock.exact == datetime(2026, 10, 9, 11, 44, 29, tzinfo=JULY)
    assert clock.exact.astimezone(UTC).hour == 9


def test_old_models_leave_fields_out() -> None:
    assert answers.GeneralStatus.from_frame(answer("scomm", "fsT", "tzN", "ts0", "hrT")).read_only is None
    identity = answers.Identity.from_frame(answer("sid", "nmPOSNET THERMAL FV EJ", "vr1.01"))
    assert (identity.unique_number, identity.firmware, identity.line) == (None, None, None)
    state = answers.TransactionState.from_frame(answer("strns", "to1"))
    assert state.open
    assert state.gross == (None,) * 7
    assert state.total is None


def test_the_identity_names_the_line_of_the_model() -> None:
    found = answers.Identity.from_frame(answer("getrealid", "nmPOSNET THERMAL XL2 ONLINE", "vr30.01", "nuDDD 1", "vf2.01"))
    assert found.line == "XL2 / XL2 S"


def test_rates_are_read_with_their_letters() -> None:
    found = answers.VatTable.from_frame(
        answer("vatget", "vg100,00", "va22,00", "vb7.00", "vc101,00", "vd0,00", "ve101,00", "vf101,00")
    ).rates
    assert [(rate.letter, rate.kind, rate.percent) for rate in found] == [
        ("A", "rate", D("22.00")),
        ("B", "rate", D("7.00")),
        ("C", "inactive", None),
        ("D", "rate", D("0.00")),
        ("E", "inactive", None),
        ("F", "inactive", None),
        ("G", "exempt", None),
    ]


def test_before_the_first_sale_there_is_no_time_of_it() -> None:
    never = ("ds2000-01-01;01:00", "is2000-01-01T01:00:00+01:00")
    totals = answers.DailyTotals.from_frame(answer("stot", "no5", *never, "pa100", "fb50"))
    assert totals.first_sale is None
    assert totals.first_sale_exact is None
    assert totals.total == D("1.50")


def test_error_480_means_authorised_without_limit() -> None:
    assert answers.Authorisation.from_frame(answer("authstateget", error=480)).days_left is None
    assert answers.Authorisation.from_frame(answer("authstateget", "il14")).days_left == 14
    with pytest.raises(BadAnswer):
        answers.Authorisation.from_frame(answer("authstateget", error=481))


def test_states_are_told_in_words_and_unknown_ones_as_they_are() -> None:
    assert answers.PrinterStatus.from_frame(answer("sprn", "pr5")).meaning == "the paper is out"
    assert answers.PrinterStatus.from_frame(answer("sprn", "pr77")).meaning == "unknown state 77"
    status = answers.DeviceStatus.from_frame(answer("sdev", "ds3", "cpT", "qeN", "peN", "tl1"))
    assert (status.state, status.holder, status.queue_empty) == (
        answers.DeviceState.WAITS_AFTER_ERROR,
        answers.Holder.PC1,
        False,
    )
    assert answers.Drawer.from_frame(answer("sdrwr", "ds0")).drawer is answers.DrawerState.OPEN


@pytest.mark.parametrize(
    ("frame", "field"),
    [
        (answer("scnt", "bn1"), "rd"),
        (answer("scnt", "rd", "bn1"), "rd"),
        (answer("scnt", "rd1,5", "bn1"), "rd"),
        (answer("scnt", "rd1", "bn-"), "bn"),
        (answer("scomm", "fsX"), "fs"),
        (answer("rtcget", "da2026-13-09;11:44"), "da"),
        (answer("rtcget", "da2026-10-09"), "da"),
        (answer("rtcget", "da2026-10-09;11:44", "tm2026-10-09T11:44:29"), "tm"),
        (answer("vatget", "va102,00"), "va"),
        (answer("vatget"), "va"),
        (answer("strns", "to0", "va1.00"), "va"),
        (answer("trend", error=2005), "?"),
    ],
)
def test_a_malformed_answer_names_its_field(frame: Frame, field: str) -> None:
    kind = answers.ANSWERS.get(frame.mnemonic, answers.Counters)
    with pytest.raises(BadAnswer) as caught:
        kind.from_frame(frame)
    assert caught.value.field == (field if frame.mnemonic in answers.ANSWERS else "mnemonic")


def test_a_goods_name_has_its_rate_and_its_lock() -> None:
    found = answers.GoodsRecord.from_frame(answer("dbchkplu", "vv23,00", "blN"))
    assert (found.kind, found.percent, found.locked) == ("rate", D("23.00"), False)
    assert answers.GoodsRecord.from_frame(answer("dbchkplu", "vv101,00", "blN")).kind == "inactive"


def test_a_refusal_is_never_parsed_as_data() -> None:
    with pytest.raises(BadAnswer):
        parse_answer(answer("scnt", "rd1", "bn1", error=41))
    assert parse_answer(answer("trend")) is None


def test_every_answer_class_keeps_unknown_fields() -> None:
    for kind in set(answers.ANSWERS.values()):
        assert "unknown" in {field.name for field in dataclass_fields(kind)}


@pytest.mark.parametrize(
    ("frame", "number"),
    [
        (answer("trend"), None),
        (answer("trend", error=2805), 2805),
        (answer("ERR", error=5), 5),
        (answer("ERR", "er13", "cmrpt"), 13),
        (answer("rpt", "er13"), 13),
        (answer("ERR"), 0),  # an ERR is never a success
    ],
)
def test_the_error_number_is_found_in_each_of_its_forms(frame: Frame, number: int | None) -> None:
    assert error_of(frame) == number


@pytest.mark.parametrize(
    ("request_", "reply", "belongs"),
    [
        (Frame("trend", token="0042"), Frame("trend", token="0042"), True),
        (Frame("trend", token="0042"), Frame("trend", token="0041"), False),
        (Frame("trend", token="0042"), Frame("trend"), False),
        (Frame("trend"), Frame("trline"), False),
        (Frame("sdev", immediate=True), Frame("sdev"), True),
        (Frame("sdev", immediate=True), Frame("trend", token="0042"), False),
        (Frame("rpt", token="0042"), Frame("trend", token="0042"), True),
        (Frame("rpt", token="0042"), Frame("ERR", (Parameter("cm", b"rpt"),), "0042", error=13), True),
        (Frame("trend", token="0042"), Frame("ERR", error=5), True),
        (Frame("trend", token="0042"), Frame("ERR", (Parameter("cm", b"sdev"),), error=12), False),
        (Frame("trend", token="0042"), Frame("ERR", token="0041", error=5), False),
    ],
)
def test_an_answer_is_matched_by_mnemonic_and_token(request_: Frame, reply: Frame, belongs: bool) -> None:
    assert is_answer_to(request_, reply) is belongs


def printed_errors() -> dict[int, str]:
    rows = re.findall(r"^\| (\d+) \| (\w+) \|", (SPECS / "errors.md").read_text("utf-8"), re.M)
    return {int(number): name for number, name in rows if not name.startswith("PROTO_")}


def test_the_table_of_command_errors_has_every_number_of_the_specification() -> None:
    assert {number: row.mnemonic for number, row in COMMAND_ERRORS.items()} == printed_errors()
    assert len(COMMAND_ERRORS) == 489


def test_the_table_of_frame_errors_is_complete() -> None:
    assert sorted(FRAME_ERRORS) == [1, 2, 3, 4, 5, 6, 10, 11, 12, 13, 14, 15]
    assert {row.fate for row in FRAME_ERRORS.values()} == {CommandFate.NOT_EXECUTED}


UNIFORM = {
    "device.offline", "device.busy", "device.paper_out", "device.cover_open", "device.shift_closed", "device.shift_expired",
    "device.memory_full", "device.clock", "device.rejected", "device.fault", "device.sale_blocked", "request.invalid",
    "request.unsupported", "request.conflict",
}  # fmt: skip


@pytest.mark.parametrize("row", [*COMMAND_ERRORS.values(), *FRAME_ERRORS.values()], ids=lambda row: row.mnemonic)
def test_a_row_has_a_uniform_code_and_words(row: CommandError) -> None:
    assert row.code in UNIFORM
    assert row.text
    assert "_" not in row.text
    assert row.remedy == row.remedy.strip()


MET_AT_A_TILL = [
    30, 40, 41, 382, 383, 387, 388, 460, 461, 484, 488, 502, 503, 1002, *range(1950, 1959), 1961, 1962, 1963, 1965, 1966,
    *range(1980, 1986), 1990, 1991, 1992, *range(2000, 2011), 2022, 2026, 2034, 2036, 2038, 2041, 2054, 2096,
    *range(2101, 2108), *range(2501, 2510), *range(2801, 2810), 2851, 2852, *range(2900, 2905), 3733, 3735, 3929,
]  # fmt: skip


@pytest.mark.parametrize("number", MET_AT_A_TILL)
def test_what_is_met_at_a_till_has_a_remedy(number: int) -> None:
    assert len(lookup_command_error(number).remedy) > 10


@pytest.mark.parametrize("number", [30, 50, 51, 52, 53, 54, 55, 56, 1000, 1001, 1002])
def test_interruptions_and_internal_faults_leave_the_command_unknown(number: int) -> None:
    assert lookup_command_error(number).fate is CommandFate.UNKNOWN


@pytest.mark.parametrize("number", [41, 484, 2005, 2038, 2106, 2802, 2805])
def test_a_refusal_leaves_the_command_not_executed(number: int) -> None:
    assert lookup_command_error(number).fate is CommandFate.NOT_EXECUTED


def test_a_number_that_nobody_knows_is_rejected_with_unknown_fate() -> None:
    row = lookup_command_error(9999)
    assert (row.code, row.fate) == ("device.rejected", CommandFate.UNKNOWN)
    assert "9999" in row.text
    assert lookup_frame_error(99).fate is CommandFate.NOT_EXECUTED
