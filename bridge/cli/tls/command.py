"""`tillbridge tls`: set up, trust, remove, look at."""

from __future__ import annotations

import re
import secrets
import shlex
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bridge.cli.data_dir import data_dir_option, json_option, make_data_dir
from bridge.cli.errors import CliError
from bridge.cli.output import console, facts, print_json
from bridge.cli.tls import trust as stores
from bridge.cli.tls.removal import remove as take_everything
from bridge.cli.tls.store import Machine, Outcome, Store, Subject, holds
from bridge.server.tls import TlsError, files
from bridge.server.tls.installation import Installation
from bridge.server.tls.names import Names

_NONE = "none"
_AGAIN = "Restart browsers that are open: they read their store when they start."


@click.group()
def tls() -> None:
    """Certificates for https: for Safari, and for tills on other computers."""


def now() -> datetime:
    return datetime.now(UTC)


_trust = click.option(
    "--trust",
    "wanted",
    type=click.Choice([stores.USER, stores.SYSTEM, _NONE]),
    multiple=True,
    default=(stores.USER,),
    show_default="user",
    help="Whose trust stores are to know the authority; may be given twice.",
)
_dry_run = click.option("--dry-run", is_flag=True, help="Show the files and commands, do nothing.")


@tls.command()
@click.option("--name", "names", multiple=True, metavar="HOST", help="A name that other computers reach this one by.")
@click.option("--address", "addresses", multiple=True, metavar="IP", help="An address that other computers reach this one at.")
@_trust
@click.option("--replace", is_flag=True, help="Make new ones in place of those that are there.")
@_dry_run
@data_dir_option
def setup(
    names: tuple[str, ...], addresses: tuple[str, ...], wanted: tuple[str, ...], replace: bool, dry_run: bool, data_dir: Path
) -> None:
    """Make an authority for this installation and its certificates, and have this machine trust it.

    Always for localhost, 127.0.0.1 and ::1. Names and addresses of the local network must be given now: nothing can be
    added later, since the authority's key is thrown away at once.
    """
    try:
        asked = Names.of(names, addresses)
    except TlsError as error:
        raise CliError(error.message, error.remedy) from None
    kinds = _kinds(wanted)
    machine = Machine()
    identity = secrets.token_hex(4)
    label = f"Tillbridge {identity} on {_machine_name()}"
    if files.directory(data_dir).exists() and not replace:
        raise CliError(
            f"Certificates are set up already in {files.directory(data_dir)}.",
            "See: tillbridge tls status. More trust stores: tillbridge tls trust. All anew: tillbridge tls setup --replace",
        )
    if dry_run:
        _show_setup(data_dir, asked, label, kinds, identity, machine)
        return
    directory = make_data_dir(data_dir)
    try:
        installation = _make(directory, identity, label, asked, machine)
    except TlsError as error:
        files.discard(directory)
        raise CliError(error.message, error.remedy) from None
    outcomes = _trust_all(directory, installation, kinds, machine)
    _tell(outcomes, kinds)
    click.echo(f"Other devices need the authority's certificate: {files.authority_file(directory)}")
    click.echo(f"Its SHA-256 fingerprint, to compare there: {_spaced(installation.authority.sha256)}")


@tls.command()
@_trust
@_dry_run
@data_dir_option
def trust(wanted: tuple[str, ...], dry_run: bool, data_dir: Path) -> None:
    """Have more trust stores know the authority: of a browser that came later, or of the system."""
    kinds = _kinds(wanted)
    installation = _read(data_dir)
    if installation is None or not installation.leaves:
        raise CliError(f"There are no certificates in {files.directory(data_dir)}.", "Make them: tillbridge tls setup")
    machine = Machine()
    if dry_run:
        _show_stores(kinds, installation.id, stores.subject_of(data_dir, installation), machine)
        return
    _tell(_trust_all(data_dir, installation, kinds, machine), kinds)


@tls.command()
@data_dir_option
def remove(data_dir: Path) -> None:
    """Take the authority out of every trust store that was changed, and remove all keys and certificates."""
    done = take_everything(data_dir, Machine())
    if not done.lines:
        raise CliError(f"There are no certificates in {files.directory(data_dir)}.", "Nothing is to be removed.")
    for line in done.lines:
        click.echo(line)
    if done.left:
        raise CliError("Not every trust store could be put back.", "Do it as told above, then again: tillbridge tls remove")


@tls.command()
@data_dir_option
@json_option
def status(data_dir: Path, as_json: bool) -> None:
    """What is set up, until when, and which trust stores know it. Exits with 1 where there is nothing, or it has ended."""
    installation = _read(data_dir)
    state = _state(data_dir, installation, Machine())
    if as_json:
        print_json(state)
    elif installation is None:
        click.echo(f"There are no certificates in {files.directory(data_dir)}. Make them: tillbridge tls setup")
    else:
        console().print(facts(_rows(state), title=installation.label))
    if not state["usable"]:
        raise SystemExit(1)


# -- setting up ----------------------------------------------------------------------------------------------------------


def _make(data_dir: Path, identity: str, label: str, names: Names, machine: Machine) -> Installation:
    """New certificates, tried, in the place of old ones, whose trust is taken back first. Raises TlsError, CliError."""
    from bridge.cli.tls.verify import verify
    from bridge.server.tls.authority import make

    staged, installation = files.stage(data_dir, identity, label, names, make(label, names, now()))
    shaken = verify(staged, now)
    if files.directory(data_dir).exists():
        _take_back_old(data_dir, machine)
    files.adopt(data_dir)
    count = len(installation.leaves)
    click.echo(
        f"{count} certificates are in {files.directory(data_dir)}, one after another until {installation.ends_at:%Y-%m-%d}."
    )
    click.echo(f"Handshakes made, trusting this authority alone: {', '.join(shaken)}.")
    return installation


def _take_back_old(data_dir: Path, machine: Machine) -> None:
    from bridge.cli.tls.removal import known

    old = known(data_dir)
    left = [outcome for _, outcome in stores.take_back(data_dir, old, machine) if not outcome.done] if old is not None else []
    if left:
        files.discard(data_dir)
        raise CliError(
            f"The old authority could not be taken out of {left[0].store.title}: {left[0].problem}",
            f"Do it by hand, then set up again: {left[0].by_hand}",
        )


def _trust_all(data_dir: Path, installation: Installation, kinds: Sequence[str], machine: Machine) -> list[Outcome]:
    outcomes = []
    for store in _stores(kinds, installation.id, stores.subject_of(data_dir, installation), machine):
        for line in _plan_of(store):
            click.echo(line)
        installation, outcome = stores.add(data_dir, installation, store, machine)
        outcomes.append(outcome)
    return outcomes


def _tell(outcomes: Sequence[Outcome], kinds: Sequence[str]) -> None:
    for outcome in outcomes:
        if outcome.done:
            click.echo(f"Trusted now by {outcome.store.title}.")
        else:
            click.echo(f"NOT trusted by {outcome.store.title}: {outcome.problem}")
            if outcome.by_hand:
                click.echo(f"  By hand: {outcome.by_hand}")
    if any(outcome.done for outcome in outcomes):
        click.echo(_AGAIN)
    if not kinds:
        click.echo("No trust store was changed.")


def _show_setup(data_dir: Path, names: Names, label: str, kinds: Sequence[str], identity: str, machine: Machine) -> None:
    folder = files.directory(data_dir)
    click.echo(f"# {folder}: {files.AUTHORITY}, {files.INDEX}, leaf-01.pem and so on, readable by their owner only")
    click.echo(
        f"# the authority {label}, which may speak for {', '.join((*names.names, *map(str, names.networks)))} and nothing else"
    )
    subject = Subject(files.authority_file(data_dir), label, "<SHA-1 of the authority>")
    _show_stores(kinds, identity, subject, machine)


def _show_stores(kinds: Sequence[str], identity: str, subject: Subject, machine: Machine) -> None:
    for store in _stores(kinds, identity, subject, machine):
        for line in _plan_of(store):
            click.echo(line)
        if store.missing is not None:
            click.echo(f"  not possible here: {store.missing}")


def _plan_of(store: Store) -> list[str]:
    lines = [f"# {store.title}"]
    if store.copy is not None:
        lines.append(f"# {store.copy}: a copy of {files.AUTHORITY}")
    if store.missing is None:
        lines += [f"$ {shlex.join(command)}" for command in store.commands]
    return lines


def _stores(kinds: Sequence[str], identity: str, subject: Subject, machine: Machine) -> list[Store]:
    return [store for kind in kinds for store in stores.stores(kind, identity, subject, machine)]


def _kinds(wanted: tuple[str, ...]) -> list[str]:
    if _NONE in wanted and len(set(wanted)) > 1:
        raise CliError("--trust none goes with no other.", "Leave it out, or the others.")
    return [kind for kind in dict.fromkeys(wanted) if kind != _NONE]


def _machine_name() -> str:
    """The computer's name as a certificate and the databases of browsers can hold it."""
    return re.sub(r"[^A-Za-z0-9.-]", "-", socket.gethostname())[:30] or "this-machine"


# -- looking -------------------------------------------------------------------------------------------------------------


def _read(data_dir: Path) -> Installation | None:
    try:
        return files.read(data_dir)
    except TlsError as error:
        raise CliError(error.message, error.remedy) from None


def _state(data_dir: Path, installation: Installation | None, machine: Machine) -> dict[str, Any]:
    folder = files.directory(data_dir)
    if installation is None:
        return {"set_up": False, "usable": False, "directory": str(folder)}
    state: dict[str, Any] = {
        "set_up": True,
        "usable": False,
        "directory": str(folder),
        "id": installation.id,
        "label": installation.label,
        "created": installation.created.isoformat(),
        "names": list(installation.names.names),
        "addresses": [str(address) for address in installation.names.addresses],
        "networks": [str(network) for network in installation.networks],
        "authority": {"file": str(folder / files.AUTHORITY), "sha256": installation.authority.sha256},
        "current": None,
        "next_from": None,
        "ends_at": None,
        "too_open": [str(path) for path in files.too_open(data_dir)],
        "trusted": [],
    }
    subject = stores.subject_of(data_dir, installation)
    for record in installation.trusted:
        store = stores.rebuilt(record, subject.file, machine)
        found = None if store.missing is not None else holds(store, machine)
        state["trusted"].append({"store": store.title, "kind": record.kind, "place": record.place, "present": found})
    if installation.ends_at is not None:
        number = installation.due(now())
        leaf = installation.leaves[number]
        state["usable"] = now() <= installation.ends_at
        state["current"] = {
            "number": number + 1,
            "of": len(installation.leaves),
            "file": str(folder / leaf.file),
            "not_after": leaf.not_after.isoformat(),
            "sha256": leaf.sha256,
        }
        state["next_from"] = installation.switches[number].isoformat() if number < len(installation.switches) else None
        state["ends_at"] = installation.ends_at.isoformat()
    return state


def _rows(state: dict[str, Any]) -> list[tuple[str, Any]]:
    current = state["current"]
    served = (
        "none: the keys were removed"
        if current is None
        else f"{current['number']} of {current['of']}, until {current['not_after'][:10]}"
    )
    known = {True: "", False: " (not in there any more)", None: " (cannot be told)"}
    return [
        ("names", ", ".join((*state["names"], *state["addresses"]))),
        ("certificate", served),
        ("next one from", (state["next_from"] or "")[:10]),
        ("last one until", (state["ends_at"] or "")[:10]),
        ("authority", state["authority"]["file"]),
        ("SHA-256", _spaced(state["authority"]["sha256"])),
        ("readable by others", ", ".join(state["too_open"])),
        *(("trusted by", one["store"] + known[one["present"]]) for one in state["trusted"]),
    ]


def _spaced(fingerprint: str) -> str:
    """In pairs, as browsers show it."""
    return ":".join(fingerprint[index : index + 2] for index in range(0, len(fingerprint), 2)).upper()
