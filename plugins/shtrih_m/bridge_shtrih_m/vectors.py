"""Checks one test vector against the codec and the table of commands.

Vectors have the form of protocol-specs/shtrih-m/vectors.json: name, direction, framing, hex, meaning, source. Nothing here raises
on a broken vector: what is broken is a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from bridge_ffd.tlv import Tlv, TlvError, decode, encode

from bridge.plugin import BadAnswer, VectorCheck, VectorComparison, check_bytes
from bridge_shtrih_m.answers import error_of
from bridge_shtrih_m.frame import Decoder1, Decoder2, Frame1, Frame2, LocalError, checksum
from bridge_shtrih_m.layout import Value, named
from bridge_shtrih_m.vocabulary import Shape, shape_of

NOT_COMPARED: dict[str, str] = {
    "means": "words for the reader",
    "note": "words for the reader",
    "source": "where the vector comes from",
    "codepage": "the code page of the texts, which the tags themselves have",
}

_TO_DEVICE = "host->device"
_TO_HOST = "device->host"
_PAYLOAD = "payload"


def check_vector(vector: Mapping[str, Any]) -> VectorCheck:
    """Decodes the bytes of a vector, compares each key of its meaning, encodes again. Never raises."""

    def compare(raw: bytes, meaning: Mapping[str, Any], check: VectorComparison) -> None:
        _compare(raw, meaning, vector.get("framing"), vector.get("direction"), check)

    return check_bytes(vector, compare, frozenset(("hex", "direction", "framing")))


def _compare(raw: bytes, meaning: Mapping[str, Any], framing: object, direction: object, check: VectorComparison) -> None:
    got: dict[str, Any]
    match framing, direction:
        case "none", "payload":
            got = _payload(raw, meaning, check)
        case "v1" | "v2", "host->device" | "device->host":
            frame = _frame(raw, str(framing), check)
            if frame is None:
                return
            got = _meaning(frame, str(direction), check)
        case _:
            check.differ(f"framing, direction: {framing!r}, {direction!r} are none of those in the README")
            return
    check.note("framing", "direction")
    check.meaning(meaning, got, NOT_COMPARED)


def _frame(raw: bytes, framing: str, check: VectorComparison) -> Frame1 | Frame2 | None:
    decoder = Decoder1() if framing == "v1" else Decoder2()
    events = [*decoder.feed(raw), *decoder.interrupt()]
    if len(events) != 1 or not isinstance(events[0], Frame1 | Frame2):
        check.differ(f"hex: not one frame of {framing}: {events}")
        return None
    frame = events[0]
    try:
        check.equal("hex", raw.hex(), frame.to_bytes().hex())
    except LocalError as problem:
        check.differ(f"hex: the frame cannot be encoded again: {problem}")
    return frame


def _meaning(frame: Frame1 | Frame2, direction: str, check: VectorComparison) -> dict[str, Any]:
    """All that can be said of a frame, by the keys of vectors."""
    got: dict[str, Any] = {}
    if isinstance(frame, Frame2):
        got |= {"num": frame.number, "len_payload": len(frame.data)}
        if frame.number is None:
            got["type"] = "I (empty, no number)"
    data = frame.data
    shape = shape_of(data)
    if shape is None:
        if data:
            check.differ(f"hex: the command {data[:2].hex()} is in no table")
        return got
    got["cmd"] = shape.head.hex().upper()
    try:
        if direction == _TO_DEVICE:
            values = _request(shape, data, got, check)
        else:
            got["error"] = error_of(data)
            head = len(shape.head) + 1
            values = {} if got["error"] else check.rewritten(named(shape.code), shape.answer, data[head:])
    except (BadAnswer, IndexError) as problem:
        check.differ(f"hex: {problem}")
        return got
    for name, value in values.items():
        got[name] = _json(value)
    renamed = _RENAMED.get((shape.code, direction == _TO_DEVICE), {})
    for key, source in renamed.items():
        got[key] = source(values) if callable(source) else got.get(source)
    return got


def _request(shape: Shape, data: bytes, got: dict[str, Any], check: VectorComparison) -> dict[str, Value]:
    head = len(shape.head)
    if shape.password:
        got["password"] = int.from_bytes(data[head : head + 4], "little")
        head += 4
    return check.rewritten(named(shape.code), shape.request, data[head:])


def _json(value: Value) -> Any:
    match value:
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case date() | time():
            return value.isoformat()
        case bytes():
            return value.hex().upper()
        case tuple():
            return list(value)
        case _:
            return value


_Source = str | Callable[[Mapping[str, Value]], Any]


def _flags(values: Mapping[str, Value]) -> str:
    return f"{values['flags']:04X}"


def _last_tag(values: Mapping[str, Value]) -> Tlv:
    return decode(values["tags"], strict=False)[0]


def _field(name: str, change: Callable[[Value], Any]) -> Callable[[Mapping[str, Value]], Any]:
    return lambda values: change(values.get(name))


_STATUS: dict[str, _Source] = {
    "flags": _flags,
    "mode": _field("mode", lambda mode: mode & 0x0F),
    "mode_status": _field("mode", lambda mode: mode >> 4),
}
_RENAMED: dict[tuple[int, bool], dict[str, _Source]] = {
    (0x10, False): {**_STATUS, "operations": lambda v: v["operations_low"] | v["operations_high"] << 8},
    (0x11, False): {
        **_STATUS,
        "fw_version": "firmware",
        "fw_build": "build",
        "fw_date": "firmware_date",
        "doc_number": "document_number",
        "fm_version": "fm_firmware",
        "fm_flags": _field("fm_flags", lambda flags: f"{flags:02X}"),
        "free_fm": "free_records",
        "fm_flags_hi": "fm_flags_high",
    },
    (0xFC, False): {"proto": lambda v: f"{v['protocol']}.{v['subprotocol']}", "lang": "language"},
    (0x26, False): {"print_width_dots": "print_width", "char_w": "char_width", "char_h": "char_height"},
    (0xC2, True): {"barcode12": "barcode"},
    (0x6B, True): {"asked_error": "error"},
    (0x1F, False): {"value": _field("value", lambda value: int.from_bytes(value, "little"))},
    (0x1E, True): {"value": _field("value", lambda value: value.split(b"\0")[0].decode("cp1251"))},
    (0x2E, False): {"type": _field("type", lambda number: ("BIN", "CHAR")[number])},
    (0xFF01, False): {
        "current_doc": "current",
        "doc_data": "data",
        "shift_open": "shift",
        "dt": "last_at",
        "last_fd": "last",
    },
    (0xFF03, False): {"registrations_done": "registrations"},
    (0xFF0C, True): {"tag": lambda v: _last_tag(v).tag, "value": lambda v: _last_tag(v).value},
    (0xFF3B, False): {
        "tag": lambda v: _last_tag(v).tag,
        "value": lambda v: _plain(_last_tag(v).value),
        "fiscal_sign_be": lambda v: int.from_bytes(v["tags"][-4:], "big"),
    },
    (0xFF45, True): {
        "cash": lambda v: v["payments"][0],
        "others": lambda v: sum(v["payments"][1:]),
        "tax_system": "taxation",
    },
    (0xFF45, False): {"fd": "document", "fiscal_sign": "sign"},
    (0xFF46, True): {
        "quantity_micro": "quantity",
        "tax_amount": "tax",
        "pay_method": "method",
        "text": "name",
    },
    (0xFF4A, True): {
        "corr_type": "type",
        **{
            name: lambda v, at=at: v["payments"][at]  # type: ignore[misc]
            for at, name in enumerate(("cash", "electronic", "prepaid", "credit", "exchange"))
        },
        "vat_sums": "taxes",
        "tax_system": "taxation",
    },
    (0xFF61, True): {
        "km": lambda v: v["code_and_tags"][: v["code_length"]].decode("latin-1"),
        "tlv": lambda v: v["code_and_tags"][v["code_length"] :].hex().upper(),
    },
    (0xFF67, True): {"km": lambda v: v["code"].decode("latin-1")},
}


def _plain(value: object) -> object:
    return value.hex().upper() if isinstance(value, bytes) else value


def _payload(raw: bytes, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    """Bytes without a frame: tags, product codes, checksums."""
    if "crc16_ccitt_false" in meaning:
        crc = checksum(raw)
        return {"crc16_ccitt_false": crc, "sent_as": crc.to_bytes(2, "little").hex(" ").upper()}
    if "barcode" in meaning:
        from bridge_ffd.marking import MarkingCode

        code = MarkingCode.parse(str(meaning["barcode"]).encode("latin-1"))
        check.equal("hex", raw.hex(), code.product_code().hex())
        return {"barcode": meaning["barcode"], "tag": 1162}
    try:
        (item,) = decode(raw)
        check.equal("hex", raw.hex(), encode((item,)).hex())
    except (TlvError, ValueError) as problem:
        check.differ(f"hex: {problem}")
        return {}
    return {"tag": item.tag, "children": [[child.tag, child.value] for child in item.children], "value": item.value}
