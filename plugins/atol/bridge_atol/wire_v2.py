"""Wire logs of transport v2: control bytes, and frames between them."""

from __future__ import annotations

from datetime import datetime

from bridge.plugin import Checksum, DescribedFrame, FrameReader
from bridge.transport import Direction
from bridge_atol.frame import Control, Decoder2, Fault, Frame2, Garbage
from bridge_atol.vocabulary import Shape
from bridge_atol.wire_fields import HIDDEN, Shown, answer_shown, command_shown, hidden, shape_of

_STUFFED_HIDDEN = 0x10  # in the place of a byte that took two on the wire
_PASSWORD_AT = 0


def mask(data: bytes, direction: Direction) -> bytes | None:
    """Passwords and customers' data replaced, length kept. A frame that was right gets the check byte of what is left of it.

    None: this is not one whole frame."""
    events = list(Decoder2().feed(data))
    if len(events) != 1 or not isinstance(events[0], Frame2):
        return None
    frame = events[0]
    left = hidden(frame.data, direction, _PASSWORD_AT)
    body = bytes(
        old if old == new else _STUFFED_HIDDEN if old in (0x03, 0x10) else HIDDEN
        for old, new in zip(frame.data, left, strict=True)
    )
    return data if body == frame.data else Frame2(body).to_bytes()


_SAID = {
    Control.ENQ: "ENQ: ready?",
    Control.ACK: "ACK",
    Control.NAK: "NAK: not now, or damaged",
    Control.EOT: "EOT: the end",
}


class WireDecoder2(FrameReader[Frame2 | Control | Garbage]):
    """Reads one connection. An answer does not say what was asked: it is taken for that of the last command."""

    def __init__(self) -> None:
        super().__init__(lambda _: Decoder2())
        self._asked: Shape | None = None

    def described(self, event: Frame2 | Control | Garbage, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        match event:
            case Garbage():
                wrong = Checksum.WRONG if event.fault is Fault.CHECKSUM else Checksum.NONE
                return DescribedFrame(began, at, direction, "no frame", (), wrong, event.fault.value, event.data)
            case Control():
                return DescribedFrame(began, at, direction, _SAID[event], (), data=event.raw)
            case Frame2():
                title, fields = self._asking(event.data) if direction is Direction.OUT else self._answering(event.data)
                return DescribedFrame(began, at, direction, title, fields, Checksum.OK, None, event.to_bytes())

    def _asking(self, data: bytes) -> Shown:
        self._asked = shape_of(data[2:])
        return command_shown(self._asked, data[2:])

    def _answering(self, data: bytes) -> Shown:
        if self._asked is None:
            return "answer", (("data", data.hex(" ")),)
        return answer_shown(self._asked, data, failed=False)
