"""What a demonstration of this terminal takes, from whom, and which faults show it best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Shops in Poland, as the printers of the demonstration are, so that one till sells on both. People at a demonstration do not wait as long as they do at a till.
_QUICK = {"currency": "985", "card_ms": "400", "pin_ms": "400", "host_ms": "300", "work_ms": "300"}

DEMO: Mapping[str, Any] = {
    "pays": True,
    "currency": "PLN",
    "devices": [
        {
            "tid": "29001006",
            "serial": "17000123",
            "shop": "PIEKARNIA POD LIPKAMI|ul. Lipowa 7|00-001 Warszawa",
            "first_receipt": "101",
            "first_trace": "2001",
            **_QUICK,
        },
        {
            "tid": "29001007",
            "serial": "17000124",
            "shop": "KAWIARNIA NA RYNKU|Rynek 3|31-010 Kraków",
            "first_receipt": "501",
            "first_trace": "7001",
            **_QUICK,
        },
    ],
    "settings": {
        "currency": "PLN",
        "zone": "Europe/Warsaw",
        "password": "123456",
        "receipts": "terminal",
        "reversal_window": 2.0,
        "timeouts": {"busy": 0.5},
    },
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
