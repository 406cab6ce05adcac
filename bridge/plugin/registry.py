"""Finding and loading plugins. One that cannot be loaded is reported, and hurts nobody."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from bridge.model import Job
from bridge.plugin.family import DeviceFamily, FamilySettings
from bridge.plugin.hookspecs import PROJECT, HookSpecs
from bridge.plugin.simulators import SimulatorFamily
from bridge.plugin.version import incompatibility

log = logging.getLogger("tillbridge.plugins")

# How long a plugin's module and its hooks may take at start. Importing ours takes some 50 ms; a module that asks the
# network for something while it is imported must not keep every till waiting.
LOAD_SECONDS = 10.0

# How many finished jobs wait for a plugin that is slow to hear of them. A busy till makes so many in a day.
_MOST_UNHEARD = 1000


@lru_cache(maxsize=64)
def _describe(settings: type[FamilySettings]) -> None:
    """Raise where a family's settings have no JSON schema. Once for each class: who embeds us may make many registries."""
    settings.model_json_schema()


@dataclass(frozen=True, slots=True)
class PluginReport:
    """What became of one entry point. `problem` is None for a plugin that works."""

    name: str
    distribution: str
    version: str
    families: tuple[str, ...] = ()
    simulators: tuple[str, ...] = ()
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What loading one plugin gave: its report and, where it works, what it brings."""

    report: PluginReport
    manager: pluggy.PluginManager | None = None
    families: Mapping[str, DeviceFamily[Any]] = field(default_factory=dict)
    simulators: Mapping[str, SimulatorFamily] = field(default_factory=dict)


class _Listener:
    """One plugin that hears of finished jobs, in a daemon thread that starts with the first one."""

    def __init__(self, name: str, manager: pluggy.PluginManager) -> None:
        self._name = name
        self._manager = manager
        self._jobs: queue.Queue[Job] = queue.Queue(_MOST_UNHEARD)
        self._thread: threading.Thread | None = None

    def tell(self, job: Job) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"job-finished-{self._name}", daemon=True)
            self._thread.start()
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            log.error("tillbridge_job_finished of %s is too slow: it does not hear of job %s", self._name, job.id)

    def finish(self, seconds: float) -> None:
        with self._jobs.all_tasks_done:
            if not self._jobs.all_tasks_done.wait_for(lambda: not self._jobs.unfinished_tasks, max(0.0, seconds)):
                log.error("tillbridge_job_finished of %s hangs: it was left behind", self._name)

    def _run(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                self._manager.hook.tillbridge_job_finished(job=job)
            except BaseException:  # a plugin may raise anything; the next job it shall hear of all the same
                log.exception("tillbridge_job_finished of %s raised", self._name, extra={"job": job.id, "device": job.device})
            finally:
                self._jobs.task_done()


class PluginRegistry:
    """The families and simulators of all installed plugins, and a report on each plugin, the broken ones too."""

    def __init__(self, load_seconds: float = LOAD_SECONDS) -> None:
        self.reports: list[PluginReport] = []
        self.families: dict[str, DeviceFamily[Any]] = {}
        self.simulators: dict[str, SimulatorFamily] = {}
        self._load_seconds = load_seconds
        self._listeners: list[_Listener] = []

    @classmethod
    def installed(cls) -> PluginRegistry:
        """Everything behind the entry-point group "tillbridge"."""
        registry = cls()
        registry.load(entry_points(group=PROJECT))
        return registry

    def load(self, points: Iterable[EntryPoint]) -> None:
        """Load entry points one by one, each within the time allowed."""
        for point in sorted(points, key=lambda point: point.name):
            # In a manager of its own until it has loaded in time: one that wakes up later must not appear behind our back.
            outcome: list[_Loaded] = []
            thread = threading.Thread(
                target=lambda p=point, o=outcome: o.append(self._load(p)), daemon=True, name=f"load-{point.name}"
            )
            thread.start()
            thread.join(self._load_seconds)
            if outcome:
                report = self._take(outcome[0])
            else:
                report = self._report(point, problem=f"loading it took more than {self._load_seconds:g} s; it was left out")
            if report.problem is not None:
                log.error("plugin %s is left out: %s", report.name, report.problem)
            self.reports.append(report)

    def add(self, plugin: object, name: str) -> PluginReport:
        """Register a module or object as a plugin, as an entry point would be: for tests and embedding."""
        report = self._take(self._examine(plugin, name, "-", "-"))
        self.reports.append(report)
        return report

    def job_finished(self, job: Job) -> None:
        """Tell the plugins, each in a thread of its own: one that raises is logged, one that hangs misses what follows."""
        for listener in self._listeners:
            listener.tell(job)

    def finish_telling(self, seconds: float) -> None:
        """Give the plugins so long, all together, to take in what they were told. Blocks."""
        end = time.monotonic() + seconds
        for listener in self._listeners:
            listener.finish(end - time.monotonic())

    @property
    def listens_to_jobs(self) -> bool:
        """Whether any plugin wants to hear of finished jobs."""
        return bool(self._listeners)

    def _load(self, point: EntryPoint) -> _Loaded:
        try:
            module = point.load()
        except BaseException as error:  # a plugin may even call sys.exit while it is imported
            return _Loaded(self._report(point, problem=f"importing it raised {type(error).__name__}: {error}"))
        distribution = point.dist
        return self._examine(
            module, point.name, distribution.name if distribution else "?", distribution.version if distribution else "?"
        )

    def _examine(self, plugin: object, name: str, distribution: str, version: str) -> _Loaded:
        """Call the plugin's hooks and look at what they return. Changes nothing of the registry."""
        try:
            problem = incompatibility(getattr(plugin, "TILLBRIDGE_PLUGIN_API", None))
            if problem is not None:
                return _Loaded(PluginReport(name, distribution, version, problem=problem))
            manager = pluggy.PluginManager(PROJECT)
            manager.add_hookspecs(HookSpecs)
            manager.register(plugin, name=f"{distribution}:{name}")
            families = self._collect(manager.hook.tillbridge_device_families(), "tillbridge_device_families", DeviceFamily)
            for family in families.values():
                _describe(family.settings_model)
                family.endpoint_kinds.items()
            simulators = self._collect(manager.hook.tillbridge_simulators(), "tillbridge_simulators", object)
        except BaseException as error:
            return _Loaded(PluginReport(name, distribution, version, problem=f"{type(error).__name__}: {error}"))
        report = PluginReport(name, distribution, version, tuple(families), tuple(simulators))
        return _Loaded(report, manager, families, simulators)

    def _take(self, loaded: _Loaded) -> PluginReport:
        """Make a plugin that works part of the registry, unless an id of its is taken."""
        report = loaded.report
        if report.problem is not None or loaded.manager is None:
            return report
        for identifier in (
            *(loaded.families.keys() & self.families.keys()),
            *(loaded.simulators.keys() & self.simulators.keys()),
        ):
            problem = f"ValueError: the id {identifier!r} is taken by another plugin"
            return PluginReport(report.name, report.distribution, report.version, problem=problem)
        self.families.update(loaded.families)
        self.simulators.update(loaded.simulators)
        if loaded.manager.hook.tillbridge_job_finished.get_hookimpls():
            self._listeners.append(_Listener(report.name, loaded.manager))
        return report

    @staticmethod
    def _collect(answers: Sequence[Any], hook: str, kind: type) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for answer in answers:
            for item in answer:
                identifier = getattr(item, "id", None)
                if not isinstance(item, kind) or not isinstance(identifier, str):
                    raise TypeError(f"{hook} returned {item!r}, which is no {kind.__name__} with an id")
                if identifier in found:
                    raise ValueError(f"{hook}: the id {identifier!r} is there twice")
                found[identifier] = item
        return found

    @staticmethod
    def _report(point: EntryPoint, problem: str) -> PluginReport:
        distribution = point.dist
        return PluginReport(
            point.name, distribution.name if distribution else "?", distribution.version if distribution else "?", problem=problem
        )
