"""macOS: the keychain of the user or of the system, for Safari, Chrome and Firefox alike. Source: security(1).

Trusted for servers only (`-p ssl`, and `basic` for the chain). macOS asks the user for a password each time. Written from
the manual, never run.
"""

from __future__ import annotations

from pathlib import Path

from bridge.cli.tls.store import Machine, Store

USER = "macos-login"
SYSTEM = "macos-system"
KINDS = frozenset({USER, SYSTEM})


def store(kind: str, label: str, sha1: str, file: Path, machine: Machine) -> Store:
    system = kind == SYSTEM
    login = machine.home / "Library" / "Keychains" / "login.keychain-db"
    keychain = "/Library/Keychains/System.keychain" if system else str(login)
    domain = ("-d",) if system else ()  # the trust settings of the administrator; without it those of the user
    add = ("security", "add-trusted-cert", *domain, "-r", "trustRoot", "-p", "ssl", "-p", "basic", "-k", keychain, str(file))
    return Store(
        kind,
        keychain,
        "the keychain of the system" if system else "your keychain",
        commands=(add,),
        # The first takes the trust, the second the certificate, which would stay in the keychain otherwise.
        undo=(("security", "remove-trusted-cert", *domain, str(file)), ("security", "delete-certificate", "-Z", sha1, keychain)),
        check=("security", "find-certificate", "-c", label, keychain),
        absent="could not be found",
        administrator=system,
    )
