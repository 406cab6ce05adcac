"""Fiscal registers of ATOL for Tillbridge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.plugin import DeviceFamily, hookimpl

TILLBRIDGE_PLUGIN_API = "1.0"


@hookimpl
def tillbridge_device_families() -> Sequence[DeviceFamily[Any]]:
    from bridge_atol.family import AtolFamily

    return [AtolFamily()]
