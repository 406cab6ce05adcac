"""The family: settings, endpoints, probe. Several registers may stand behind one gateway; `register` tells them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from bridge.model import Capabilities, Identity, Operation, invalid
from bridge.plugin import Checked, DeviceContext, DeviceFamily, EndpointKind, FamilySettings, VectorCheck
from bridge.transport import HttpLink, Link
from tests.toys.gateway.driver import GatewayDriver
from tests.toys.gateway.messages import Unreadable, register_from_json, register_path, registers_from_json


class GatewaySettings(FamilySettings):
    """Settings of one register."""

    register_name: str = Field(alias="register", min_length=1, max_length=20, description="The register's name at the gateway.")
    poll_seconds: float = Field(default=30.0, gt=0, description="Between two questions for a fiscal id that is still to come.")
    answer_seconds: float = Field(default=10.0, gt=0, description="How long the gateway may take for one answer.")


class GatewayFamily(DeviceFamily[GatewaySettings]):
    id: ClassVar[str] = "toy-gateway"
    title: ClassVar[str] = "Toy HTTP gateway"
    settings_model = GatewaySettings
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {
        "http": EndpointKind(shareable=True, example="http://127.0.0.1:3010"),
        "null": EndpointKind(shareable=True, example="null://gateway"),
    }
    isolation: ClassVar[Literal["thread", "loop"]] = "loop"

    async def probe(self, link: Link) -> Identity | None:
        """The register of a gateway that has exactly one; which of several is meant only a person knows."""
        assert isinstance(link, HttpLink)
        try:
            names = registers_from_json((await link.request("GET", "/registers")).body)
            if len(names) != 1:
                return None
            register = register_from_json((await link.request("GET", register_path(names[0]))).body)
        except Unreadable:
            return None
        return Identity(model="Toy Gateway", serial=register.serial, fiscal_number=register.fiscal_number)

    async def open(self, settings: GatewaySettings, link: Link, device: DeviceContext) -> GatewayDriver:
        assert isinstance(link, HttpLink)
        return GatewayDriver(settings.register_name, settings.poll_seconds, settings.answer_seconds, link, device)

    def check(self, operation: Operation, settings: GatewaySettings, capabilities: Capabilities | None) -> Checked:
        if operation.reference is not None and len(operation.reference) > 40:
            raise invalid("reference", "the gateway keeps a note of 40 characters", limit="40 characters")
        return Checked()

    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        return VectorCheck(str(vector.get("name", "?")), not_built="JSON in, JSON out: the gateway has no byte vectors")
