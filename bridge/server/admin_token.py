"""The native administrator's token: `DIR/admin-token`, owner-only, one line.

Whoever can read the file may do everything; no web page can. The server reads the file again when it has changed, so
that a rotation counts at once. The principal stays "native:admin" over rotations: idempotency keys belong to it.
"""

from __future__ import annotations

import hashlib
import logging
import secrets
import stat
import sys
from pathlib import Path

FILE_NAME = "admin-token"
PRINCIPAL = "native:admin"
LABEL = "admin-token"

# A token that somebody shortened by hand is no secret.
_MIN_LENGTH = 32

log = logging.getLogger("tillbridge.server")


class TokenError(Exception):
    """The token file cannot be used; says why and what to do."""


def rotate(data_dir: Path) -> str:
    """Write a new token and return it. A running server takes it, and no other, from now on."""
    from bridge.store.files import write_atomically  # here: who only reads the token need not load the store

    token = f"tbk_{secrets.token_urlsafe(32)}"
    write_atomically(data_dir / FILE_NAME, token + "\n", owner_only=True)
    return token


def read(data_dir: Path) -> str | None:
    """The token, None where there is none yet. Raises TokenError for a file that holds no usable token."""
    path = data_dir / FILE_NAME
    try:
        token = path.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise TokenError(f"{path} cannot be read ({error}). Put it right or make a new one: tillbridge token rotate") from error
    if len(token) < _MIN_LENGTH or not token.isascii() or not token.isprintable() or " " in token:
        raise TokenError(f"{path} does not hold a token. Make a new one: tillbridge token rotate")
    return token


def ensure(data_dir: Path) -> None:
    """At start: create the token if there is none, and take a too open file away from others."""
    if read(data_dir) is None:
        rotate(data_dir)
        return
    path = data_dir / FILE_NAME
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        log.warning("%s could be read by other users; it is owner-only now. If in doubt: tillbridge token rotate", path)
        path.chmod(0o600)


class AdminToken:
    """The token of the file, as a hash. The file is read again whenever it has changed."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._seen: tuple[int, int, int] | None = None
        self._digest: bytes | None = None

    def digest(self) -> bytes | None:
        """The SHA-256 of the token as it is now; None while there is no usable one."""
        self._refresh()
        return self._digest

    def _refresh(self) -> None:
        # One stat for each request (microseconds) instead of a watcher that could miss the change.
        try:
            facts = (self._data_dir / FILE_NAME).stat()
        except OSError:
            self._seen = self._digest = None
            return
        now = (facts.st_mtime_ns, facts.st_ino, facts.st_size)
        if now == self._seen:
            return
        try:
            token = read(self._data_dir)
        except TokenError as error:
            log.error("%s", error)
            token = None
        if token is not None:
            from bridge.transport import SECRETS  # here: only the server compares tokens, commands need not load the links

            SECRETS.know(LABEL, (token,))
        self._digest = hashlib.sha256(token.encode()).digest() if token is not None else None
        self._seen = now
