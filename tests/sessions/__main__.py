"""python -m tests.sessions"""

from __future__ import annotations

import asyncio
import logging
import tempfile
from pathlib import Path

import click

from tests.api import conformance
from tests.sessions.run import FEWEST_PRINTERS, FEWEST_SESSIONS, Plan, run
from tests.sessions.sabotage import SABOTAGE


@click.command()
@click.option("--sessions", default=40, show_default=True, type=click.IntRange(FEWEST_SESSIONS, 99), help="Of users.")
@click.option("--printers", default=12, show_default=True, type=click.IntRange(FEWEST_PRINTERS, 99), help="That they share.")
@click.option("--sales", default=8, show_default=True, type=click.IntRange(2), help="Of each session.")
@click.option("--seed", default=1, show_default=True)
@click.option("--sabotage", type=click.Choice(sorted(SABOTAGE)), help="Break the bridge: the run must fail then.")
def main(sessions: int, printers: int, sales: int, seed: int, sabotage: str | None) -> None:
    """Let the sessions of a terminal server sell at once, and compare what each was told with the printers' paper."""
    logging.disable(logging.CRITICAL)  # refusals are what is played here
    with tempfile.TemporaryDirectory(prefix="tillbridge-sessions-") as name:
        report = asyncio.run(run(Path(name) / "data", Plan(sessions, printers, sales, seed, sabotage), click.echo))
    for violation in dict.fromkeys(conformance.violations):
        report.check(False, f"not as described: {violation}")
    for finding in report.findings[:20]:
        click.echo(f"WRONG: {finding}")
    click.echo(report.summary())
    click.echo(f"{report.passed} passed, {report.failed} failed")
    raise SystemExit(1 if report.failed else 0)


if __name__ == "__main__":
    main()
