"""systemd: a unit of the user, or of the system. Source of the options: systemd.service(5), systemd.exec(5)."""

from __future__ import annotations

from pathlib import Path

from bridge.cli.service.plan import NAME, Plan, Wanted

_UNIT = f"{NAME}.service"
SYSTEM_UNITS = Path("/etc/systemd/system")

# Serial ports belong to dialout, USB printers to lp, on Debian and its kin and on Fedora alike.
_GROUPS = ("dialout", "lp")

# What a bridge never needs: other users' files, privileges, kernel settings. Devices it does need.
_HARDENING = """\
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths={data_dir}
PrivateTmp=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes
LockPersonality=yes
UMask=0077
"""


def plan(wanted: Wanted, home: Path, groups: frozenset[str], units: Path = SYSTEM_UNITS) -> Plan:
    """`groups`: those of the machine, since a unit that names one that does not exist cannot start."""
    folder = units if wanted.system else home / ".config" / "systemd" / "user"
    systemctl = ("systemctl",) if wanted.system else ("systemctl", "--user")
    hints: tuple[str, ...] = ()
    if not wanted.system:
        hints = ("It runs while you are logged in. To have it run from boot on: loginctl enable-linger",)
    return Plan(
        files=((folder / _UNIT, unit(wanted, groups)),),
        commands=((*systemctl, "daemon-reload"), (*systemctl, "enable", "--now", _UNIT)),
        undo=((*systemctl, "disable", "--now", _UNIT),),
        status=(*systemctl, "--no-pager", "--lines=0", "status", _UNIT),
        hints=hints,
    )


def unit(wanted: Wanted, groups: frozenset[str]) -> str:
    """The unit's text."""
    identity = ""
    if wanted.system:
        present = " ".join(group for group in _GROUPS if group in groups)
        identity = f"User={wanted.user}\n" + (f"SupplementaryGroups={present}\n" if present else "")
    hardening = _HARDENING.format(data_dir=_quoted(str(wanted.data_dir))) if wanted.system else "UMask=0077\n"
    target = "multi-user.target" if wanted.system else "default.target"
    return (
        "[Unit]\n"
        "Description=Tillbridge: local API for fiscal printers and payment terminals\n"
        "After=network.target\n"
        "\n"
        "[Service]\n"
        "Type=exec\n"
        f"ExecStart={' '.join(_quoted(word) for word in wanted.command)}\n"
        # Open jobs get the time to end; what is cut off all the same is recovered at the next start.
        "TimeoutStopSec=30\n"
        "KillMode=mixed\n"
        "Restart=on-failure\n"
        "RestartSec=2\n"
        f"{identity}{hardening}"
        "\n"
        "[Install]\n"
        f"WantedBy={target}\n"
    )


def _quoted(word: str) -> str:
    """A word of a unit file: specifiers and variables are no part of a path."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or any(character.isspace() for character in word) else word
