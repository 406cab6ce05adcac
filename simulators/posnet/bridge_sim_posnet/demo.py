"""What a demonstration of this printer sells, to whom, and which faults show it best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEMO: Mapping[str, Any] = {
    "currency": "PLN",
    "devices": [
        {"unique_number": "ZBF 2101002392", "shop": "SKLEP POD LIPĄ|ul. Lipowa 7 lok. 2|00-123 Warszawa"},
        {"unique_number": "ZBF 2101002417", "shop": "KAWIARNIA POD ŻAGLEM|al. Żeglarska 3|81-001 Gdynia"},
    ],
    "goods": [
        {"name": "Chleb żytni na zakwasie", "unit": "szt", "price": "4.50", "vat": "5%"},
        {"name": "Kawa ziarnista Etiopia", "unit": "kg", "price": "80.00", "vat": "23%"},
        {"name": "Masło 82%", "unit": "szt", "price": "7.99", "vat": "5%"},
        {"name": "Pierogi ruskie", "unit": "porc", "price": "24.90", "vat": "8%"},
        {"name": "Kubek „Źdźbło”", "unit": "szt", "price": "39.00", "vat": "23%"},
        {"name": "Gazeta lokalna", "unit": "szt", "price": "3.20", "vat": "8%"},
    ],
    "customer": {"ids": [{"type": "nip", "value": "5260250274"}]},
    "operator": "Żaneta",
    "refund": True,
    "cash_out": True,
    "faults": {
        "answer_lost": {"fault": "cut_command", "command": "trend", "step": "after"},
        "paper_out": {"fault": "paper_out", "command": "trend", "step": "before"},
        "cover_open": {"fault": "cover_open", "command": "trend", "step": "before"},
        "cable_out": {"fault": "unplug", "command": "trend", "step": "after"},
        "cable_out_inside": {"fault": "unplug", "command": "trinit", "step": "before"},
        "power_cut": {"fault": "power_cut", "command": "trend", "step": "after"},
    },
}
