"""python -m tests.crash --kills 200 --real 20"""

from __future__ import annotations

import signal
import sys
from types import FrameType

import click


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1), help="How often the bridge is killed.")
@click.option("--real", default=20, show_default=True, type=click.IntRange(0), help="So many of them are `tillbridge serve`.")
@click.option("--seed", default=1, show_default=True)
@click.option("--tills", default=8, show_default=True, type=click.IntRange(1), help="Clients.")
def main(kills: int, real: int, seed: int, tills: int) -> None:
    """Kill the bridge under load, start it again, and compare what it says with what the printers issued."""
    from tests.crash.run import Plan, run
    from tests.crash.table import table

    signal.signal(signal.SIGTERM, _ended)
    report = run(Plan(kills=kills, real=real, seed=seed, tills=tills), click.echo)
    click.echo("")
    click.echo(table(report))
    click.echo(f"{report.passed} passed, {report.failed} failed")
    raise SystemExit(1 if report.failed else 0)


def _ended(number: int, frame: FrameType | None) -> None:
    """As Ctrl-C: children are ended and files removed on the way out."""
    sys.exit(128 + number)


if __name__ == "__main__":
    main()
