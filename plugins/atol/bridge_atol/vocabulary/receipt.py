"""Commands that change the device: modes, shifts, receipts, cash, printing. Source: protocol-specs/atol, "Commands"."""

from __future__ import annotations

from bridge_atol.layout import Kind, bcd, kopecks, of, raw, text, uint
from bridge_atol.vocabulary.shape import Mode, Patience, Shape

NAME = 128  # characters of an item's name
CODE = 100  # bytes of a barcode's text in C1

_FLAGS = uint("flags")
_SUM = kopecks("sum", 5)

RECEIPT_SHAPES = (
    Shape(0x48, "exit mode"),
    Shape(0x56, "enter mode", (uint("mode"), of(Kind.DIGITS, "mode_password", 4))),
    Shape(0x59, "cancel receipt", mode=Mode.REGISTRATION),
    Shape(0x9A, "open shift", (_FLAGS, text("text")), patience=Patience.REPORT, mode=Mode.REGISTRATION),
    Shape(0x92, "open receipt", (_FLAGS, uint("type")), mode=Mode.REGISTRATION),
    Shape(0xEA, "begin item", (_FLAGS, uint("parameter"), uint("reserved")), mode=Mode.REGISTRATION),
    Shape(
        0xE8,
        "write attribute (TLV)",
        (uint("flags", 1, "01 prints it"), uint("blocks"), uint("block"), raw("tags", None)),
        mode=Mode.REGISTRATION,
    ),
    Shape(
        0xEB,
        "finish item",
        (
            uint("flags", 1, "02 no control of cash, 08 the device computes the tax, 10 whole pieces"),
            kopecks("price", 7),
            of(Kind.THOUSANDTHS, "quantity", 5),
            kopecks("amount", 7),
            uint("tax"),
            kopecks("tax_sum", 7),
            bcd("department", 1),
            bcd("subject", 1, "tag 1212"),
            bcd("method", 1, "tag 1214"),
            uint("discount_sign"),
            kopecks("discount", 7),
            raw("reserved", 2),
            text("name", most=NAME),
        ),
        mode=Mode.REGISTRATION,
    ),
    Shape(
        0x43,
        "discount",
        (_FLAGS, uint("area", 1, "0 receipt, 1 last item"), uint("type", 1, "0 percent, 1 sum"), uint("sign"), _SUM),
        mode=Mode.REGISTRATION,
    ),
    Shape(
        0x99,
        "payment",
        (_FLAGS, uint("type"), _SUM),
        (kopecks("remainder", 5), kopecks("change", 5)),
        mode=Mode.REGISTRATION,
    ),
    Shape(0x4A, "close receipt", (_FLAGS, uint("type"), _SUM), patience=Patience.REPORT, mode=Mode.REGISTRATION),
    Shape(0x49, "cash in", (_FLAGS, _SUM), mode=Mode.REGISTRATION),
    Shape(0x4F, "cash out", (_FLAGS, _SUM), mode=Mode.REGISTRATION),
    Shape(
        0x67,
        "report without clearing",
        (uint("type", 1, "01 X report, 09 state of the exchange"),),
        patience=Patience.REPORT,
        mode=Mode.REPORTS,
    ),
    Shape(0x5A, "report with clearing", patience=Patience.REPORT, mode=Mode.CLEARING),
    Shape(0x80, "open drawer"),
    Shape(0x4C, "print line", (text("text"),)),
    Shape(
        0xC1,
        "print barcode",
        (raw("parameters", 14), raw("code", CODE, "filled with zeros")),
    ),
    Shape(0x73, "print footer", mode=Mode.REPORTS),
    Shape(0x75, "cut", (uint("type", 1, "01 whole"),)),
    Shape(0x95, "repeat last document", patience=Patience.REPORT),
    Shape(0xEF, "marking code command", (raw("data", None),)),
    Shape(0x64, "set date", (of(Kind.DMY, "date"),)),
    Shape(0x4B, "set time", (of(Kind.HMS, "time"),)),
    Shape(0x8F, "text to external device", (bcd("device", 1, "1 the customer's display, 2 slip"), text("text"))),
)
