"""Drivers that are wrong on purpose: the harness must find each of them out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.model import Document, Operation, Result
from bridge.plugin import Checkpoint, DeviceContext, DeviceFamily, Issued, JobContext, NotIssued, Recovery, hookimpl
from bridge.transport import HttpLink, Link, LinkError
from tests.harness.bench import FamilyBench, Variant
from tests.harness.gateway_bench import GatewayBench
from tests.toys.gateway.driver import GatewayDriver
from tests.toys.gateway.family import GatewayFamily, GatewaySettings


class Gullible(GatewayDriver):
    """Believes that whatever was sent was issued."""

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        return Issued(Result(document=Document(number="?")))


class Hopeful(GatewayDriver):
    """Believes that what was not answered was not issued."""

    async def recover(self, context: JobContext, operation: Operation, checkpoints: Sequence[Checkpoint]) -> Recovery:
        return NotIssued({"answer": "none came"})


class Stubborn(GatewayDriver):
    """Sends again, under a new id, when no answer comes."""

    async def execute(self, context: JobContext, operation: Operation) -> Result:
        try:
            return await super().execute(context, operation)
        except LinkError:
            return await super().execute(context, operation)


class _WrongFamily(GatewayFamily):
    driver: type[GatewayDriver]

    async def open(self, settings: GatewaySettings, link: Link, device: DeviceContext) -> GatewayDriver:
        assert isinstance(link, HttpLink)
        return self.driver(settings.register_name, settings.poll_seconds, settings.answer_seconds, link, device)


class _Plugin:
    TILLBRIDGE_PLUGIN_API = "1.0"

    def __init__(self, driver: type[GatewayDriver]) -> None:
        self._driver = driver

    @hookimpl
    def tillbridge_device_families(self) -> Sequence[DeviceFamily[Any]]:
        family = _WrongFamily()
        family.driver = self._driver
        return [family]


class _WrongBench(GatewayBench):
    def __init__(self, name: str, driver: type[GatewayDriver]) -> None:
        self.name = name
        self._driver = driver

    def plugins(self) -> Sequence[tuple[object, str]]:
        return [(_Plugin(self._driver), self.name)]

    def variants(self) -> Sequence[Variant]:
        return super().variants()[:1]


def wrong_bench(name: str) -> FamilyBench:
    """Raises KeyError."""
    return _WrongBench(name, WRONG[name])


WRONG: dict[str, type[GatewayDriver]] = {
    "wrong-gullible": Gullible,
    "wrong-hopeful": Hopeful,
    "wrong-stubborn": Stubborn,
}
