// The list of card payments, with filters that stand in the address: what was taken from which card, and what became of it.
import { get, query } from "../api.js";
import { Fragment, html } from "../html.js";
import { t } from "../i18n.js";
import { Empty, Loaded, Moment, OutcomeMark, Title } from "../parts.js";
import { go, to } from "../route.js";
import { state } from "../store.js";
import { foreign } from "../texts.js";
import { OUTCOMES, jobState, operation, outcome } from "../words.js";
import { amounts, takesCards } from "./payment.js";

const PAGE = 50;
// What has no outcome of a terminal yet, or none at all.
const STATES = ["running", "unresolved", "failed"];

const Amounts = ({ job }) => {
  const { name, amount, currency, others } = amounts(job);
  return html`
    <${Fragment}>
      ${amount ? html`<strong>${amount} ${currency}</strong>` : "–"}
      ${amount && name && html`<div class="muted">${name}</div>`}
      ${others.map(([what, part]) => html`<div class="muted" key=${what}>${what} ${part}</div>`)}
    <//>
  `;
};

/** In the terminal's own words where it has some. */
function why(job) {
  const payment = job.result?.payment;
  if (payment) return payment.reason_text ?? payment.reason_code;
  return job.error?.message ?? job.attention?.text;
}

const Numbers = ({ payment }) => html`
  <${Fragment}>
    ${[
      [t("slip"), payment?.receipt_number],
      [t("trace"), payment?.trace_number],
    ]
      .filter(([, number]) => number)
      .map(([name, number]) => html`<div key=${name}><span class="muted">${name}</span> ${foreign(number)}</div>`)}
  <//>
`;

const Row = ({ job }) => {
  const payment = job.result?.payment;
  return html`
    <tr>
      <td><${Moment} at=${job.created_at} /><div class="muted">${job.device}</div></td>
      <td><a href=${to("jobs", job.id)}>${operation(job.op)}</a>${job.reference && html`<div class="muted">${foreign(job.reference)}</div>`}</td>
      <td class="amount"><${Amounts} job=${job} /></td>
      <td class="outcome"><${OutcomeMark} job=${job} />${why(job) && html`<div class="muted">${foreign(why(job))}</div>`}</td>
      <td>${payment?.scheme && html`<div>${foreign(payment.scheme)}</div>`}${payment?.masked_pan && html`<code class="nowrap">${payment.masked_pan}</code>`}</td>
      <td class="nowrap"><${Numbers} payment=${payment} /></td>
    </tr>
  `;
};

const PaymentTable = ({ payments }) => html`
  <div class="scroll" tabindex="0" role="region" aria-label=${t("Payments")}>
    <table class="payments">
      <thead>
        <tr>
          <th scope="col">${t("Time, device")}</th>
          <th scope="col">${t("Operation")}</th>
          <th scope="col" class="amount">${t("Amount")}</th>
          <th scope="col">${t("Outcome")}</th>
          <th scope="col">${t("Card")}</th>
          <th scope="col">${t("Numbers")}</th>
        </tr>
      </thead>
      <tbody>${payments.map((job) => html`<${Row} key=${job.id} job=${job} />`)}</tbody>
    </table>
  </div>
`;

function filter(event) {
  event.preventDefault();
  go("payments", Object.fromEntries(new FormData(event.currentTarget)));
}

/** The browser's own time without a zone, as the bridge wants it; what is none goes there as it is, and is refused with a sentence. */
function moment(local) {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? local : at.toISOString();
}

function today() {
  const now = new Date();
  const two = (number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}T00:00`;
}

const Filters = ({ asked }) => html`
  <form class="filters" role="search" aria-label=${t("Filter")} onSubmit=${filter}>
    <div class="field narrow">
      <label for="payment-device">${t("Device")}</label>
      <select id="payment-device" name="device">
        <option value="">${t("all")}</option>
        ${state.devices
          .filter((one) => takesCards(one) || one.id === asked.device)
          .map((one) => html`<option key=${one.id} value=${one.id} selected=${one.id === asked.device}>${one.id}</option>`)}
      </select>
    </div>
    <div class="field narrow">
      <label for="payment-outcome">${t("Outcome")}</label>
      <select id="payment-outcome" name="outcome">
        <option value="">${t("all")}</option>
        ${OUTCOMES.map((one) => html`<option key=${one} value=${one} selected=${one === asked.outcome}>${outcome(one)}</option>`)}
        ${STATES.map((one) => html`<option key=${one} value=${one} selected=${one === asked.outcome}>${jobState(one)}</option>`)}
      </select>
    </div>
    <div class="field">
      <label for="payment-from">${t("From")}</label>
      <input id="payment-from" name="from" type="datetime-local" defaultValue=${asked.from ?? ""} />
    </div>
    <div class="field">
      <label for="payment-to">${t("Before")}</label>
      <input id="payment-to" name="to" type="datetime-local" defaultValue=${asked.to ?? ""} />
    </div>
    <div class="field">
      <label for="payment-reference">${t("Reference of the till")}</label>
      <input id="payment-reference" name="reference" type="search" defaultValue=${asked.reference ?? ""} autocomplete="off" />
    </div>
    <button type="submit">${t("Show")}</button>
  </form>
`;

export const Payments = ({ asked }) => {
  const chosen = STATES.includes(asked.outcome) ? { state: asked.outcome } : { outcome: asked.outcome };
  const wanted = {
    ...chosen,
    device: asked.device,
    reference: asked.reference,
    from: asked.from && moment(asked.from),
    to: asked.to && moment(asked.to),
    after: asked.after,
    limit: PAGE,
  };
  const filtered = ["device", "outcome", "from", "to", "reference", "after"].some((name) => asked[name]);
  return html`
    <${Title} text=${t("Payments")}>
      <a class="button" href=${to("payments", { device: asked.device, from: today() })}>${t("Today")}</a>
      ${filtered && html`<a class="button" href=${to("payments")}>${t("All payments")}</a>`}
    <//>
    <${Filters} key=${JSON.stringify(asked)} asked=${asked} />
    <${Loaded}
      key=${JSON.stringify(wanted)}
      load=${() => get(`/payments${query(wanted)}`)}
      on=${(kind, params) => !asked.after && concerns(kind, params) && (!asked.device || params.device === asked.device)}
      show=${({ payments, next }) => html`
        <${Fragment}>
          ${payments.length === 0
            ? html`<${Empty}>${filtered ? t("No payment is like this.") : t("No card payments yet.")}<//>`
            : html`<${PaymentTable} payments=${payments} />`}
          <nav class="pages" aria-label=${t("Pages")}>
            ${asked.after && html`<a class="button" href=${to("payments", { ...asked, after: "" })}>${t("Newest")}</a>`}
            ${next && html`<a class="button" href=${to("payments", { ...asked, after: next })}>${t("Older")}</a>`}
          </nav>
        <//>
      `}
    />
  `;
};

/** A prompt does not say of what kind its job is. */
const concerns = (kind, params) => kind === "job.prompt" || (kind.startsWith("job.") && params.job.op.startsWith("payment."));
