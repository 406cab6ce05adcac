"""`tillbridge devices`: which devices there are, added and removed with the server on or off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client, NotRunning, segment
from bridge.cli.data_dir import data_dir_option, json_option, make_data_dir
from bridge.cli.errors import CliError
from bridge.cli.output import console, facts, moment, print_json, progress, styled, table


@click.group()
def devices() -> None:
    """Configured devices."""


@devices.command("list")
@data_dir_option
@json_option
def list_(data_dir: Path, as_json: bool) -> None:
    """All devices with their state; with the server off, what is configured."""
    try:
        found = Client.connect(data_dir).get("/devices")["devices"]
    except NotRunning:
        from bridge.cli.offline import configured

        found = configured(data_dir)
        if not as_json:
            click.echo("The bridge is not running: this is what is configured.", err=True)
    if as_json:
        print_json({"devices": found})
        return
    if not found:
        click.echo("No device is configured. Add one: tillbridge devices add FAMILY --id ID --url URL")
        return
    shown = table("Device", "Family", "Address", "State", "What answers")
    for device in found:
        note = device.get("reason") or _identity(device.get("identity"))
        shown.add_row(device["id"], device["family"], device["url"], styled(device.get("state")), note)
    console().print(shown)


@devices.command()
@click.argument("family")
@click.option("--id", "device_id", required=True, metavar="ID", help="A short name, such as till-1.")
@click.option(
    "--url", required=True, help="Where it is: tcp://192.168.1.20:6666, serial:///dev/ttyUSB0?baudrate=9600, usb://1424:100b."
)
@click.option(
    "--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting of the family; GROUP.KEY=VALUE inside a group."
)
@click.option(
    "--timeout", "timeouts", multiple=True, metavar="NAME=SECONDS", help="A time-out, e.g. open=10; see docs/timeouts.md."
)
@click.option("--deadline", "deadlines", multiple=True, metavar="NAME=SECONDS", help="A deadline of jobs, e.g. document=60.")
@click.option("--shared", is_flag=True, help="Other programs use the device too.")
@click.option("--replace", is_flag=True, help="Replace the device of this id, if there is one.")
@data_dir_option
@json_option
def add(
    family: str,
    device_id: str,
    url: str,
    settings: tuple[str, ...],
    timeouts: tuple[str, ...],
    deadlines: tuple[str, ...],
    shared: bool,
    replace: bool,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Add a device of FAMILY."""
    config: dict[str, Any] = {"family": family, "url": url, "settings": nested(pairs(settings)), "shared": shared}
    for group, option, given in (("timeouts", "--timeout", timeouts), ("deadlines", "--deadline", deadlines)):
        if given:
            config[group] = {name: seconds(value, option) for name, value in pairs(given, option).items()}
    try:
        client = Client.connect(data_dir)
    except NotRunning:
        from bridge.cli.offline import add as add_offline

        device = add_offline(make_data_dir(data_dir), device_id, config, replace)
    else:
        if not replace and any(known["id"] == device_id for known in client.get("/devices")["devices"]):
            raise CliError(f"There is a device {device_id} already.", "Choose another --id, or say --replace.")
        with progress(f"Adding {device_id}"):
            device = client.request("PUT", f"/devices/{segment(device_id)}/config", config)
    if as_json:
        print_json(device)
    else:
        click.echo(f"Added {device_id}: {family} at {url}.")


@devices.command()
@click.argument("device_id", metavar="ID")
@data_dir_option
def remove(device_id: str, data_dir: Path) -> None:
    """Remove a device. Its jobs stay in the journal."""
    try:
        client = Client.connect(data_dir)
    except NotRunning:
        from bridge.cli.offline import remove as remove_offline

        remove_offline(data_dir, device_id)
    else:
        client.request("DELETE", f"/devices/{segment(device_id)}/config")
    click.echo(f"Removed {device_id}.")


@devices.command()
@click.argument("device_id", metavar="ID")
@data_dir_option
@json_option
def status(device_id: str, data_dir: Path, as_json: bool) -> None:
    """What a device says of itself."""
    client = Client.connect(data_dir)
    with progress(f"Asking {device_id}"):
        device = client.get(f"/devices/{segment(device_id)}")
        said = client.get(f"/devices/{segment(device_id)}/status")
    if as_json:
        print_json(said)
        return
    live = said.get("status") or {}
    rows: list[tuple[str, Any]] = [
        ("Family", device.get("title") or device["family"]),
        ("Address", device["url"]),
        ("Device", _identity(device.get("identity"))),
        ("State", styled(said.get("state"))),
        ("Reason", said.get("reason")),
        ("As of", moment(live.get("as_of")) + ("" if said.get("live", True) else " (what it said last)") if live else None),
    ]
    for name in ("paper", "cover", "drawer", "shift", "clock", "fiscal_mode", "fiscal_memory", "last_document", "attention"):
        value = live.get(name)
        rows.append((name.replace("_", " ").capitalize(), moment(value) if name == "clock" else _word(value)))
    rows += [("Problem", text) for text in live.get("problems") or ()]
    rows.append(("Queue", len(said["queue"]) if said.get("queue") else None))
    rows.append(("Last error", _error(said.get("last_error"))))
    rows += [("Alert", f"{alert.get('text') or alert.get('code')} [{alert.get('id')}]") for alert in said.get("alerts") or ()]
    console().print(facts(rows, title=device_id))


@devices.command()
@click.argument("device_id", metavar="ID")
@click.option("--what", type=click.Choice(["identity", "journal"]), default="identity", show_default=True)
@click.option("--reason", required=True, help="Why, for the audit.")
@click.option("--operator", metavar="NAME", help="Who decides, for the audit.")
@data_dir_option
@json_option
def accept(device_id: str, what: str, reason: str, operator: str | None, data_dir: Path, as_json: bool) -> None:
    """Accept the machine that now answers, or a new journal, for a device."""
    body: dict[str, Any] = {"what": what, "reason": reason, **({"operator": {"name": operator}} if operator else {})}
    device = Client.connect(data_dir).post(f"/devices/{segment(device_id)}/accept", body)
    if as_json:
        print_json(device)
    else:
        click.echo(f"Accepted the {what} of {device_id}: {_identity(device.get('identity')) or device.get('state')}.")


def currency_of(client: Client, device: str) -> str:
    """The device's own, or the first of several. Raises CliError where it has not said it."""
    capabilities = client.get(f"/devices/{segment(device)}").get("capabilities") or {}
    currencies = capabilities.get("currencies") or []
    if not currencies:
        raise CliError(f"{device} has not said yet which currency it has.", "Say it, e.g. PLN")
    return str(currencies[0])


def seconds(value: str, option: str) -> float:
    """Raises click.BadParameter."""
    try:
        return float(value)
    except ValueError:
        raise click.BadParameter(f"{value!r} is no number of seconds", param_hint=option) from None


def pairs(settings: tuple[str, ...], option: str = "--set") -> dict[str, str]:
    """`key=value` strings as a dictionary. Raises click.BadParameter."""
    read: dict[str, str] = {}
    for setting in settings:
        key, equals, value = setting.partition("=")
        if not equals or not key.strip():
            raise click.BadParameter(f"{setting!r} is not KEY=VALUE", param_hint=option)
        if key.strip() in read:
            raise click.BadParameter(f"{key.strip()} is set twice", param_hint=option)
        read[key.strip()] = value
    return read


def nested(settings: dict[str, str]) -> dict[str, Any]:
    """`timeouts.sale` as a key inside the group `timeouts`. Raises click.BadParameter."""
    grouped: dict[str, Any] = {}
    for key, value in settings.items():
        *groups, last = key.split(".")
        place = grouped
        for group in groups:
            place = place.setdefault(group, {})
            if not isinstance(place, dict):
                raise click.BadParameter(f"{group} is set both as a value and as a group", param_hint="--set")
        if last in place:
            raise click.BadParameter(f"{key} is set both as a value and as a group", param_hint="--set")
        place[last] = value
    return grouped


def _identity(identity: dict[str, Any] | None) -> str:
    if not identity:
        return ""
    numbers = ", ".join(str(identity[name]) for name in ("fiscal_number", "serial") if identity.get(name))
    return f"{identity.get('model')} ({numbers})" if numbers else str(identity.get("model"))


def _word(value: Any) -> Any:
    return {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value


def _error(error: Any) -> str | None:
    if isinstance(error, dict):
        return str(error.get("message") or error.get("text") or error.get("code"))
    return str(error) if error else None
