"""E-documents: who the next one is for, the buffer and its states, sending with paper held back, sending again.

Source: protocol-specs/posnet, "E-document". In block mode the paper waits until the server has answered: sent means no paper,
anything else means that it is printed. Otherwise it is printed at once and sent besides.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge_sim_posnet import hub
from bridge_sim_posnet.memory import EDocument, EDocuments
from bridge_sim_posnet.parameters import CONVERSION, FrameError
from bridge_sim_posnet.receipt import CommandError, Receipt
from bridge_sim_posnet.status import NEVER, boolean

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call, Wait
    from bridge_sim_posnet.printer import Printer

BUFFER = 500  # records
PROTECTED = 10  # newest finished records that are not overwritten
NEW, SENT, FAILED, LOST, RESERVED = range(5)
SCHEME = "https://"
MAX_BARE_URL = 72  # without the scheme
THUMBPRINT = 40
NO_SUCH_RECORD = 903
FLAGS = ("gi", "ft", "td", "hd", "ex", "gb")  # what goes along
_URL = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?(/[!-~]*)?", re.IGNORECASE)


def _url(printer: Printer, given: str | None) -> str:
    """The address with its scheme, the default one where none is given. 4272, 4273, 4259, 4255."""
    if given is None:
        if not printer.memory.edocuments.server.address:
            raise CommandError(4273)
        return printer.memory.edocuments.server.address
    if not given.strip():
        raise CommandError(4272)
    bare = given[len(SCHEME) :] if given.lower().startswith(SCHEME) else given
    if len(bare) > MAX_BARE_URL:
        raise CommandError(4259)
    if not _URL.fullmatch(SCHEME + bare):
        raise CommandError(4255)
    return SCHEME + bare


def _find(service: EDocuments, number: int) -> EDocument:
    """903."""
    for record in service.buffer:
        if record.hash == number:
            return record
    raise CommandError(NO_SUCH_RECORD)


def _reserved(service: EDocuments) -> EDocument | None:
    return next((record for record in service.buffer if record.state == RESERVED), None)


def _new_record(printer: Printer, call: Call) -> EDocument:
    """2034, 323, 4277, 4250 and those of the address."""
    service = printer.memory.edocuments
    if not printer.memory.fiscal:
        raise CommandError(2034)
    if not service.on:
        raise CommandError(323)
    if not call.args["id"].strip():
        raise CommandError(4277)
    server = _url(printer, call.args.get("ad"))
    if len(service.buffer) >= BUFFER:
        _make_room(service)
    record = EDocument(service.next_hash, call.args["id"], server)
    service.next_hash += 1
    return record


def _make_room(service: EDocuments) -> None:
    """The oldest record that may go is overwritten. 4250 where there is none."""
    finished = [record for record in service.buffer if record.state in (SENT, LOST)]
    free = finished[:-PROTECTED]
    if not free and service.override:
        free = [record for record in service.buffer if record.state == FAILED]
    if not free:
        raise CommandError(4250)
    service.buffer.remove(free[0])


# --- for whom


def eparagonidznext(printer: Printer, call: Call) -> Answer:
    """The next document, or the one that is open, becomes an e-document of this customer. 4258."""
    service, receipt = printer.memory.edocuments, printer.memory.open
    if _reserved(service) is not None:
        raise CommandError(4258)
    record = _new_record(printer, call)
    service.buffer.append(record)
    if receipt is not None:
        receipt.edocument = record.hash
    return [("ha", record.hash)]


def eparagonidzcancel(printer: Printer, call: Call) -> Answer:
    service, receipt = printer.memory.edocuments, printer.memory.open
    reserved = _reserved(service)
    if reserved is not None:
        service.buffer.remove(reserved)
    if receipt is not None and receipt.phase != "footer":
        receipt.edocument = None
    return []


def eparagonidzprev(printer: Printer, call: Call) -> Answer:
    """The last document becomes an e-document as well; its paper is out already. 4257, 2930."""
    issued = [document for document in printer.documents() if document.kind in ("receipt", "invoice")]
    if not issued:
        raise CommandError(2930)
    number = int(issued[-1].details["protected"])
    service = printer.memory.edocuments
    if any(record.document == number for record in service.buffer):
        raise CommandError(4257)
    record = _new_record(printer, call)
    service.buffer.append(record)
    record.document, record.number, record.printed = number, issued[-1].number, True
    _enqueue(printer, record)
    return [("ha", record.hash)]


def attach(printer: Printer, receipt: Receipt) -> None:
    """A transaction begins: it is for the customer who was named before, if any."""
    reserved = _reserved(printer.memory.edocuments)
    if reserved is not None:
        receipt.edocument = reserved.hash


def detach(printer: Printer, receipt: Receipt) -> None:
    """The transaction was abandoned; the customer stays named until `eparagonidzcancel`."""
    receipt.edocument = None


def registered(printer: Printer, number: int, document: str) -> None:
    """The transaction is in fiscal memory; from now on the e-document is one of its own."""
    record = _find(printer.memory.edocuments, number)
    record.document, record.number = printer.memory.protected_last, document
    record.state, record.registered, record.changed = NEW, printer.now(), printer.now()


def dispatched(printer: Printer, number: int, held: list[str] | None) -> None:
    """The document is complete. `held`: its paper, which waits for the server; None: printed."""
    service = printer.memory.edocuments
    record = _find(service, number)
    if held is not None:
        record.text, service.sending = held, number
        return
    record.printed = True
    _enqueue(printer, record)


# --- sending


def _enqueue(printer: Printer, record: EDocument) -> None:
    now = printer.now()
    record.state, record.registered = NEW, record.registered or now
    record.changed, record.due = now, now + timedelta(seconds=hub.seconds(printer))


def dispatch(printer: Printer) -> Generator[Wait, None, None]:
    """Sends the document whose paper is held back, and prints it where that did not work."""
    service = printer.memory.edocuments
    if service.sending is None:
        return
    seconds = hub.seconds(printer)
    if seconds:
        yield seconds
    record = _find(service, service.sending)
    _attempt(printer, record)
    service.sending = None
    if record.state != SENT:
        _print_held(printer, record)
    record.text = []


def _print_held(printer: Printer, record: EDocument) -> None:
    record.printed = True
    printer.queue_paper(record.text)


def _attempt(printer: Printer, record: EDocument) -> None:
    service, now = printer.memory.edocuments, printer.now()
    outcome = hub.send(printer, record)
    record.codes = [outcome.http, outcome.transport, outcome.application]
    record.refusal, record.changed, record.due = outcome.refusal, now, None
    if outcome.sent:
        record.state = SENT
        return
    record.attempts += 1
    age = now - (record.registered or now)
    if outcome.final or age > timedelta(seconds=service.lifetime):
        record.state = LOST
        return
    tried = record.attempts
    wait = service.retries[tried - 1] if tried <= len(service.retries) else service.period
    record.state, record.due = FAILED, now + timedelta(seconds=wait)


def work(printer: Printer, until: datetime | None = None) -> bool:
    """Attempts what is due (by the printer's clock, or at `until`) and sees to the next one. True: something was done."""
    service = printer.memory.edocuments
    limit = until or printer.now()
    due = [record for record in service.buffer if record.due is not None and record.due <= limit]
    for record in due:
        _attempt(printer, record)
    _arm(printer)
    return bool(due)


def _arm(printer: Printer) -> None:
    """A timer for the next attempt, where an event loop runs; without one the next command looks at the clock."""
    if printer.hub_timer is not None:
        printer.hub_timer.cancel()
        printer.hub_timer = None
    nexts = [record.due for record in printer.memory.edocuments.buffer if record.due is not None]
    if not nexts or not printer.powered:
        return
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    at = min(nexts)
    printer.hub_timer = loop.call_later(max((at - printer.now()).total_seconds(), 0.0), printer.hub_work, at)


def power_up(printer: Printer) -> None:
    """A document that was being sent when the power failed: it is fiscal, and its paper or its sending is still owed."""
    service = printer.memory.edocuments
    if service.sending is not None:
        record = _find(service, service.sending)
        service.sending = None
        if printer.settings.edocument_at_power_on == "print":
            _print_held(printer, record)
        record.text = []
        record.due = printer.now()


# --- what it tells


def _record(record: EDocument) -> Answer:
    reserved = record.state == RESERVED
    return [
        ("ad", record.server),
        ("di", record.document),
        ("id", record.customer),
        ("hd", record.hash),
        ("rd", _iso(None if reserved else record.registered)),
        ("uc", record.refusal),
        ("hc", record.codes[0]),
        ("cc", record.codes[1]),
        ("ac", record.codes[2]),
        ("st", record.state),
        ("sd", _iso(None if reserved else record.changed)),
        ("pr", boolean(record.printed)),
    ]


def _iso(at: datetime | None) -> str:
    return NEVER[1] if at is None else at.isoformat(timespec="seconds")


def eparagonbufferget(printer: Printer, call: Call) -> Answer:
    return _record(_find(printer.memory.edocuments, call.args["hd"]))


def eparagonbuffercontextset(printer: Printer, call: Call) -> Answer:
    printer.memory.edocuments.context = 0
    return []


def eparagonbuffercontextget(printer: Printer, call: Call) -> Answer:
    """The records one by one, oldest first. 974, 975."""
    service = printer.memory.edocuments
    if service.context is None:
        raise CommandError(974)
    if service.context >= len(service.buffer):
        raise CommandError(975)
    service.context += 1
    return _record(service.buffer[service.context - 1])


def eparagonbufferdelrec(printer: Printer, call: Call) -> Answer:
    """4256 while it is being sent."""
    service = printer.memory.edocuments
    record = _find(service, call.args["hd"])
    if service.sending == record.hash:
        raise CommandError(4256)
    service.buffer.remove(record)
    if printer.memory.open is not None and printer.memory.open.edocument == record.hash:
        printer.memory.open.edocument = None
    return []


def eparagonbufferdelall(printer: Printer, call: Call) -> Answer:
    service = printer.memory.edocuments
    if service.sending is not None:
        raise CommandError(4256)
    service.buffer.clear()
    if printer.memory.open is not None:
        printer.memory.open.edocument = None
    return []


def eparagonbufferfreecntget(printer: Printer, call: Call) -> Answer:
    return [("rc", BUFFER - len(printer.memory.edocuments.buffer))]


def eparagonbuffersummaryget(printer: Printer, call: Call) -> Answer:
    states = [record.state for record in printer.memory.edocuments.buffer]
    names = (("ne", NEW), ("ok", SENT), ("fi", FAILED), ("ft", LOST), ("re", RESERVED))
    return [("fr", BUFFER - len(states)), *((name, states.count(state)) for name, state in names)]


def eparagonbufferoverrideget(printer: Printer, call: Call) -> Answer:
    return [("ov", boolean(printer.memory.edocuments.override))]


def eparagonbufferoverrideset(printer: Printer, call: Call) -> Answer:
    printer.memory.edocuments.override = call.args["ov"]
    return []


# --- set-up


def eparagonstatusget(printer: Printer, call: Call) -> Answer:
    return [("st", boolean(printer.memory.edocuments.on))]


def eparagonstatusset(printer: Printer, call: Call) -> Answer:
    printer.memory.edocuments.on = call.args["st"]
    return []


def eparagondefaultget(printer: Printer, call: Call) -> Answer:
    server = printer.memory.edocuments.server
    flags = [(name, boolean(server.flags.get(name, False))) for name in FLAGS]
    return [
        ("ad", server.address),
        ("ct", server.certificate),
        ("tp", server.thumbprint),
        *flags,
        ("ts", server.answer),
        ("tt", server.send),
    ]


def eparagondefaultset(printer: Printer, call: Call) -> Answer:
    """4271 and those of the address."""
    server, args = printer.memory.edocuments.server, call.args
    address = _url(printer, args.get("ad"))
    thumbprint = args.get("tp", server.thumbprint)
    if (thumbprint or args.get("ct") == 2) and not re.fullmatch(f"[0-9A-Fa-f]{{{THUMBPRINT}}}", thumbprint):
        raise CommandError(4271)
    server.address, server.thumbprint = address, thumbprint
    server.certificate = args.get("ct", server.certificate)
    server.flags |= {name: args[name] for name in FLAGS if name in args}
    server.answer = args.get("ts", server.answer)
    server.send = args.get("tt", server.send)
    return []


def eparagonscheduleget(printer: Printer, call: Call) -> Answer:
    service = printer.memory.edocuments
    retries = [*service.retries, 0, 0, 0, 0, 0][:5]
    named = [(name, seconds) for name, seconds in zip(("sa", "sb", "sc", "sd", "se"), retries, strict=True)]
    return [*named, ("op", service.period), ("tl", service.lifetime)]


def eparagonscheduleset(printer: Printer, call: Call) -> Answer:
    """A time of 0 ends the list; what stands behind it must be 0 too. 400."""
    service, args = printer.memory.edocuments, call.args
    times = [args.get(name, 0) for name in ("sa", "sb", "sc", "sd", "se")]
    retries = times[: times.index(0)] if 0 in times else times
    if any(times[len(retries) :]) or any(seconds < 5 for seconds in retries):
        raise CommandError(400)
    service.retries, service.period, service.lifetime = retries, args["op"], args["tl"]
    return []


def eparagonconnectiontest(printer: Printer, call: Call) -> Generator[Wait, None, Answer]:
    """Codes of application, HTTP and transport; 4275 where the setting says so."""
    if printer.settings.connection_test_address == "number" and not call.args.get("ad", "0").isdigit():
        raise FrameError(CONVERSION, "ad")
    _url(printer, call.args.get("ad"))
    seconds = hub.seconds(printer)
    if seconds:
        yield seconds
    outcome = hub.test(printer)
    if not outcome.sent and printer.settings.connection_test_failure == "4275":
        raise CommandError(4275)
    return [("ap", outcome.application), ("ht", outcome.http), ("cu", outcome.transport)]
