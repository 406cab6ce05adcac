"""The calls to Windows behind windows.py, one method each. NOT RUN ON WINDOWS YET.

Source: learn.microsoft.com, the page of each function; types and constants as in the SDK's headers that it names. ctypes has
WinDLL, WinError and get_last_error on Windows only, so they are taken when an object is made.
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from typing import Any, cast

from bridge.server.peers.addresses import Version

# winsock2.h; not Python's socket.AF_INET6, which is another number on other systems.
_AF_INET = 2
_AF_INET6 = 23
_TCP_TABLE_OWNER_PID_CONNECTIONS = 4  # all but listeners
_PROCESS_QUERY_LIMITED_INFORMATION = 0x1000
_TOKEN_QUERY = 0x0008
_TOKEN_USER = 1
_SID_TYPE_USER = 1
_WTS_CURRENT_SERVER_HANDLE = None
_LOAD_LIBRARY_SEARCH_SYSTEM32 = 0x800

# TOKEN_USER and the SID behind it are 84 bytes at most (SECURITY_MAX_SID_SIZE, 68, and a pointer with its attributes).
_TOKEN_USER_SIZE = 256
_SID_SIZE = 68
# UNLEN and DNLEN are 256 and 15; a domain can be named by its DNS name too, of up to 255 characters.
_NAME_LENGTH = 257

_BOOL = ctypes.c_int32
_DWORD = ctypes.c_uint32
_HANDLE = ctypes.c_void_p
_POINTER = ctypes.c_void_p
_TEXT = ctypes.c_wchar_p
_DWORD_OUT = ctypes.POINTER(ctypes.c_uint32)
_POINTER_OUT = ctypes.POINTER(ctypes.c_void_p)


class _SidAndAttributes(ctypes.Structure):
    """SID_AND_ATTRIBUTES, the only member of TOKEN_USER."""

    _fields_ = (("sid", ctypes.c_void_p), ("attributes", ctypes.c_uint32))


class Win32System:
    """Windows itself, through ctypes. Made on Windows only."""

    def __init__(self) -> None:
        self._ctypes = cast(Any, ctypes)
        iphlpapi, kernel32, advapi32, wtsapi32 = (self._load(name) for name in ("iphlpapi", "kernel32", "advapi32", "wtsapi32"))
        self._get_tcp_table = _declared(iphlpapi.GetExtendedTcpTable, _DWORD, _POINTER, _DWORD_OUT, _BOOL, _DWORD, _DWORD, _DWORD)
        self._session_of = _declared(kernel32.ProcessIdToSessionId, _BOOL, _DWORD, _DWORD_OUT)
        self._open_process = _declared(kernel32.OpenProcess, _HANDLE, _DWORD, _BOOL, _DWORD)
        self._close_handle = _declared(kernel32.CloseHandle, _BOOL, _HANDLE)
        self._local_free = _declared(kernel32.LocalFree, _POINTER, _POINTER)
        self._open_token = _declared(advapi32.OpenProcessToken, _BOOL, _HANDLE, _DWORD, _POINTER_OUT)
        self._token_information = _declared(advapi32.GetTokenInformation, _BOOL, _HANDLE, _DWORD, _POINTER, _DWORD, _DWORD_OUT)
        self._sid_to_text = _declared(advapi32.ConvertSidToStringSidW, _BOOL, _POINTER, _POINTER_OUT)
        self._text_to_sid = _declared(advapi32.ConvertStringSidToSidW, _BOOL, _TEXT, _POINTER_OUT)
        account = (_POINTER, _DWORD_OUT, _POINTER, _DWORD_OUT, _DWORD_OUT)
        self._lookup_name = _declared(advapi32.LookupAccountNameW, _BOOL, _TEXT, _TEXT, *account)
        self._lookup_sid = _declared(advapi32.LookupAccountSidW, _BOOL, _TEXT, _POINTER, *account)
        self._session_information = _declared(
            wtsapi32.WTSQuerySessionInformationW, _BOOL, _HANDLE, _DWORD, _DWORD, _POINTER_OUT, _DWORD_OUT
        )
        self._free_session_memory = _declared(wtsapi32.WTSFreeMemory, None, _POINTER)

    def tcp_table(self, version: Version, size: int) -> tuple[int, int, bytes]:
        buffer = ctypes.create_string_buffer(size)
        needed = ctypes.c_uint32(size)
        family = _AF_INET if version == 4 else _AF_INET6
        code: int = self._get_tcp_table(buffer, ctypes.byref(needed), 0, family, _TCP_TABLE_OWNER_PID_CONNECTIONS, 0)
        return code, needed.value, buffer.raw

    def process_session(self, pid: int) -> int:
        session = ctypes.c_uint32()
        self._check(self._session_of(pid, ctypes.byref(session)))
        return session.value

    def process_user(self, pid: int) -> str:
        token = ctypes.c_void_p()
        user = ctypes.create_string_buffer(_TOKEN_USER_SIZE)
        length = ctypes.c_uint32()
        process = self._open_process(_PROCESS_QUERY_LIMITED_INFORMATION, 0, pid)
        self._check(process)
        with self._closing(process):
            self._check(self._open_token(process, _TOKEN_QUERY, ctypes.byref(token)))
            with self._closing(token):
                self._check(self._token_information(token, _TOKEN_USER, user, len(user), ctypes.byref(length)))
        return self._sid_text(_SidAndAttributes.from_buffer(user).sid)

    def session_text(self, session: int, what: int) -> str:
        text = ctypes.c_void_p()
        length = ctypes.c_uint32()
        self._check(
            self._session_information(_WTS_CURRENT_SERVER_HANDLE, session, what, ctypes.byref(text), ctypes.byref(length))
        )
        try:
            return ctypes.wstring_at(text.value) if text.value else ""
        finally:
            self._free_session_memory(text)

    def account_sid(self, account: str) -> str:
        sid = ctypes.create_string_buffer(_SID_SIZE)
        sid_size = ctypes.c_uint32(len(sid))
        domain = ctypes.create_unicode_buffer(_NAME_LENGTH)
        domain_length = ctypes.c_uint32(len(domain))
        kind = ctypes.c_uint32()
        sizes = ctypes.byref(sid_size), ctypes.byref(domain_length)
        self._check(self._lookup_name(None, account, sid, sizes[0], domain, sizes[1], ctypes.byref(kind)))
        if kind.value != _SID_TYPE_USER:
            raise OSError(f"{account} is no user: its kind in SID_NAME_USE is {kind.value}")
        return self._sid_text(ctypes.addressof(sid))

    def account_name(self, sid: str) -> str:
        pointer = ctypes.c_void_p()
        name = ctypes.create_unicode_buffer(_NAME_LENGTH)
        name_length = ctypes.c_uint32(len(name))
        domain = ctypes.create_unicode_buffer(_NAME_LENGTH)
        domain_length = ctypes.c_uint32(len(domain))
        kind = ctypes.c_uint32()
        sizes = ctypes.byref(name_length), ctypes.byref(domain_length)
        self._check(self._text_to_sid(sid, ctypes.byref(pointer)))
        try:
            self._check(self._lookup_sid(None, pointer, name, sizes[0], domain, sizes[1], ctypes.byref(kind)))
        finally:
            self._local_free(pointer)
        return f"{domain.value}\\{name.value}" if domain.value else name.value

    def _sid_text(self, sid: int | None) -> str:
        text = ctypes.c_void_p()
        self._check(self._sid_to_text(sid, ctypes.byref(text)))
        try:
            return ctypes.wstring_at(text.value) if text.value else ""
        finally:
            self._local_free(text)

    @contextlib.contextmanager
    def _closing(self, handle: Any) -> Iterator[None]:
        try:
            yield
        finally:
            self._close_handle(handle)

    def _load(self, name: str) -> Any:
        """From Windows' own folder, never from one where somebody else may have put a file of this name."""
        return self._ctypes.WinDLL(name, use_last_error=True, winmode=_LOAD_LIBRARY_SEARCH_SYSTEM32)

    def _check(self, result: Any) -> None:
        """Windows' functions return 0 where they failed, and leave the reason in the thread's last error."""
        if not result:
            raise self._ctypes.WinError(self._ctypes.get_last_error())


def _declared(function: Any, result: Any, *arguments: Any) -> Any:
    function.restype = result
    function.argtypes = arguments
    return function
