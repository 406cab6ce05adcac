"""The cable breaks behind any byte of a dialogue, in either direction, with and without the register's power: the verdict is what the
register did. A part of the bytes at each run, all of them in the exhaustive one."""

from __future__ import annotations

from typing import Any

import pytest
from atol_bench import Bench, Script, other, sale

from bridge.transport import Cable, run_virtual
from tests.one_job import Outcome

SCENES: dict[str, Any] = {
    "sale": sale(),
    "cash": other("cash.in", amount="5.00", currency="RUB"),
    "close": other("shift.close"),
    "x": other("report.x"),
}
POWERS = ("kept", "lost")

# Bytes between two cuts of the usual run. Reports read the figures of the shift first, a register each.
_STEPS = {"sale": 23, "cash": 23, "close": 83, "x": 83}


async def _run(scene: str, cable: Cable, *, power: str, later: bool, protocol: str) -> tuple[Outcome, Bench]:
    bench = Bench(Script(), cable=cable, later=later, protocol=protocol)
    if power == "lost":
        cable.on_cut = bench.switch_off
    outcome = await bench.run(SCENES[scene])
    await bench.disconnect()
    return outcome, bench


def lengths(scene: str, *, later: bool, protocol: str = "v3") -> tuple[int, int]:
    """Bytes of the whole dialogue, to the device and to the host."""
    cable = Cable()
    outcome, _ = run_virtual(_run(scene, cable, power="kept", later=later, protocol=protocol))
    assert outcome.state == "done"
    return cable.to_device, cable.to_host


def check(scene: str, to_device: int | None, to_host: int | None, *, power: str, later: bool, protocol: str = "v3") -> str:
    cable = Cable(cut_to_device=to_device, cut_to_host=to_host)
    outcome, bench = run_virtual(_run(scene, cable, power=power, later=later, protocol=protocol))
    script = bench.script
    at = (scene, to_device, to_host, power, protocol, outcome)
    decided = [code for code in script.codes() if code in ("4A", "49", "5A", "67")]
    assert len(decided) <= 1, at
    assert script.receipt == 0, at
    done = bool(decided)
    if scene == "x":
        # It leaves no trace: only the kept result tells.
        assert outcome.state in (("done", "operator") if done else ("failed", "operator")), at
    else:
        assert outcome.state == ("done" if done else "failed"), at
    if scene == "cash":
        assert script.cash == 100_00 + (500 if done else 0), at
    return outcome.state


def _all(scene: str, step: int, start: int, *, power: str, later: bool, protocol: str = "v3") -> None:
    down, up = lengths(scene, later=later, protocol=protocol)
    for at in range(start, down + 1, step):
        check(scene, at, None, power=power, later=later, protocol=protocol)
    for at in range(start, up + 1, step):
        check(scene, None, at, power=power, later=later, protocol=protocol)


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("scene", SCENES)
def test_a_cut_behind_some_of_the_bytes_leaves_no_doubt_that_is_not_told(scene: str, power: str) -> None:
    _all(scene, _STEPS[scene], 1 if power == "kept" else 8, power=power, later=False)


@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("scene", SCENES)
def test_nor_does_one_in_transport_v2(scene: str, power: str) -> None:
    _all(scene, 3 * _STEPS[scene], 1 if power == "kept" else 8, power=power, later=power == "kept", protocol="v2")


@pytest.mark.exhaustive
@pytest.mark.parametrize("protocol", ["v3", "v2"])
@pytest.mark.parametrize("later", [False, True])
@pytest.mark.parametrize("power", POWERS)
@pytest.mark.parametrize("scene", SCENES)
def test_a_cut_behind_every_byte_leaves_no_doubt_that_is_not_told(scene: str, power: str, later: bool, protocol: str) -> None:
    _all(scene, 1, 1, power=power, later=later, protocol=protocol)


def test_with_its_power_kept_even_an_x_report_is_certain_once_it_was_taken_in() -> None:
    down, up = lengths("x", later=False)
    found = {check("x", None, at, power="kept", later=False) for at in range(1, up + 1, 67)}
    assert "done" in found
    assert down > 0
