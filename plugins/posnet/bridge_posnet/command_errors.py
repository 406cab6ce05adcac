"""The printer's command errors: number -> uniform code, name, words for the cashier, fate of the command, remedy.

Follows protocol-specs/posnet, errors.md. One row a number, so longer than other files. The fate is that of the command:
what became of a receipt is asked of the printer. Frame errors (`ERR ?n`) are a number space of their own, in
`errors.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from bridge.plugin import CommandFate


@dataclass(frozen=True, slots=True)
class CommandError:
    """One row: `code` is the uniform code, `mnemonic` the vendor's name, `text` what happened, `remedy` what to do."""

    code: str
    mnemonic: str
    text: str
    fate: CommandFate
    remedy: str = ""


_NO = CommandFate.NOT_EXECUTED
_UNKNOWN = CommandFate.UNKNOWN
_SERVICE = "Call the service."
_RESTART = "Switch the printer off and on; if it comes again, call the service."
_RESTART_AND_ASK = _RESTART + " Ask the printer what became of the document (strns, scnt) before anything else."

# fmt: off
COMMAND_ERRORS: Mapping[int, CommandError] = MappingProxyType({
    10: CommandError(
        "device.rejected", "ERR_CANCEL", "cancelled or interrupted at the printer (older firmware)", _UNKNOWN,
        "Older firmware's 30. Ask the printer what became of the document (strns, scnt) before anything else.",
    ),
    30: CommandError(
        "device.rejected", "ERR_CANCEL", "cancelled or interrupted at the printer", _UNKNOWN,
        "Somebody cancelled at the printer, or it was interrupted. Ask the printer what became of the document "
        "(strns, scnt) before anything else.",
    ),
    40: CommandError(
        "request.conflict", "ERR_CMD_BLOCKED_FOR_INTERFACE", "not allowed on this PC interface", _NO,
        "Another PC interface owns this function. Connect to the other interface, or change it in the printer's "
        "menu.",
    ),
    41: CommandError(
        "device.busy", "ERR_CMD_TRY_LATER", "the printer is used by the other interface", _NO,
        "Another program, the other PC interface or a person in the menu is using the printer. Wait until it is "
        "done, then try again.",
    ),
    50: CommandError("device.fault", "ERR_UNKN", "internal fault of the printer", _UNKNOWN, _RESTART_AND_ASK),
    51: CommandError("device.fault", "ERR_ASSERT_FM", "internal fault: fiscal memory", _UNKNOWN, _RESTART_AND_ASK),
    52: CommandError("device.fault", "ERR_ASSERT_DB", "internal fault: goods base", _UNKNOWN, _RESTART_AND_ASK),
    53: CommandError("device.fault", "ERR_ASSERT_SALE", "internal fault: sale", _UNKNOWN, _RESTART_AND_ASK),
    54: CommandError("device.fault", "ERR_ASSERT_UI", "internal fault: keypad and display", _UNKNOWN, _RESTART_AND_ASK),
    55: CommandError("device.fault", "ERR_ASSERT_CFG", "internal fault: configuration", _UNKNOWN, _RESTART_AND_ASK),
    56: CommandError("device.fault", "ERR_ASSERT_CM", "internal fault: communication", _UNKNOWN, _RESTART_AND_ASK),
    323: CommandError(
        "request.unsupported", "ERR_OPER_BLOCKED", "function blocked in the configuration", _NO,
        "Allow the function in the printer's menu.",
    ),
    360: CommandError(
        "device.fault", "ERR_SERVICE_SWITCH_FOUND", "service jumper present", _NO,
        "The service jumper is set: call the service.",
    ),
    361: CommandError(
        "device.fault", "ERR_SERVICE_SWITCH_NOT_FOUND", "service jumper absent", _NO,
        "This needs the service jumper: call the service.",
    ),
    364: CommandError("request.invalid", "ERR_WRONG_PASSWORD_FORMAT", "password malformed", _NO),
    365: CommandError("device.rejected", "ERR_WRONG_AUTHORIZATION", "wrong password", _NO, "Enter the right password."),
    382: CommandError(
        "request.conflict", "ERR_RD_ZERO", "zero daily report refused", _NO,
        "Nothing was sold since the last daily report, so there is no second one to print. The day is closed "
        "already.",
    ),
    383: CommandError(
        "device.shift_expired", "ERR_RD_NOT_PRINTED", "a daily report is required first", _NO,
        "Print the daily report first, then repeat the operation.",
    ),
    384: CommandError(
        "request.invalid", "ERR_FM_NO_REC", "no such record", _NO,
        "Choose a number or date for which the printer has a record.",
    ),
    387: CommandError(
        "device.memory_full", "ERR_SL_FM_LOCKED", "sale locked: memory full", _NO,
        "The fiscal memory is full: selling is over on this printer. Call the service for a replacement.",
    ),
    388: CommandError(
        "device.memory_full", "ERR_FM_LOCKED", "operation locked: memory full", _NO,
        "The fiscal memory is full: only reports can be read. Call the service for a replacement.",
    ),
    400: CommandError("request.invalid", "ERR_WRONG_VALUE", "wrong value", _NO),
    404: CommandError("request.invalid", "ERR_WRONG_CONTROL_CODE", "wrong control code", _NO),
    460: CommandError(
        "device.clock", "ERR_CLOCK_RTC_FSK", "clock fault, fiscal mode", _NO,
        "The printer's clock has failed in fiscal mode. Call the service; do not sell until the clock is right.",
    ),
    461: CommandError(
        "device.clock", "ERR_CLOCK_RTC_NFSK", "clock fault, non-fiscal mode", _NO,
        "The printer's clock has failed. Set it (clock.set); if it fails again, call the service.",
    ),
    462: CommandError(
        "device.clock", "ERR_CLOCK_RTC_SYNC", "time sync with server failed", _NO,
        "The time server was not reached. Check the printer's network, or set the clock by hand.",
    ),
    463: CommandError(
        "device.clock", "ERR_TIME_NOT_EXIST", "that date/time does not exist", _NO,
        "This hour does not exist (change to daylight saving time). Choose another.",
    ),
    464: CommandError("device.clock", "ERR_INVALID_ZONE", "bad time zone", _NO),
    480: CommandError(
        "device.rejected", "ERR_AUTH_AUTHORIZED", "already authorised without limit", CommandFate.EXECUTED,
        "Nothing to do: the printer is authorised without limit.",
    ),
    481: CommandError("device.rejected", "ERR_AUTH_NOT_STARTED", "authorisation not started", _NO),
    482: CommandError("device.rejected", "ERR_AUTH_WAS_ADDED", "code already entered", _NO),
    483: CommandError("device.rejected", "ERR_AUTH_DAY_CNT", "bad authorisation values", _NO),
    484: CommandError(
        "device.sale_blocked", "ERR_AUTH_BLOCKED", "authorisation expired: sale locked", _NO,
        "The printer's authorisation has expired. Enter the code from the dealer on its keypad; status and "
        "reports still work.",
    ),
    485: CommandError("device.rejected", "ERR_AUTH_BAD_CODE", "wrong authorisation code", _NO),
    486: CommandError(
        "device.rejected", "ERR_AUTH_TOO_MANY_WRONG_CODES", "too many wrong codes, use keypad", _NO,
        "Enter the code on the printer's keypad.",
    ),
    487: CommandError("device.rejected", "ERR_AUTH_ALL_CODES_USED", "all codes used", _NO),
    488: CommandError(
        "device.sale_blocked", "ERR_BLOCKED", "subscription expired: sale locked", _NO,
        "The printer's subscription has expired. Renew it with the dealer; status and reports still work.",
    ),
    499: CommandError(
        "request.unsupported", "ERR_ACTIVE_PROTO_THERMAL", "Thermal protocol active", _NO,
        "Switch the PC interface to the POSNET protocol in the printer's menu.",
    ),
    500: CommandError("device.rejected", "ERR_STAT_MIN_OVF", "minimum statistic overflow", _NO),
    501: CommandError("device.rejected", "ERR_STAT_MAX_OVF", "maximum statistic overflow", _NO),
    502: CommandError(
        "request.invalid", "ERR_CASH_IN_MAX_OVF", "cash-in overflow", _NO,
        "The cash state would exceed what the printer can hold. Check the amount.",
    ),
    503: CommandError(
        "request.conflict", "ERR_CASH_OUT_BELOW_0", "cash-out would go below zero (set to 0)", _UNKNOWN,
        "The printer thinks that less cash is in the drawer, and sets its cash state to 0. Check the drawer and "
        "the slip.",
    ),
    700: CommandError("request.invalid", "ERR_INVALID_IP_ADDR", "bad IP address", _NO),
    701: CommandError("request.invalid", "ERR_INVALID_TONE_NUMBER", "bad tone number", _NO),
    702: CommandError("request.invalid", "ERR_ILLEGAL_DRAWER_IMPULSE_LEN", "bad length of the drawer impulse", _NO),
    703: CommandError("request.invalid", "ERR_ILLEGAL_VAT_RATE", "bad VAT rate", _NO),
    705: CommandError("request.invalid", "ERR_INVALID_SLEEP_TIME", "bad sleep time", _NO),
    706: CommandError("request.invalid", "ERR_INVALID_TURNOFF_TIME", "bad switch-off time", _NO),
    709: CommandError("request.invalid", "ERR_ILLEGAL_HDR_ATTR", "bad header attribute", _NO),
    713: CommandError("request.invalid", "ERR_CONFIG_SET", "configuration cannot be set", _NO),
    714: CommandError("request.invalid", "ERR_ILLEGAL_DSP_CONTRAST", "bad display contrast", _NO),
    715: CommandError("request.invalid", "ERR_ILLEGAL_DSP_LUMIN", "bad display brightness", _NO),
    716: CommandError("request.invalid", "ERR_ILLEGAL_DSP_OFF_DELAY", "bad display switch-off delay", _NO),
    717: CommandError("request.invalid", "ERR_LINE_TOO_LONG", "header/footer line too long", _NO),
    718: CommandError("request.invalid", "ERR_ILLEGAL_COMM_CFG", "bad comms configuration", _NO),
    719: CommandError("request.invalid", "ERR_ILLEGAL_PROTOCOL_CFG", "bad protocol configuration", _NO),
    720: CommandError("request.invalid", "ERR_ILLEGAL_PORT", "bad port id", _NO),
    721: CommandError("request.invalid", "ERR_ILLEGAL_INFO_TXT_NUM", "bad number of information texts", _NO),
    722: CommandError("device.clock", "ERR_ILLEGAL_TIME_DIFF", "time outside the allowed range", _NO),
    723: CommandError("device.clock", "ERR_ILLEGAL_TIME", "bad date/time", _NO),
    724: CommandError("device.clock", "ERR_ILLEGAL_HOUR_DIFF", "clock differs by too much", _NO),
    726: CommandError("request.invalid", "ERR_ILLEGAL_DSP_LINE_CONTENT", "bad display text", _NO),
    727: CommandError("request.invalid", "ERR_ILLEGAL_DSP_SCROLL_VALUE", "bad display scroll value", _NO),
    728: CommandError("request.invalid", "ERR_ILLEGAL_PORT_CFG", "bad port configuration", _NO),
    729: CommandError("request.invalid", "ERR_INVALID_MONITOR_CFG", "bad transaction monitor configuration", _NO),
    730: CommandError("request.conflict", "ERR_PORT_BUSY_PC_1", "port taken by PC1", _NO),
    731: CommandError("request.conflict", "ERR_PORT_BUSY_TCPIP", "port taken by TCP/IP", _NO),
    732: CommandError("request.conflict", "ERR_PORT_BUSY_SALE_MON", "port taken by the sales monitor", _NO),
    733: CommandError("request.conflict", "ERR_PORT_BUSY", "port taken", _NO),
    734: CommandError("request.conflict", "ERR_PORT_BUSY_TUNNEL", "port taken by the tunnel", _NO),
    735: CommandError("request.conflict", "ERR_IP_PORT_RESERVED", "TCP port reserved for system services", _NO),
    736: CommandError("request.conflict", "ERR_PORT_BUSY_PC_2", "port taken by PC2", _NO),
    738: CommandError("request.invalid", "ERR_NET_CONFIG", "bad network configuration", _NO),
    739: CommandError("request.invalid", "ERR_ILLEGAL_DSP_ID", "bad display id", _NO),
    740: CommandError(
        "request.invalid", "ERR_ILLEGAL_DSP_ID_FOR_OFF_DELAY", "bad display for the switch-off delay", _NO
    ),
    741: CommandError("request.invalid", "ERR_ILLEGAL_POWER_IND_INTERVAL", "bad interval of the supply indicator", _NO),
    745: CommandError("request.invalid", "ERR_ILLEGAL_CODE_PAGE_CFG", "bad code page", _NO),
    746: CommandError("request.invalid", "ERR_INVALID_MONITOR_FRAME_CFG", "bad frames of the transaction monitor", _NO),
    747: CommandError(
        "request.conflict", "ERR_DHCP_ACTIVE_FUNCTION_UNAVAILABLE", "not available while DHCP is on", _NO
    ),
    748: CommandError("request.invalid", "ERR_DHCP_FORBIDDEN", "DHCP not allowed here", _NO),
    752: CommandError(
        "request.unsupported", "ERR_THERMAL_OVER_TCPIP", "Thermal protocol not available over TCP", _NO,
        "Over TCP only the POSNET protocol works. Choose it in the printer's menu.",
    ),
    762: CommandError("request.invalid", "ERR_IP_NOT_FOUND", "IP address not found", _NO),
    820: CommandError("device.fault", "ERR_TEST", "self test failed", _NO, _RESTART),
    821: CommandError("device.rejected", "ERR_TEST_NO_CONF", "self test is not configured", _NO),
    857: CommandError("device.memory_full", "ERR_DF_DB_NO_MEM", "goods base: out of memory", _NO, _SERVICE),
    901: CommandError("request.conflict", "ERR_DB_REC_EXISTS", "record exists", _NO),
    903: CommandError("request.invalid", "ERR_DB_NO_RECORD", "no such record", _NO),
    905: CommandError("device.memory_full", "ERR_DB_BASE_FULL", "base full", _NO, _SERVICE),
    910: CommandError("request.invalid", "ERR_DB_NAME_NOT_UNIQUE", "name not unique", _NO),
    974: CommandError("request.invalid", "ERR_DB_ILLEGAL_CNTX", "bad read context", _NO),
    975: CommandError("device.rejected", "ERR_DB_CNTX_END", "no more records in context", _NO),
    1000: CommandError("device.fault", "ERR_FATAL_FM", "fiscal memory failed", _UNKNOWN, _RESTART_AND_ASK),
    1001: CommandError("device.fault", "ERR_FM_NCONN", "fiscal memory is not connected", _UNKNOWN, _RESTART_AND_ASK),
    1002: CommandError(
        "device.fault", "ERR_FM_WRITE", "fiscal memory could not be written", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1003: CommandError("device.fault", "ERR_FM_UNKN", "fiscal memory: unknown fault", _UNKNOWN, _RESTART_AND_ASK),
    1004: CommandError(
        "device.fault", "ERR_FM_CHKSUM_CNT", "fiscal memory: checksum fault", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1006: CommandError("device.fault", "ERR_FM_COMM", "fiscal memory: no communication", _UNKNOWN, _RESTART_AND_ASK),
    1007: CommandError("device.fault", "ERR_FM_BAD_REC_ID", "fiscal memory: bad record", _UNKNOWN, _RESTART_AND_ASK),
    1010: CommandError("request.conflict", "ERR_FM_NU_PRESENT", "unique number is written already", _NO),
    1011: CommandError(
        "device.fault", "ERR_FM_NU_NO_PRESENT_FSK", "unique number is missing in fiscal mode", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1012: CommandError(
        "device.fault", "ERR_FM_NU_WRITE", "unique number cannot be written", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1013: CommandError("device.memory_full", "ERR_FM_NU_FULL", "no room for the unique number", _NO, _SERVICE),
    1015: CommandError("device.memory_full", "ERR_FM_TIN_CNT", "changes of the tax id exhausted", _NO, _SERVICE),
    1016: CommandError(
        "request.unsupported", "ERR_FM_READ_ONLY_NFSK", "fiscal memory is read-only, non-fiscal mode", _NO
    ),
    1017: CommandError("device.fault", "ERR_FM_CLR_RAM_CNT", "RAM clears exhausted", _UNKNOWN, _RESTART_AND_ASK),
    1018: CommandError(
        "device.memory_full", "ERR_FM_REP_DAY_CNT", "daily reports exhausted", _NO,
        "No daily report fits any more. Call the service for a replacement.",
    ),
    1025: CommandError("request.invalid", "ERR_FM_NU_FORMAT", "unique number has a bad format", _NO),
    1028: CommandError("request.invalid", "ERR_FM_REC_EMPTY", "fiscal memory record is empty", _NO),
    1029: CommandError(
        "device.fault", "ERR_FM_REC_DATE", "fiscal memory record has a bad date", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1036: CommandError(
        "device.fault", "ERR_FM_EC_INTEGRITY", "protected memory: integrity fault", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1037: CommandError(
        "device.fault", "ERR_FM_PROTMEM_INTEGRITY", "protected memory: integrity fault", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1038: CommandError(
        "device.fault", "ERR_FM_PROTMEM_VERIFY_ERROR", "protected memory: verification failed", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1039: CommandError(
        "device.memory_full", "ERR_FM_PROTMEM_FULL", "protected memory full", _NO,
        "Call the service: the protected memory must be archived or replaced.",
    ),
    1040: CommandError(
        "device.fault", "ERR_FM_EC_INTEGRITY_DOC", "protected memory: a document fails its integrity check", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1041: CommandError("device.fault", "ERR_FM_PROTMEM_ACCESS", "protected memory not accessible", _UNKNOWN, _RESTART),
    1044: CommandError(
        "device.sale_blocked", "ERR_FM_INCOMPLETE_FSK", "fiscalisation is incomplete", _NO,
        "Selling is locked. Call the service.",
    ),
    1045: CommandError(
        "device.clock", "ERR_FM_REC_DATA_WITH_LATER_DATE", "clock earlier than last fiscal record", _NO,
        "The clock is behind the last fiscal record. Set the clock right.",
    ),
    1050: CommandError("device.rejected", "ERR_FM_APP_MODE_FULL", "operating mode: full", _NO),
    1051: CommandError("device.rejected", "ERR_FM_APP_MODE_EMPTY", "operating mode: empty", _NO),
    1052: CommandError(
        "device.fault", "ERR_FM_APP_MODE_READ", "operating mode cannot be read", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1053: CommandError("device.fault", "ERR_FM_READ", "fiscal memory: reading failed", _UNKNOWN, _RESTART_AND_ASK),
    1054: CommandError(
        "device.fault", "ERR_FM_READ_FACTORY_NUMBER", "factory number cannot be read", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1055: CommandError("request.conflict", "ERR_FM_FACTORY_NUMBER_ALREADY_SET", "factory number is set already", _NO),
    1056: CommandError(
        "request.invalid", "ERR_FM_FACTORY_NUMBER_WRONG_FORMAT", "factory number has the wrong format", _NO
    ),
    1057: CommandError("request.invalid", "ERR_FM_FSK_INCOMPLETE_DATA", "fiscalisation data is incomplete", _NO),
    1060: CommandError("request.invalid", "ERR_FM_FILE_NOT_FOUND", "fiscal memory, file: not found", _NO),
    1061: CommandError(
        "device.fault", "ERR_FM_FILE_OPEN", "fiscal memory, file: opening failed", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1062: CommandError(
        "device.fault", "ERR_FM_FILE_OPEN_RESOURCES", "fiscal memory: too many open files", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1063: CommandError("request.conflict", "ERR_FM_FILE_ALREADY_OPEN", "fiscal memory, file: is open already", _NO),
    1064: CommandError(
        "device.fault", "ERR_FM_FILE_READ", "fiscal memory, file: reading failed", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1066: CommandError(
        "device.fault", "ERR_FM_FILE_WRITE", "fiscal memory, file: writing failed", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1067: CommandError(
        "device.fault", "ERR_FM_FILE_CREATE", "fiscal memory, file: creating failed", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1068: CommandError("request.conflict", "ERR_FM_FILE_ALREADY_EXIST", "fiscal memory, file: exists already", _NO),
    1069: CommandError("device.memory_full", "ERR_FM_NO_MEM", "fiscal memory: out of memory", _NO, _SERVICE),
    1070: CommandError("device.memory_full", "ERR_FM_FILE_NO_MEM", "fiscal memory, file: out of memory", _NO, _SERVICE),
    1071: CommandError(
        "device.fault", "ERR_FM_FILE_SEEK", "fiscal memory, file: seeking failed", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1072: CommandError(
        "device.fault", "ERR_FM_CRC_NOT_READY", "fiscal memory: checksum not ready", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1073: CommandError("device.fault", "ERR_FM_IS_LOCKED", "fiscal memory locked", _UNKNOWN, _RESTART_AND_ASK),
    1074: CommandError(
        "device.fault", "ERR_FM_UNREGISTERED", "fiscal memory: not registered", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1075: CommandError("device.fault", "ERR_FM_LOST", "fiscal memory: lost", _UNKNOWN, _RESTART_AND_ASK),
    1076: CommandError(
        "device.fault", "ERR_FM_TRANSACTION_GET", "fiscal memory: transaction cannot be read", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1077: CommandError(
        "device.fault", "ERR_FM_SHA_NOT_READY", "fiscal memory: digest not ready", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1078: CommandError("device.fault", "ERR_FM_NOT_READY", "fiscal memory: not ready", _UNKNOWN, _RESTART_AND_ASK),
    1079: CommandError(
        "device.fault", "ERR_FM_WRONG_FIRMWARE_VERSION", "fiscal memory does not fit this firmware", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1100: CommandError(
        "device.fault", "ERR_TM_READ_GROUP", "totals memory: groups cannot be read", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1101: CommandError(
        "device.fault", "ERR_TM_WRITE_GROUP", "totals memory: groups cannot be written", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1102: CommandError(
        "device.fault", "ERR_TM_READ_CATEGORY", "totals memory: categories cannot be read", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1103: CommandError(
        "device.fault", "ERR_TM_WRITE_CATEGORY", "totals memory: categories cannot be written", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1104: CommandError(
        "device.fault", "ERR_TM_READ_DAYREP", "totals memory: daily report cannot be read", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1105: CommandError(
        "device.fault", "ERR_TM_WRITE_DAYREP", "totals memory: daily report cannot be written", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1106: CommandError(
        "device.fault", "ERR_TM_READ_SALEINFO", "totals memory: sale cannot be read", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1107: CommandError(
        "device.fault", "ERR_TM_WRITE_SALEINFO", "totals memory: sale cannot be written", _UNKNOWN,
        _RESTART_AND_ASK,
    ),
    1200: CommandError("request.conflict", "ERR_APP_MODE_WRONG", "wrong operating mode", _NO),
    1210: CommandError("device.fault", "ERR_FM_DEVICE_ID", "bad device id", _NO, _RESTART),
    1211: CommandError("device.fault", "ERR_FM_DEVICE_ID_READ", "device id cannot be read", _NO, _RESTART),
    1950: CommandError(
        "request.invalid", "ERR_TR_TOT_OVR", "receipt totalizer overflow", _NO,
        "Split the sale into several receipts.",
    ),
    1951: CommandError(
        "request.invalid", "ERR_TR_PF_OVR", "one payment too large", _NO,
        "Check the amount of the payment.",
    ),
    1952: CommandError(
        "request.invalid", "ERR_TR_PF_SUM_OVR", "payments too large in sum", _NO,
        "Check the amounts of the payments.",
    ),
    1953: CommandError(
        "request.invalid", "ERR_PAYMENT_OVR", "payments already cover the amount", _NO,
        "Leave the last payment out: the amount is covered.",
    ),
    1954: CommandError("request.invalid", "ERR_TR_CHANGE_OVR", "change too large", _NO, "Check the change."),
    1955: CommandError("request.invalid", "ERR_TR_CHANGE_SUM_OVR", "change sum too large", _NO, "Check the change."),
    1956: CommandError(
        "request.invalid", "ERR_TR_TOTAL_OVR", "total out of range", _NO,
        "Split the sale into several receipts.",
    ),
    1957: CommandError(
        "request.invalid", "ERR_TR_FISC_OVR", "receipt maximum exceeded", _NO,
        "Split the sale into several receipts.",
    ),
    1958: CommandError("request.invalid", "ERR_TR_PACK_OVR", "packaging value overflow", _NO, "Check the packaging."),
    1959: CommandError("request.invalid", "ERR_TR_PACK_STORNO_OVR", "packaging storno overflow", _NO),
    1961: CommandError(
        "request.invalid", "ERR_TR_PF_REST_TOO_BIG", "change payment too big", _NO,
        "The change in this kind of payment is above what was paid.",
    ),
    1962: CommandError("request.invalid", "ERR_TR_PF_ZERO", "payment of zero", _NO, "Leave payments of zero out."),
    1963: CommandError("request.invalid", "ERR_TR_ADVANCE_OVR", "advance overflow", _NO, "Check the advance."),
    1964: CommandError("request.invalid", "ERR_TR_ADVANCE_BASE_OVR", "advance base overflow", _NO),
    1965: CommandError(
        "request.invalid", "ERR_TR_PACK_CNT_OVR", "too many kinds of packaging", _NO,
        "Put fewer kinds of packaging on one receipt.",
    ),
    1966: CommandError("request.invalid", "ERR_TR_ADVANCE_ZERO", "advance of zero", _NO, "Leave advances of zero out."),
    1980: CommandError(
        "request.invalid", "ERR_TR_DISCNT_BASE_OVR", "discount base overflow", _NO,
        "Check the discount.",
    ),
    1981: CommandError(
        "request.invalid", "ERR_TR_DISCNT_AFTER_OVR", "value after discount overflow", _NO,
        "Check the surcharge.",
    ),
    1982: CommandError(
        "request.invalid", "ERR_TR_DISCNT_CALC", "discount computation failed", _NO,
        "Check the discount.",
    ),
    1983: CommandError(
        "request.invalid", "ERR_TR_DISCNT_BASE_NEGATIVE_OR_ZERO", "discount base <= 0", _NO,
        "A discount needs something above zero to be taken from.",
    ),
    1984: CommandError(
        "request.invalid", "ERR_TR_DISCNT_ZERO", "discount of zero", _NO,
        "Leave discounts of zero out.",
    ),
    1985: CommandError(
        "request.invalid", "ERR_TR_DISCNT_AFTER_NEGATIVE_OR_ZERO", "value after discount <= 0", _NO,
        "A discount may not take all of it: something above zero must remain.",
    ),
    1990: CommandError(
        "request.conflict", "ERR_TR_STORNO_NOT_ALLOWED", "storno not allowed in this state", _NO,
        "A line can be taken off only before discounts on the bill and payments.",
    ),
    1991: CommandError(
        "request.conflict", "ERR_TR_DISCNT_NOT_ALLOWED", "discount not allowed in this state", _NO,
        "A discount must come before the payments.",
    ),
    1992: CommandError(
        "request.conflict", "ERR_TR_EMPTY", "no positions on the receipt", _NO,
        "Sell at least one line; a receipt cannot be empty.",
    ),
    2000: CommandError(
        "request.invalid", "ERR_TR_FLD_VAT", "VAT field: bad number or inactive rate", _NO,
        "Compare the VAT letters of the goods with the rates in the printer (vatget).",
    ),
    2001: CommandError(
        "request.invalid", "ERR_TR_FLD_QUANT_FRACTIONAL", "quantity must be an integer", _NO,
        "Sell packaging in whole pieces.",
    ),
    2002: CommandError(
        "device.sale_blocked", "ERR_NO_HDR", "no header programmed", _NO,
        "The printer has no header (name and address). Have it programmed.",
    ),
    2003: CommandError(
        "request.conflict", "ERR_HDR", "header already programmed", _NO,
        "The header is programmed already.",
    ),
    2004: CommandError(
        "device.sale_blocked", "ERR_NO_VAT", "no active VAT rate", _NO,
        "No VAT rate is programmed. Call the service.",
    ),
    2005: CommandError(
        "request.conflict", "ERR_NO_TRNS_MODE", "no transaction open", _NO,
        "No receipt is open: the printer cancelled it, or it ended already. Ask the printer what became of the "
        "document (strns, scnt) before anything else.",
    ),
    2006: CommandError("request.invalid", "ERR_TR_FLD_PRICE", "price <= 0", _NO, "Give a unit price above zero."),
    2007: CommandError("request.invalid", "ERR_TR_FLD_QUANT", "quantity <= 0", _NO, "Give a quantity above zero."),
    2008: CommandError(
        "request.invalid", "ERR_TR_FLD_TOTAL", "line total wrong", _NO,
        "Line value must be price times quantity, rounded to grosze.",
    ),
    2009: CommandError(
        "request.invalid", "ERR_TR_FLD_TOTAL_ZERO", "line total zero", _NO,
        "The line rounds to zero: raise quantity or price.",
    ),
    2010: CommandError(
        "device.shift_expired", "ERR_TOT_OVR", "daily totalizer would overflow", _NO,
        "A daily total would overflow. Print the daily report, then sell again.",
    ),
    2019: CommandError(
        "device.clock", "ERR_RTC_CERT_VALIDITY", "date outside certificate validity", _NO,
        "Set the date inside the validity of the printer's certificate.",
    ),
    2020: CommandError(
        "device.clock", "ERR_RTC_DAY_CHANGED", "date change not allowed", _NO,
        "Print the daily report before the date changes.",
    ),
    2022: CommandError(
        "device.clock", "ERR_RTC_DIFF", "date differs too much from the printer's clock", _NO,
        "The date differs too much from the printer's clock. Compare the clocks; for a daily report use the "
        "printer's own date.",
    ),
    2023: CommandError(
        "device.clock", "ERR_RTC_HOUR", "clock change over 2 h in fiscal mode", _NO,
        "In fiscal mode the clock moves by 2 hours at most, once after a daily report.",
    ),
    2024: CommandError("request.invalid", "ERR_RTC_BAD_FORMAT", "bad date format", _NO),
    2025: CommandError(
        "device.clock", "ERR_RTC_FM_DATE", "earlier than last fiscal record", _NO,
        "The time would be earlier than the last fiscal record.",
    ),
    2026: CommandError(
        "device.clock", "ERR_RTC", "clock fault", _NO,
        "The printer's clock has a fault. Set it; if it comes again, call the service.",
    ),
    2027: CommandError(
        "device.memory_full", "ERR_VAT_CHNG_CNT", "VAT changes exhausted", _NO,
        "The rates were changed as often as the fiscal memory allows. Call the service.",
    ),
    2028: CommandError("request.invalid", "ERR_VAT_SAME", "same VAT rates", _NO),
    2029: CommandError("request.invalid", "ERR_VAT_VAL", "bad VAT values", _NO),
    2030: CommandError("request.invalid", "ERR_VAT_NO_ACTIVE", "all rates inactive", _NO),
    2031: CommandError("request.invalid", "ERR_FLD_TIN", "bad tax id", _NO, "Check the tax id."),
    2032: CommandError("request.invalid", "ERR_FM_ID", "bad fiscal memory number", _NO),
    2033: CommandError(
        "request.conflict", "ERR_FISC_MODE", "device is in fiscal mode", _NO,
        "Not possible any more: the printer is fiscal.",
    ),
    2034: CommandError(
        "request.unsupported", "ERR_NO_FISC_MODE", "device is not in fiscal mode", _NO,
        "Only a fiscal printer does this; this one is in training mode.",
    ),
    2035: CommandError(
        "request.conflict", "ERR_TOT_NOT_ZERO", "totalizers not zero", _NO,
        "Print the daily report first.",
    ),
    2036: CommandError(
        "device.sale_blocked", "ERR_READ_ONLY", "read-only device", _NO,
        "The fiscal memory is closed: this printer prints reports only. Use another printer.",
    ),
    2037: CommandError("request.conflict", "ERR_NO_READ_ONLY", "not read-only", _NO),
    2038: CommandError(
        "request.conflict", "ERR_TRNS_MODE", "transaction open", _NO,
        "A receipt is still open. Finish or cancel it (prncancel), then repeat.",
    ),
    2039: CommandError("request.conflict", "ERR_TOT_ZERO", "totalizers zero", _NO, "Nothing was sold yet."),
    2040: CommandError("request.invalid", "ERR_CURR_CALC", "currency computation overflow", _NO),
    2041: CommandError(
        "request.invalid", "ERR_TR_END_VAL_0", "receipt would end at 0", _NO,
        "A receipt may not end at zero. Correct the document and send it as a new job.",
    ),
    2042: CommandError("request.invalid", "ERR_REP_PER_DATE_FORMAT_FROM", "bad start date", _NO),
    2043: CommandError("request.invalid", "ERR_REP_PER_DATE_FORMAT_TO", "bad end date", _NO),
    2045: CommandError("request.invalid", "ERR_REP_PER_DATE_START_GT_CURR", "start date in the future", _NO),
    2046: CommandError("request.invalid", "ERR_REP_PER_DATE_END_GT_FISK", "end before fiscalisation", _NO),
    2047: CommandError("request.invalid", "ERR_REP_PER_NUM_ZERO", "report number 0", _NO),
    2048: CommandError("request.invalid", "ERR_REP_NUMBER_RANGE", "first number above last", _NO),
    2049: CommandError("request.invalid", "ERR_REP_PER_NUM_TOO_BIG", "report number too big", _NO),
    2050: CommandError("request.invalid", "ERR_REP_DATE_RANGE", "start after end", _NO),
    2052: CommandError(
        "device.rejected", "ERR_TR_NO_MEM", "transaction buffer full", _NO,
        "Split the sale into several receipts.",
    ),
    2054: CommandError(
        "request.invalid", "ERR_TR_END_PAYMENT", "payments do not cover amount or change", _NO,
        "The payments do not cover the total and the change. Correct the document and send it as a new job.",
    ),
    2055: CommandError("request.invalid", "ERR_LINE", "bad line", _NO),
    2056: CommandError("request.invalid", "ERR_EMPTY_TXT", "empty text", _NO),
    2057: CommandError("request.invalid", "ERR_SIZE", "too long or too many format marks", _NO),
    2058: CommandError("request.invalid", "ERR_LINE_CNT", "bad number of lines", _NO),
    2059: CommandError("request.invalid", "ERR_BARCODE_FORMAT", "bad bar code", _NO),
    2060: CommandError(
        "request.conflict", "ERR_TR_BAD_STATE", "bad transaction state", _NO,
        "Not in this order: after payments and bill discounts nothing is sold any more. Cancel the receipt and "
        "begin anew.",
    ),
    2062: CommandError(
        "request.conflict", "ERR_PRN_START", "part of another document is printed", _NO,
        "Finish or cancel the printout in progress.",
    ),
    2063: CommandError("request.invalid", "ERR_PAR", "bad parameter", _NO),
    2064: CommandError(
        "request.conflict", "ERR_FTR_NO_HDR", "nothing started (no printout/transaction)", _NO,
        "Nothing is open: there is nothing to cancel or to end.",
    ),
    2066: CommandError("request.conflict", "ERR_FTR_NO_FTR", "footer not started", _NO),
    2067: CommandError("request.invalid", "ERR_PRN_CFG_SET", "bad print configuration", _NO),
    2070: CommandError("request.invalid", "ERR_WRONG_MAINTENANCE_TIME", "wrong maintenance time", _NO),
    2074: CommandError("request.invalid", "ERR_WRONG_SERVICE_ID", "wrong service id", _NO),
    2080: CommandError("request.invalid", "ERR_HEX_ODD", "odd number of hex digits", _NO),
    2081: CommandError("request.invalid", "ERR_HEX_PARAM", "bad hex digit", _NO),
    2094: CommandError("request.conflict", "ERR_TR_CHANGE_EXIST", "a change payment already exists", _NO),
    2095: CommandError("request.invalid", "ERR_HEADER_TOO_LONG", "header too long", _NO),
    2096: CommandError(
        "request.invalid", "ERR_TIN_LENGTH", "tax id must have 10 digits", _NO,
        "A Polish tax id (NIP) has ten digits, without dashes.",
    ),
    2097: CommandError(
        "device.memory_full", "ERR_HDR_PRINTED_EC_FULL", "header already printed and protected memory full", _NO,
        "Call the service: the protected memory is full.",
    ),
    2098: CommandError(
        "device.memory_full", "ERR_FM_DOC_FULL", "fiscal memory full", _NO,
        "Call the service: the fiscal memory is full.",
    ),
    2101: CommandError(
        "device.memory_full", "ERR_DF_DB_OVR", "goods base full", _NO,
        "The goods base of the printer is full. Use fewer different names, or call the service.",
    ),
    2102: CommandError(
        "request.invalid", "ERR_DF_DB_VAT_INACTIVE", "rate inactive", _NO,
        "This VAT rate is not active in the printer. Choose another letter, or have the rates changed.",
    ),
    2103: CommandError("request.invalid", "ERR_DF_DB_VAT_INVALID", "bad rate", _NO, "Choose a VAT rate from A to G."),
    2104: CommandError(
        "request.invalid", "ERR_DF_DB_NAME", "bad goods name", _NO,
        "The name has no letter or digit. Give the goods a name.",
    ),
    2105: CommandError(
        "request.invalid", "ERR_DF_DB_NAME_VAT", "rate assignment error", _NO,
        "The printer keeps another VAT rate under this name. Rename the goods, or use the old rate.",
    ),
    2106: CommandError(
        "request.invalid", "ERR_DF_DB_LOCKED", "goods locked at a higher rate", _NO,
        "The printer sold this name at a higher rate and has locked it. Rename the goods to sell it at this rate.",
    ),
    2107: CommandError(
        "request.invalid", "ERR_DF_DB_NAME_NOT_FOUND", "goods not found", _NO,
        "The printer does not know this name.",
    ),
    2110: CommandError(
        "device.sale_blocked", "ERR_AUTHORIZATION", "authorisation error", _NO,
        "Selling is locked. Call the service.",
    ),
    2207: CommandError("device.rejected", "ERR_TERMINAL_IP_PORT", "card terminal: bad IP address or port", _NO),
    2211: CommandError(
        "device.rejected", "ERR_TERMINAL_BREAK_COMMUNICATION", "card terminal: communication broken off", _NO
    ),
    2282: CommandError("device.rejected", "ERR_TERMINAL_RCV_PARAM", "card terminal: bad parameter received", _NO),
    2284: CommandError("device.rejected", "ERR_TERMINAL_CMD_EXEC", "card terminal: command not executed", _NO),
    2287: CommandError("device.rejected", "ERR_TERMINAL_CON_PORT", "card terminal: bad port", _NO),
    2290: CommandError("device.rejected", "ERR_TERMINAL_RCV_SYNTAX", "card terminal: answer not understood", _NO),
    2501: CommandError("request.invalid", "ERR_FORM_ID", "bad form id", _NO, "Use form 200."),
    2502: CommandError(
        "request.invalid", "ERR_FORM_LINE_NO", "bad form line", _NO,
        "The form has no such line: choose another line number.",
    ),
    2503: CommandError(
        "request.invalid", "ERR_FORM_HDR_NO", "bad form header", _NO,
        "Choose another header for the printout.",
    ),
    2504: CommandError(
        "request.invalid", "ERR_FORM_PAR_CNT", "too few form values", _NO,
        "The line needs more values.",
    ),
    2505: CommandError(
        "request.conflict", "ERR_FORM_NOT_STARTED", "form not started", _NO,
        "Begin the printout with formstart.",
    ),
    2506: CommandError(
        "request.conflict", "ERR_FORM_STARTED", "form already started", _NO,
        "Another printout is open. End it (formend) or cancel it, then repeat.",
    ),
    2507: CommandError(
        "request.invalid", "ERR_FORM_CMD", "bad form command", _NO,
        "Only 0 (blank) and 1 (rule) are commands of a form.",
    ),
    2508: CommandError(
        "request.invalid", "ERR_FORM_NOT_WIDE", "wide form on narrow paper", _NO,
        "This form needs wide paper.",
    ),
    2509: CommandError(
        "request.invalid", "ERR_FORM_MASK", "mask hides too much", _NO,
        "Show more of the value: the mask hides too much.",
    ),
    2521: CommandError("request.invalid", "ERR_DB_REP_PLU_ACTIVE", "report of active goods", _NO),
    2522: CommandError("request.invalid", "ERR_DB_REP_PLU_NOT_ACTIVE", "report of inactive goods", _NO),
    2523: CommandError("request.invalid", "ERR_DB_REP_PLU_VAT_ID", "goods report: bad rate", _NO),
    2532: CommandError("request.invalid", "ERR_FV_COPY_CNT", "bad number of copies", _NO),
    2533: CommandError("request.invalid", "ERR_FV_EMPTY_NUMBER", "empty invoice number", _NO),
    2534: CommandError("request.invalid", "ERR_FV_FORMAT", "bad invoice format", _NO),
    2535: CommandError("request.invalid", "ERR_FV_EMPTY_BUYER", "empty buyer", _NO),
    2600: CommandError("request.invalid", "ERR_DISCNT_TYPE", "bad discount type", _NO),
    2601: CommandError("request.invalid", "ERR_TR_DISCNT_VALUE", "discount out of range", _NO),
    2701: CommandError("request.invalid", "ERR_VAT_ID", "bad rate id", _NO),
    2702: CommandError("request.invalid", "ERR_FTRLN_ID", "bad footer line id", _NO),
    2703: CommandError("request.invalid", "ERR_FTRLN_CNT", "too many footer lines", _NO),
    2704: CommandError("device.fault", "ERR_ACC_LOW", "battery low", _NO, _RESTART),
    2705: CommandError("request.invalid", "ERR_PF_TYPE", "bad payment type", _NO),
    2706: CommandError("device.fault", "ERR_CHARGER_NOT_CONNECTED", "no charger", _NO, _RESTART),
    2707: CommandError("request.invalid", "ERR_CHARGER_MODE", "bad charger mode", _NO),
    2710: CommandError("device.fault", "ERR_SERVICE_NOT_FOUND", "service not running", _NO, _RESTART),
    2712: CommandError("request.invalid", "ERR_ILLEGAL_TIME_VALUE", "bad time value", _NO),
    2801: CommandError(
        "request.invalid", "ERR_DISCNT_VERIFY", "discount value mismatch", _NO,
        "The discount's amount does not agree with its percentage. Leave the amount out, or use the printer's "
        "rounding (discounttypeget).",
    ),
    2802: CommandError(
        "request.invalid", "ERR_LNTOT_VERIFY", "line value mismatch", _NO,
        "Line value must be price times quantity, rounded half up to grosze. Correct the document and send it as "
        "a new job.",
    ),
    2803: CommandError(
        "request.invalid", "ERR_PACKTOT_VERIFY", "packaging value mismatch", _NO,
        "Packaging value must be price times quantity.",
    ),
    2804: CommandError(
        "request.invalid", "ERR_CURRTOT_VERIFY", "currency payment mismatch", _NO,
        "Amount in currency times rate must give the amount in zloty.",
    ),
    2805: CommandError(
        "request.invalid", "ERR_ENDTOT_VERIFY", "fiscal value mismatch", _NO,
        "The printer's own total differs from the document's. Correct the document and send it as a new job.",
    ),
    2806: CommandError(
        "request.invalid", "ERR_ENDPACKPLUS_VERIFY", "packaging-plus mismatch", _NO,
        "The printer's sum of packaging issued differs. Correct the document and send it as a new job.",
    ),
    2807: CommandError(
        "request.invalid", "ERR_ENDPACKMINUS_VERIFY", "packaging-minus mismatch", _NO,
        "The printer's sum of packaging returned differs. Correct the document and send it as a new job.",
    ),
    2808: CommandError(
        "request.invalid", "ERR_ENDPAYMENT_VERIFY", "payments mismatch", _NO,
        "The printer's sum of payments differs. Correct the document and send it as a new job.",
    ),
    2809: CommandError(
        "request.invalid", "ERR_ENDCHANGE_VERIFY", "change mismatch", _NO,
        "The printer's change differs. Correct the document and send it as a new job.",
    ),
    2810: CommandError(
        "request.invalid", "ERR_ENDPACK_EMPTY", "empty packaging settlement", _NO,
        "Put packaging into the settlement.",
    ),
    2851: CommandError(
        "request.invalid", "ERR_STORNO_QNT", "storno quantity", _NO,
        "More is taken off than was sold. Repeat the line exactly as it was sold.",
    ),
    2852: CommandError(
        "request.invalid", "ERR_STORNO_AMT", "storno value", _NO,
        "More value is taken off than was sold. Repeat the line with its price, value and discount exactly as it "
        "was sold.",
    ),
    2853: CommandError(
        "request.invalid", "ERR_STORNO_PACK_NOT_FOUND", "storno packaging not found", _NO,
        "No such packaging was sold on this receipt.",
    ),
    2900: CommandError(
        "device.memory_full", "ERR_EC_NOT_ENOUGH_SPACE", "not enough protected memory for this document", _NO,
        "Not enough room for this document. Call the service about the protected memory.",
    ),
    2901: CommandError(
        "device.busy", "ERR_EC_EDM_NOT_READY", "medium busy", _NO,
        "The protected memory is busy. Wait a minute and try again.",
    ),
    2902: CommandError(
        "device.fault", "ERR_EC_EDM_NOT_VERIFIED", "medium not verified", _NO,
        "Verify the protected memory in the printer's menu, or call the service.",
    ),
    2903: CommandError(
        "device.busy", "ERR_EC_DATA_PENDING", "too much pending data", _NO,
        "Too many documents wait to be stored. Wait until the printer has caught up.",
    ),
    2904: CommandError(
        "device.memory_full", "ERR_EC_EDM_FULL", "protected memory full", _NO,
        "Call the service: the protected memory is full and must be replaced.",
    ),
    2907: CommandError(
        "device.fault", "ERR_EC_EDM_MISSING", "protected memory missing", _NO,
        "Call the service: the protected memory is missing.",
    ),
    2908: CommandError("device.fault", "ERR_EC_EDM_INVALID", "protected memory medium is invalid", _NO, _RESTART),
    2911: CommandError(
        "device.fault", "ERR_EC_EDM_FILE_NOT_FOUND", "protected memory medium: file not found", _NO,
        _RESTART,
    ),
    2913: CommandError(
        "device.fault", "ERR_EC_EDM_CHAIN_BROKEN", "protected memory: the chain of documents is broken", _NO,
        _RESTART,
    ),
    2916: CommandError(
        "device.busy", "ERR_EC_EDM_VERIFY_IN_PROGRESS", "verification running", _NO,
        "The protected memory is being verified. Wait until it is done.",
    ),
    2917: CommandError("request.invalid", "ERR_EC_DOC_TYPE", "protected memory: bad document type", _NO),
    2918: CommandError("device.fault", "ERR_EC_UNAVAILABLE", "protected memory: unavailable", _NO, _RESTART),
    2930: CommandError("request.invalid", "ERR_EC_DOC_NOT_FOUND", "document not found", _NO),
    3051: CommandError("request.conflict", "ERR_CURRENCY_ALREADY_CHANGED", "currency already changed", _NO),
    3052: CommandError("request.conflict", "ERR_CURRENCY_SAME", "the currency is the same", _NO),
    3053: CommandError("request.invalid", "ERR_CURRENCY_INVALID_NAME", "bad currency name", _NO),
    3054: CommandError("device.rejected", "ERR_CURRENCY_SHOULD_CHANGE", "a change of currency is due", _NO),
    3055: CommandError("request.invalid", "ERR_CURRENCY_RATE", "bad rate", _NO),
    3056: CommandError("device.memory_full", "ERR_CURRENCY_CHNG_CNT", "changes of currency exhausted", _NO, _SERVICE),
    3080: CommandError("device.clock", "ERR_VAT_RTC_OLD", "VAT rates: the clock is behind", _NO),
    3084: CommandError(
        "device.rejected", "ERR_VAT_SHOULD_CHANGE", "automatic VAT change pending", _NO,
        "VAT rates change by a schedule: print the daily report, then sell again.",
    ),
    3085: CommandError("request.invalid", "ERR_VAT_INVALID_DATE", "VAT rates: invalid date", _NO),
    3098: CommandError("request.invalid", "ERR_FISC_OWNERSHIP_TYPE", "fiscalisation: bad ownership", _NO),
    3099: CommandError("request.invalid", "ERR_FISC_USE_TYPE", "fiscalisation: bad use", _NO),
    3100: CommandError(
        "device.sale_blocked", "ERR_FISC_AUTH_MISSING", "fiscalisation: authorisation missing", _NO,
        "Selling is locked. Call the service.",
    ),
    3110: CommandError("request.invalid", "ERR_ILLEGAL_DRAWER_VOLTAGE", "bad drawer voltage", _NO),
    3200: CommandError("request.invalid", "ERR_CODE2D_NOTHING_TO_PRINT", "no 2D code prepared", _NO),
    3201: CommandError(
        "request.invalid", "ERR_CODE2D_OUT_OF_PAPER", "2D code too big for the paper", _NO,
        "Make the 2D code smaller.",
    ),
    3202: CommandError("request.invalid", "ERR_CODE2D_SCALE", "2D code: bad scale", _NO),
    3203: CommandError("request.invalid", "ERR_CODE2D_Y2X_RATIO", "2D code: bad ratio of height to width", _NO),
    3205: CommandError("device.memory_full", "ERR_CODE2D_OUT_OF_MEMORY", "2D code: out of memory", _NO, _SERVICE),
    3206: CommandError("request.invalid", "ERR_CODE2D_TOO_LONG_DATA_STREAM", "2D data too long", _NO),
    3207: CommandError(
        "request.invalid", "ERR_CODE2D_COLUMN_COUNT_OVERRANGE", "2D code: column count out of range", _NO
    ),
    3208: CommandError("request.invalid", "ERR_CODE2D_ROW_COUNT_OVERRANGE", "2D code: row count out of range", _NO),
    3209: CommandError(
        "request.invalid", "ERR_CODE2D_ECC_LEVEL_OVERRANGE", "2D code: error correction level out of range", _NO
    ),
    3210: CommandError("request.invalid", "ERR_CODE2D_PIXEL_PER_MODULE", "2D code: bad size of a module", _NO),
    3220: CommandError("request.invalid", "ERR_UNSUPPORTED_BARCODE", "unsupported bar code", _NO),
    3221: CommandError("request.invalid", "ERR_BARCODE_WRITE", "bar code: writing failed", _NO),
    3222: CommandError("request.invalid", "ERR_BARCODE_READ", "bar code: reading failed", _NO),
    3250: CommandError("request.invalid", "ERR_IMG_SLOT_NO_OVERRANGE", "image: slot number out of range", _NO),
    3251: CommandError("request.invalid", "ERR_IMG_SLOT_EMPTY", "image: slot empty", _NO),
    3252: CommandError("request.conflict", "ERR_IMG_READ_ONLY", "image: read only", _NO),
    3253: CommandError("request.invalid", "ERR_IMG_SIZE_OVERRANGE", "image: size out of range", _NO),
    3254: CommandError("device.memory_full", "ERR_IMG_OUT_OF_MEMORY", "image: out of memory", _NO, _SERVICE),
    3255: CommandError("request.invalid", "ERR_IMG_EC", "image: protected memory fault", _NO),
    3256: CommandError("device.fault", "ERR_IMG_FLASH_OPERATION", "image: flash operation failed", _NO, _RESTART),
    3257: CommandError("request.invalid", "ERR_IMG_EC_LEVEL", "image: bad level of protected memory", _NO),
    3258: CommandError("request.invalid", "ERR_IMG_DATA_SIZE", "image: bad data size", _NO),
    3260: CommandError("request.invalid", "ERR_IMG_NAME", "image: bad name", _NO),
    3261: CommandError("request.invalid", "ERR_IMG_READ", "image cannot be read", _NO),
    3262: CommandError("request.conflict", "ERR_IMG_ALREADY_EXIST", "image: exists already", _NO),
    3263: CommandError(
        "request.invalid", "ERR_IMG_ADD_PROTECTED_MEMORY", "image cannot be added to the protected memory", _NO
    ),
    3264: CommandError(
        "request.invalid", "ERR_IMG_SIZE_MISSING_FOR_RAW_IMAGE", "image: size missing for a raw image", _NO
    ),
    3265: CommandError(
        "request.invalid", "ERR_IMG_SIZE_PRESENT_FOR_BMP_IMAGE", "image: a BMP image carries its own size", _NO
    ),
    3266: CommandError("request.invalid", "ERR_IMG_INVALID_BMP_HEADER", "image: invalid BMP header", _NO),
    3267: CommandError("request.invalid", "ERR_IMG_INVALID_FORMAT", "image: invalid format", _NO),
    3268: CommandError("device.busy", "ERR_IMG_ALREADY_IN_PROGRESS", "image: already in progress", _NO),
    3269: CommandError("device.fault", "ERR_IMG_REBUILD_ERROR", "image: rebuild error", _NO, _RESTART),
    3280: CommandError("request.conflict", "ERR_APP_MODE_IS_SAME", "operating mode is the same", _NO),
    3281: CommandError("request.invalid", "ERR_APP_MODE_NOT_EXIST", "no such operating mode", _NO),
    3282: CommandError("request.invalid", "ERR_APP_MODE_WRITE", "operating mode cannot be written", _NO),
    3283: CommandError("request.invalid", "ERR_APP_MODE_CODE", "operating mode: wrong code", _NO),
    3432: CommandError("device.busy", "ERR_CONN_NOW", "connection in progress", _NO),
    3440: CommandError("device.rejected", "ERR_WIFI_MODULE", "Wi-Fi: module fault", _NO),
    3441: CommandError("device.rejected", "ERR_WIFI_NO_NETWORK", "Wi-Fi: no network", _NO),
    3442: CommandError("device.rejected", "ERR_WIFI_INTERFACE_NO_ACTIVE", "Wi-Fi: interface is not active", _NO),
    3444: CommandError("device.rejected", "ERR_WIFI_INVALID_SSID", "Wi-Fi: invalid SSID", _NO),
    3445: CommandError("device.rejected", "ERR_WIFI_NOT_READY", "Wi-Fi: not ready", _NO),
    3446: CommandError("device.rejected", "ERR_WIFI_UNKNOWN", "Wi-Fi: unknown fault", _NO),
    3447: CommandError("device.rejected", "ERR_WIFI_NETWORK_IN_USE", "Wi-Fi: network in use", _NO),
    3448: CommandError("device.rejected", "ERR_WIFI_UNKNOWN_NETWORK", "Wi-Fi: unknown network", _NO),
    3449: CommandError("device.rejected", "ERR_WIFI_EMPTY_RECORD", "Wi-Fi: empty record", _NO),
    3450: CommandError("device.rejected", "ERR_WIFI_KEY_CHARSET", "Wi-Fi: bad characters in the key", _NO),
    3451: CommandError("device.rejected", "ERR_WIFI_VERSION_UNAVAILABLE", "Wi-Fi: version not available", _NO),
    3459: CommandError("device.rejected", "ERR_BLUETOOTH_PIN_CODE_EDIT", "Bluetooth: PIN cannot be edited", _NO),
    3460: CommandError("device.rejected", "ERR_BLUETOOTH_MODULE", "Bluetooth: module fault", _NO),
    3461: CommandError(
        "device.rejected", "ERR_BLUETOOTH_INTERFACE_NO_ACTIVE", "Bluetooth: interface is not active", _NO
    ),
    3465: CommandError("device.rejected", "ERR_BLUETOOTH_DEL_PAIR_RECORD", "Bluetooth: pairing cannot be deleted", _NO),
    3466: CommandError("device.rejected", "ERR_BLUETOOTH_PAIR_TIMEOUT", "Bluetooth: pairing timed out", _NO),
    3470: CommandError("device.rejected", "ERR_BLUETOOTH_NO_PRESENT", "Bluetooth is not present", _NO),
    3471: CommandError("device.rejected", "ERR_WIFI_NO_PRESENT", "Wi-Fi is not present", _NO),
    3472: CommandError("device.rejected", "ERR_COM_NO_PRESENT", "serial port is not present", _NO),
    3500: CommandError("device.rejected", "ERR_MASS_STORAGE_FILE_OPEN", "mass storage: file opening failed", _NO),
    3501: CommandError("device.rejected", "ERR_MASS_STORAGE_READ", "mass storage: reading failed", _NO),
    3502: CommandError("device.rejected", "ERR_MASS_STORAGE_WRITE", "mass storage: writing failed", _NO),
    3503: CommandError("device.rejected", "ERR_MASS_STORAGE_MISSING", "mass storage: missing", _NO),
    3504: CommandError("device.rejected", "ERR_MASS_STORAGE_ACCESS", "mass storage: no access", _NO),
    3520: CommandError("device.rejected", "ERR_LOG_DIR_NOT_FOUND", "log folder not found", _NO),
    3700: CommandError("device.rejected", "ERR_FIRMWARE_UPDATE_DOWNLOAD_PRO", "firmware update: download fault", _NO),
    3701: CommandError("device.rejected", "ERR_FIRMWARE_UPDATE_FILE_OPEN", "firmware update: file opening failed", _NO),
    3702: CommandError("device.rejected", "ERR_FIRMWARE_UPDATE_FILE_READ", "firmware update: file reading failed", _NO),
    3703: CommandError(
        "device.rejected", "ERR_FIRMWARE_UPDATE_FILE_WRITE", "firmware update: file writing failed", _NO
    ),
    3704: CommandError("device.rejected", "ERR_FIRMWARE_UPDATE_HTTP_ERROR", "firmware update: HTTP error", _NO),
    3705: CommandError(
        "device.rejected", "ERR_FIRMWARE_UPDATE_DECRYPTION_PRO", "firmware update: decryption fault", _NO
    ),
    3706: CommandError(
        "device.rejected", "ERR_FIRMWARE_UPDATE_DECRYPTION_WRON", "firmware update: wrong decryption", _NO
    ),
    3707: CommandError("device.busy", "ERR_FIRMWARE_UPDATE_BUSY", "firmware update: busy", _NO),
    3708: CommandError(
        "device.rejected", "ERR_FIRMWARE_UPDATE_INCOMPLETE_FILE", "firmware update: incomplete file", _NO
    ),
    3709: CommandError("device.rejected", "ERR_FIRMWARE_UPDATE_INVALID", "firmware update: invalid", _NO),
    3710: CommandError("device.rejected", "ERR_FIRMWARE_UPDATE_INCORRECT_URL", "firmware update: incorrect URL", _NO),
    3711: CommandError(
        "device.shift_expired", "ERR_FIRMWARE_UPDATE_MAKE_DAY_REP", "firmware update: make the daily report first", _NO
    ),
    3712: CommandError("device.rejected", "ERR_FIRMWARE_UPDATE_LOADER_ERR", "firmware update: loader fault", _NO),
    3713: CommandError(
        "device.rejected", "ERR_FIRMWARE_UPDATE_CHANGE_KEYS", "firmware update: keys must be changed", _NO
    ),
    3714: CommandError(
        "device.rejected", "ERR_FIRMWARE_UPDATE_READY_TO_INSTALL", "firmware update is ready to install", _NO
    ),
    3720: CommandError("device.rejected", "ERR_CERTIFICATE_FILE_CREATE", "certificate: file cannot be created", _NO),
    3721: CommandError("device.rejected", "ERR_CERTIFICATE_FILE_COPY", "certificate: file cannot be copied", _NO),
    3722: CommandError("device.rejected", "ERR_CERTIFICATE_DELETE", "certificate cannot be deleted", _NO),
    3723: CommandError("device.rejected", "ERR_CERTIFICATE_FILE_SIZE", "certificate: bad file size", _NO),
    3724: CommandError("device.rejected", "ERR_CERTIFICATE_FILE_READ", "certificate: file reading failed", _NO),
    3725: CommandError("device.rejected", "ERR_CERTIFICATE_NOT_EXISTS", "certificate does not exist", _NO),
    3726: CommandError("device.rejected", "ERR_CSR_FILE_CREATE", "certificate request cannot be created", _NO),
    3727: CommandError("device.rejected", "ERR_CERTIFICATE_INCORRECT_FILE", "certificate: incorrect file", _NO),
    3728: CommandError(
        "device.sale_blocked", "ERR_CERTIFICATE_EXPIRY", "certificate has expired", _NO,
        "Selling is locked. Call the service.",
    ),
    3729: CommandError("device.rejected", "ERR_CERTIFICATE_INVALID", "certificate: invalid", _NO),
    3730: CommandError("device.rejected", "ERR_CERTIFICATE_FUTURE_EXPIRATION", "certificate expires soon", _NO),
    3731: CommandError("device.rejected", "ERR_CERTIFICATE_DIR_NOT_FOUND", "certificate folder not found", _NO),
    3732: CommandError("device.memory_full", "ERR_CERTIFICATE_FULL_MEMORY", "certificate memory full", _NO, _SERVICE),
    3733: CommandError(
        "device.sale_blocked", "ERR_CERTIFICATE_LOCK_SALE", "sale locked: keys not sent to the repository", _NO,
        "The printer's keys were not sent to the tax repository. Check its network and start the transfer in its "
        "menu.",
    ),
    3734: CommandError(
        "device.sale_blocked", "ERR_CERTIFICATE_EXCHANGE_KEYS_FISCAL_E", "certificate: keys must be exchanged before fiscalisation", _NO,
        "Selling is locked. Call the service.",
    ),
    3735: CommandError(
        "device.sale_blocked", "ERR_CERTIFICATE_EXCHANGE_REQUIRED", "sale locked: certificates must be exchanged", _NO,
        "The printer's certificates must be exchanged. Check its network and start the exchange in its menu, or "
        "call the service.",
    ),
    3738: CommandError("device.rejected", "ERR_CERTIFICATE_EXCHANGE_FAIL", "certificate exchange failed", _NO),
    3750: CommandError("device.fault", "ERR_MODULE_TPM", "security module fault", _NO, _RESTART),
    3751: CommandError(
        "device.fault", "ERR_TPM_GENERATE_RSA_KEY", "security module: keys cannot be generated", _NO,
        _RESTART,
    ),
    3752: CommandError(
        "device.fault", "ERR_TPM_NOT_ENOUGH_MEMORY", "security module: not enough memory", _NO,
        _RESTART,
    ),
    3753: CommandError("device.fault", "ERR_TPM_INCORRECT_STATE", "security module: incorrect state", _NO, _RESTART),
    3800: CommandError(
        "device.rejected", "ERR_KASOTERMINAL_BEGIN_PRINT", "printout of the card terminal cannot begin", _NO
    ),
    3802: CommandError(
        "device.rejected", "ERR_KASOTERMINAL_END_PRINT", "printout of the card terminal cannot end", _NO
    ),
    3804: CommandError("device.busy", "ERR_KASOTERMINAL_PRINTOUT_IN_PROGRESS", "printout in progress", _NO),
    3901: CommandError("device.rejected", "ERR_REPOSITORY_FILE_READ", "repository: file reading failed", _NO),
    3902: CommandError("device.rejected", "ERR_REPOSITORY_FILE_CREATE", "repository: file creating failed", _NO),
    3903: CommandError(
        "device.busy", "ERR_REPOSITORY_BUSY", "repository busy", _NO,
        "The printer is sending to the tax repository. Wait and try again.",
    ),
    3904: CommandError(
        "device.rejected", "ERR_REPOSITORY_COMM_SERVER_CPD", "no connection to the tax server", _NO,
        "Check the printer's network: it does not reach the tax server.",
    ),
    3905: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_SERIAL_NU", "fiscalisation at the repository: serial number refused", _NO
    ),
    3906: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_UNIQUE_NU", "fiscalisation at the repository: unique number refused", _NO
    ),
    3907: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_REGISTRAC", "fiscalisation at the repository: registration refused", _NO
    ),
    3908: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_NIP", "fiscalisation at the repository: tax id refused", _NO
    ),
    3909: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_PERMISSION", "fiscalisation at the repository: no permission", _NO
    ),
    3910: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_SERIAL_UNI", "fiscalisation at the repository: serial and unique number do not match", _NO
    ),
    3911: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_SERIAL_RE", "fiscalisation at the repository: serial number is registered", _NO
    ),
    3912: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_OPERATION", "fiscalisation at the repository: operation failed", _NO
    ),
    3913: CommandError(
        "device.busy", "ERR_REPOSITORY_FISCALIZATION_DURING_FI", "fiscalisation at the repository is running", _NO
    ),
    3914: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_NONE_REGI", "fiscalisation at the repository: not registered", _NO
    ),
    3915: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_DEVICE_NO", "fiscalisation at the repository: device number refused", _NO
    ),
    3916: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_FISCAL", "fiscalisation at the repository: already fiscal", _NO
    ),
    3917: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_NIP_REGI", "fiscalisation at the repository: tax id is registered", _NO
    ),
    3918: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_PREV_FI", "fiscalisation at the repository: earlier fiscalisation", _NO
    ),
    3919: CommandError(
        "device.rejected", "ERR_REPOSITORY_FISCALIZATION_TECHNICAL", "fiscalisation at the repository: technical fault", _NO
    ),
    3920: CommandError(
        "device.rejected", "ERR_REPOSITORY_SEND_DOCUMENT", "repository: document could not be sent", _NO
    ),
    3921: CommandError("request.invalid", "ERR_REPOSITORY_PARAMETER", "repository: bad parameter", _NO),
    3922: CommandError("request.invalid", "ERR_TAXOFFICE_TOO_SHORT", "tax office code is too short", _NO),
    3923: CommandError("request.invalid", "ERR_TAXOFFICE_ONLY_DIGIT", "tax office code may have digits only", _NO),
    3924: CommandError("request.invalid", "ERR_REPOSITORY_ADDRESS_TOO_SHORT", "repository: address too short", _NO),
    3926: CommandError("device.rejected", "ERR_REPOSITORY_TRIGGER_TOO_EARLY", "repository: asked too early", _NO),
    3927: CommandError("request.invalid", "ERR_REPOSITORY_ADDRESS_INCORRECT", "repository: address incorrect", _NO),
    3929: CommandError(
        "device.sale_blocked", "ERR_REPOSITORY_MISSING_SHARED_KEY", "sale locked: shared key missing", _NO,
        "The printer has no key for the tax repository. Check its network, or call the service.",
    ),
    3930: CommandError(
        "request.invalid", "ERR_REPOSITORY_FISCALIZATION_DEVICE_RE", "fiscalisation at the repository: device is registered", _NO
    ),
    3931: CommandError(
        "request.invalid", "ERR_REPOSITORY_FISCALIZATION_NO_CERTIFI", "fiscalisation at the repository: no certificate", _NO
    ),
    3932: CommandError(
        "request.invalid", "ERR_REPOSITORY_FISCALIZATION_TIN_DIFFE", "fiscalisation at the repository: another tax id", _NO
    ),
    3933: CommandError(
        "request.invalid", "ERR_REPOSITORY_FISCALIZATION_VERIFY_SO", "fiscalisation at the repository: verification failed", _NO
    ),
    4000: CommandError("request.invalid", "ERR_PROTMEM_DOC_NOT_FOUND", "document not found in protected memory", _NO),
    4100: CommandError("request.invalid", "ERR_NO_EVENTS_IN_RANGE", "no events in this range", _NO),
    4105: CommandError("request.invalid", "ERR_EVENTS_INVALID_TYPE", "events: invalid type", _NO),
    4201: CommandError("request.invalid", "ERR_COMPANY_NAME_MISSING_OR_WRONG", "company name is missing or wrong", _NO),
    4202: CommandError("request.invalid", "ERR_POSTAL_CODE_MISSING_OR_WRONG", "postal code missing or wrong", _NO),
    4203: CommandError("request.invalid", "ERR_CITY_MISSING_OR_WRONG", "city is missing or wrong", _NO),
    4204: CommandError("request.invalid", "ERR_POST_OFFICE_MISSING_OR_WRONG", "post office is missing or wrong", _NO),
    4205: CommandError("request.invalid", "ERR_STREET_MISSING_OR_WRONG", "street is missing or wrong", _NO),
    4206: CommandError("request.invalid", "ERR_NUMBER_MISSING_OR_WRONG", "number is missing or wrong", _NO),
    4207: CommandError("request.invalid", "ERR_SUB_NUMBER_MISSING_OR_WRONG", "sub number is missing or wrong", _NO),
    4208: CommandError(
        "request.invalid", "ERR_ADDITIONAL_DATA_MISSING_OR_WRONG", "additional data is missing or wrong", _NO
    ),
    4209: CommandError("request.invalid", "ERR_INVALID_POSTAL_CODE", "invalid postal code", _NO),
    4250: CommandError(
        "device.memory_full", "ERR_EPARAGON_QUEUE_FULL", "e-document queue full", _NO,
        "E-documents wait to be sent. Check the printer's network.",
    ),
    4251: CommandError("device.rejected", "ERR_EPARAGON_SEND_DATA", "sending failed", _NO),
    4252: CommandError("device.rejected", "ERR_EPARAGON_FILE_OPEN", "e-document: file opening failed", _NO),
    4253: CommandError("device.rejected", "ERR_EPARAGON_FILE_WRITE", "e-document: file writing failed", _NO),
    4254: CommandError("device.rejected", "ERR_EPARAGON_FILE_SIGN", "e-document: file cannot be signed", _NO),
    4255: CommandError("request.invalid", "ERR_EPARAGON_INCORRECT_URL", "bad URL", _NO),
    4256: CommandError(
        "device.busy", "ERR_EPARAGON_PROCESSING", "e-document being sent", _NO,
        "Wait until the e-document is sent.",
    ),
    4257: CommandError(
        "request.conflict", "ERR_EPARAGON_LAST_DOC_EXIST", "last document already has an e-document", _NO
    ),
    4258: CommandError(
        "request.conflict", "ERR_EPARAGON_REGISTER_IDZ", "IDZ already set for the next document", _NO,
        "Cancel the identifier that is set (eparagonidzcancel), then repeat.",
    ),
    4259: CommandError("request.invalid", "ERR_EPARAGON_INCORRECT_URL_LENGTH", "bad URL length", _NO),
    4260: CommandError(
        "request.invalid", "ERR_EPARAGON_INCORRECT_CERT_TYPE", "e-document: bad kind of certificate", _NO
    ),
    4271: CommandError("request.invalid", "ERR_EPARAGON_INCORRECT_THUMBPRINT_LE", "bad thumbprint length", _NO),
    4272: CommandError("request.invalid", "ERR_EPARAGON_URL_EMPTY", "empty URL", _NO),
    4273: CommandError(
        "device.rejected", "ERR_EPARAGON_SERVER_REQUIRES_CONFIGU", "no server configured", _NO,
        "Set the e-document server in the printer.",
    ),
    4275: CommandError("device.rejected", "ERR_EPARAGON_TEST_CONNECTION", "test connection failed", _NO),
    4276: CommandError("device.rejected", "ERR_EPARAGON_NO_BITMAP_TO_SEND", "e-document: no bitmap to send", _NO),
    4277: CommandError("request.invalid", "ERR_EPARAGON_IDZ_INVALID", "bad IDZ", _NO),
    4454: CommandError("request.invalid", "ERR_SOK_INCORRECT_URL", "bad URL of the service", _NO),
    4900: CommandError(
        "request.invalid", "ERR_DUTY_FREE_DESTINATION_PORT_MISSING", "duty free: destination port missing", _NO
    ),
    4901: CommandError(
        "request.invalid", "ERR_DUTY_FREE_DESTINATION_ALREADY_PRE", "duty free: destination is given already", _NO
    ),
    4902: CommandError(
        "request.invalid", "ERR_DUTY_FREE_TOO_MANY_MIDWAY_PORTS", "duty free: too many midway ports", _NO
    ),
    4903: CommandError("request.invalid", "ERR_DUTY_FREE_INVALID_PORT_DATA", "duty free: invalid port data", _NO),
})
# fmt: on
