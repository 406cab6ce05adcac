"""The sentences of the core that people read, found in its sources: `python -m tests.texts.sentences` lists what has no translation.

Found are literals and f-strings, whose values become places `{}`, where they go to people: as arguments of what makes errors,
attentions, warnings and reasons (`SAID`), and all of the functions that make nothing but sentences (`SPEAKING`). A variable is
followed to where its function sets it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import bridge
from bridge.model import ERRORS
from bridge.model.errors import OF_MONEY
from bridge.model.fates import DECISIONS, SENTENCES
from bridge.model.payment import PROMPTS
from bridge.model.texts import CATALOGUES
from bridge.plugin import usual

CORE = Path(bridge.__file__).parent

LOOKED_AT = ("model", "transport", "plugin", "store", "devices", "jobs", "server/diagnosis")

SAID: dict[str, tuple[int | str, ...]] = {
    "of": (1, "detail", "remedy"),  # JobError.of
    "Attention": ("text",),
    "Warning_": ("message",),
    "warn": (1, "message"),
    "NeedsOperator": (1, "text"),
    "LinkError": (0,),
    "NotConnected": (0,),
    "LinkLost": (0,),
    "LinkTimeout": (0,),
    "ran_out": (2,),
    "deadline": (1,),
    "_set": (1,),
    "readdress": (2,),
    "disconnect": (0,),
    "mark_broken": (0,),
    "raise_alert": (1,),
    "_lost": (1,),
    "unresolved": (1,),
    "on_change": (0,),
    "PluginReport": ("problem",),
    "_report": ("problem",),
    "_ended": (0,),
}
"""By the name that is called: which arguments are sentences."""

NOTES = ("done", "failed")
"""Whose `note` stands in a job's history."""

SPEAKING = {
    "jobs/bridge.py": ("health",),
    "store/store.py": ("_set_aside", "_junk_in_log"),
    "plugin/version.py": ("incompatibility",),
    "transport/tls.py": ("explain", "explain_any", "_certificate"),
    "server/diagnosis/verdict.py": ("verdict", "_done", "_failed", "_unresolved", "_waits"),
    "server/diagnosis/timeline.py": ("assemble", "_wire"),
    "server/diagnosis/frames.py": ("begin", "_broken"),
}


def normal(sentence: str) -> str:
    """A sentence with nameless places."""
    return re.sub(r"\{\w*\}", "{}", sentence)


def _template(node: ast.expr) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value).replace("{", "{{").replace("}", "}}") if isinstance(node.value, str) else ""
    assert isinstance(node, ast.JoinedStr)
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


def _literals(node: ast.expr | None, local: dict[str, list[ast.expr]], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """What this expression may be, as far as it is written down."""
    match node:
        case ast.Constant(value=str()):
            yield _template(node)
        case ast.JoinedStr():
            yield _template(node)
            for part in node.values:
                if isinstance(part, ast.FormattedValue):  # the reason within a reason
                    yield from _literals(part.value, local, seen)
        case ast.IfExp():
            yield from _literals(node.body, local, seen)
            yield from _literals(node.orelse, local, seen)
        case ast.BoolOp():
            for value in node.values:
                yield from _literals(value, local, seen)
        case ast.Name(id=name) if name in local and name not in seen:
            for value in local[name]:
                yield from _literals(value, local, seen | {name})


def _assigned(function: ast.AST) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            found.setdefault(node.targets[0].id, []).append(node.value)
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            found.setdefault(node.target.id, []).append(node.value)
    return found


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id if isinstance(node.func, ast.Name) else ""


def _arguments(node: ast.Call, wanted: Iterable[int | str]) -> Iterator[ast.expr]:
    for one in wanted:
        if isinstance(one, int) and one < len(node.args):
            yield node.args[one]
        yield from (keyword.value for keyword in node.keywords if keyword.arg == one)


def _is_sentence(text: str) -> bool:
    """Not a name, a number's format, a command to type or what is left between two places."""
    return not text.startswith("  ") and " " in text.strip() and re.search(r"[A-Za-z]{3}", text.replace("{}", "")) is not None


def _all_literals(function: ast.AST) -> Iterator[str]:
    """Of a function that makes nothing but sentences: without its description and the parts of f-strings."""
    inner = {
        id(part) for node in ast.walk(function) if isinstance(node, ast.JoinedStr) for part in ast.walk(node) if part is not node
    }
    described = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Expr)}
    for node in ast.walk(function):
        written = isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
        if written and id(node) not in described and id(node) not in inner:
            yield _template(node)


def said_in(path: Path) -> Iterator[str]:
    """The sentences of one file."""
    tree = ast.parse(path.read_text("utf-8"))
    speaking = SPEAKING.get(path.relative_to(CORE).as_posix(), ())
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if function.name in speaking:
            yield from _all_literals(function)
        local = _assigned(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call):
                name = _called(node)
                wanted = SAID.get(name, ()) + (("note",) if name in NOTES else ())
                for value in _arguments(node, wanted):
                    yield from _literals(value, local)


@cache
def said() -> frozenset[str]:
    """All of them, with nameless places."""
    found = {text for part in LOOKED_AT for path in sorted((CORE / part).rglob("*.py")) for text in said_in(path)}
    of_errors = (
        {text for kind in (*ERRORS.values(), *OF_MONEY.values()) for text in (kind.text, kind.remedy)}
        | SENTENCES
        | DECISIONS
        | set(PROMPTS.values())
        | {text for one in usual.ALL for text in (one.text, one.remedy) if text}
    )
    sentences = {text for text in found if _is_sentence(text) or text in _WORDS}
    return frozenset(normal(text) for text in sentences | of_errors)


_WORDS = frozenset({"recovered", "restart"})
"""Notes of one word."""


def main() -> None:
    for language, catalogue in CATALOGUES.items():
        known = {normal(sentence) for sentence in catalogue}
        missing = sorted(said() - known)
        print(f"{language}: {len(missing)} without a translation")
        for sentence in missing:
            print(f"  {sentence}")


if __name__ == "__main__":
    main()
