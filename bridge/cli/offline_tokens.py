"""Tokens while the server is off: the journal is opened under its lock, and the server's own checks apply."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import tomlkit

from bridge.cli.errors import CliError
from bridge.model import Actor, RequestError
from bridge.server.access.provisioning import FILE_NAME, ProvisionedTokens, ProvisioningError, read
from bridge.server.access.secret import mint
from bridge.server.access.tokens import Tokens
from bridge.server.bodies import CreateToken, validated
from bridge.server.routes.tokens import described, wanted
from bridge.store import DataDirLocked, StorageError, Store

_ACTOR = Actor(principal="native:admin", label="command line", os_user=os.environ.get("USER") or os.environ.get("USERNAME"))


def listed(data_dir: Path) -> list[dict[str, Any]]:
    if not (data_dir / "journal.db").exists():
        return []
    with _tokens(data_dir) as tokens:
        return [described(row, tokens) for row in tokens.list()]


def create(data_dir: Path, body: Mapping[str, Any]) -> dict[str, Any]:
    with _tokens(data_dir) as tokens:
        minted, row = asyncio.run(tokens.create(wanted(validated(CreateToken, body)), _ACTOR))
        return {**described(row, tokens), "token": minted.text}


def rotate(data_dir: Path, token_id: str) -> dict[str, Any]:
    with _tokens(data_dir) as tokens:
        minted = asyncio.run(tokens.rotate(token_id, _ACTOR))
        return {"token_id": minted.id, "token": minted.text}


def revoke(data_dir: Path, token_id: str) -> None:
    with _tokens(data_dir) as tokens:
        asyncio.run(tokens.revoke(token_id, _ACTOR))


def revoke_all(data_dir: Path) -> int:
    """How many there were."""
    if not (data_dir / "journal.db").exists():
        return 0
    with _tokens(data_dir) as tokens:
        ids = [row.id for row in tokens.list() if not tokens.is_provisioned(row.id)]
        for token_id in ids:
            asyncio.run(tokens.revoke(token_id, _ACTOR))
        return len(ids)


def entry(body: Mapping[str, Any]) -> dict[str, Any]:
    """A token that is stored nowhere, and what provisioning.toml must say to let it in. Raises CliError."""
    with _explained():
        new = wanted(validated(CreateToken, body))
    minted = mint(new.kind)
    said: dict[str, Any] = {"id": minted.id, "sha256": minted.hash.hex()}
    if new.origin is not None:
        said["origin"] = new.origin
    said |= {"label": new.label, "scopes": sorted(new.rights)}
    if new.devices is not None:
        said["devices"] = sorted(new.devices)
    if new.aliases:
        said["aliases"] = dict(new.aliases)
    if new.routes:
        said["routes"] = {client: dict(aliases) for client, aliases in new.routes.items()}
    if new.user_id is not None:
        said["user_id"] = new.user_id
    tables = tomlkit.aot()
    tables.append(tomlkit.item(said))
    document = tomlkit.document()
    document.append("token", tables)
    return {
        "token_id": minted.id,
        "token": minted.text,
        "label": new.label,
        "scopes": said["scopes"],
        "entry": tomlkit.dumps(document),
    }


def lay_down(data_dir: Path, file: Path) -> str:
    """Check a provisioning file and put it where the bridge reads it, now or when it runs. Raises CliError."""
    try:
        rows = read(file)
    except ProvisioningError as error:
        raise CliError(str(error), "Correct the file; nothing was changed.") from None
    target = data_dir / FILE_NAME
    if file.resolve() != target.resolve():
        temporary = target.with_name(f".{FILE_NAME}.new")
        shutil.copyfile(file, temporary)
        temporary.chmod(0o600)
        os.replace(temporary, target)
    return f"{len(rows)} tokens are in {target}. A running bridge takes them within a second."


@contextlib.contextmanager
def _tokens(data_dir: Path) -> Iterator[Tokens]:
    """The tokens of a data directory whose server is off. Raises CliError."""
    if not data_dir.is_dir():
        raise CliError(f"There is no directory {data_dir}.", "Say which with --data-dir.")
    try:
        store = Store.open(data_dir, datetime.now(UTC), inline=True)
    except DataDirLocked as error:
        raise CliError(f"{error}, but its API does not answer.", "Wait until it is ready, or stop it.") from None
    except StorageError as error:
        raise CliError(str(error)) from None
    try:
        with _explained():
            yield Tokens(store.tokens, ProvisionedTokens(data_dir), lambda: datetime.now(UTC))
    finally:
        store.close()


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except RequestError as error:
        remedy = next((field.remedy for field in error.errors if field.remedy), None)
        raise CliError(error.detail, remedy) from None
