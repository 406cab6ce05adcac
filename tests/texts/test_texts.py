"""The core speaks its languages wholly, and says in each what it says in English."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from pydantic_core import PydanticKnownError

from bridge.model import Fate, JobError, RequestError, invalid
from bridge.model.texts import CATALOGUES, PLACES, told, translated
from bridge.server.routes.service import _COMMON
from tests.texts.sentences import CORE, SAID, _template, normal, said

LANGUAGES = sorted(CATALOGUES)
_PLACE = re.compile(r"\{(\w+)\}")

# What comes from elsewhere: the operating system and the libraries of the connection.
ELSEWHERE = {
    "Broken pipe",
    "Connect call failed",
    "Connection refused",
    "Connection reset by peer",
    "Connection timed out",
    "Device or resource busy",
    "Host is unreachable",
    "Input/output error",
    "Name or service not known",
    "Network is unreachable",
    "No route to host",
    "No space left on device",
    "No such device",
    "No such file or directory",
    "Permission denied",
}


def _of_settings(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("title", "description") and isinstance(value, str):
                yield value
            else:
                yield from _of_settings(value)


@cache
def _written() -> frozenset[str]:
    """Every literal of the core, a sentence or not."""
    found = set()
    for path in CORE.rglob("*.py"):
        if "texts" in path.relative_to(CORE).parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
                found.add(normal(_template(node).replace("{{", "{").replace("}}", "}")))
    return frozenset(found)


def _of_pydantic() -> set[str]:
    """What it says of the faults that forms have; where a refusal takes the beginning off, without it too."""
    faults: tuple[tuple[str, dict[str, object]], ...] = (
        ("missing", {}),
        ("extra_forbidden", {}),
        ("string_too_short", {"min_length": 1}),
        ("string_too_short", {"min_length": 7777}),
        ("string_too_long", {"max_length": 7777}),
        ("string_pattern_mismatch", {"pattern": "7777"}),
        ("string_type", {}),
        ("int_type", {}),
        ("decimal_type", {}),
        ("float_type", {}),
        ("greater_than", {"gt": 7777}),
        ("greater_than_equal", {"ge": 7777}),
        ("less_than_equal", {"le": 7777}),
    )
    messages = {PydanticKnownError(kind, context).message() for kind, context in faults}  # type: ignore[arg-type]
    sentences = {message.replace("7777", "{}").replace("1", "{}") for message in messages}
    return sentences | {sentence.removeprefix("Input ") for sentence in sentences}


def test_the_sentences_are_found_in_the_sources() -> None:
    """The finder finds: as arguments, through variables, reasons within reasons, and in functions that speak."""
    found = said()
    assert len(found) > 200
    assert "The bridge was restarted before the payment began." in found
    assert (
        "no permission to use it; on Linux add a udev rule, see docs/running.md; on Windows close the program that uses it"
        in found
    )
    assert "{} ran out: job {} of this device is not settled yet." in found
    assert "Why: {}." in found
    assert "ran_out" in SAID


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_the_core_is_without_a_translation(language: str) -> None:
    missing = said() - {normal(sentence) for sentence in CATALOGUES[language]}
    assert missing == set(), "add them to bridge/model/texts; python -m tests.texts.sentences lists them"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_title_or_description_of_what_every_device_has_is_without_one(language: str) -> None:
    assert [text for text in _of_settings(_COMMON) if translated(text, language) is None] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_translated_that_nobody_says_any_more(language: str) -> None:
    spoken = said() | _written() | _of_pydantic() | ELSEWHERE | {normal(text) for text in _of_settings(_COMMON)}
    assert {sentence for sentence in CATALOGUES[language] if normal(sentence) not in spoken} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_places_agree(language: str) -> None:
    for english, sentence in CATALOGUES[language].items():
        places = _PLACE.findall(english)
        assert len(places) == len(set(places)), english
        assert sorted(_PLACE.findall(sentence)) == sorted(places), english


SAMPLES = {
    "seconds": "2.5",
    "number": "12",
    "bytes": "4096",
    "count": "3",
    "time": "21:04:11",
    "job": "01M8MPW6R4SEXKBVK8E8N1W6EE",
    "device": "till-1",
    "state": "ready",
    "url": "tcp://10.0.0.7:6666",
    "path": "/dev/ttyUSB0",
    "field": "settings.host",
    "option": "ca",
    "timeout": "timeouts.open",
    "deadline": "deadlines.document (120 s)",
    "more": "Pfennig",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_sentence_is_found_as_it_is_said_with_its_values_in_it(language: str) -> None:
    """Also where a more general one would fit too."""
    assert set(SAMPLES) == set(PLACES)
    for english, sentence in CATALOGUES[language].items():
        asked = _PLACE.sub(lambda place: SAMPLES.get(place[1], "Pfennig"), english)
        wanted = _PLACE.sub(lambda place: _in(language, SAMPLES.get(place[1], "Pfennig")), sentence)
        assert translated(asked, language) == wanted, english


def _in(language: str, value: str) -> str:
    return translated(value, language) or value


def test_reasons_within_reasons_are_said_too() -> None:
    english = "till-1: offline: timeouts.open (5 s) ran out: opening tcp://10.0.0.7:6666"
    assert told(english, ("pl",)) == "till-1: nie odpowiada: Upłynął czas timeouts.open (5 s): otwieranie tcp://10.0.0.7:6666"
    refused = "tcp://10.0.0.7:6666: Connection refused"
    assert told(refused, ("ru",)) == "tcp://10.0.0.7:6666: в соединении отказано"
    assert told(f"Why: {refused}.", ("ru",)) == "Почему: tcp://10.0.0.7:6666: в соединении отказано."


def test_a_text_without_end_is_looked_at_as_a_whole_only() -> None:
    assert translated("Why: " + "x" * 100 + ".", "pl") is not None
    assert translated("Why: " + "x" * 10_000 + ".", "pl") is None


def test_whoever_reads_no_language_of_ours_or_english_first_gets_what_is_kept() -> None:
    text = "The device was removed."
    for languages in ((), ("en", "pl"), ("de",), ("de", "en", "pl")):
        assert told(text, languages) is text
    assert told(text, ("de", "ru", "pl")) == "Устройство удалено."
    assert told("what a driver says", ("pl",)) == "what a driver says"


def test_an_error_of_the_core_is_whole_in_each_language() -> None:
    error = JobError.of("request.expired", "deadlines.document (120 s) ran out.", fate=Fate.NOT_ISSUED)
    polish = error.in_language("pl")
    assert polish.message == "Upłynął czas deadlines.document (120 s). Dokument nie został wystawiony."
    assert polish.remedy == "Wyślij ponownie, jeśli nadal jest potrzebne."
    assert error.in_language("ru").message == "Истекло время deadlines.document (120 s). Документ не оформлен."
    assert error.in_language("de") == error
    assert (
        JobError.of("device.paper_out").in_language("pl").message
        == "W urządzeniu skończył się papier. Dokument nie został wystawiony."
    )


def test_a_drivers_english_has_what_it_means_before_it_and_loses_no_word() -> None:
    error = JobError.of("device.rejected", "The printer refused: 2805.", fate=Fate.UNKNOWN, remedy="Look into the manual.")
    said_so = error.in_language("ru")
    assert said_so.message == "Устройство отклонило документ. The printer refused: 2805. Пока неизвестно, оформлен ли документ."
    assert said_so.remedy == "Look into the manual."


def test_a_drivers_own_words_come_first_and_what_became_of_the_document_is_added_in_any_language() -> None:
    error = JobError.of("device.rejected", "No.", texts={"pl": ("Nie.", ""), "sk": ("Nie, nie.", "Skús znova.")})
    assert error.in_language("pl").message == "Nie. Dokument nie został wystawiony."
    assert error.in_language("pl").remedy == "Popraw to, co wskazuje, i wyślij jako nowe zadanie."
    assert error.in_language("sk").message == "Nie, nie. Nothing was issued."


def test_a_refusal_is_told_in_general_where_its_own_words_are_for_programs() -> None:
    refusal = RequestError("gate.pin_wrong", "This is not the attendant's PIN.").problem(("pl",))
    assert (refusal["title"], refusal["detail"]) == ("PIN jest błędny.", "To nie jest PIN kasjera.")
    odd = RequestError("request.conflict", "something that nobody has translated").problem(("ru",))
    assert odd["detail"] == "Устройство не в том состоянии, которого ждёт запрос. something that nobody has translated"
    assert odd["remedy"] == "Прочитайте состояние ещё раз."
    field = invalid("reason", "say why", remedy="a sentence for the audit").problem(("pl",))
    assert field["detail"] == "Żądanie jest nieprawidłowe. reason: podaj powód"
    assert field["errors"] == [{"field": "reason", "message": "podaj powód", "remedy": "jedno zdanie do dziennika zdarzeń"}]
    for languages in ((), ("en",), ("de",)):
        assert RequestError("request.conflict", "x").problem(languages)["detail"] == "x"
