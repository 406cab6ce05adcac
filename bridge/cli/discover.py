"""`tillbridge discover`: look for devices, with the server on or off; add what was found."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client, NotRunning, Refused, segment
from bridge.cli.data_dir import data_dir_option, json_option, make_data_dir
from bridge.cli.errors import CliError
from bridge.cli.output import Progress, console, print_json, progress, table

# How often a running server is asked how far its scan is.
_ASK_SECONDS = 0.2

Add = Callable[[str, Mapping[str, Any]], Any]


@click.command()
@click.option("--family", "families", multiple=True, metavar="FAMILY", help="Look for this family only; may be repeated.")
@click.option(
    "--tcp",
    "tcp",
    multiple=True,
    metavar="HOST[:PORT]",
    help="A host, or a small private network such as 192.168.1.0/28; without a port, the families' usual ones.",
)
@click.option("--serial/--no-serial", default=True, show_default=True, help="Every serial port that the system lists.")
@click.option("--port", "ports", multiple=True, metavar="NAME", help="A serial port by name, also one that is not listed.")
@click.option("--usb/--no-usb", default=True, show_default=True, help="USB devices whose ids a family knows.")
@click.option("--mdns/--no-mdns", default=True, show_default=True, help="Devices that announce themselves in the network.")
@click.option("--add", "adding", is_flag=True, help="Configure what was found and is not configured yet.")
@data_dir_option
@json_option
def discover(
    families: tuple[str, ...],
    tcp: tuple[str, ...],
    serial: bool,
    ports: tuple[str, ...],
    usb: bool,
    mdns: bool,
    adding: bool,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Look for devices. Nothing is printed on them and nothing is changed; ports in use are left alone."""
    body = {"families": families, "tcp": tcp, "serial": serial, "ports": ports, "usb": usb, "mdns": mdns}
    try:
        client = Client.connect(data_dir)
    except NotRunning:
        from bridge.cli.discover_offline import looked_around

        with progress("Looking for devices") as shown, looked_around(make_data_dir(data_dir), body, shown) as offline:
            scan, known, add = offline
            added = _add(scan, known, add) if adding else []
    else:
        with progress("Looking for devices") as shown:
            scan = _through(client, body, shown)
        known = [device["id"] for device in client.get("/devices")["devices"]]
        added = _add(scan, known, _adder(client)) if adding else []
    if as_json:
        print_json({**scan, "added": added})
        return
    _show(scan, added, adding)


def _through(client: Client, body: Mapping[str, Any], shown: Progress) -> dict[str, Any]:
    scan: dict[str, Any] = client.post("/discovery", body)
    started = scan["id"]
    while scan["state"] == "running":
        time.sleep(_ASK_SECONDS)
        scan = client.get("/discovery")
        if scan["id"] != started:
            raise CliError("The scan was replaced by another one.", "Start it again.")
        shown.say(how_far(scan))
    return scan


def how_far(scan: Mapping[str, Any]) -> str:
    return f"Looking for devices: {scan['progress']['done']} of {scan['progress']['places']} places"


def _adder(client: Client) -> Add:
    return lambda device_id, config: client.request("PUT", f"/devices/{segment(device_id)}/config", config)


def _add(scan: Mapping[str, Any], known: Sequence[str], add: Add) -> list[dict[str, Any]]:
    """What is sure and new. A machine that was found at two places is added once: the bridge would refuse the second."""
    added: list[dict[str, Any]] = []
    taken = set(known)
    seen: list[Any] = []
    for found in scan["found"]:
        machine = (found["family"], _numbers(found["identity"]))
        if found["configured_as"] is not None or found["ambiguous_with"] or machine in seen:
            continue
        seen.append(machine)
        device_id = _free_id(found["family"], taken)
        taken.add(device_id)
        row = {"id": device_id, "family": found["family"], "url": found["url"], "problem": None}
        try:
            add(device_id, {"family": found["family"], "url": found["url"]})
        except Refused as refused:  # the others may still be added
            row["problem"] = refused.message
        added.append(row)
    return added


def _free_id(family: str, taken: set[str]) -> str:
    """`posnet-1`, or the next number that is free."""
    stem = re.sub(r"[^a-z0-9._-]", "-", family.lower()).strip("-._")[:30] or "device"
    number = 1
    while f"{stem}-{number}" in taken:
        number += 1
    return f"{stem}-{number}"


def _show(scan: Mapping[str, Any], added: Sequence[Mapping[str, Any]], adding: bool) -> None:
    out = console()
    names = {row["url"]: row["id"] for row in added if row["problem"] is None}
    if scan["found"]:
        found = table("Found", "Family", "Address|whole", "Configured as", title="Devices")
        for row in scan["found"]:
            note = row["configured_as"] or (f"added as {names[row['url']]}" if row["url"] in names else "no")
            if row["configured_as"] and not row["left_alone"]:
                note += " (at another address)"
            if row["ambiguous_with"]:
                note = f"choose: {', '.join(row['ambiguous_with'])} answers there too"
            found.add_row(_name(row["identity"]), row["title"] or row["family"], row["url"], note)
        out.print(found)
    else:
        click.echo("No device was found.")
    if scan["places"]:
        places = table("Place", "What became of it", "Tried", "Seconds|right", title="Where it was looked")
        for place in scan["places"]:
            places.add_row(
                _place(place), f"{_word(place['outcome'])}: {_reason(place)}", _tried(place), f"{place['seconds']:.1f}"
            )
        out.print(places)
    for problem in scan["problems"]:
        click.echo(f"Note: {problem}", err=True)
    for row in added:
        if row["problem"] is not None:
            click.echo(f"{row['url']} was not added: {row['problem']}", err=True)
    sure = [row for row in scan["found"] if row["configured_as"] is None and not row["ambiguous_with"]]
    if sure and not adding:
        click.echo(
            f"Add them with --add, or one by one: tillbridge devices add {sure[0]['family']} --id ID --url '{sure[0]['url']}'"
        )


def _place(place: Mapping[str, Any]) -> str:
    return f"{place['name']} ({place['description']})" if place["description"] else str(place["name"])


def _reason(place: Mapping[str, Any]) -> str:
    """With what came back, where nobody knew it: a wrong speed and a wrong device show in it."""
    received = next((attempt["received"] for attempt in place["attempts"] if attempt["received"]), None)
    if place["outcome"] != "nothing" or received is None:
        return str(place["reason"])
    text = received["text"][:60]
    return f"{place['reason']}; it said {text}{'...' if received['cut'] or len(received['text']) > 60 else ''}"


def _tried(place: Mapping[str, Any]) -> str:
    """Each family once, with the number of settings that were tried where there were several."""
    families = [attempt["family"] for attempt in place["attempts"]]
    counted = {family: families.count(family) for family in families}
    return ", ".join(family if count == 1 else f"{family}, {count} settings" for family, count in counted.items())


def _word(outcome: str) -> str:
    return outcome.replace("_", " ")


def _numbers(identity: Mapping[str, Any] | None) -> Any:
    return None if identity is None else (identity.get("model"), identity.get("serial"), identity.get("fiscal_number"))


def _name(identity: Mapping[str, Any] | None) -> str:
    if not identity:
        return "not asked"
    numbers = ", ".join(str(identity[name]) for name in ("fiscal_number", "serial") if identity.get(name))
    return f"{identity['model']} ({numbers})" if numbers else str(identity["model"])
