// What the API's codes are called in people's words. An unknown code is shown as it is: newer bridges may have more.
import { t } from "./i18n.js";

const known = (table, code) => table()[code] ?? code;

export const jobState = (code) =>
  known(() => ({ queued: t("queued"), running: t("running"), unresolved: t("in doubt"), done: t("done"), failed: t("failed") }), code);

export const deviceState = (code) =>
  known(
    () => ({
      connecting: t("connecting"),
      ready: t("ready"),
      offline: t("does not answer"),
      wrong_device: t("another device"),
      broken: t("plugin broken"),
    }),
    code,
  );

export const operation = (code) =>
  known(
    () => ({
      receipt: t("Receipt"),
      invoice: t("Invoice"),
      "shift.open": t("Opening the shift"),
      "shift.close": t("Z report"),
      "report.x": t("X report"),
      "report.period": t("Period report"),
      "cash.in": t("Cash in"),
      "cash.out": t("Cash out"),
      "document.continue": t("Continue a document"),
      copy: t("Copy"),
      print: t("Printout"),
      "display.show": t("Customer display"),
      "drawer.open": t("Cash drawer"),
      "clock.set": t("Setting the clock"),
      "marking.check": t("Checking a marking code"),
      "payment.purchase": t("Card payment"),
      "payment.refund": t("Card refund"),
      "payment.reversal": t("Reversal of a payment"),
      "payment.preauthorise": t("Pre-authorisation"),
      "payment.capture": t("Capture"),
      "payment.release": t("Release of a pre-authorisation"),
      "terminal.reconcile": t("Reconciliation"),
      "terminal.login": t("Terminal log-in"),
      "terminal.diagnose": t("Terminal diagnosis"),
      raw: t("Raw command"),
    }),
    code,
  );

export const OPERATIONS = ["receipt", "invoice", "shift.close", "report.x", "cash.in", "cash.out", "print", "payment.purchase"];

/** Whether what became of it stands at a terminal and with the bank, and on no paper of ours. */
export const ofMoney = (op) => op.startsWith("payment.") || op === "terminal.reconcile";

const words = () => ({
  ok: t("ok"),
  low: t("low"),
  out: t("out"),
  full: t("full"),
  open: t("open"),
  closed: t("closed"),
  expired: t("too old"),
});

export const word = (code) => (code === null || code === undefined ? t("not told") : known(words, code));

export const shift = (code) =>
  code === null || code === undefined
    ? t("not told")
    : known(() => ({ open: t("shift open"), closed: t("shift closed"), expired: t("shift too old") }), code);

/** Of a tax without a rate; none at all for a letter that is not in use. */
export const taxKind = (code) =>
  code && known(() => ({ zero: t("0 %"), exempt: t("exempt"), outside: t("outside of the tax"), reverse_charge: t("reverse charge") }), code);

export const outcome = (code) =>
  known(
    () => ({
      approved: t("approved"),
      partial: t("partly approved"),
      declined: t("declined"),
      cancelled: t("cancelled"),
      timed_out: t("timed out"),
      reversed: t("reversed"),
    }),
    code,
  );

export const OUTCOMES = ["approved", "partial", "declined", "cancelled", "timed_out", "reversed"];
export const OUTCOME_TONES = { approved: "ok", partial: "warn", declined: "idle", cancelled: "idle", timed_out: "idle", reversed: "warn" };

export const entryMode = (code) =>
  known(
    () => ({
      chip: t("chip"),
      contactless: t("contactless"),
      magnetic: t("magnetic stripe"),
      manual: t("typed in"),
      qr: t("QR code"),
      other: t("in another way"),
    }),
    code,
  );

export const verification = (code) =>
  known(
    () => ({
      none: t("nothing"),
      signature: t("signature"),
      online_pin: t("PIN"),
      offline_pin: t("PIN, by the card"),
      pin_and_signature: t("PIN and signature"),
      device: t("the holder's own phone or watch"),
    }),
    code,
  );

export const copyFor = (code) =>
  known(
    () => ({
      customer: t("The customer's slip"),
      merchant: t("The shop's slip"),
      administration: t("The terminal's slip"),
    }),
    code,
  );

export const paper = (code) =>
  known(() => ({ printed: t("printed"), pending: t("waits to be printed"), suppressed: t("not wanted"), unknown: t("not known") }), code);

export const registration = (code) =>
  known(
    () => ({
      none: t("not needed"),
      online: t("sent to the authority"),
      offline: t("kept, to be sent later"),
      registered: t("registered"),
      refused: t("refused by the authority"),
    }),
    code,
  );

export const scope = (code) =>
  known(
    () => ({
      "devices:read": t("see devices and their status"),
      print: t("printouts, copies, display, drawer"),
      fiscal: t("receipts and invoices"),
      payment: t("card payments"),
      refund: t("give money back: refunds, corrections"),
      "fiscal:report": t("Z and X reports, end of the day"),
      cash: t("cash in and cash out"),
      resolve: t("settle jobs in doubt by hand"),
      raw: t("the device's own commands"),
      admin: t("everything"),
    }),
    code,
  );

/** What a page or program may be given; and what a till usually has. */
export const SCOPES = ["devices:read", "print", "fiscal", "payment", "refund", "fiscal:report", "cash", "resolve", "raw"];
export const USUAL = ["devices:read", "print", "fiscal", "payment"];

export const STATE_TONES = { queued: "idle", running: "work", unresolved: "bad", done: "ok", failed: "warn" };
export const DEVICE_TONES = { connecting: "work", ready: "ok", offline: "bad", wrong_device: "bad", broken: "bad" };

/** How a job ended or stands, in a few words. */
export function upshot(job) {
  const { result, error, attention } = job;
  if (job.state === "done" && result?.payment) {
    return `${outcome(result.payment.outcome)} ${result.payment.approved} ${result.payment.currency}`;
  }
  if (job.state === "done" && result?.document) {
    const { number, total } = result.document;
    return [number && t("no. {number}", { number }), total].filter(Boolean).join(", ") || t("confirmed");
  }
  if (job.state === "done") return job.success ? t("confirmed") : t("sent, not confirmed");
  if (error) return error.message;
  return attention?.text ?? "";
}
