"""Power cuts at each step of commands that make documents, and a killed process: what is in the FN stays, and comes on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from atol_host import CLOSE, Host, framed, item, new_register

SALE = ("92 00 01", "EA 00 01 00", item(200), "99 00 01 00 00 00 02 00")
IN_REGISTRATION = ("56 01 00 00 00 30", "9A 00")
DOCUMENTS: dict[str, tuple[str, ...]] = {
    "sale": (*IN_REGISTRATION, *SALE, CLOSE),
    "shift opening": IN_REGISTRATION,
    "z report": (*IN_REGISTRATION, "48", "56 03 00 00 00 30", "5A"),
    "x report": ("56 02 00 00 00 30", "67 01"),
    "cash in": ("56 01 00 00 00 30", "49 00 00 00 00 02 00"),
    "cash out": ("56 01 00 00 00 30", "49 00 00 00 00 02 00", "4F 00 00 00 00 02 00"),
}


@pytest.mark.parametrize("unprinted", ["paper", "lost"])
@pytest.mark.parametrize("step", ["before", "recorded", "after", "answer"])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_power_cut_leaves_the_document_whole_or_not_at_all(tmp_path: Path, kind: str, step: str, unprinted: str) -> None:
    *preparation, deciding = DOCUMENTS[kind]
    whole = Host(new_register())
    for command in DOCUMENTS[kind]:
        whole.ok(command)
    path = tmp_path / "register.json"
    host = Host(new_register(state=path, unprinted=unprinted))
    for command in preparation:
        host.ok(command)
    issued = len(host.register.documents())
    host.register.faults.arm({"fault": "power_cut", "command": deciding[:2], "step": step})
    assert host.command(deciding) == ""
    assert host.closed
    again = new_register(state=path, unprinted=unprinted)  # the process was killed, too
    assert again.memory.mode == (1 if again.memory.receipt else 0)
    assert (again.memory.receipt is not None) == (kind == "sale" and step == "before")
    if step == "before":
        assert len(again.documents()) == issued
        return
    assert again.documents() == whole.register.documents()
    assert again.memory.fn == whole.register.memory.fn
    assert (again.memory.cash, again.memory.totals) == (whole.register.memory.cash, whole.register.memory.totals)
    if step != "recorded" or unprinted == "paper":
        assert again.paper() == whole.register.paper()
    assert again.memory.unprinted == []


@pytest.mark.parametrize("choice", ["keep", "cancel"])
def test_an_open_receipt_is_kept_or_cancelled_at_power_on(tmp_path: Path, choice: str) -> None:
    path = tmp_path / "register.json"
    host = Host(new_register(state=path, open_receipt_at_power_on=choice))
    for command in (*IN_REGISTRATION, *SALE):
        host.ok(command)
    host = Host(new_register(state=path, open_receipt_at_power_on=choice))
    state = host.ok("91 13 00 00")
    if choice == "keep":
        assert (host.state()[0], state[1], host.ok("A4 30")[1]) == (1, 1, 4)
        host.ok(CLOSE)
    else:
        assert (host.state()[0], state[1], host.ok("A4 30")[1]) == (0, 0, 0)
        assert host.register.documents()[-1].kind == "cancelled_receipt"
        assert host.register.documents()[-1].origin == "device"
    assert host.last_document() == (3 if choice == "keep" else 2)


@pytest.mark.parametrize("polls", [1, 3])
def test_a_z_report_that_ran_when_the_power_failed_is_finished_at_power_on(tmp_path: Path, polls: int) -> None:
    path = tmp_path / "register.json"
    settings = {"z_report": "running", "report_polls": "4"}
    host = Host(new_register(state=path, **settings))
    for command in DOCUMENTS["z report"]:
        host.ok(command)
    for _ in range(polls):
        host.state()
    assert host.last_document() == 2
    host = Host(new_register(state=path, **settings))
    assert host.last_document() == 3
    assert host.state()[0] == 0
    assert [document.kind for document in host.register.documents()] == ["shift_open", "daily_report"]


def test_tags_that_wait_for_a_document_are_gone_with_the_power(tmp_path: Path) -> None:
    path = tmp_path / "register.json"
    host = Host(new_register(state=path))
    host.open_shift()
    host.ok("E8 01 01 00 FD 03 01 00 41")
    host = Host(new_register(state=path))
    host.mode(1)
    host.sell()
    assert host.register.documents()[-1].details["tags"] == {}


def test_a_killed_process_finds_everything_again(tmp_path: Path) -> None:
    path = tmp_path / "register.json"
    host = Host(new_register(state=path))
    host.open_shift()
    host.sell(1000)
    host.sell(300, kind=2)
    before = host.register
    again = new_register(state=path)
    assert {**again.snapshot(), "mode": 1} == before.snapshot()
    assert again.documents() == before.documents()
    assert again.paper() == before.paper()


@pytest.mark.parametrize("direction", ["to_device", "to_host"])
def test_a_cable_that_breaks_at_any_byte_leaves_a_receipt_that_is_open_or_issued(direction: str) -> None:
    request = framed(9, bytes.fromhex(f"C1 01 A0 00 00 {CLOSE}"))
    size = len(request) if direction == "to_device" else 8
    for at in range(size + 1):
        host = Host(new_register())
        for command in (*IN_REGISTRATION, *SALE):
            host.ok(command)
        host.register.faults.arm({"fault": "cut", "direction": direction, "after": at})
        host.write(request)
        again = Host(host.register, clear=False) if host.closed else host
        issued = host.register.documents()[-1].kind == "receipt"
        assert issued == (direction == "to_host" or at >= size)
        assert issued == (host.register.memory.receipt is None)
        assert again.order("C3 A0") == ("A3 55 00 00" if issued else "B3")


def test_a_foreign_receipt_waits_until_ours_is_closed() -> None:
    host = Host(new_register())
    for command in (*IN_REGISTRATION, *SALE):
        host.ok(command)
    host.register.foreign()
    host.ok(CLOSE)
    assert [(document.origin, document.total) for document in host.register.documents()[-2:]] == [
        ("pc", "2.00"),
        ("other", "2.00"),
    ]
