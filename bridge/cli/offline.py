"""Devices while the server is off: their file is edited under the data directory's lock, with the server's own checks."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bridge.cli.errors import CliError
from bridge.devices.config import ConfigError, DeviceConfig, DeviceFile, check_config, secret_fields
from bridge.model import RequestError
from bridge.plugin import PluginRegistry
from bridge.store.files import DataDirLock, DataDirLocked


def configured(data_dir: Path) -> list[dict[str, Any]]:
    """The devices of the file, without their settings: secrets are among them."""
    try:
        devices = DeviceFile(data_dir).load()
    except ConfigError as error:
        raise CliError(str(error)) from None
    return [
        {"id": device_id, "family": config.family, "url": config.url, "shared": config.shared, "state": None}
        for device_id, config in sorted(devices.items())
    ]


def add(data_dir: Path, device_id: str, config: Mapping[str, Any], replace: bool) -> dict[str, Any]:
    """Write a device into the file. Raises CliError."""
    registry = PluginRegistry.installed()
    with _locked(data_dir), _explained(registry):
        file = DeviceFile(data_dir)
        devices = file.load()
        if device_id in devices and not replace:
            raise CliError(f"There is a device {device_id} already.", "Choose another --id, or say --replace.")
        new = DeviceConfig.model_validate(dict(config))
        endpoint = check_config(device_id, new, registry.families)
        shareable = registry.families[new.family].endpoint_kinds[endpoint.kind].shareable
        for other_id, other in devices.items():
            if other_id == device_id or (shareable and other.family == new.family):
                continue
            with contextlib.suppress(RequestError):  # a neighbour that is configured wrongly has no say in this
                if check_config(other_id, other, registry.families).same_place(endpoint):
                    raise CliError(
                        f"{endpoint.url} is already the address of {other_id}.", "Remove that device, or correct --url."
                    )
        devices[device_id] = new
        _save(file, devices, registry)
    return {"id": device_id, "family": new.family, "url": new.url, "shared": new.shared, "state": None}


def remove(data_dir: Path, device_id: str) -> None:
    """Take a device out of the file. Raises CliError."""
    registry = PluginRegistry.installed()
    with _locked(data_dir), _explained(registry):
        file = DeviceFile(data_dir)
        devices = file.load()
        if devices.pop(device_id, None) is None:
            known = ", ".join(sorted(devices)) or "none"
            raise CliError(f"There is no device {device_id}.", f"Configured are: {known}.")
        _save(file, devices, registry)


def _save(file: DeviceFile, devices: Mapping[str, DeviceConfig], registry: PluginRegistry) -> None:
    # A family that is not installed now cannot say which of its settings are secret: the file keeps them as they are.
    families = {device_id: registry.families.get(config.family) for device_id, config in devices.items()}
    hidden = {device_id: secret_fields(family) for device_id, family in families.items() if family is not None}
    file.save(devices, hidden)


@contextlib.contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    if not data_dir.is_dir():
        raise CliError(f"There is no directory {data_dir}.", "Say which with --data-dir.")
    lock = DataDirLock(data_dir)
    try:
        lock.acquire()
    except DataDirLocked as error:
        raise CliError(f"{error}, but its API does not answer yet.", "Wait until it is ready, or stop it.") from None
    try:
        yield
    finally:
        lock.release()


@contextlib.contextmanager
def _explained(registry: PluginRegistry) -> Iterator[None]:
    """What the checks find, as a sentence; for an unknown family also which plugins are broken."""
    try:
        yield
    except RequestError as error:
        detail = error.detail
        limits = [field.limit for field in error.errors if field.limit]
        if limits:
            detail += f" (allowed: {'; '.join(limits)})"
        broken = [f"{report.name}: {report.problem}" for report in registry.reports if report.problem is not None]
        if error.errors and error.errors[0].field == "family" and broken:
            detail += f"; broken plugins: {'; '.join(broken)}"
        raise CliError(detail, next((field.remedy for field in error.errors if field.remedy), None)) from None
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise CliError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    except ConfigError as error:
        raise CliError(str(error), "Correct the file by hand.") from None
