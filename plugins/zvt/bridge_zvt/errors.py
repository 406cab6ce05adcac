"""Result codes of the terminal: BMP 27, the byte of 06 1E, and the second byte of a negative answer 84 xx are one number space.

Each row: how a payment ends with it, the uniform code where it fails, words in English and German, and the fate of the command.
Follows protocol-specs/zvt, errors.md. What became of a payment is decided by the whole dialogue, never by a code alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from bridge.plugin import CommandFate


class Kind(StrEnum):
    """What a code means for a payment that ends with it."""

    DECLINED = "declined"
    """The card, its bank or the host said no: the terminal has decided."""
    STOPPED = "stopped"
    """Aborted, or nobody was there in time."""
    REFUSED = "refused"
    """The terminal cannot do it as it is now."""


@dataclass(frozen=True, slots=True)
class ResultCode:
    """`code`: the uniform code of a job that fails with it. `remedy`, `remedy_de`: empty for the uniform code's own."""

    kind: Kind
    code: str
    text: str
    german: str
    remedy: str = ""
    remedy_de: str = ""
    fate: CommandFate = CommandFate.NOT_EXECUTED


def _host(text: str, german: str) -> ResultCode:
    return ResultCode(Kind.DECLINED, "device.rejected", text, german)


def _card(text: str, german: str) -> ResultCode:
    return ResultCode(Kind.DECLINED, "device.rejected", text, german, "Use another card, or pay otherwise.", _OTHER_CARD_DE)


def _no(
    code: str, text: str, german: str, remedy: str = "", remedy_de: str = "", fate: CommandFate = CommandFate.NOT_EXECUTED
) -> ResultCode:
    return ResultCode(Kind.REFUSED, code, text, german, remedy, remedy_de, fate)


_OTHER_CARD_DE = "Andere Karte verwenden oder anders bezahlen."
_SERVICE, _SERVICE_DE = "Call the service of the terminal.", "Den Service des Terminals rufen."
_RECONCILE, _RECONCILE_DE = "Make the terminal's end of day (terminal.reconcile).", "Den Kassenschnitt des Terminals machen."
_DIAGNOSE, _DIAGNOSE_DE = "Let the terminal check itself (terminal.diagnose).", "Die Diagnose des Terminals starten."
_LOGIN, _LOGIN_DE = "Register the till at the terminal (terminal.login).", "Die Kasse am Terminal anmelden."
_AMOUNT, _AMOUNT_DE = "Check the amount.", "Den Betrag prüfen."
_LINE, _LINE_DE = "Check the terminal's connection to the host.", "Die Verbindung des Terminals zum Host prüfen."
_WAIT, _WAIT_DE = "Wait until the terminal is idle.", "Warten, bis das Terminal bereit ist."
_REMOVE, _REMOVE_DE = "Remove the card, then try again.", "Die Karte entnehmen, dann erneut versuchen."

OK = 0x00
STOPPED = 0x6C
NOT_REGISTERED = 0x6B
WRONG_CURRENCY = 0x6F
NOT_POSSIBLE = 0x83
BUSY = 0x9C
NOT_READY = 0xA0
ALREADY_REVERSED = 0xB4
OPEN_RESERVATION = 0xB8
WRONG_PASSWORD = 0x37
END_OF_DAY_DUE = 0xF0
SYSTEM_ERROR = 0xFF

FOLLOWS = (0xE0, 0xFC)
"""BMP 27 of a completion: an update, or a restart of the terminal, follows. What was done is done."""

# fmt: off
ERRORS: Mapping[int, ResultCode] = MappingProxyType({
    # --- of the host: 1 to 99, by the list of one provider; a host's own text counts before these
    0x01: _host("declined: call the acquirer", "abgelehnt: Händler-Hotline anrufen"),
    0x02: _host("declined: call the acquirer", "abgelehnt: Händler-Hotline anrufen"),
    0x03: _host("the merchant number is wrong", "falsche Vertragsunternehmensnummer"),
    0x04: _host("declined: retain the card", "abgelehnt: Karte einziehen"),
    0x05: _host("declined", "abgelehnt"),
    0x06: _host("the card is invalid", "Karte ungültig"),
    0x07: _host("declined", "abgelehnt"),
    0x08: _host("declined", "abgelehnt"),
    0x09: _host("the fleet number is wrong", "falsche Fahrzeug- oder Flottennummer"),
    0x0A: _host("the transaction is not allowed", "Transaktion nicht erlaubt"),
    0x0B: _host("declined", "abgelehnt"),
    0x0C: _host("declined", "abgelehnt"),
    0x0D: _host("the amount is invalid", "Betrag ungültig"),
    0x0E: _host("the card is invalid", "Karte ungültig"),
    0x0F: _host("system error of the host", "Systemfehler des Hosts"),
    0x18: _host("system error of the host", "Systemfehler des Hosts"),
    0x19: _host("the reversal was declined", "Storno abgelehnt"),
    0x1D: _host("failed", "fehlgeschlagen"),
    0x1E: _host("format error", "Formatfehler"),
    0x29: _host("declined: retain the card", "abgelehnt: Karte einziehen"),
    0x2B: _host("declined: retain the card", "abgelehnt: Karte einziehen"),
    0x36: _host("the card has expired", "Karte abgelaufen"),
    0x37: _host("the PIN is wrong", "PIN falsch"),
    0x38: _host("the PIN is wrong", "PIN falsch"),
    0x39: _host("wrong card", "falsche Karte"),
    0x3A: _host("system error of the host", "Systemfehler des Hosts"),
    0x3F: _host("system error of the host", "Systemfehler des Hosts"),
    0x40: _host("the amount is wrong", "Betrag falsch"),
    0x50: _host("the card has expired", "Karte abgelaufen"),
    0x55: _host("declined", "abgelehnt"),
    0x56: _host("the terminal is inactive", "Terminal inaktiv"),
    0x57: _host("the terminal must be initialised", "Terminal initialisieren"),
    0x59: _host("the terminal is locked", "Terminal gesperrt"),
    0x5F: _host("try again", "erneut versuchen"),
    0x62: _host("extended diagnosis needed", "erweiterte Diagnose nötig"),
    # --- of the terminal
    0x64: _card("the card cannot be read", "Karte nicht lesbar"),
    0x65: _card("card data are missing", "Kartendaten fehlen"),
    0x66: _card("processing error", "Verarbeitungsfehler"),
    0x67: _card("not allowed for ec and Maestro cards", "Funktion für ec- und Maestro-Karten nicht erlaubt"),
    0x68: _card("not allowed for credit and tank cards", "Funktion für Kredit- und Tankkarten nicht erlaubt"),
    0x6A: _no("terminal.batch_full", "the turnover file is full", "Umsatzdatei voll", _RECONCILE, _RECONCILE_DE),
    0x6B: _no("terminal.not_ready", "the function is switched off: the till is not registered", "Funktion deaktiviert: Kasse nicht angemeldet", _LOGIN, _LOGIN_DE),
    0x6C: ResultCode(Kind.STOPPED, "device.rejected", "aborted, or out of time", "Abbruch durch Zeitablauf oder STOP-Taste"),
    0x6E: _card("the card is in the blocked list", "Karte in Sperrdatei"),
    0x6F: _no("request.invalid", "wrong currency", "falsche Währung", "Use the currency of the terminal's contract.", "Die Währung des Terminalvertrags verwenden."),
    0x71: _card("the credit is too low", "Guthaben zu gering"),
    0x72: _card("chip error", "Chipfehler"),
    0x73: _card("card data are wrong", "Kartendaten fehlerhaft"),
    0x74: _no("device.fault", "the keys are used up (DUKPT)", "DUKPT-Schlüssel erschöpft", _SERVICE, _SERVICE_DE),
    0x75: _no("device.rejected", "a text is not authentic", "Text nicht authentisch"),
    0x76: _card("the card is not in the accept list", "PAN nicht in Positivliste"),
    0x77: _no("device.rejected", "the end of day is not possible", "Kassenschnitt nicht möglich"),
    0x78: _card("the card has expired", "Karte abgelaufen"),
    0x79: _card("the card is not valid yet", "Karte noch nicht gültig"),
    0x7A: _card("the card is unknown", "Karte unbekannt"),
    0x7B: _card("no fallback to the magnetic stripe for girocard", "Fallback auf Magnetstreifen für girocard nicht möglich"),
    0x7C: _card("no fallback to the magnetic stripe", "Fallback auf Magnetstreifen nicht möglich"),
    0x7D: _no("device.fault", "communication error", "Kommunikationsfehler", _LINE, _LINE_DE),
    0x7E: _card("no fallback to the magnetic stripe, direct debit is possible", "Fallback nicht möglich, Lastschrift möglich"),
    0x83: _no("request.unsupported", "the function is not possible", "Funktion nicht möglich"),
    0x85: _no("device.fault", "a key is missing", "Schlüssel fehlt", _SERVICE, _SERVICE_DE),
    0x89: _no("device.fault", "the PIN pad is defective", "PIN-Pad defekt", _SERVICE, _SERVICE_DE),
    0x9A: _no("device.fault", "ZVT protocol error", "ZVT-Protokollfehler"),
    0x9B: _no("device.fault", "dial-up or communication error", "Einwahl- oder Kommunikationsfehler", _LINE, _LINE_DE),
    0x9C: _no("terminal.busy", "please wait", "bitte warten", _WAIT, _WAIT_DE),
    0xA0: _no("terminal.busy", "the receiver is not ready", "Empfänger nicht bereit", _WAIT, _WAIT_DE),
    0xA1: _no("device.fault", "the remote station does not answer", "Gegenstelle antwortet nicht", _LINE, _LINE_DE),
    0xA3: _no("device.fault", "no connection", "keine Verbindung", _LINE, _LINE_DE),
    0xA4: _no("device.rejected", "submission of GeldKarte payments not possible", "Einreichung GeldKarte nicht möglich"),
    0xA5: _no("device.rejected", "not allowed by the rules of PCI or P2PE", "wegen PCI/P2PE nicht erlaubt"),
    0xB1: _no("terminal.batch_full", "the memory is full", "Speicher voll", _RECONCILE, _RECONCILE_DE),
    0xB2: _no("terminal.batch_full", "the merchant journal is full", "Händlerjournal voll", _RECONCILE, _RECONCILE_DE),
    0xB4: _no("terminal.no_such_payment", "it was reversed already", "bereits storniert"),
    0xB5: _no("terminal.no_such_payment", "a reversal is not possible", "Storno nicht möglich", "Check the receipt number; behind an end of day refund it instead.", "Belegnummer prüfen; nach dem Kassenschnitt eine Gutschrift machen."),
    0xB7: _no("request.invalid", "the amount of the reservation is wrong", "falscher Betrag der Reservierung", _AMOUNT, _AMOUNT_DE),
    0xB8: _no("terminal.no_such_payment", "error in the reservation", "Fehler bei der Reservierung"),
    0xBF: _no("device.fault", "power too low", "Spannungsversorgung zu gering", _SERVICE, _SERVICE_DE),
    0xC0: _no("device.fault", "the card lock is defective", "Kartenverriegelung defekt", _SERVICE, _SERVICE_DE),
    0xC1: _no("terminal.not_ready", "the merchant card is locked", "Händlerkarte gesperrt", _SERVICE, _SERVICE_DE),
    0xC2: _no("terminal.not_ready", "a diagnosis is needed", "Diagnose erforderlich", _DIAGNOSE, _DIAGNOSE_DE),
    0xC3: _no("request.invalid", "above the largest amount", "Maximalbetrag überschritten", _AMOUNT, _AMOUNT_DE),
    0xC4: _card("the card profile is invalid", "Kartenprofil ungültig"),
    0xC5: _card("this kind of payment is not supported", "Zahlungsart nicht unterstützt"),
    0xC6: _no("request.invalid", "the currency cannot be used", "Währung nicht anwendbar"),
    0xC8: _no("request.invalid", "the amount is too small", "Betrag zu klein", _AMOUNT, _AMOUNT_DE),
    0xC9: _no("request.invalid", "the largest amount is set too small", "Maximalbetrag zu klein", _SERVICE, _SERVICE_DE),
    0xCB: _no("request.invalid", "in euro only", "nur in Euro zulässig"),
    0xCC: _no("device.paper_out", "the printer is not ready", "Drucker nicht bereit"),
    0xCD: _card("no cashback", "Bargeldauszahlung nicht möglich"),
    0xD2: _card("not allowed for service cards", "Funktion für Servicekarten nicht erlaubt"),
    0xDC: _no("terminal.not_ready", "a card is inserted", "Karte gesteckt", _REMOVE, _REMOVE_DE),
    0xDD: _no("terminal.not_ready", "the card cannot be ejected", "Fehler beim Kartenauswurf", _REMOVE, _REMOVE_DE),
    0xDE: _no("terminal.not_ready", "the card cannot be taken in", "Fehler beim Karteneinzug", _REMOVE, _REMOVE_DE),
    0xE0: _no("terminal.not_ready", "remote maintenance is on", "Fernwartung aktiviert", _WAIT, _WAIT_DE),
    0xE2: _no("device.fault", "the card reader is defective", "Kartenleser defekt", _SERVICE, _SERVICE_DE),
    0xE3: _no("device.fault", "the shutter is closed", "Shutter geschlossen", _SERVICE, _SERVICE_DE),
    0xE4: _no("terminal.not_ready", "an activation is needed", "Terminalaktivierung nötig", _SERVICE, _SERVICE_DE),
    0xE7: _card("no goods group of this card", "keine passende Warengruppe"),
    0xE8: _no("device.fault", "no table of goods groups", "keine Warengruppentabelle"),
    0xE9: _card("restricted card", "Restriktionscode nicht zulässig"),
    0xEA: _card("the card code is not allowed", "Kartencode nicht zulässig"),
    0xEB: _no("device.fault", "the PIN algorithm cannot be used", "PIN-Algorithmus nicht anwendbar", _SERVICE, _SERVICE_DE),
    0xEC: _card("the PIN cannot be processed", "PIN-Verarbeitung nicht möglich"),
    0xED: _no("device.fault", "the PIN pad is defective", "PIN-Pad defekt", _SERVICE, _SERVICE_DE),
    0xF0: _no("terminal.batch_full", "the end of day is due", "Kassenschnitt erforderlich", _RECONCILE, _RECONCILE_DE),
    0xF1: _no("device.fault", "offline error", "Offline-Fehler"),
    0xF5: _no("device.fault", "OPT error", "OPT-Fehler"),
    0xF6: _no("device.fault", "OPT data are missing", "OPT-Daten fehlen"),
    0xFA: _no("device.fault", "error in the clearing of offline payments", "Fehler beim Offline-Clearing", fate=CommandFate.UNKNOWN),
    0xFB: _no("device.fault", "the turnover data are wrong", "Umsatzdaten fehlerhaft", _SERVICE, _SERVICE_DE),
    0xFC: _no("device.fault", "a device is missing", "benötigtes Gerät fehlt", _SERVICE, _SERVICE_DE),
    0xFD: _no("request.unsupported", "the baud rate is not supported", "Baudrate nicht unterstützt"),
    0xFE: _no("request.unsupported", "unknown register", "unbekanntes Register"),
    0xFF: _no("device.fault", "system error", "Systemfehler", fate=CommandFate.UNKNOWN),
})
# fmt: on


def lookup(number: int) -> ResultCode:
    """The row of a code. Of one that is not listed the number is what can be told: up to 99 the host's word, else the terminal's."""
    row = ERRORS.get(number)
    if row is not None:
        return row
    if 0x01 <= number <= 0x63:
        return _host(f"declined by the host with code {number:02X}", f"vom Host abgelehnt mit Code {number:02X}")
    return _no("device.rejected", f"result code {number:02X}", f"Ergebniscode {number:02X}")
