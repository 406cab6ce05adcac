"""What the host asks of a simulator: to start, to say where it is, to stop. How it works inside is its own matter."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

Pace = Literal["real", "fast"]


class RunningSimulator(Protocol):
    """A simulator that listens. `url` is what a device's configuration takes; `control_url` is its control API."""

    @property
    def url(self) -> str: ...

    @property
    def control_url(self) -> str | None: ...

    async def close(self) -> None: ...


class SimulatorFamily(Protocol):
    """One family's simulator. `settings` maps each switch to its help, default included."""

    @property
    def id(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def settings(self) -> Mapping[str, str]: ...

    async def start(
        self,
        *,
        listen: str,
        control: int | None,
        state: Path | None,
        pace: Pace,
        settings: Mapping[str, str],
    ) -> RunningSimulator:
        """Listen on `tcp://127.0.0.1:PORT` (0 for any) or `pty`. Raises ValueError naming an unknown setting."""
        ...
