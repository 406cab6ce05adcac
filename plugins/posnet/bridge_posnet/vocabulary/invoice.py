"""Parameters of the commands of an invoice; its lines and its end are those of a receipt.

Follows protocol-specs/posnet, "Invoice".
"""

from __future__ import annotations

from bridge_posnet.fields import ONLINE
from bridge_posnet.vocabulary.makers import Fields, Table, count, flag, lines, text

SECTION = count("section: 0 head, 1 body, 2 foot", 2)
PLACE: Fields = {"sc": SECTION, "at": count("style bits", 127)}

FIELDS: Table = {
    "trfvinit": {
        "nm": text("title", ONLINE.invoice_title),
        "cc": count("copies", 9),
        "co": flag("print ORIGINAL and COPY"),
        "ln": count("characters of a free line, 40 or 56", 56),
        "fn": count("characters of a fiscal line, 40 or 56", 56),
    },
    "trfvbuyer": {
        "na": lines("name", ONLINE.buyer_name),
        "ni": text("tax id", ONLINE.buyer_tax_id),
        "ad": lines("address", ONLINE.buyer_name),
        **PLACE,
    },
    "trfvnumber": {"nb": text("number", ONLINE.invoice_number), **PLACE},
    "trfvfreedata": {"tx": text("text", ONLINE.free_line), "sc": SECTION},
    "trfvsep": {"sc": SECTION},
    "trfvcashmet": {"cm": flag("cash accounting"), **PLACE},
    "trfvselfbill": {"sb": flag("self-billing"), **PLACE},
    "trfvreverse": {"re": flag("reverse charge"), **PLACE},
    "trfvfree": {"fr": flag("exempt from tax"), "ba": lines("reason of the exemption", 256), **PLACE},
    "trfvexecution": {
        "ex": flag("execution"),
        "ed": lines("enforcing authority", 600),
        "dd": lines("debtor", 600),
        **PLACE,
    },
    "trfvrep": {"re": flag("tax representative"), "rd": lines("representative", 256), **PLACE},
}

MUTATING = frozenset(
    (
        "trfvinit",
        "trfvbuyer",
        "trfvnumber",
        "trfvfreedata",
        "trfvsep",
        "trfvcashmet",
        "trfvselfbill",
        "trfvreverse",
        "trfvfree",
        "trfvexecution",
        "trfvrep",
    )
)
