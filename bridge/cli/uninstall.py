"""`tillbridge uninstall`: takes back everything that was laid down beside the data: service, policies, certificates, tokens.

Each part is taken back even where another one cannot be, and every part that is left is told with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import click

from bridge.cli.data_dir import data_dir_option, default_data_dir
from bridge.cli.errors import CliError
from bridge.cli.service.command import SYSTEM_DATA_DIR, plan_for, take_back
from bridge.cli.service.plan import Plan, Run, Wanted
from bridge.cli.service.plan import run as run_service
from bridge.server.settings import DEFAULT_PORT

# What stays, and why: told with each file or directory that is there.
_KEPT = {
    "journal.db": "the journal: every job, receipt and payment, with the audit. The tax office may ask for it",
    "devices.toml": "the devices",
    "secrets.toml": "passwords of devices",
    "logs": "the logs",
    "wire": "what went over the wires",
}
_GONE = ("admin-token", "provisioning.toml", "server.json")


@dataclass(slots=True)
class Uninstalled:
    """What was done, and what could not be."""

    done: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


@click.command()
@click.option("--system", is_flag=True, help="The service of the whole machine; needs an administrator.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed, and what stays.")
@data_dir_option
def uninstall(system: bool, yes: bool, dry_run: bool, data_dir: Path) -> None:
    """Remove the service, browser policies, certificates and all tokens. The journal stays; where it is, is told."""
    if system and data_dir == default_data_dir():
        data_dir = SYSTEM_DATA_DIR
    data_dir = data_dir.absolute()
    plan = plan_for(Wanted(data_dir, DEFAULT_PORT, system, "nobody" if system else None))
    if dry_run:
        for line in _outlook(data_dir, plan):
            click.echo(line)
        return
    if not yes:
        click.confirm(f"Remove the service, policies, certificates and tokens of {data_dir}? The journal stays.", abort=True)
    from bridge.cli.tls.store import run as run_store

    result = take_everything_back(data_dir, plan, run_service, run_store)
    for line in result.done:
        click.echo(line)
    for line in _kept(data_dir):
        click.echo(line)
    for line in result.left:
        click.echo(f"LEFT: {line}", err=True)
    if result.left:
        raise CliError("Not everything could be taken back.", "See above; then run it again.")
    click.echo("The program itself: pip uninstall tillbridge, and the plugins with it.")


def take_everything_back(data_dir: Path, plan: Plan, run: Run, run_store: Run) -> Uninstalled:
    """Every part, whatever becomes of the others."""
    result = Uninstalled()
    if any(path.exists() for path, _ in plan.files):
        _part(result, "the service", lambda: _service(plan, run))
    if not data_dir.is_dir():
        result.done.append(f"There is no directory {data_dir}: nothing else was ever laid down for it.")
        return result
    _part(result, "browser policies", lambda: _policies(data_dir))
    _part(result, "certificates", lambda: _certificates(data_dir, run_store, result))
    _part(result, "tokens", lambda: _tokens(data_dir))
    return result


def _part(result: Uninstalled, name: str, work: Callable[[], list[str]]) -> None:
    try:
        result.done += work()
    except CliError as error:
        result.left.append(f"{name}: {error.message} {error.remedy or ''}".strip())
    except OSError as error:
        result.left.append(f"{name}: {error.filename or ''}: {error.strerror or error}")


def _service(plan: Plan, run: Run) -> list[str]:
    take_back(plan, run)
    return ["The service was stopped and removed."]


def _policies(data_dir: Path) -> list[str]:
    from bridge.cli.browser_policy.installing import remove_everything

    return remove_everything(data_dir)


def _certificates(data_dir: Path, run: Run, result: Uninstalled) -> list[str]:
    from bridge.cli.tls.removal import remove_everything

    lines = remove_everything(data_dir, run)
    result.left += [line for line in lines if line.startswith("NOT ")]
    return [line for line in lines if not line.startswith("NOT ")]


def _tokens(data_dir: Path) -> list[str]:
    """Behind the lock of the data directory: a bridge that runs would make a new administrator's token."""
    from bridge.cli.offline_tokens import revoke_all

    number = revoke_all(data_dir)
    done = [f"{number} tokens of pages and programs were revoked."] if number else []
    for name in _GONE:
        path = data_dir / name
        if path.exists():
            path.unlink()
            done.append(f"{path} was removed.")
    return done


def _outlook(data_dir: Path, plan: Plan) -> Iterator[str]:
    for path, _ in plan.files:
        yield f"the service: {path}" if path.exists() else "the service: not installed"
    for name in ("browser-policies.json", "tls", *_GONE):
        if (data_dir / name).exists():
            yield f"would be taken back: what {data_dir / name} says or is"
    yield from _kept(data_dir)


def _kept(data_dir: Path) -> Iterator[str]:
    for name, what in _KEPT.items():
        if (data_dir / name).exists():
            yield f"Stays: {data_dir / name} ({what})."
