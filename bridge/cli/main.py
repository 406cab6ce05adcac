"""The command `tillbridge`: its groups by import path, so that each call loads only what it needs.

`serve` alone needs aiohttp and the plugins; the commands that talk to a running server need neither.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from typing import Any

import click

# name: (module:attribute, one line for the help). In the order of the help.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("bridge.cli.serve:serve", "Run the bridge."),
    "demo": ("bridge.cli.demo.command:demo", "Live a till's day against simulators."),
    "sell": ("bridge.cli.sell:sell", "Make a sale and show its number."),
    "pay": ("bridge.cli.pay:pay", "Charge a card at a terminal and tell what it decides."),
    "payments": ("bridge.cli.payments:payments", "List card payments; ask a terminal again, take one back."),
    "devices": ("bridge.cli.devices:devices", "List, add, remove devices; their status; accept a changed one."),
    "discover": ("bridge.cli.discover:discover", "Look for devices on ports, USB and the network."),
    "jobs": ("bridge.cli.jobs:jobs", "List and show jobs; settle an unresolved one."),
    "inspect": ("bridge.cli.inspect:inspect", "A job from its request to its verdict, with what went over the wire."),
    "logs": ("bridge.cli.logs:logs", "Read the log."),
    "doctor": ("bridge.cli.doctor:doctor", "Find out what is wrong with this computer, and what to do."),
    "bundle": ("bridge.cli.bundle:bundle", "Pack everything for whoever helps you, without secrets."),
    "simulate": ("bridge.cli.simulate:simulate", "Run a simulated device."),
    "vectors": ("bridge.cli.vectors:vectors", "Hold test vectors against a family's codec."),
    "service": ("bridge.cli.service.command:service", "Run the bridge as a service of the system."),
    "browser-policy": (
        "bridge.cli.browser_policy.command:browser_policy",
        "Let the paired pages in without the browser's prompt.",
    ),
    "openapi": ("bridge.cli.openapi:openapi", "Print the description of the API."),
    "pair": ("bridge.cli.pair:pair", "Let pages in, and give managed tills and programs their tokens."),
    "token": ("bridge.cli.token:token", "The administrator's token; list, rotate and revoke the others."),
    "console": ("bridge.cli.console:console", "Print a link that opens the console, once."),
    "tls": ("bridge.cli.tls.command:tls", "Certificates for https, and who trusts them."),
    "uninstall": ("bridge.cli.uninstall:uninstall", "Take back service, policies, certificates and tokens; tell what stays."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def __init__(self, *args: Any, lazy: dict[str, tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lazy = lazy

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        entry = self._lazy.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry[0].partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self._lazy.items()])


def _show_version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from bridge.server.version import version

        click.echo(f"tillbridge {version()}")
        ctx.exit()


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Show the version and exit."
)
def cli() -> None:
    """One local API for fiscal printers, payment terminals and tax gateways."""


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point. Whatever goes wrong is one sentence, never a traceback."""
    try:
        cli.main(args=list(arguments) if arguments is not None else None, prog_name="tillbridge")
    except BrokenPipeError:
        # Somebody piped us into `head`: nobody reads any more, which is no error of theirs or ours.
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"Error: {where}{error.strerror or error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
