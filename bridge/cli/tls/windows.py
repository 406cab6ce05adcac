"""Windows: the root store of the user or of the machine, for Edge, Chrome and Firefox alike. Source: certutil, -addstore and
-delstore.

Windows asks the user, with the fingerprint, before it changes the user's store. Written from the documentation, never run.
"""

from __future__ import annotations

from pathlib import Path

from bridge.cli.tls.store import Store

USER = "windows-user"
SYSTEM = "windows-machine"
KINDS = frozenset({USER, SYSTEM})


def store(kind: str, sha1: str, file: Path) -> Store:
    system = kind == SYSTEM
    certutil = ("certutil",) if system else ("certutil", "-user")
    return Store(
        kind,
        "Root",
        "the root store of this machine" if system else "your root store",
        commands=((*certutil, "-addstore", "Root", str(file)),),
        undo=((*certutil, "-delstore", "Root", sha1),),
        check=(*certutil, "-store", "Root", sha1),
        absent="0x80092004",  # CRYPT_E_NOT_FOUND: the words beside it are translated
        administrator=system,
    )
