"""`tillbridge token`: the administrator's token, and the tokens of pages and programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client, NotRunning, segment
from bridge.cli.data_dir import data_dir_option, json_option, make_data_dir
from bridge.cli.errors import CliError
from bridge.cli.output import console, moment, print_json, table
from bridge.server import admin_token


@click.group()
def token() -> None:
    """The administrator's token, with which everything may be done; and the tokens of pages and programs."""


@token.command()
@data_dir_option
@json_option
def show(data_dir: Path, as_json: bool) -> None:
    """Print the administrator's token."""
    try:
        value = admin_token.read(data_dir)
    except admin_token.TokenError as error:
        raise CliError(str(error)) from None
    if value is None:
        raise CliError(f"There is no token in {data_dir} yet.", "The first start makes one: tillbridge serve")
    _print(value, data_dir, as_json)


@token.command()
@click.argument("token_id", metavar="[ID]", required=False)
@data_dir_option
@json_option
def rotate(token_id: str | None, data_dir: Path, as_json: bool) -> None:
    """Make a new token instead of the administrator's, or of the one with this ID. The old one is worth nothing from then on;
    idempotency keys stay valid."""
    if token_id is None:
        _print(admin_token.rotate(make_data_dir(data_dir)), data_dir, as_json)
        return
    try:
        made = Client.connect(data_dir).post(f"/tokens/{segment(token_id)}/rotate", {})
    except NotRunning:
        from bridge.cli.offline_tokens import rotate as rotate_offline

        made = rotate_offline(data_dir, token_id)
    if as_json:
        print_json(made)
    else:
        click.echo(made["token"])


@token.command("list")
@data_dir_option
@json_option
def list_(data_dir: Path, as_json: bool) -> None:
    """The tokens of pages and programs: whose, and what for."""
    try:
        tokens = Client.connect(data_dir).get("/tokens")["tokens"]
    except NotRunning:
        from bridge.cli.offline_tokens import listed

        tokens = listed(data_dir)
    if as_json:
        print_json({"tokens": tokens})
        return
    if not tokens:
        click.echo("No page is paired and no program has a token. See: tillbridge pair --help")
        return
    shown = table("ID|whole", "Of", "Label", "Scopes", "Devices", "User", "Last used")
    for one in tokens:
        shown.add_row(
            one["token_id"],
            one["origin"] or "a program",
            one["label"],
            " ".join(one["scopes"]),
            "all" if one["devices"] is None else " ".join(one["devices"]),
            one["user"] or "-",
            moment(one["last_used"]) or "never",
        )
    console().print(shown)


@token.command()
@click.argument("token_id", metavar="ID")
@data_dir_option
def revoke(token_id: str, data_dir: Path) -> None:
    """Take a token back. Its sockets are closed at once; its jobs stay in the journal."""
    try:
        Client.connect(data_dir).request("DELETE", f"/tokens/{segment(token_id)}")
    except NotRunning:
        from bridge.cli.offline_tokens import revoke as revoke_offline

        revoke_offline(data_dir, token_id)
    click.echo(f"Revoked {token_id}.")


def _print(value: str, data_dir: Path, as_json: bool) -> None:
    if as_json:
        print_json({"token": value, "file": str(data_dir / admin_token.FILE_NAME)})
    else:
        click.echo(value)


def grants(
    scopes: tuple[str, ...], devices: tuple[str, ...], aliases: tuple[str, ...], routes: tuple[str, ...], label: str | None
) -> dict[str, Any]:
    """What a token is to be given, from options to the body of a request."""
    body: dict[str, Any] = {}
    if label is not None:
        body["label"] = label
    if scopes:
        body["scopes"] = list(scopes)
    if devices:
        body["devices"] = list(devices)
    if aliases:
        body["aliases"] = dict(_pair(given, "--alias", "@fiscal=till-1") for given in aliases)
    for given in routes:
        client, route = _pair(given, "--route", "PC-7=@fiscal=printer-7", sign="=")
        alias, device = _pair(route, "--route", "PC-7=@fiscal=printer-7")
        body.setdefault("routes", {}).setdefault(client, {})[alias] = device
    return body


def _pair(given: str, option: str, example: str, sign: str = "=") -> tuple[str, str]:
    name, found, value = given.partition(sign)
    if not found or not name or not value:
        raise CliError(f"{option} {given} is no pair.", f"Write it as {option} {example}.")
    return name, value
