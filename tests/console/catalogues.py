"""The console's catalogues: `python -m tests.console.catalogues` brings them up to the sources, and compiles them for the browser.

A message is a literal in t("...") or n("...", "..."), also inside a template. Babel's own lexer of JavaScript loses its way in
nested templates, so the calls are looked for by their form; a test holds that no call is of another one.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

import bridge.server.pages

CONSOLE = Path(bridge.server.pages.__file__).parent / "console"
LANGUAGES = ("pl", "ru")

_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)

_LITERAL = r'"((?:[^"\\\n]|\\.)*)"'
CALL = re.compile(rf"(?<![\w.$])(t)\(\s*{_LITERAL}|(?<![\w.$])(n)\(\s*{_LITERAL},\s*{_LITERAL}")
ANY_CALL = re.compile(r"(?<![\w.$])(?:t|n)\((?!text, values|one, many)")
"""Without the definitions of the two."""


@dataclass(frozen=True)
class Found:
    line: int
    function: str
    messages: str | tuple[str, str]


def found_in(source: str) -> Iterator[Found]:
    for match in CALL.finditer(source):
        line = source.count("\n", 0, match.start()) + 1
        single, text, _, one, many = match.groups()
        if single:
            yield Found(line, "gettext", _unquoted(text))
        else:
            yield Found(line, "ngettext", (_unquoted(one), _unquoted(many)))


def _unquoted(literal: str) -> str:
    return str(json.loads(f'"{literal}"'))


def sources() -> list[Path]:
    return sorted(path for path in CONSOLE.rglob("*.js") if "vendor" not in path.parts)


def extracted() -> Catalog:
    """Every message of the sources, with where it stands."""
    catalog = Catalog(project="Tillbridge", domain="console", fuzzy=False)
    for path in sources():
        for line, message, comments, context in extract(_method, _opened(path), {"gettext": None, "ngettext": (1, 2)}):
            catalog.add(message, None, [(str(path.relative_to(CONSOLE)), line)], auto_comments=comments, context=context)
    return catalog


def _opened(path: Path) -> IO[bytes]:
    return io.BytesIO(path.read_bytes())


def _method(file: IO[bytes], keywords: Any, tags: Any, options: Any) -> Iterator[tuple[int, str, Any, list[str]]]:
    for one in found_in(file.read().decode("utf-8")):
        yield one.line, one.function, one.messages, []


def po(language: str) -> Path:
    return CONSOLE / "languages" / f"{language}.po"


def read(language: str) -> Catalog:
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(language: str) -> str:
    """What the browser loads: English to the translation, or to its plural forms in gettext's order."""
    messages: dict[str, Any] = {}
    for message in read(language):
        if message.id and message.string:
            key = message.id[0] if isinstance(message.id, tuple | list) else message.id
            messages[key] = list(message.string) if isinstance(message.string, tuple | list) else message.string
    return json.dumps(dict(sorted(messages.items())), ensure_ascii=False, indent=0) + "\n"


def untranslated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple | list) else [message.string]
    return bool(message.id) and not all(strings)


def update(language: str) -> list[str]:
    """Bring a catalogue up to the sources. What has no translation yet."""
    before = read(language) if po(language).exists() else Catalog(locale=language)
    catalog = Catalog(
        locale=language,
        header_comment="# Texts of Tillbridge's console. python -m tests.console.catalogues renews and compiles them.",
        project="Tillbridge",
        version="console",
        msgid_bugs_address="none",
        last_translator="none",
        language_team="none",
        # That of the beginning: a date of each renewal would only make differences where there are none.
        creation_date=_BEGAN,
        revision_date=_BEGAN,
        fuzzy=False,
    )
    for message in extracted():
        if message.id:
            known = before.get(message.id[0] if isinstance(message.id, tuple | list) else message.id)
            catalog.add(message.id, known.string if known is not None else None, message.locations)
    with po(language).open("wb") as file:
        write_po(file, catalog, width=120, include_lineno=False, sort_output=True)
    (po(language).with_suffix(".json")).write_text(compiled(language), "utf-8")
    return [str(message.id) for message in catalog if untranslated(message)]


def main() -> None:
    for language in LANGUAGES:
        missing = update(language)
        print(f"{language}: {len(missing)} without a translation")
        for message in missing:
            print(f"  {message}")


if __name__ == "__main__":
    main()
