"""What a demonstration of this register sells, to whom, and which faults show it best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEMO: Mapping[str, Any] = {
    "currency": "RUB",
    "devices": [
        {"serial": "380001002345", "fn_serial": "9999078900012955", "shop": "МАГАЗИН «ПОД ЛИПОЙ»|ул. Липовая, 7|г. Москва"},
        {
            "serial": "380001002417",
            "fn_serial": "9999078900013001",
            "rnm": "0000000400054999",
            "shop": "КОФЕЙНЯ «ПАРУС»|наб. Морская, 3|г. Калининград",
            "link": "v2",
        },
    ],
    "goods": [
        {"name": "Хлеб ржаной на закваске", "unit": "шт", "price": "4.50", "vat": "10%"},
        {"name": "Кофе в зёрнах «Эфиопия»", "unit": "кг", "price": "80.00", "vat": "22%"},
        {"name": "Масло 82,5%", "unit": "шт", "price": "7.99", "vat": "10%"},
        {"name": "Пельмени домашние", "unit": "шт", "price": "24.90", "vat": "22%"},
        {"name": "Кружка «Ёжик»", "unit": "шт", "price": "39.00", "vat": "22%"},
        {"name": "Газета местная", "unit": "шт", "price": "3.20", "vat": "10%"},
    ],
    "customer": {"ids": [{"type": "inn", "value": "7707083893"}], "name": "ООО «Ромашка»"},
    "operator": "Жанна",
    "shift": True,
    "refund": True,
    "cash_out": True,
    "faults": {
        "answer_lost": {"fault": "cut_command", "command": "FF45", "step": "after"},
        "paper_out": {"fault": "paper_out", "command": "FF45", "step": "recorded"},
        "cover_open": {"fault": "cover_open", "command": "FF45", "step": "before"},
        "cable_out": {"fault": "unplug", "command": "FF45", "step": "after"},
        "cable_out_inside": {"fault": "unplug", "command": "8D", "step": "before"},
        "power_cut": {"fault": "power_cut", "command": "FF45", "step": "after"},
    },
}
