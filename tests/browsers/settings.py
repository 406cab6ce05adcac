"""The settings in which browsers are started: which kind, which policy. All tests of one setting share one browser.

Only one browser of a kind runs at a time, since policy files are the machine's; pytest puts the tests of one setting together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

ALLOWED = ("shop.test", "partner.test", "forgetful.test", "thief.test")
"""The names whose pages the policy of the tests lets in; a thief too, as the worst case."""


@dataclass(frozen=True, slots=True)
class Setting:
    kind: str
    allowed: tuple[str, ...] = ()
    """Names whose pages are let in, by the policy that `tillbridge browser-policy` makes."""
    skipped: tuple[str, ...] = ()
    """What a policy of Firefox names instead, written by hand."""
    gate_sockets: bool = False
    """Firefox asks for WebSockets too, and long enough for a person to answer."""

    def __str__(self) -> str:
        told = {"policy": self.allowed, "by-hand": self.skipped, "sockets": self.gate_sockets}
        return "-".join([self.kind, *(name for name, value in told.items() if value)])


NO_POLICY = (Setting("chromium"), Setting("firefox"))
POLICY = (Setting("chromium", ALLOWED), Setting("firefox", ALLOWED))


def in_browsers(settings: Sequence[Setting]) -> list[pytest.MarkDecorator]:
    """The marks of a module, or test, that runs in each of these."""
    return [
        pytest.mark.browser,
        pytest.mark.asyncio(loop_scope="session"),
        pytest.mark.parametrize("browser", settings, indirect=True, scope="session", ids=str),
    ]
