"""NSS databases on Linux: the one that Chromium and its kin read, and one in each profile of Firefox.

`C,,`: an authority for servers, and for nothing else. Sources: certutil(1); docs/linux/cert_management.md of Chromium.
On macOS and Windows Chromium and Firefox (from 120 on) read the system's store, and `certutil` is another program.
"""

from __future__ import annotations

from pathlib import Path

from bridge.cli.tls.store import Command, Machine, Store

KIND = "nss"

# Where Chromium's database is beside ~/.pki/nssdb: with the XDG directories, in a snap, in a flatpak.
_CHROMIUM = ("snap/chromium/current/.pki/nssdb", ".var/app/*/data/pki/nssdb", ".var/app/*/.pki/nssdb")

# Firefox's directories of profiles: as ever, with the XDG directories (from 147 on), in a snap, in a flatpak.
_FIREFOX = (
    ".mozilla/firefox",
    "snap/firefox/common/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/.mozilla/firefox",
    ".var/app/org.mozilla.firefox/config/mozilla/firefox",
)


def stores(label: str, file: Path, machine: Machine) -> list[Store]:
    """Every database of this user that is there, and Chromium's also where it is not there yet."""
    home = machine.home
    data = Path(machine.environment.get("XDG_DATA_HOME") or home / ".local" / "share")
    config = Path(machine.environment.get("XDG_CONFIG_HOME") or home / ".config")
    chromium = [home / ".pki" / "nssdb", data / "pki" / "nssdb"]
    for pattern in _CHROMIUM:
        chromium += sorted(home.glob(pattern))
    used = [chromium[0], *(path for path in chromium[1:] if (path / "cert9.db").exists())]
    found = [_store(path, "Chromium", label, file, machine) for path in used]
    for folder in (*(home / path for path in _FIREFOX), config / "mozilla" / "firefox"):
        for database in sorted(folder.glob("*/cert9.db")):
            found.append(_store(database.parent, "Firefox", label, file, machine))
    return found


def rebuilt(place: str, label: str, file: Path, machine: Machine) -> Store:
    """The database that was changed once."""
    folder = Path(place)
    return _store(folder, "Firefox" if "firefox" in place else "Chromium", label, file, machine)


def _store(folder: Path, browser: str, label: str, file: Path, machine: Machine) -> Store:
    database = ("-d", f"sql:{folder}")
    create: tuple[Command, ...] = ()
    if not (folder / "cert9.db").exists():
        create = (("certutil", *database, "-N", "--empty-password"),)
    missing = None
    if machine.which("certutil") is None:
        missing = "certutil is not installed (Debian: apt install libnss3-tools; Fedora: dnf install nss-tools)."
    return Store(
        KIND,
        str(folder),
        f"the database of {browser} in {folder}",
        commands=(*create, ("certutil", *database, "-A", "-t", "C,,", "-n", label, "-i", str(file))),
        undo=(("certutil", *database, "-D", "-n", label),),
        check=("certutil", *database, "-L", "-n", label),
        absent="could not find cert",
        database=folder,
        missing=missing,
    )
