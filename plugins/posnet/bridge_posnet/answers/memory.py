"""Fiscal and protected memory. Follows protocol-specs/posnet, "Identification and status"."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Self

from bridge_posnet.fields import read_integer, read_money
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.reader import ByRate, Reader, read_text


@dataclass(frozen=True, slots=True)
class LastDocument:
    """`eclastdocnoget`: number in protected memory, 0 where there is none."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("eclastdocnoget",)

    number: int
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.required("di", read_integer), reader.unknown())


@dataclass(frozen=True, slots=True)
class DailyRecord:
    """`fmrecrd`: a daily report in the fiscal memory. `kind` 0: no such record.

    The names of the fields with its date and number are not public: they are in `unknown`.
    """

    MNEMONICS: ClassVar[tuple[str, ...]] = ("fmrecrd",)

    kind: int | None
    receipt_gross: ByRate
    receipts: int | None
    invoice_gross: ByRate
    invoices: int | None
    cancelled_value: Decimal | None
    cancelled: int | None
    signature: str | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(
            reader.optional("ty", read_integer),
            reader.amounts("p"),
            reader.optional("pn", read_integer),
            reader.amounts("f"),
            reader.optional("fn", read_integer),
            reader.optional("ct", read_money),
            reader.optional("cn", read_integer),
            reader.optional("si", read_text),
            reader.unknown(),
        )


@dataclass(frozen=True, slots=True)
class Reprints:
    """`ecprndoc`: how many documents were printed again."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("ecprndoc",)

    count: int | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.optional("il", read_integer), reader.unknown())


@dataclass(frozen=True, slots=True)
class Text:
    """`hdrget` and `ftrinfoget`: lines with their marks."""

    MNEMONICS: ClassVar[tuple[str, ...]] = ("hdrget", "ftrinfoget")

    text: str | None
    unknown: tuple[Parameter, ...] = ()

    @classmethod
    def from_frame(cls, frame: Frame) -> Self:
        reader = Reader(frame, cls.MNEMONICS)
        return cls(reader.optional("tx", read_text), reader.unknown())
