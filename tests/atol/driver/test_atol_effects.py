"""Effects in bytes: clock, display, going on with printing, commands of an administrator."""

from __future__ import annotations

from typing import Any

import pytest
from atol_bench import FAMILY, FN, Bench, Script, other, sale

from bridge.model import RequestError
from bridge.transport import run_virtual
from tests.one_job import Outcome


def run(wanted: Any, script: Script | None = None, **settings: Any) -> tuple[Outcome, Script]:
    async def scenario() -> tuple[Outcome, Script]:
        bench = Bench(script, **settings)
        outcome = await bench.run(wanted)
        await bench.disconnect()
        return outcome, bench.script

    return run_virtual(scenario())


def refused(wanted: Any, **settings: Any) -> Any:
    with pytest.raises(RequestError) as caught:
        FAMILY.check(wanted, FAMILY.settings_from(settings), None)
    return caught.value


# --- the clock

NOON = "2026-11-20T12:34:56+00:00"  # 15:34:56 in Moscow


def clock(**answers: Any) -> Script:
    script = Script(**{"x64": "55 00 00", "x4B": "55 00 00", **answers})
    script.shift_state = 0
    return script


def test_the_clock_is_set_by_the_date_and_the_time_twice() -> None:
    outcome, script = run(other("clock.set", to=NOON), clock())
    assert outcome.state == "done", outcome.error
    assert script.sent("64", "4B") == ["64 20 11 26", "4B 15 34 56", "4B 15 34 56"]
    assert outcome.result is not None
    assert outcome.result.evidence["set_to"] == "2026-11-20T15:34:56+03:00"


def test_a_date_that_must_be_confirmed_is_told_again() -> None:
    script = clock(x64=["55 16 00", "55 00 00"])
    assert run(other("clock.set", to=NOON), script)[0].state == "done"
    assert script.sent("64") == ["64 20 11 26"] * 2


def test_a_register_that_sets_its_clock_in_another_mode_is_followed() -> None:
    script = clock(x64=["55 66 00", "55 00 00"])
    script.mode = 1
    assert run(other("clock.set", to=NOON), script)[0].state == "done"
    assert [code for code in script.codes() if code in ("48", "56", "64", "4B")] == ["48", "64", "56", "64", "4B", "4B"]
    assert script.sent("56") == ["56 04 00 00 00 30"]


def test_the_clock_is_not_set_while_the_shift_is_open() -> None:
    outcome, script = run(other("clock.set", to=NOON), Script())
    assert (outcome.state, script.sent("64", "4B")) == ("failed", [])
    assert outcome.error is not None
    assert outcome.error.code == "request.conflict"
    assert "закрытой смене" in outcome.error.in_language("ru").message


def test_a_date_before_the_last_document_is_told() -> None:
    outcome, script = run(other("clock.set", to=NOON), clock(x64="55 20 00"))
    assert (outcome.state, script.sent("4B")) == ("failed", [])
    assert outcome.error is not None
    assert (outcome.error.device_code, outcome.error.field) == ("20h", "to")


# --- the display


def test_lines_of_the_display_are_filled_to_its_width() -> None:
    outcome, script = run(other("display.show", lines=["Итого", "161.73"]), Script(x8F="55 00 00"))
    assert outcome.state == "done"
    assert script.executed[-1] == b"\x8f\x01" + "Итого".ljust(20).encode("cp866") + b"161.73".ljust(20)


def test_a_display_that_is_not_there_is_told() -> None:
    outcome, _ = run(other("display.show", lines=["Итого"]), Script(x8F="55 C9 00"))
    assert outcome.state == "failed"
    assert outcome.error is not None
    assert outcome.error.device_code == "C9h"


@pytest.mark.parametrize(("lines", "field"), [(["1", "2", "3"], "lines"), (["1" * 21], "lines.0")])
def test_what_the_display_cannot_show_is_refused(lines: list[str], field: str) -> None:
    assert refused(other("display.show", lines=lines)).errors[0].field == field


# --- paper


def test_a_document_that_ran_out_of_paper_is_printed_again_on_request() -> None:
    async def scenario() -> None:
        class Out(Script):
            def _executed(self, code: str, data: bytes) -> str:
                answer = super()._executed(code, data)
                self.flags = 1 if code == "4A" else self.flags
                return answer

        bench = Bench(Out())
        sold = await bench.run(sale())
        assert sold.result is not None
        assert (sold.state, sold.result.paper.value, "paper_unknown" in sold.codes) == ("done", "unknown", True)
        waits = await bench.run(other("document.continue"))
        assert waits.error is not None
        assert (waits.error.code, bench.sent("95")) == ("device.paper_out", [])
        bench.script.flags = 0
        again = await bench.run(other("document.continue"))
        assert (again.state, bench.sent("95"), again.codes) == ("done", ["95"], ["copy_printed"])
        [(job, amended)] = bench.device.amendments
        assert (job, amended["paper"].value) == (sold.job.job_id, "printed")
        nothing = await bench.run(other("document.continue"))
        assert (nothing.state, bench.sent("95")) == ("done", ["95"])
        await bench.disconnect()

    run_virtual(scenario())


def test_one_that_is_not_the_last_any_more_is_printed_as_the_storage_keeps_it() -> None:
    async def scenario() -> None:
        bench = Bench()
        sold = await bench.run(sale())
        bench.device.store.values["paper"] = {"job": sold.job.job_id, "fn": FN, "number": 29}
        outcome = await bench.run(other("document.continue"))
        assert bench.sent("95") == []
        assert (outcome.state, outcome.error is not None) == ("failed", True)  # this register tells no text of it
        assert bench.device.store.values["paper"]["number"] == 29
        await bench.disconnect()

    run_virtual(scenario())


def test_one_of_another_storage_is_not_printed_again() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.connect()
        bench.device.store.values["paper"] = {"job": "JOB0", "fn": "9" * 16, "number": 28}
        outcome = await bench.run(other("document.continue"))
        assert (outcome.state, bench.sent("95"), bench.device.store.values.get("paper")) == ("failed", [], None)
        assert outcome.error is not None
        assert "накопителе" in outcome.error.in_language("ru").message
        await bench.disconnect()

    run_virtual(scenario())


# --- raw


def test_a_register_is_read_by_an_administrator() -> None:
    script = Script(x9134="55 00 00 00 00 00 29 20 11 26 15 30 02 87 45 40 20")
    outcome, _ = run(other("raw", command={"code": "91", "parameters": "34 00 00"}), script)
    assert outcome.state == "done"
    assert outcome.result is not None
    assert outcome.result.evidence["answer"].startswith("55000000000029")
    assert script.sent("9134") == ["91 34 00 00"]


def test_a_command_that_is_in_no_table_is_sent_once_in_the_mode_that_it_names() -> None:
    script = Script(x47="55 00 00")
    outcome, _ = run(other("raw", command={"code": "47", "mode": 4}), script)
    assert (outcome.state, script.sent("47"), script.sent("56")) == ("done", ["47"], ["56 04 00 00 00 30"])


def test_an_error_of_the_register_fails_it() -> None:
    outcome, _ = run(other("raw", command={"code": "46", "parameters": "02 00 01 57"}), Script(x46="55 91 00"))
    assert outcome.state == "failed"
    assert outcome.error is not None
    assert outcome.error.device_code == "91h"


@pytest.mark.parametrize(
    ("command", "field"),
    [
        ({"code": "4A", "parameters": "00 01 00 00 00 00 00"}, "command.code"),
        ({"code": "5A"}, "command.code"),
        ({"code": "56", "parameters": "01 00 00 00 30"}, "command.code"),
        ({"code": "46", "parameters": "03 00 1E 01"}, "command.parameters"),
        ({"code": "50", "parameters": "02 00 01 17 11 11"}, "command.parameters"),
        ({"code": "46", "parameters": "02 00 01 23"}, "command.parameters"),
        ({"code": "A4", "parameters": "10"}, "command.parameters"),
        ({"code": "91"}, "command.parameters"),
        ({"code": "9"}, "command.code"),
        ({"code": "46", "mode": 5}, "command.mode"),
        ({"code": "4C", "parameters": "41" * 253}, "command.parameters"),
        ({"code": "46", "password": "0000"}, "command.password"),
    ],
)
def test_what_is_not_sent_this_way_is_refused(command: dict[str, Any], field: str) -> None:
    assert refused(other("raw", command=command)).errors[0].field == field


@pytest.mark.parametrize("parameters", ["03 00 1E 02", "02 00 01 57"])
def test_tables_without_passwords_are_read(parameters: str) -> None:
    outcome, _ = run(other("raw", command={"code": "46", "parameters": parameters}), Script(x46="55 00 41"))
    assert outcome.state == "done"


def test_a_tag_that_no_frame_of_v2_holds_is_refused_before_anything_is_sent() -> None:
    wanted = sale(extras={"ffd": {"taxation": "osn", "user_attribute": {"name": "н" * 64, "value": "з" * 230}}})
    assert FAMILY.check(wanted, FAMILY.settings_from({}), None) is not None
    assert refused(wanted, protocol="v2").errors[0].limit == "249 bytes"
