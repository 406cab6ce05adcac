"""Numbers of the protocol that the terminal speaks: result codes, terminal states, intermediate states, card types.

Source: protocol-specs/zvt, "Result codes", "Terminal status codes", "Card types", "Intermediate status texts". Only those that this
terminal uses have a name.
"""

from __future__ import annotations

# Result codes: BMP 27, the first byte of 06 1E, and xx of an answer 84 xx.
OK = 0x00
PIN_WRONG = 0x37  # of the host; as 84 37: wrong password
NOT_READABLE, DATA_MISSING, PROCESSING = 0x64, 0x65, 0x66
NOT_REGISTERED = 0x6B
ABORTED = 0x6C  # stop key or time-out
WRONG_CURRENCY = 0x6F
EOD_NOT_POSSIBLE, EXPIRED, UNKNOWN_CARD, UNSUPPORTED = 0x77, 0x78, 0x7A, 0x83
PROTOCOL_ERROR, DIAL_ERROR, BUSY, NOT_READY, NO_CONNECTION = 0x9A, 0x9B, 0x9C, 0xA0, 0xA3
ALREADY_REVERSED, NOT_REVERSIBLE, PREAUTH_AMOUNT, PREAUTH_ERROR = 0xB4, 0xB5, 0xB7, 0xB8
METHOD_UNSUPPORTED, TOO_SMALL, PRINTER_NOT_READY = 0xC5, 0xC8, 0xCC
EOD_REQUIRED, SYSTEM_ERROR = 0xF0, 0xFF

# Further answers of the host, with the meaning that the S3 list gives them.
DECLINED, HOST_STOLEN, HOST_AMOUNT = 0x05, 0x2B, 0x0D

# What the till may answer to 04 0F.
GOODS_PARTLY = 0x9D

# Terminal states (05 01).
READY, INIT_NEEDED, CARD_INSERTED, OUT_OF_ORDER, MAINTENANCE, DIAGNOSIS_NEEDED = 0x00, 0x51, 0xDC, 0xDF, 0xE0, 0xC2

# Intermediate states (04 FF).
WATCH_PIN_PAD, WAIT_HOST, AUTO_REVERSAL = 0x01, 0x04, 0x05
NOT_ADMITTED, CARD_EXPIRED, PRESENT_CARD, REMOVE_CARD, CARD_NOT_READABLE, DECLINED_SHOWN = 0x07, 0x09, 0x0A, 0x0B, 0x0C, 0x1D
PLEASE_WAIT, WRONG_PIN, PLEASE_WAIT_LONG, TRIES_EXCEEDED, TEXT_ONLY = 0x0E, 0x15, 0x17, 0x18, 0xFF

# What the terminal's own display says meanwhile; the texts of section 15, and those of the idle terminal.
DISPLAY = {
    WATCH_PIN_PAD: "Bitte PIN-Pad beachten",
    WAIT_HOST: "Bitte warten\nVerbindung zum Host",
    AUTO_REVERSAL: "Autostorno\nBitte warten",
    NOT_ADMITTED: "Karte nicht zugelassen",
    CARD_EXPIRED: "Karte verfallen",
    PRESENT_CARD: "Karte vorhalten\neinstecken/durchziehen",
    REMOVE_CARD: "Karte entnehmen",
    CARD_NOT_READABLE: "Karte nicht lesbar",
    DECLINED_SHOWN: "Zahlung abgelehnt",
    PLEASE_WAIT: "Bitte warten",
    PLEASE_WAIT_LONG: "Bitte warten",
    WRONG_PIN: "PIN falsch",
    TRIES_EXCEEDED: "PIN zu oft falsch",
}

# What a refusal says on the display and in BMP 3C.
TEXTS = {
    DECLINED: "Karte abgelehnt",
    HOST_STOLEN: "Karte einziehen",
    HOST_AMOUNT: "Betrag ungültig",
    NOT_READABLE: "Karte nicht lesbar",
    PROCESSING: "Karte zu früh entnommen",
    NOT_REGISTERED: "Kasse nicht angemeldet",
    ABORTED: "Abbruch",
    WRONG_CURRENCY: "Währung falsch",
    EXPIRED: "Karte verfallen",
    UNKNOWN_CARD: "Karte unbekannt",
    UNSUPPORTED: "Funktion nicht möglich",
    NO_CONNECTION: "Keine Verbindung zum Host",
    ALREADY_REVERSED: "Bereits storniert",
    NOT_REVERSIBLE: "Storno nicht möglich",
    METHOD_UNSUPPORTED: "Zahlart nicht möglich",
    TOO_SMALL: "Betrag zu klein",
    PRINTER_NOT_READY: "Drucker nicht bereit",
    PIN_WRONG: "PIN zu oft falsch",
    EOD_REQUIRED: "Kassenschnitt erforderlich",
    INIT_NEEDED: "Initialisierung erforderlich",
    OUT_OF_ORDER: "Terminal außer Betrieb",
}

# Ways in which the holder was verified (TLV 1F10), and how the card was read (1F12).
CVM_NONE, CVM_SIGNATURE, CVM_ONLINE_PIN, CVM_OFFLINE_PIN = 0x00, 0x01, 0x02, 0x03
ENTRY_MAGNETIC, ENTRY_CHIP, ENTRY_CONTACTLESS = 0x00, 0x01, 0x02

# Payment types done (BMP 19 of 04 0F).
OFFLINE_DONE, ONLINE_SIGNATURE, PIN_OR_NO_SIGNATURE = 0x40, 0x60, 0x70

# Columns of the single totals (BMP 60): ZVT card type -> place; everything else is the last one.
SCHEMES = ("girocard", "JCB", "Mastercard", "American Express", "Visa", "Diners Club", "others")
_COLUMN = {0x02: 0, 0x05: 0, 0x2E: 0, 0x0E: 1, 0x06: 2, 0x08: 3, 0x0A: 4, 0x0B: 4, 0x0D: 4, 0x0C: 5}


def column(card_type: int) -> int:
    """The place of a card type in the single totals."""
    return _COLUMN.get(card_type, len(SCHEMES) - 1)


CURRENCIES = {978: "EUR", 756: "CHF", 985: "PLN", 840: "USD", 826: "GBP", 203: "CZK"}


def currency_name(number: int) -> str:
    """As receipts print it."""
    return CURRENCIES.get(number, f"{number:03d}")
