"""Which class reads an answer, and which answer belongs to which command. Follows protocol-specs/posnet, "Answers"."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge_posnet.answers.counters import CashState, Counters, DailyTotals, TransactionState
from bridge_posnet.answers.edocument import (
    EDocumentConnection,
    EDocumentNumber,
    EDocumentRecord,
    EDocumentRoom,
    EDocumentService,
    EDocumentSummary,
)
from bridge_posnet.answers.memory import DailyRecord, LastDocument, Reprints, Text
from bridge_posnet.answers.status import (
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
from bridge_posnet.frame import Frame

Answer = (
    Identity
    | GeneralStatus
    | DeviceStatus
    | PrinterStatus
    | FiscalState
    | VatTable
    | Clock
    | Drawer
    | Authorisation
    | Currency
    | DiscountMethod
    | ReceiptCounter
    | GoodsRecord
    | FormState
    | TransactionState
    | Counters
    | DailyTotals
    | CashState
    | LastDocument
    | DailyRecord
    | Reprints
    | Text
    | EDocumentService
    | EDocumentNumber
    | EDocumentRecord
    | EDocumentSummary
    | EDocumentRoom
    | EDocumentConnection
)

_CLASSES: tuple[type[Answer], ...] = (
    Identity,
    GeneralStatus,
    DeviceStatus,
    PrinterStatus,
    FiscalState,
    VatTable,
    Clock,
    Drawer,
    Authorisation,
    Currency,
    DiscountMethod,
    ReceiptCounter,
    GoodsRecord,
    FormState,
    TransactionState,
    Counters,
    DailyTotals,
    CashState,
    LastDocument,
    DailyRecord,
    Reprints,
    Text,
    EDocumentService,
    EDocumentNumber,
    EDocumentRecord,
    EDocumentSummary,
    EDocumentRoom,
    EDocumentConnection,
)

# Mnemonic -> class of its answer. Commands that are not here have the standard answer, without fields.
ANSWERS: Mapping[str, type[Answer]] = MappingProxyType({m: kind for kind in _CLASSES for m in kind.MNEMONICS})


def parse_answer(frame: Frame) -> Answer | None:
    """The typed answer, None where the mnemonic has only the standard answer. Raises BadAnswer."""
    kind = ANSWERS.get(frame.mnemonic)
    return None if kind is None else kind.from_frame(frame)


def is_answer_to(request: Frame, answer: Frame) -> bool:
    """Whether `answer` can belong to `request`: by mnemonic, and by token where both have one.

    An `ERR` belongs to it unless its token or its `cm` names another command. The answer to `rpt` is the stored answer
    of another command, with the token of that command.
    """
    if request.token is not None and answer.token is not None and request.token != answer.token:
        return False
    if answer.is_frame_error:
        named = answer.get("cm")
        return not named or named.lstrip(b"!") == request.mnemonic.encode("ascii")
    if request.mnemonic == "rpt":
        return answer.token == request.token
    if request.token is not None and answer.token is None:
        return False
    return answer.mnemonic == request.mnemonic
