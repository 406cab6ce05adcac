"""What idle USB links cost: `python -m benchmarks.usb_idle`. The bus is the tests' own: libusb's waiting costs no CPU."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime

from bridge.transport import LinkOpener, WireLog, parse_endpoint
from bridge.transport.usb import TRANSFER_MS
from tests.usb.fake_backend import FakeBus, FakeDevice

_LINKS = 8
_SECONDS = 5.0


async def main() -> None:
    opener = LinkOpener(usb_backend=FakeBus(*(FakeDevice(product=number) for number in range(_LINKS))))
    links = [
        await opener.open(parse_endpoint(f"usb://0483:{number:04x}"), WireLog(lambda: datetime.now(UTC)))
        for number in range(_LINKS)
    ]
    cpu = time.process_time()
    await asyncio.sleep(_SECONDS)
    cpu = time.process_time() - cpu
    began = time.perf_counter()
    await asyncio.gather(*(link.close() for link in links))
    closing = time.perf_counter() - began
    print(
        f"{_LINKS} idle links, reads of {TRANSFER_MS} ms: {cpu / _SECONDS / _LINKS * 100:.3f} % CPU each; closed in {closing:.2f} s"
    )


if __name__ == "__main__":
    asyncio.run(main())
