"""launchd (macOS): an agent of the user, or a daemon of the system. Source: launchd.plist(5).

Written from the documentation and checked for its form; it has not been run on a Mac yet.
"""

from __future__ import annotations

import plistlib
from pathlib import Path

from bridge.cli.service.plan import Plan, Wanted

_LABEL = "io.tillbridge.agent"


def plan(wanted: Wanted, home: Path, uid: int) -> Plan:
    folder = Path("/Library/LaunchDaemons") if wanted.system else home / "Library" / "LaunchAgents"
    path = folder / f"{_LABEL}.plist"
    domain = "system" if wanted.system else f"gui/{uid}"
    return Plan(
        files=((path, plist(wanted)),),
        commands=(("launchctl", "bootstrap", domain, str(path)),),
        undo=(("launchctl", "bootout", f"{domain}/{_LABEL}"),),
        status=("launchctl", "print", f"{domain}/{_LABEL}"),
    )


def plist(wanted: Wanted) -> str:
    """The property list's text."""
    content: dict[str, object] = {
        "Label": _LABEL,
        "ProgramArguments": list(wanted.command),
        "RunAtLoad": True,
        # Again after a crash, not after it was stopped.
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 2,
        "ExitTimeOut": 30,
        "Umask": 0o077,
        "ProcessType": "Interactive",
    }
    if wanted.system:
        content["UserName"] = wanted.user
    return plistlib.dumps(content).decode("utf-8")
