"""Parameters of questions about identity, state and counters, and of their answers.

Follows protocol-specs/posnet, "Identification and status".
"""

from __future__ import annotations

from bridge_posnet.fields import ONLINE, Field, FieldType
from bridge_posnet.vocabulary.makers import (
    RATE_INDEX,
    RATES,
    TOTAL,
    UNIQUE_NUMBER,
    Fields,
    Table,
    amount,
    by_rate,
    count,
    flag,
    iso,
    moment,
    text,
)

IDENTITY: Fields = {
    "nm": text("model"),
    "vr": text("version of the protocol"),
    "nu": UNIQUE_NUMBER,
    "vf": text("firmware"),
}

FIELDS: Table = {
    "getrealid": IDENTITY,
    "sid": IDENTITY,
    "scomm": {
        "fs": flag("fiscal mode"),
        "tz": flag("totals are zero"),
        "ts": count("open document"),
        "hr": flag("header is programmed"),
        "nu": UNIQUE_NUMBER,
        "td": flag("read-only"),
    },
    "sdev": {
        "ds": count("state"),
        "cp": flag("charger"),
        "qe": flag("command queue is empty"),
        "pe": flag("paper is near its end"),
        "tl": count("who holds the printer"),
    },
    "sprn": {"pr": count("state of the mechanism")},
    "strns": {
        "to": flag("a document is open"),
        "ts": count("open or last document"),
        **by_rate("v", "gross"),
        "pp": amount("packaging issued", TOTAL),
        "pm": amount("packaging returned", TOTAL),
        "re": amount("change", TOTAL),
        "fp": amount("payments", TOTAL),
        "fe": flag("fiscal part closed, footer open"),
    },
    "scnt": {
        "rd": count("daily reports"),
        "hn": count("next header"),
        "bn": count("receipts"),
        "fn": count("invoices"),
        "nu": UNIQUE_NUMBER,
        "bc": count("cancelled receipts"),
        "bt": count("last receipt"),
        "fc": count("cancelled invoices"),
    },
    "stot": {
        "no": count("next daily report"),
        **by_rate("f", "invoices"),
        "fn": count("invoices"),
        **by_rate("p", "receipts"),
        "pn": count("receipts"),
        "ct": amount("cancelled receipts", TOTAL),
        "cn": count("cancelled receipts"),
        "cc": count("changes of the goods base"),
        **RATES,
        "ds": moment("first sale"),
        "is": iso("first sale"),
        "de": moment("last sale"),
        "ie": iso("last sale"),
        "ft": amount("cancelled invoices", TOTAL),
        "fl": count("cancelled invoices"),
        "nf": count("non-fiscal printouts"),
        "bc": count("emergencies"),
        "le": count("user events"),
        "oe": count("online events"),
        "tf": count("failed transfers"),
    },
    "sfsk": {
        "fs": flag("fiscal mode"),
        "cl": count("RAM clears"),
        "rd": count("daily reports"),
        "vt": count("changes of VAT rates"),
        **RATES,
        "rw": moment("last daily report"),
        "tm": iso("last daily report"),
        "nu": UNIQUE_NUMBER,
    },
    "vatget": RATES,
    "rtcget": {"da": moment("clock"), "tm": iso("clock")},
    "rtcset": {"da": moment("clock"), "st": text("daylight saving time")},
    "sdrwr": {"ds": count("drawer"), "ks": count("key")},
    "scashstate": {"cs": amount("cash in the drawer", TOTAL)},
    "authstateget": {"il": count("days of authorisation left")},
    "currget": {"na": text("currency")},
    "discounttypeget": {"dt": count("method of percent discounts", 1)},
    "billcountercfgget": {"dl": flag("receipts are counted by day")},
    "dbchkplu": {
        "vt": RATE_INDEX,
        "na": text("name", ONLINE.name),
        "vv": Field(FieldType.RATE, "rate kept"),
        "bl": flag("locked"),
    },
    "rpt": {},
}

MUTATING = frozenset(("rtcset",))
