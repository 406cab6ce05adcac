"""E-documents. Follows protocol-specs/posnet, "E-document"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Self

from bridge_posnet.fields import read_bool, read_integer
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.reader import Reader, read_code, read_text
from bridge_posnet.states import EDocumentState


@dataclass(frozen=True, slots=True)
class EDocumentService:
    """`eparagonstatusget`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("eparagonstatusget",)

    on: bool
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("st", read_bool),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class EDocumentNumber:
    """`eparagonidznext`, `eparagonidzprev`: unique for every e-document."""

    MNEMONICS: ClassVar[tuple[str, ...]] = (
        "eparagonidznext",
        "eparagonidzprev",
    )

    number: int
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("ha", read_integer),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class EDocumentRecord:
    """One record of the buffer of e-documents. Times are None while it waits for its receipt.

    `document` is the number in protected memory. The codes are 0 where all is well; no HTTP status means no connection.
    """

    MNEMONICS: ClassVar[tuple[str, ...]] = (
        "eparagonbufferget",
        "eparagonbuffercontextget",
    )

    server: str | None
    document: int | None
    customer: str | None
    number: int | None
    registered: datetime | None
    confirmation_error: str | None
    http_status: int | None
    transport_code: int | None
    application_code: int | None
    state: EDocumentState | int
    changed: datetime | None
    printed: bool | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.optional("ad", read_text),
            reader.optional("di", read_integer),
            reader.optional("id", read_text),
            reader.optional("hd", read_integer),
            reader.since_iso("rd"),
            reader.optional("uc", read_text),
            reader.optional("hc", read_integer),
            reader.optional("cc", read_integer),
            reader.optional("ac", read_integer),
            reader.required("st", lambda value: read_code(EDocumentState, value)),
            reader.since_iso("sd"),
            reader.optional("pr", read_bool),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class EDocumentSummary:
    """`eparagonbuffersummaryget`: records of the buffer by their state."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("eparagonbuffersummaryget",)

    free: int | None
    new: int | None
    sent: int | None
    failed: int | None
    given_up: int | None
    reserved: int | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.optional("fr", read_integer),
            reader.optional("ne", read_integer),
            reader.optional("ok", read_integer),
            reader.optional("fi", read_integer),
            reader.optional("ft", read_integer),
            reader.optional("re", read_integer),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class EDocumentRoom:
    """`eparagonbufferfreecntget`."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("eparagonbufferfreecntget",)

    free: int
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.required("rc", read_integer),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class EDocumentConnection:
    """`eparagonconnectiontest`: codes are 0 where all is well; no HTTP status means no connection."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("eparagonconnectiontest",)

    application_code: int | None
    http_status: int | None
    transport_code: int | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.optional("ap", read_integer),
            reader.optional("ht", read_integer),
            reader.optional("cu", read_integer),
            reader.unknown(),
        )
