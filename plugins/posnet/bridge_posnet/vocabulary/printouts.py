"""Parameters of non-fiscal printouts, codes and the customer's display.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from bridge_posnet.fields import ONLINE
from bridge_posnet.vocabulary.makers import Fields, Table, count, flag, lines, text

CODE: Fields = {
    "tx": text("what is coded", 2 * ONLINE.code_2d),
    "px": count("dots of a module"),
    "el": count("level of error correction"),
    "hx": flag("tx is hexadecimal"),
    "cc": count("columns"),
    "yx": count("height to width"),
    "rt": count("rows"),
}

FIELDS: Table = {
    "papfeed": {"ln": count("lines", ONLINE.feed_lines)},
    "formstart": {"fn": count("form", 201), "fh": count("header"), "al": text("title")},
    "formline": {
        "s1": lines("values"),
        "fn": count("form", 201),
        "fl": count("line"),
        "sw": flag("wide"),
        "sh": flag("high"),
    },
    "formformattedline": {
        "s1": text("text with & marks", ONLINE.form_text),
        "fn": count("form", 201),
        "ma": text("mask"),
    },
    "formcmd": {"fn": count("form", 201), "cm": count("0 blank, 1 rule", 1)},
    "formend": {"fn": count("form", 201)},
    "formisstarted": {"is": flag("a form is open")},
    "formbarcode": {"fn": count("form", 201), "bc": text("bar code", ONLINE.bar_code), "bt": count("0 EAN128, 1 EAN13", 1)},
    "formbarcode2d": {"fn": count("form", 201)},
    "qrcode": CODE,
    "azteccode": CODE,
    "dmcode": CODE,
    "pdf417code": CODE,
    "dsptxtline": {
        "id": count("display", 1),
        "no": count("line from 0"),
        "ln": text("text", ONLINE.display_line),
        "th": count("0 left, 1 centre, 2 right", 2),
    },
}

MUTATING = frozenset(
    (
        "papfeed",
        "formstart",
        "formline",
        "formformattedline",
        "formcmd",
        "formend",
        "formbarcode",
        "formbarcode2d",
        "qrcode",
        "azteccode",
        "dmcode",
        "pdf417code",
        "dsptxtline",
    )
)
