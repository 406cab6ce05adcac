"""Parameters of the fiscal and the protected memory: numbers, records, reprints.

Follows protocol-specs/posnet, "Identification and status" and "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from bridge_posnet.vocabulary.makers import TOTAL, Table, amount, by_rate, count, flag, moment, text

FIELDS: Table = {
    "eclastdocnoget": {"ty": count("kind of document", 13), "di": count("number in protected memory")},
    "fmrecrd": {
        "no": count("number of the daily report"),
        "ty": count("kind of record"),
        **by_rate("f", "invoices"),
        **by_rate("p", "receipts"),
        "pn": count("receipts"),
        "fn": count("invoices"),
        "cn": count("cancelled receipts"),
        "ct": amount("cancelled receipts", TOTAL),
        "si": text("signature"),
    },
    "ecprndoc": {
        "ty": count("0 receipts, 1 invoices, 2 non-fiscal, 3 daily reports, 5 any", 5),
        "fn": count("from number", 999_999_999),
        "tn": count("to number", 999_999_999),
        "fd": moment("from"),
        "td": moment("to"),
        "il": count("documents printed"),
    },
    "eclastprintouts": {"no": count("documents, the last ones", 9)},
    "ecprnfv": {"fn": count("number of the invoice"), "ut": flag("1 for the seller, 0 a duplicate for the customer")},
    "break": {},
}

MUTATING = frozenset(("ecprndoc", "eclastprintouts", "ecprnfv", "break"))
