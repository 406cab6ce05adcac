"""What can go wrong with a link, told apart by what the device may have seen."""

from __future__ import annotations

from typing import Self


class LinkError(OSError):
    """Something is wrong with the link. What was written before may have reached the device."""


class NotConnected(LinkError):
    """No link could be opened: surely no byte reached the device."""


class LinkLost(LinkError):
    """The link ended in the middle."""


class LinkTimeout(LinkError):
    """Nothing came within the time allowed. The device may still answer later.

    `name` and `seconds`: the time-out that ran out, as it is set (`timeouts.open`), where it has a name.
    """

    def __init__(self, message: str, *, name: str | None = None, seconds: float | None = None) -> None:
        super().__init__(message)
        self.name = name
        self.seconds = seconds

    @classmethod
    def ran_out(cls, name: str, seconds: float, what: str) -> Self:
        """Says which time-out it was, so that whoever reads it knows what to set."""
        return cls(f"{name} ({seconds:g} s) ran out: {what}", name=name, seconds=seconds)


class EndpointError(ValueError):
    """The URL of an endpoint cannot be understood. The message names the part and an example."""
