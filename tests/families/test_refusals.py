"""What the drivers say by themselves: every sentence in the languages of its family, with the same values in it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import ModuleType

import bridge_atol.texts.own
import bridge_atol.web.texts
import bridge_shtrih_m.texts.own
import pytest

from bridge.model import ERRORS, Receipt
from bridge.model.texts import CATALOGUES
from bridge.plugin import DeviceError, Refusal, usual

CYRILLIC = re.compile("[а-яё]")
TABLES: Mapping[ModuleType, str] = {
    bridge_atol.texts.own: "ru",
    bridge_atol.web.texts: "ru",
    bridge_shtrih_m.texts.own: "ru",
}


def places(text: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", text))


def of(module: ModuleType) -> list[Refusal]:
    return [value for value in vars(module).values() if isinstance(value, Refusal)]


@pytest.mark.parametrize(("module", "language"), TABLES.items(), ids=lambda value: getattr(value, "__name__", value))
def test_every_sentence_of_a_family_is_told_in_its_language(module: ModuleType, language: str) -> None:
    assert len(of(module)) > 5
    for one in of(module):
        said, remedy = one.texts[language]
        assert one.code in ERRORS, one.text
        assert CYRILLIC.search(said), one.text
        assert CYRILLIC.search(remedy), one.text
        assert not CYRILLIC.search(one.text + one.remedy), one.text
        assert places(said) == places(one.text), one.text
        error = one.error(**dict.fromkeys(places(one.text), "7")).error
        assert error.in_language(language).message != error.message


@pytest.mark.parametrize("language", sorted(CATALOGUES))
def test_what_every_family_says_is_told_in_every_language_of_the_host(language: str) -> None:
    assert set(of(usual)) == set(usual.ALL)
    for one in usual.ALL:
        error = one.error(**dict.fromkeys(places(one.text), "7")).error
        told = error.in_language(language)
        assert one.text.split("{")[0] not in told.message, "the English is left in it"
        assert told.remedy != error.remedy


RECEIPT = {"op": "receipt", "kind": "sale", "currency": "PLN", "lines": [{"name": "Tea", "price": "1.00", "vat": "23%"}]}


def test_what_the_till_expects_is_compared_with_what_the_device_says() -> None:
    wants = Receipt.model_validate({**RECEIPT, "expect": {"last_document": "41"}})
    usual.expect_last_document(Receipt.model_validate(RECEIPT), 7)
    usual.expect_last_document(wants, 41)
    with pytest.raises(DeviceError, match="document 41 was the last one; the device says 42") as refused:
        usual.expect_last_document(wants, 42)
    assert (refused.value.error.code, refused.value.error.field) == ("request.conflict", "expect.last_document")


@pytest.mark.parametrize(("shared", "allowed", "said"), [(True, True, "Another program"), (False, False, "settings forbid")])
def test_a_receipt_that_is_open_is_not_always_cancelled(shared: bool, allowed: bool, said: str) -> None:
    usual.may_cancel_leftover(shared=False, allowed=True)
    with pytest.raises(DeviceError, match=said):
        usual.may_cancel_leftover(shared=shared, allowed=allowed)
