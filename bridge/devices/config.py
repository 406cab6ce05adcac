"""Which devices there are: devices.toml in the data directory, their secrets apart in secrets.toml (owner-only)."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import tomlkit
from pydantic import Field, SecretStr, ValidationError

from bridge.model import Flag, Model, Number, RequestError, invalid
from bridge.model.errors import FieldError
from bridge.plugin import DeviceFamily
from bridge.store import write_atomically
from bridge.transport import Endpoint, EndpointError, parse_endpoint

_DEVICES = "devices.toml"
_SECRETS = "secrets.toml"
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_HEADER = "Devices of Tillbridge. Edit while the server is stopped, or use `tillbridge devices`. No secrets in here."


class Deadlines(Model):
    """Seconds from acceptance within which a job must begin, by the kind of operation."""

    document: Number = Field(default=120, gt=0, le=86400, description="Receipts, invoices, cash in and out.")
    payment: Number = Field(default=30, gt=0, le=86400, description="Payments, and what else a terminal does.")
    report: Number = Field(default=600, gt=0, le=86400, description="Reports and shifts.")
    effect: Number = Field(default=60, gt=0, le=86400, description="Drawer, copies, display, printouts.")

    def for_operation(self, op: str) -> float:
        return float(getattr(self, self.name_for(op)))

    @staticmethod
    def name_for(op: str) -> Literal["document", "payment", "report", "effect"]:
        if op.startswith(("payment.", "terminal.")):
            return "payment"
        if op.startswith(("report.", "shift.")):
            return "report"
        if op in ("receipt", "invoice", "cash.in", "cash.out"):
            return "document"
        return "effect"


class Timeouts(Model):
    """Seconds that the host waits for one device and its driver. Reasons and remedies: docs/timeouts.md.

    None of them decides about a document: what runs out behind the intent leaves the job in doubt, as any lost link does.
    """

    open: Number = Field(default=5, ge=0.1, le=120, description="Opening the link.")
    identify: Number = Field(default=60, ge=1, le=600, description="Then, until the device has said what it is.")
    ask: Number = Field(default=60, ge=1, le=600, description="Reading what the device can do, and its status between jobs.")
    status: Number = Field(default=10, ge=0.5, le=120, description="A status that a client waits for, or an abort.")
    silence: Number = Field(
        default=180, ge=5, le=3600, description="A driver without any sign of life; then the link is given up."
    )
    close: Number = Field(default=5, ge=0.5, le=60, description="Closing driver and link.")
    reconnect: Number = Field(default=5, ge=0.1, le=300, description="The longest pause between two attempts to connect.")
    recover_again: Number = Field(default=60, ge=1, le=3600, description="The pause after a driver's own fault in recovery.")
    idle: Number = Field(default=60, ge=1, le=3600, description="The pause between two looks at an idle device.")
    http: Number = Field(default=10, ge=0.5, le=300, description="One request to a gateway, where its driver names no other.")


class DeviceConfig(Model):
    """One configured device. `settings` are the family's; its secrets are among them in memory, never in devices.toml."""

    family: str
    url: str
    settings: dict[str, Any] = {}
    shared: Flag = Field(default=False, description="Other programs use the device too, so that its counters prove nothing.")
    fit: Literal["strict", "lenient"] = Field(
        default="strict", description="Texts that it cannot show: refuse them, or change them visibly and say so."
    )
    deadlines: Deadlines = Deadlines()
    timeouts: Timeouts = Timeouts()


class DeviceFile:
    """The two files. Loading tolerates a missing file; a broken one is an error that names the line."""

    def __init__(self, data_dir: Path) -> None:
        self._devices = data_dir / _DEVICES
        self._secrets = data_dir / _SECRETS

    def load(self) -> dict[str, DeviceConfig]:
        """All devices by id. Raises ConfigError."""
        secrets = _tables(self._secrets, _read(self._secrets))
        configs: dict[str, DeviceConfig] = {}
        for device_id, values in _tables(self._devices, self._read_devices()).items():
            settings = values.get("settings", {})
            merged = {
                **values,
                "settings": {**settings, **secrets.get(device_id, {})} if isinstance(settings, dict) else settings,
            }
            try:
                configs[device_id] = DeviceConfig.model_validate(merged)
            except ValidationError as error:
                first = error.errors()[0]
                where = ".".join(str(part) for part in first["loc"])
                raise ConfigError(f"{self._devices}: device {device_id}: {where}: {first['msg']}") from None
        return configs

    def known_secrets(self, device_id: str) -> frozenset[str]:
        """Names of a device's settings that stand in secrets.toml: for families that are not installed now."""
        return frozenset(_tables(self._secrets, _read(self._secrets)).get(device_id, {}))

    def _read_devices(self) -> Any:
        content = _read(self._devices)
        strange = [name for name in content if name != "devices"]
        if strange:
            raise ConfigError(f"{self._devices}: {strange[0]}: unknown; a device is a table such as [devices.till-1]")
        return content.get("devices", {})

    def save(self, configs: Mapping[str, DeviceConfig], secret_fields: Mapping[str, frozenset[str]]) -> None:
        """Write both files, secrets first: a crash between them leaves no device without its secrets.

        `secret_fields`: for each device id, the names of its settings that are secret.
        """
        devices = tomlkit.document()
        devices.add(tomlkit.comment(_HEADER))
        table = tomlkit.table(is_super_table=True)
        secrets: dict[str, dict[str, Any]] = {}
        known_secrets = _tables(self._secrets, _read(self._secrets))
        for device_id, config in sorted(configs.items()):
            # Of a family that is not installed nobody knows what is secret: what was secret stays so.
            hidden = secret_fields.get(device_id, frozenset(known_secrets.get(device_id, {})))
            values = config.model_dump(mode="json", exclude_defaults=True)
            settings = {key: value for key, value in config.settings.items() if key not in hidden and value is not None}
            secret = {key: str(value) for key, value in config.settings.items() if key in hidden and value is not None}
            values.pop("settings", None)
            if settings:
                values["settings"] = settings
            if secret:
                secrets[device_id] = secret
            table.add(device_id, values)
        devices.add("devices", table)
        if secrets or self._secrets.exists():
            write_atomically(self._secrets, tomlkit.dumps(secrets), owner_only=True)
        write_atomically(self._devices, tomlkit.dumps(devices))


class ConfigError(Exception):
    """A configuration file cannot be read. The message names file and place."""


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomlkit.parse(path.read_text("utf-8")).unwrap()
    except FileNotFoundError:
        return {}
    except (tomlkit.exceptions.TOMLKitError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}") from None


def _tables(path: Path, content: Any) -> dict[str, dict[str, Any]]:
    """A table of tables, one for each device."""
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: devices: must be a table, e.g. [devices.till-1]")
    for device_id, values in content.items():
        if not isinstance(values, dict):
            raise ConfigError(f"{path}: device {device_id}: must be a table")
    return content


MASKED = "**********"
"""What stands for a secret wherever settings are shown."""


def with_stored_secrets(
    config: DeviceConfig, stored: DeviceConfig | None, families: Mapping[str, DeviceFamily[Any]]
) -> DeviceConfig:
    """The configuration with the secrets that are to stay as they are: those left out and those that come back masked.

    `null` takes a secret away. Another family's secrets are not taken over. Raises RequestError where a mask stands for
    nothing.
    """
    family = families.get(config.family)
    if family is None:
        return config  # refused by name in a moment
    secrets = secret_fields(family)
    same = stored is not None and stored.family == config.family
    known = {key: value for key, value in stored.settings.items() if key in secrets} if stored is not None and same else {}
    for key in sorted(secrets - known.keys()):
        if config.settings.get(key) == MASKED:
            message = "is masked, and no secret is stored that could stay"
            raise invalid(f"settings.{key}", message, remedy="send the secret itself, or leave it out")
    kept = {key: value for key, value in known.items() if config.settings.get(key, MASKED) == MASKED}
    return config.model_copy(update={"settings": {**config.settings, **kept}})


def secret_fields(family: DeviceFamily[Any]) -> frozenset[str]:
    """Names of a family's settings that are secret."""
    return frozenset(name for name, info in family.settings_model.model_fields.items() if _is_secret(info.annotation))


def _is_secret(annotation: Any) -> bool:
    if annotation is SecretStr:
        return True
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return any(_is_secret(part) for part in typing.get_args(annotation))
    return False


def invalid_fields(error: ValidationError, *within: str) -> RequestError:
    """What a model found wrong, as a refusal that names every field; `within`: the path of the model itself."""
    problems = tuple(
        FieldError(".".join((*within, *(str(part) for part in item["loc"]))), str(item["msg"]))
        for item in error.errors(include_input=False, include_url=False, include_context=False)
    )
    return RequestError("request.invalid", "; ".join(f"{item.field}: {item.message}" for item in problems), problems)


def check_device_id(device_id: str) -> None:
    if not _ID.fullmatch(device_id):
        raise invalid(
            "id",
            f"{device_id!r} is no device id",
            limit="1 to 40 of a-z 0-9 . _ -, beginning with a letter or digit",
            remedy="choose a name such as till-1",
        )


def check_config(device_id: str, config: DeviceConfig, families: Mapping[str, DeviceFamily[Any]]) -> Endpoint:
    """Whether a device can be configured so: its endpoint with the family's defaults filled in.

    Raises RequestError naming the field: unknown family, unsupported endpoint kind, settings that the family refuses.
    """
    check_device_id(device_id)
    return check_endpoint(config, families)


def check_endpoint(config: DeviceConfig, families: Mapping[str, DeviceFamily[Any]]) -> Endpoint:
    """The same for a device that has no id yet."""
    family = families.get(config.family)
    if family is None:
        known = ", ".join(sorted(families)) or "none"
        raise invalid(
            "family", f"{config.family!r} is not installed", limit=known, remedy="install its plugin, or correct the name"
        )
    try:
        endpoint = parse_endpoint(config.url)
    except EndpointError as error:
        raise invalid("url", str(error)) from None
    kind = family.endpoint_kinds.get(endpoint.kind)
    if kind is None:
        kinds = ", ".join(sorted(family.endpoint_kinds))
        raise invalid("url", f"{family.title} cannot be reached over {endpoint.kind}", limit=kinds)
    try:
        family.settings_from(config.settings)
    except ValidationError as error:
        raise invalid_fields(error, "settings") from None
    return Endpoint(endpoint.kind, endpoint.address, endpoint.port, {**kind.defaults, **endpoint.options})
