"""Parameters of the commands of a receipt.

Follows protocol-specs/posnet, "Receipt".
"""

from __future__ import annotations

from bridge_posnet.fields import ONLINE, Field, FieldType
from bridge_posnet.vocabulary.makers import RATE_INDEX, TOTAL, Fields, Table, amount, count, flag, lines, number, percent, text

DISCOUNT: Fields = {
    "na": text("name", ONLINE.discount_name),
    "rd": flag("1 discount, 0 surcharge"),
    "rp": percent("percent"),
    "rw": amount("amount"),
}
PAYMENT: Fields = {
    "ty": count("means of payment", 8),
    "wa": amount("amount"),
    "na": text("name", ONLINE.payment_name),
    "re": flag("change"),
}
FOREIGN: Fields = {
    "wc": amount("amount in the currency"),
    "wa": amount("amount in zloty"),
    "ra": count("rate, four implied decimals", ONLINE.currency_rate),
    "na": text("name", ONLINE.payment_name),
    "sb": text("three capital letters", 3),
    "re": flag("change"),
}

FIELDS: Table = {
    "trinit": {"bm": flag("block mode")},
    "trline": {
        "na": text("name", ONLINE.name),
        "vt": RATE_INDEX,
        "pr": amount("unit price", ONLINE.price),
        "st": flag("storno"),
        "wa": amount("amount"),
        "il": Field(FieldType.NUMBER, "quantity", int(ONLINE.quantity_max)),
        "op": text("description", ONLINE.description),
        "jm": text("unit", ONLINE.unit),
        "rd": flag("1 discount, 0 surcharge"),
        "rn": text("name of the discount", ONLINE.discount_name),
        "rp": Field(FieldType.PERCENT, "percent", ONLINE.percent),
        "rw": amount("amount of the discount"),
        "np": text("classification (PKWiU)", ONLINE.classification),
        "nc": text("goods code", ONLINE.goods_code),
    },
    "trnipset": {
        "ni": text("tax id", ONLINE.tax_id),
        "dw": flag("emphasised"),
        "ds": text("label", ONLINE.tax_id_label),
    },
    "trdiscntsubtot": DISCOUNT,
    "trdiscntbill": DISCOUNT,
    "trpayment": PAYMENT,
    "trpaymentcanc": {},
    "trsubtotcanc": {},
    "trend": {
        "to": amount("fiscal total", TOTAL),
        "op": amount("packaging issued", TOTAL),
        "om": amount("packaging returned", TOTAL),
        "fp": amount("payments", TOTAL),
        "re": amount("change", TOTAL),
        "fe": flag("finish"),
    },
    "trftrln": {
        "id": count("kind of line", 42),
        "na": text("text"),
        "sw": flag("wide"),
        "sh": flag("high"),
    },
    "trftrend": {},
    "prncancel": {},
    "trcancel": {},
    "hardprncancel": {},
    "ftrcfg": {
        "cc": text("cashier", ONLINE.cashier),
        "cn": text("till", ONLINE.till),
        "ca": flag("keep cashier and till"),
        "sn": text("system number", ONLINE.system_number),
        "bc": text("bar code", ONLINE.bar_code),
        "bb": count("2D code", 2),
        "ln": lines("information"),
        "lb": flag("keep the information"),
        "fe": count("cutting", 3),
    },
    "trdiscntline": {
        "vt": RATE_INDEX,
        "ds": text("name of the goods", ONLINE.name),
        "rt": amount("sale that it applies to"),
        "st": flag("cancel it"),
        **DISCOUNT,
    },
    "trdiscntvat": {"vt": RATE_INDEX, "rt": amount("sale that it applies to"), **DISCOUNT},
    "trdiscntpromo": {
        "vt": RATE_INDEX,
        "rw": amount("amount"),
        "st": flag("cancel it"),
        "na": text("name", ONLINE.discount_name),
    },
    "showsubtotal": {},
    "tradvance": {
        "na": text("name", ONLINE.name),
        "vt": RATE_INDEX,
        "pr": amount("advance"),
        "st": flag("storno"),
        "wa": amount("sale that it is deducted from"),
    },
    "trpackinit": {},
    "trpack": {
        "na": text("number of the packaging", ONLINE.packaging_number),
        "ne": flag("0 issued, 1 returned"),
        "st": flag("storno"),
        "pr": amount("unit price"),
        "il": number("quantity", int(ONLINE.quantity_max)),
        "wa": amount("amount"),
        "de": text("description", ONLINE.description),
    },
    "trpaymentdelete": PAYMENT,
    "trpaymentcurr": FOREIGN,
    "trpaymentcurrdelete": FOREIGN,
}

MUTATING = frozenset(
    (
        "trinit",
        "trline",
        "trnipset",
        "trdiscntline",
        "trdiscntvat",
        "trdiscntpromo",
        "trdiscntsubtot",
        "trdiscntbill",
        "showsubtotal",
        "tradvance",
        "trpackinit",
        "trpack",
        "trpayment",
        "trpaymentdelete",
        "trpaymentcanc",
        "trpaymentcurr",
        "trpaymentcurrdelete",
        "trsubtotcanc",
        "trend",
        "trftrln",
        "trftrend",
        "prncancel",
        "trcancel",
        "hardprncancel",
        "ftrcfg",
    )
)
