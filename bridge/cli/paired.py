"""Which origins of web pages are paired with this data directory."""

from __future__ import annotations

from pathlib import Path

from bridge.cli.errors import CliError
from bridge.store import ReadOnlyDatabase, StorageError


def paired_origins(data_dir: Path) -> list[str]:
    """The origins that hold a token, each once, in order. None where nothing was ever paired. Revoked tokens have no row."""
    path = data_dir / "journal.db"
    if not path.exists():
        return []
    try:
        database = ReadOnlyDatabase(path)
        try:
            if not database.read("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'tokens'"):
                return []
            found = database.read("SELECT DISTINCT origin FROM tokens WHERE kind = 'web' AND origin IS NOT NULL ORDER BY origin")
        finally:
            database.close()
    except StorageError as error:
        raise CliError(f"What is paired cannot be read: {error}.", "Name the pages yourself: --origin https://...") from None
    return [str(row["origin"]) for row in found]
