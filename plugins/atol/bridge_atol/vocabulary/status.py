"""Commands that only ask: device, modes, registers, tables, attributes, the FN. Source: protocol-specs/atol, "Registers", "The FN"."""

from __future__ import annotations

from bridge_atol.layout import Field, Kind, bcd, kopecks, of, raw, text, uint
from bridge_atol.vocabulary.shape import REGISTERS, STORAGE, Begins, Does, Patience, Shape


def _asks(code: int, title: str, request: tuple[Field, ...], *answer: Field, begins: Begins = Begins.STANDARD) -> Shape:
    return Shape(code, title, request, answer, Does.READS, Patience.STATUS, begins)


_PARAMETERS = (uint("first"), uint("second"))


def _register(number: int, title: str, *answer: Field) -> Shape:
    return _asks(REGISTERS << 8 | number, title, _PARAMETERS, *answer)


def _storage(number: int, title: str, *answer: Field, request: tuple[Field, ...] = ()) -> Shape:
    return _asks(STORAGE << 8 | number, title, request, *answer)


_VERSION = (uint("version"), uint("subversion"), uint("language"), bcd("build", 2))

STATUS_SHAPES = (
    _asks(
        0xA5,
        "device type",
        (),
        uint("protocol"),
        uint("type"),
        uint("model"),
        raw("mode", 2),
        *_VERSION,
        text("name"),
        begins=Begins.ERROR,
    ),
    _asks(
        0x3F,
        "full status",
        (),
        bcd("operator", 1),
        uint("number"),
        of(Kind.YMD, "date"),
        of(Kind.HMS, "time"),
        uint("flags"),
        of(Kind.DIGITS, "serial", 4, "its low eight digits"),
        uint("model"),
        of(Kind.ASCII, "version", 2),
        uint("mode", 1, "submode in the upper half"),
        bcd("receipt_number", 2),
        bcd("shift_number", 2, "the last closed one"),
        uint("receipt", 1, "what is open; 0: nothing"),
        kopecks("receipt_sum", 5),
        uint("decimals"),
        uint("port"),
        begins=Begins.FULL_STATUS,
    ),
    _asks(0x45, "state", (), uint("mode", 1, "submode in the upper half"), uint("flags"), begins=Begins.BARE),
    _asks(0x9D, "version of a unit", (uint("unit"),), *_VERSION),
    _asks(
        0x46,
        "read table",
        (uint("table"), of(Kind.UINT_BE, "row", 2), uint("field")),
        raw("value", None),
    ),
    _asks(
        0xE9,
        "read attribute",
        (uint("tag", 2), uint("block")),
        uint("blocks"),
        raw("tags", None),
    ),
    # --- registers
    _register(0x01, "sum of registrations", kopecks("sum", 6)),
    _register(0x03, "sum of payments", kopecks("sum", 6)),
    _register(0x04, "sum of cash in", kopecks("sum", 6)),
    _register(0x05, "sum of cash out", kopecks("sum", 6)),
    _register(0x06, "number of registrations", bcd("count", 2)),
    _register(0x08, "number of cash in", bcd("count", 2)),
    _register(0x09, "number of cash out", bcd("count", 2)),
    _register(0x0A, "cash in the drawer", kopecks("sum", 7)),
    _register(0x0B, "revenue", uint("sign", 1, "not 0: negative"), kopecks("sum", 6)),
    _register(0x0C, "totals of the shift", raw("data", None)),
    _register(0x11, "date and time", of(Kind.DMYHMS, "at")),
    _register(0x12, "state of the shift", uint("state", 1, "0 closed, 1 open, 2 expired"), of(Kind.DMYHMS, "ends")),
    _register(
        0x13,
        "current receipt",
        uint("unknown"),
        uint("receipt", 1, "its type; 0: none is open"),
        bcd("receipt_number", 2),
        bcd("document", 4),
        raw("sums", None, optional=True),
    ),
    _register(0x14, "sum of the receipt", kopecks("sum", 5), kopecks("remainder", 5), kopecks("change", 5)),
    _register(0x15, "last closed shift", bcd("shift", 2)),
    _register(0x16, "serial number", of(Kind.DIGITS, "serial", 7)),
    _register(0x18, "length of a line", bcd("characters", 1), bcd("pixels", 2)),
    _register(0x1A, "registrations", bcd("done", 1), bcd("left", 1), of(Kind.DMY, "valid_until", optional=True)),
    _register(0x28, "total of all shifts", kopecks("sum", 7)),
    _register(
        0x2B,
        "errors of the exchange with the operator",
        bcd("network", 1),
        bcd("operator", 1),
        bcd("storage", 1),
        bcd("document", 5),
        uint("command"),
    ),
    _register(0x30, "last registration", bcd("document", 5), of(Kind.DMYHM, "at")),
    _register(
        0x33,
        "last receipt",
        bcd("document", 5),
        uint("type"),
        kopecks("sum", 7),
        of(Kind.DMYHM, "at"),
        bcd("sign", 5),
    ),
    _register(0x34, "last document", bcd("document", 5), of(Kind.DMYHM, "at"), bcd("sign", 5)),
    _register(0x35, "last receipt of the shift", bcd("receipt", 3), bcd("shift", 3)),
    _register(
        0x36,
        "versions of the format",
        uint("device"),
        uint("storage"),
        uint("current"),
        raw("more", None, optional=True),
    ),
    _register(0x37, "read behind shifts", raw("data", None)),
    _register(0x3B, "further modes", raw("data", None)),
    _register(0x3C, "tax of the shift", kopecks("sum", 6)),
    _register(0x3D, "tax of the receipt", kopecks("sum", 6)),
    _register(0x41, "number of receipts", bcd("count", 5), bcd("annulled", 5)),
    # --- the FN
    _storage(0x30, "status of the FN", raw("status", 30)),
    _storage(0x31, "number of the FN", of(Kind.ASCII, "fn", 16)),
    _storage(
        0x32, "validity of the FN", of(Kind.BINARY_YMD, "valid_until"), uint("left", optional=True), uint("done", optional=True)
    ),
    _storage(0x33, "version of the FN", of(Kind.ASCII, "version", 16), uint("type")),
    _storage(0x20, "exchange with the operator", raw("exchange", 13)),
    _storage(0x40, "find document", raw("found", None), request=(uint("document", 4),)),
    # Stepping through a document: asked once, since the next block follows in any case.
    Shape(STORAGE << 8 | 0x45, "choose a document to read", (uint("document", 4),), (raw("head", None),), Does.CHANGES),
    Shape(STORAGE << 8 | 0x46, "its next block", (), (raw("tags", None),), Does.CHANGES),
)
