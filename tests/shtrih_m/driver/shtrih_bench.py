"""The bench of the driver's tests: a device that says what its script says, byte for byte, and a small host around it.

Both link layers are spoken by the machines of `frame/device.py`; what a command is answered with stands in the tests, as hexadecimal
of the reference. The host does what `bridge.jobs` does: it executes, and after a lost link opens a new one and recovers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from bridge_shtrih_m.family import ShtrihFamily
from bridge_shtrih_m.frame import Command, DeviceLink, Send, code_of

from bridge.model import Operation, operation_adapter
from bridge.plugin import Driver
from bridge.transport import Cable, LinkError, NullLink, WireLog, null_modem
from tests import one_job
from tests.one_job import DriverBench

START = datetime(2026, 11, 20, 15, 29, tzinfo=timezone(timedelta(hours=3)))
FAMILY = ShtrihFamily()

FN = "9999078900012955"
FN_HEX = FN.encode().hex(" ")

# --- what a healthy device answers: shift 7 open, last document of the FN 29, 20.11.2026 15:30

HEALTHY: dict[str, str] = {
    "FC": "FC 00 00 00 01 0E 16 00 D0 C8 D2 C5 C9 CB 2D 30 31 D4",
    "F7": "F7 37",
    "10": "10 00 1E 92 02 02 00 00 9F F8 00 00 00 00 00 00",
    "11": "11 00 1E 43 31 4A 86 0D 01 11 01 37 00 92 02 02 00 80 4E 41 00 00 01 01 10 14 0B 1A 0F 1E 00 00 "
    "8F 10 00 00 06 00 00 00 00 00 AE A9 DB 56 01 00",
    "1F": "1F 5D",
    "2E": "2E 5D",
    "FF01": f"FF 01 00 03 00 00 01 00 1A 0B 14 0F 1D {FN_HEX} 1D 00 00 00",
    "FF03": "FF 03 00 1C 02 01 1D 01",
    "FF09": "FF 09 34",
    "FF0E": "FF 0E 00 B9 04 01 00 02",
    "FF0A": "FF 0A 08",
    "FF39": "FF 39 00 01 00 00 00 00 00 00 00 00 00 00 00 00",
    "FF40": "FF 40 00 01 07 00 0B 00",
    "1A": "1A 00 1E 00 00 00 00 00 00",
    "1B": "1B 00 1E 05 00",
    "88": "88 00 1E",
    "8D": "8D 00 1E",
    "FF46": "FF 46 00",
    "FF4D": "FF 4D 00",
    "FF0C": "FF 0C 00",
    "FF08": "FF 08 00",
    "B0": "B0 00 1E",
}
OPEN = "10 00 1E 92 02 08 00 01 9F F8 00 00 00 00 00 00"
OPEN_FULL = HEALTHY["11"].replace("92 02 02 00 80", "92 02 08 00 80")
CLOSED_SHIFT = {
    "10": HEALTHY["10"].replace("92 02 02", "92 02 04"),
    "11": HEALTHY["11"].replace("92 02 02 00 80", "92 02 04 00 80"),
    "FF01": HEALTHY["FF01"].replace("00 00 01 00 1A", "00 00 00 00 1A"),
    "FF40": "FF 40 00 00 07 00 0B 00",
}
# Change 199.00, document 30, sign 11223344h; then the FN shows it: a sale over 301.00.
CLOSED = "FF 45 00 BC 4D 00 00 00 1E 00 00 00 44 33 22 11"
FOUND = "FF 0A 00 03 00 1A 0B 14 0F 1E 1E 00 00 00 44 33 22 11 01 94 75 00 00 00"
LAST_30 = HEALTHY["FF01"].replace("1D 00 00 00", "1E 00 00 00")


def operation(**form: Any) -> Operation:
    """An operation from the JSON of the API."""
    return operation_adapter.validate_python({"op": "receipt", "currency": "RUB", **form})


def other(op: str, **form: Any) -> Operation:
    return operation_adapter.validate_python({"op": op, **form})


def sale(**more: Any) -> Operation:
    """The receipt of the reference's dialogue A: 2.000 at 150.50, 500.00 in cash, 199.00 change."""
    form: dict[str, Any] = {
        "lines": [{"name": "Чай", "quantity": "2", "unit": "шт", "price": "150.50", "vat": "10%"}],
        "payments": [{"kind": "cash", "amount": "500.00"}],
        "extras": {"ffd": {"taxation": "osn"}},
    }
    return operation(**{**form, **more})


class Script:
    """What the device answers: by the code of the command a text of hexadecimal, or several, of which the last one stays.

    `cut_before`: codes at which the connection breaks before they are executed; `cut_after`: after, so that the answer is lost.
    """

    def __init__(self, **answers: str | Sequence[str]) -> None:
        self.answers: dict[str, list[str]] = {code: [text] for code, text in HEALTHY.items()}
        self.say(**answers)
        self.cut_before: set[str] = set()
        self.cut_after: set[str] = set()
        self.then: dict[str, dict[str, str | Sequence[str]]] = {}
        self.executed: list[bytes] = []

    def say(self, **answers: str | Sequence[str]) -> None:
        for code, texts in answers.items():
            self.answers[code.removeprefix("x")] = [texts] if isinstance(texts, str) else list(texts)

    def answer(self, data: bytes) -> bytes:
        code = name(data)
        self.executed.append(data)
        texts = self.answers.get(code, [f"{'FF ' if len(code) > 2 else ''}{code[-2:]} 37"])
        text = texts.pop(0) if len(texts) > 1 else texts[0]
        if code in self.then:
            self.say(**self.then.pop(code))
        return bytes.fromhex(text)

    def sent(self, *codes: str) -> list[str]:
        """What came of these codes, in hexadecimal."""
        return [data.hex(" ").upper() for data in self.executed if name(data) in codes]

    def codes(self) -> list[str]:
        return [name(data) for data in self.executed]


def issuing() -> Script:
    """Closes the receipt as document 30."""
    script = Script(xFF45=CLOSED)
    script.then["FF45"] = {"FF01": LAST_30, "FF0A": FOUND}
    return script


def settings(**more: Any) -> Any:
    return FAMILY.settings_from(more)


def name(data: bytes) -> str:
    code = code_of(data)
    assert code is not None
    return f"{code:04X}" if code > 0xFF else f"{code:02X}"


class Peer:
    """The device's end of a null modem."""

    def __init__(self, script: Script, device: DeviceLink, link: NullLink) -> None:
        self._script, self._device, self._link = script, device, link
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        with contextlib.suppress(LinkError):
            while True:
                await self._carry_out(self._device.receive(await self._link.read()))

    async def _carry_out(self, outputs: list[Any]) -> None:
        for output in outputs:
            match output:
                case Send():
                    await self._link.write(output.data)
                case Command():
                    code = name(output.data)
                    if code in self._script.cut_before:
                        self._script.cut_before.discard(code)
                        self._device.layer1.switch_off()  # it never had the command
                        self._device.layer2.executing = False
                        await self._link.close()
                        return
                    answer = self._device.answer(self._script.answer(output.data))
                    if code in self._script.cut_after:
                        self._script.cut_after.discard(code)
                        await self._link.close()
                        return
                    await self._carry_out(answer)
                case _:
                    pass


class Device(one_job.Device):
    def __init__(self, *, shared: bool = False) -> None:
        super().__init__(START, shared=shared)


class Bench(DriverBench):
    """A scripted device, a cable, and the host's part of one device."""

    def __init__(
        self,
        script: Script | None = None,
        *,
        shared: bool = False,
        layer: int | None = None,
        filler: bool = False,
        **settings: Any,
    ) -> None:
        self.device = Device(shared=shared)
        self.script = script or Script()
        self.far = DeviceLink(layer=layer, filler=filler)  # type: ignore[arg-type]
        self.settings = FAMILY.settings_from(settings)
        self.driver: Driver | None = None
        self._links: list[NullLink] = []
        self._peers: list[Peer] = []

    async def connect(self) -> Driver:
        host, far = null_modem(Cable(), lambda: WireLog(lambda: datetime.now(UTC)))
        self._links += [host, far]
        self._peers.append(Peer(self.script, self.far, far))
        self.driver = await FAMILY.open(self.settings, host, self.device)
        return self.driver

    async def disconnect(self) -> None:
        if self.driver is not None:
            await self.driver.close()
            self.driver = None
        for link in self._links:
            await link.close()
        for peer in self._peers:
            peer.task.cancel()
        await asyncio.gather(*(peer.task for peer in self._peers), return_exceptions=True)
        self._links.clear()
        self._peers.clear()
        for layer in (self.far.layer1, self.far.layer2):
            layer.disconnect()

    def sent(self, *codes: str) -> list[str]:
        return self.script.sent(*codes)
