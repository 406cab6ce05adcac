"""Whatever bytes and commands come, and wherever the power fails: the register answers or stays silent, and its FN stays in order."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from atol_host import CLOSE, Host, framed, item, new_register, tag
from bridge_sim_atol.commands import COMMANDS
from bridge_sim_atol.register import Register
from hypothesis import given, settings
from hypothesis import strategies as st

SENSIBLE = (
    "45", "3F", "48", "56 01 00 00 00 30", "56 02 00 00 00 30", "56 03 00 00 00 30", "9A 00", "92 00 01", "92 00 02", "92 04 01",
    "92 00 07", "EA 00 01 00", item(100), item(100, subject=33), tag(1008, b"a@b.ru"), tag(1173, b"\0"), tag(2108, b"\0"),
    "EF 08 00 31323334", "43 00 00 01 00 00 00 00 00 10", "99 00 01 00 00 00 01 00", "99 00 02 00 00 00 00 50", CLOSE, "59",
    "49 00 00 00 00 01 00", "4F 00 00 00 00 00 50", "67 01", "67 09", "5A", "91 34 00 00", "A4 30", "A4 45 01 00 00 00", "A4 46",
    "4C 41", "73", "95", "80", "52 00 00 00 00 50 00 00 00 00 20 00 01",
)  # fmt: skip
CODES = st.sampled_from(sorted(COMMANDS))
FISCAL = {
    "shift_open",
    "receipt",
    "goods_return",
    "purchase",
    "purchase_return",
    "correction",
    "daily_report",
    "settlements_report",
}


def in_order(register: Register) -> None:
    """The FN's documents are numbered without a gap, each was issued once, and cash is never owed."""
    fn = register.memory.fn
    assert [document.number for document in fn.documents] == list(range(1, fn.last + 1))
    issued = [document.number for document in register.documents() if document.fiscal]
    assert issued == [str(document.number) for document in fn.documents[1:]]
    assert {document.kind for document in register.documents() if document.fiscal} <= FISCAL
    assert register.memory.cash >= 0 or any(document.kind in ("goods_return", "purchase") for document in register.documents())
    assert (register.memory.receipt is not None) == (fn.current is not None)
    if register.memory.receipt is not None:
        assert register.memory.mode == 1
        assert fn.shift_open


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(SENSIBLE), st.binary(min_size=1, max_size=60).map(bytes.hex)), max_size=40))
def test_any_commands_in_any_order_leave_the_fn_in_order(commands: list[str]) -> None:
    host = Host(new_register())
    for command in commands:
        answer = host.command(command)
        assert answer
        in_order(host.register)


@settings(max_examples=40, deadline=None)
@given(CODES, st.binary(max_size=80), st.sampled_from((0, 1, 2, 3, 4)))
def test_any_parameters_of_any_command_are_answered(code: int, parameters: bytes, mode: int) -> None:
    register = new_register()
    register.memory.mode = mode
    answer = register.perform(bytes((code,)) + parameters)
    assert answer[0] in (0x55, 0x44, 0x4D, 0x00)
    in_order(register)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(max_size=30), max_size=10))
def test_any_bytes_on_the_line_are_borne_and_the_next_frame_is_answered(pieces: list[bytes]) -> None:
    host = Host(new_register())
    for piece in pieces:
        host.write(piece)
    assert host.write(framed(7, b"\xc4"))[-6:] == framed(7, b"\xa3")
    in_order(host.register)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.sampled_from(SENSIBLE), max_size=25),
    st.sampled_from(("before", "recorded", "after", "answer")),
    st.integers(0, 24),
    st.booleans(),
)
def test_a_power_cut_at_any_step_of_any_command_leaves_the_fn_in_order(
    commands: list[str], step: str, at: int, kept: bool
) -> None:
    with TemporaryDirectory() as directory:
        path = Path(directory) / "state.json"
        chosen = {"buffer_at_power_off": "kept" if kept else "lost", "open_receipt_at_power_on": "keep" if kept else "cancel"}
        host = Host(new_register(state=path, **chosen))
        host.open_shift()
        for number, command in enumerate(commands):
            if number == at:
                host.register.faults.arm({"fault": "power_cut", "command": "*", "step": step})
            host.command(command)
            if host.closed:
                break
        again = new_register(state=path, **chosen)
        in_order(again)
        assert again.snapshot()["fn"] == new_register(state=path, **chosen).snapshot()["fn"]
