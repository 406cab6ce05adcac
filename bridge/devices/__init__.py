"""Configured devices, their identity, and the runtime that keeps one driver connected for each."""

from bridge.devices.config import ConfigError, Deadlines, DeviceConfig, DeviceFile, Timeouts, check_config, secret_fields
from bridge.devices.heartbeat import Heartbeat
from bridge.devices.manager import DeviceManager
from bridge.devices.measures import Measures
from bridge.devices.runtime import DeviceRuntime, DeviceServices

__all__ = [
    "ConfigError",
    "Deadlines",
    "DeviceConfig",
    "DeviceFile",
    "DeviceManager",
    "DeviceRuntime",
    "DeviceServices",
    "Heartbeat",
    "Measures",
    "Timeouts",
    "check_config",
    "secret_fields",
]
