"""Fiscal registers of the Shtrih-M protocol for Tillbridge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.plugin import DeviceFamily, hookimpl

TILLBRIDGE_PLUGIN_API = "1.0"


@hookimpl
def tillbridge_device_families() -> Sequence[DeviceFamily[Any]]:
    from bridge_shtrih_m.family import ShtrihFamily

    return [ShtrihFamily()]
