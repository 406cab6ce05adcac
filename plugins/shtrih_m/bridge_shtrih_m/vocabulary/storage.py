"""The fiscal storage (FN): state, documents, exchange with the OFD, marking. Source: protocol-specs/shtrih-m, "FN commands"."""

from __future__ import annotations

from bridge_shtrih_m.layout import Kind, ascii_text, of, raw, uint
from bridge_shtrih_m.vocabulary.shape import Does, Patience, Shape

_ASK = Does.READS

STORAGE = (
    Shape(
        0xFF01,
        "state of the FN?",
        (),
        (
            uint("life", 1, "3: in use"),
            uint("current", 1, "document that is being made"),
            uint("data", 1, "it has data already"),
            uint("shift", 1, "1: open"),
            uint("warnings", 1),
            of(Kind.YMDHM, "last_at", "time of the last document"),
            ascii_text("fn", 16),
            uint("last", 4, "number of the last document"),
        ),
        _ASK,
        Patience.STATUS,
    ),
    Shape(0xFF02, "number of the FN?", (), (ascii_text("fn", 16),), _ASK, Patience.STATUS),
    Shape(
        0xFF03,
        "life of the FN?",
        (),
        (
            of(Kind.YMD, "expires"),
            uint("registrations_left", 1, optional=True),
            uint("registrations", 1, optional=True),
        ),
        _ASK,
        Patience.STATUS,
    ),
    Shape(
        0xFF04,
        "version of the FN?",
        (),
        (ascii_text("version", 16), uint("serial", 1, "0: for debugging")),
        _ASK,
        Patience.STATUS,
    ),
    Shape(0xFF08, "cancel the document of the FN"),
    Shape(0xFF09, "registration?", (), (raw("registration", None),), _ASK, Patience.STATUS),
    Shape(
        0xFF0A,
        "find a document",
        (uint("document", 4),),
        (
            uint("type", 1),
            uint("ticket", 1, "1: the OFD has confirmed it"),
            of(Kind.YMDHM, "issued_at"),
            uint("document", 4),
            uint("sign", 4),
            raw("more", None, optional=True),
        ),
        _ASK,
        Patience.STATUS,
    ),
    Shape(0xFF0E, "tag of a registration?", (uint("registration", 1), uint("tag", 2)), (raw("tags", None),), _ASK),
    Shape(
        0xFF0B,
        "open the shift",
        (),
        (uint("shift", 2), uint("document", 4), uint("sign", 4)),
        patience=Patience.SHIFT,
    ),
    Shape(0xFF35, "begin a correction"),
    Shape(
        0xFF39,
        "exchange with the OFD?",
        (),
        (
            uint("status", 1),
            uint("reading", 1),
            uint("waiting", 2),
            uint("first", 4),
            of(Kind.YMDHM, "first_at"),
        ),
        _ASK,
        Patience.STATUS,
    ),
    Shape(0xFF3A, "choose a document to read", (uint("document", 4),), (uint("type", 2), uint("length", 2)), Does.STEPS),
    Shape(0xFF3B, "its next tags", (), (raw("tags", None),), Does.STEPS),
    Shape(0xFF3C, "confirmation of the OFD?", (uint("document", 4),), (raw("tags", None),), _ASK),
    Shape(0xFF3F, "documents without confirmation?", (), (uint("waiting", 2),), _ASK, Patience.STATUS),
    Shape(
        0xFF40,
        "the shift?",
        (),
        (uint("state", 1, "1: open"), uint("shift", 2), uint("receipt", 2, "the last one of it")),
        _ASK,
        Patience.STATUS,
    ),
    Shape(0xFF41, "begin to open the shift"),
    Shape(0xFF42, "begin to close the shift"),
    Shape(
        0xFF43,
        "close the shift",
        (),
        (uint("shift", 2), uint("document", 4), uint("sign", 4), of(Kind.YMDHM, "issued_at", optional=True)),
        patience=Patience.REPORT,
    ),
    Shape(
        0xFF61,
        "check a marking code",
        (
            uint("planned_status", 1, "tag 2003"),
            uint("mode", 1),
            uint("code_length", 1),
            uint("tags_length", 1),
            raw("code_and_tags", None),
        ),
        (raw("check", None),),
        patience=Patience.MARKING,
    ),
    Shape(
        0xFF63,
        "resources of the FN?",
        (),
        (uint("days", 4), uint("kilobytes", 4), uint("notifications", 1, "percent", optional=True)),
        _ASK,
        Patience.STATUS,
    ),
    Shape(
        0xFF67,
        "marking code of an item",
        (uint("code_length", 1), raw("code", None)),
        (uint("type", 2), uint("symbol", 1), raw("check", None, optional=True)),
        patience=Patience.MARKING,
    ),
    Shape(
        0xFF69, "take a marking code", (uint("action", 1, "0 reject, 1 accept, 2 clear"),), (uint("result", 1, optional=True),)
    ),
    Shape(
        0xFF70,
        "state of marking?",
        (),
        (
            uint("check_state", 1),
            uint("notification_state", 1),
            uint("allowed", 1),
            uint("saved", 1),
            uint("in_notification", 1),
            uint("warning", 1),
            uint("waiting", 2),
        ),
        _ASK,
        Patience.STATUS,
    ),
)
