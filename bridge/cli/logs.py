"""`tillbridge logs`: the log files, searched and followed."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.errors import told
from bridge.server import logplace
from bridge.server.diagnosis import logfiles


@click.command()
@click.option("--job", metavar="ID", help="Of one job.")
@click.option("--device", metavar="ID", help="Of one device.")
@click.option("--since", metavar="TIME", help="15m, 1h, 7d, or a moment such as 2026-11-20T21:00.")
@click.option("--level", type=click.Choice(logfiles.LEVELS), default="debug", help="This one and worse ones.")
@click.option("--follow", "-f", is_flag=True, help="Go on with what comes, until Ctrl-C.")
@click.option("--log-dir", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Where the files are.")
@data_dir_option
@json_option
def logs(
    job: str | None,
    device: str | None,
    since: str | None,
    level: str,
    follow: bool,
    log_dir: Path | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """What the bridge logged, oldest first; rotated files too, and with the server off."""
    with told():
        wanted = logfiles.Wanted(job, device, logfiles.since(since) if since else None, level)
        directory = log_dir or logplace.directory_of(data_dir)
        if not follow and not logfiles.files(directory):
            click.echo(f"There is no log in {directory} yet.", err=True)
            return
        try:
            for line in logfiles.follow(directory, wanted) if follow else logfiles.lines(directory, wanted):
                click.echo(json.dumps(line, ensure_ascii=False) if as_json else logfiles.shown(line))
        except KeyboardInterrupt:
            return
