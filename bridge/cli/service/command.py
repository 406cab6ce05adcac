"""`tillbridge service`: install, remove, look at."""

from __future__ import annotations

import getpass
import os
import shutil
import sys
from pathlib import Path

import click

from bridge.cli.data_dir import data_dir_option, default_data_dir, make_data_dir
from bridge.cli.errors import CliError
from bridge.cli.service.plan import Plan, Run, Wanted, run
from bridge.server.settings import DEFAULT_PORT

# Of a service of the system, whose user has no home to speak of.
SYSTEM_DATA_DIR = Path("/var/lib/tillbridge")


@click.group()
def service() -> None:
    """Run the bridge as a service: systemd (Linux), launchd (macOS), Task Scheduler (Windows)."""


_system = click.option("--system", is_flag=True, help="For the whole machine from boot on; needs an administrator.")


@service.command()
@_system
@click.option("--user", metavar="NAME", help="With --system: the user it runs as; it must exist and own the data directory.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True)
@click.option(
    "--users",
    type=click.Choice(["personal", "shared", "any"]),
    help="As of tillbridge serve.  [default: personal; with --system: shared, on macOS any]",
)
@click.option("--dry-run", is_flag=True, help="Show the files and commands, do nothing.")
@click.option("--no-start", is_flag=True, help="Write the files, run no command.")
@data_dir_option
def install(system: bool, user: str | None, port: int, users: str | None, dry_run: bool, no_start: bool, data_dir: Path) -> None:
    """Install the service and start it."""
    if system and user is None and sys.platform != "win32":
        raise CliError("--system needs --user NAME.", "A user of its own is best: useradd --system --groups dialout tillbridge")
    if user is not None and not system:
        raise CliError("--user goes with --system.", "Without --system the service runs as you.")
    if system and sys.platform != "win32" and data_dir == default_data_dir():
        data_dir = SYSTEM_DATA_DIR
    wanted = Wanted(data_dir.absolute(), port, system, user, users=users or usual_users(system, sys.platform))
    plan = plan_for(wanted)
    if dry_run:
        show(plan)
        return
    prepare(wanted)
    carry_out(plan, start=not no_start, run=run)
    click.echo("Written, not started." if no_start else "Installed and started. See: tillbridge service status")
    for hint in plan.hints:
        click.echo(hint)


@service.command()
@_system
@data_dir_option
def remove(system: bool, data_dir: Path) -> None:
    """Stop and remove the service. Data and devices stay."""
    plan = plan_for(Wanted(data_dir.absolute(), DEFAULT_PORT, system, "nobody"))
    if not any(path.exists() for path, _ in plan.files):
        raise CliError("There is no such service.", "A service of the whole machine is removed with --system.")
    take_back(plan, run)
    click.echo("Removed. The data directory stays as it is.")


@service.command()
@_system
@data_dir_option
def status(system: bool, data_dir: Path) -> None:
    """What the system says of the service. Exits with 1 where it is not installed or not running."""
    plan = plan_for(Wanted(data_dir.absolute(), DEFAULT_PORT, system, "nobody"))
    for path, _ in plan.files:
        click.echo(f"{path}: {'present' if path.exists() else 'not installed'}")
    if not all(path.exists() for path, _ in plan.files):
        raise SystemExit(1)
    said = run(plan.status)
    click.echo((said.stdout or said.stderr).rstrip())
    if said.returncode != 0:
        raise SystemExit(1)


def usual_users(system: bool, platform: str) -> str:
    """A service of the machine runs as a user of its own, and the browsers never do. macOS does not tell whose they are."""
    if not system:
        return "personal"
    return "any" if platform == "darwin" else "shared"


def plan_for(wanted: Wanted) -> Plan:
    """The plan of this machine's kind of service."""
    if sys.platform == "win32":
        from bridge.cli.service import windows

        return windows.plan(wanted, f"{os.environ.get('USERDOMAIN', '.')}\\{getpass.getuser()}")
    if sys.platform == "darwin":
        from bridge.cli.service import launchd

        return launchd.plan(wanted, Path.home(), os.getuid())
    import grp

    from bridge.cli.service import systemd

    return systemd.plan(wanted, Path.home(), frozenset(group.gr_name for group in grp.getgrall()))


def prepare(wanted: Wanted) -> None:
    """The data directory, owned by whom the service runs as: a unit whose paths are missing cannot start."""
    try:
        make_data_dir(wanted.data_dir)
        if wanted.system and wanted.user is not None and sys.platform != "win32":
            shutil.chown(wanted.data_dir, wanted.user)
    except LookupError:
        raise CliError(f"There is no user {wanted.user}.", f"Make it: useradd --system {wanted.user}") from None
    except PermissionError:
        raise CliError(f"{wanted.data_dir} cannot be prepared.", "Run it as administrator, or leave out --system.") from None


def show(plan: Plan) -> None:
    for path, text in plan.files:
        click.echo(f"# {path}\n{text}")
    for command in plan.commands:
        click.echo(f"$ {' '.join(command)}")


def carry_out(plan: Plan, *, start: bool, run: Run) -> None:
    """Write the files and run the commands. Raises CliError with what the system said."""
    for path, text in plan.files:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        except PermissionError:
            raise CliError(f"{path} cannot be written.", "Run it as administrator, or leave out --system.") from None
    for command in plan.commands if start else ():
        said = run(command)
        if said.returncode != 0:
            reason = (said.stderr or said.stdout).strip() or f"exit code {said.returncode}"
            raise CliError(f"`{' '.join(command)}` failed: {reason}", "The files stay. Correct it, or: tillbridge service remove")


def take_back(plan: Plan, run: Run) -> None:
    """Stop and forget the service, then remove its files. A service that does not run is removed all the same."""
    for command in plan.undo:
        said = run(command)
        if said.returncode != 0:
            click.echo(f"`{' '.join(command)}` said: {(said.stderr or said.stdout).strip()}", err=True)
    for path, _ in plan.files:
        path.unlink(missing_ok=True)
