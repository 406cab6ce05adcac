"""All that a plugin may import, beside bridge.model and bridge.transport."""

from bridge.plugin import usual
from bridge.plugin.contexts import ALPHANUMERIC, DeviceContext, DeviceStore, JobContext, Json
from bridge.plugin.decoding import Checksum, DescribedFrame, FrameDecoder, FrameReader, HexDecoder, WireDecoder, one_line
from bridge.plugin.driver import AbortAnswer, Driver
from bridge.plugin.errors import Aborted, DeviceError
from bridge.plugin.family import (
    Action,
    Checked,
    DeviceFamily,
    EndpointKind,
    FamilySettings,
    PaperCode,
    PaperCut,
    PaperText,
    TlsSettings,
    UsbId,
    VectorCheck,
)
from bridge.plugin.hookspecs import hookimpl
from bridge.plugin.printing import FittedQr, QrLimits, fit_qr
from bridge.plugin.recovery import (
    BASELINE,
    INTENT,
    Checkpoint,
    Decision,
    Issued,
    NeedsOperator,
    NotIssued,
    Pending,
    Recovery,
    Verdict,
    read_intent,
)
from bridge.plugin.refusals import CommandFate, CommandRefused, ErrorRow, Refusal
from bridge.plugin.registry import PluginRegistry, PluginReport
from bridge.plugin.requests import from_request, read_raw
from bridge.plugin.setting_parts import CancelLeftover, Seconds, TimeoutSettings, Zone
from bridge.plugin.simulators import Pace, RunningSimulator, SimulatorFamily
from bridge.plugin.vectors import VectorComparison, check_bytes
from bridge.plugin.version import PLUGIN_API_VERSION
from bridge.plugin.waiting import UNWATCHED, Trouble, Watch, wait_until_ready
from bridge.plugin.wire_fields import BadAnswer, BadValue, WireField, read_fields, show_fields, write_fields

__all__ = [
    "ALPHANUMERIC",
    "BASELINE",
    "INTENT",
    "PLUGIN_API_VERSION",
    "UNWATCHED",
    "AbortAnswer",
    "Aborted",
    "Action",
    "BadAnswer",
    "BadValue",
    "CancelLeftover",
    "Checked",
    "Checkpoint",
    "Checksum",
    "CommandFate",
    "CommandRefused",
    "Decision",
    "DescribedFrame",
    "DeviceContext",
    "DeviceError",
    "DeviceFamily",
    "DeviceStore",
    "Driver",
    "EndpointKind",
    "ErrorRow",
    "FamilySettings",
    "FittedQr",
    "FrameDecoder",
    "FrameReader",
    "HexDecoder",
    "Issued",
    "JobContext",
    "Json",
    "NeedsOperator",
    "NotIssued",
    "Pace",
    "PaperCode",
    "PaperCut",
    "PaperText",
    "Pending",
    "PluginRegistry",
    "PluginReport",
    "QrLimits",
    "Recovery",
    "Refusal",
    "RunningSimulator",
    "Seconds",
    "SimulatorFamily",
    "TimeoutSettings",
    "TlsSettings",
    "Trouble",
    "UsbId",
    "VectorCheck",
    "VectorComparison",
    "Verdict",
    "Watch",
    "WireDecoder",
    "WireField",
    "Zone",
    "check_bytes",
    "fit_qr",
    "from_request",
    "hookimpl",
    "one_line",
    "read_fields",
    "read_intent",
    "read_raw",
    "show_fields",
    "usual",
    "wait_until_ready",
    "write_fields",
]
