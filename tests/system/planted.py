"""Secrets planted into a running bridge, and the search for them afterwards: by spellings of its own, not the product's."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

from pydantic import SecretStr

from bridge.model import Capabilities, DeviceStatus, Document, Fate, Identity, JobError, Paper, Result
from bridge.plugin import (
    AbortAnswer,
    Checked,
    DeviceError,
    DeviceFamily,
    Driver,
    EndpointKind,
    FamilySettings,
    NeedsOperator,
    VectorCheck,
    hookimpl,
)
from bridge.transport import ByteLink, Cable, Link, NullModemBoard, WireLog, null_modem

PASSWORD = "Sésame-0uvre/toi+77"
CARD = "4539578763621486"
EMAIL = "jan.kowalski@poczta.example.pl"
PHONE = "+48 601 234 567"
NIP = "5261040828"

# What this may stand in: the places where secrets live.
_HOMES = ("secrets.toml", "admin-token", "journal.db", "journal.db-wal", "journal.db-shm")


class LeakySettings(FamilySettings):
    password: SecretStr


class LeakyDriver(Driver):
    """Says what it must not, wherever it can: on the wire, in its log, in exceptions, in alerts and attention."""

    def __init__(self, settings: LeakySettings, link: ByteLink, device: Any) -> None:
        self._password = settings.password.get_secret_value()
        self._link, self._device = link, device

    async def identify(self) -> Identity:
        await self._link.write(f"LOGIN {self._password}\n".encode())
        self._device.logger.info("signing in with %s", self._password)
        return Identity(model="leaky", serial="L-1")

    async def capabilities(self) -> Capabilities:
        return Capabilities(
            operations=frozenset({"receipt"}),
            receipt_kinds=frozenset({"sale"}),
            line_kinds=frozenset({"item"}),
            payment_kinds=frozenset({"cash", "card"}),
            currencies=("PLN",),
        )

    async def status(self) -> DeviceStatus:
        return DeviceStatus(as_of=self._device.clock.now())

    async def execute(self, context: Any, operation: Any) -> Result:
        said = f"password {self._password} card {CARD} mail {EMAIL} phone {PHONE}"
        token = base64.b64encode(f"user:{self._password}".encode()).decode()
        self._device.logger.warning("%s / Basic %s / %s", said, token, quote(said, safe=""))
        self._device.logger.error("as bytes %s %s", self._password.encode().hex(), self._password.encode("utf-16-le"))
        if operation.reference == "early":
            raise ValueError(f"before the intent: {said}")
        await context.checkpoint("intent", {"n": 1})
        context.attention("leaky.waits", f"it waits for {EMAIL}")
        for encoding in ("utf-8", "utf-16-le"):
            await self._link.write(f"{said}\n".encode(encoding))
        await self._link.write(token.encode() + b"\n" + self._password.encode().hex().encode() + b"\n")
        if operation.reference == "refused":
            raise DeviceError(JobError.of("device.rejected", f"refused: {said}", fate=Fate.NOT_ISSUED, device_text=said))
        if operation.reference == "bug":
            raise RuntimeError(f"a bug that tells {said}") from ValueError(token)
        return Result(document=Document(number="1"), paper=Paper.PRINTED)

    async def recover(self, context: Any, operation: Any, checkpoints: Any) -> NeedsOperator:
        await self._link.write(f"recovery of {self._password} {EMAIL}\n".encode())
        return NeedsOperator({"seen": "nothing"}, f"Look at the paper of {EMAIL}, {PHONE}")

    async def abort(self, context: Any) -> AbortAnswer:
        return AbortAnswer.UNSUPPORTED

    async def close(self) -> None:
        return None


class LeakyFamily(DeviceFamily[LeakySettings]):
    id = "leaky"
    title = "Tells everything"
    settings_model = LeakySettings
    endpoint_kinds: ClassVar[Mapping[str, EndpointKind]] = {"null": EndpointKind(example="null://leaky")}

    async def probe(self, link: Link) -> Identity | None:
        return None

    async def open(self, settings: LeakySettings, link: Link, device: Any) -> Driver:
        assert isinstance(link, ByteLink)
        return LeakyDriver(settings, link, device)

    def check(self, operation: Any, settings: LeakySettings, capabilities: Any) -> Checked:
        return Checked()

    def check_vector(self, vector: Any) -> VectorCheck:
        return VectorCheck(str(vector.get("name")))


class LeakyPlugin:
    TILLBRIDGE_PLUGIN_API = "1.0"

    @hookimpl
    def tillbridge_device_families(self) -> list[LeakyFamily]:
        return [LeakyFamily()]

    @hookimpl
    def tillbridge_job_finished(self, job: Any) -> None:
        raise RuntimeError(f"told of {job.id} and of {PASSWORD} {EMAIL}")


def board() -> NullModemBoard:
    """Where the leaky device is plugged in. It says nothing."""
    made = NullModemBoard()

    async def connect(wire_log: WireLog) -> Link:
        logs = iter((wire_log, WireLog(lambda: datetime.now(UTC), keep=1)))
        host, _ = null_modem(Cable(), lambda: next(logs))
        return host

    made.plug("leaky", connect)
    return made


@dataclass
class Evidence:
    """Everything that left the bridge or stayed behind, by where it was found."""

    pieces: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, content: str | bytes) -> None:
        self.pieces[f"{len(self.pieces)} {name}"] = content if isinstance(content, bytes) else content.encode("utf-8", "replace")

    def add_directory(self, directory: Path) -> None:
        for file in sorted(directory.rglob("*")):
            if file.is_file() and file.name not in _HOMES:
                self.add(str(file.relative_to(directory)), file.read_bytes())

    def leaks(self, planted: Mapping[str, str]) -> list[str]:
        """What was found where, and in which spelling."""
        return [
            f"{what} in {name}, {spelling}"
            for name, content in self.pieces.items()
            for what, value in planted.items()
            for spelling, form in spellings(value)
            if form in content
        ]


def spellings(value: str) -> Iterator[tuple[str, bytes]]:
    """A value plain, in UTF-16, and each of these in base64 (however aligned), hex and percent-encoding."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        raw = value.encode(encoding)
        yield encoding, raw
        yield f"hex of {encoding}", binascii.hexlify(raw)
        yield f"HEX of {encoding}", binascii.hexlify(raw).upper()
        for shift in range(3):
            whole = base64.b64encode(b"x" * shift + raw)
            skipped = 0 if shift == 0 else shift + 1
            kept = len(whole) // 4 * 4 - 4
            yield f"base64 of {encoding}, shifted by {shift}", whole[skipped:kept]
    yield "percent-encoded", quote(value, safe="").encode()
    yield "JSON", "".join(c if ord(c) < 128 else f"\\u{ord(c):04x}" for c in value).encode()
