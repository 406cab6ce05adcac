"""Answers as frames, and the store of those that `rpt` can ask for again.

Source: protocol-specs/posnet, "Answers", "Frame errors", "Execution model" (tokens).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_posnet.frame import Decoder, Frame, Parameter, checksum

from bridge_sim_posnet import parameters
from bridge_sim_posnet.parameters import FrameError

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer
    from bridge_sim_posnet.printer import Printer

MAX_TOKENS = 32  # answers kept for rpt
MAX_TOKEN_BYTES = 1024  # and their size together


class Answers:
    """How one printer words its answers, and which it still knows."""

    def __init__(self, printer: Printer) -> None:
        self._printer = printer

    def success(self, frame: Frame, answer: Answer) -> Frame:
        told = tuple(Parameter(name, str(value).encode(parameters.CODE_PAGE, "replace")) for name, value in answer)
        return Frame(frame.mnemonic, told, frame.token)

    def refusal(self, frame: Frame, code: int) -> Frame:
        return Frame(frame.mnemonic, (), frame.token, error=code, error_tab=self._printer.settings.error_tab)

    def frame_error(self, number: int, token: str | None, mnemonic: str | None, field: str | None = None) -> Frame:
        detail = self._printer.settings.frame_error_detail
        named = []
        if mnemonic is not None and detail != "none":
            named.append(Parameter("cm", mnemonic.encode("ascii", "replace")))
            if field is not None and detail == "full":
                named.append(Parameter("fd", field.encode("ascii", "replace")))
        return Frame("ERR", tuple(named), token, error=number)

    def remember(self, answer: Frame) -> None:
        """The newest 32 answers, 1 KiB in all. An answer without token is not stored."""
        if answer.token is None:
            return
        tokens = self._printer.memory.tokens
        tokens.pop(answer.token, None)
        tokens[answer.token] = answer.payload().decode("latin-1")
        while len(tokens) > MAX_TOKENS or sum(map(len, tokens.values())) > MAX_TOKEN_BYTES:
            del tokens[next(iter(tokens))]
        if self._printer.settings.token_store == "keep":
            self._printer.save()

    def stored(self, frame: Frame) -> Frame:
        """What `rpt` gets: the stored answer byte by byte, or that there is none."""
        payload = self._printer.memory.tokens.get(frame.token or "")
        if payload is None:
            if frame.token is None:
                raise FrameError(parameters.TOKEN)
            if self._printer.settings.rpt_missing == "er13":
                named = (Parameter("er", b"%d" % parameters.NOT_FOUND), Parameter("cm", b"rpt"))
                return Frame("ERR", named, frame.token)
            raise FrameError(parameters.NOT_FOUND)
        return _read_payload(payload.encode("latin-1"))


def _read_payload(payload: bytes) -> Frame:
    """A stored answer as a frame again; it came from a frame, so it is one."""
    (event,) = Decoder().feed(b"\x02%b#%04X\x03" % (payload, checksum(payload)))
    assert isinstance(event, Frame)
    return event
