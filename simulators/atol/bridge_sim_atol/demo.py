"""What a demonstration of this register sells, to whom, and which faults show it best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEMO: Mapping[str, Any] = {
    "currency": "RUB",
    "devices": [
        {"serial": "00106123456789", "fn_serial": "9999078900021031", "shop": "МАГАЗИН 'У ДОРОГИ'|ш. Энтузиастов, 12|г. Москва"},
        {
            "serial": "00106123456802",
            "fn_serial": "9999078900021048",
            "rnm": "0000000001020411",
            "shop": "БУЛОЧНАЯ 'КАЛАЧ'|ул. Садовая, 5|г. Тула",
            "results": "told",
        },
    ],
    "goods": [
        {"name": "Калач тульский", "unit": "шт", "price": "4.50", "vat": "10%"},
        {"name": "Чай «Иван-да-Марья» развесной", "unit": "кг", "price": "80.00", "vat": "22%"},
        {"name": "Сметана 20%", "unit": "шт", "price": "7.99", "vat": "10%"},
        {"name": "Вареники с вишней", "unit": "шт", "price": "24.90", "vat": "22%"},
        {"name": "Пряник печатный", "unit": "шт", "price": "39.00", "vat": "22%"},
        {"name": "Газета местная", "unit": "шт", "price": "3.20", "vat": "10%"},
    ],
    "customer": {"ids": [{"type": "inn", "value": "7707083893"}], "name": "ООО «Ромашка»"},
    "operator": "Жанна",
    "shift": True,
    "refund": True,
    "cash_out": True,
    "faults": {
        "answer_lost": {"fault": "cut_command", "command": "4A", "step": "after"},
        "paper_out": {"fault": "paper_out", "command": "45", "step": "before"},
        "cover_open": {"fault": "cover_open", "command": "4A", "step": "before"},
        "cable_out": {"fault": "unplug", "command": "4A", "step": "after"},
        "cable_out_inside": {"fault": "unplug", "command": "92", "step": "before"},
        "power_cut": {"fault": "power_cut", "command": "4A", "step": "after"},
    },
}
