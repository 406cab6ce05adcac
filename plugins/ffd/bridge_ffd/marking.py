"""Marking codes: what is in one, and tag 1162 of FFD 1.05 and 1.1 and tag 1163 of FFD 1.2 made of it.

A code is the bytes that the scanner read, separators (GS, 1D hex) included. Source: protocol-specs/ffd, "Marking".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from bridge_ffd.open_points import (
    EGAIS_2_TYPE,
    EGAIS_3_TYPE,
    GS1_CODE_WITH_IDENTIFIERS,
    TOBACCO_SERIAL_PADDED_TO,
    TOBACCO_TYPE,
)
from bridge_ffd.tags import Tag
from bridge_ffd.tlv import CODE_PAGE, Tlv

GS = b"\x1d"
GTIN_DIGITS = 14
MAX_CODE = 256
_GTIN_BYTES = 6

# Types of tag 1162.
DATA_MATRIX = bytes.fromhex("444D")
EAN_8 = bytes.fromhex("4508")
EAN_13 = bytes.fromhex("450D")
ITF_14 = bytes.fromhex("490E")
FUR = bytes.fromhex("5246")
UNKNOWN = bytes.fromhex("0000")
_ROOM = 30  # of the 32 bytes of tag 1162, two are the type

_GS1 = re.compile(rb"01([0-9]{14})21([^\x1d]{1,20})(?:\x1d(.*))?", re.S)
_TOBACCO_PACK = re.compile(rb"([0-9]{14})([!-z]{7})([!-z]{4})?([!-z]{4})?")
_FUR = re.compile(rb"[A-Z]{2}-[0-9]{6}-[A-Z0-9]{10,11}")
_EGAIS_3 = re.compile(rb"[0-9A-Z]{150}")
_EGAIS_3_PART = slice(0, Tag.CODE_EGAIS3.length)
_EGAIS_2_PART = slice(8, 8 + Tag.CODE_EGAIS2.length)
_EGAIS_2 = re.compile(rb"[0-9A-Z]{68}")


class CodeKind(StrEnum):
    GS1 = "gs1"
    TOBACCO = "tobacco"
    EAN_8 = "ean_8"
    EAN_13 = "ean_13"
    ITF_14 = "itf_14"
    FUR = "fur"
    EGAIS_2 = "egais_2"
    EGAIS_3 = "egais_3"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class MarkingCode:
    """A code and what was recognised in it. `protected`: it carries a check code (GS1: AI 91 to 93) and so is a marking."""

    raw: bytes
    kind: CodeKind
    gtin: str | None = None
    serial: bytes | None = None
    protected: bool = False

    @classmethod
    def parse(cls, raw: bytes) -> MarkingCode:
        """What this code is. Whatever is not recognised is UNKNOWN, never refused: a new kind of goods must be sellable."""
        code = raw.removeprefix(GS).removeprefix(b"]d2").removeprefix(b"]C1").removeprefix(GS)
        if found := _GS1.fullmatch(code):
            return cls(raw, CodeKind.GS1, found[1].decode(), found[2], bool(found[3]))
        for kind, digits in ((CodeKind.EAN_8, 8), (CodeKind.EAN_13, 13), (CodeKind.ITF_14, 14)):
            if len(code) == digits and code.isdigit():
                return cls(raw, kind, code.decode().zfill(GTIN_DIGITS))
        if _FUR.fullmatch(code):
            return cls(raw, CodeKind.FUR, serial=code)
        if _EGAIS_3.fullmatch(code):
            return cls(raw, CodeKind.EGAIS_3, serial=code)
        if _EGAIS_2.fullmatch(code):
            return cls(raw, CodeKind.EGAIS_2, serial=code)
        if found := _TOBACCO_PACK.fullmatch(code):
            return cls(raw, CodeKind.TOBACCO, found[1].decode(), found[2], bool(found[4] or found[3]))
        return cls(raw, CodeKind.UNKNOWN)

    def product_code(self) -> bytes:
        """The value of tag 1162. Raises ValueError where the code is longer than its 32 bytes."""
        match self.kind:
            case CodeKind.GS1:
                return self._fitting(DATA_MATRIX + _gtin(self.gtin) + (self.serial or b""))
            case CodeKind.TOBACCO:
                return self._fitting(TOBACCO_TYPE + _gtin(self.gtin) + (self.serial or b"").ljust(TOBACCO_SERIAL_PADDED_TO))
            case CodeKind.EAN_8 | CodeKind.EAN_13 | CodeKind.ITF_14:
                return _PLAIN_TYPES[self.kind] + _gtin(self.gtin)
            case CodeKind.FUR:
                return FUR + (self.serial or b"")
            case CodeKind.EGAIS_2:
                return EGAIS_2_TYPE + self.raw[_EGAIS_2_PART]
            case CodeKind.EGAIS_3:
                return EGAIS_3_TYPE + self.raw[_EGAIS_3_PART]
            case _:
                # An unknown code has no rule but its length: cut, as the order has it for codes that are not recognised.
                return UNKNOWN + self.raw[:_ROOM]

    def product_code_structure(self) -> Tlv:
        """Tag 1163. Devices of FFD 1.2 make it themselves of the marking code; it is made here for those that do not."""
        tag, value = self._detail()
        return Tlv(Tag.MARKED_PRODUCT_CODE, (Tlv(tag, value.decode(CODE_PAGE)),))

    def _detail(self) -> tuple[Tag, bytes]:
        gtin = (self.gtin or "").encode()
        match self.kind:
            case CodeKind.GS1:
                serial = self.serial or b""
                whole = b"01" + gtin + b"21" + serial if GS1_CODE_WITH_IDENTIFIERS else gtin + serial
                return (Tag.CODE_GS1_MARKED if self.protected else Tag.CODE_GS1), whole[: Tag.CODE_GS1.length]
            case CodeKind.TOBACCO:
                return Tag.CODE_SHORT, gtin + (self.serial or b"")
            case CodeKind.EAN_8:
                return Tag.CODE_EAN8, gtin[-8:]
            case CodeKind.EAN_13:
                return Tag.CODE_EAN13, gtin[-13:]
            case CodeKind.ITF_14:
                return Tag.CODE_ITF14, gtin
            case CodeKind.FUR if len(self.raw) == Tag.CODE_FUR.length:
                return Tag.CODE_FUR, self.raw
            case CodeKind.EGAIS_2:
                return Tag.CODE_EGAIS2, self.raw[_EGAIS_2_PART]
            case CodeKind.EGAIS_3:
                return Tag.CODE_EGAIS3, self.raw[_EGAIS_3_PART]
            case _:
                return Tag.CODE_UNKNOWN, self.raw[: Tag.CODE_UNKNOWN.length]

    def _fitting(self, value: bytes) -> bytes:
        if len(value) > Tag.PRODUCT_CODE.length:
            raise ValueError(
                f"comes to {len(value)} bytes in tag {Tag.PRODUCT_CODE}, which has room for {Tag.PRODUCT_CODE.length}"
            )
        return value


_PLAIN_TYPES = {CodeKind.EAN_8: EAN_8, CodeKind.EAN_13: EAN_13, CodeKind.ITF_14: ITF_14}


def tobacco_product_code(gtin: str, serial: str) -> bytes:
    """The value of tag 1162 for a pack of tobacco, whose code some tills know in its parts only."""
    if not re.fullmatch(r"[0-9]{1,14}", gtin):
        raise ValueError(f"{gtin!r} is no GTIN: it has up to 14 digits")
    return MarkingCode(b"", CodeKind.TOBACCO, gtin.zfill(GTIN_DIGITS), serial.encode("ascii")).product_code()


def _gtin(gtin: str | None) -> bytes:
    """Fourteen digits as a number of six bytes, the highest first."""
    return int(gtin or "0").to_bytes(_GTIN_BYTES, "big")
