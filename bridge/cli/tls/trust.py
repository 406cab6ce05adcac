"""All trust stores of a machine: which there are, putting the authority in, taking it back out of each that was changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bridge.cli.tls import macos, nss, system, windows
from bridge.cli.tls.store import Machine, Outcome, Store, Subject, holds, put, take_out
from bridge.server.tls import files
from bridge.server.tls.installation import Installation, Trusted

USER = "user"
SYSTEM = "system"


def subject_of(data_dir: Path, installation: Installation) -> Subject:
    return Subject(files.authority_file(data_dir), installation.label, installation.sha1)


def stores(wanted: str, identity: str, subject: Subject, machine: Machine) -> list[Store]:
    """The stores of the user, or of the whole system."""
    if machine.platform == "win32":
        return [windows.store(windows.SYSTEM if wanted == SYSTEM else windows.USER, subject.sha1, subject.file)]
    if machine.platform == "darwin":
        kind = macos.SYSTEM if wanted == SYSTEM else macos.USER
        return [macos.store(kind, subject.label, subject.sha1, subject.file, machine)]
    if wanted == SYSTEM:
        return [system.store(identity, machine)]
    return nss.stores(subject.label, subject.file, machine)


def add(data_dir: Path, installation: Installation, store: Store, machine: Machine) -> tuple[Installation, Outcome]:
    """Put the authority into one store. What is to be taken back is on disk before anything is changed."""
    subject = subject_of(data_dir, installation)
    if store.missing is not None:
        return installation, put(store, subject, machine)
    before = installation
    same = next((one for one in before.trusted if (one.kind, one.place) == (store.kind, store.place)), None)
    if same is not None and holds(store, machine):
        return installation, Outcome(store)
    if same is None:
        installation = replace(before, trusted=(*before.trusted, store.record(subject)))
        files.save(data_dir, installation)
    outcome = put(store, subject, machine)
    if not outcome.done and holds(store, machine) is False:
        installation = replace(before, trusted=tuple(one for one in before.trusted if one is not same))
        files.save(data_dir, installation)
    return installation, outcome


def take_back(data_dir: Path, installation: Installation, machine: Machine) -> Iterator[tuple[Installation, Outcome]]:
    """Take the authority out of every store that was changed, by this program or by hand with the name that it gave.

    Yields what became of each, with the records that remain then.
    """
    for record, store in _changed(data_dir, installation, machine):
        outcome = take_out(store, record, machine)
        if outcome.done and record in installation.trusted:
            installation = replace(installation, trusted=tuple(one for one in installation.trusted if one != record))
            files.save(data_dir, installation)
        yield installation, outcome


def rebuilt(record: Trusted, file: Path, machine: Machine) -> Store:
    """The store of a record; for one that this version cannot have written, one that says so."""
    if record.kind in system.KINDS and (found := system.rebuilt(record.kind, record.place, machine)) is not None:
        return found
    if record.kind == nss.KIND:
        return nss.rebuilt(record.place, record.label, file, machine)
    if record.kind in macos.KINDS:
        return macos.store(record.kind, record.label, record.sha1, file, machine)
    if record.kind in windows.KINDS:
        return windows.store(record.kind, record.sha1, file)
    missing = "This version does not know such a store."
    return Store(record.kind, record.place, f"{record.kind} {record.place}", (), (), missing=missing)


def _changed(data_dir: Path, installation: Installation, machine: Machine) -> list[tuple[Trusted, Store]]:
    subject = subject_of(data_dir, installation)
    found = [(record, rebuilt(record, subject.file, machine)) for record in installation.trusted]
    known = {(record.kind, record.place) for record in installation.trusted}
    by_hand = [*stores(USER, installation.id, subject, machine), *system.found(installation.id, machine)]
    for store in by_hand:
        if (store.kind, store.place) not in known and store.missing is None and holds(store, machine) is True:
            found.append((Trusted(store.kind, store.place, subject.label, subject.sha1), store))
    return found
