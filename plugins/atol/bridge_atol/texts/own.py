"""Refusals of this family alone, beside `bridge.plugin.usual`: what the device's state forbids, said before the device has to.

What the device itself refuses is in the table of errors, with its Russian in `ru.py`.
"""

from __future__ import annotations

from bridge.plugin import Refusal

OTHER_STORAGE = Refusal(
    "request.conflict",
    "The document that waits for its paper is in another fiscal storage than the device has now.",
    "Print it from the operator's (OFD) site.",
    ru=("Документ, который ждёт бумаги, записан в другом фискальном накопителе.", "Напечатайте его из личного кабинета ОФД."),
)

# --- what keeps the device from printing

PAPER_OUT = Refusal(
    "device.paper_out",
    "The device is out of paper, or its cover is open. Put paper in and close the cover.",
    ru=("В кассе нет бумаги, или открыта крышка. Вставьте бумагу и закройте крышку.", "Вставьте бумагу и закройте крышку."),
)
NO_PRINTER = Refusal(
    "device.fault",
    "The device has no connection to its printing mechanism. Switch it off and on.",
    ru=("У кассы нет связи с печатающим механизмом. Выключите и включите её.", "Выключите и включите кассу."),
)
PRINTER_FAULT = Refusal(
    "device.fault",
    "The printing mechanism of the device reports a fault. Look after it.",
    ru=("Печатающий механизм кассы сообщает о неисправности. Проверьте его.", "Проверьте печатающий механизм."),
)
CUTTER_FAULT = Refusal(
    "device.fault",
    "The cutter of the device reports a fault. Free it.",
    ru=("Отрезчик кассы сообщает о неисправности. Освободите его.", "Освободите отрезчик."),
)
OVERHEATED = Refusal(
    "device.busy",
    "The print head is too hot. Wait until it has cooled down.",
    ru=("Печатающая головка перегрета. Подождите, пока она остынет.", "Подождите и повторите."),
)
REPORTING = Refusal(
    "device.busy", "The device is still making a report.", ru=("Касса ещё снимает отчёт.", "Дождитесь конца отчёта и повторите.")
)
