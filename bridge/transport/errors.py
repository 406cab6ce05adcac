"""What can go wrong with a link, told apart by what the device may have seen."""

from __future__ import annotations


class LinkError(OSError):
    """Something is wrong with the link. What was written before may have reached the device."""


class NotConnected(LinkError):
    """No link could be opened: surely no byte reached the device."""


class LinkLost(LinkError):
    """The link ended in the middle."""


class LinkTimeout(LinkError):
    """Nothing came within the deadline. The device may still answer later."""


class EndpointError(ValueError):
    """The URL of an endpoint cannot be understood. The message names the part and an example."""
