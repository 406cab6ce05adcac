"""python -m tests.resume --disconnects 1000"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path

import click

from tests.resume.run import Plan, run
from tests.resume.sabotage import SABOTAGE


@click.command()
@click.option("--disconnects", default=1000, show_default=True, type=click.IntRange(1), help="How often clients are cut off.")
@click.option("--restarts", default=12, show_default=True, type=click.IntRange(0), help="So often the bridge goes meanwhile.")
@click.option("--seed", default=1, show_default=True)
@click.option("--sabotage", type=click.Choice(sorted(SABOTAGE)), help="Break the bridge: the run must fail then.")
def main(disconnects: int, restarts: int, seed: int, sabotage: str | None) -> None:
    """Disconnect clients at random under load, restart the bridge, and compare what they saw with the journal."""
    logging.disable(logging.CRITICAL)  # a disk that refuses and clients that hang up are what is played here
    with tempfile.TemporaryDirectory(prefix="tillbridge-resume-") as name:
        report = asyncio.run(run(Path(name) / "data", Plan(disconnects, restarts, seed, sabotage), click.echo))
    for finding in report.findings[:20]:
        click.echo(f"WRONG: {finding}")
    click.echo(report.summary())
    click.echo(f"{report.passed} passed, {report.failed} failed")
    raise SystemExit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
