"""`tillbridge browser-policy`: print, install, remove, look at."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from bridge.cli.browser_policy import documents, installing, windows
from bridge.cli.browser_policy.documents import BROWSERS, TITLES, Browser
from bridge.cli.browser_policy.origins import Origin, checked
from bridge.cli.browser_policy.places import Found, Machine
from bridge.cli.browser_policy.record import load
from bridge.cli.data_dir import CommandT, data_dir_option, json_option
from bridge.cli.errors import CannotRun, CliError, told
from bridge.cli.output import print_json
from bridge.server.access.paired import paired_origins

FORMATS = ("json", "reg", "plist", "mobileconfig", "firefox")
_NO_INSTALL_ON_MAC = CannotRun(
    "macOS takes policies from configuration profiles only, and no program may install one.",
    "tillbridge browser-policy print --output tillbridge.mobileconfig; give it to your management, or open it in System Settings.",
)


@click.group("browser-policy")
def browser_policy() -> None:
    """Let exactly the paired pages reach this computer without the browser's prompt: for tills that an administrator sets up."""


def _options(command: CommandT) -> CommandT:
    """Those that all of them share."""
    browser = click.option(
        "--browser", type=click.Choice([*BROWSERS, "all"]), default="all", show_default=True, help="For which browser."
    )
    return data_dir_option(browser(command))


def _origin_options(command: CommandT) -> CommandT:
    origin = click.option("--origin", "named", multiple=True, metavar="ORIGIN", help="Instead of those paired; several are fine.")
    older = click.option(
        "--older",
        is_flag=True,
        help=f"For Chrome 139 and Edge 140 to 145 too: {documents.OLDER}, which opens the local network as well.",
    )
    return origin(older(command))


_root = click.option("--root", type=click.Path(file_okay=False, path_type=Path), default=Path("/"), hidden=True)
_dry_run = click.option("--dry-run", is_flag=True, help="Show what would be written, do nothing.")
_user = click.option("--user", is_flag=True, help="Windows: for your own account alone.")


@browser_policy.command("print")
@click.option("--format", "form", type=click.Choice(FORMATS), help="Default: what this system takes.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there instead.")
@_origin_options
@_options
def print_(form: str | None, output: Path | None, named: tuple[str, ...], older: bool, browser: str, data_dir: Path) -> None:
    """Print the policy as a document. What it allows beyond the origins is told on stderr."""
    origins = _origins(named, data_dir)
    form = form or _form_here(browser)
    browsers = _browsers(form, browser)
    if browsers == ("firefox",) and not documents.lists("firefox", origins):
        raise CliError("Firefox needs no policy for these origins.", "It asks nothing of pages of a local network.")
    for note in documents.notes(browsers, origins, older=older):
        click.echo(f"Note: {note}", err=True)
    text = _document(form, browsers, origins, older)
    content = documents.reg_bytes(text) if form == "reg" else text.encode("utf-8")
    if output is not None:
        output.write_bytes(content)
        click.echo(f"Written: {output}", err=True)
        return
    click.echo(text.replace("\r\n", "\n"), nl=False)
    if form == "reg":
        click.echo("Note: regedit reads UTF-16 only: write the file with --output FILE.", err=True)


@browser_policy.command()
@_user
@_dry_run
@_root
@_origin_options
@_options
def install(user: bool, dry_run: bool, root: Path, named: tuple[str, ...], older: bool, browser: str, data_dir: Path) -> None:
    """Install the policy for the browsers of this machine; again after other pages were paired. Needs an administrator."""
    origins = _origins(named, data_dir)
    asked = _asked(browser)
    if sys.platform == "darwin":
        raise _NO_INSTALL_ON_MAC
    if sys.platform == "win32":
        _install_keys(user, dry_run, origins, older, browser, data_dir)
        return
    if user:
        raise CliError("--user is for Windows.", "On Linux a browser reads policies of the whole machine only.")
    found = _found(Machine(root), browser)
    record = load(data_dir, to_act=not dry_run)
    changes = installing.plan_install(record, found.places, origins, older=older)
    commands = [command for place in found.places for command in place.commands]
    if dry_run:
        for change in changes:
            click.echo(f"# {change.path}" + ("" if change.is_one else " (as it should be)"))
            if change.is_one:
                click.echo("(deleted)" if change.then is None else change.then, nl=change.then is None)
        for command in commands:
            click.echo(f"$ {command}")
    else:
        installing.carry_out(record, changes)
        for change in changes:
            click.echo(installing.told(change))
        for command in commands:
            click.echo(f"If this browser does not follow, it may not read the directory yet: {command}")
    for note in documents.notes(
        [name for name in asked if any(place.browser == name for place in found.places)], origins, older=older
    ):
        click.echo(f"Note: {note}")
    for one in found.impossible:
        click.echo(f"Not possible for {one.title}: {one.reason}. {one.instead}", err=True)
    if not dry_run and any(place.browser == "firefox" for place in found.places):
        click.echo("Firefox follows at its next start, the others within a minute.")
    if found.impossible:
        raise SystemExit(1)


@browser_policy.command()
@_dry_run
@_root
@_options
def remove(dry_run: bool, root: Path, browser: str, data_dir: Path) -> None:
    """Take back exactly what was installed from this data directory."""
    record = load(data_dir, to_act=not dry_run)
    asked = _asked(browser)
    installed = {entry.browser for entry in record.files.values()} | {entry.browser for entry in record.keys.values()}
    if not installed & set(asked):
        raise CliError(
            f"Nothing is installed from {data_dir}.", "As administrator, say whose data directory it was: --data-dir DIR."
        )
    changes = installing.plan_removal(record, asked, Machine(root))
    keys = windows.plan_removal(record, windows.registry_here(), asked) if record.keys else []
    if dry_run:
        for change in changes:
            click.echo(f"# {change.path}")
            click.echo("(deleted)" if change.then is None else change.then, nl=change.then is None)
        for key in keys:
            click.echo(str(key))
        return
    installing.carry_out(record, changes)
    for change in changes:
        click.echo(installing.told(change))
    if keys:
        windows.carry_out(record, windows.registry_here(), keys)
        for key in keys:
            click.echo(f"{key.hive}\\{key.key}: ours taken out.")


@browser_policy.command()
@_root
@_origin_options
@_options
@json_option
def status(root: Path, named: tuple[str, ...], older: bool, browser: str, data_dir: Path, as_json: bool) -> None:
    """Whether the browsers of this machine let these pages in. Exits with 1 where one does not."""
    origins = _origins(named, data_dir)
    if sys.platform == "darwin":
        raise _NO_INSTALL_ON_MAC
    rows: list[dict[str, object]] = []
    if sys.platform == "win32":
        registry = windows.registry_here()
        for name in _browsers_of_windows(browser, registry):
            lacking = windows.missing_values(registry, name, origins, older=older)
            rows.append({"browser": TITLES[name], "at": documents.REGISTRY_KEYS[name], "missing": lacking, "outdated": []})
    else:
        record = load(data_dir, to_act=False)
        found = _found(Machine(root), browser)
        for place in found.places:
            lacking = installing.missing_values(place, origins, older=older)
            outdated = installing.beyond(record, place, origins)
            rows.append({"browser": place.title, "at": str(place.path), "missing": lacking, "outdated": outdated})
        for one in found.impossible:
            rows.append({"browser": one.title, "at": None, "missing": [str(origin) for origin in origins], "outdated": []})
    if as_json:
        print_json({"origins": [str(origin) for origin in origins], "browsers": rows})
    else:
        for row in rows:
            click.echo(f"{row['browser']} ({row['at'] or 'not possible'}): {_state(row)}")
    if any(row["missing"] or row["outdated"] for row in rows):
        raise SystemExit(1)


def _state(row: dict[str, object]) -> str:
    parts = []
    for name, word in (("missing", "without"), ("outdated", "still with")):
        values = row[name]
        if isinstance(values, list) and values:
            parts.append(f"{word} {', '.join(values)}")
    return "; ".join(parts) or "as it should be"


def _origins(named: Sequence[str], data_dir: Path) -> tuple[Origin, ...]:
    """Those named, else those paired. Raises CliError where there is none."""
    with told():
        origins = checked(named or paired_origins(data_dir))
    if not origins:
        raise CliError(
            f"No page is paired in {data_dir}, so there is nothing to allow.",
            "Pair the till's page first, or name it: --origin https://pos.example.com. As administrator, say whose data "
            "directory it is: --data-dir DIR.",
        )
    return origins


def _asked(browser: str) -> tuple[Browser, ...]:
    return tuple(name for name in BROWSERS if browser in (name, "all"))


def _found(machine: Machine, browser: str) -> Found:
    """The places on this machine. Raises CliError where there is no browser that we know."""
    asked = _asked(browser)
    found = machine.find(asked) if browser == "all" else machine.named(asked[0])
    if not found.places and not found.impossible:
        raise CliError(
            "No browser was found that takes such a policy.",
            f"Name the one that you are going to install: --browser {'|'.join(BROWSERS)}.",
        )
    return found


def _form_here(browser: str) -> str:
    if sys.platform == "win32":
        return "reg"
    if sys.platform == "darwin":
        return "mobileconfig"
    return "firefox" if browser == "firefox" else "json"


def _browsers(form: str, browser: str) -> tuple[Browser, ...]:
    """Whose policies the document has. Raises CliError where a form and a browser do not go together."""
    asked = _asked(browser)
    kin = tuple(name for name in asked if name != "firefox")
    if form == "firefox":
        if browser not in ("firefox", "all"):
            raise CliError(f"{TITLES[asked[0]]} does not read Firefox's file.", "Use --format json.")
        return ("firefox",)
    if form == "json":
        if not kin:
            raise CliError("Firefox has a form of its own.", "Use --format firefox.")
        return kin
    if form == "plist" and browser == "all":
        raise CliError("A property list belongs to one browser.", "Choose one with --browser, or use --format mobileconfig.")
    return asked


def _document(form: str, browsers: Sequence[Browser], origins: Sequence[Origin], older: bool) -> str:
    match form:
        case "reg":
            return documents.to_reg(browsers, origins, older=older)
        case "plist":
            return documents.to_plist(browsers[0], origins, older=older)
        case "mobileconfig":
            return documents.to_mobileconfig(browsers, origins, older=older)
        case _:
            return documents.to_json(documents.json_lists(browsers[0], origins, older=older))


def _browsers_of_windows(browser: str, registry: windows.Registry) -> list[Browser]:
    found = windows.present(registry) if browser == "all" else list(_asked(browser))
    if not found:
        raise CliError("No browser was found that takes such a policy.", f"Name it: --browser {'|'.join(BROWSERS)}.")
    return found


def _install_keys(user: bool, dry_run: bool, origins: Sequence[Origin], older: bool, browser: str, data_dir: Path) -> None:
    """The same in the registry."""
    registry = windows.registry_here()
    browsers = _browsers_of_windows(browser, registry)
    record = load(data_dir, to_act=not dry_run)
    hive = windows.USER if user else windows.MACHINE
    changes = windows.plan(record, registry, hive, browsers, origins, older=older)
    if not dry_run:
        windows.carry_out(record, registry, changes)
    for change in changes:
        click.echo(str(change))
    for note in documents.notes(browsers, origins, older=older):
        click.echo(f"Note: {note}")
