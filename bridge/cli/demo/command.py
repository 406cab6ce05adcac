"""The command: builds the stage, lives the day, compares, and ends with 0 only if everything agrees."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp
import click
from rich.console import Console

from bridge.cli.data_dir import make_data_dir
from bridge.cli.demo.day import Day
from bridge.cli.demo.ledger import Entry, compare
from bridge.cli.demo.payment_day import PaymentDay
from bridge.cli.demo.show import Show
from bridge.cli.demo.stage import Stage
from bridge.cli.demo.till import ApiProblem, Till
from bridge.cli.errors import CliError
from bridge.jobs import Bridge
from bridge.plugin import PluginRegistry, SimulatorFamily
from bridge.server.listening import PortTaken
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command()
@click.option("--serve", is_flag=True, help="Open a till's page in the browser instead, to sell and to break things by hand.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="Of the bridge, with --serve.  [default: any free one]",
)
@click.option("--no-open", is_flag=True, help="With --serve: print the page's address and open no browser.")
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Keep journal and printers there, and go on with them next time.  [default: a temporary directory]",
)
def demo(serve: bool, port: int, no_open: bool, data_dir: Path | None) -> None:
    """Live a till's day against simulators: sales, a lost answer, no paper, swapped cables, the daily report.

    With --serve the day is yours: a till's page, printers whose cable you can pull, and a ledger that compares.
    """
    if not serve and (port or no_open):
        raise CliError("--port and --no-open belong to --serve.", "tillbridge demo --serve")
    logging.basicConfig(level=logging.CRITICAL)  # what goes wrong here is the show; the log would only cover it
    console = Console(highlight=False)
    registry = PluginRegistry.installed()
    families = {
        family_id: simulator
        for family_id, simulator in registry.simulators.items()
        if family_id in registry.families and simulator.demo is not None
    }
    if not families:
        console.print("No family has both its plugin and its simulator installed, for example:")
        console.print("  pip install tillbridge-posnet tillbridge-sim-posnet")
        raise SystemExit(2)
    if serve and all((simulator.demo or {}).get("pays") for simulator in families.values()):
        raise CliError(
            "A till's page needs a printer's family beside the terminals.", "pip install tillbridge-posnet tillbridge-sim-posnet"
        )
    with _directory(data_dir) as directory:
        if serve:
            _serve(console, directory, registry, families, port, not no_open)
            return
        raise SystemExit(asyncio.run(_live(console, directory, registry, families)))


@contextlib.contextmanager
def _directory(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield make_data_dir(given)
        return
    with tempfile.TemporaryDirectory(prefix="tillbridge-demo-") as name:
        yield Path(name)


def _serve(
    console: Console,
    directory: Path,
    registry: PluginRegistry,
    families: Mapping[str, SimulatorFamily],
    port: int,
    browser: bool,
) -> None:
    from bridge.cli.demo.serving import serve
    from bridge.store import DataDirLocked

    try:
        asyncio.run(serve(console, directory, registry, families, port=port, browser=browser))
    except (PortTaken, DataDirLocked) as error:
        raise CliError(str(error)) from None


async def _live(console: Console, directory: Path, registry: PluginRegistry, families: Mapping[str, SimulatorFamily]) -> int:
    bridge = await Bridge.open(directory / "data", registry=registry)
    await bridge.start()
    server = await ApiServer.start(bridge, ServerSettings(port=0))
    stages: list[Stage] = []
    try:
        async with aiohttp.ClientSession() as session:
            till = Till.at(server.url, bridge.data_dir / "admin-token", session)
            show = Show(console)
            console.print(f"[bold]Tillbridge[/bold] on {server.url}, with simulators of: {', '.join(sorted(families))}")
            entries: list[Entry] = []
            for _, simulator in sorted(families.items()):
                stage = Stage(simulator, dict(simulator.demo or {}), session)
                stages.append(stage)
                await stage.build(directory, till)
                day = PaymentDay(stage, till, show) if stage.pays else Day(stage, till, show)
                await day.live()
                entries += day.entries
            jobs = {entry.job: await till.job(entry.job) for entry in entries if entry.job is not None}
            documents = {device.id: await device.bench.documents() for stage in stages for device in stage.devices}
            rows = compare(entries, jobs, documents)
            show.ledger(rows)
            agree = all(row.agrees for row in rows)
            verdict = "Every verdict agrees with what was really issued." if agree else "NOT every verdict agrees."
            console.print(f"[bold {'green' if agree else 'red'}]{verdict}[/]")
            return 0 if agree else 1
    except (ApiProblem, RuntimeError) as error:
        console.print(f"[bold red]The demonstration broke: {error}[/]")
        return 1
    finally:
        await server.stop()
        for stage in stages:
            await stage.close()
        await bridge.stop()
