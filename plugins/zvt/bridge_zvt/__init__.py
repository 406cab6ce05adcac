"""Payment terminals of the ZVT protocol for Tillbridge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.plugin import DeviceFamily, hookimpl

TILLBRIDGE_PLUGIN_API = "1.0"


@hookimpl
def tillbridge_device_families() -> Sequence[DeviceFamily[Any]]:
    from bridge_zvt.family import ZvtFamily

    return [ZvtFamily()]
