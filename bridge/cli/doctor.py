"""`tillbridge doctor`: what is wrong with this computer, and what to do. Exit code 1 when there is a problem."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from bridge.cli.client import Client, NotRunning, segment
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.errors import CliError
from bridge.cli.output import print_json, progress, styles
from bridge.server import instance
from bridge.server.doctor import examining
from bridge.server.doctor.examining import as_data, examine, report
from bridge.server.doctor.facts import Computer, Level, Server, Situation
from bridge.server.settings import DEFAULT_PORT

_COLOURS = {Level.OK.value: "green", Level.WARNING.value: "yellow", Level.PROBLEM.value: "red", Level.NOT_CHECKED.value: "blue"}


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Where the bridge should answer."
)
@data_dir_option
@json_option
def doctor(port: int, data_dir: Path, as_json: bool) -> None:
    """Look at everything that keeps a device silent, and say what to do about it.

    Changes nothing. Works with the server on or off. Exit code 1 when there is a problem.
    """
    with progress("Looking"):
        findings = examine(look(data_dir, port))
    if as_json:
        print_json(as_data(findings))
    else:
        for row in report(findings, styles(_COLOURS)):
            click.echo(row)
    if any(finding.level is Level.PROBLEM for finding in findings):
        sys.exit(1)


def look(data_dir: Path, port: int = DEFAULT_PORT, computer: Computer | None = None) -> Situation:
    """What the checks need to know, with the word of the server that runs here."""
    return examining.look(data_dir, _server(data_dir), port, computer)


def _server(data_dir: Path) -> Server | None:
    """The running server's word. None where none answers, or this user may not ask it."""
    running = instance.find(data_dir)
    if running is None:
        return None
    try:
        client = Client.connect(data_dir)
        devices = {device["id"]: device for device in client.get("/devices")["devices"]}
        statuses = {device_id: client.get(f"/devices/{segment(device_id)}/status") for device_id in devices}
        version = str(client.get("/ping")["version"])
        problems = client.get("/health").get("problems") or ()
    except (CliError, NotRunning, OSError):
        return None
    return Server(running.port, running.pid, version, devices, statuses, tuple(problems))
