"""The calls to Windows: their arguments, and that what was opened is closed. Functions stand in for those of the DLLs.

They have the types of Microsoft's documentation, so that ctypes itself checks what is passed. That Windows does what its
documentation says cannot be seen here.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from ctypes import CFUNCTYPE, POINTER, c_int32, c_uint32, c_void_p, c_wchar_p
from typing import Any

import pytest

from bridge.server.peers.windows import WTS_CLIENT_NAME
from bridge.server.peers.windows_system import Win32System

SID = b"\x01\x05" + bytes(range(26))
SID_TEXT = "S-1-5-21-1-2-3-1001"
PROCESS, TOKEN = 0x10, 0x20
ACCESS_DENIED = 5

DWORD_OUT = POINTER(c_uint32)
POINTER_OUT = POINTER(c_void_p)
ACCOUNT = (c_void_p, DWORD_OUT, c_void_p, DWORD_OUT, DWORD_OUT)
PROTOTYPES = {
    "GetExtendedTcpTable": CFUNCTYPE(c_uint32, c_void_p, DWORD_OUT, c_int32, c_uint32, c_uint32, c_uint32),
    "ProcessIdToSessionId": CFUNCTYPE(c_int32, c_uint32, DWORD_OUT),
    "OpenProcess": CFUNCTYPE(c_void_p, c_uint32, c_int32, c_uint32),
    "CloseHandle": CFUNCTYPE(c_int32, c_void_p),
    "LocalFree": CFUNCTYPE(c_void_p, c_void_p),
    "OpenProcessToken": CFUNCTYPE(c_int32, c_void_p, c_uint32, POINTER_OUT),
    "GetTokenInformation": CFUNCTYPE(c_int32, c_void_p, c_uint32, c_void_p, c_uint32, DWORD_OUT),
    "ConvertSidToStringSidW": CFUNCTYPE(c_int32, c_void_p, POINTER_OUT),
    "ConvertStringSidToSidW": CFUNCTYPE(c_int32, c_wchar_p, POINTER_OUT),
    "LookupAccountNameW": CFUNCTYPE(c_int32, c_wchar_p, c_wchar_p, *ACCOUNT),
    "LookupAccountSidW": CFUNCTYPE(c_int32, c_wchar_p, c_void_p, *ACCOUNT),
    "WTSQuerySessionInformationW": CFUNCTYPE(c_int32, c_void_p, c_uint32, c_uint32, POINTER_OUT, DWORD_OUT),
    "WTSFreeMemory": CFUNCTYPE(None, c_void_p),
}


class Dlls:
    """Functions with Windows' names and types. What one gives out to be freed is counted."""

    def __init__(self) -> None:
        self.failing: set[str] = set()
        self.error = ACCESS_DENIED
        self.kind = 1
        self.given: list[int] = []
        self.calls: list[tuple[Any, ...]] = []
        self._kept: list[Any] = []
        self.sid = ctypes.create_string_buffer(SID)

    def __getattr__(self, name: str) -> Any:
        if name not in PROTOTYPES:
            raise AttributeError(name)
        function = PROTOTYPES[name](getattr(self, f"do_{name}"))
        self._kept.append(function)
        return function

    def give(self, out: Any, text: str) -> None:
        buffer = ctypes.create_unicode_buffer(text)
        self._kept.append(buffer)
        out[0] = ctypes.addressof(buffer)
        self.given.append(ctypes.addressof(buffer))

    def do_GetExtendedTcpTable(self, buffer: int, size: Any, order: int, family: int, kind: int, reserved: int) -> int:
        self.calls.append((size[0], order, family, kind, reserved))
        ctypes.memmove(buffer, b"\x07\0\0\0", 4)
        size[0] = 4
        return 0

    def do_ProcessIdToSessionId(self, pid: int, session: Any) -> int:
        session[0] = pid + 1
        return int("ProcessIdToSessionId" not in self.failing)

    def do_OpenProcess(self, access: int, inherit: int, pid: int) -> int | None:
        self.calls.append((access, inherit, pid))
        if "OpenProcess" in self.failing:
            return None
        self.given.append(PROCESS)
        return PROCESS

    def do_OpenProcessToken(self, process: int, access: int, token: Any) -> int:
        assert (process, access) == (PROCESS, 0x0008)
        if "OpenProcessToken" in self.failing:
            return 0
        token[0] = TOKEN
        self.given.append(TOKEN)
        return 1

    def do_GetTokenInformation(self, token: int, what: int, buffer: int, size: int, needed: Any) -> int:
        assert (token, what) == (TOKEN, 1)
        assert size >= 84
        c_void_p.from_address(buffer).value = ctypes.addressof(self.sid)
        return int("GetTokenInformation" not in self.failing)

    def do_CloseHandle(self, handle: int) -> int:
        self.given.remove(handle)
        return 1

    def do_LocalFree(self, memory: int) -> None:
        self.given.remove(memory)

    def do_ConvertSidToStringSidW(self, sid: int, text: Any) -> int:
        if "ConvertSidToStringSidW" in self.failing:
            return 0
        assert ctypes.string_at(sid, len(SID)) == SID
        self.give(text, SID_TEXT)
        return 1

    def do_ConvertStringSidToSidW(self, text: str, sid: Any) -> int:
        assert text == SID_TEXT
        self.give(sid, "a SID")
        return 1

    def do_LookupAccountNameW(
        self, system: None, account: str, sid: int, sid_size: Any, domain: int, domain_length: Any, kind: Any
    ) -> int:
        assert (system, account) == (None, "SHOP\\anna")
        assert sid_size[0] == 68
        assert domain_length[0] == 257
        ctypes.memmove(sid, SID, len(SID))
        kind[0] = self.kind
        return int("LookupAccountNameW" not in self.failing)

    def do_LookupAccountSidW(
        self, system: None, sid: int, name: int, name_length: Any, domain: int, domain_length: Any, kind: Any
    ) -> int:
        assert sid in self.given
        assert (name_length[0], domain_length[0]) == (257, 257)
        for target, text in ((name, "anna"), (domain, "SHOP")):
            ctypes.memmove(target, ctypes.create_unicode_buffer(text), (len(text) + 1) * ctypes.sizeof(ctypes.c_wchar))
        return int("LookupAccountSidW" not in self.failing)

    def do_WTSQuerySessionInformationW(self, server: None, session: int, what: int, text: Any, size: Any) -> int:
        assert server is None
        if "WTSQuerySessionInformationW" in self.failing:
            return 0
        self.give(text, f"{session}/{what}")
        return 1

    def do_WTSFreeMemory(self, memory: int) -> None:
        self.given.remove(memory)


@pytest.fixture
def dlls(monkeypatch: pytest.MonkeyPatch) -> Dlls:
    dlls = Dlls()

    def load(name: str, *, use_last_error: bool, winmode: int) -> Dlls:
        assert use_last_error
        assert winmode == 0x800
        return dlls

    def error(code: int) -> OSError:
        return PermissionError(f"Windows says {code}") if code == ACCESS_DENIED else OSError(f"Windows says {code}")

    monkeypatch.setattr(ctypes, "WinDLL", load, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: dlls.error, raising=False)
    monkeypatch.setattr(ctypes, "WinError", error, raising=False)
    return dlls


def test_the_table_is_asked_for_by_windows_own_number_of_the_address_family(dlls: Dlls) -> None:
    system = Win32System()
    assert system.tcp_table(4, 8) == (0, 4, b"\x07" + bytes(7))
    assert system.tcp_table(6, 8) == (0, 4, b"\x07" + bytes(7))
    assert dlls.calls == [(8, 0, 2, 4, 0), (8, 0, 23, 4, 0)]


def test_a_processs_session_is_told(dlls: Dlls) -> None:
    assert Win32System().process_session(7) == 8


def test_a_processs_user_is_read_from_its_token_with_the_least_right(dlls: Dlls) -> None:
    assert Win32System().process_user(1234) == SID_TEXT
    assert dlls.calls == [(0x1000, 0, 1234)]
    assert dlls.given == []


def test_a_sessions_text_is_read_and_freed(dlls: Dlls) -> None:
    assert Win32System().session_text(3, WTS_CLIENT_NAME) == "3/10"
    assert dlls.given == []


def test_an_accounts_sid_is_told_and_freed(dlls: Dlls) -> None:
    assert Win32System().account_sid("SHOP\\anna") == SID_TEXT
    assert dlls.given == []


def test_a_group_of_that_name_is_no_user(dlls: Dlls) -> None:
    dlls.kind = 2
    with pytest.raises(OSError, match="is no user"):
        Win32System().account_sid("SHOP\\anna")


def test_a_sids_account_has_its_domain_before_it(dlls: Dlls) -> None:
    assert Win32System().account_name(SID_TEXT) == "SHOP\\anna"
    assert dlls.given == []


CALLS: dict[str, Callable[[Win32System], object]] = {
    "ProcessIdToSessionId": lambda system: system.process_session(7),
    "OpenProcess": lambda system: system.process_user(7),
    "OpenProcessToken": lambda system: system.process_user(7),
    "GetTokenInformation": lambda system: system.process_user(7),
    "ConvertSidToStringSidW": lambda system: system.process_user(7),
    "WTSQuerySessionInformationW": lambda system: system.session_text(3, WTS_CLIENT_NAME),
    "LookupAccountNameW": lambda system: system.account_sid("SHOP\\anna"),
    "LookupAccountSidW": lambda system: system.account_name(SID_TEXT),
}


@pytest.mark.parametrize("failing", CALLS)
def test_what_windows_refuses_is_raised_and_leaves_nothing_open(dlls: Dlls, failing: str) -> None:
    dlls.failing.add(failing)
    with pytest.raises(PermissionError, match="Windows says 5"):
        CALLS[failing](Win32System())
    dlls.error = 87
    with pytest.raises(OSError, match="Windows says 87"):
        CALLS[failing](Win32System())
    assert dlls.given == []
