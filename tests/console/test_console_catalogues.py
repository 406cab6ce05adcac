"""The console speaks its languages wholly: every text of the sources is translated, and what is served is what was translated."""

from __future__ import annotations

import re

import pytest

from tests.console import catalogues
from tests.console.catalogues import ANY_CALL, CALL, LANGUAGES

_PLACE = re.compile(r"\{(\w+)\}")


def _ids(catalog: object) -> set[object]:
    return {tuple(message.id) if isinstance(message.id, list) else message.id for message in catalog if message.id}  # type: ignore[attr-defined]


def test_every_text_is_a_literal_that_the_extraction_finds() -> None:
    for path in catalogues.sources():
        source = re.sub(r"^\s*(//|/?\*).*$", "", path.read_text("utf-8"), flags=re.MULTILINE)
        assert len(ANY_CALL.findall(source)) == len(CALL.findall(source)), path


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_each_text_of_the_sources_and_no_other(language: str) -> None:
    assert _ids(catalogues.read(language)) == _ids(catalogues.extracted()), "python -m tests.console.catalogues"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_text_is_translated_with_its_placeholders(language: str) -> None:
    for message in catalogues.read(language):
        if not message.id:
            continue
        assert not message.fuzzy, message.id
        assert not catalogues.untranslated(message), message.id
        plural = isinstance(message.id, tuple | list)
        strings = message.string if plural else (message.string,)
        assert len(strings) == (3 if plural else 1), message.id
        wanted = set(_PLACE.findall(message.id[0] if plural else message.id))
        for string in strings:
            assert set(_PLACE.findall(string)) == wanted, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_browsers_load_is_what_stands_in_the_catalogue(language: str) -> None:
    served = catalogues.po(language).with_suffix(".json").read_text("utf-8")
    assert served == catalogues.compiled(language), "python -m tests.console.catalogues"


@pytest.mark.attack("A44")
def test_nothing_of_the_console_makes_markup_out_of_texts() -> None:
    for path in catalogues.sources():
        source = path.read_text("utf-8")
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "dangerouslySetInnerHTML",
            "document.write",
            "eval(",
            "new Function",
        ):
            assert way not in source, (path, way)
