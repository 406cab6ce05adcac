"""A toy HTTP gateway for Tillbridge: registers receipts now, or minutes later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.plugin import DeviceFamily, hookimpl

TILLBRIDGE_PLUGIN_API = "1.0"


@hookimpl
def tillbridge_device_families() -> Sequence[DeviceFamily[Any]]:
    from tests.toys.gateway.family import GatewayFamily

    return [GatewayFamily()]
