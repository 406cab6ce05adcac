"""`tillbridge console`: a link that opens the console, once."""

from __future__ import annotations

from pathlib import Path

import click

from bridge.cli.client import Client
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.output import print_json


@click.command()
@data_dir_option
@json_option
def console(data_dir: Path, as_json: bool) -> None:
    """Print a link that opens the bridge's console in a browser of this PC, once and within a minute."""
    made = Client.connect(data_dir).post("/console/link", {})
    if as_json:
        print_json(made)
        return
    click.echo(made["link"])
    click.echo(f"It works once, and for {made['expires_in']} seconds. Whoever opens it may do everything.", err=True)
