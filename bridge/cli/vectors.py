"""`tillbridge vectors`: test vectors of a protocol held against a family's codec."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bridge.cli.data_dir import json_option
from bridge.cli.errors import CannotRun, CliError
from bridge.cli.output import console, print_json, progress, table

if TYPE_CHECKING:
    from bridge.plugin import DeviceFamily, VectorCheck

# What describes a vector and says nothing about bytes.
_ABOUT = frozenset({"name", "source", "note", "notes", "comment"})


@click.command()
@click.argument("family")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.json")
@json_option
def vectors(family: str, file: Path, as_json: bool) -> None:
    """Decode each vector, compare its meaning, encode it again, compare the bytes.

    Exit code 1 when anything differs, or when nothing of a vector was compared and the family does not say why.
    """
    given = _load(file)
    codec = _family(family)
    with progress(f"Checking {len(given)} vectors"):
        checks = [_check(codec, vector) for vector in given]
    failed = [check for check in checks if verdict(check) == "failed"]
    never = never_compared(given, checks)
    summary = {
        "vectors": len(checks),
        "compared": sum(verdict(check) == "compared" for check in checks),
        "not_built": sum(verdict(check) == "not built" for check in checks),
        "failed": len(failed),
    }
    if as_json:
        print_json({"family": family, **summary, "never_compared": never, "results": [_as_json(check) for check in checks]})
    else:
        _print(checks, never)
        click.echo("{vectors} vectors: {compared} compared, {not_built} listed as not built, {failed} failed".format(**summary))
    if failed:
        sys.exit(1)


def verdict(check: VectorCheck) -> str:
    """compared, not built, or failed: with differences, or with nothing compared and no reason for it."""
    if check.differences:
        return "failed"
    if check.not_built is not None:
        return "not built"
    return "compared" if check.compared else "failed"


def never_compared(given: Sequence[dict[str, Any]], checks: Sequence[VectorCheck]) -> dict[str, str]:
    """Keys that no vector was compared by, each with the family's reason."""
    compared = {key for check in checks for key in check.compared}
    reasons: dict[str, str] = {}
    for vector, check in zip(given, checks, strict=True):
        for key, reason in check.skipped.items():
            if key not in compared:
                reasons.setdefault(key, reason)
        if check.not_built is None:
            for key in _keys(vector):
                if not any(_same(key, known) for known in (*compared, *check.skipped, *reasons)):
                    reasons[key] = "the family gives no reason"
    return dict(sorted(reasons.items()))


def _keys(vector: dict[str, Any]) -> list[str]:
    keys = [key for key in vector if key not in _ABOUT and key != "meaning"]
    meaning = vector.get("meaning")
    return keys + ([f"meaning.{key}" for key in meaning] if isinstance(meaning, dict) else ["meaning"] if meaning else [])


def _same(key: str, known: str) -> bool:
    """Whether a family's name for a key is this one: with or without `meaning.` before it, or something inside it."""
    plain, other = key.removeprefix("meaning."), known.removeprefix("meaning.")
    return plain == other or other.startswith((f"{plain}.", f"{plain}[")) or (known == "meaning" and key.startswith("meaning."))


def _check(codec: DeviceFamily[Any], vector: dict[str, Any]) -> VectorCheck:
    from bridge.plugin import VectorCheck

    try:
        return codec.check_vector(vector)
    except Exception as error:  # whatever a plugin raises: it is that vector's failure, and the others are still checked
        name = str(vector.get("name"))
        return VectorCheck(name=name, differences=(f"check_vector raised {type(error).__name__}: {error}",))


def _load(file: Path) -> list[dict[str, Any]]:
    try:
        data = json.loads(file.read_text("utf-8"))
    except (ValueError, UnicodeDecodeError) as error:
        raise CliError(f"{file} is no JSON: {error}.") from None
    if not isinstance(data, list) or not all(isinstance(vector, dict) and "name" in vector for vector in data):
        raise CliError(f"{file} must hold a list of vectors, each an object with a name.")
    if not data:
        raise CliError(f"{file} holds no vectors.")
    return data


def _family(family: str) -> DeviceFamily[Any]:
    from bridge.plugin import PluginRegistry

    registry = PluginRegistry.installed()
    found = registry.families.get(family)
    if found is None:
        message = f"The family {family} is not installed. Installed are: {', '.join(sorted(registry.families)) or 'none'}."
        broken = [f"{report.name}: {report.problem}" for report in registry.reports if report.problem is not None]
        if broken:
            message += f" Broken plugins: {'; '.join(broken)}."
        raise CannotRun(message, f"Install it: pip install tillbridge-{family}")
    return found


def _as_json(check: VectorCheck) -> dict[str, Any]:
    return {
        "name": check.name,
        "verdict": verdict(check).replace(" ", "_"),
        "compared": list(check.compared),
        "skipped": dict(check.skipped),
        "differences": list(check.differences),
        "not_built": check.not_built,
    }


def _print(checks: Sequence[VectorCheck], never: dict[str, str]) -> None:
    from rich.text import Text

    styles = {"compared": "green", "not built": "yellow", "failed": "bold red"}
    shown = table("Vector", "Result", "Compared, or why not")
    for check in checks:
        result = verdict(check)
        if result == "failed":
            detail = "\n".join(check.differences) or "nothing was compared, and the family does not say why"
        else:
            detail = check.not_built or ", ".join(check.compared)
        shown.add_row(check.name, Text(result, style=styles[result]), detail)
    console().print(shown)
    if never:
        keys = table("Key never compared", "Reason")
        for key, reason in never.items():
            keys.add_row(key, reason)
        console().print(keys)
