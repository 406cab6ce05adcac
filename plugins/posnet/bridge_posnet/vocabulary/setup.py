"""Parameters of the set-up that a shop does itself: header, footer, exchange rate.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal" and "Data types".
"""

from __future__ import annotations

from bridge_posnet.vocabulary.makers import Table, count, flag, lines, text

FIELDS: Table = {
    "hdrget": {"tx": lines("header")},
    "hdrset": {"tx": lines("header", 600), "pr": flag("1 keep it, 0 print a test")},
    "ftrinfoget": {"tx": lines("lines")},
    "ftrinfoset": {"tx": lines("lines"), "lb": flag("on every document")},
    "currrateset": {
        "on": flag("conversion on"),
        "ra": count("rate, six implied decimals", 9_999_999_999),
        "na": text("three capital letters", 3),
        "di": flag("1 the rate is zloty for one of the currency"),
    },
}

MUTATING = frozenset(("hdrset", "ftrinfoset", "currrateset"))
