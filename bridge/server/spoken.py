"""What answers and notifications say of devices and the bridge, in the reader's language. Jobs and errors do it themselves (bridge.model).

Only what the bridge itself says: names and numbers, a person's reasons and a driver's words stay as they are, as far as the catalogue
does not know them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bridge.model.texts import told

_OF_DEVICE = ("reason", "last_error", "journal_hold")
_OF_SCHEMA = ("title", "description")


def device(report: dict[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    """A device, or its status, as the manager tells it."""
    if not languages:
        return report
    said = dict(report)
    for name in _OF_DEVICE:
        if said.get(name) is not None:
            said[name] = told(said[name], languages)
    if said.get("alerts"):
        said["alerts"] = [{**alert, "text": told(alert["text"], languages)} for alert in said["alerts"]]
    status = said.get("status")
    if isinstance(status, dict):
        attention = status["attention"]
        problems = [told(problem, languages) for problem in status["problems"]]
        said["status"] = {
            **status,
            "attention": None if attention is None else told(attention, languages),
            "problems": problems,
        }
    return said


def health(report: dict[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    if not languages:
        return report
    return {**report, "problems": [told(problem, languages) for problem in report["problems"]]}


def plugin(report: dict[str, Any], languages: Sequence[str]) -> dict[str, Any]:
    problem = report["problem"]
    return report if problem is None else {**report, "problem": told(problem, languages)}


def schema(part: Any, languages: Sequence[str]) -> Any:
    """A JSON Schema with its titles and descriptions."""
    if isinstance(part, dict):
        return {
            name: told(value, languages) if name in _OF_SCHEMA and isinstance(value, str) else schema(value, languages)
            for name, value in part.items()
        }
    return [schema(item, languages) for item in part] if isinstance(part, list) else part
