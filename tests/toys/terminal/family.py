"""The family: settings, endpoints, probe, and its test vectors (frames as hexadecimal)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from bridge.model import Capabilities, Identity, Operation, PaymentPurchase, invalid
from bridge.plugin import Checked, DeviceContext, DeviceError, DeviceFamily, EndpointKind, FamilySettings, VectorCheck
from bridge.transport import ByteLink, Link, LinkError
from tests.toys.terminal.conversation import Conversation
from tests.toys.terminal.driver import LARGEST, TerminalDriver, Timings, identify
from tests.toys.terminal.frame import Decoder, Frame

# A terminal answers who it is within some 100 ms; what is silent for longer is something else.
PROBE_SECONDS = 2.0


class TerminalSettings(FamilySettings):
    """Settings of one terminal."""

    answer_seconds: float = Field(default=5.0, gt=0, description="How long an answer to a command may take.")
    silence_seconds: float = Field(default=180.0, gt=0, description="How long the terminal may say nothing during a payment.")
    question_seconds: float = Field(default=30.0, gt=0, description="How long the cashier has for a question.")
    slips: bool = Field(default=True, description="Whether the terminal's slips are fetched.")


class TerminalFamily(DeviceFamily[TerminalSettings]):
    id: ClassVar[str] = "toy-terminal"
    title: ClassVar[str] = "Toy payment terminal"
    settings_model = TerminalSettings
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {
        "tcp": EndpointKind(example="tcp://192.168.1.30:5577"),
        "serial": EndpointKind(defaults={"baudrate": "115200"}, example="serial:///dev/ttyACM0"),
        "null": EndpointKind(example="null://terminal"),
    }
    isolation: ClassVar[Literal["thread", "loop"]] = "loop"

    async def probe(self, link: Link) -> Identity | None:
        assert isinstance(link, ByteLink)
        conversation = Conversation(link, PROBE_SECONDS)
        try:
            return await identify(conversation)
        except (LinkError, DeviceError):
            return None
        finally:
            await conversation.close()

    async def open(self, settings: TerminalSettings, link: Link, device: DeviceContext) -> TerminalDriver:
        assert isinstance(link, ByteLink)
        timings = Timings(settings.answer_seconds, settings.silence_seconds, settings.question_seconds, settings.slips)
        return TerminalDriver(Conversation(link, timings.answer), device, timings)

    def check(self, operation: Operation, settings: TerminalSettings, capabilities: Capabilities | None) -> Checked:
        if isinstance(operation, PaymentPurchase) and operation.amount > LARGEST:
            raise invalid("amount", "more than the terminal takes at once", limit=str(LARGEST), remedy="split the payment")
        return Checked()

    def check_vector(self, vector: Mapping[str, Any]) -> VectorCheck:
        """`frame`: hexadecimal; `meaning`: kind, number and fields."""
        name = str(vector.get("name", "?"))
        data = bytes.fromhex(str(vector["frame"]))
        events = list(Decoder().feed(data))
        if len(events) != 1 or not isinstance(events[0], Frame):
            differences = () if vector.get("invalid") else (f"decoded to {events}",)
            return VectorCheck(name, compared=("frame", "invalid"), differences=differences)
        frame = events[0]
        meaning = {"kind": frame.kind, "number": frame.number, "fields": dict(frame.fields)}
        differing = [f"meaning: {meaning}, expected {vector['meaning']}"] if meaning != vector["meaning"] else []
        if frame.to_bytes() != data:
            differing.append(f"frame: encodes to {frame.to_bytes().hex()}")
        return VectorCheck(name, compared=("frame", "meaning"), differences=tuple(differing))
