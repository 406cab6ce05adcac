"""The code page of a PC interface (`pccfgset cp`): its bytes to those of Windows-1250, in which everything else is written.

Source: protocol-specs/posnet, "Data types". Mazovia has only the Polish letters above 7F here; the rest become blanks.
"""

from __future__ import annotations

from dataclasses import replace

from bridge_posnet.frame import Frame, Parameter

from bridge_sim_posnet.parameters import CODE_PAGE

WINDOWS, LATIN_2, MAZOVIA = "0", "1", "2"

_LETTERS = "ĄĆĘŁŃÓŚŹŻąćęłńóśźż"
_MAZOVIA = bytes.fromhex("8F95909CA5A398A0A1868D9192A4A29EA6A7")
_FROM_MAZOVIA = dict(zip(_MAZOVIA, _LETTERS, strict=True))
_TO_MAZOVIA = {letter: byte for byte, letter in _FROM_MAZOVIA.items()}


def received(frame: Frame, page: str, latin_2: str) -> Frame:
    """A frame as the host meant it."""
    if page == WINDOWS:
        return frame
    return replace(frame, parameters=tuple(Parameter(name, _read(value, page, latin_2)) for name, value in frame.parameters))


def sent(frame: Frame, page: str, latin_2: str) -> Frame:
    """A frame as the host reads it."""
    if page == WINDOWS:
        return frame
    return replace(frame, parameters=tuple(Parameter(name, _write(value, page, latin_2)) for name, value in frame.parameters))


def _read(value: bytes, page: str, latin_2: str) -> bytes:
    if page == LATIN_2:
        text = value.decode(latin_2)
    else:
        text = "".join(chr(byte) if byte < 0x80 else _FROM_MAZOVIA.get(byte, " ") for byte in value)
    return text.encode(CODE_PAGE, "replace")


def _write(value: bytes, page: str, latin_2: str) -> bytes:
    text = value.decode(CODE_PAGE, "replace")
    if page == LATIN_2:
        return text.encode(latin_2, "replace")
    return bytes(ord(mark) if ord(mark) < 0x80 else _TO_MAZOVIA.get(mark, 0x20) for mark in text)
