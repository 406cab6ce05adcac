"""Finding and loading plugins. One that cannot be loaded is reported, and hurts nobody."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from bridge.model import Job
from bridge.plugin.family import DeviceFamily
from bridge.plugin.hookspecs import PROJECT, HookSpecs
from bridge.plugin.simulators import SimulatorFamily
from bridge.plugin.version import incompatibility

log = logging.getLogger("tillbridge.plugins")

# How long a plugin's module and its hooks may take at start. Importing ours takes some 50 ms; a module that asks the
# network for something while it is imported must not keep every till waiting.
LOAD_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class PluginReport:
    """What became of one entry point. `problem` is None for a plugin that works."""

    name: str
    distribution: str
    version: str
    families: tuple[str, ...] = ()
    simulators: tuple[str, ...] = ()
    problem: str | None = None


class PluginRegistry:
    """The families and simulators of all installed plugins, and a report on each plugin, the broken ones too."""

    def __init__(self, load_seconds: float = LOAD_SECONDS) -> None:
        self.reports: list[PluginReport] = []
        self.families: dict[str, DeviceFamily[Any]] = {}
        self.simulators: dict[str, SimulatorFamily] = {}
        self._load_seconds = load_seconds
        self._manager = pluggy.PluginManager(PROJECT)
        self._manager.add_hookspecs(HookSpecs)

    @classmethod
    def installed(cls) -> PluginRegistry:
        """Everything behind the entry-point group "tillbridge"."""
        registry = cls()
        registry.load(entry_points(group=PROJECT))
        return registry

    def load(self, points: Iterable[EntryPoint]) -> None:
        """Load entry points one by one, each within the time allowed."""
        for point in sorted(points, key=lambda point: point.name):
            outcome: list[PluginReport] = []
            thread = threading.Thread(
                target=lambda p=point, o=outcome: o.append(self._load(p)), daemon=True, name=f"load-{point.name}"
            )
            thread.start()
            thread.join(self._load_seconds)
            if outcome:
                report = outcome[0]
            else:
                report = self._report(point, problem=f"loading it took more than {self._load_seconds:g} s; it was left out")
            if report.problem is not None:
                log.error("plugin %s is left out: %s", report.name, report.problem)
            self.reports.append(report)

    def add(self, plugin: object, name: str) -> PluginReport:
        """Register a module or object as a plugin, as an entry point would be: for tests and embedding."""
        report = self._register(plugin, name, "-", "-")
        self.reports.append(report)
        return report

    def job_finished(self, job: Job) -> None:
        """Tell the plugins; one that raises is logged."""
        for plugin in self._manager.get_plugins():
            try:
                self._call(plugin, "tillbridge_job_finished", job=job)
            except Exception:
                log.exception("tillbridge_job_finished of %s raised", self._manager.get_name(plugin))

    @property
    def listens_to_jobs(self) -> bool:
        """Whether any plugin wants to hear of finished jobs."""
        return bool(self._manager.hook.tillbridge_job_finished.get_hookimpls())

    def _load(self, point: EntryPoint) -> PluginReport:
        try:
            module = point.load()
        except BaseException as error:  # a plugin may even call sys.exit while it is imported
            return self._report(point, problem=f"importing it raised {type(error).__name__}: {error}")
        distribution = point.dist
        return self._register(
            module, point.name, distribution.name if distribution else "?", distribution.version if distribution else "?"
        )

    def _register(self, plugin: object, name: str, distribution: str, version: str) -> PluginReport:
        problem = incompatibility(getattr(plugin, "TILLBRIDGE_PLUGIN_API", None))
        if problem is not None:
            return PluginReport(name, distribution, version, problem=problem)
        try:
            self._manager.register(plugin, name=f"{distribution}:{name}")
            families = self._collect(plugin, "tillbridge_device_families", self.families, DeviceFamily)
            simulators = self._collect(plugin, "tillbridge_simulators", self.simulators, object)
        except BaseException as error:
            if self._manager.is_registered(plugin):
                self._manager.unregister(plugin)
            return PluginReport(name, distribution, version, problem=f"{type(error).__name__}: {error}")
        self.families.update(families)
        self.simulators.update(simulators)
        return PluginReport(name, distribution, version, tuple(families), tuple(simulators))

    def _collect(self, plugin: object, hook: str, known: dict[str, Any], kind: type) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for answer in self._call(plugin, hook):
            for item in answer:
                identifier = getattr(item, "id", None)
                if not isinstance(item, kind) or not isinstance(identifier, str):
                    raise TypeError(f"{hook} returned {item!r}, which is no {kind.__name__} with an id")
                if identifier in known or identifier in found:
                    raise ValueError(f"{hook}: the id {identifier!r} is taken by another plugin")
                found[identifier] = item
        return found

    def _call(self, plugin: object, hook: str, **arguments: Any) -> Sequence[Any]:
        others = [other for other in self._manager.get_plugins() if other is not plugin]
        caller = self._manager.subset_hook_caller(hook, remove_plugins=others)
        return list(caller(**arguments))

    @staticmethod
    def _report(point: EntryPoint, problem: str) -> PluginReport:
        distribution = point.dist
        return PluginReport(
            point.name, distribution.name if distribution else "?", distribution.version if distribution else "?", problem=problem
        )
