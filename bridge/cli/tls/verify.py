"""Whether the certificates work: a listener with them on loopback, and a client that trusts their authority alone."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from bridge.server.tls import LiveCertificate, TlsError, files

_SECONDS = 10.0


def verify(data_dir: Path, now: Callable[[], datetime]) -> list[str]:
    """Make a handshake for each name and address of the certificate. Returns them; raises TlsError for the first that fails.

    Names of the local network are asked for over loopback: whether they lead here is for the network to say.
    """
    live = LiveCertificate(data_dir, now)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.load_verify_locations(files.authority_file(data_dir))
    shaken = []
    with contextlib.ExitStack() as stack:
        port4 = stack.enter_context(listener(socket.AF_INET, "127.0.0.1", live.context))
        port6 = None
        with contextlib.suppress(OSError):  # a system without IPv6
            port6 = stack.enter_context(listener(socket.AF_INET6, "::1", live.context))
        for name in (*live.names, *(str(address) for address in live.addresses)):
            where = ("::1", port6) if name == "::1" and port6 is not None else ("127.0.0.1", port4)
            try:
                with (
                    socket.create_connection(where, timeout=_SECONDS) as plain,
                    client.wrap_socket(plain, server_hostname=name) as wrapped,
                ):
                    wrapped.recv(1)  # a server that refuses says so after the client's part of TLS 1.3 is over
            except OSError as error:  # ssl.SSLError is one
                raise TlsError(f"A handshake for {name} fails: {error}.", "Nothing was changed. Please report this.") from error
            shaken.append(name)
    return shaken


@contextlib.contextmanager
def listener(family: socket.AddressFamily, host: str, context: ssl.SSLContext) -> Iterator[int]:
    """A server that makes handshakes, one after another, until the block ends. Its port."""
    with socket.create_server((host, 0), family=family) as listening:
        stop = threading.Event()

        def answer() -> None:
            while True:
                connection, _ = listening.accept()
                with connection:
                    if stop.is_set():
                        return
                    connection.settimeout(_SECONDS)
                    # What goes wrong is told by the client's side.
                    with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as wrapped:
                        wrapped.send(b"1")

        port = int(listening.getsockname()[1])
        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield port
        finally:
            stop.set()
            with contextlib.suppress(OSError):  # wakes the thread, which sees that it is over
                socket.create_connection((host, port), timeout=_SECONDS).close()
            thread.join(_SECONDS)
