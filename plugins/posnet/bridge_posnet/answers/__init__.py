"""The printer's answers as frozen classes, each with `from_frame`; one file for each subject.

Fields may come in any order, old models leave some out (None here), and fields that are not known are kept in `unknown`.
Money is Decimal zloty with two places. A malformed answer raises BadAnswer and nothing else.
"""

from bridge_posnet.answers.counters import CashState, Counters, DailyTotals, TransactionState
from bridge_posnet.answers.edocument import (
    EDocumentConnection,
    EDocumentNumber,
    EDocumentRecord,
    EDocumentRoom,
    EDocumentService,
    EDocumentSummary,
)
from bridge_posnet.answers.matching import ANSWERS, Answer, is_answer_to, parse_answer
from bridge_posnet.answers.memory import DailyRecord, LastDocument, Reprints, Text
from bridge_posnet.answers.status import (
    UNLIMITED_AUTHORISATION,
    Authorisation,
    Clock,
    Currency,
    DeviceStatus,
    DiscountMethod,
    Drawer,
    FiscalState,
    FormState,
    GeneralStatus,
    GoodsRecord,
    Identity,
    PrinterStatus,
    ReceiptCounter,
    VatTable,
)
from bridge_posnet.fields import Rate
from bridge_posnet.reader import UNNUMBERED, BadAnswer, ByRate, error_of
from bridge_posnet.states import DeviceState, DocumentKind, DrawerState, EDocumentState, Holder, Mechanism, ProtectedKind

__all__ = (
    "ANSWERS", "UNLIMITED_AUTHORISATION", "UNNUMBERED", "Answer", "Authorisation", "BadAnswer", "ByRate", "CashState",
    "Clock", "Counters", "Currency", "DailyRecord", "DailyTotals", "DeviceState", "DeviceStatus", "DiscountMethod",
    "DocumentKind", "Drawer", "DrawerState", "EDocumentConnection", "EDocumentNumber", "EDocumentRecord", "EDocumentRoom",
    "EDocumentService", "EDocumentState", "EDocumentSummary", "FiscalState", "FormState", "GeneralStatus", "GoodsRecord",
    "Holder", "Identity", "LastDocument", "Mechanism", "PrinterStatus", "ProtectedKind", "Rate", "ReceiptCounter",
    "Reprints", "Text", "TransactionState", "VatTable", "error_of", "is_answer_to", "parse_answer",
)  # fmt: skip
