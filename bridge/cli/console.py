"""`tillbridge console`: a link that opens the console, once; and the attendant's PIN."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.errors import CliError
from bridge.cli.output import print_json


@click.command()
@click.option("--attendant-pin", is_flag=True, help="Set the PIN of the attendant's view; it is asked for and not shown.")
@click.option("--generate", is_flag=True, help="With --attendant-pin: make one up, and print it this once.")
@click.option("--device", "devices", multiple=True, metavar="ID", help="With --attendant-pin: of these devices only.")
@click.option("--no-attendant-pin", is_flag=True, help="Take the PIN away; open attendant's views close.")
@click.option("--unlock-attendant", is_flag=True, help="Let the PIN be tried again, behind too many wrong ones.")
@data_dir_option
@json_option
def console(
    attendant_pin: bool,
    generate: bool,
    devices: tuple[str, ...],
    no_attendant_pin: bool,
    unlock_attendant: bool,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Print a link that opens the bridge's console in a browser of this PC, once and within a minute.

    Or set the PIN with which the person at the till opens the attendant's view there: devices, jobs, questions, doubts.
    """
    if sum((attendant_pin, no_attendant_pin, unlock_attendant)) > 1:
        raise CliError(
            "These options are one act each.", "Choose one of --attendant-pin, --no-attendant-pin, --unlock-attendant."
        )
    if (generate or devices) and not attendant_pin:
        raise CliError("--generate and --device go with --attendant-pin.")
    client = Client.connect(data_dir)
    if attendant_pin:
        _set_pin(client, generate, devices, as_json)
    elif no_attendant_pin:
        client.request("DELETE", "/console/attendant")
        click.echo("There is no PIN any more; open attendant's views are closed.", err=True)
    elif unlock_attendant:
        client.post("/console/attendant/unlock", {})
        click.echo("The PIN can be tried again.", err=True)
    else:
        _link(client, as_json)


def _link(client: Client, as_json: bool) -> None:
    made = client.post("/console/link", {})
    if as_json:
        print_json(made)
        return
    click.echo(made["link"])
    click.echo(f"It works once, and for {made['expires_in']} seconds. Whoever opens it may do everything.", err=True)


def _set_pin(client: Client, generate: bool, devices: tuple[str, ...], as_json: bool) -> None:
    if generate:
        from bridge.server.access.pin import generate as made_up

        pin = made_up()
    else:
        pin = click.prompt("PIN of the attendant, six digits at least", hide_input=True, confirmation_prompt=True, err=True)
    body: dict[str, Any] = {"pin": str(pin).strip(), **({"devices": sorted(devices)} if devices else {})}
    state = client.request("PUT", "/console/attendant", body)
    if as_json:
        print_json({**state, **({"pin": pin} if generate else {})})
        return
    if generate:
        click.echo(pin)
    where = f"of {', '.join(state['devices'])}" if state["devices"] else "of all devices"
    click.echo(f"The PIN is set, for the attendant's view {where}. Attendant's views that were open are closed.", err=True)
