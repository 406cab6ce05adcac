"""Every tag of FFD 1.05, 1.1 and 1.2: number, type, length, English and official Russian name.

Source: protocol-specs/ffd/tags.md, which a test holds against this table. Where a tag may stand is in `layouts.py`.
"""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Kind(StrEnum):
    """How the bytes of a value are read. `length` of a tag is exact for numbers, padded text and flags, else the most."""

    FLAG = "flag"
    BYTE = "byte"
    UINT16 = "uint16"
    UINT32 = "uint32"
    BITS = "bits"
    MONEY = "VLN, kopecks"
    VLN = "VLN"
    FVLN = "FVLN"
    TIME = "unixtime"
    TEXT = "string"
    PADDED = "string, padded"
    BYTES = "bytes"
    STLV = "STLV"


class Tag(IntEnum):
    """A tag; its number is its value."""

    kind: Kind
    length: int
    english: str
    russian: str

    def __new__(cls, number: int, kind: Kind, length: int, english: str, russian: str) -> Tag:
        tag = int.__new__(cls, number)
        tag._value_ = number
        tag.kind = kind
        tag.length = length
        tag.english = english
        tag.russian = russian
        return tag

    @property
    def key(self) -> str:
        """The name under which decoded documents show it: "item_name"."""
        return self.name.lower()

    def __str__(self) -> str:
        return f"{self.value} ({self.english})"

    # The device, its registration and its user
    AUTOMATIC_MODE = 1001, Kind.FLAG, 1, "automatic mode", "признак автоматического режима"
    OFFLINE_MODE = 1002, Kind.FLAG, 1, "works without an OFD", "признак автономного режима"
    SETTLEMENT_ADDRESS = 1009, Kind.TEXT, 256, "address of the settlement", "адрес расчетов"
    DATE_TIME = 1012, Kind.TIME, 4, "date and time", "дата, время"
    DEVICE_SERIAL = 1013, Kind.TEXT, 20, "serial number of the device", "заводской номер ККТ"
    OFD_INN = 1017, Kind.PADDED, 12, "INN of the OFD", "ИНН ОФД"
    USER_INN = 1018, Kind.PADDED, 12, "INN of the user", "ИНН пользователя"
    CASHIER = 1021, Kind.TEXT, 64, "cashier", "кассир"
    OFD_ANSWER = 1022, Kind.BYTE, 1, "answer code of the OFD", "код ответа ОФД"
    MACHINE_NUMBER = 1036, Kind.TEXT, 20, "number of the vending machine", "номер автомата"
    REGISTRATION_NUMBER = 1037, Kind.PADDED, 20, "registration number of the device", "регистрационный номер ККТ"
    SHIFT_NUMBER = 1038, Kind.UINT32, 4, "number of the shift", "номер смены"
    DOCUMENT_NUMBER = 1040, Kind.UINT32, 4, "number of the fiscal document", "номер ФД"
    FN_NUMBER = 1041, Kind.PADDED, 16, "number of the FN", "номер ФН"
    RECEIPT_NUMBER = 1042, Kind.UINT32, 4, "number of the receipt in the shift", "номер чека за смену"
    OFD_NAME = 1046, Kind.TEXT, 256, "name of the OFD", "наименование ОФД"
    USER_NAME = 1048, Kind.TEXT, 256, "name of the user", "наименование пользователя"
    FN_EXHAUSTED = 1050, Kind.FLAG, 1, "the FN's keys last 30 days at most", "признак исчерпания ресурса ФН"
    FN_REPLACE = 1051, Kind.FLAG, 1, "the FN must be replaced at once", "признак необходимости срочной замены ФН"
    FN_MEMORY_FULL = 1052, Kind.FLAG, 1, "the FN's memory is full", "признак заполнения памяти ФН"
    OFD_TIMEOUT = 1053, Kind.FLAG, 1, "the OFD did not answer in time", "признак превышения времени ожидания ответа ОФД"
    ENCRYPTION = 1056, Kind.FLAG, 1, "documents are encrypted", "признак шифрования"
    FNS_SITE = 1060, Kind.TEXT, 256, "site of the tax service", "адрес сайта ФНС"
    TAXATION_SYSTEMS = 1062, Kind.BITS, 1, "taxation systems of the registration", "системы налогообложения"
    OPERATOR_MESSAGE_TO_FN = 1068, Kind.STLV, 169, "message of the OFD to the FN", "сообщение оператора для ФН"
    FISCAL_SIGN = 1077, Kind.BYTES, 6, "fiscal sign of the document", "ФПД"
    OPERATOR_SIGN = 1078, Kind.BYTES, 16, "fiscal sign of the OFD", "ФПО"
    UNSENT_DOCUMENTS = 1097, Kind.UINT32, 4, "documents not sent", "количество непереданных ФД"
    FIRST_UNSENT_DATE = 1098, Kind.TIME, 4, "date of the first document not sent", "дата первого из непереданных ФД"
    REREGISTRATION_REASON = 1101, Kind.BYTE, 1, "reason of the registration change", "код причины перерегистрации"
    INTERNET_DEVICE = 1108, Kind.FLAG, 1, "device for the internet only", "признак ККТ для расчетов только в Интернет"
    SERVICES_ONLY = 1109, Kind.FLAG, 1, "services", "признак расчетов за услуги"
    STRICT_FORMS_ONLY = 1110, Kind.FLAG, 1, "system for strict forms", "признак АС БСО"
    SHIFT_DOCUMENTS = 1111, Kind.UINT32, 4, "fiscal documents of the shift", "общее количество ФД за смену"
    FIRST_UNSENT_NUMBER = 1116, Kind.UINT32, 4, "number of the first document not sent", "номер первого непереданного документа"
    SELLER_EMAIL = 1117, Kind.TEXT, 64, "e-mail of the sender of receipts", "адрес электронной почты отправителя чека"
    SHIFT_RECEIPTS = 1118, Kind.UINT32, 4, "receipts of the shift", "количество кассовых чеков (БСО) за смену"
    LOTTERY = 1126, Kind.FLAG, 1, "lotteries", "признак проведения лотереи"
    SETTLEMENT_PLACE = 1187, Kind.TEXT, 256, "place of the settlement", "место расчетов"
    DEVICE_VERSION = 1188, Kind.TEXT, 8, "version of the device", "версия ККТ"
    DEVICE_FFD_VERSION = 1189, Kind.BYTE, 1, "highest FFD version of the device", "версия ФФД ККТ"
    FN_FFD_VERSION = 1190, Kind.BYTE, 1, "highest FFD version of the FN", "версия ФФД ФН"
    GAMBLING = 1193, Kind.FLAG, 1, "gambling", "признак проведения азартных игр"
    QR_CODE = 1196, Kind.TEXT, 256, "QR code", "QR-код"
    CASHIER_INN = 1203, Kind.PADDED, 12, "INN of the cashier", "ИНН кассира"
    CHANGE_REASONS = 1205, Kind.BITS, 4, "reasons of the changes", "коды причин изменения сведений о ККТ"
    OPERATOR_MESSAGE = 1206, Kind.BITS, 1, "message of the OFD", "сообщение оператора"
    EXCISE_GOODS = 1207, Kind.FLAG, 1, "excise goods", "признак торговли подакцизными товарами"
    RECEIPTS_SITE = 1208, Kind.TEXT, 256, "site where receipts are kept", "сайт для получения чека"
    FFD_VERSION = 1209, Kind.BYTE, 1, "FFD version", "номер версии ФФД"
    KEY_DAYS = 1213, Kind.UINT16, 2, "days that the FN's keys last", "ресурс ключей ФП"
    PRINTER_IN_MACHINE = 1221, Kind.FLAG, 1, "printer in a vending machine", "признак установки принтера в автомате"
    REGISTRATION_TEXT = 1274, Kind.TEXT, 32, "additional text of the registration", "дополнительный реквизит ОР"
    REGISTRATION_DATA = 1275, Kind.BYTES, 32, "additional data of the registration", "дополнительные данные ОР"
    SHIFT_OPEN_TEXT = 1276, Kind.TEXT, 32, "additional text of the shift's opening", "дополнительный реквизит ООС"
    SHIFT_OPEN_DATA = 1277, Kind.BYTES, 32, "additional data of the shift's opening", "дополнительные данные ООС"
    SHIFT_CLOSE_TEXT = 1278, Kind.TEXT, 32, "additional text of the shift's closing", "дополнительный реквизит ОЗС"
    SHIFT_CLOSE_DATA = 1279, Kind.BYTES, 32, "additional data of the shift's closing", "дополнительные данные ОЗС"
    SETTLEMENTS_TEXT = 1280, Kind.TEXT, 32, "additional text of the report on settlements", "дополнительный реквизит ОТР"
    SETTLEMENTS_DATA = 1281, Kind.BYTES, 32, "additional data of the report on settlements", "дополнительные данные ОТР"
    FN_CLOSE_TEXT = 1282, Kind.TEXT, 32, "additional text of the FN's closing", "дополнительный реквизит ОЗФН"
    FN_CLOSE_DATA = 1283, Kind.BYTES, 32, "additional data of the FN's closing", "дополнительные данные ОЗФН"
    USE_CONDITIONS = 1290, Kind.BITS, 4, "conditions of use", "признаки условий применения ККТ"

    # Receipts and corrections
    BUYER_CONTACT = 1008, Kind.TEXT, 64, "buyer's phone or e-mail", "телефон или электронный адрес покупателя"
    TOTAL = 1020, Kind.MONEY, 6, "total", "сумма расчета, указанного в чеке (БСО)"
    CASH = 1031, Kind.MONEY, 6, "paid in cash", "сумма по чеку (БСО) наличными"
    SETTLEMENT = 1054, Kind.BYTE, 1, "kind of settlement", "признак расчета"
    TAXATION_SYSTEM = 1055, Kind.BITS, 1, "taxation system", "применяемая система налогообложения"
    AGENT_SIGNS = 1057, Kind.BITS, 1, "agent", "признак агента"
    ELECTRONIC = 1081, Kind.MONEY, 6, "paid without cash", "сумма по чеку (БСО) безналичными"
    ELECTRONIC_SUM = 1082, Kind.MONEY, 6, "sum of one payment without cash", "сумма оплаты безналичными"
    USER_ATTRIBUTE = 1084, Kind.STLV, 320, "user's additional requisite", "дополнительный реквизит пользователя"
    USER_ATTRIBUTE_NAME = 1085, Kind.TEXT, 64, "its name", "наименование дополнительного реквизита пользователя"
    USER_ATTRIBUTE_VALUE = 1086, Kind.TEXT, 256, "its value", "значение дополнительного реквизита пользователя"
    VAT_20 = 1102, Kind.MONEY, 6, "VAT at 20 %", "сумма НДС чека по ставке 20%"
    VAT_10 = 1103, Kind.MONEY, 6, "VAT at 10 %", "сумма НДС чека по ставке 10%"
    TURNOVER_0 = 1104, Kind.MONEY, 6, "turnover with VAT at 0 %", "сумма расчета по чеку с НДС по ставке 0%"
    TURNOVER_WITHOUT_VAT = 1105, Kind.MONEY, 6, "turnover without VAT", "сумма расчета по чеку без НДС"
    VAT_20_120 = 1106, Kind.MONEY, 6, "VAT at 20/120", "сумма НДС чека по расч. ставке 20/120"
    VAT_10_110 = 1107, Kind.MONEY, 6, "VAT at 10/110", "сумма НДС чека по расч. ставке 10/110"
    VAT_SUMS = 1115, Kind.STLV, 1024, "VAT of the receipt by rate", "суммы НДС чека"
    VAT_SUM_OF_RATE = 1119, Kind.STLV, 64, "VAT of one rate", "сумма НДС чека"
    VAT_SUM = 1120, Kind.MONEY, 6, "amount of VAT", "сумма НДС"
    INTERNET_SETTLEMENT = 1125, Kind.FLAG, 1, "paid on the internet", "признак расчета в «Интернет»"
    CORRECTION_TYPE = 1173, Kind.BYTE, 1, "type of the correction", "тип коррекции"
    CORRECTION_BASIS = 1174, Kind.STLV, 292, "basis of the correction", "основание для коррекции"
    CORRECTION_DESCRIPTION = 1177, Kind.TEXT, 256, "description of the correction", "наименование основания для коррекции"
    CORRECTED_DATE = 1178, Kind.TIME, 4, "date of the corrected settlement", "дата совершения корректируемого расчета"
    ORDER_NUMBER = 1179, Kind.TEXT, 32, "number of the tax office's order", "номер предписания налогового органа"
    RECEIPT_ATTRIBUTE = 1192, Kind.TEXT, 16, "additional requisite of the receipt", "дополнительный реквизит чека (БСО)"
    PREPAID = (
        1215,
        Kind.MONEY,
        6,
        "paid in advance",
        "сумма по чеку (БСО) предоплатой (зачетом аванса и (или) предыдущих платежей)",
    )
    CREDIT = 1216, Kind.MONEY, 6, "on credit", "сумма по чеку (БСО) постоплатой (в кредит)"
    EXCHANGE = 1217, Kind.MONEY, 6, "counter-provision", "сумма по чеку (БСО) встречным предоставлением"
    BUYER_NAME = 1227, Kind.TEXT, 256, "buyer", "покупатель (клиент)"
    BUYER_INN = 1228, Kind.PADDED, 12, "buyer's INN", "ИНН покупателя (клиента)"
    ELECTRONIC_PAYMENTS = 1234, Kind.STLV, 8192, "all payments without cash", "сведения обо всех оплатах по чеку безналичными"
    ELECTRONIC_PAYMENT = 1235, Kind.STLV, 640, "one payment without cash", "сведения об оплате безналичными"
    ELECTRONIC_METHOD = 1236, Kind.BYTE, 1, "way of paying without cash", "признак способа оплаты безналичными"
    ELECTRONIC_IDENTIFIERS = 1237, Kind.TEXT, 256, "identifiers of the payment", "идентификаторы безналичной оплаты"
    ELECTRONIC_DETAILS = 1238, Kind.TEXT, 256, "more on the payment", "дополнительные сведения о безналичной оплате"
    BUYER_BIRTH_DATE = 1243, Kind.PADDED, 10, "buyer's date of birth", "дата рождения покупателя (клиента)"
    BUYER_CITIZENSHIP = 1244, Kind.PADDED, 3, "buyer's citizenship", "гражданство"
    BUYER_DOCUMENT_CODE = 1245, Kind.PADDED, 2, "kind of identity document", "код вида документа, удостоверяющего личность"
    BUYER_DOCUMENT_DATA = 1246, Kind.TEXT, 64, "data of the identity document", "данные документа, удостоверяющего личность"
    BUYER_ADDRESS = 1254, Kind.TEXT, 256, "buyer's address", "адрес покупателя (клиента)"
    BUYER = 1256, Kind.STLV, 1024, "the buyer", "сведения о покупателе (клиенте)"
    RECEIPT_INDUSTRY = 1261, Kind.STLV, 317, "industry data of the receipt", "отраслевой реквизит чека"
    OPERATION = 1270, Kind.STLV, 144, "operational requisite", "операционный реквизит чека"
    OPERATION_ID = 1271, Kind.BYTE, 1, "its id", "идентификатор операции"
    OPERATION_DATA = 1272, Kind.TEXT, 64, "its data", "данные операции"
    OPERATION_TIME = 1273, Kind.TIME, 4, "its time", "дата, время операции"
    MARKING_RESULTS = 2107, Kind.FLAG, 1, "a check of marked goods went wrong", "результаты проверки маркированных товаров"

    # A line
    ITEM = 1059, Kind.STLV, 1024, "item", "предмет расчета"
    QUANTITY = 1023, Kind.FVLN, 8, "quantity", "количество предмета расчета"
    ITEM_NAME = 1030, Kind.TEXT, 128, "name of the item", "наименование предмета расчета"
    ITEM_TOTAL = 1043, Kind.MONEY, 6, "amount of the item", "стоимость предмета расчета с учетом скидок и наценок"
    PRICE = 1079, Kind.MONEY, 6, "price of a unit", "цена за единицу предмета расчета с учетом скидок и наценок"
    PRODUCT_CODE = 1162, Kind.BYTES, 32, "product code (FFD 1.05, 1.1)", "код товара"
    ITEM_ATTRIBUTE = 1191, Kind.TEXT, 64, "additional requisite of the item", "дополнительный реквизит предмета расчета"
    UNIT = 1197, Kind.TEXT, 16, "unit as text (FFD 1.05, 1.1)", "единица измерения предмета расчета"
    UNIT_VAT = 1198, Kind.MONEY, 6, "VAT of a unit", "размер НДС за единицу предмета расчета"
    VAT_RATE = 1199, Kind.BYTE, 1, "VAT rate", "ставка НДС"
    ITEM_VAT = 1200, Kind.MONEY, 6, "VAT of the item", "сумма НДС за предмет расчета"
    PAYMENT_OBJECT = 1212, Kind.BYTE, 1, "payment object", "признак предмета расчета"
    PAYMENT_METHOD = 1214, Kind.BYTE, 1, "payment method", "признак способа расчета"
    EXCISE = 1229, Kind.MONEY, 6, "excise", "акциз"
    ORIGIN_COUNTRY = 1230, Kind.PADDED, 3, "country of origin", "код страны происхождения товара"
    CUSTOMS_DECLARATION = 1231, Kind.TEXT, 32, "customs declaration", "номер декларации на товар"
    ITEM_INDUSTRY = 1260, Kind.STLV, 317, "industry data of the item", "отраслевой реквизит предмета расчета"
    INDUSTRY_AUTHORITY = 1262, Kind.TEXT, 3, "id of the federal authority", "идентификатор ФОИВ"
    INDUSTRY_DATE = 1263, Kind.PADDED, 10, "date of the founding document", "дата документа основания"
    INDUSTRY_NUMBER = 1264, Kind.TEXT, 32, "number of the founding document", "номер документа основания"
    INDUSTRY_VALUE = 1265, Kind.TEXT, 256, "value", "значение отраслевого реквизита"
    MEASURE = 2108, Kind.BYTE, 1, "unit as a code (FFD 1.2)", "мера количества предмета расчета"

    # Agents and suppliers
    TRANSFER_OPERATOR_ADDRESS = 1005, Kind.TEXT, 256, "address of the transfer operator", "адрес оператора перевода"
    TRANSFER_OPERATOR_INN = 1016, Kind.PADDED, 12, "INN of the transfer operator", "ИНН оператора перевода"
    TRANSFER_OPERATOR_NAME = 1026, Kind.TEXT, 64, "name of the transfer operator", "наименование оператора перевода"
    AGENT_OPERATION = 1044, Kind.TEXT, 24, "operation of the agent", "операция банковского платежного агента"
    AGENT_PHONE = 1073, Kind.TEXT, 19, "phone of the paying agent", "телефон платежного агента"
    RECEIVING_OPERATOR_PHONE = 1074, Kind.TEXT, 19, "phone of the receiving operator", "телефон оператора по приему платежей"
    TRANSFER_OPERATOR_PHONE = 1075, Kind.TEXT, 19, "phone of the transfer operator", "телефон оператора перевода"
    SUPPLIER_PHONE = 1171, Kind.TEXT, 19, "phone of the supplier", "телефон поставщика"
    ITEM_AGENT_SIGNS = 1222, Kind.BITS, 1, "agent for the item", "признак агента по предмету расчета"
    AGENT_DATA = 1223, Kind.STLV, 512, "data of the agent", "данные агента"
    SUPPLIER_DATA = 1224, Kind.STLV, 512, "data of the supplier", "данные поставщика"
    SUPPLIER_NAME = 1225, Kind.TEXT, 256, "name of the supplier", "наименование поставщика"
    SUPPLIER_INN = 1226, Kind.PADDED, 12, "INN of the supplier", "ИНН поставщика"

    # Counters of reports
    SALE_COUNTERS = 1129, Kind.STLV, 116, "counters of sales", "счетчики операций «приход»"
    SALE_RETURN_COUNTERS = 1130, Kind.STLV, 116, "counters of sale returns", "счетчики операций «возврат прихода»"
    PURCHASE_COUNTERS = 1131, Kind.STLV, 116, "counters of purchases", "счетчики операций «расход»"
    PURCHASE_RETURN_COUNTERS = 1132, Kind.STLV, 116, "counters of purchase returns", "счетчики операций «возврат расхода»"
    CORRECTION_COUNTERS = 1133, Kind.STLV, 216, "counters of corrections", "счетчики операций по чекам коррекции (БСО коррекции)"
    ALL_RECEIPTS = 1134, Kind.UINT32, 4, "receipts of all kinds", "количество чеков (БСО) со всеми признаками расчетов"
    RECEIPTS = 1135, Kind.UINT32, 4, "receipts of this kind", "количество чеков (БСО) по признаку расчетов"
    CASH_SUM = 1136, Kind.MONEY, 6, "sum in cash", "итоговая сумма в чеках (БСО) наличными денежными средствами"
    ELECTRONIC_TOTAL = 1138, Kind.MONEY, 6, "sum without cash", "итоговая сумма в чеках (БСО) безналичными"
    VAT_20_SUM = 1139, Kind.MONEY, 6, "sum of VAT at 20 %", "сумма НДС по ставке 20%"
    VAT_10_SUM = 1140, Kind.MONEY, 6, "sum of VAT at 10 %", "сумма НДС по ставке 10%"
    VAT_20_120_SUM = 1141, Kind.MONEY, 6, "sum of VAT at 20/120", "сумма НДС по расч. ставке 20/120"
    VAT_10_110_SUM = 1142, Kind.MONEY, 6, "sum of VAT at 10/110", "сумма НДС по расч. ставке 10/110"
    TURNOVER_0_SUM = 1143, Kind.MONEY, 6, "sum of turnover at 0 %", "сумма расчетов с НДС по ставке 0%"
    CORRECTIONS = 1144, Kind.UINT32, 4, "corrections, or receipts not sent", "количество чеков коррекции или непереданных чеков"
    SALE_CORRECTIONS = 1145, Kind.STLV, 100, "counters of this sign: sale", "счетчики по признаку «приход»"
    PURCHASE_CORRECTIONS = 1146, Kind.STLV, 100, "counters of this sign: purchase", "счетчики по признаку «расход»"
    FN_TOTALS = 1157, Kind.STLV, 708, "totals of the FN", "счетчики итогов ФН"
    UNSENT_TOTALS = 1158, Kind.STLV, 708, "totals of the documents not sent", "счетчики итогов непереданных ФД"
    TURNOVER_WITHOUT_VAT_SUM = 1183, Kind.MONEY, 6, "sum of turnover without VAT", "сумма расчетов без НДС"
    SHIFT_TOTALS = 1194, Kind.STLV, 708, "totals of the shift", "счетчики итогов смены"
    GRAND_TOTAL = 1201, Kind.MONEY, 6, "sum of all", "общая итоговая сумма в чеках (БСО)"
    PREPAID_SUM = 1218, Kind.MONEY, 6, "sum paid in advance", "итоговая сумма в чеках (БСО) предоплатами (авансами)"
    CREDIT_SUM = 1219, Kind.MONEY, 6, "sum on credit", "итоговая сумма в чеках (БСО) постоплатами (кредитами)"
    EXCHANGE_SUM = 1220, Kind.MONEY, 6, "sum of counter-provision", "итоговая сумма в чеках (БСО) встречными предоставлениями"
    SALE_RETURN_CORRECTIONS = 1232, Kind.STLV, 100, "counters of this sign: sale return", "счетчики по признаку «возврат прихода»"
    PURCHASE_RETURN_CORRECTIONS = (
        1233,
        Kind.STLV,
        100,
        "counters of this sign: purchase return",
        "счетчики по признаку «возврат расхода»",
    )

    # Marked goods
    MARKED_PRODUCT_CODE = 1163, Kind.STLV, 256, "product code (FFD 1.2)", "код товара"
    FRACTION = 1291, Kind.STLV, 52, "part of a marked package", "дробное количество маркированного товара"
    FRACTION_TEXT = 1292, Kind.TEXT, 24, "the part, as printed", "дробная часть"
    NUMERATOR = 1293, Kind.VLN, 8, "numerator", "числитель"
    DENOMINATOR = 1294, Kind.VLN, 8, "denominator", "знаменатель"
    CODE_UNKNOWN = 1300, Kind.TEXT, 32, "code that was not recognised", "КТ Н"
    CODE_EAN8 = 1301, Kind.PADDED, 8, "EAN-8", "КТ EAN-8"
    CODE_EAN13 = 1302, Kind.PADDED, 13, "EAN-13", "КТ EAN-13"
    CODE_ITF14 = 1303, Kind.PADDED, 14, "ITF-14", "КТ ITF-14"
    CODE_GS1 = 1304, Kind.TEXT, 38, "GS1, not marked", "КТ GS1.0"
    CODE_GS1_MARKED = 1305, Kind.TEXT, 38, "GS1, marked", "КТ GS1.М"
    CODE_SHORT = 1306, Kind.TEXT, 38, "short marking code", "КТ КМК"
    CODE_FUR = 1307, Kind.PADDED, 20, "control mark of furs", "КТ МИ"
    CODE_EGAIS2 = 1308, Kind.PADDED, 23, "EGAIS 2.0", "КТ ЕГАИС-2.0"
    CODE_EGAIS3 = 1309, Kind.PADDED, 14, "EGAIS 3.0", "КТ ЕГАИС-3.0"
    CODE_F1 = 1320, Kind.TEXT, 32, "code of form 1", "КТ Ф.1"
    CODE_F2 = 1321, Kind.TEXT, 32, "code of form 2", "КТ Ф.2"
    CODE_F3 = 1322, Kind.TEXT, 32, "code of form 3", "КТ Ф.3"
    CODE_F4 = 1323, Kind.TEXT, 32, "code of form 4", "КТ Ф.4"
    CODE_F5 = 1324, Kind.TEXT, 32, "code of form 5", "КТ Ф.5"
    CODE_F6 = 1325, Kind.TEXT, 32, "code of form 6", "КТ Ф.6"
    MARKING_CODE = 2000, Kind.TEXT, 256, "marking code", "код маркировки"
    REQUEST_NUMBER = 2001, Kind.UINT32, 4, "number of the request", "номер запроса"
    NOTIFICATION_NUMBER = 2002, Kind.UINT32, 4, "number of the notification", "номер уведомления"
    PLANNED_STATUS = 2003, Kind.BYTE, 1, "planned status", "планируемый статус товара"
    FN_CHECK_RESULT = 2004, Kind.BITS, 1, "result of the FN's check", "результат проверки КМ"
    REQUEST_RESULT = 2005, Kind.BITS, 1, "results of the request", "результаты обработки запроса"
    NOTIFICATION_RESULT = 2006, Kind.BYTE, 1, "results of the notification", "результаты обработки уведомления"
    MARKED_ITEM = 2007, Kind.STLV, 512, "data of a marked item", "данные о маркированном товаре"
    MARKING_TYPE = 2100, Kind.BYTE, 1, "type of the marking code", "тип кода маркировки"
    PRODUCT_ID = 2101, Kind.TEXT, 38, "id of the goods", "идентификатор товара"
    MARKING_MODE = 2102, Kind.BYTE, 1, "mode of handling the code", "режим обработки кода маркировки"
    UNSENT_NOTIFICATIONS = 2104, Kind.UINT32, 4, "notifications not sent", "количество непереданных уведомлений"
    REQUEST_CODES = 2105, Kind.BYTE, 1, "codes of the request", "коды обработки запроса"
    ITEM_CHECK_RESULT = 2106, Kind.BITS, 1, "result of the item's check", "результат проверки сведений о товаре"
    ISM_STATUS = 2109, Kind.BYTE, 1, "what the ISM says of the status", "ответ ОИСМ о статусе товара"
    ASSIGNED_STATUS = 2110, Kind.BYTE, 1, "assigned status", "присвоенный статус товара"
    NOTIFICATION_CODES = 2111, Kind.BYTE, 1, "codes of the notification", "коды обработки уведомления"
    WRONG_CODES = 2112, Kind.BITS, 1, "wrong marking codes came up", "признак некорректных кодов маркировки"
    WRONG_REQUESTS = 2113, Kind.BITS, 1, "wrong requests or notifications came up", "признак некорректных запросов и уведомлений"
    REQUEST_TIME = 2114, Kind.TIME, 4, "date and time of the request", "дата и время запроса"
    CONTROL_CODE = 2115, Kind.PADDED, 4, "control code", "контрольный код КМ"
    OPERATION_KIND = 2116, Kind.BITS, 1, "kind of operation", "вид операции"


_BY_NUMBER = {int(tag): tag for tag in Tag}


def find_tag(number: int) -> Tag | None:
    """The tag of this number, or None: devices also store tags of their own."""
    return _BY_NUMBER.get(number)
