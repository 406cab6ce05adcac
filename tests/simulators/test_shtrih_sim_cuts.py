"""Power cuts at each step of commands that make documents, and a killed process: what is in the FN stays, and comes on paper."""

from __future__ import annotations

from pathlib import Path

import pytest
from bridge_simulators.persist import StateFileError
from shtrih_host import ADMIN, MEASURE, Host, close, framed, item, le, new_register

SALE: tuple[tuple[str, bytes], ...] = (("8D", b"\0"), ("FF46", item(200)), ("FF4D", MEASURE))
DOCUMENTS: dict[str, tuple[tuple[str, bytes], ...]] = {
    "sale": (*SALE, ("FF45", close(200))),
    "cancelled receipt": (*SALE, ("88", b"")),
    "shift opening": (("E0", b""),),
    "z report": (("E0", b""), ("41", b"")),
    "x report": (("40", b""),),
    "cash in": (("50", le(200, 5)),),
    "cash out": (("50", le(200, 5)), ("51", le(200, 5))),
    "old sale": (("80", le(1000, 5) + le(200, 5) + bytes((1, 2, 0, 0, 0)) + bytes(40)), ("85", le(200, 5) + bytes(61))),
}
SETTINGS = {"measure_missing": "piece"}


@pytest.mark.parametrize("printing", ["wait", "print", "lost"])
@pytest.mark.parametrize("step", ["before", "recorded", "after", "answer"])
@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_power_cut_leaves_the_document_whole_or_not_at_all(tmp_path: Path, kind: str, step: str, printing: str) -> None:
    *preparation, (code, parameters) = DOCUMENTS[kind]
    whole = Host(new_register(**SETTINGS))
    for command in DOCUMENTS[kind]:
        whole.ok(*command)
    path = tmp_path / "register.json"
    settings = {**SETTINGS, "unprinted_at_power_on": printing}
    register = new_register(state=path, **settings)
    host = Host(register)
    for command in preparation:
        host.ok(*command)
    issued = len(register.documents())
    register.faults.arm({"fault": "power_cut", "command": code, "step": step})
    assert host.command(code, parameters) == b""
    assert host.closed
    again = new_register(state=path, **settings)  # the process was killed, too
    after = Host(again)
    if step == "before":
        assert len(again.documents()) == issued
    else:
        assert again.documents() == whole.register.documents()
        assert again.memory.fn == whole.register.memory.fn
        assert (after.money_register(241), after.through_number()) == (whole.money_register(241), whole.through_number())
    submode = after.status()[1]
    assert submode == (3 if step == "recorded" and printing == "wait" else 0)
    if submode == 3:
        assert after.error("40") == "58"
        after.ok("B0")
    if step != "before" and not (step == "recorded" and printing == "lost"):
        assert again.paper() == whole.register.paper()
    assert again.memory.unprinted == []


@pytest.mark.parametrize("choice", ["keep", "cancel", "half"])
def test_an_open_receipt_is_kept_cancelled_or_half_gone_at_power_on(tmp_path: Path, choice: str) -> None:
    path = tmp_path / "register.json"
    register = new_register(state=path, open_receipt_at_power_on=choice)
    host = Host(register)
    for command in SALE:
        host.ok(*command)
    del register
    register = new_register(state=path, open_receipt_at_power_on=choice)
    host = Host(register)
    state = host.ok("FF01")
    match choice:
        case "keep":
            assert (host.status()[0], state[1]) == (8, 4)
            host.ok("FF45", close(200))
        case "cancel":
            assert (host.status()[0], state[1]) == (2, 0)
            assert register.documents()[-1].kind == "cancelled_receipt"
            assert register.documents()[-1].origin == "device"
        case "half":
            assert (host.status()[0], state[1]) == (2, 4)
            assert host.error("41") == "5E"
            host.ok("FF08")
    assert int.from_bytes(host.ok("FF01")[-4:], "little") == (3 if choice == "keep" else 2)
    host.sell()


def test_a_killed_process_finds_everything_again(tmp_path: Path) -> None:
    path = tmp_path / "register.json"
    host = Host(new_register(state=path))
    host.sell(1000)
    host.sell(300, operation=2)
    host.ok("1E", bytes((2, 30, 0, 2)) + "Жанна".encode("cp1251").ljust(64, b"\0"))
    before = host.register
    again = new_register(state=path)
    assert again.snapshot() == before.snapshot()
    assert again.documents() == before.documents()
    assert again.paper() == before.paper()
    Host(again).sell(500)
    assert again.documents()[-1].number == "5"


def test_the_state_of_another_simulator_is_not_taken(tmp_path: Path) -> None:
    path = tmp_path / "register.json"
    path.write_text('{"format": 1, "owner": "posnet", "log_size": 0, "state": {}}', "utf-8")
    with pytest.raises(StateFileError, match="shtrih-m"):
        new_register(state=path)


@pytest.mark.parametrize("step", ["recorded", "after", "answer"])
def test_a_broken_connection_loses_the_answer_and_only_that(step: str) -> None:
    register = new_register()
    host = Host(register)
    for command in SALE:
        host.ok(*command)
    register.faults.arm({"fault": "cut_command", "command": "FF45", "step": step})
    assert host.command("FF45", close(200)) == b""
    assert host.closed
    assert register.documents()[-1].total == "2.00"
    assert "ИТОГ" in register.paper()
    again = Host(register).write(b"\x05")
    assert again[:5] == (bytes.fromhex("060210FF45") if step == "answer" else b"\x15")


@pytest.mark.parametrize("direction", ["to_device", "to_host"])
def test_a_cable_that_breaks_at_any_byte_leaves_a_receipt_that_is_open_or_issued(direction: str) -> None:
    request = framed(b"\xff\x45" + ADMIN + close(200))
    size = len(request) if direction == "to_device" else 20
    for at in range(size + 1):
        register = new_register()
        host = Host(register)
        for command in SALE:
            host.ok(*command)
        host.write(b"\x05")
        register.faults.arm({"fault": "cut", "direction": direction, "after": at})
        host.write(request)
        again = Host(register) if host.closed else host
        issued = register.documents()[-1].kind == "receipt"
        assert issued == (direction == "to_host" or at >= size)
        assert issued == (register.memory.receipt is None)
        enquiry = again.write(b"\x05")
        assert enquiry[:1] == (b"\x06" if issued else b"\x15")


def test_a_foreign_receipt_waits_until_ours_is_closed() -> None:
    register = new_register()
    host = Host(register)
    for command in SALE:
        host.ok(*command)
    register.foreign()
    assert [document.kind for document in register.documents()] == ["shift_open"]
    host.ok("FF45", close(200))
    assert [(document.origin, document.total) for document in register.documents()[1:]] == [("pc", "2.00"), ("other", "2.00")]


def test_a_register_that_lost_its_memory_still_has_its_fn() -> None:
    register = new_register()
    host = Host(register)
    host.sell()
    register.faults.arm({"fault": "ram_clear"})
    assert host.last_document() == 3
    assert host.status()[0] == 2
    assert host.money_register(241) == 0
    assert host.through_number() == 0
