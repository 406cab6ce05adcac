"""The printer's state machine, row by row: what is legal where, and the error for what is not."""

from __future__ import annotations

import pytest
from bridge_sim_posnet.commands import COMMANDS, Command
from bridge_sim_posnet.handlers import HANDLERS
from bridge_sim_posnet.parameters import Field, FrameError
from bridge_sim_posnet.states import PAID, State, state_of
from posnet_host import Host, new_printer

WAYS: dict[State, tuple[str, ...]] = {
    State.IDLE: (),
    State.LINES: ("trinit|bm0", "trline|naChleb|vt1|pr200"),
    State.CLOSING: ("trinit|bm0", "trline|naChleb|vt1|pr200", "trpayment|ty2|wa100"),
    State.FOOTER: ("trinit|bm0", "trline|naChleb|vt1|pr200", "trend|fe0"),
    State.INVOICE: ("trfvinit", "trline|naChleb|vt1|pr200"),
    State.PACKAGING: ("trpackinit", "trpack|pr100"),
    State.SETTLING: ("trpackinit", "trpack|pr100", "trpayment|ty2|wa50"),
    State.FORM: ("formstart|fn200",),
}
SAMPLES = (b"1", b"Chleb", b"2026-10-09", b"2026-10-09,12:00", b"0", b"T", b"20", b"600")


def sample(field: Field) -> bytes:
    """A value that this parameter takes."""
    for value in SAMPLES:
        try:
            field.read(value, field.name)
        except FrameError:
            continue
        return value
    raise AssertionError(field)


def shortest(name: str, command: Command) -> str:
    needed = [field.name + sample(field).decode() for field in command.fields if field.needed]
    return "|".join([name, *needed])


def test_every_command_has_a_handler_and_every_state_a_way_into_it() -> None:
    assert set(COMMANDS) == {*HANDLERS, "rpt"}
    assert set(WAYS) == set(State)
    assert all(len(command.legal) == len(State) for command in COMMANDS.values())


@pytest.mark.parametrize("state", State, ids=lambda state: state.name)
def test_a_command_out_of_place_is_refused_with_the_error_of_the_table_and_changes_nothing(state: State) -> None:
    for name, command in COMMANDS.items():
        code = command.legal[state.value]
        if code is None:
            continue
        printer = new_printer()
        host = Host(printer)
        for step in WAYS[state]:
            assert host.ask(step) == step.split("|")[0]
        assert state_of(printer) is state
        before, issued = printer.snapshot(), printer.documents()
        assert host.ask(shortest(name, command)) == f"{name} ?{2060 if code == PAID else code}"
        assert (printer.snapshot(), printer.documents()) == (before, issued)


@pytest.mark.parametrize("state", State, ids=lambda state: state.name)
def test_a_command_in_its_place_gets_one_answer_that_is_not_about_the_state(state: State) -> None:
    about_the_state = {"?2005", "?2038", "?2062", "?2066"}
    for name, command in COMMANDS.items():
        if command.legal[state.value] is not None or name == "rpt":
            continue
        printer = new_printer()
        host = Host(printer)
        for step in WAYS[state]:
            host.ask(step)
        (answer,) = [host.ask(shortest(name, command)) or _with_key(host)]
        assert answer.split()[0] == name, answer
        assert not about_the_state & set(answer.split()), answer


def _with_key(host: Host) -> str:
    host.printer.press_key()
    (answer,) = host.answers()
    return answer


def test_scomm_and_strns_name_what_is_open() -> None:
    for state, ways in WAYS.items():
        host = Host(new_printer())
        for step in ways:
            host.ask(step)
        expected = {"LINES": "16", "CLOSING": "16", "INVOICE": "33", "PACKAGING": "48", "SETTLING": "48"}.get(state.name, "0")
        assert host.value("scomm", "ts") == expected
        assert host.value("strns", "to") == str(int(expected != "0"))
        assert host.value("formisstarted", "is") == ("T" if state is State.FORM else "N")


def test_a_read_only_printer_reports_and_tells_but_sells_nothing() -> None:
    for name, command in COMMANDS.items():
        host = Host(new_printer(mode="read_only"))
        answer = host.ask(shortest(name, command))
        assert (answer == f"{name} ?2036") is (not command.read_only or name == "endrepro"), answer
