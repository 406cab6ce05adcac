"""Wire logs: what is hidden before they are kept, and how they are read afterwards.

Frames, fields and what of them is a card's are those of `frame/`. A transfer may end anywhere inside a message, on a serial line it
nearly always does: the mask remembers where it stands, and hides of what is not whole yet everything that may be a card's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bridge.plugin import Checksum, DescribedFrame, FrameReader, one_line
from bridge.transport import Direction
from bridge_zvt import names
from bridge_zvt.errors import lookup
from bridge_zvt.frame import (
    CLASSES,
    DLE,
    ETX,
    STX,
    Apdu,
    Charset,
    Code,
    Container,
    Control,
    Fault,
    Field,
    Garbage,
    SerialDecoder,
    StreamDecoder,
    cards,
    crc,
    decode,
    digits,
    fields,
    framed,
    header_of,
    is_answer,
    is_positive,
    layout,
    masked,
    read,
    tlv,
)
from bridge_zvt.prompts import intermediate

_HIDDEN = 0xEE


# --- hiding


class Masker:
    """One link, both directions. The till's first byte tells how messages are framed."""

    def __init__(self) -> None:
        self._serial: bool | None = None
        self._sides: dict[Direction, _Side] = {}
        self.running: int | None = None

    def __call__(self, data: bytes, direction: Direction) -> bytes:
        """The same bytes with passwords and a card's data hidden, length kept."""
        if self._serial is None and data:
            self._serial = data[0] not in CLASSES or (data[:1] in (b"\x06",) and len(data) == 1)
            if direction is Direction.IN and not self._serial:
                self._serial = None  # what a stranger says first tells nothing of the till
                return _Stream(self).feed(data)
        if direction not in self._sides:
            self._sides[direction] = _Serial(self) if self._serial else _Stream(self)
        return self._sides[direction].feed(data)


class _Side:
    def __init__(self, masker: Masker) -> None:
        self._masker = masker

    def feed(self, data: bytes) -> bytes:
        raise NotImplementedError

    def _whole(self, apdu: Apdu) -> Apdu:
        """A message with its secrets hidden; which command it begins is remembered."""
        if not is_answer(apdu.code) and apdu.code not in _OF_TERMINAL:
            self._masker.running = apdu.code
        return masked(apdu, self._masker.running, secrets=True)


_OF_TERMINAL = frozenset(
    (Code.STATUS_INFORMATION, Code.INTERMEDIATE_STATUS, Code.COMPLETION, Code.ABORT, Code.PRINT_LINE, Code.PRINT_BLOCK)
)


class _Stream(_Side):
    """TCP: messages one after the other, cut anywhere."""

    def __init__(self, masker: Masker) -> None:
        super().__init__(masker)
        self._held = b""  # of the message that is not whole yet, as it came
        self._lost = False

    def feed(self, data: bytes) -> bytes:
        out = bytearray()
        every = self._held + data
        at = 0
        while at < len(every):
            if self._lost or every[at] not in CLASSES:
                self._lost = True
                out += cards.mask_unread(every[at:])
                at = len(every)
                break
            head = header_of(every[at:])
            if head is None or len(every) < at + head[1] + head[2]:
                out += _unfinished(every[at:], self._masker.running)
                break
            end = at + head[1] + head[2]
            out += every[at : at + head[1]] + self._whole(Apdu(head[0], every[at + head[1] : end])).data
            at = end
        before, self._held = len(self._held), every[at:]
        return bytes(out[before:])


class _Serial(_Side):
    """A serial line: frames in which every DLE is doubled, cut anywhere."""

    def __init__(self, masker: Masker) -> None:
        super().__init__(masker)
        self._frame = bytearray()  # the frame that is not whole yet, as it came
        self._kept = bytearray()  # and as it was kept
        self._behind = 0  # bytes of the checksum that are still to come, with the ETX before them
        self._escaped = False

    def feed(self, data: bytes) -> bytes:
        out = bytearray()
        for byte in data:
            if not self._frame:
                if byte != DLE:
                    out.append(byte)  # ACK, NAK, noise
                    continue
                self._frame.append(byte)
                continue
            self._frame.append(byte)
            if self._step(byte):
                out += self._emit(done=True)
        if self._frame:
            out += self._emit(done=False)
        return bytes(out)

    def _step(self, byte: int) -> bool:
        """Whether the frame ends with this byte."""
        if len(self._frame) == 2:
            return byte != STX  # then it is no frame
        if self._behind:
            self._behind -= 1
            return self._behind == 0
        if self._escaped:
            self._escaped = False
            self._behind = 2 if byte == ETX else 0
        elif byte == DLE:
            self._escaped = True
        return False

    def _emit(self, *, done: bool) -> bytes:
        """What of the frame was not kept yet."""
        raw = bytes(self._frame)
        if len(raw) < 2 or raw[1] != STX:
            kept = raw
        elif done and not self._kept:
            kept = self._at_once(raw)
        else:
            kept = self._piece(raw, done=done)
        new = kept[len(self._kept) :]
        self._kept += new
        if done:
            self._frame.clear()
            self._kept.clear()
            self._behind, self._escaped = 0, False
        return new

    def _at_once(self, raw: bytes) -> bytes:
        """A frame that came whole: built anew, with more DLE before it where a hidden byte was one that is doubled."""
        message = raw[2:-4].replace(b"\x10\x10", b"\x10")
        apdu = Apdu.from_bytes(message)
        if apdu is None or framed(message)[:-2] != raw[:-2]:  # damaged: what is where nobody knows
            return raw[:2] + cards.mask_all(raw[2:-4]) + raw[-4:]
        hidden = self._whole(apdu).data
        if hidden == apdu.data:
            return raw
        built = message[: len(message) - len(hidden)] + hidden
        again = framed(built)
        if crc(message) != int.from_bytes(raw[-2:], "little"):
            again = again[:-2] + (crc(built) ^ 0xFFFF).to_bytes(2, "little")
        return b"\x10" * (len(raw) - len(again)) + again

    def _piece(self, raw: bytes, *, done: bool) -> bytes:
        """A frame that comes in pieces: what was kept of it stays, and the rest is hidden by what is known by now."""
        end = len(raw) - 4 if done else len(raw)
        if not done and self._behind:
            end -= 4 - self._behind
        elif not done and self._escaped:
            end -= 1
        spans: list[tuple[int, int]] = []
        at = 2
        while at < end:
            size = 2 if raw[at] == DLE and at + 1 < len(raw) else 1
            spans.append((at, size))
            at += size
        message = bytes(raw[start] for start, _ in spans)
        apdu = Apdu.from_bytes(message) if done or self._behind else None
        if apdu is not None:
            hidden = self._whole(apdu).data if done else masked(apdu, self._masker.running, secrets=True).data
            shown = message[: len(message) - len(hidden)] + hidden
        else:
            shown = _unfinished(message, self._masker.running)
        out = bytearray(raw[:2])
        for (start, size), before, after in zip(spans, message, shown, strict=True):
            # A hidden byte that was doubled on the line becomes two: that it was a DLE would tell its digits.
            out += raw[start : start + size] if before == after else bytes((after,)) * size
        out += raw[end:]
        out[: len(self._kept)] = self._kept
        if done:
            body = bytes(out[2:end]).replace(b"\x10\x10", b"\x10")
            wrong = crc(message) != int.from_bytes(raw[-2:], "little")
            if body != message and len(self._kept) <= len(raw) - 2:
                out[-2:] = (crc(body) ^ (0xFFFF if wrong else 0)).to_bytes(2, "little")
        return bytes(out)


def _unfinished(message: bytes, running: int | None) -> bytes:
    """A message that is not whole: every value that may be a card's, or a part of one, is hidden."""
    head = header_of(message)
    if head is None:
        return message
    code, start, size = head
    data = message[start:]
    apdu = Apdu(code, data)
    if code == Code.PRINT_LINE:
        return message[:start] + data[:1] + _without_digits(cards.mask_text(data[1:]))
    at = layout.fields_at(apdu, running)
    if len(data) < 3 and size >= 3 and layout.HEADS.get(code, (("", 0),))[0][0] == "password":
        return message[:start] + bytes((_HIDDEN,)) * len(data)
    hidden = bytearray(masked(apdu, running, secrets=True).data)
    _, stops = fields.places(data, at)
    hidden[stops:] = _unfinished_field(data[stops:])
    return message[:start] + bytes(hidden)


def _unfinished_field(data: bytes) -> bytes:
    if not data:
        return data
    tag = data[0]
    if tag == fields.Bmp.TLV:
        length = tlv.read_length(data, 1, len(data))
        return data if length is None else data[: length[1]] + _unfinished_objects(data[length[1] :])
    size = fields.TABLE.get(tag)
    if size is None:
        return data[:1] + bytes((_HIDDEN,)) * (len(data) - 1)
    start = 1 - size if size < 0 else 1
    mask = cards.FIELDS.get(tag)
    if mask is None and tag != fields.Bmp.PASSWORD:
        return data
    value = data[start:]
    return data[:start] + (_without_digits(value) if mask is cards.mask_text else bytes((_HIDDEN,)) * len(value))


def _unfinished_objects(data: bytes) -> bytes:
    found, stops = tlv.places(data)
    hidden = cards.masked_objects(data[:stops], found, stops)
    rest = data[stops:]
    head = tlv.head(rest, 0, len(rest)) if rest else None
    if head is None:
        return hidden + rest[:6] + bytes((_HIDDEN,)) * max(0, len(rest) - 6)
    tag, begins, _ = head
    value = rest[begins:]
    if tlv.constructed(tag):
        return hidden + rest[:begins] + _unfinished_objects(value)
    text = cards.OBJECTS.get(tag) is cards.mask_text
    return hidden + rest[:begins] + (_without_digits(cards.mask_text(value)) if text else bytes((_HIDDEN,)) * len(value))


def _without_digits(text: bytes) -> bytes:
    """Digits of a text that may go on: they may be the first ones of a card's number."""
    return bytes(0x2A if 0x30 <= byte <= 0x39 else byte for byte in text)


# --- reading


class ZvtWireDecoder(FrameReader[Apdu | Control | Garbage]):
    """Reads one connection. The till's first byte tells how messages are framed."""

    def __init__(self, charset: Charset = Charset.CP437) -> None:
        super().__init__()
        self.charset = charset
        self._serial: bool | None = None
        self._running: int | None = None

    def feed(self, data: bytes, direction: Direction, at: datetime) -> Iterable[DescribedFrame]:
        if not data:
            return ()
        if self._serial is None:
            self._serial = data[0] == DLE or data[0] not in CLASSES or len(data) == 1
            self.speak(lambda _: SerialDecoder() if self._serial else StreamDecoder())
        return super().feed(data, direction, at)

    def described(self, event: Apdu | Control | Garbage, direction: Direction, began: datetime, at: datetime) -> DescribedFrame:
        match event:
            case Control():
                what = "ACK: received" if event is Control.ACK else "NAK: damaged, again"
                return DescribedFrame(began, at, direction, what, data=bytes((event,)), pairing=None)
            case Garbage():
                wrong = Checksum.WRONG if event.fault is Fault.CHECKSUM else Checksum.NONE
                return DescribedFrame(began, at, direction, "no message", (), wrong, event.fault.value, event.data)
            case Apdu():
                if direction is Direction.OUT and not is_answer(event.code):
                    self._running = event.code
                told = list(_fields(event, self._running, self.charset))
                raw = framed(event.to_bytes()) if self._serial else event.to_bytes()
                # Commands of the till are answered by 80 and 84 of the terminal; what the terminal says by itself is neither.
                asks = (direction is Direction.OUT) is not is_answer(event.code)
                checksum = Checksum.OK if self._serial else Checksum.NONE
                return DescribedFrame(
                    began, at, direction, names.title(event.code), told, checksum, None, raw, "" if asks else None
                )


def _fields(apdu: Apdu, running: int | None, charset: Charset) -> Iterator[tuple[str, str]]:
    body = read(masked(apdu, running, secrets=True), running)
    if is_answer(apdu.code) and not is_positive(apdu.code):
        yield "means", lookup(apdu.code & 0xFF).text
    for name, value in body.parts.items():
        yield name, _part(apdu.code, name, value, charset)
    for item in body.fields.items:
        if item.tag != fields.Bmp.TLV:
            yield f"{item.tag:02X} {names.FIELDS.get(item.tag, '')}".strip(), _value(item, charset)
            continue
        yield from _objects(tlv.decode(item.value), charset, "")
    if body.fields.rest:
        yield "not read", body.fields.rest.hex(" ")


def _objects(container: Container, charset: Charset, indent: str) -> Iterator[tuple[str, str]]:
    for item in container.items:
        name = f"{indent}{item} {names.OBJECTS.get(item.tag, '')}".rstrip()
        if item.items is not None:
            yield name, ""
            yield from _objects(Container(item.items), charset, indent + "  ")
        elif cards.OBJECTS.get(item.tag) is cards.mask_text:
            yield name, one_line(decode(item.value, charset))
        else:
            yield name, item.value.hex(" ")
    if container.rest:
        yield f"{indent}not read", container.rest.hex(" ")


def _part(code: int, name: str, value: bytes, charset: Charset) -> str:
    match name:
        case "password" | "old":
            return "******"
        case "text" | "version":
            return one_line(decode(value, charset))
        case "status" if code == Code.INTERMEDIATE_STATUS:
            return f"{value.hex().upper()} ({intermediate(value[0])[1]})"
        case "result":
            return f"{value.hex().upper()} ({lookup(value[0]).text})" if value[0] else "00"
        case _:
            return value.hex(" ").upper()


def _value(item: Field, charset: Charset) -> str:
    if cards.FIELDS.get(item.tag) is cards.mask_text or item.tag in (fields.Bmp.MERCHANT, fields.Bmp.AUTHORISATION):
        return one_line(decode(item.value, charset))
    if item.tag == fields.Bmp.RESULT and item.value[0]:
        return f"{item.value.hex().upper()} ({lookup(item.value[0]).text})"
    if item.tag == fields.Bmp.AMOUNT:
        shown = digits(item.value)
        return f"{int(shown) // 100}.{int(shown) % 100:02d}" if shown is not None else item.value.hex(" ")
    return item.value.hex(" ").upper()
