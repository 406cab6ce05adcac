"""Conversations recorded off a real Thermal XL2 Online, replayed against the simulator byte for byte."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from bridge_posnet.frame import Decoder, Garbage
from bridge_sim_posnet.memory import Counters, Daily, Goods, Report
from bridge_sim_posnet.printer import Printer
from posnet_host import WARSAW, Host, SetClock, new_printer

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "protocol-specs" / "posnet" / "vectors.json").read_text("utf-8")
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(WARSAW)


def steps(session: str) -> list[tuple[bytes, bytes]]:
    hexes = {vector["name"]: bytes.fromhex(vector["hex"]) for vector in VECTORS}
    names = sorted(name for name in hexes if name.startswith(session + "/") and name.endswith("-request"))
    return [(hexes[name], hexes[name.replace("-request", "-answer")]) for name in names]


def replay(printer: Printer, clock: SetClock, session: str) -> None:
    host = Host(printer)
    found = steps(session)
    assert found
    for number, (request, answer) in enumerate(found):
        host.session.received(request)
        assert bytes(host.received) == answer, f"{session} step {number}: {request!r}"
        host.received.clear()
        if b"trend" in request:
            clock.forward(1)


def test_a_cash_sale_leaves_exactly_the_recorded_footprint() -> None:
    clock = SetClock(at("2026-10-09T11:48:14+02:00"))
    printer = new_printer(clock)
    memory = printer.memory
    memory.counters = Counters(rd=4, hn=55)
    memory.reports = [Report(4, at("2026-10-09T11:44:42+02:00"), list(memory.rates), Daily())]
    memory.goods = {"CANDIES": Goods(800)}
    memory.protected_last = 60
    replay(printer, clock, "rec-cash-sale")


def test_a_card_payment_with_cash_change_is_answered_as_recorded() -> None:
    clock = SetClock(at("2026-10-09T11:44:28+02:00"))
    printer = new_printer(clock)
    printer.memory.counters = Counters(rd=3, hn=43, bn=2, bt=2)
    printer.memory.protected_last = 48
    replay(printer, clock, "rec-card-with-change")


def test_a_sale_with_line_and_subtotal_discount_is_answered_as_recorded() -> None:
    clock = SetClock()
    printer = new_printer(clock)
    printer.memory.counters = Counters(hn=12, bn=11, bt=11)
    replay(printer, clock, "rec-discount-sale")


def test_a_goods_return_is_answered_as_recorded() -> None:
    clock = SetClock()
    printer = new_printer(clock)
    Host(printer).sell(999)
    printer.cut_connections()
    replay(printer, clock, "rec-goods-return")
    assert printer.documents()[-1].kind == "goods_return"


def test_a_storno_is_answered_as_recorded() -> None:
    clock = SetClock(at("2026-09-08T17:55:16+02:00"))
    printer = new_printer(clock)
    memory = printer.memory
    memory.counters = Counters(rd=1, hn=25, bn=4, bt=4)
    memory.daily = Daily(receipts=[7600, 3399, 0, 0, 0, 0, 0], pn=4, cc=4, first=at("2026-09-08T17:55:07+02:00"))
    memory.goods = {"KAWA": Goods(2300), "PIWO": Goods(2300)}
    replay(printer, clock, "rec-storno")


@pytest.mark.parametrize("vector", [v for v in VECTORS if v["name"].startswith("neg-")], ids=lambda v: v["name"])
def test_a_bad_frame_is_refused_with_the_frame_error_of_the_reference(vector: dict[str, Any]) -> None:
    host = Host(new_printer())
    host.session.received(bytes.fromhex(vector["hex"]))
    (answer,) = host.answers()
    expected = vector["meaning"]["expected_answer"].split(" (")[0]
    assert answer.startswith(expected)


def test_every_posnet_request_of_the_vectors_gets_exactly_one_readable_answer() -> None:
    for vector in VECTORS:
        if vector["direction"] != "host->printer" or vector["meaning"].get("protocol") == "thermal":
            continue
        printer = new_printer()
        host = Host(printer)
        host.session.received(bytes.fromhex(vector["hex"]))
        events = list(Decoder().feed(bytes(host.received)))
        assert len(events) == 1, vector["name"]
        assert not isinstance(events[0], Garbage), vector["name"]


# Answers that the reference prints without a conversation: settings, clock, the frame (as hex or as a command) that brings them.
PRINTED: dict[str, tuple[dict[str, str], str, str]] = {
    "err-bad-crc": ({}, "", "neg-wrong-crc"),
    "spec-rtcget-answer": ({}, "2020-10-20T11:49:13+02:00", "rtcget-request"),
    "spec-vatget-answer": ({"rates": "22/7/-/-/-/-/zw"}, "", "vatget"),
    "spec-currget-token-answer": ({}, "", "spec-currget-token"),
    "rpt-not-found": ({}, "", "spec-rpt"),
    "spec-getrealid-answer": ({"unique_number": "DDD 1234567891"}, "", "getrealid"),
    "error-answer-with-tab": ({}, "", "trline-chleb"),
    "error-answer-without-tab": ({"error_tab": "no"}, "", "trline|naChleb|vt6|pr200"),
}


@pytest.mark.parametrize("name", PRINTED)
def test_an_answer_that_the_reference_prints_comes_byte_for_byte(name: str) -> None:
    hexes = {vector["name"]: bytes.fromhex(vector["hex"]) for vector in VECTORS}
    settings, clock, request = PRINTED[name]
    host = Host(new_printer(SetClock(at(clock)) if clock else None, **settings))
    if name == "error-answer-without-tab":
        host.ask("trinit|bm0")
    if request in hexes:
        host.session.received(hexes[request])
    else:
        host.write(request)
    assert bytes(host.received) == hexes[name]


def test_every_answer_of_the_vectors_is_replayed() -> None:
    told = {vector["name"] for vector in VECTORS if vector["direction"] == "printer->host"}
    sessions = {name.split("/")[0] for name in told if "/" in name}
    assert sessions == {"rec-cash-sale", "rec-card-with-change", "rec-discount-sale", "rec-goods-return", "rec-storno"}
    assert {name for name in told if "/" not in name} == set(PRINTED)
