"""Endpoints and the links that lead to them: TCP, TLS, serial, USB, HTTP, null modem; deadlines; the wire log."""

from bridge.transport.clock import Clock, LoopClock, SystemClock
from bridge.transport.endpoint import KINDS, Endpoint, options_schema, parse_endpoint, shown_url
from bridge.transport.errors import EndpointError, LinkError, LinkLost, LinkTimeout, NotConnected
from bridge.transport.link import ByteLink, HttpAnswer, HttpLink, Link, deadline
from bridge.transport.listening import Listener
from bridge.transport.masking import SECRETS, Secrets, Values, hide_card_numbers, hide_patterns, masked_pan
from bridge.transport.null_modem import Cable, NullLink, NullModemBoard, null_modem
from bridge.transport.opening import LinkOpener, Terms
from bridge.transport.virtual_time import Deadlock, VirtualTimeLoop, run_virtual
from bridge.transport.wirelog import Direction, Masker, WireEntry, WireLog, mask_cards, mask_private

__all__ = [
    "KINDS",
    "SECRETS",
    "ByteLink",
    "Cable",
    "Clock",
    "Deadlock",
    "Direction",
    "Endpoint",
    "EndpointError",
    "HttpAnswer",
    "HttpLink",
    "Link",
    "LinkError",
    "LinkLost",
    "LinkOpener",
    "LinkTimeout",
    "Listener",
    "LoopClock",
    "Masker",
    "NotConnected",
    "NullLink",
    "NullModemBoard",
    "Secrets",
    "SystemClock",
    "Terms",
    "Values",
    "VirtualTimeLoop",
    "WireEntry",
    "WireLog",
    "deadline",
    "hide_card_numbers",
    "hide_patterns",
    "mask_cards",
    "mask_private",
    "masked_pan",
    "null_modem",
    "options_schema",
    "parse_endpoint",
    "run_virtual",
    "shown_url",
]
