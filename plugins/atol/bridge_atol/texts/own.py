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
OTHER_PRINTED_SINCE = Own(
    "request.conflict",
    "The document that waits for its paper is not the last one any more, and the device prints no other again.",
    "Документ, который ждёт бумаги, уже не последний, а другой документ касса повторно не печатает.",
    "Напечатайте его из личного кабинета ОФД.",
    "Print it from the operator's (OFD) site.",
)
