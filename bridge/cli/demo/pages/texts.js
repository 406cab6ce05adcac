// What the page itself says, in English and Polish. What the bridge says comes from the bridge, in the same language.

import { keep, recall } from "./keep.js";

const TEXTS = {
  tagline: { en: "a till to break", pl: "kasa do psucia" },
  printer: { en: "Printer", pl: "Drukarka" },
  till: { en: "The till", pl: "Kasa" },
  goods: { en: "Goods", pl: "Towar" },
  quantity: { en: "Quantity", pl: "Ilość" },
  discount: { en: "Discount", pl: "Rabat" },
  amount: { en: "Amount", pl: "Kwota" },
  remove: { en: "Remove", pl: "Usuń" },
  less: { en: "Less of {name}", pl: "Mniej: {name}" },
  more: { en: "More of {name}", pl: "Więcej: {name}" },
  removeOne: { en: "Remove {name}", pl: "Usuń: {name}" },
  quantityOf: { en: "Quantity of {name}", pl: "Ilość: {name}" },
  discountOn: { en: "Discount on {name}, as 10% or 2.00", pl: "Rabat na {name}, jak 10% lub 2,00" },
  cartEmpty: { en: "Nothing yet: choose goods above.", pl: "Jeszcze nic: wybierz towar powyżej." },
  wholeDiscount: { en: "Discount on all", pl: "Rabat na całość" },
  total: { en: "Total", pl: "Razem" },
  change: { en: "Change", pl: "Reszta" },
  payment: { en: "Payment {number}", pl: "Płatność {number}" },
  paymentAmount: {
    en: "Amount of payment {number}; left empty: what is due",
    pl: "Kwota płatności {number}; puste: ile zostało",
  },
  splitPayment: { en: "Pay in two ways", pl: "Zapłać na dwa sposoby" },
  removePayment: { en: "Remove payment {number}", pl: "Usuń płatność {number}" },
  exact: { en: "exact", pl: "dokładnie" },
  taxNumber: { en: "Tax number (NIP)", pl: "NIP nabywcy" },
  email: { en: "Customer's e-mail", pl: "E-mail klienta" },
  sell: { en: "Sell", pl: "Sprzedaj" },
  selling: { en: "Sending …", pl: "Wysyłam …" },
  unreadable: { en: "This cannot be read; write 2, 2.50 or 10%.", pl: "Nie da się odczytać; wpisz 2, 2,50 lub 10%." },
  outcomes: { en: "What became of it", pl: "Co się stało" },
  outcomesEmpty: { en: "Sell something, then break something.", pl: "Sprzedaj coś, potem coś zepsuj." },
  paper: { en: "The printer's paper", pl: "Papier drukarki" },
  paperEmpty: { en: "Nothing has been printed yet.", pl: "Jeszcze nic nie wydrukowano." },
  breakIt: { en: "Break it", pl: "Zepsuj" },
  when: { en: "When", pl: "Kiedy" },
  whenNext: { en: "in the next receipt", pl: "w następnym paragonie" },
  whenNow: { en: "now", pl: "teraz" },
  ledger: { en: "The ledger", pl: "Rejestr" },
  ledgerEmpty: {
    en: "Every sale will stand here, beside what the printer really did.",
    pl: "Tu stanie każda sprzedaż, obok tego, co drukarka naprawdę zrobiła.",
  },
  asked: { en: "Asked", pl: "Zlecono" },
  bridgeSays: { en: "The bridge says", pl: "Tillbridge mówi" },
  printerDid: { en: "The printer did", pl: "Drukarka zrobiła" },
  agrees: { en: "Agree", pl: "Zgodne" },
  yes: { en: "yes", pl: "tak" },
  no: { en: "NO", pl: "NIE" },
  notYet: { en: "not known yet", pl: "jeszcze nie wiadomo" },
  nothingLost: {
    en: "Nothing lost, nothing doubled: asked {asked}, issued {issued}.",
    pl: "Nic nie zginęło, nic się nie podwoiło: zlecono {asked}, wydano {issued}.",
  },
  stillOpen: {
    en: "Open: {open}. Nothing lost, nothing doubled so far: asked {asked}, issued {issued}.",
    pl: "Otwarte: {open}. Jak dotąd nic nie zginęło ani się nie podwoiło: zlecono {asked}, wydano {issued}.",
  },
  notInOrder: {
    en: "NOT in order: doubled {doubled}, lost {lost}.",
    pl: "NIE w porządku: podwojone {doubled}, zgubione {lost}.",
  },

  "pay.cash": { en: "Cash", pl: "Gotówka" },
  "pay.card": { en: "Card", pl: "Karta" },
  "pay.transfer": { en: "Transfer", pl: "Przelew" },
  "pay.voucher": { en: "Voucher", pl: "Bon" },
  "pay.prepaid": { en: "Prepaid", pl: "Przedpłata" },
  "pay.credit": { en: "Credit", pl: "Kredyt" },
  "pay.exchange": { en: "Exchange", pl: "Wymiana" },
  "pay.other": { en: "Other", pl: "Inna" },

  "break.cable": { en: "Pull the cable", pl: "Wyciągnij kabel" },
  "mend.cable": { en: "Plug it in", pl: "Włóż kabel" },
  "tell.cable": {
    en: "Out until you plug it in: as the receipt is closed, or behind a byte of it.",
    pl: "Wyjęty, aż go włożysz: przy zamknięciu paragonu albo za bajtem.",
  },
  "break.answer": { en: "Lose the answer", pl: "Zgub odpowiedź" },
  "tell.answer": {
    en: "The receipt is closed, and the line breaks for a moment before the printer can say so.",
    pl: "Paragon zamknięty, a połączenie pęka na chwilę, zanim drukarka odpowie.",
  },
  "break.paper": { en: "Let the paper end", pl: "Skończ papier" },
  "mend.paper": { en: "Load paper", pl: "Załóż papier" },
  "tell.paper": { en: "The roll ends and the printer waits for a new one.", pl: "Rolka się kończy i drukarka czeka na nową." },
  "break.power": { en: "Cut the power", pl: "Odetnij prąd" },
  "mend.power": { en: "Switch it on", pl: "Włącz prąd" },
  "tell.power": {
    en: "The printer goes dark and forgets whatever it only had in mind.",
    pl: "Drukarka gaśnie i zapomina wszystko, czego nie zapisała.",
  },
  "break.cover": { en: "Open the cover", pl: "Otwórz pokrywę" },
  "mend.cover": { en: "Close the cover", pl: "Zamknij pokrywę" },
  "tell.cover": { en: "It prints nothing while its cover is open.", pl: "Z otwartą pokrywą nic nie drukuje." },
  "break.swap": { en: "Swap the two printers", pl: "Zamień drukarki" },
  "mend.swap": { en: "Swap them back", pl: "Zamień z powrotem" },
  "tell.swap": {
    en: "Each cable leads to the other one: nothing may be sold on the wrong printer.",
    pl: "Każdy kabel prowadzi do drugiej: na złej drukarce nie wolno nic sprzedać.",
  },
  disarm: { en: "Armed: take it back", pl: "Uzbrojone: cofnij" },
  byte: { en: "at byte", pl: "przy bajcie" },
  byteOf: {
    en: "Byte of the receipt behind which the cable is pulled; empty: as it is closed",
    pl: "Bajt paragonu, za którym wyciąga się kabel; puste: przy zamknięciu",
  },

  byteWrong: {
    en: "The byte is a whole number, as 60; or leave it empty.",
    pl: "Bajt to liczba całkowita, jak 60; albo zostaw puste.",
  },

  "printer.ready": { en: "The bridge: {id} is ready.", pl: "Tillbridge: {id} gotowa." },
  "printer.other": { en: "The bridge: {id} is {state}. {reason}", pl: "Tillbridge: {id} – {state}. {reason}" },

  "link.connected": { en: "Connected", pl: "Połączono" },
  "link.waiting": { en: "The bridge is away; calling again …", pl: "Tillbridge nie odpowiada; dzwonię znowu …" },
  "link.closed": { en: "Not connected", pl: "Nie połączono" },
  "link.stage": { en: "The stage does not answer", pl: "Scena nie odpowiada" },

  "gate.key": { en: "Open the printed address", pl: "Otwórz wypisany adres" },
  "gate.keyText": {
    en: "This page breaks things, so it needs the secret of its demonstration. It stands in the address that “tillbridge demo --serve” printed.",
    pl: "Ta strona psuje, więc potrzebuje sekretu swojej demonstracji. Stoi on w adresie wypisanym przez „tillbridge demo --serve”.",
  },
  "gate.ended": { en: "The demonstration does not answer", pl: "Demonstracja nie odpowiada" },
  "gate.pair": { en: "This page asks to be let in", pl: "Ta strona prosi o wpuszczenie" },
  "gate.pairText": {
    en: "It comes from another origin than the bridge, as a web shop does. A person at the till compares this code with the one the bridge shows, once.",
    pl: "Pochodzi z innego źródła niż Tillbridge, jak sklep internetowy. Osoba przy kasie raz porównuje ten kod z kodem, który pokazuje Tillbridge.",
  },
  "gate.pairHint": { en: "For real, at the console or with:", pl: "Naprawdę: na konsoli albo poleceniem:" },
  "gate.approve": { en: "Be that person: let it in", pl: "Bądź tą osobą: wpuść" },
  "gate.connect": { en: "Looking for the bridge …", pl: "Szukam Tillbridge'a …" },
  "gate.failed": { en: "Not connected", pl: "Nie połączono" },
  "gate.again": { en: "Try again", pl: "Spróbuj ponownie" },

  "is.sending": { en: "Sending", pl: "Wysyłam" },
  "is.done": { en: "Issued", pl: "Wydano" },
  "is.done.card": { en: "Paid", pl: "Zapłacono" },
  "is.failed.card": { en: "Not charged", pl: "Nie pobrano" },
  "is.declined": { en: "Declined", pl: "Odmowa" },
  "is.unconfirmed": { en: "Sent, not confirmed", pl: "Wysłano, bez potwierdzenia" },
  "is.failed": { en: "Not issued", pl: "Nie wydano" },
  "is.unresolved": { en: "Not known yet", pl: "Jeszcze nie wiadomo" },
  "is.waiting": { en: "Waiting", pl: "Czeka" },
  "is.refused": { en: "Refused", pl: "Odrzucono" },
  "is.unknown": { en: "Cannot be found out", pl: "Nie da się ustalić" },
  "told.done": { en: "Receipt {number}, {total}. ", pl: "Paragon {number}, {total}. " },
  "told.paid": { en: "{total} by card, {scheme}, terminal's receipt {number}. ", pl: "{total} kartą, {scheme}, pokwitowanie terminala {number}. " },
  cardPayment: { en: "card payment {amount}", pl: "płatność kartą {amount}" },
  face: { en: "To the terminal", pl: "Do terminala" },
  "told.doubt": {
    en: "For a moment it was not known: the bridge asked the printer itself, and printed nothing twice.",
    pl: "Przez chwilę nie było wiadomo: Tillbridge zapytał samą drukarkę i nic nie wydrukował dwa razy.",
  },
  "told.doubt.card": {
    en: "For a moment it was not known: the bridge asked the terminal itself, and charged nothing twice.",
    pl: "Przez chwilę nie było wiadomo: Tillbridge zapytał sam terminal i niczego nie pobrał dwa razy.",
  },
  "told.failed": { en: "Surely nothing was issued.", pl: "Na pewno nic nie wydano." },
  "told.failed.card": { en: "The card was not charged.", pl: "Karta nie została obciążona." },
  "told.unresolved": {
    en: "The receipt may be out. Do not sell it again: the bridge will ask the printer.",
    pl: "Paragon mógł wyjść. Nie sprzedawaj ponownie: Tillbridge zapyta drukarkę.",
  },
  "told.unresolved.card": {
    en: "The card may have been charged. Do not charge it again: the bridge will ask the terminal.",
    pl: "Karta mogła zostać obciążona. Nie obciążaj jej ponownie: Tillbridge zapyta terminal.",
  },
  "told.queued": {
    en: "Accepted and written down; nothing was sent to the printer yet.",
    pl: "Przyjęto i zapisano; do drukarki jeszcze nic nie wysłano.",
  },
  "told.queued.card": {
    en: "Accepted and written down; nothing was sent to the terminal yet.",
    pl: "Przyjęto i zapisano; do terminala jeszcze nic nie wysłano.",
  },
  "told.running.card": { en: "The terminal is at it.", pl: "Terminal pracuje." },
  "told.running": { en: "The printer is at it.", pl: "Drukarka pracuje." },
  "told.refused": { en: "Nothing was stored, nothing is issued.", pl: "Nic nie zapisano, nic nie wydano." },
  "told.sending": { en: "If the page is reloaded now, nothing is lost.", pl: "Jeśli teraz przeładujesz stronę, nic nie zginie." },
  ok: { en: "All right", pl: "W porządku" },
  sellAgain: { en: "Try it again", pl: "Spróbuj ponownie" },
  cancel: { en: "Cancel it", pl: "Anuluj" },
  picture: { en: "Show it", pl: "Pokaż" },
  pictureTitle: { en: "The receipt, as the bridge draws it", pl: "Paragon, tak jak rysuje go Tillbridge" },
  close: { en: "Close", pl: "Zamknij" },
  lookAgain: { en: "Look again", pl: "Sprawdź ponownie" },
};

const KEPT = "tillbridge-demo-language";

export const LANGUAGES = ["en", "pl"];

export const language = chosen();

function chosen() {
  const kept = recall("localStorage", KEPT) ?? navigator.language.slice(0, 2);
  return LANGUAGES.includes(kept) ? kept : "en";
}

/** The page in another language: it begins again, which it is made for. */
export function speak(other) {
  keep("localStorage", KEPT, other);
  location.reload();
}

/** The text of this name, with {names} filled in. */
export function say(name, values = {}) {
  const text = TEXTS[name]?.[language] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => (key in values ? String(values[key]) : whole));
}

/** The same; of a card payment in words of its own, where there are any. */
export const sayOf = (name, paying) => say(paying && `${name}.card` in TEXTS ? `${name}.card` : name);

/** An amount as people of this language write it. */
export const figure = (text) => (language === "pl" ? text.replace(".", ",") : text);

export const money = (text, currency) => `${figure(text)} ${currency}`;

/** What others say, as a sentence. */
export const sentence = (text) => (text === "" ? "" : text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : "."));

/** Put the texts into the page's own elements. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
  for (const element of root.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
}
