"""What a shop sells, down to the tags in the register's archive: agents, advances, every payment, long names, marked goods.

The archive is read with FF3Ah and FF3Bh, as the protocol has it; bytes stand here as protocol-specs/ffd writes them.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import pytest
from bridge_ffd.tlv import Tlv, decode
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import error_of
from register_bench import RegisterBench
from shtrih_bench import FAMILY, other, sale

from bridge.model import RequestError
from bridge.transport import run_virtual
from tests.one_job import Outcome

LINE = {"name": "Молоко", "price": "100.00", "vat": "10%"}


async def opened(**register: Any) -> RegisterBench:
    bench = RegisterBench(**register)
    assert (await bench.run(other("shift.open"))).state == "done"
    return bench


async def sold(bench: RegisterBench, lines: Sequence[dict[str, Any]] = (LINE,), **more: Any) -> Outcome:
    outcome = await bench.run(sale(**{"lines": list(lines), "payments": [], "extras": {}, **more}))
    assert outcome.state == "done", outcome
    return outcome


async def archive(bench: RegisterBench, outcome: Outcome) -> bytes:
    """The document's tags as the FN keeps them."""
    assert bench.driver is not None
    exchange = bench.driver._exchange  # type: ignore[attr-defined]
    assert error_of(await exchange.send(commands.choose_document(int(outcome.document.number)))) == 0
    data = b""
    while error_of(answer := await exchange.send(commands.next_tags())) == 0:
        data += answer[3:]
    return data


def children(data: bytes, tag: int) -> list[tuple[Tlv, ...]]:
    """Of every nested tag of this number."""
    return [item.children for item in decode(data, strict=False) if item.tag == tag]


def found(tags: Sequence[Tlv], number: int) -> Any:
    return next((item.value for item in tags if item.tag == number), None)


@pytest.mark.parametrize("ffd", ["1.05", "1.2"])
def test_goods_of_others_are_sold_with_agent_and_supplier(ffd: str) -> None:
    async def scenario() -> None:
        bench = await opened(ffd=ffd)
        extras = {
            "agent": {"signs": ["commission_agent"]},
            "supplier": {"name": 'ООО "ТПМ групп"', "phones": ["+79261234567"], "inn": "7707083893"},
        }
        data = await archive(bench, await sold(bench, [{**LINE, "extras": {"ffd": extras}}]))
        # 1222 one byte, bit 5; 1226 ten digits filled up to twelve; 1224 with 1171 and 1225 in CP866.
        assert bytes.fromhex("C6 04 01 00 20") in data
        assert bytes.fromhex("CA 04 0C 00") + b"7707083893  " in data
        name = 'ООО "ТПМ групп"'.encode("cp866")
        supplier = bytes.fromhex("C9 04") + len(name).to_bytes(2, "little") + name
        phone = bytes.fromhex("93 04 0C 00") + b"+79261234567"
        assert supplier in data
        assert phone in data
        assert bytes.fromhex("C8 04") + (len(supplier) + len(phone)).to_bytes(2, "little") in data
        await bench.close()

    run_virtual(scenario())


def test_an_advance_is_taken_and_settled_by_a_payment_of_its_own() -> None:
    async def scenario() -> None:
        bench = await opened()
        advance = {"name": "Аванс по заказу 7", "price": "30.00", "vat": "10/110", "kind": "advance"}
        taken = await archive(bench, await sold(bench, [advance]))
        [line] = children(taken, 1059)
        assert (found(line, 1214), found(line, 1212), found(line, 1199)) == (3, 10, 4)
        assert bytes.fromhex("53 04 02 00 11 01") in taken  # 1107: 2.73 of 30.00
        payments = [{"kind": "prepaid", "amount": "30.00"}, {"kind": "cash", "amount": "70.00"}]
        settled = await archive(bench, await sold(bench, payments=payments))
        assert bytes.fromhex("BF 04 02 00 B8 0B") in settled  # 1215: 30.00
        assert bytes.fromhex("07 04 02 00 58 1B") in settled  # 1031: 70.00
        [line] = children(settled, 1059)
        assert (found(line, 1214), found(line, 1212)) == (4, 1)
        await bench.close()

    run_virtual(scenario())


def test_all_five_sums_of_payments_may_be_mixed_in_one_receipt() -> None:
    async def scenario() -> None:
        bench = await opened()
        payments = [
            {"kind": "cash", "amount": "10.00"},
            {"kind": "card", "amount": "20.00"},
            {"kind": "prepaid", "amount": "30.00"},
            {"kind": "credit", "amount": "25.00"},
            {"kind": "exchange", "amount": "15.00"},
        ]
        line = {**LINE, "extras": {"ffd": {"method": "partial_payment"}}}
        data = await archive(bench, await sold(bench, [line], payments=payments))
        tags = decode(data, strict=False)
        sums = {number: found(tags, number) for number in (1031, 1081, 1215, 1216, 1217, 1020)}
        assert sums == {1031: 1000, 1081: 2000, 1215: 3000, 1216: 2500, 1217: 1500, 1020: 10000}
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("length", [128, 250])
def test_a_name_has_128_characters_and_a_longer_one_is_cut_only_where_the_till_allows_it(length: int) -> None:
    async def scenario() -> None:
        bench = await opened()
        name = ("Сыр твёрдый " * 25)[:length]
        long = {**LINE, "name": name}
        if length > 128:
            with pytest.raises(RequestError) as refused:
                FAMILY.check(sale(lines=[long], payments=[], extras={}), bench.settings, None)
            assert [error.field for error in refused.value.errors] == ["lines.0.name"]
        outcome = await sold(bench, [long], fit="lenient" if length > 128 else "strict")
        [line] = children(await archive(bench, outcome), 1059)
        assert found(line, 1030) == name[:128]
        assert [code for code in outcome.codes if code == "text_cut"] == (["text_cut"] if length > 128 else [])
        await bench.close()

    run_virtual(scenario())


# --- marked goods before FFD 1.2: tag 1162


def marked(code: bytes, **marking: Any) -> dict[str, Any]:
    line: dict[str, Any] = {**LINE, "marking": {"code_b64": base64.b64encode(code).decode()}}
    return {**line, "extras": {"ffd": {"marking": marking}}} if marking else line


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        # protocol-specs/shtrih-m/vectors.json, tag1162-0, -2, -3
        (marked(b"46198488"), "8A 04 08 00 45 08 00 00 02 C0 EE D8"),
        (marked(b"14601234567890"), "8A 04 08 00 49 0E 0D 47 9D 66 52 D2"),
        (
            marked(b"RU-401301-AAA02770301"),
            "8A 04 17 00 52 46 52 55 2D 34 30 31 33 30 31 2D 41 41 41 30 32 37 37 30 33 30 31",
        ),
        # the type, the 14 digits as six bytes highest first, the serial as text
        (
            marked(b"0104606203103348215abcdeXYZ0123\x1d91EE06\x1d92xyz"),
            "8A 04 15 00 44 4D 04 30 77 19 88 74 35 61 62 63 64 65 58 59 5A 30 31 32 33",
        ),
        (
            {**LINE, "extras": {"ffd": {"object": "excise", "marking": {"product_code": "444D000002C0EED8583F696F2B7143202020202020"}}}},
            "8A 04 15 00 44 4D 00 00 02 C0 EE D8 58 3F 69 6F 2B 71 43 20 20 20 20 20 20",
        ),
    ],
    ids=["EAN-8", "ITF-14", "fur", "DataMatrix", "tobacco, as the till says it"],
)  # fmt: skip
def test_before_ffd_1_2_the_code_goes_into_tag_1162(line: dict[str, Any], tag: str) -> None:
    async def scenario() -> None:
        bench = await opened(ffd="1.05")
        data = await archive(bench, await sold(bench, [line]))
        assert bytes.fromhex(tag) in data, data.hex(" ").upper()
        await bench.close()

    run_virtual(scenario())


# --- marked goods in FFD 1.2: the whole way


CODE = b"0104606203103348215abcde\x1d91EE06\x1d92" + b"x" * 44


@pytest.mark.parametrize(
    ("settings", "state", "result", "warnings"),
    [
        ({}, "done", 15, []),
        ({"marking": "unavailable"}, "done", 3, ["marking_not_checked"]),
        ({"marking": "unavailable", "marking_local": "no_keys"}, "done", 0, ["marking_not_checked"]),
        ({"marking": "negative"}, "failed", None, []),
        ({"marking": "disabled"}, "failed", None, []),
    ],
    ids=["positive", "no server", "no server and no keys", "negative", "not registered for it"],
)
def test_a_marked_line_of_ffd_1_2_is_checked_bound_and_kept_with_its_result(
    settings: dict[str, str], state: str, result: int | None, warnings: list[str]
) -> None:
    async def scenario() -> None:
        bench = await opened(**settings)
        wanted = sale(lines=[{**marked(CODE), "unit": "шт"}], payments=[], extras={})
        outcome = await bench.run(wanted)
        assert (outcome.state, [code for code in outcome.codes if code == "marking_not_checked"]) == (state, warnings), outcome
        assert bench.register.memory.receipt is None
        assert bench.register.memory.fn.codes == []
        if state == "failed":
            assert bench.issued("receipt") == []
            assert outcome.error is not None
            assert outcome.error.remedy
            assert outcome.error.field == "lines.0.marking"
        else:
            data = await archive(bench, outcome)
            [line] = children(data, 1059)
            assert found(line, 1212) == 33
            assert found(line, 2108) == 0
            assert bytes.fromhex("D0 07") + len(CODE).to_bytes(2, "little") + CODE in data  # 2000: as it was read, GS and all
            assert found(line, 2106) == result
        await bench.close()

    run_virtual(scenario())


def test_a_part_of_a_marked_package_is_checked_with_its_quantity_and_measure() -> None:
    async def scenario() -> None:
        bench = await opened()
        line = {**marked(CODE), "quantity": "0.5", "unit": "кг"}
        outcome = await sold(bench, [line])
        [told] = children(await archive(bench, outcome), 1059)
        assert (found(told, 2108), str(found(told, 1023))) == (11, "0.5")
        await bench.close()

    run_virtual(scenario())
