"""Parameters of the reports.

Follows protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal".
"""

from __future__ import annotations

from bridge_posnet.fields import ONLINE
from bridge_posnet.vocabulary.makers import Fields, Table, count, day, flag, text

PERIOD: Fields = {"su": flag("summary only")}

FIELDS: Table = {
    "dailyrep": {"da": day("date"), "up": text("unconditional")},
    "monthlyrep": {"da": day("month"), **PERIOD},
    "periodicrepbydates": {"fd": day("from"), "td": day("to"), **PERIOD},
    "periodicrepbynumbers": {"fn": count("from"), "tn": count("to"), **PERIOD},
    "shiftrep": {"sh": text("shift", ONLINE.shift), "zr": flag("set it back")},
    "cashstaterep": {},
    "servicerep": {},
    "hardwarecfgrep": {},
    "commcfgrep": {},
    "reponline": {},
    "eparagonrep": {},
}

MUTATING = frozenset(
    (
        "dailyrep",
        "monthlyrep",
        "periodicrepbydates",
        "periodicrepbynumbers",
        "shiftrep",
        "cashstaterep",
        "servicerep",
        "hardwarecfgrep",
        "commcfgrep",
        "reponline",
        "eparagonrep",
    )
)
