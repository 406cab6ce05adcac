"""python -m tests.harness.campaign --family zvt --campaigns 500 --seed 1"""

from __future__ import annotations

import logging
from pathlib import Path

import click

from tests.harness.benches import BENCHES, bench_named
from tests.harness.campaign.plan import read_plan
from tests.harness.campaign.play import play
from tests.harness.campaign.run import run


@click.command()
@click.option("--family", "families", multiple=True, help="Which; all by default.")
@click.option("--variant", "variants", multiple=True, help="Which; the ordinary one every other time by default.")
@click.option("--campaigns", default=100, show_default=True, help="Of each family.")
@click.option("--seed", default=1, show_default=True)
@click.option("--seconds", type=float, help="Of each family: no campaign is begun behind them.")
@click.option("--tries", default=300, show_default=True, help="To make a campaign small that went wrong.")
@click.option("--replay", type=click.Path(exists=True, path_type=Path), help="A campaign as it was printed.")
@click.option("--log", is_flag=True, help="What the bridge logs, while one is replayed.")
def main(
    families: tuple[str, ...],
    variants: tuple[str, ...],
    campaigns: int,
    seed: int,
    seconds: float | None,
    tries: int,
    replay: Path | None,
    log: bool,
) -> None:
    """Many operations, many faults; verdicts against documents."""
    if replay is not None:
        logging.basicConfig(level=logging.DEBUG if log else logging.CRITICAL)
        report = play(read_plan(replay.read_text()))
        click.echo("\n".join(report.story))
        click.echo(report.violation or "nothing wrong")
        raise SystemExit(report.violation is not None)
    wrong = 0
    for name in families or sorted(BENCHES):
        total = run(bench_named(name), campaigns, seed, variants, tries=tries, seconds=seconds)
        click.echo("\n".join(total.lines()))
        wrong += len(total.wrong)
    click.echo(f"{wrong} wrong")
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
