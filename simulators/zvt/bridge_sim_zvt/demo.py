"""What a demonstration of this terminal takes, from whom, and which faults show it best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# People at a demonstration do not wait as long as they do at a till.
_QUICK = {"card_ms": "400", "pin_ms": "400", "host_ms": "300", "work_ms": "300"}

DEMO: Mapping[str, Any] = {
    "pays": True,
    "currency": "EUR",
    "devices": [
        {"tid": "29001006", "serial": "17000123", "first_receipt": "101", "first_trace": "2001", **_QUICK},
        {
            "tid": "29001007",
            "serial": "17000124",
            "shop": "CAFÉ AM MARKT|Marktplatz 3|04109 Leipzig",
            "first_receipt": "501",
            "first_trace": "7001",
            **_QUICK,
        },
    ],
    "settings": {"password": "123456", "receipts": "terminal", "reversal_window": 2.0, "timeouts": {"busy": 0.5}},
    "amounts": ["12.50", "249.00", "7.80", "34.20"],
    "customers": {
        "willing": {"customer": "approve", "card_ms": "400"},
        "declined": {"customer": "decline"},
        "absent": {"customer": "timeout"},
    },
    "faults": {
        "answer_lost": {"fault": "cut_command", "command": "0601:040F", "step": "after"},
        "end_lost": {"fault": "cut_command", "command": "0601:060F", "step": "before"},
    },
}
