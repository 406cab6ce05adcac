"""The driver against bytes that a real printer sent: answers of recorded dialogues, nothing simulated.

Source: protocol-specs/posnet/vectors.json, the vectors rec-*. What the recordings do not hold (`!sdev`, `!sprn`) is taken
from the dialogues of the reference; any other question is answered with `ERR ?1`, as by a printer that does not know it.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bridge_posnet.frame import Decoder, Frame, Parameter
from posnet_bench import FAMILY, Device, operation

from bridge.model import Operation, Result
from bridge.transport import ByteLink, WireLog, run_virtual
from tests.one_job import Job

VECTORS = json.loads((Path(__file__).parents[3] / "protocol-specs" / "posnet" / "vectors.json").read_text(encoding="utf-8"))
AT_REST = {"sdev": "sdev\tds0\tcpT\tqeT\tpeN\ttl0\t", "sprn": "sprn\tpr0\t"}


def frames(data: bytes) -> list[Frame]:
    return [event for event in Decoder().feed(data) if isinstance(event, Frame)]


def recorded(session: str) -> dict[str, deque[Frame]]:
    """The answers of one recorded dialogue by mnemonic, in order."""
    found: dict[str, deque[Frame]] = {}
    for vector in VECTORS:
        if vector["name"].startswith(f"{session}/") and vector["direction"] == "printer->host":
            (frame,) = frames(bytes.fromhex(vector["hex"]))
            found.setdefault(frame.mnemonic, deque()).append(frame)
    if session == "rec-cash-sale":
        found["scnt"].popleft()  # the recording asks for the counters twice before the sale
    return found


class RecordedPrinter(ByteLink):
    """Answers each command with what was recorded; the last answer of a mnemonic stays."""

    def __init__(self, answers: dict[str, deque[Frame]]) -> None:
        super().__init__(WireLog(lambda: datetime.now(UTC)))
        self.sent: list[Frame] = []
        self._answers = answers
        self._out: asyncio.Queue[bytes] = asyncio.Queue()

    async def _read(self) -> bytes:
        return await self._out.get()

    async def _write(self, data: bytes) -> None:
        for request in frames(data):
            self.sent.append(request)
            self._out.put_nowait(self._answer(request).to_bytes())

    def _answer(self, request: Frame) -> Frame:
        if request.mnemonic in AT_REST:
            fields = AT_REST[request.mnemonic].split("\t")[1:-1]
            return Frame(request.mnemonic, tuple(Parameter(f[:2], f[2:].encode()) for f in fields))
        kept = self._answers.get(request.mnemonic)
        if kept is None:
            return Frame("ERR", (Parameter("cm", request.mnemonic.encode()),), request.token, error=1)
        answer = kept.popleft() if len(kept) > 1 else kept[0]
        return replace(answer, token=request.token)

    async def close(self) -> None:
        pass


def carry_out(session: str, wanted: Operation, **first: str) -> tuple[Result, list[Frame]]:
    async def scenario() -> tuple[Result, list[Frame]]:
        answers = recorded(session)
        for mnemonic, payload in first.items():
            fields = payload.split("\t")[:-1]
            frame = Frame(mnemonic, tuple(Parameter(f[:2], f[2:].encode("cp1250")) for f in fields))
            answers.setdefault(mnemonic, deque()).appendleft(frame)
        link = RecordedPrinter(answers)
        device = Device()
        driver = await FAMILY.open(FAMILY.settings_from({"print_reference": False}), link, device)
        try:
            return await driver.execute(Job(device), wanted), link.sent
        finally:
            await driver.close()

    return run_virtual(scenario())  # type: ignore[no-any-return]


NOTHING_SOLD = "to0\tts0\tva0\tvb0\tvc0\tvd0\tve0\tvf0\tvg0\tpp0\tpm0\tre0\tfp0\tfeN\t"


def test_the_recorded_cash_sale_is_understood() -> None:
    wanted = operation(lines=[{"name": "Candies", "price": "9.99", "vat": "8%"}])
    result, sent = carry_out("rec-cash-sale", wanted, strns=NOTHING_SOLD)
    assert result.document is not None
    assert result.document.number == "1"
    assert result.document.fiscal_id == "ZBF 2101002392/5/1"
    assert str(result.document.issued_at) == "2026-10-09 11:48:15+02:00"
    assert result.evidence["strns"].startswith("strns\tto0\tts16\tva0\tvb999\t")
    changing = [frame.payload() for frame in sent if frame.token is not None]
    assert changing == [
        b"trinit\t@0042\tbm0\t",
        b"trline\t@0043\tnaCandies\tvt1\tpr999\twa999\t",
        b"trpayment\t@0044\tty0\twa999\tre0\t",
        b"trend\t@0045\tto999\tfp999\t",
    ]


def test_questions_carry_no_token_and_no_command_is_sent_twice() -> None:
    wanted = operation(lines=[{"name": "Candies", "price": "9.99", "vat": "8%"}])
    _, sent = carry_out("rec-cash-sale", wanted, strns=NOTHING_SOLD)
    assert all(frame.token is None for frame in sent if not frame.mnemonic.startswith("tr"))
    commands = [frame.mnemonic for frame in sent if frame.mnemonic.startswith("tr")]
    assert len(commands) == len(set(commands))


def test_the_recorded_sale_with_a_card_and_change_in_cash_is_sent_as_recorded() -> None:
    wanted = operation(
        lines=[{"name": "Apples", "price": "2.00", "vat": "8%"}],
        payments=[{"kind": "card", "amount": "5.00", "label": "Karta"}],
        change=[{"kind": "cash", "amount": "3.00", "label": "Reszta"}],
    )
    answers = recorded("rec-cash-sale")
    general, state = (answers[name][0] for name in ("scomm", "sfsk"))
    _, sent = carry_out(
        "rec-card-with-change",
        wanted,
        strns=NOTHING_SOLD,
        scomm=_fields(general),
        sfsk=_fields(state),
        scnt="rd3\thn43\tbn2\tfn0\tnuZBF 2101002392\tbc0\tbt2\tfc0\t",
    )
    recorded_end = next(v for v in VECTORS if v["name"] == "rec-card-with-change/04-request")["meaning"]["params"]
    (end,) = [frame for frame in sent if frame.mnemonic == "trend"]
    assert {p.name: p.value.decode() for p in end.parameters} == dict(recorded_end)


def _fields(frame: Frame) -> str:
    return "".join(f"{p.name}{p.value.decode('cp1250')}\t" for p in frame.parameters)
