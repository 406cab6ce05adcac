"""Discovery: which devices there are; and hot-plug: following a configured one to another port."""

from bridge.devices.discovery.following import Follower
from bridge.devices.discovery.mdns import Announced, Browser, ZeroconfBrowser
from bridge.devices.discovery.ports import PortLister, SerialPort, system_ports
from bridge.devices.discovery.probing import Attempt, Limits, Outcome, Prober
from bridge.devices.discovery.request import ScanRequest
from bridge.devices.discovery.service import DiscoveryService, Surroundings
from bridge.devices.discovery.usb import UsbDevice, UsbLister, UsbUnknown

__all__ = [
    "Announced",
    "Attempt",
    "Browser",
    "DiscoveryService",
    "Follower",
    "Limits",
    "Outcome",
    "PortLister",
    "Prober",
    "ScanRequest",
    "SerialPort",
    "Surroundings",
    "UsbDevice",
    "UsbLister",
    "UsbUnknown",
    "ZeroconfBrowser",
    "system_ports",
]
