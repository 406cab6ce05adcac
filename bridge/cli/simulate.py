"""`tillbridge simulate`: a simulated device of any installed family, until it is told to stop."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

import click

from bridge.cli.devices import pairs
from bridge.cli.errors import CannotRun, CliError

if TYPE_CHECKING:
    from bridge.plugin import PluginRegistry, SimulatorFamily


class _WithSettings(click.Command):
    """Its help lists the settings of the family that stands before --help."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta["words"] = [word for word in args if not word.startswith("-")]
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        registry = _registry()
        named = [registry.simulators[word] for word in ctx.meta.get("words", ()) if word in registry.simulators]
        if named:
            with formatter.section(f"Settings of {named[0].id} (--set)"):
                formatter.write_dl(list(named[0].settings.items()))
            return
        with formatter.section("Families (their settings: tillbridge simulate FAMILY --help)"):
            formatter.write_dl([(one.id, one.title) for one in registry.simulators.values()] or [("none", "is installed")])


@click.command(cls=_WithSettings)
@click.argument("family")
@click.option("--listen", default="tcp://127.0.0.1:0", show_default=True, metavar="tcp://127.0.0.1:PORT|pty")
@click.option("--control", type=click.IntRange(0, 65535), metavar="PORT", help="Port of the control API; 0: any free one.")
@click.option("--state", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Remember through restarts.")
@click.option("--pace", type=click.Choice(["real", "fast"]), default="fast", show_default=True)
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting of the simulator.")
def simulate(family: str, listen: str, control: int | None, state: Path | None, pace: str, settings: tuple[str, ...]) -> None:
    """Run a simulated device of FAMILY. It prints one line when it listens, and stops on SIGTERM or Ctrl-C."""
    import asyncio

    chosen = pairs(settings)
    registry = _registry()
    simulator = registry.simulators.get(family)
    if simulator is None:
        raise _missing(registry, family)
    unknown = [name for name in chosen if name not in simulator.settings]
    if unknown:
        raise _unknown_setting(simulator, unknown[0])

    async def run() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))
        running = await simulator.start(
            listen=listen, control=control, state=state, pace=cast(Literal["real", "fast"], pace), settings=chosen
        )
        try:
            click.echo(f"ready {family} {running.url} control={running.control_url or 'none'}")
            await stop.wait()
        finally:
            await running.close()

    try:
        asyncio.run(run())
    except ValueError as error:
        raise CannotRun(str(error), f"See tillbridge simulate {family} --help") from None
    except OSError as error:
        raise CliError(f"{listen}: {error.strerror or error}.", "Choose another address with --listen or --control.") from None


def _registry() -> PluginRegistry:
    from bridge.plugin import PluginRegistry

    return PluginRegistry.installed()


def _missing(registry: PluginRegistry, family: str) -> CannotRun:
    broken = [f"{report.name}: {report.problem}" for report in registry.reports if report.problem is not None]
    message = f"No simulator for {family} is installed."
    if registry.simulators:
        message += f" Installed are: {', '.join(sorted(registry.simulators))}."
    if broken:
        message += f" Broken plugins: {'; '.join(broken)}."
    return CannotRun(message, f"Install it: pip install tillbridge-sim-{family}")


def _unknown_setting(simulator: SimulatorFamily, name: str) -> CannotRun:
    width = max((len(known) for known in simulator.settings), default=0)
    listed = "\n".join(f"  {known:<{width}}  {text}" for known, text in simulator.settings.items())
    return CannotRun(f"The simulator of {simulator.id} has no setting {name!r}. It has:\n{listed}")
