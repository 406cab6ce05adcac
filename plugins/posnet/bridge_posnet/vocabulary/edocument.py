"""Parameters of e-documents and of their answers.

Follows protocol-specs/posnet, "E-document".
"""

from __future__ import annotations

from bridge_posnet.fields import ONLINE
from bridge_posnet.vocabulary.makers import Fields, Table, count, flag, iso, text

IDZ = text("customer's identifier", ONLINE.customer_id)
SERVER = text("server", ONLINE.server)
NUMBER = count("number of the e-document", 4_294_967_295)
RECORD: Fields = {
    "ad": SERVER,
    "di": count("number in protected memory"),
    "id": text("customer's identifier"),
    "hd": NUMBER,
    "rd": iso("registered"),
    "uc": text("error of the confirmation"),
    "hc": count("HTTP status"),
    "cc": count("transport's code"),
    "ac": count("application's code"),
    "st": count("state", 4),
    "sd": iso("state changed"),
    "pr": flag("printed too"),
}

FIELDS: Table = {
    "eparagonstatusget": {"st": flag("the service is on")},
    "eparagonstatusset": {"st": flag("the service is on")},
    "eparagondefaultset": {
        "ad": SERVER,
        "ct": count("0 none, 1 Posnet root, 2 thumbprint", 2),
        "tp": text("thumbprint, 40 hex digits", 40),
        "gi": flag("send identifiers of graphics"),
        "ft": flag("send the footer"),
        "td": flag("send the lines"),
        "hd": flag("send the header"),
        "gb": flag("send graphics"),
        "ts": count("seconds to wait for an answer", 120),
        "tt": count("seconds to wait for the sending", 120),
    },
    "eparagonidznext": {"id": IDZ, "ad": SERVER, "ha": NUMBER},
    "eparagonidzcancel": {},
    "eparagonidzprev": {"id": IDZ, "ad": SERVER, "ha": NUMBER},
    "eparagonbufferget": RECORD,
    "eparagonbuffercontextset": {"ty": count("0 by date", 0)},
    "eparagonbuffercontextget": RECORD,
    "eparagonbuffersummaryget": {
        "fr": count("free"),
        "ne": count("new"),
        "ok": count("sent"),
        "fi": count("failed, are sent again"),
        "ft": count("failed for good"),
        "re": count("reserved"),
    },
    "eparagonbufferfreecntget": {"rc": count("free")},
    "eparagonscheduleset": {
        "sa": count("seconds to the 1st try", 300),
        "sb": count("to the 2nd", 300),
        "sc": count("to the 3rd", 300),
        "sd": count("to the 4th", 300),
        "se": count("to the 5th", 300),
        "op": count("seconds between later tries", 86_400),
        "tl": count("seconds until it is given up", 2_592_000),
    },
    "eparagonconnectiontest": {
        "ad": SERVER,
        "ap": count("application's code"),
        "ht": count("HTTP status"),
        "cu": count("transport's code"),
    },
}

MUTATING = frozenset(
    (
        "eparagonstatusset",
        "eparagondefaultset",
        "eparagonidznext",
        "eparagonidzcancel",
        "eparagonidzprev",
        "eparagonbuffercontextset",
        "eparagonscheduleset",
    )
)
