"""`tillbridge inspect JOB`: what was asked, what went over the wire, what is known and why; readable at 80 columns."""

from __future__ import annotations

from pathlib import Path

import click

from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.output import print_json, styles
from bridge.cli.timeline import gather
from bridge.server.diagnosis.rows import as_data, report

_COLOURS = {"state": "cyan", "checkpoint": "blue", "prompt": "yellow", "act": "magenta", "amended": "magenta", "log": "white"}


@click.command()
@click.argument("job", metavar="JOB")
@click.option("--raw", is_flag=True, help="The bytes of each frame too, in hex.")
@click.option("--log-dir", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where the log files are.")
@data_dir_option
@json_option
def inspect(job: str, raw: bool, log_dir: Path | None, data_dir: Path, as_json: bool) -> None:
    """One job from its request to its verdict: states, checkpoints, prompts, frames, log lines, and why it stands as it does.

    Works with the server on or off. Secrets and customers' data are hidden.
    """
    line = gather(data_dir, job, log_dir)
    if as_json:
        print_json(as_data(line, raw=raw))
        return
    for row in report(line, raw=raw, style=styles(_COLOURS)):
        click.echo(row)
