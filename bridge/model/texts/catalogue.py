"""The core's sentences in other languages than English, found by what they say: a sentence as it is kept, with its values in it, is
matched with the English ones of the catalogue, and said anew with the same values.

English is what the code says, what the journal and the logs keep and what clients get who ask for no language. So a sentence of
last year is read in today's words, and no text of a language is ever stored. Why so: docs/decisions/0021.

A place `{name}` stands for a value; what it may be, `PLACES` says for some names. A value that is a sentence of the catalogue is said
in the language too. The catalogues are in pl.py and ru.py; a test holds them against the sources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from bridge.model.texts import pl, ru

CATALOGUES: Mapping[str, Mapping[str, str]] = MappingProxyType({"pl": pl.SENTENCES, "ru": ru.SENTENCES})

_NUMBER = r"\d+(?:\.\d+)?(?:e[+-]?\d+)?"

PLACES: Mapping[str, str] = MappingProxyType(
    {
        "seconds": _NUMBER,
        "number": _NUMBER,
        "bytes": r"\d+",
        "count": r"\d+",
        "time": r"\d\d:\d\d:\d\d",
        "job": r"\S+",
        "device": r"[a-z0-9][a-z0-9._-]*",
        "state": "offline|wrong_device|broken|connecting|ready|queued|running|unresolved|done|failed",
        "url": r"[a-z]+://\S*?",
        "path": r"\S*?",
        "field": r"[\w.@-]+",
        "option": r"\w+",
        "timeout": r"timeouts\.\w+",
        "deadline": rf"(?:deadlines\.\w+|The deadline of the request) \({_NUMBER} s\)",
        "more": ".*",
    }
)
"""What values look like, by the name of their place; of any other name, one character or more."""

_PLACE = re.compile(r"\{(\w+)\}")

# A reason in a reason in a verdict. Whatever is deeper is no sentence of ours.
_DEEPEST = 4

# Characters. A reason with a path and a certificate's name in it has some 300; what is longer is looked at as a whole only.
_LONGEST = 2000


class _Catalogue:
    """One language, ready for looking things up."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        self.plain = {english: said for english, said in sentences.items() if not _PLACE.search(english)}
        with_places = [(english, said) for english, said in sentences.items() if _PLACE.search(english)]
        # The most particular first: what has most words of its own.
        with_places.sort(key=lambda pair: -len(_PLACE.sub("", pair[0])))
        self.patterns = [(re.compile(_pattern(english), re.DOTALL), said) for english, said in with_places]

    def find(self, text: str, depth: int = 0) -> str | None:
        plain = self.plain.get(text)
        if plain is not None:
            return plain
        if depth >= _DEEPEST or len(text) > _LONGEST:
            return None
        for pattern, said in self.patterns:
            match = pattern.fullmatch(text)
            if match is not None:
                return _filled(said, {name: self.find(value, depth + 1) or value for name, value in match.groupdict().items()})
        return None


def _filled(said: str, values: Mapping[str, str]) -> str:
    return _PLACE.sub(lambda place: values[place[1]], said)


def _pattern(english: str) -> str:
    pieces = _PLACE.split(english)  # text, name, text, name, ... text
    return "".join(
        f"(?P<{piece}>{PLACES.get(piece, '.+?')})" if index % 2 else re.escape(piece) for index, piece in enumerate(pieces)
    )


_READY = {language: _Catalogue(sentences) for language, sentences in CATALOGUES.items()}


@lru_cache(maxsize=4096)
def translated(text: str, language: str) -> str | None:
    """The sentence in this language; None where the catalogue does not know it, or there is none for the language."""
    catalogue = _READY.get(language)
    return catalogue.find(text) if catalogue is not None else None


def told(text: str, languages: Sequence[str]) -> str:
    """The sentence for somebody who reads these languages, best first. English where no other fits, as it is kept."""
    for language in languages:
        if language == "en":
            break
        said = translated(text, language)
        if said is not None:
            return said
    return text
