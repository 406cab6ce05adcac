"""What the commands for finding faults must not show: the secrets of this data directory, and customers' data of a job."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit

from bridge.model import private_values
from bridge.server import admin_token
from bridge.server.diagnosis.steps import Step
from bridge.transport import Secrets, Values

# Bytes in hex: digits of them look like cards and phone numbers and are none. They were masked before they were kept.
_BYTES = frozenset({"hex", "data_hex"})
_TOO_LONG = 100_000


def secrets_of(data_dir: Path) -> Secrets:
    """Every secret that this directory holds, as far as this user may read it; what cannot be read cannot leak."""
    found = Secrets()
    with contextlib.suppress(admin_token.TokenError):
        token = admin_token.read(data_dir)
        if token is not None:
            found.know("token", (token,))
    with contextlib.suppress(OSError, UnicodeDecodeError, tomlkit.exceptions.TOMLKitError):
        found.know("devices", _texts(tomlkit.parse((data_dir / "secrets.toml").read_text("utf-8")).unwrap()))
    return found


def _texts(data: Any) -> list[str]:
    if isinstance(data, Mapping):
        return [text for value in data.values() for text in _texts(value)]
    if isinstance(data, list):
        return [text for value in data for text in _texts(value)]
    return [str(data)]


class Mask:
    """Hides in whatever is shown of one job, or of all."""

    def __init__(self, secrets: Secrets, operation: Mapping[str, Any] | None = None) -> None:
        self._secrets = secrets
        self._private = Values(private_values(operation))

    def text(self, text: str) -> str:
        return self._secrets.hide(text[:_TOO_LONG], self._private)

    def step(self, step: Step) -> Step:
        """A step as it may be shown; of the bytes, what became a secret after they were kept."""
        step.title = self.text(step.title)
        step.fields = [(name, self.text(value)) for name, value in step.fields]
        if step.garbage is not None:
            step.garbage = self.text(step.garbage)
        if step.hex is not None:
            step.hex = self._secrets.hide_bytes(bytes.fromhex(step.hex), self._private).hex()
        return step

    def data(self, data: Any, *, key: str = "") -> Any:
        """JSON with every text hidden that must be, names of members too."""
        if isinstance(data, str):
            if key in _BYTES:
                return data
            return self.text(data)
        if isinstance(data, Mapping):
            return {self.text(str(name)): self.data(value, key=str(name)) for name, value in data.items()}
        if isinstance(data, list | tuple):
            return [self.data(item, key=key) for item in data]
        return data
