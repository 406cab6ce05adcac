"""The fiscal storage in this register: that of all simulated registers, with the errors that this protocol answers for it.

Source: protocol-specs/shtrih-m, "FN commands"; protocol-specs/ffd, "FN state and OFD".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bridge_ffd.tlv import Tlv
from bridge_sim_fn import storage
from bridge_sim_fn.memory import Fn
from bridge_sim_fn.storage import FnFault, FnRefused

from bridge_sim_shtrih_m.refusals import (
    FN_EXPIRED,
    FN_FULL,
    FN_NO_OFD,
    FN_SHIFT,
    FN_STATE,
    FN_TIME,
    FN_TLV_LENGTH,
    PARAMETERS,
    Refusal,
)

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

MAX_TLV = 250

_ERRORS = {
    FnFault.STATE: FN_STATE,
    FnFault.EXPIRED: FN_EXPIRED,
    FnFault.FULL: FN_FULL,
    FnFault.TIME: FN_TIME,
    FnFault.TLV_LENGTH: FN_TLV_LENGTH,
    FnFault.PARAMETERS: PARAMETERS,
    FnFault.NO_OFD: FN_NO_OFD,
    FnFault.SHIFT: FN_SHIFT,
}


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except FnRefused as refused:
        raise Refusal(_ERRORS[refused.fault]) from None


def read_tags(data: bytes, format: str, *, item: bool) -> Sequence[Tlv]:
    """The tags that a host gives, of a document or of an item. Raises Refusal."""
    with _refusals():
        return storage.read_tags(data, format, item=item, most=MAX_TLV)


def check(register: Register, *, closing: bool = False, registering: bool = False) -> None:
    """Raises Refusal with why the FN makes no document now."""
    with _refusals():
        storage.check(register, closing=closing, registering=registering)


def new_fn(register: Register, serial: str) -> Fn:
    return storage.new_fn(register.settings, serial, register.now())
