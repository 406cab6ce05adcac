"""What a shop sells, down to the tags in the register's archive: agents, advances, every payment, long names, corrections, marked goods.

The archive is read with A4 45 and A4 46, past the driver, as protocol-specs/atol has it; bytes stand here as protocol-specs/ffd writes
them.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import pytest
from atol_bench import FAMILY, other, sale
from atol_register_bench import AtolRegisterBench, opened
from bridge_ffd.tlv import Tlv, decode

from bridge.model import Paper, RegistrationState, RequestError
from bridge.transport import run_virtual
from tests.one_job import Outcome

LINE = {"name": "Молоко", "price": "100.00", "vat": "10%"}
ITEM, ITEM_HEAD = 1059, bytes.fromhex("23 04")
FORMATS = ("1.05", "1.1", "1.2")


async def sold(bench: AtolRegisterBench, lines: Sequence[dict[str, Any]] = (LINE,), **more: Any) -> Outcome:
    return await bench.sold(**{"lines": list(lines), "extras": {}, **more})


async def archive(bench: AtolRegisterBench, lines: Sequence[dict[str, Any]] = (LINE,), **more: Any) -> bytes:
    """The tags of a sale as the FN keeps them."""
    return bench.archive((await sold(bench, lines, **more)).document.number)


def tag(number: int, value: str | bytes) -> bytes:
    """As the format has it: number and length, the lower byte first each."""
    data = value.encode("cp866") if isinstance(value, str) else value
    return number.to_bytes(2, "little") + len(data).to_bytes(2, "little") + data


def children(data: bytes, number: int) -> list[tuple[Tlv, ...]]:
    """Of every nested tag of this number."""
    return [item.children for item in decode(data, strict=False) if item.tag == number]


def found(tags: Sequence[Tlv], number: int) -> Any:
    return next((item.value for item in tags if item.tag == number), None)


@pytest.mark.parametrize("ffd", FORMATS)
def test_goods_of_others_are_sold_with_agent_and_supplier(ffd: str) -> None:
    async def scenario() -> None:
        bench = await opened(ffd=ffd)
        extras = {
            "agent": {"signs": ["paying_agent"], "operation": "Приём платежа", "phones": ["+79161112233"]},
            "supplier": {"name": 'ООО "ТПМ групп"', "phones": ["+79261234567"], "inn": "7707083893"},
        }
        data = await archive(bench, [{**LINE, "extras": {"ffd": extras}}])
        # 1222 one byte, bit 2; 1226 ten digits filled up to twelve; 1224 with 1225 and 1171, 1223 with 1044 and 1073, in CP866.
        assert bytes.fromhex("C6 04 01 00 04") in data
        assert bytes.fromhex("CA 04 0C 00") + b"7707083893  " in data
        assert tag(1224, tag(1225, 'ООО "ТПМ групп"') + bytes.fromhex("93 04 0C 00") + b"+79261234567") in data
        assert tag(1223, tag(1044, "Приём платежа") + tag(1073, "+79161112233")) in data
        [line] = children(data, ITEM)
        assert (found(line, 1222), found(line, 1030)) == (4, "Молоко")
        await bench.close()

    run_virtual(scenario())


def test_before_ffd_1_1_an_agent_of_the_whole_receipt_stands_in_the_receipt_itself() -> None:
    async def scenario() -> None:
        bench = await opened(ffd="1.05")
        agent = {"signs": ["bank_paying_agent"], "operation": "Перевод", "transfer_operator_inn": "7707083893"}
        data = await archive(bench, extras={"ffd": {"agent": agent}})
        tags = decode(data, strict=False)
        assert (found(tags, 1057), found(tags, 1044)) == (1, "Перевод")
        assert bytes.fromhex("F8 03 0C 00") + b"7707083893  " in data  # 1016
        assert found(children(data, ITEM)[0], 1222) is None
        await bench.close()

    run_virtual(scenario())


def test_an_advance_is_taken_and_settled_by_a_payment_of_its_own() -> None:
    async def scenario() -> None:
        bench = await opened()
        advance = {"name": "Аванс по заказу 7", "price": "30.00", "vat": "10/110", "kind": "advance"}
        taken = await archive(bench, [advance])
        [line] = children(taken, ITEM)
        assert (found(line, 1214), found(line, 1212), found(line, 1199)) == (3, 10, 4)
        assert bytes.fromhex("53 04 02 00 11 01") in taken  # 1107: 2.73 of 30.00
        payments = [{"kind": "prepaid", "amount": "30.00"}, {"kind": "cash", "amount": "70.00"}]
        settled = await archive(bench, payments=payments)
        assert bytes.fromhex("BF 04 02 00 B8 0B") in settled  # 1215: 30.00
        assert bytes.fromhex("07 04 02 00 58 1B") in settled  # 1031: 70.00
        [line] = children(settled, ITEM)
        assert (found(line, 1214), found(line, 1212)) == (4, 1)
        await bench.close()

    run_virtual(scenario())


def test_all_five_sums_of_payments_may_be_mixed_in_one_receipt() -> None:
    async def scenario() -> None:
        bench = await opened()
        payments = [
            {"kind": "cash", "amount": "20.00"},  # of which 10.00 are change
            {"kind": "card", "amount": "20.00"},
            {"kind": "prepaid", "amount": "30.00"},
            {"kind": "credit", "amount": "25.00"},
            {"kind": "exchange", "amount": "15.00"},
        ]
        line = {**LINE, "extras": {"ffd": {"method": "partial_payment"}}}
        data = await archive(bench, [line], payments=payments)
        tags = decode(data, strict=False)
        sums = {number: found(tags, number) for number in (1031, 1081, 1215, 1216, 1217, 1020)}
        assert sums == {1031: 1000, 1081: 2000, 1215: 3000, 1216: 2500, 1217: 1500, 1020: 10000}
        assert bytes.fromhex("C1 04 02 00 DC 05") in data  # 1217: 15.00
        assert found(children(data, ITEM)[0], 1214) == 5
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
        data = bench.archive(outcome.document.number)
        assert tag(1030, name[:128]) in data
        assert outcome.codes.count("text_cut") == (length > 128)
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("ffd", ["1.05", "1.2"])
def test_the_customer_stands_in_the_receipt_and_from_ffd_1_2_on_in_a_structure(ffd: str) -> None:
    async def scenario() -> None:
        bench = await opened(ffd=ffd)
        customer = {"name": "Анна Иванова", "ids": [{"type": "inn", "value": "500100732259"}]}
        buyer = {"buyer": {"birth_date": "1990-02-03", "citizenship": "643"}} if ffd == "1.2" else {}
        outcome = await sold(bench, customer=customer, delivery={"email": "anna@example.ru"}, extras={"ffd": buyer})
        data = bench.archive(outcome.document.number)
        told = tag(1227, "Анна Иванова") + bytes.fromhex("CC 04 0C 00") + b"500100732259"
        if ffd == "1.2":
            told = tag(1256, told + tag(1243, "03.02.1990") + tag(1244, "643"))
        assert told in data
        assert tag(1008, "anna@example.ru") in data
        assert outcome.result is not None
        assert "Анна" not in outcome.result.model_dump_json()
        await bench.close()

    run_virtual(scenario())


@pytest.mark.parametrize("ffd", FORMATS)
def test_excise_country_and_customs_declaration_stand_on_the_line(ffd: str) -> None:
    async def scenario() -> None:
        bench = await opened(ffd=ffd)
        extras = {
            "object": "excise",
            "excise": "12.34",
            "origin_country": "056",
            "customs_declaration": "10702030/260817/0010502",
            "attribute": "ночная цена",
        }
        data = await archive(bench, [{**LINE, "unit": "кг", "extras": {"ffd": extras}}])
        [line] = [part for part in data.split(ITEM_HEAD) if b"10702030" in part]
        assert bytes.fromhex("CD 04 02 00 D2 04") in line  # 1229: 12.34
        assert bytes.fromhex("CE 04 03 00") + b"056" in line
        assert bytes.fromhex("CF 04 17 00") + b"10702030/260817/0010502" in line
        assert tag(1191, "ночная цена") in line
        # The measure: words before FFD 1.2 (1197), then the number of kilograms (2108).
        assert (bytes.fromhex("3C 08 01 00 0B") if ffd == "1.2" else tag(1197, "кг")) in line
        assert found(children(data, ITEM)[0], 1212) == 2
        await bench.close()

    run_virtual(scenario())


def test_any_tag_may_be_given_as_number_type_and_value() -> None:
    async def scenario() -> None:
        bench = await opened()
        extras = {
            "ffd": {
                "tags": [
                    {"tag": 1084, "tags": [{"tag": 1085, "value": "заказ"}, {"tag": 1086, "value": "7"}]},
                    {"tag": 1117, "type": "string", "value": "shop@example.ru"},
                    {"tag": 1125, "type": "byte", "value": 1},
                ]
            }
        }
        line = {**LINE, "extras": {"ffd": {"tags": [{"tag": 1229, "type": "vln", "value": 70000}, {"tag": 1191, "value": "x"}]}}}
        data = await archive(bench, [line], extras=extras, delivery={"sms": "+79161234567"})
        for told in (
            tag(1084, tag(1085, "заказ") + tag(1086, "7")),
            bytes.fromhex("5D 04 0F 00") + b"shop@example.ru",
            bytes.fromhex("65 04 01 00 01"),
            bytes.fromhex("F0 03 0C 00") + b"+79161234567",
            bytes.fromhex("CD 04 03 00 70 11 01"),
            bytes.fromhex("A7 04 01 00 78"),
        ):
            assert told in data, told.hex(" ")
        assert found(children(data, ITEM)[0], 1191) == "x"
        await bench.close()

    run_virtual(scenario())


# --- corrections


def corrected(ffd: str, settlement: str) -> dict[str, Any]:
    basis: dict[str, Any] = {"type": "order", "date": "2017-07-28", "number": "1175", "settlement": settlement}
    if ffd == "1.2":
        basis["wrong_sign"] = "287454020"
    return {"kind": "correction", "extras": {"ffd": {"correction": basis}}, "operator": {"name": "Иванов"}}


@pytest.mark.parametrize(
    ("ffd", "settlement", "number"),
    [("1.05", "sale", 1), ("1.05", "purchase", 3), ("1.1", "sale_return", 2), ("1.2", "sale", 1), ("1.2", "purchase_return", 4)],
)
def test_a_correction_has_its_basis_and_items_only_since_ffd_1_1(ffd: str, settlement: str, number: int) -> None:
    async def scenario() -> None:
        bench = await opened(ffd=ffd)
        assert (await bench.run(other("cash.in", amount="500.00", currency="RUB"))).state == "done"
        outcome = await sold(bench, [{**LINE, "quantity": "2"}], **corrected(ffd, settlement))
        document, data = bench.register.memory.fn.documents[-1], bench.archive(outcome.document.number)
        assert (document.form, document.operation, document.total) == (31, number, 20000)
        tags = decode(data, strict=False)
        # protocol-specs/atol, the captured correction: 1173 by order; 1174 with 1178 (midnight of the 28th of July 2017) and 1179.
        assert bytes.fromhex("95 04 01 00 01") in data
        assert bytes.fromhex("96 04 10 00 9A 04 04 00 80 7E 7A 59 9B 04 04 00 31 31 37 35") in data
        assert (found(tags, 1054), found(tags, 1020), found(tags, 1031)) == (number, 20000, 20000)
        assert found(tags, 1103) == 1818  # 10/110 of 200.00
        assert len(children(data, ITEM)) == (0 if ffd == "1.05" else 1)
        assert (found(tags, 1192) == "287454020") is (ffd == "1.2")
        assert tag(1021, "Иванов") in data
        await bench.close()

    run_virtual(scenario())


# --- marked goods before FFD 1.2: tag 1162


def marked(code: bytes, **marking: Any) -> dict[str, Any]:
    line: dict[str, Any] = {**LINE, "marking": {"code_b64": base64.b64encode(code).decode()}}
    return {**line, "extras": {"ffd": {"marking": marking}}} if marking else line


@pytest.mark.parametrize("ffd", ["1.05", "1.1"])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (marked(b"46198488"), "8A 04 08 00 45 08 00 00 02 C0 EE D8"),
        # the type, the 14 digits as six bytes highest first, the serial as text
        (
            marked(b"0104606203103348215abcdeXYZ0123\x1d91EE06\x1d92xyz"),
            "8A 04 15 00 44 4D 04 30 77 19 88 74 35 61 62 63 64 65 58 59 5A 30 31 32 33",
        ),
        # the vendor's driver for {tobacco, gtin 00000046198488, serial "X?io+qC"}
        (
            {**LINE, "extras": {"ffd": {"object": "excise", "marking": {"tobacco": {"gtin": "46198488", "serial": "X?io+qC"}}}}},
            "8A 04 15 00 44 4D 00 00 02 C0 EE D8 58 3F 69 6F 2B 71 43 20 20 20 20 20 20",
        ),
    ],
    ids=["EAN-8", "DataMatrix", "tobacco"],
)
def test_before_ffd_1_2_the_code_goes_into_tag_1162(ffd: str, line: dict[str, Any], expected: str) -> None:
    async def scenario() -> None:
        bench = await opened(ffd=ffd)
        data = await archive(bench, [line])
        assert bytes.fromhex(expected) in data, data.hex(" ").upper()
        assert found(children(data, ITEM)[0], 2000) is None
        await bench.close()

    run_virtual(scenario())


# --- marked goods in FFD 1.2: the code is told (EF), what is made of it the register knows


CODE = b"0104606203103348215abcde\x1d91EE06\x1d92" + b"x" * 44


@pytest.mark.parametrize(("marking", "result"), [("positive", 15), ("unavailable", 3), ("negative", 5)])
def test_a_marked_line_of_ffd_1_2_keeps_code_and_result_and_the_till_is_told_that_nobody_checked(
    marking: str, result: int
) -> None:
    """What the answer to EF means no source tells (open point A7): so that whatever it is, the receipt goes on with the same warning."""

    async def scenario() -> None:
        bench = await opened(marking=marking)
        outcome = await sold(bench, [{**marked(CODE), "unit": "шт"}])
        assert outcome.codes == ["marking_not_checked"]
        data = bench.archive(outcome.document.number)
        [line] = children(data, ITEM)
        assert (found(line, 1212), found(line, 2108), found(line, 2106)) == (33, 0, result)
        assert bytes.fromhex("D0 07") + len(CODE).to_bytes(2, "little") + CODE in data  # 2000: as it was read, GS and all
        assert bench.register.memory.fn.codes == []
        await bench.close()

    run_virtual(scenario())


def test_a_register_that_knows_no_marking_codes_issues_nothing_and_keeps_nothing_open() -> None:
    async def scenario() -> None:
        bench = await opened(marking="disabled")
        outcome = await bench.run(sale(lines=[marked(CODE)], payments=[], extras={}))
        assert outcome.error is not None
        assert (outcome.state, outcome.error.code, outcome.error.field) == ("failed", "request.unsupported", "lines.0.marking")
        assert (outcome.error.device_code, bench.issued("receipt"), bench.register.memory.receipt) == ("7Ah", [], None)
        await bench.close()

    run_virtual(scenario())


def test_a_part_of_a_marked_package_is_sold_with_its_fraction() -> None:
    async def scenario() -> None:
        bench = await opened()
        data = await archive(bench, [marked(CODE, fraction={"numerator": 1, "denominator": 6})])
        [line] = children(data, ITEM)
        # 1291 with 1293 and 1294; a text of both (1292) is nowhere given by the till
        part = found(line, 1291)
        assert (found(part, 1293), found(part, 1294), found(line, 2108)) == (1, 6, 0)
        assert bytes.fromhex("0D 05 01 00 01 0E 05 01 00 06") in data
        await bench.close()

    run_virtual(scenario())


# --- and back


@pytest.mark.parametrize("ffd", FORMATS)
def test_a_document_comes_back_with_everything_that_was_told(ffd: str) -> None:
    async def scenario() -> None:
        bench = await opened(ffd=ffd)
        extras = {
            "agent": {"signs": ["commission_agent"]},
            "supplier": {"name": "ООО Ромашка", "phones": ["+79261234567"], "inn": "7707083893"},
            "customs_declaration": "10702030/260817/0010502",
        }
        done = await sold(
            bench,
            [
                {**LINE, "quantity": "1.5", "unit": "кг", "extras": {"ffd": extras}},
                {"name": "Хлеб", "price": "50.00", "vat": "22%"},
            ],
            payments=[{"kind": "card", "amount": "150.00"}, {"kind": "cash", "amount": "100.00"}],
            delivery={"email": "anna@example.ru"},
        )
        before = len(bench.register.documents())
        back = await bench.run(other("copy", document=done.document.number, delivery={"paper": False}))
        assert (back.state, len(bench.register.documents())) == ("done", before), back
        assert back.result is not None
        document, tags = back.document, back.result.evidence["tags"]
        assert (document.number, document.fiscal_id, str(document.total)) == (
            done.document.number,
            done.document.fiscal_id,
            "200.00",
        )
        assert (document.qr, back.result.paper) == (done.document.qr, Paper.SUPPRESSED)
        assert back.result.registration.state is RegistrationState.REGISTERED
        first, second = tags["item"]
        assert (first["item_name"], second["item_name"]) == ("Молоко", "Хлеб")
        assert (str(first["quantity"]), first["customs_declaration"]) == ("1.5", "10702030/260817/0010502")
        assert first["supplier_data"] == {"supplier_name": "ООО Ромашка", "supplier_phone": ["+79261234567"]}
        assert first["supplier_inn"].strip() == "7707083893"
        for shown in ("Молоко", "Хлеб", "ООО Ромашка", "7707083893", "10702030/260817/0010502", "КОМИССИОНЕР"):
            assert shown in document.text
        assert "anna@example.ru" not in back.result.model_dump_json()
        await bench.close()

    run_virtual(scenario())


def test_a_correction_comes_back_as_what_it_is() -> None:
    async def scenario() -> None:
        bench = await opened(ffd="1.05")
        done = await sold(bench, **corrected("1.05", "sale"))
        back = await bench.run(other("copy", document=done.document.number, delivery={"paper": False}))
        assert back.state == "done", back
        assert back.result is not None
        assert "КОРРЕКЦИИ" in back.document.text
        tags = back.result.evidence["tags"]
        assert (str(back.document.total), "item" in tags) == ("100.00", False)
        assert tags["correction_basis"]["order_number"] == "1175"
        for shown in ("ПО ПРЕДПИСАНИЮ", "1175", "28.07.17"):
            assert shown in back.document.text
        await bench.close()

    run_virtual(scenario())
