"""Which origins of web pages are paired with this data directory."""

from __future__ import annotations

from pathlib import Path

from bridge.server.diagnosis.errors import CannotTell
from bridge.store import ReadOnlyDatabase, StorageError, TokenStore


def paired_origins(data_dir: Path) -> list[str]:
    """The origins that hold a token, each once, in order; those of the provisioning file too. None where nothing was ever paired."""
    from bridge.server.access.provisioning import FILE_NAME, ProvisioningError, read

    remedy = "Name the pages yourself: --origin https://..."
    rows = []
    if (data_dir / "journal.db").exists():
        try:
            database = ReadOnlyDatabase(data_dir / "journal.db")
            try:
                if database.read("SELECT 1 FROM sqlite_master WHERE type='table' AND name='tokens'"):
                    rows = TokenStore(database).all()
            finally:
                database.close()
        except StorageError as error:
            raise CannotTell(f"What is paired cannot be read: {error}.", remedy) from None
    if (data_dir / FILE_NAME).exists():
        try:
            rows = [*rows, *read(data_dir / FILE_NAME).values()]
        except ProvisioningError as error:
            raise CannotTell(str(error), remedy) from None
    return sorted({row.origin for row in rows if row.origin is not None})
