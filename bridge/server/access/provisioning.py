"""`DIR/provisioning.toml`: tokens of managed tills, laid down by whoever sets the PCs up. The file holds hashes, no secrets.

    [[token]]
    id = "3f9c0a12b4de"
    sha256 = "9f86d081884c7d65..."     # of the token's text; `tillbridge pair --print-entry` makes both
    origin = "https://pos.example.com" # left out: a program's token
    label = "till-7"
    scopes = ["devices:read", "print", "fiscal", "payment"]
    devices = ["printer-7"]            # left out: all
    aliases = {"@fiscal" = "printer-7"}
    user_id = "1007"                   # Linux: the uid; Windows: the SID

What is taken out of the file is revoked within a second, without a restart.
"""

from __future__ import annotations

import logging
import re
import tomllib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError, field_validator

from bridge.model import Model
from bridge.server.access.grants import Aliases, Devices, Label, Origin, Rights, Routes, checked_rights
from bridge.server.access.secret import ID_PATTERN
from bridge.store import TokenRow

FILE_NAME = "provisioning.toml"

log = logging.getLogger("tillbridge.access")


class Entry(Model):
    """One token of the file."""

    id: Annotated[str, Field(pattern=ID_PATTERN)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    label: Label
    scopes: Rights
    origin: Origin | None = None
    devices: Devices | None = None
    aliases: Aliases = {}
    routes: Routes = {}
    user_id: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    session: Annotated[str, Field(min_length=1, max_length=100)] | None = None

    @field_validator("sha256", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value


class ProvisionedTokens:
    """The file's tokens, read again whenever it has changed. A file that is wrong changes nothing: what held before holds on."""

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / FILE_NAME
        self.rows: Mapping[str, TokenRow] = {}
        self._seen: tuple[int, int, int] | None = None
        self.refresh()

    def refresh(self) -> bool:
        """Whether the tokens are others now."""
        try:
            facts = self.path.stat()
        except OSError:
            seen = None
        else:
            seen = (facts.st_mtime_ns, facts.st_ino, facts.st_size)
        if seen == self._seen:
            return False
        self._seen = seen
        try:
            rows = {} if seen is None else read(self.path)
        except ProvisioningError as error:
            log.error("%s; the tokens that it had before stay as they are", error)
            return False
        changed = rows != self.rows
        self.rows = rows
        if changed:
            log.info("%s: %d tokens", self.path, len(rows))
        return changed


class ProvisioningError(Exception):
    """The file cannot be used; says where and why."""


def read(path: Path) -> dict[str, TokenRow]:
    """Raises ProvisioningError."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ProvisioningError(f"{path} cannot be read: {error}") from None
    if set(data) - {"token"} or not isinstance(data.get("token", []), list):
        raise ProvisioningError(f"{path}: only [[token]] tables are known")
    rows: dict[str, TokenRow] = {}
    for number, given in enumerate(data.get("token", []), 1):
        try:
            entry = Entry.model_validate(given)
            checked_rights(entry.scopes, entry.origin)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "entry"
            raise ProvisioningError(f"{path}: token {number}: {where}: {re.sub('^Value error, ', '', first['msg'])}") from None
        except ValueError as error:
            raise ProvisioningError(f"{path}: token {number}: scopes: {error}") from None
        if entry.id in rows:
            raise ProvisioningError(f"{path}: token {number}: the id {entry.id} stands twice")
        rows[entry.id] = _row(entry, made)
    return rows


def _row(entry: Entry, made: datetime) -> TokenRow:
    return TokenRow(
        id=entry.id,
        kind="web" if entry.origin is not None else "native",
        label=entry.label,
        hash=bytes.fromhex(entry.sha256),
        scopes=tuple(sorted(entry.scopes)),
        created_at=made,
        origin=entry.origin,
        devices=None if entry.devices is None else tuple(sorted(entry.devices)),
        aliases=entry.aliases,
        routes=entry.routes,
        user_id=entry.user_id,
        user=entry.user_id,
        session=entry.session,
    )
