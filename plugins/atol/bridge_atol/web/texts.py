"""What the driver itself says of a device behind the server: why it waits, and refusals of its own. English and Russian."""

from __future__ import annotations

from bridge.plugin import Refusal

# --- why the queue does not go on

QUEUE_BUSY = Refusal(
    "device.busy",
    "The device has other documents to make first.",
    ru=("Касса сначала должна выполнить другие документы.", "Подождите и повторите."),
)
DEVICE_LOST = Refusal(
    "device.offline",
    "The server has lost the device in the middle of a document. Check its power and cable; the server goes on by itself.",
    ru=(
        "Сервер потерял связь с кассой во время документа. Проверьте питание и кабель; сервер продолжит сам.",
        "Проверьте питание и кабель кассы.",
    ),
)
STORAGE_FAILED = Refusal(
    "device.fault",
    "The fiscal storage failed in the middle of a document. Switch the device off and on; the server goes on by itself.",
    ru=(
        "Фискальный накопитель дал сбой во время документа. Выключите и включите кассу; сервер продолжит сам.",
        "Выключите и включите кассу.",
    ),
)
PRINTER_STOPPED = Refusal(
    "device.paper_out",
    "The device is out of paper, or its cover is open. Put paper in and close the cover; the server goes on by itself.",
    ru=(
        "В кассе нет бумаги, или открыта крышка. Вставьте бумагу и закройте крышку; сервер продолжит сам.",
        "Вставьте бумагу и закройте крышку.",
    ),
)
QUEUE_STOPPED = Refusal(
    "device.busy",
    "The queue of the device stands still. Look at the vendor's server.",
    ru=("Очередь кассы остановлена. Проверьте сервер производителя.", "Проверьте сервер производителя."),
)

# --- what keeps the device from printing

COVER_OPEN = Refusal(
    "device.cover_open",
    "The cover of the device is open. Close it.",
    ru=("Открыта крышка кассы. Закройте её.", "Закройте крышку."),
)
PAPER_OUT = Refusal(
    "device.paper_out",
    "The device is out of paper. Put paper in.",
    ru=("В кассе нет бумаги. Вставьте бумагу.", "Вставьте бумагу."),
)

# --- the server

SERVER_SILENT = Refusal(
    "device.offline",
    "The vendor's server does not answer: {problem}.",
    "Check that the server runs, then try again.",
    ru=("Сервер производителя не отвечает: {problem}.", "Проверьте, что сервер запущен, и повторите."),
)
SERVER_UNREADABLE = Refusal(
    "device.fault",
    "The vendor's server gives an answer that cannot be read: {problem}.",
    "Check the vendor's server and its version.",
    ru=("Ответ сервера производителя не удаётся прочитать: {problem}.", "Проверьте сервер производителя и его версию."),
)
TAKEN_BACK = Refusal(
    "request.aborted",
    "It was taken back before the device began with it.",
    ru=("Документ отозван до того, как касса начала его.", "Отправьте его ещё раз, если он нужен."),
)
