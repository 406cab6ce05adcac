"""The command: builds the stage, lives the day, compares, and ends with 0 only if everything agrees."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path

import aiohttp
import click
from rich.console import Console

from bridge.cli.demo.day import Day
from bridge.cli.demo.ledger import Entry, compare
from bridge.cli.demo.show import Show
from bridge.cli.demo.stage import Stage
from bridge.cli.demo.till import ApiProblem, Till
from bridge.jobs import Bridge
from bridge.plugin import PluginRegistry
from bridge.server.run import ApiServer, stop_signals
from bridge.server.settings import ServerSettings


@click.command()
@click.option("--serve", is_flag=True, help="Keep running afterwards, for playing with it.")
def demo(serve: bool) -> None:
    """Live a till's day against simulators: sales, a lost answer, no paper, swapped cables, the daily report."""
    logging.basicConfig(level=logging.CRITICAL)  # what goes wrong here is the show; the log would only cover it
    raise SystemExit(asyncio.run(_demo(serve)))


async def _demo(serve: bool) -> int:
    console = Console(highlight=False)
    registry = PluginRegistry.installed()
    scripts = {
        family_id: (simulator, simulator.demo)
        for family_id, simulator in registry.simulators.items()
        if family_id in registry.families and simulator.demo is not None
    }
    if not scripts:
        console.print("No family has both its plugin and its simulator installed, for example:")
        console.print("  pip install tillbridge-posnet tillbridge-sim-posnet")
        return 2
    with tempfile.TemporaryDirectory(prefix="tillbridge-demo-") as name:
        directory = Path(name)
        bridge = await Bridge.open(directory / "data", registry=registry)
        await bridge.start()
        server = await ApiServer.start(bridge, ServerSettings(port=0))
        stages: list[Stage] = []
        try:
            async with aiohttp.ClientSession() as session:
                till = Till.at(server.url, bridge.data_dir / "admin-token", session)
                show = Show(console)
                console.print(f"[bold]Tillbridge[/bold] on {server.url}, with simulators of: {', '.join(sorted(scripts))}")
                entries: list[Entry] = []
                for _, (simulator, script) in sorted(scripts.items()):
                    stage = Stage(simulator, dict(script or {}), session)
                    stages.append(stage)
                    await stage.build(directory, till)
                    day = Day(stage, till, show)
                    await day.live()
                    entries += day.entries
                rows = await compare(entries, till, stages)
                show.ledger(rows)
                agree = all(row.agrees for row in rows)
                verdict = "Every verdict agrees with what was really issued." if agree else "NOT every verdict agrees."
                console.print(f"[bold {'green' if agree else 'red'}]{verdict}[/]")
                if serve:
                    await _keep_serving(console, server.url, bridge.data_dir, stages)
                return 0 if agree else 1
        except (ApiProblem, RuntimeError) as error:
            console.print(f"[bold red]The demonstration broke: {error}[/]")
            return 1
        finally:
            await server.stop()
            for stage in stages:
                await stage.close()
            await bridge.stop()


async def _keep_serving(console: Console, url: str, data_dir: Path, stages: list[Stage]) -> None:
    console.print(f"\nStill serving. API: {url}/api/v1  token: {data_dir / 'admin-token'}", soft_wrap=True)
    for stage in stages:
        for device in stage.devices:
            console.print(f"  {device.id}: {device.running.url}, control API {device.running.control_url}")
    console.print("Stop with Ctrl-C.")
    stop = asyncio.Event()
    with stop_signals(stop):
        await stop.wait()
