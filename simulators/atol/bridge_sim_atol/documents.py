"""What all fiscal documents of the register share: tags that came before them, the cashier, what the truth says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, decode, first
from bridge_sim_fn import storage
from bridge_sim_fn.issued import told
from bridge_sim_fn.memory import FnDocument, Started

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register


def begin(register: Register, kind: int) -> None:
    """A document is begun in the FN; the tags that were written before belong to it."""
    register.memory.fn.current = Started(kind, register.pending)
    register.pending = ""


def given(register: Register) -> tuple[Tlv, ...]:
    """The tags that were written for the document that is being made."""
    started = register.memory.fn.current
    return decode(bytes.fromhex(started.tlv)) if started is not None else ()


def cashier(register: Register) -> list[Tlv]:
    """The name of the user in whose name the mode was entered, unless the host has written one."""
    if first(given(register), Tag.CASHIER) is not None:
        return []
    return [Tlv(Tag.CASHIER, storage.words(register.tables.operator_name(register.operator)))]


def details(register: Register, document: FnDocument, tags: Sequence[Tlv] = ()) -> dict[str, Any]:
    """What an issued document says beside its sums."""
    return {
        "document": document.number,
        "sign": document.sign,
        "shift": document.shift,
        "fn": register.memory.fn.serial,
        "tags": told(tags),
    }
