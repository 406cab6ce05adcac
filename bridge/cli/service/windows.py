"""Windows: a task of the Task Scheduler, at log-in of the user or at the start of the machine. Source: the schema of tasks
(Task Scheduler 2.0) and schtasks.

A task and no service of the Service Control Manager: a till's bridge belongs to the user who sits at it, needs no privilege,
and can be installed by that user. Written from the documentation and checked for its form; it has not been run on Windows yet.
"""

from __future__ import annotations

import subprocess
from pathlib import Path
from xml.etree import ElementTree

from bridge.cli.service.plan import Plan, Wanted

_TASK = "Tillbridge"
_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"


def plan(wanted: Wanted, account: str) -> Plan:
    """`account`: DOMAIN\\user who installs it; a task of the system runs as the local service account."""
    path = wanted.data_dir / "tillbridge-task.xml"
    return Plan(
        files=((path, task(wanted, account)),),
        commands=(
            ("schtasks", "/Create", "/TN", _TASK, "/XML", str(path), "/F"),
            ("schtasks", "/Run", "/TN", _TASK),
        ),
        undo=(("schtasks", "/End", "/TN", _TASK), ("schtasks", "/Delete", "/TN", _TASK, "/F")),
        status=("schtasks", "/Query", "/TN", _TASK, "/V", "/FO", "LIST"),
    )


def task(wanted: Wanted, account: str) -> str:
    """The task's XML."""
    ElementTree.register_namespace("", _NAMESPACE)
    root = _child(None, "Task", version="1.2")
    triggers = _child(root, "Triggers")
    trigger = _child(triggers, "BootTrigger" if wanted.system else "LogonTrigger")
    _child(trigger, "Enabled", "true")
    if not wanted.system:
        _child(trigger, "UserId", account)
    principal = _child(_child(root, "Principals"), "Principal", id="Author")
    _child(principal, "UserId", "S-1-5-19" if wanted.system else account)  # S-1-5-19: LOCAL SERVICE
    if not wanted.system:
        _child(principal, "LogonType", "InteractiveToken")
    _child(principal, "RunLevel", "LeastPrivilege")
    settings = _child(root, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StopIfGoingOnBatteries", "false"),
        ("ExecutionTimeLimit", "PT0S"),  # without end
    ):
        _child(settings, name, value)
    restart = _child(settings, "RestartOnFailure")
    _child(restart, "Interval", "PT1M")  # the shortest that the scheduler takes
    _child(restart, "Count", "255")
    command, *arguments = _without_window(wanted)
    execute = _child(_child(root, "Actions", Context="Author"), "Exec")
    _child(execute, "Command", command)
    _child(execute, "Arguments", subprocess.list2cmdline(arguments))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")


def _without_window(wanted: Wanted) -> tuple[str, ...]:
    """pythonw.exe beside python.exe opens no console window."""
    program, *rest = wanted.command
    path = Path(program)
    return (str(path.with_name("pythonw.exe")) if path.name.lower() == "python.exe" else program, *rest)


def _child(parent: ElementTree.Element | None, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    tag = f"{{{_NAMESPACE}}}{name}"
    element = ElementTree.Element(tag, attributes) if parent is None else ElementTree.SubElement(parent, tag, attributes)
    element.text = text
    return element
