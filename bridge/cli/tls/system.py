"""The store of a Linux system: a directory for local authorities, and the command that reads it.

For curl, Python and the like. Chromium and Firefox do not read it by themselves: see `nss`. Debian's has been run; the
others are written from their manuals (update-ca-trust(8), trust(1), update-ca-certificates(8) of openSUSE), never run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bridge.cli.tls.store import Command, Machine, Store


@dataclass(frozen=True, slots=True)
class _Family:
    title: str
    folder: str
    suffix: str
    update: Command
    undo: Command


# Debian's --fresh: without it the links to a file that is gone stay in /etc/ssl/certs (measured, ca-certificates 20230311).
# In this order: Fedora's directory exists on some Debians too, Debian's is the most particular.
_FAMILIES: dict[str, _Family] = {
    "debian": _Family(
        "Debian, Ubuntu",
        "usr/local/share/ca-certificates",
        ".crt",
        ("update-ca-certificates",),
        ("update-ca-certificates", "--fresh"),
    ),
    "fedora": _Family(
        "Fedora, RHEL", "etc/pki/ca-trust/source/anchors", ".pem", ("update-ca-trust", "extract"), ("update-ca-trust", "extract")
    ),
    "suse": _Family("openSUSE", "etc/pki/trust/anchors", ".pem", ("update-ca-certificates",), ("update-ca-certificates",)),
    "arch": _Family(
        "Arch", "etc/ca-certificates/trust-source/anchors", ".crt", ("trust", "extract-compat"), ("trust", "extract-compat")
    ),
}
KINDS = frozenset(_FAMILIES)
_OWN = re.compile(r"tillbridge-[0-9a-f]{8}")


def store(identity: str, machine: Machine) -> Store:
    """The store of this system, or one that says that there is none that is known."""
    for kind, family in _FAMILIES.items():
        folder = machine.root / family.folder
        if folder.is_dir() and machine.which(family.update[0]) is not None:
            return _store(kind, folder / f"tillbridge-{identity}{family.suffix}")
    known = ", ".join(family.title for family in _FAMILIES.values())
    missing = f"This system has none of the stores that are known ({known})."
    return Store("unknown", "", "the system's store", (), (), missing=missing, administrator=True)


def rebuilt(kind: str, place: str, machine: Machine) -> Store | None:
    """The store that was changed once; None for a file that this program never wrote."""
    path = Path(place)
    # An administrator may run this on a user's directory: what stands in its tls.json must not lead to other files.
    if path.parent != machine.root / _FAMILIES[kind].folder or not _OWN.fullmatch(path.stem):
        return None
    return _store(kind, path)


def _store(kind: str, copy: Path) -> Store:
    family = _FAMILIES[kind]
    return Store(
        kind,
        str(copy),
        f"the system's store ({family.title})",
        commands=(family.update,),
        undo=(family.undo,),
        copy=copy,
        administrator=True,
    )


def found(subject_id: str, machine: Machine) -> list[Store]:
    """Stores that hold a file of this installation, whoever put it there."""
    return [
        _store(kind, path)
        for kind, family in _FAMILIES.items()
        if (path := machine.root / family.folder / f"tillbridge-{subject_id}{family.suffix}").exists()
    ]
