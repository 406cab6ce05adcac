"""`tillbridge token`: the native administrator's token."""

from __future__ import annotations

from pathlib import Path

import click

from bridge.cli.data_dir import data_dir_option, json_option, make_data_dir
from bridge.cli.errors import CliError
from bridge.cli.output import print_json
from bridge.server import admin_token


@click.group()
def token() -> None:
    """The administrator's token. Whoever has it may do everything."""


@token.command()
@data_dir_option
@json_option
def show(data_dir: Path, as_json: bool) -> None:
    """Print the token."""
    try:
        value = admin_token.read(data_dir)
    except admin_token.TokenError as error:
        raise CliError(str(error)) from None
    if value is None:
        raise CliError(f"There is no token in {data_dir} yet.", "The first start makes one: tillbridge serve")
    _print(value, data_dir, as_json)


@token.command()
@data_dir_option
@json_option
def rotate(data_dir: Path, as_json: bool) -> None:
    """Make a new token. A running bridge takes it at once, and the old one no more; idempotency keys stay valid."""
    _print(admin_token.rotate(make_data_dir(data_dir)), data_dir, as_json)


def _print(value: str, data_dir: Path, as_json: bool) -> None:
    if as_json:
        print_json({"token": value, "file": str(data_dir / admin_token.FILE_NAME)})
    else:
        click.echo(value)
