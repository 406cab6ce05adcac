"""The bench of the driver's tests: a register in bytes, and a small host around it.

The task buffer is spoken by the machine of `frame/device.py`. What a command is answered with is written here in bytes, as the reference
prints them; tests replace any of it. The host does what `bridge.jobs` does: it executes, and after a lost link opens a new one and
recovers.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from bridge_atol import frame
from bridge_atol.family import AtolFamily
from bridge_atol.vocabulary import code_of

from bridge.model import Operation, operation_adapter
from bridge.plugin import Driver
from bridge.transport import Cable, LinkError, NullLink, WireLog, null_modem
from tests import one_job
from tests.one_job import DriverBench

START = datetime(2026, 11, 20, 15, 29, tzinfo=timezone(timedelta(hours=3)))
FAMILY = AtolFamily()
FN = "9999078900012955"
OK = "55 00 00"
NOW = "1A 0B 14 0F 1E"  # 20.11.2026 15:30 as the FN writes it
SIGN = "44 33 22 11"  # 287454020
SETTLEMENTS = {1: 1, 2: 2, 4: 3, 5: 4, 7: 1, 8: 2, 9: 3, 10: 4}


def operation(**form: Any) -> Operation:
    """An operation from the JSON of the API."""
    return operation_adapter.validate_python({"op": "receipt", "currency": "RUB", **form})


def other(op: str, **form: Any) -> Operation:
    return operation_adapter.validate_python({"op": op, **form})


def sale(**more: Any) -> Operation:
    """The receipt of the reference's dialogue: 2 at 50.00, 200.00 in cash, 100.00 change."""
    form: dict[str, Any] = {
        "lines": [{"name": "Бананы", "quantity": "2", "unit": "шт", "price": "50.00", "vat": "10%"}],
        "payments": [{"kind": "cash", "amount": "200.00"}],
        "extras": {"ffd": {"taxation": "osn"}},
    }
    return operation(**{**form, **more})


class Script:
    """A register in FFD 1.05 with shift 7 open, whose FN has 29 documents.

    `say`: by the code of the command a text of hexadecimal, or several, of which the last one stays. `cut_before`: codes at which the
    connection breaks before they are executed; `cut_after`: after, so that the answer is lost; `power`: the same, and the power with it;
    `damage`: the answer comes with a wrong checksum.
    """

    def __init__(self, **answers: str | Sequence[str]) -> None:
        self.answers: dict[str, list[str]] = {}
        self.say(**answers)
        self.cut_before: set[str] = set()
        self.cut_after: set[str] = set()
        self.power: set[str] = set()
        self.damage: set[str] = set()
        self.executed: list[bytes] = []
        self.mode = 0
        self.flags = 0
        self.receipt = 0
        self.total = 0
        self.shift_state = 1
        self.closed_shifts = 6
        self.cash = 100_00
        self.slips = {0x49: 5, 0x4F: 0}
        self.documents: dict[int, str] = {29: f"03 01 {NOW} 1D 00 00 00 {SIGN} 01 00 00 00 27 10"}
        self.ffd = 2

    def say(self, **answers: str | Sequence[str]) -> None:
        for code, texts in answers.items():
            self.answers[code.removeprefix("x")] = [texts] if isinstance(texts, str) else list(texts)

    def forget(self, *codes: str) -> None:
        for code in codes:
            self.answers.pop(code)

    @property
    def last(self) -> int:
        return max(self.documents)

    def answer(self, data: bytes) -> bytes:
        code = name(data)
        self.executed.append(data)
        texts = self.answers.get(code)
        if texts is not None:
            text = texts.pop(0) if len(texts) > 1 else texts[0]
            if text:
                return bytes.fromhex(text)
        return bytes.fromhex(self._executed(code, data))

    def issue(self, kind: int, rest: str) -> None:
        number = self.last + 1
        self.documents[number] = f"{kind:02X} 00 {NOW} {number.to_bytes(4, 'little').hex()} {SIGN} {rest}"

    def _executed(self, code: str, data: bytes) -> str:
        """What a healthy register says, and what changes in it."""
        match code:
            case "A5":
                return "00 01 01 3D 00 00 03 00 00 70 00 80 92 8E 8B 20 33 30 94"
            case "3F":
                flags = 0x49 | (2 if self.shift_state else 0)
                return (
                    f"44 01 01 26 11 20 15 30 00 {flags:02X} 01 23 45 67 3D 33 30 {self.mode:02X} 00 05 "
                    f"{self.closed_shifts:04d} {self.receipt:02X} 00 00 00 00 00 02 06"
                )
            case "45":
                return f"55 {self.mode:02X} {self.flags:02X}"
            case "48":
                self.mode = 0
            case "56":
                self.mode = data[1]
            case "9112":
                return f"55 00 {self.shift_state:02X} 21 11 26 15 00 00"
            case "9116":
                return "55 00 00 10 61 23 45 67 89"
            case "9134":
                return f"55 00 {self.last:010d} 20 11 26 15 30 {int.from_bytes(bytes.fromhex(SIGN), 'little'):010d}"
            case "9136":
                return f"55 00 02 02 {self.ffd:02X}"
            case "910A":
                return f"55 00 {self.cash:014d}"
            case "9108" | "9109":
                return f"55 00 {self.slips[0x49 if code == '9108' else 0x4F]:04d}"
            case "9101" | "9103" | "9104" | "9105":
                return "55 00 000000012300"
            case "9106":
                return "55 00 0007"
            case "9114":
                return f"55 00 {self.total:010d} {self.total:010d} 0000000000"
            case "A430":
                current = "00 00"
                last = self.last.to_bytes(4, "little").hex()
                return f"55 00 03 {current} {1 if self.shift_state else 0:02X} 00 {NOW} {FN.encode().hex()} {last}"
            case "A432":
                return "55 00 1C 02 01 0B 01"
            case "A420":
                return "55 00 00 00 00 00 00 00 00 00 00 00 00 00 00"
            case "A440":
                found = self.documents.get(int.from_bytes(data[2:6], "little"))
                return f"55 00 {found}" if found is not None else "55 DA 00"
            case "59":
                if not self.receipt:
                    return "55 9A 00"
                self.receipt = 0
            case "92":
                if not self.shift_state:
                    return "55 8F 00"
                self.receipt, self.total = data[2], 0
            case "EB":
                self.total += int(data[14:21].hex())
            case "43":
                self.total -= int(data[5:10].hex())
            case "99":
                return "55 00 0000000000 0000010000"
            case "4A":
                if not self.receipt:
                    return "55 9A 00"
                kind = 31 if self.receipt > 6 else 3
                self.issue(kind, f"{SETTLEMENTS[self.receipt]:02X} {self.total.to_bytes(5, 'big').hex()}")
                self.receipt = 0
            case "49" | "4F":
                amount = int(data[2:7].hex())
                self.cash += amount if code == "49" else -amount
                self.slips[data[0]] += 1
            case "9A":
                if self.shift_state:
                    return "55 9C 00"
                self.shift_state = 1
                self.issue(2, (self.closed_shifts + 1).to_bytes(2, "little").hex())
            case "5A":
                if not self.shift_state:
                    return "55 8F 00"
                self.shift_state, self.closed_shifts = 0, self.closed_shifts + 1
                self.issue(5, self.closed_shifts.to_bytes(2, "little").hex())
            case "E8" | "EA" | "67" | "80" | "4C" | "73" | "95":
                pass
            case _:
                return "55 7A 00"
        return OK

    def sent(self, *codes: str) -> list[str]:
        """What came of these codes, in hexadecimal."""
        return [data.hex(" ").upper() for data in self.executed if name(data) in codes]

    def codes(self) -> list[str]:
        return [name(data) for data in self.executed]

    def changing(self) -> list[str]:
        """The codes that change something, modes aside."""
        return [code for code in self.codes() if code in _CHANGING]


_CHANGING = frozenset(
    ("59", "92", "EB", "E8", "EA", "43", "99", "4A", "49", "4F", "9A", "5A", "67", "80", "4C", "C1", "75", "73", "95")
)


def name(data: bytes) -> str:
    code = code_of(data)
    assert code is not None
    return f"{code:04X}" if code > 0xFF else f"{code:02X}"


class Peer:
    """The device's end of a null modem."""

    def __init__(self, script: Script, device: frame.Device, link: NullLink) -> None:
        self._script, self._device, self._link = script, device, link
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        with contextlib.suppress(LinkError):
            while True:
                await self._carry_out(self._device.receive(await self._link.read()))

    async def _carry_out(self, outputs: list[Any]) -> None:
        for output in outputs:
            match output:
                case frame.Send():
                    await self._link.write(output.data)
                case frame.Command():
                    assert output.data[:2] == b"\0\0", "the password of access"
                    command = output.data[2:]
                    code = name(command)
                    if code in self._script.cut_before:
                        self._script.cut_before.discard(code)
                        self._device.switch_off()  # it never had the command
                        await self._link.close()
                        return
                    answer = self._script.answer(command)
                    refused = code not in ("A5", "3F", "45") and answer[1] != 0
                    if code in self._script.power:
                        self._script.power.discard(code)
                        self._device.switch_off()
                        await self._link.close()
                        return
                    if code in self._script.cut_after:
                        self._script.cut_after.discard(code)
                        self._device.disconnect()
                        self._device.answer(answer, error=refused)
                        await self._link.close()
                        return
                    outputs = self._device.answer(answer, error=refused)
                    if code in self._script.damage:
                        self._script.damage.discard(code)
                        outputs = [frame.Send(sent.data[:-1] + b"\x2a") for sent in outputs if isinstance(sent, frame.Send)]
                    await self._carry_out(outputs)


class Peer2:
    """The device's end of a null modem, in transport v2."""

    def __init__(self, script: Script, device: frame.Device2, link: NullLink) -> None:
        self._script, self._device, self._link = script, device, link
        self._due: float | None = None
        self._damage = False
        self.task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        with contextlib.suppress(LinkError):
            if self._device.state is frame.DeviceState2.TAKEN:  # the time of its EOT ran out between the connections
                await self._carry_out(self._device.time_out())
            while True:
                try:
                    async with asyncio.timeout_at(self._due):
                        data = await self._link.read()
                except TimeoutError:
                    self._due = None
                    await self._carry_out(self._device.time_out())
                else:
                    await self._carry_out(self._device.receive(data))

    async def _carry_out(self, outputs: list[Any]) -> None:
        for output in outputs:
            match output:
                case frame.Send():
                    data = output.data
                    if self._damage and data[:1] == b"\x02":
                        self._damage, data = False, data[:-1] + bytes((data[-1] ^ 0x2A,))
                    await self._link.write(data)
                case frame.Wait():
                    self._due = (
                        None if output.timer is None else asyncio.get_running_loop().time() + frame.DEVICE_SECONDS2[output.timer]
                    )
                case frame.Command2():
                    if await self._executed(output.data):
                        return

    async def _executed(self, data: bytes) -> bool:
        """Whether the connection is gone now."""
        assert data[:2] == b"\0\0", "the password of access"
        code = name(data[2:])
        script, device = self._script, self._device
        if code in script.cut_before:
            script.cut_before.discard(code)
            device.switch_off()  # it never had the command
            await self._link.close()
            return True
        answer = script.answer(data[2:])
        if code in script.power:
            script.power.discard(code)
            device.switch_off()
            await self._link.close()
            return True
        outputs = device.answer(answer)
        if code in script.cut_after:
            script.cut_after.discard(code)
            device.disconnect()
            await self._link.close()
            return True
        if code in script.damage:
            script.damage.discard(code)
            self._damage = True
        await self._carry_out(outputs)
        return False


class Device(one_job.Device):
    def __init__(self, *, shared: bool = False) -> None:
        super().__init__(START, shared=shared)


class Bench(DriverBench):
    """A scripted device, a cable, and the host's part of one device.

    `later`: in v3 results come later than the reply to the task; in v2 a command is carried out before EOT.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        shared: bool = False,
        later: bool = False,
        cable: Cable | None = None,
        **settings: Any,
    ) -> None:
        self.device = Device(shared=shared)
        self.script = script or Script()
        self.far = frame.Device(later=later)
        self.far2 = frame.Device2(at_once=later)
        self.cable = cable or Cable()
        self.settings = FAMILY.settings_from(settings)
        self.driver: Driver | None = None
        self._links: list[NullLink] = []
        self._peers: list[Peer | Peer2] = []

    async def connect(self) -> Driver:
        host, far = null_modem(self.cable, lambda: WireLog(lambda: datetime.now(UTC)))
        self._links += [host, far]
        if self.settings.protocol == "v2":
            self._peers.append(Peer2(self.script, self.far2, far))
        else:
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
        self.far.disconnect()
        self.far2.disconnect()

    def switch_off(self) -> None:
        """The register's power goes."""
        self.far.switch_off()
        self.far2.switch_off()

    def sent(self, *codes: str) -> list[str]:
        return self.script.sent(*codes)
