"""The hooks a plugin may implement: few, and nouns. pluggy's project name and the entry-point group are both "tillbridge"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pluggy

from bridge.model import Job
from bridge.plugin.family import DeviceFamily
from bridge.plugin.simulators import SimulatorFamily

PROJECT = "tillbridge"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class HookSpecs:
    """Specifications only. Import what is heavy inside the hook, not at the top of the plugin's module."""

    @hookspec
    def tillbridge_device_families(self) -> Sequence[DeviceFamily[Any]]:  # type: ignore[empty-body]
        """The device families that this plugin drives."""

    @hookspec
    def tillbridge_simulators(self) -> Sequence[SimulatorFamily]:  # type: ignore[empty-body]
        """The simulators that this plugin brings, each for one family."""

    @hookspec
    def tillbridge_job_finished(self, job: Job) -> None:
        """A job reached its final state. Called after the client can know of it; must return quickly and not raise."""
