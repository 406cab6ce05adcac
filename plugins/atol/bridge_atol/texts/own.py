"""Refusals that are the driver's own: what the device's state forbids, said before the device has to. English and Russian.

What the device itself refuses is in the table of errors, with its Russian in `ru.py`.
"""

from __future__ import annotations

from dataclasses import dataclass

from bridge.model import JobError
from bridge.plugin import DeviceError


@dataclass(frozen=True, slots=True)
class Own:
    """`code`: the uniform code. `remedy` empty: that of the code. Texts may have `{values}`."""

    code: str
    text: str
    russian: str
    russian_remedy: str
    remedy: str = ""

    def error(self, *, field: str | None = None, **values: object) -> DeviceError:
        return DeviceError(
            JobError.of(
                self.code,
                self.text.format(**values),
                field=field,
                remedy=self.remedy or None,
                texts={"ru": (self.russian.format(**values), self.russian_remedy)},
            )
        )


SHIFT_OPEN = Own("request.conflict", "A shift is open already.", "Смена уже открыта.", "Сначала закройте её.", "Close it first.")
CLOCK_IN_SHIFT = Own(
    "request.conflict",
    "The clock is set while the shift is closed.",
    "Часы можно установить только при закрытой смене.",
    "Сначала закройте смену.",
    "Close the shift first.",
)
RECEIPT_OPEN = Own(
    "device.busy",
    "A receipt is open on the device.",
    "На кассе открыт чек.",
    "Завершите или отмените его и повторите.",
    "Finish or cancel it, then try again.",
)
RECEIPT_OF_OTHERS = Own(
    "device.busy",
    "Another program has a receipt open on the device.",
    "На кассе открыт чек другой программы.",
    "Подождите, пока он будет закрыт.",
)
RECEIPT_LEFT_OPEN = Own(
    "device.busy",
    "A receipt was left open on the device, and the settings forbid to cancel it.",
    "На кассе остался открытый чек, а настройки запрещают его отменять.",
    "Завершите или отмените его на кассе, или разрешите cancel_leftover в настройках кассы в мосте.",
    "Finish or cancel it at the device, or allow cancel_leftover in the device's settings.",
)
RECEIPT_STAYS_OPEN = Own(
    "device.busy",
    "A receipt is open on the device and cannot be cancelled from here.",
    "На кассе открыт чек, который отсюда не отменить.",
    "Завершите или отмените его на кассе.",
)
OTHER_STORAGE = Own(
    "request.conflict",
    "The document that waits for its paper is in another fiscal storage than the device has now.",
    "Документ, который ждёт бумаги, записан в другом фискальном накопителе.",
    "Напечатайте его из личного кабинета ОФД.",
    "Print it from the operator's (OFD) site.",
)
OTHER_DOCUMENT = Own(
    "request.conflict",
    "The till expects that document {wanted} was the last one; the device says {last}.",
    "Касса ожидала, что последним был документ {wanted}, а устройство называет {last}.",
    "Запросите состояние устройства ещё раз.",
)
UNREADABLE = Own(
    "device.fault",
    "The device gives an answer that cannot be read: {problem}.",
    "Ответ кассы не удаётся прочитать: {problem}.",
    "Выключите и включите кассу; если ошибка повторится, вызовите сервисную службу.",
)

# --- what keeps the device from printing

PAPER_OUT = Own(
    "device.paper_out",
    "The device is out of paper, or its cover is open. Put paper in and close the cover.",
    "В кассе нет бумаги, или открыта крышка. Вставьте бумагу и закройте крышку.",
    "Вставьте бумагу и закройте крышку.",
)
NO_PRINTER = Own(
    "device.fault",
    "The device has no connection to its printing mechanism. Switch it off and on.",
    "У кассы нет связи с печатающим механизмом. Выключите и включите её.",
    "Выключите и включите кассу.",
)
PRINTER_FAULT = Own(
    "device.fault",
    "The printing mechanism of the device reports a fault. Look after it.",
    "Печатающий механизм кассы сообщает о неисправности. Проверьте его.",
    "Проверьте печатающий механизм.",
)
CUTTER_FAULT = Own(
    "device.fault",
    "The cutter of the device reports a fault. Free it.",
    "Отрезчик кассы сообщает о неисправности. Освободите его.",
    "Освободите отрезчик.",
)
OVERHEATED = Own(
    "device.busy",
    "The print head is too hot. Wait until it has cooled down.",
    "Печатающая головка перегрета. Подождите, пока она остынет.",
    "Подождите и повторите.",
)
REPORTING = Own(
    "device.busy", "The device is still making a report.", "Касса ещё снимает отчёт.", "Дождитесь конца отчёта и повторите."
)
