"""A till at the WebSocket, with a simulated printer: what it hears is what the printer issued."""

from __future__ import annotations

from typing import Any

from tests.sockets import SocketClient
from tests.system.conftest import System

SALE: dict[str, Any] = {
    "op": "receipt",
    "currency": "PLN",
    "lines": [{"name": "Chleb", "quantity": "2", "price": "4.50", "vat": "8%"}],
}


async def test_a_till_that_hangs_up_in_the_middle_hears_of_its_receipt_when_it_is_back(system: System) -> None:
    first = await SocketClient.signed_in(system.server.url, system.token)
    begun = await first.call("events.subscribe")
    system.printer.device.faults.arm({"fault": "cut_command", "command": "trend", "step": "after"})
    await first.send(
        {
            "jsonrpc": "2.0",
            "id": "never answered",
            "method": "devices.submit",
            "params": {"device": "till-1", "idempotency_key": "order-1", "wait": 30, **SALE, "reference": "ORDER-1"},
        }
    )
    queued = (await first.event("job.updated"))["params"]
    await first.drop()
    again = await SocketClient.signed_in(system.server.url, system.token)
    await again.call("events.subscribe", after=queued["seq"], epoch=begun["epoch"], kinds=["job.updated"])
    states = []
    while not states or states[-1] != "done":
        told = (await again.event())["params"]
        states.append(told["state"])
    assert states == ["running", "unresolved", "done"]
    (document,) = system.printer.device.documents()
    assert (document.reference, told["job"]["result"]["document"]["total"]) == ("ORDER-1", "9.00")
    repeated = await again.call(
        "devices.submit", device="till-1", idempotency_key="order-1", wait=20, **SALE, reference="ORDER-1"
    )
    assert repeated["id"] == queued["job_id"]
    assert len(system.printer.device.documents()) == 1
    await again.leave()
