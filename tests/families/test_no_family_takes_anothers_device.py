"""Every family's careful question, put to every simulated device, in virtual time: its own family alone knows it, and nothing
is issued. In real time such a search takes a dozen seconds a device, so the tests of the whole way name their families."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bridge.devices.discovery.probing import Limits, Outcome, Prober
from bridge.plugin import PluginRegistry
from bridge.transport import LoopClock, NullModemBoard, parse_endpoint, run_virtual
from tests.discovery.ports_world import BoardOpener
from tests.harness.benches import bench_named
from tests.harness.cable import START
from tests.toys.cables import TestCable

TCP, SERIAL = "tcp://till:1", "serial:///dev/till"
DEVICES = {
    "posnet": TCP,
    "posnet-thermal": SERIAL,
    "shtrih-m": SERIAL,
    "shtrih-m-tcp": TCP,
    "shtrih-m-v2": SERIAL,
    "atol": TCP,
    "atol-v2": SERIAL,
    "zvt": TCP,
    "zvt-serial": SERIAL,
}
FAMILIES = ("posnet", "shtrih-m", "atol", "zvt")


async def asked(device_name: str, url: str, order: Sequence[str]) -> None:
    """All families ask, one after the other, as a scan does."""
    bench = bench_named(device_name)
    clock = LoopClock(START)
    device = bench.create(bench.variants()[0], clock.now)
    before = device.documents()
    board, cable = NullModemBoard(), TestCable()
    board.plug("/dev/till" if url.startswith("serial:") else "till:1", lambda wire_log: device.open(cable, wire_log))
    prober = Prober(BoardOpener(board), clock, inline=True, limits=Limits())
    families = PluginRegistry.installed().families
    assert set(FAMILIES) == set(families), "whoever adds a family adds it here"
    told = {}
    for family in order:
        told[family] = await prober.probe(families[family], parse_endpoint(url))
        await asyncio.sleep(1)  # in which the device hears that the line was hung up
    assert [name for name, attempt in told.items() if attempt.outcome is Outcome.IDENTIFIED] == [bench.family], told
    assert not {attempt.outcome for attempt in told.values()} & {Outcome.NOT_OPENED, Outcome.FAILED}, told
    assert device.documents() == before
    assert device.left_open() is None


@pytest.mark.parametrize("device", DEVICES)
def test_a_device_is_known_to_its_own_family_alone_whoever_asks_before(device: str) -> None:
    for first in range(len(FAMILIES)):
        run_virtual(asked(device, DEVICES[device], (*FAMILIES[first:], *FAMILIES[:first])))
