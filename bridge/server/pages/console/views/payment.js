// What a terminal said of a payment or of its day: as amounts, as rows for Facts, as slips and totals.
import { Fragment, html } from "../html.js";
import { full, t } from "../i18n.js";
import { to } from "../route.js";
import { foreign } from "../texts.js";
import { copyFor, entryMode, outcome, verification } from "../words.js";

const PRINTS = ["customer", "merchant", "administration"];

export const isPayment = (job) => job.op.startsWith("payment.");

/** Whether the device may have payments; of one that was never seen it is not known. */
export const takesCards = (device) => !device.capabilities || device.capabilities.operations.some((op) => op.startsWith("payment."));

/**
 * What counts (approved or, until the terminal has decided, asked for, which `name` says then) and the `others`, each with its
 * name: [[t("tip"), "2.50"]].
 */
export function amounts(job) {
  const payment = job.result?.payment;
  const { amount, currency = "", tip, cashback } = payment ?? job.operation ?? {};
  const requested = payment && payment.requested !== payment.approved && payment.requested;
  const others = [[t("requested"), requested], [t("tip"), tip], [t("cash paid out"), cashback], [t("fee"), payment?.fee]];
  return { name: payment ? "" : t("requested"), amount: payment?.approved ?? amount, currency, others: others.filter(([, part]) => part) };
}

/** The slips that the terminal gave the till to print, the customer's first; [null] where it gave none. */
export const copies = (job) => {
  const given = job.result?.payment?.receipts ?? job.result?.reconciliation?.receipts ?? [];
  const names = PRINTS.filter((name) => given.some((one) => one.copy_for === name));
  return names.length ? names : [null];
};

/** What the terminal wants of the slip. */
export const slipNotes = (job, name) => {
  const slip = (job.result?.payment?.receipts ?? job.result?.reconciliation?.receipts ?? []).find((one) => one.copy_for === name);
  return [slip?.must_print && t("The terminal says that it must be printed."), slip?.signature && t("It has a line for the signature.")].filter(Boolean);
};

export const copyTitle = (name) => (name ? copyFor(name) : t("The paper"));

export const paymentRows = (job) => {
  const payment = job.result?.payment;
  const original = job.operation?.original?.job;
  const asked = job.operation ?? {};
  const money = (amount) => amount && [amount, (payment ?? asked).currency].filter(Boolean).join(" ");
  return [
    [t("Of the payment"), original && html`<a href=${to("jobs", original)}>${original}</a>`],
    ...(payment
      ? [
          [t("Payment"), outcome(payment.outcome)],
          [t("Requested"), payment.requested !== payment.approved && money(payment.requested)],
          [t("Approved"), money(payment.approved)],
          [t("Tip in it"), money(payment.tip)],
          [t("Cash paid out in it"), money(payment.cashback)],
          [t("Fee in it"), money(payment.fee)],
          [t("Reason"), [payment.reason_code, payment.reason_text].filter(Boolean).join(" ")],
          [t("Card"), [payment.scheme, payment.masked_pan].filter(Boolean).join(" ")],
          [t("Read by"), payment.entry_mode && entryMode(payment.entry_mode)],
          [t("Holder verified by"), payment.verification && verification(payment.verification)],
          [t("Authorisation"), payment.authorisation_code],
          [t("Number of the slip"), payment.receipt_number],
          [t("Trace number"), payment.trace_number],
          [t("Transaction"), payment.transaction_id],
          [t("Terminal"), payment.terminal_id],
          [t("Merchant"), payment.merchant_id],
          [t("Decided"), payment.decided_at && full(payment.decided_at)],
        ]
      : isPayment(job)
        ? [
            [t("Requested"), money(asked.amount)],
            [t("Tip in it"), money(asked.tip)],
            [t("Cash paid out in it"), money(asked.cashback)],
          ]
        : []),
  ];
};

export const Totals = ({ totals }) => html`
  <${Fragment}>
    <table class="small">
      <thead>
        <tr><th scope="col">${t("Scheme")}</th><th scope="col">${t("Count")}</th><th scope="col">${t("Amount")}</th></tr>
      </thead>
      <tbody>
        ${totals.totals.map((one, index) => html`<tr key=${index}><td>${foreign(one.scheme)}</td><td>${one.count}</td><td>${one.amount}</td></tr>`)}
        ${totals.total && html`<tr><td><strong>${t("Total")}</strong></td><td></td><td><strong>${totals.total} ${totals.currency ?? ""}</strong></td></tr>`}
      </tbody>
    </table>
    <p>${totals.closed ? t("The terminal's batch was closed.") : t("The terminal's batch goes on.")}</p>
    ${totals.agreed === false && html`<p class="notice warn">${t("The bank has other totals.")}</p>`}
  <//>
`;
