"""Who the printer is, what it can do, how it is; and the family around it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bridge_simulators.fault_kinds import Drop
from posnet_bench import FAMILY, Bench, simple_sale

from bridge.model import TaxKind
from bridge.plugin import PluginRegistry
from bridge.transport import LinkTimeout, run_virtual

VECTORS = Path(__file__).parents[3] / "protocol-specs" / "posnet" / "vectors.json"


@pytest.mark.parametrize("profile", ["online", "old"])
def test_identity_and_capabilities_come_from_the_printer(profile: str) -> None:
    async def scenario() -> None:
        bench = Bench(profile=profile, rates="23/8/5/0/-/-/zw")
        driver = await bench.connect()
        identity = await driver.identify()
        assert (identity.model, identity.fiscal_number) == ("POSNET THERMAL XL2 ONLINE", "ZBF 2101002392")
        found = await driver.capabilities()
        assert found.taxes is not None
        rows = {row.letter: row for row in found.taxes}
        assert rows["D"].kind is TaxKind.ZERO
        assert rows["G"].kind is TaxKind.EXEMPT
        assert not rows["E"].active
        assert found.currencies == ("PLN",)
        await bench.close()

    run_virtual(scenario())


def test_a_printer_without_a_drawer_offers_none() -> None:
    async def scenario() -> None:
        bench = Bench(protocol_version="32.01", name="POSNET TEMO ONLINE")
        driver = await bench.connect()
        await driver.identify()
        assert "drawer.open" not in (await driver.capabilities()).operations
        await bench.close()

    run_virtual(scenario())


def test_status_tells_what_a_till_needs() -> None:
    async def scenario() -> None:
        bench = Bench(authorisation_days=3)
        await bench.run(simple_sale())
        assert bench.driver is not None
        status = await bench.driver.status()
        assert (status.paper, status.cover, status.shift, status.last_document) == ("ok", "closed", "open", "1")
        assert status.fiscal_mode
        assert status.clock is not None
        assert any("3 days" in problem for problem in status.problems)
        await bench.close()

    run_virtual(scenario())


def test_an_expired_authorisation_is_told_and_one_without_limit_is_no_problem() -> None:
    async def scenario() -> None:
        for days, problems in ((0, 1), (-1, 0)):
            bench = Bench(authorisation_days=days)
            status = await (await bench.connect()).status()
            assert len(status.problems) == problems
            await bench.close()

    run_virtual(scenario())


def test_status_of_a_printer_out_of_paper_comes_at_once() -> None:
    async def scenario() -> None:
        bench = Bench()
        bench.printer.load_paper(False)
        driver = await bench.connect()
        status = await driver.status()
        assert (status.paper, status.busy) == ("out", True)
        with pytest.raises(LinkTimeout, match="out of paper"):
            await driver.identify()
        await bench.close()

    run_virtual(scenario())


def test_a_dead_line_is_found_out_by_idle_work() -> None:
    async def scenario() -> None:
        bench = Bench()
        driver = await bench.connect()
        assert await driver.maintain(bench.device) == 30.0
        bench.printer.faults.arm(Drop(command="sdev", times=2))
        with pytest.raises(LinkTimeout):
            await driver.maintain(bench.device)
        await bench.close()

    run_virtual(scenario())


def test_an_adapter_that_echoes_is_no_printer() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.connect()
        assert bench.link is not None
        assert bench.driver is not None
        bench.link.peer = bench.link
        with pytest.raises(LinkTimeout):
            await bench.driver.identify()
        await bench.close()

    run_virtual(scenario())


def test_probing_finds_the_printer_and_prints_nothing() -> None:
    async def scenario() -> None:
        bench = Bench()
        await bench.connect()
        assert bench.driver is not None
        await bench.driver.close()
        assert bench.link is not None
        identity = await FAMILY.probe(bench.link)
        assert identity is not None
        assert identity.fiscal_number == "ZBF 2101002392"
        assert bench.printer.paper() == ""
        bench.driver = None
        await bench.close()

    run_virtual(scenario())


def test_the_plugin_is_found_by_its_hook() -> None:
    import bridge_posnet

    registry = PluginRegistry()
    report = registry.add(bridge_posnet, "posnet")
    assert (report.problem, report.families) == (None, ("posnet",))


def test_every_vector_agrees_or_says_why_it_is_left_out() -> None:
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        check = FAMILY.check_vector(vector)
        assert check.differences == (), check
        assert check.compared or check.not_built
