"""What the driver itself says of a device behind the server: why it waits, and refusals of its own. English and Russian."""

from __future__ import annotations

from bridge_atol.texts.own import Own

# --- why the queue does not go on

QUEUE_BUSY = Own(
    "device.busy",
    "The device has other documents to make first.",
    "Касса сначала должна выполнить другие документы.",
    "Подождите и повторите.",
)
DEVICE_LOST = Own(
    "device.offline",
    "The server has lost the device in the middle of a document. Check its power and cable; the server goes on by itself.",
    "Сервер потерял связь с кассой во время документа. Проверьте питание и кабель; сервер продолжит сам.",
    "Проверьте питание и кабель кассы.",
)
STORAGE_FAILED = Own(
    "device.fault",
    "The fiscal storage failed in the middle of a document. Switch the device off and on; the server goes on by itself.",
    "Фискальный накопитель дал сбой во время документа. Выключите и включите кассу; сервер продолжит сам.",
    "Выключите и включите кассу.",
)
PRINTER_STOPPED = Own(
    "device.paper_out",
    "The device is out of paper, or its cover is open. Put paper in and close the cover; the server goes on by itself.",
    "В кассе нет бумаги, или открыта крышка. Вставьте бумагу и закройте крышку; сервер продолжит сам.",
    "Вставьте бумагу и закройте крышку.",
)
QUEUE_STOPPED = Own(
    "device.busy",
    "The queue of the device stands still. Look at the vendor's server.",
    "Очередь кассы остановлена. Проверьте сервер производителя.",
    "Проверьте сервер производителя.",
)

# --- what keeps the device from printing

COVER_OPEN = Own(
    "device.cover_open", "The cover of the device is open. Close it.", "Открыта крышка кассы. Закройте её.", "Закройте крышку."
)
PAPER_OUT = Own(
    "device.paper_out", "The device is out of paper. Put paper in.", "В кассе нет бумаги. Вставьте бумагу.", "Вставьте бумагу."
)

# --- the server

SERVER_SILENT = Own(
    "device.offline",
    "The vendor's server does not answer: {problem}.",
    "Сервер производителя не отвечает: {problem}.",
    "Проверьте, что сервер запущен, и повторите.",
    "Check that the server runs, then try again.",
)
SERVER_UNREADABLE = Own(
    "device.fault",
    "The vendor's server gives an answer that cannot be read: {problem}.",
    "Ответ сервера производителя не удаётся прочитать: {problem}.",
    "Проверьте сервер производителя и его версию.",
    "Check the vendor's server and its version.",
)
TAKEN_BACK = Own(
    "request.aborted",
    "It was taken back before the device began with it.",
    "Документ отозван до того, как касса начала его.",
    "Отправьте его ещё раз, если он нужен.",
)
