"""python -m tests.harness --family gateway --every-byte"""

from __future__ import annotations

import click

from tests.harness.benches import BENCHES, bench_named
from tests.harness.run import Extent, timed_run


@click.command()
@click.option("--family", "families", multiple=True, type=click.Choice(sorted(BENCHES)), help="Which; all by default.")
@click.option("--every-byte", is_flag=True, help="Cut at every byte of the ordinary variant's first scenario.")
@click.option("--everywhere", is_flag=True, help="The same positions in every variant and scenario (long).")
@click.option("--first", is_flag=True, help="Only the first scenario of each family, in every variant.")
@click.option("--sample", default=20, show_default=True, help="Positions beside the edges, for each direction.")
@click.option("--edges", type=int, help="Transfers whose edges the ordinary variant's other scenarios get; all by default.")
@click.option("--thin", default=2, show_default=True, help="Transfers whose edges the other variants get.")
@click.option("--seldom", type=int, help="Cases of each scenario in the other variants; all by default.")
@click.option(
    "--draw", type=int, help="Of all these only so many of each scenario and variant, ten times as many of the very first."
)
@click.option("--seed", default=1, show_default=True)
@click.option("--jobs", default=2, show_default=True, help="Processes.")
def main(
    families: tuple[str, ...],
    every_byte: bool,
    everywhere: bool,
    first: bool,
    sample: int,
    edges: int | None,
    thin: int,
    seldom: int | None,
    draw: int | None,
    seed: int,
    jobs: int,
) -> None:
    """Cut and spoil the line of each family; compare verdicts with documents."""
    benches = [bench_named(name) for name in families or sorted(BENCHES)]
    text, passed, failed = timed_run(
        benches, Extent(every_byte, everywhere, sample, seed, thin, first, draw=draw, edges=edges, seldom=seldom), jobs
    )
    click.echo(text)
    click.echo(f"{passed} passed, {failed} failed")
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
