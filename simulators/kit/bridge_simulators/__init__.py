"""What every Tillbridge simulator shares: the device interface, faults, listeners, control API, paper."""

from bridge_simulators.device import IssuedDocument, Occupied, Refused, Session, SimulatedDevice, Wire
from bridge_simulators.family import Running, SimulatorFamily
from bridge_simulators.faults import Fault, FaultError, FaultLayer
from bridge_simulators.pace import Pace

__all__ = [
    "Fault",
    "FaultError",
    "FaultLayer",
    "IssuedDocument",
    "Occupied",
    "Pace",
    "Refused",
    "Running",
    "Session",
    "SimulatedDevice",
    "SimulatorFamily",
    "Wire",
]
