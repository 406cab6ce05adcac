"""The fiscal storage in this register: that of all simulated registers, with the errors that this protocol answers for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridge_ffd.tlv import Tlv
from bridge_sim_fn import storage
from bridge_sim_fn.storage import FnFault, FnRefused

from bridge_sim_atol.refusals import (
    FN_EXPIRED,
    FN_FULL,
    FN_NO_OFD,
    FN_PARAMETERS,
    FN_SHIFT,
    FN_STATE,
    FN_TIME,
    FN_TLV,
    Refusal,
)

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_MAX_TLV = 1000
_ERRORS = {
    FnFault.STATE: FN_STATE,
    FnFault.EXPIRED: FN_EXPIRED,
    FnFault.FULL: FN_FULL,
    FnFault.TIME: FN_TIME,
    FnFault.TLV_LENGTH: FN_TLV,
    FnFault.PARAMETERS: FN_PARAMETERS,
    FnFault.NO_OFD: FN_NO_OFD,
    FnFault.SHIFT: FN_SHIFT,
}


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except FnRefused as refused:
        raise Refusal(_ERRORS[refused.fault]) from None


def read_tags(data: bytes, format: str, *, item: bool, own: Collection[int] | None = None) -> Sequence[Tlv]:
    """The tags that a host gives, of a document or of an item. Raises Refusal."""
    with _refusals():
        return storage.read_tags(data, format, item=item, most=_MAX_TLV, own=own)


def check(register: Register, *, closing: bool = False) -> None:
    """Raises Refusal with why the FN makes no document now."""
    with _refusals():
        storage.check(register, closing=closing)
