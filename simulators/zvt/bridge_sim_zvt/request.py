"""A command as it arrived: what stands at fixed places in front, then the fields.

Source: protocol-specs/zvt, "Data block".
"""

from __future__ import annotations

from bridge_zvt.frame import Apdu, Bmp, Fields, read_fields

from bridge_sim_zvt import codes

PASSWORD = 3


class Request:
    """`head`: the bytes before the fields. Raises Refusal(83) for a field that the terminal does not know."""

    def __init__(self, message: Apdu, head: int) -> None:
        from bridge_sim_zvt.dialogue import Refusal

        self.code = message.code
        self.head = message.data[:head]
        self.fields: Fields = read_fields(message.data, head)
        if len(self.head) < head or self.fields.rest:
            raise Refusal(codes.UNSUPPORTED)

    @property
    def password(self) -> str:
        """Six digits; empty where none was given."""
        return self.head[:PASSWORD].hex() if len(self.head) >= PASSWORD else ""

    @property
    def amount(self) -> int | None:
        """In cents."""
        return self.fields.number(Bmp.AMOUNT)

    @property
    def receipt(self) -> int | None:
        return self.fields.number(Bmp.RECEIPT)

    @property
    def service(self) -> int:
        return self.fields.byte(Bmp.SERVICE) or 0

    @property
    def currency(self) -> int | None:
        return self.fields.number(Bmp.CURRENCY)
