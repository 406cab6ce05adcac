"""A toy payment terminal for Tillbridge: it speaks unasked, puts questions, and may not know its own last sale at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.plugin import DeviceFamily, hookimpl

TILLBRIDGE_PLUGIN_API = "1.0"


@hookimpl
def tillbridge_device_families() -> Sequence[DeviceFamily[Any]]:
    from tests.toys.terminal.family import TerminalFamily

    return [TerminalFamily()]
