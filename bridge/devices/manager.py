"""All configured devices: the file, the runtimes, what administrators do with them."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any, Literal

from pydantic import ValidationError

from bridge.devices.config import (
    MASKED,
    DeviceConfig,
    DeviceFile,
    check_config,
    check_endpoint,
    invalid_fields,
    secret_fields,
    with_stored_secrets,
)
from bridge.devices.runtime import DeviceRuntime, DeviceServices
from bridge.model import Actor, DeviceState, DeviceStatus, Identity, RequestError, invalid
from bridge.model.errors import FieldError
from bridge.plugin import DeviceFamily, PluginRegistry
from bridge.store import AuditEntry, Store
from bridge.transport import SECRETS, Endpoint, options_schema, parse_endpoint, shown_url

log = logging.getLogger("tillbridge.devices")

Rows = list[dict[str, Any]]


class DeviceManager:
    """The devices of one bridge.

    Whoever runs jobs sets the hooks: `on_added` and `on_removed` when a device comes and goes, `busy_with` to learn
    whether jobs of a device are open, `live_status` to ask it through its queue.
    """

    def __init__(self, store: Store, registry: PluginRegistry, services: DeviceServices) -> None:
        self._store = store
        self._registry = registry
        self._services = services
        self._file = DeviceFile(store.data_dir)
        self.runtimes: dict[str, DeviceRuntime] = {}
        self.on_added: Callable[[DeviceRuntime], None] = lambda runtime: None
        self.on_removed: Callable[[str], Awaitable[None]] = _nothing
        self.busy_with: Callable[[str], list[str]] = lambda device_id: []
        self.live_status: Callable[[str], Awaitable[DeviceStatus | None]] = _no_status
        self.queue_of: Callable[[str], list[str]] = lambda device_id: []
        self.on_accepted: Callable[[str], Awaitable[None]] = _nothing
        services.twin = self._twin
        self.measures = services.measures

    def follow_with(
        self, find_again: Callable[[DeviceRuntime], Awaitable[bool]], remember: Callable[[DeviceRuntime], Awaitable[None]]
    ) -> None:
        """Whoever follows devices from port to port: asked when one cannot be reached, told when one is."""
        self._services.find_again = find_again
        self._services.remember = remember

    def load(self) -> None:
        """Build a runtime for every device of the file. One that cannot work is kept, with the reason. Raises ConfigError."""
        for device_id, config in self._file.load().items():
            self.runtimes[device_id] = self._build(device_id, config)

    def family_of(self, device_id: str) -> str:
        """The family's id; `removed` where the device is not configured any more."""
        runtime = self.runtimes.get(device_id)
        return runtime.config.family if runtime is not None else "removed"

    def runtime(self, device_id: str) -> DeviceRuntime:
        runtime = self.runtimes.get(device_id)
        if runtime is None:
            known = ", ".join(sorted(self.runtimes)) or "none"
            raise RequestError(
                "request.not_found",
                f"there is no device {device_id!r}",
                (FieldError("device", "unknown device", limit=known, remedy="see GET /api/v1/devices"),),
            )
        return runtime

    # -- reading -----------------------------------------------------------------------------------------------------

    def list(self) -> Rows:
        return [self.get(device_id) for device_id in sorted(self.runtimes)]

    def get(self, device_id: str) -> dict[str, Any]:
        runtime = self.runtime(device_id)
        hidden = _secret_of(runtime)
        return {
            "id": device_id,
            "family": runtime.config.family,
            "title": runtime.family.title if runtime.family is not None else None,
            "url": _url(runtime),
            "shared": runtime.config.shared,
            "fit": runtime.config.fit,
            "deadlines": runtime.config.deadlines.model_dump(mode="json"),
            "timeouts": runtime.config.timeouts.model_dump(mode="json"),
            "settings": {key: MASKED if key in hidden else value for key, value in runtime.config.settings.items()},
            "state": runtime.state.value,
            "reason": runtime.reason,
            "identity": runtime.identity.model_dump(mode="json") if runtime.identity else None,
            "seen": runtime.seen.model_dump(mode="json") if runtime.seen else None,
            "capabilities": _capabilities(runtime),
            "journal_hold": runtime.journal_hold,
            "alerts": runtime.alerts,
            "queue": self.queue_of(device_id),
            "open_jobs": self.busy_with(device_id),
        }

    def config(self, device_id: str) -> dict[str, Any]:
        """What is configured, as `configure` takes it, and which secrets are set: those are shown masked."""
        config = self.runtime(device_id).config
        hidden = _secret_of(self.runtime(device_id))
        shown = config.model_dump(mode="json")
        shown["url"] = _url(self.runtime(device_id))
        shown["settings"] = {key: MASKED if key in hidden else value for key, value in shown["settings"].items()}
        held = sorted(key for key in hidden if config.settings.get(key) is not None)
        return {"id": device_id, "config": shown, "secrets": held}

    def checked(self, config: Mapping[str, Any], device_id: str | None) -> tuple[DeviceConfig, Endpoint]:
        """What would be configured, and where it is. `device_id`: the device whose stored secrets stand in for those that are
        masked or left out. Raises RequestError naming the field, as `configure` does."""
        old = self.runtime(device_id).config if device_id is not None else None
        parsed = with_stored_secrets(self._parse(config), old, self._registry.families)
        return parsed, check_endpoint(parsed, self._registry.families)

    async def status(self, device_id: str) -> dict[str, Any]:
        """Live where the device can be asked, else what it said last, with `as_of`."""
        self.runtime(device_id)
        live = await self.live_status(device_id)
        return {**self.known_status(device_id, live), "live": live is not None}

    def known_status(self, device_id: str, live: DeviceStatus | None = None) -> dict[str, Any]:
        """What is known of it without asking it, or what it just said (`live`)."""
        runtime = self.runtime(device_id)
        status = live or runtime.status
        return {
            "device": device_id,
            "state": runtime.state.value,
            "reason": runtime.reason,
            "status": status.model_dump(mode="json") if status is not None else None,
            "queue": self.queue_of(device_id),
            "open_jobs": self.busy_with(device_id),
            "last_error": runtime.last_error,
            "alerts": runtime.alerts,
            "journal_hold": runtime.journal_hold,
        }

    def families(self) -> Rows:
        """Every plugin: what it brings, or why it does not work."""
        return [
            {
                "plugin": report.name,
                "distribution": report.distribution,
                "version": report.version,
                "problem": report.problem,
                "simulators": list(report.simulators),
                "families": [
                    _family(self._registry.families[family_id], self._services.opener.kinds) for family_id in report.families
                ],
            }
            for report in self._registry.reports
        ]

    async def audit(self, after: int | None, limit: int) -> Rows:
        return self._store.read_audit(after or 0, limit)

    # -- administration ----------------------------------------------------------------------------------------------

    async def configure(self, actor: Actor, device_id: str, config: Mapping[str, Any]) -> dict[str, Any]:
        """Create or replace a device. Raises RequestError naming the field."""
        old = self.runtimes.get(device_id)
        parsed = with_stored_secrets(self._parse(config), old.config if old is not None else None, self._registry.families)
        endpoint = check_config(device_id, parsed, self._registry.families)
        if old is not None:
            self._refuse_while_busy(device_id)
        self._refuse_twin_endpoint(device_id, parsed, endpoint)
        if old is not None:
            await self.on_removed(device_id)
            await old.disconnect()
        runtime = self._build(device_id, parsed)
        self.runtimes[device_id] = runtime
        self._save()
        shown = {"family": parsed.family, "url": parsed.url, "shared": parsed.shared}
        await self._audit(actor, "device.configured", device_id, shown)
        self.on_added(runtime)
        self._services.on_change(device_id)
        return self.get(device_id)

    async def remove(self, actor: Actor, device_id: str) -> None:
        """Forget a device and what is stored of it; its jobs stay in the journal."""
        runtime = self.runtime(device_id)
        self._refuse_while_busy(device_id)
        await self.on_removed(device_id)
        await runtime.disconnect()
        del self.runtimes[device_id]
        self._save()
        await runtime.store.forget()
        await self._audit(actor, "device.removed", device_id, {})
        self._services.on_change(device_id)

    async def accept(self, actor: Actor, device_id: str, what: Literal["identity", "journal"], reason: str) -> dict[str, Any]:
        """Accept another device at this address, or a new journal after the old one was lost."""
        runtime = self.runtime(device_id)
        if not reason.strip():
            raise invalid("reason", "say why", remedy="a sentence for the audit")
        if what == "identity":
            await self._accept_identity(actor, runtime, reason)
        elif what == "journal":
            if runtime.journal_hold is None:
                raise RequestError("request.conflict", f"the journal of {device_id} needs no acceptance")
            entry = self._entry(actor, "journal.accepted", device_id, {"reason": reason, "lost": runtime.journal_hold})
            await runtime.store.host_delete("journal_hold", entry)
            runtime.journal_hold = None
            self._services.on_change(device_id)
        else:
            raise invalid("what", f"{what!r} cannot be accepted", limit="identity, journal")
        return self.get(device_id)

    async def acknowledge_alert(self, actor: Actor, device_id: str, alert_id: str) -> None:
        runtime = self.runtime(device_id)
        if not await runtime.drop_alert(alert_id):
            raise RequestError("request.not_found", f"{device_id} has no alert {alert_id!r}")
        await self._audit(actor, "alert.acknowledged", device_id, {"alert": alert_id})

    async def move(self, runtime: DeviceRuntime, address: str, displaced: DeviceRuntime | None = None) -> bool:
        """A device was found again at another port. The options of its URL stay, and so do its open jobs and doubt.

        `displaced` is configured there and gets the port that becomes free, so that no two devices share one. False where
        one of them was connected or configured anew meanwhile: then nothing is changed.
        """
        assert runtime.endpoint is not None
        moves = [(runtime, address, "it answers there")]
        if displaced is not None:
            moves.append((displaced, runtime.endpoint.address, f"its port is that of {runtime.id} now"))
        if any(moved.connected or self.runtimes.get(moved.id) is not moved for moved, _, _ in moves):
            return False
        entries = []
        for moved, where, why in moves:
            old = parse_endpoint(moved.config.url)
            config = moved.config.model_copy(update={"url": Endpoint(old.kind, where, old.port, old.options).url})
            identity = moved.identity.model_dump(mode="json") if moved.identity is not None else None
            detail = {"from": moved.config.url, "to": config.url, "why": why, "identity": identity}
            entries.append(self._entry(Actor(principal="system"), "device.moved", moved.id, detail))
            endpoint = check_config(moved.id, config, self._registry.families)
            moved.readdress(config, endpoint, f"moved from {old.address} to {where}: {why}")
        try:
            self._save()
        except OSError as error:  # the devices work all the same, and are found again after the next start
            log.error("the new ports could not be written down: %s", error)
        # Behind the change, which must not be torn in two by whatever else happens while the journal writes.
        for entry in entries:
            await self._store.audit(entry)
        return True

    async def hold_for_lost_journal(self, reason: str) -> None:
        """The journal is new in an old directory: every device that was configured then waits for an administrator."""
        for runtime in self.runtimes.values():
            runtime.journal_hold = reason
            await runtime.store.host_set("journal_hold", reason)

    # -- inside ------------------------------------------------------------------------------------------------------

    async def _accept_identity(self, actor: Actor, runtime: DeviceRuntime, reason: str) -> None:
        if runtime.state is not DeviceState.WRONG_DEVICE or runtime.seen is None:
            raise RequestError("request.conflict", f"no other device answers at the address of {runtime.id}")
        twin = self._twin(runtime.id, runtime.seen)
        if twin is not None:
            raise RequestError("request.conflict", f"{runtime.seen} is already configured as {twin}")
        old = runtime.identity.model_dump(mode="json") if runtime.identity else None
        new = runtime.seen.model_dump(mode="json")
        await self.on_accepted(runtime.id)
        entry = self._entry(actor, "identity.accepted", runtime.id, {"reason": reason, "old": old, "new": new})
        await runtime.store.host_set("identity", new, entry)
        runtime.identity = runtime.seen
        runtime.state, runtime.reason = DeviceState.CONNECTING, None
        self._services.on_change(runtime.id)

    def _build(self, device_id: str, config: DeviceConfig) -> DeviceRuntime:
        family = self._registry.families.get(config.family)
        hidden = secret_fields(family) if family is not None else self._file.known_secrets(device_id)
        SECRETS.know(device_id, (str(value) for key, value in config.settings.items() if key in hidden and value is not None))
        endpoint: Endpoint | None = None
        problem: str | None = None
        try:
            endpoint = check_config(device_id, config, self._registry.families)
        except RequestError as error:
            problem = self._why_missing(config.family) or error.detail
        return DeviceRuntime(device_id, config, family, endpoint, self._store.device(device_id), self._services, problem)

    def _why_missing(self, family: str) -> str | None:
        """A family that is not there because its plugin is broken: say that instead of 'not installed'."""
        if family in self._registry.families:
            return None
        broken = [f"{report.name}: {report.problem}" for report in self._registry.reports if report.problem is not None]
        return f"the family {family} is missing; broken plugins: {'; '.join(broken)}" if broken else None

    def _parse(self, config: Mapping[str, Any]) -> DeviceConfig:
        try:
            return DeviceConfig.model_validate(dict(config))
        except ValidationError as error:
            raise invalid_fields(error) from None

    def _refuse_while_busy(self, device_id: str) -> None:
        open_jobs = self.busy_with(device_id)
        if open_jobs:
            raise RequestError(
                "request.conflict",
                f"{device_id} still has open jobs: {', '.join(open_jobs[:5])}; let them end, abort or resolve them first",
                extra={"jobs": open_jobs},
            )

    def _refuse_twin_endpoint(self, device_id: str, config: DeviceConfig, endpoint: Endpoint) -> None:
        family = self._registry.families[config.family]
        for other_id, other in self.runtimes.items():
            if other_id == device_id or other.endpoint is None or not other.endpoint.same_place(endpoint):
                continue
            if other.config.family == config.family and family.endpoint_kinds[endpoint.kind].shareable:
                continue
            raise RequestError(
                "request.exists",
                f"{endpoint.url} is already the address of {other_id}",
                (FieldError("url", f"already used by {other_id}", remedy="remove that device, or correct the address"),),
            )

    def _twin(self, device_id: str, identity: Identity) -> str | None:
        """Another name of this very device. Of devices that tell no number nobody can say that they are one."""
        if not identity.serial and not identity.fiscal_number:
            return None
        for other_id, other in self.runtimes.items():
            if other_id != device_id and other.identity is not None and other.identity.same_device(identity):
                return other_id
        return None

    def _save(self) -> None:
        configs = {device_id: runtime.config for device_id, runtime in self.runtimes.items()}
        hidden = {
            device_id: secret_fields(runtime.family) for device_id, runtime in self.runtimes.items() if runtime.family is not None
        }
        self._file.save(configs, hidden)

    def _entry(self, actor: Actor, action: str, subject: str, detail: Mapping[str, Any]) -> AuditEntry:
        return AuditEntry(self._services.clock.now(), actor, action, subject, detail)

    async def _audit(self, actor: Actor, action: str, subject: str, detail: Mapping[str, Any]) -> None:
        await self._store.audit(self._entry(actor, action, subject, detail))


async def _nothing(device_id: str) -> None:
    """The default hook, before anybody runs jobs."""


async def _no_status(device_id: str) -> DeviceStatus | None:
    return None


def _capabilities(runtime: DeviceRuntime) -> dict[str, Any] | None:
    if runtime.capabilities is None:
        return None
    data = runtime.capabilities.model_dump(mode="json")
    for key in ("operations", "receipt_kinds", "invoice_kinds", "line_kinds", "payment_kinds", "print_items", "copies"):
        data[key] = sorted(data[key])
    return data


def _secret_of(runtime: DeviceRuntime) -> frozenset[str]:
    """Of a family that is not installed nobody knows what is secret: everything is."""
    return secret_fields(runtime.family) if runtime.family is not None else frozenset(runtime.config.settings)


def _url(runtime: DeviceRuntime) -> str:
    """As it is configured. One that cannot be used may hold a password, which somebody wrote into devices.toml."""
    return runtime.config.url if runtime.endpoint is not None else shown_url(runtime.config.url)


def _family(family: DeviceFamily[Any], opened: Collection[str]) -> dict[str, Any]:
    return {
        "id": family.id,
        "title": family.title,
        "settings": family.settings_model.model_json_schema(),
        "secrets": sorted(secret_fields(family)),
        "endpoints": {
            kind: {
                "defaults": dict(facts.defaults),
                "options": options_schema(kind),
                "shareable": facts.shareable,
                "example": facts.example,
                "ports": list(facts.ports),
                "available": kind in opened,
            }
            for kind, facts in family.endpoint_kinds.items()
        },
        "found_by": {
            "usb": [f"{one.vendor:04x}:{'*' if one.product is None else f'{one.product:04x}'}" for one in family.usb_ids],
            "mdns": list(family.mdns_types),
        },
        "actions": [{"id": action.id, "title": action.title, "form": dict(action.form)} for action in family.actions],
    }
