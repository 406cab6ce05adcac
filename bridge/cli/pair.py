"""`tillbridge pair`: let pages in that ask, and give tokens to managed tills and programs without asking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from bridge.cli.client import Client, NotRunning, Refused, segment
from bridge.cli.data_dir import data_dir_option, json_option, make_data_dir
from bridge.cli.errors import CliError
from bridge.cli.output import console, print_json, table
from bridge.cli.token import grants

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def _grant_options(command: CommandT) -> CommandT:
    """What a token is given."""
    for option in reversed(
        (
            click.option("--label", metavar="NAME", help="The till's name. Jobs belong to it, also under a later token."),
            click.option(
                "--scope",
                "scopes",
                multiple=True,
                metavar="SCOPE",
                help="A right, e.g. fiscal:report; several times.  [default: devices:read print fiscal payment]",
            ),
            click.option(
                "--device", "devices", multiple=True, metavar="ID", help="A device it may use; several times.  [default: all]"
            ),
            click.option("--alias", "aliases", multiple=True, metavar="@NAME=ID", help="E.g. @fiscal=till-1; several times."),
            click.option(
                "--route",
                "routes",
                multiple=True,
                metavar="PC=@NAME=ID",
                help="On a terminal server: what an alias stands for when the session comes from this PC; several times.",
            ),
        )
    ):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@click.option("--origin", metavar="URL", help="Of the page: https://pos.example.com. Its token is printed.")
@click.option("--program", is_flag=True, help="A program's token instead of a page's; --label names it.")
@_grant_options
@click.option("--user-id", metavar="UID", help="The user of the PC that it is bound to: on Linux the uid, on Windows the SID.")
@click.option("--allow-http", is_flag=True, help="Take an origin that is not https, which anybody on the way can speak for.")
@click.option("--print-entry", is_flag=True, help="Store nothing; print the token and its entry for provisioning.toml.")
@click.option(
    "--file", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Lay FILE down as provisioning.toml."
)
@data_dir_option
@json_option
@click.pass_context
def pair(
    ctx: click.Context,
    origin: str | None,
    program: bool,
    label: str | None,
    scopes: tuple[str, ...],
    devices: tuple[str, ...],
    aliases: tuple[str, ...],
    routes: tuple[str, ...],
    user_id: str | None,
    allow_http: bool,
    print_entry: bool,
    file: Path | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Let a page in that asks (`pair list`, `pair approve CODE`), or give a managed till or a program its token at once
    (`pair --origin ...`, `pair --program --label ...`), or many of them (`pair --file ...`)."""
    if ctx.invoked_subcommand is not None:
        return
    if file is not None:
        from bridge.cli.offline_tokens import lay_down

        click.echo(lay_down(make_data_dir(data_dir), file))
        return
    if origin is None and not program:
        click.echo(ctx.get_help())
        return
    if origin is not None and program:
        raise CliError("--origin and --program exclude each other.", "A page has an origin, a program has none.")
    body = grants(scopes, devices, aliases, routes, label)
    if program and label is None:
        raise CliError("--program needs --label NAME.", "The label names the program, and owns its jobs.")
    if origin is not None:
        from bridge.server.access.origins import is_confidential

        if not allow_http and origin.startswith("http://") and not is_confidential(origin):
            raise CliError(
                f"{origin} is not https: anybody on the way could speak for this page.",
                "Serve the page over https, or say --allow-http if you know what you do.",
            )
        body["origin"] = origin
        body.setdefault("label", origin.partition("://")[2][:60])
    if user_id is not None:
        body["user_id"] = user_id
    made = _make(data_dir, body, store=not print_entry)
    if as_json:
        print_json(made)
    elif print_entry:
        click.echo(made["token"])
        click.echo(f"\n{made['entry']}", nl=False)
    else:
        click.echo(made["token"])
        click.echo(
            f"{made['label']}: {' '.join(made['scopes'])}. The token is shown this once; its id is {made['token_id']}.", err=True
        )


@pair.command("list")
@data_dir_option
@json_option
def list_(data_dir: Path, as_json: bool) -> None:
    """The pages that wait to be let in."""
    waiting = Client.connect(data_dir).get("/pairing")["pairings"]
    if as_json:
        print_json({"pairings": waiting})
        return
    if not waiting:
        click.echo("No page waits to be let in.")
        return
    shown = table("Code|whole", "Page", "Says it is", "Asks for", "User", "Seconds left|right")
    for one in waiting:
        shown.add_row(
            one["verification_code"],
            one["origin"],
            one["app_name"],
            " ".join(one["scopes"]),
            one["user"] or "-",
            str(one["expires_in"]),
        )
    console().print(shown)
    click.echo("Compare the code with the one that the page shows. Then: tillbridge pair approve CODE, or reject CODE")


@pair.command()
@click.argument("code")
@_grant_options
@click.option(
    "--this-session", is_flag=True, help="On a terminal server: for the session that asks alone, not for its user's others."
)
@data_dir_option
@json_option
def approve(
    code: str,
    this_session: bool,
    label: str | None,
    scopes: tuple[str, ...],
    devices: tuple[str, ...],
    aliases: tuple[str, ...],
    routes: tuple[str, ...],
    data_dir: Path,
    as_json: bool,
) -> None:
    """Let the page in that shows CODE. Without --scope it gets, of what it asks for, what a till usually has."""
    bind = {"bind": "session"} if this_session else {}
    made = _decide(data_dir, code, {"decision": "approve", **bind, **grants(scopes, devices, aliases, routes, label)})
    if as_json:
        print_json(made)
    else:
        given = made["token"]
        click.echo(f"{given['origin']} is paired as {given['label']}: {' '.join(given['scopes'])}.")


@pair.command()
@click.argument("code")
@data_dir_option
def reject(code: str, data_dir: Path) -> None:
    """Send the page away that shows CODE. It may not ask again for a while."""
    _decide(data_dir, code, {"decision": "reject"})
    click.echo("Sent away.")


def _decide(data_dir: Path, code: str, body: dict[str, Any]) -> Any:
    """On the page with this code; a code that none has counts as a wrong try for each of them. Raises CliError."""
    client = Client.connect(data_dir)
    waiting = client.get("/pairing")["pairings"]
    named = [one for one in waiting if one["verification_code"] == code]
    if named:
        return client.post(f"/pairing/{segment(named[0]['pairing_id'])}/decision", {**body, "code": code})
    for one in waiting:
        try:
            client.post(f"/pairing/{segment(one['pairing_id'])}/decision", {**body, "code": code})
        except Refused as refused:
            if refused.status != 422:
                raise
    raise CliError(f"No page that waits shows the code {code}.", "Compare it with the page, and see: tillbridge pair list")


def _make(data_dir: Path, body: dict[str, Any], store: bool) -> dict[str, Any]:
    from bridge.cli import offline_tokens

    if not store:
        return offline_tokens.entry(body)
    try:
        made: dict[str, Any] = Client.connect(data_dir).post("/tokens", body)
    except NotRunning:
        made = offline_tokens.create(make_data_dir(data_dir), body)
    return made
