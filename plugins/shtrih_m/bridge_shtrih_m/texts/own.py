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


# --- the shift and the clock

SHIFT_CLOSED = Own("device.shift_closed", "No shift is open.", "Смена не открыта.", "Откройте смену.")
SHIFT_EXPIRED = Own(
    "device.shift_expired",
    "The shift is open for more than 24 hours.",
    "Смена открыта более 24 часов.",
    "Закройте смену Z-отчётом и откройте новую.",
    "Close the shift with its Z report, then open a new one.",
)
SHIFT_OPEN = Own("request.conflict", "A shift is open already.", "Смена уже открыта.", "Сначала закройте её.", "Close it first.")
DATE_TO_CONFIRM = Own(
    "device.clock",
    "Date and time of the device must be confirmed.",
    "Касса ждёт подтверждения даты и времени.",
    "Установите часы кассы.",
)
CLOCK_IN_SHIFT = Own(
    "request.conflict",
    "The clock is set while the shift is closed.",
    "Часы можно установить только при закрытой смене.",
    "Сначала закройте смену.",
    "Close the shift first.",
)

# --- what is open

RECEIPT_OPEN = Own(
    "device.busy",
    "A receipt is open on the device.",
    "На кассе открыт чек.",
    "Дождитесь его закрытия и повторите.",
)
OTHERS_RECEIPT = Own(
    "device.busy",
    "Another program has a receipt open on the device.",
    "На кассе открыт чек другой программы.",
    "Дождитесь его закрытия и повторите.",
)
LEFTOVER = Own(
    "device.busy",
    "A receipt was left open on the device, and the settings forbid to cancel it.",
    "На кассе остался открытый чек, а настройки запрещают его аннулировать.",
    "Закройте или аннулируйте его на кассе либо разрешите cancel_leftover в настройках устройства.",
    "Finish or cancel it at the device, or allow cancel_leftover in the device's settings.",
)
NOT_CANCELLED = Own(
    "device.busy",
    "A receipt is open on the device and cannot be cancelled from here.",
    "На кассе открыт чек, и аннулировать его отсюда не удалось.",
    "Закройте или аннулируйте его на кассе.",
    "Finish or cancel it at the device.",
)
OTHER_DOCUMENT = Own(
    "request.conflict",
    "The till expects that document {wanted} was the last one; the device says {last}.",
    "Касса ожидала, что последним был документ {wanted}, а устройство называет {last}.",
    "Запросите состояние устройства ещё раз.",
)

# --- paper

PAPER_OUT = Own(
    "device.paper_out",
    "The device is out of paper. Put paper in and close the cover.",
    "В кассе нет бумаги. Вставьте бумагу и закройте крышку.",
    "Вставьте бумагу.",
)
COVER_OPEN = Own(
    "device.cover_open", "The cover of the device is open. Close it.", "Крышка кассы открыта. Закройте её.", "Закройте крышку."
)
WAITS_TO_GO_ON = Own(
    "device.busy",
    "There is paper again; the device waits to go on with printing.",
    "Бумага есть; касса ждёт команды продолжить печать.",
    "Продолжите печать (document.continue) или нажмите клавишу на кассе.",
    "Let it go on (document.continue), or press its key.",
)
PRINTING = Own("device.busy", "The device is still printing.", "Касса ещё печатает.", "Дождитесь конца печати и повторите.")

# --- copies

NO_DOCUMENT = Own(
    "request.not_found",
    "The fiscal storage has no document {number}.",
    "В фискальном накопителе нет документа {number}.",
    "Проверьте номер; документов прежнего накопителя в этом нет.",
    "Check its number (and day); documents of an earlier fiscal storage are not in this one.",
)
NO_LAST_DOCUMENT = Own(
    "request.not_found",
    "The fiscal storage has no such document among its last ones.",
    "Среди последних документов фискального накопителя такого нет.",
    "Укажите номер документа.",
    "Give the number of the document.",
)
OTHER_KIND = Own(
    "request.not_found",
    "Document {number} of the fiscal storage is of another kind.",
    "Документ {number} фискального накопителя другого вида.",
    "Проверьте номер или не указывайте вид документа.",
    "Check its number, or leave kind out.",
)
NO_STORAGE = Own(
    "request.unsupported",
    "This device has no fiscal storage: it repeats its last receipt on paper, and nothing else.",
    "В этой кассе нет фискального накопителя: она печатает только копию последнего чека.",
    "Не указывайте номер документа и печатайте на бумаге.",
    "Leave document and delivery out.",
)
NO_TEXT = Own(
    "request.not_found",
    "The fiscal storage keeps no text of document {number} any more.",
    "Фискальный накопитель больше не хранит содержание документа {number}.",
    "Получите документ без печати: delivery.paper = false.",
    "Its number and total can still be had: ask with delivery.paper false.",
)
