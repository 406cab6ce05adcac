"""Copies: the last document by the device's own command, any document of the FN as data, and printed from what the FN keeps."""

from __future__ import annotations

from typing import Any

import pytest
from atol_bench import FAMILY, FN, Bench, Script, other
from bridge_atol.frame import Frame
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode

from bridge.model import Paper, RegistrationState, RequestError
from bridge.transport import Direction, run_virtual

TAGS = encode(
    (
        Tlv(Tag.SETTLEMENT, 1),
        Tlv(Tag.TOTAL, 100_00),
        Tlv(Tag.BUYER_CONTACT, "buyer@example.ru"),
        Tlv(Tag.ITEM, (Tlv(Tag.ITEM_NAME, "Бананы"), Tlv(Tag.PRICE, 100_00), Tlv(Tag.ITEM_TOTAL, 100_00))),
        Tlv(Tag.DOCUMENT_NUMBER, 29),
    )
)
AS_DATA = {"delivery": {"paper": False}}


def read(**answers: Any) -> Script:
    """A register that shows document 29 in two blocks."""
    half = len(TAGS) // 2
    blocks = [f"55 00 {TAGS[:half].hex()}", f"55 00 {TAGS[half:].hex()}", "55 18 00"]
    head = f"55 00 03 00 {len(TAGS).to_bytes(2, 'little').hex()}"
    return Script(**{"xA445": head, "xA446": blocks, "xC1": "55 00 00", **answers})


def run(wanted: Any, script: Script) -> tuple[Any, Script]:
    async def scenario() -> tuple[Any, Script]:
        bench = Bench(script)
        outcome = await bench.run(wanted)
        await bench.disconnect()
        return outcome, bench.script

    return run_virtual(scenario())


def test_a_document_is_read_back_and_prints_nothing() -> None:
    outcome, script = run(other("copy", document="29", **AS_DATA), read())
    assert outcome.state == "done", outcome
    result, document = outcome.result, outcome.document
    assert (script.sent("A445"), script.sent("A446"), script.changing()) == (["A4 45 1D 00 00 00"], ["A4 46"] * 2, [])
    assert (result.paper, outcome.job.checkpoints) == (Paper.SUPPRESSED, [])
    assert (document.number, str(document.total), document.fiscal) == ("29", "100.00", True)
    assert document.fiscal_id.startswith(f"{FN}:29:")
    assert "&i=29&" in document.qr
    assert document.text.splitlines()[0].strip() == "КАССОВЫЙ ЧЕК"
    assert "Бананы" in document.text
    assert result.registration.state is RegistrationState.REGISTERED
    assert (result.evidence["tags"]["item"][0]["item_name"], result.evidence["ofd_ticket"]) == ("Бананы", True)
    assert "buyer@example.ru" not in result.model_dump_json()


@pytest.mark.parametrize(
    "answers",
    [{"xA445": "55 7A 00"}, {"xA446": ["55 18 00"]}, {"xA446": ["55 00 01 02 03"]}, {"xA446": ["55 00"]}],
    ids=["not known", "refused", "no tags", "empty"],
)
def test_where_the_tags_cannot_be_read_the_head_is_left(answers: dict[str, Any]) -> None:
    outcome, _ = run(other("copy", document="29", **AS_DATA), read(**answers))
    assert (outcome.state, outcome.document.number, outcome.document.text) == ("done", "29", None)
    assert "tags" not in outcome.result.evidence


def test_the_last_document_is_repeated_and_an_older_one_printed_from_the_archive() -> None:
    outcome, script = run(other("copy", document="29"), read())
    assert (outcome.state, outcome.result.paper, script.changing()) == ("done", Paper.PRINTED, ["95"])
    older = read()
    older.documents[30] = older.documents[29].replace("1D 00 00 00", "1E 00 00 00")
    outcome, script = run(other("copy", document="29"), older)
    assert (outcome.state, outcome.codes) == ("done", ["copy_of_archive"])
    assert set(script.changing()) == {"4C", "C1", "73"}
    assert any("Бананы".encode("cp866").hex(" ").upper() in line for line in script.sent("4C"))


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"document": "999"}, "document"),
        ({"document": "29", "issued_on": "2020-01-01"}, "document"),
        ({"document": "29", "kind": "report"}, "kind"),
        ({"kind": "report", "delivery": {"paper": False}}, "document"),
    ],
)
def test_what_is_not_there_is_not_found(wanted: dict[str, Any], field: str) -> None:
    outcome, script = run(other("copy", **wanted), read())
    assert (outcome.error.code, outcome.error.field, script.changing()) == ("request.not_found", field, [])


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"kind": "slip"}, "kind"),
        ({"document": "x"}, "document"),
        ({"issued_on": "2026-11-20"}, "issued_on"),
        ({"delivery": {"sms": "+79161234567"}}, "delivery.sms"),
    ],
)
def test_what_cannot_be_had_is_refused_beforehand(wanted: dict[str, Any], field: str) -> None:
    with pytest.raises(RequestError) as caught:
        FAMILY.check(other("copy", **wanted), FAMILY.settings_from({}), None)
    assert caught.value.errors[0].field == field


@pytest.mark.parametrize("cut", range(0, len(TAGS), 7))
def test_a_buyers_contact_in_a_document_is_not_in_the_wire_log(cut: int) -> None:
    """Wherever a block ends: what is in two of them is hidden as the e-mail address that it is, or is half of one."""
    for block in (TAGS[:cut], TAGS[cut:]):
        raw = Frame(5, b"\xa3\x55\x00" + block).to_bytes()
        hidden = FAMILY.mask(raw, Direction.IN)
        assert len(hidden) == len(raw)
        assert b"buyer@example.ru" not in hidden
        if b"\xf0\x03\x10\x00buyer" in block:
            assert b"buyer" not in hidden


def test_other_answers_are_kept_as_they_came() -> None:
    for answer in (
        "A3 55 00 03 00 00 01 00 1A 0B 14 0F 1E",
        "A3 44 01 01 26 11 20 15 30 00 49 01 23 45 67 3D 33 30 00 00 05 00 06",
    ):
        raw = Frame(5, bytes.fromhex(answer)).to_bytes()
        assert FAMILY.mask(raw, Direction.IN) == raw
