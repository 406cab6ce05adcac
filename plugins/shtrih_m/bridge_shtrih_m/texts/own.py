"""Refusals of this family alone, beside `bridge.plugin.usual`: what the device's state forbids, said before the device has to.

What the device itself refuses is in the table of errors, with its Russian in `ru.py`.
"""

from __future__ import annotations

from bridge.plugin import Refusal

# --- the shift and the clock

DATE_TO_CONFIRM = Refusal(
    "device.clock",
    "Date and time of the device must be confirmed.",
    ru=("Касса ждёт подтверждения даты и времени.", "Установите часы кассы."),
)

# --- paper

PAPER_OUT = Refusal(
    "device.paper_out",
    "The device is out of paper. Put paper in and close the cover.",
    ru=("В кассе нет бумаги. Вставьте бумагу и закройте крышку.", "Вставьте бумагу."),
)
COVER_OPEN = Refusal(
    "device.cover_open",
    "The cover of the device is open. Close it.",
    ru=("Крышка кассы открыта. Закройте её.", "Закройте крышку."),
)
WAITS_TO_GO_ON = Refusal(
    "device.busy",
    "There is paper again; the device waits to go on with printing.",
    "Let it go on (document.continue), or press its key.",
    ru=(
        "Бумага есть; касса ждёт команды продолжить печать.",
        "Продолжите печать (document.continue) или нажмите клавишу на кассе.",
    ),
)
PRINTING = Refusal(
    "device.busy", "The device is still printing.", ru=("Касса ещё печатает.", "Дождитесь конца печати и повторите.")
)

# --- copies

NO_STORAGE = Refusal(
    "request.unsupported",
    "This device has no fiscal storage: it repeats its last receipt on paper, and nothing else.",
    "Leave document and delivery out.",
    ru=(
        "В этой кассе нет фискального накопителя: она печатает только копию последнего чека.",
        "Не указывайте номер документа и печатайте на бумаге.",
    ),
)
