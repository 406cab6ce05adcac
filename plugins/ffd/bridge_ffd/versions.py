"""Versions of the format and kinds of fiscal documents, by the numbers that devices and the FN use for them.

Source: protocol-specs/ffd, "Versions" and "Documents".
"""

from __future__ import annotations

from enum import IntEnum


class FfdVersion(IntEnum):
    """As tag 1209 writes it. Versions compare in their order."""

    V1_0 = 1
    V1_05 = 2
    V1_1 = 3
    V1_2 = 4

    @property
    def text(self) -> str:
        """ "1.05", as people write it."""
        return _TEXTS[self]

    @classmethod
    def parse(cls, text: str) -> FfdVersion:
        """The version that people write as "1.05" or "1.2"."""
        for version, known in _TEXTS.items():
            if text == known:
                return version
        raise ValueError(f"there is no FFD {text!r}; known are {', '.join(_TEXTS.values())}")

    def __str__(self) -> str:
        return f"FFD {self.text}"


_TEXTS = {FfdVersion.V1_0: "1.0", FfdVersion.V1_05: "1.05", FfdVersion.V1_1: "1.1", FfdVersion.V1_2: "1.2"}

VERSIONS = (FfdVersion.V1_05, FfdVersion.V1_1, FfdVersion.V1_2)
"""Those that documents are made in. FFD 1.0 has been out of use since 2019; it is only read."""


class DocumentKind(IntEnum):
    """A fiscal document by its form code, which the FN archive uses too."""

    REGISTRATION = 1
    SHIFT_OPEN = 2
    RECEIPT = 3
    STRICT_FORM = 4
    SHIFT_CLOSE = 5
    FN_CLOSE = 6
    OPERATOR_CONFIRMATION = 7
    REGISTRATION_CHANGE = 11
    SETTLEMENTS_STATE = 21
    CORRECTION = 31
    STRICT_FORM_CORRECTION = 41
    MARKING_REQUEST = 81
    MARKING_NOTIFICATION = 82
    MARKING_RESPONSE = 83
    NOTIFICATION_TICKET = 84

    @property
    def layout(self) -> DocumentKind:
        """The kind whose requisites it has: a strict form has those of a receipt."""
        return _SAME_AS.get(self, self)


_SAME_AS = {
    DocumentKind.STRICT_FORM: DocumentKind.RECEIPT,
    DocumentKind.STRICT_FORM_CORRECTION: DocumentKind.CORRECTION,
}


class Settlement(IntEnum):
    """What a receipt is for the seller: tag 1054, and `n` of the QR code."""

    SALE = 1
    SALE_RETURN = 2
    PURCHASE = 3
    PURCHASE_RETURN = 4
