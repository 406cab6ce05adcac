"""The bytes of a wire log as frames: each family's own decoder reads them, the bytes themselves stand in where it cannot."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bridge.plugin import HexDecoder
from bridge.server.diagnosis.steps import Step
from bridge.transport import Direction

if TYPE_CHECKING:
    from bridge.plugin import DescribedFrame, DeviceFamily, WireDecoder


class FrameReader:
    """Decodes a trace: a decoder for each connection, the time from each request to its answer."""

    def __init__(self, families: Mapping[str, DeviceFamily[Any]], missing: list[str]) -> None:
        self._families = families
        self._missing = missing
        self._decoders: dict[int, WireDecoder] = {}
        self._waiting: dict[tuple[int, str], deque[Step]] = {}
        self._family: DeviceFamily[Any] | None = None
        self.phase: str | None = None

    def begin(self, family_id: str) -> None:
        """What comes is of this family, which may be missing by now."""
        if self._family is None:
            self._family = self._families.get(family_id)
            if self._family is None:
                self._missing.append(f"The family {family_id} is not installed here: its wire log is shown as bytes.")

    def transfer(self, link: int, data: bytes, direction: str, at: datetime) -> Iterator[Step]:
        try:
            frames = list(self._decoder(link).feed(data, Direction(direction), at))
        except Exception as error:  # a plugin's decoder may raise anything; the bytes are shown all the same
            frames = list(self._broken(link, error).feed(data, Direction(direction), at))
        for frame in frames:
            yield self._step(link, frame)

    def end(self) -> Iterator[Step]:
        """An attempt ended, and with it what was not whole."""
        for link, decoder in self._decoders.items():
            try:
                frames = list(decoder.flush())
            except Exception as error:
                self._broken(link, error)
                frames = []
            for frame in frames:
                yield self._step(link, frame)
        for waiting in self._waiting.values():
            waiting.clear()

    def _decoder(self, link: int) -> WireDecoder:
        if link not in self._decoders:
            self._decoders[link] = self._family.wire_decoder() if self._family is not None else HexDecoder()
        return self._decoders[link]

    def _broken(self, link: int, error: Exception) -> WireDecoder:
        self._missing.append(f"The decoder of the family raised {type(error).__name__}: what follows is shown as bytes.")
        self._decoders[link] = HexDecoder()
        return self._decoders[link]

    def _step(self, link: int, frame: DescribedFrame) -> Step:
        sent = frame.direction.value == "out"
        step = Step(
            frame.at,
            "sent" if sent else "received",
            frame.title,
            list(frame.fields),
            link=link,
            phase=self.phase,
            checksum=frame.checksum.value,
            garbage=frame.garbage,
            hex=frame.data.hex() if frame.data else None,
        )
        if frame.pairing is None:
            return step
        waiting = self._waiting.setdefault((link, frame.pairing), deque())
        if sent:
            step.answered = False
            waiting.append(step)
        elif waiting and frame.garbage is None:
            request = waiting.popleft()
            request.answered = True
            step.milliseconds = round((frame.at - request.at).total_seconds() * 1000, 1)
        return step
