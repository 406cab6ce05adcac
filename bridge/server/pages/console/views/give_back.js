// A payment taken back at its terminal: reversed as a whole, or refunded in parts. Each intention of a person has one key, which is
// kept until the bridge has answered: whatever is clicked twice or gets lost, it is never done a second time.
import { Problem, call, part } from "../api.js";
import { ask } from "../confirm.js";
import { Component, Fragment, html } from "../html.js";
import { t } from "../i18n.js";
import { go } from "../route.js";
import { OPEN_STATES, device, keep } from "../store.js";
import { woven } from "../texts.js";

const OF = {
  "payment.reversal": ["payment.purchase", "payment.capture", "payment.refund", "payment.preauthorise"],
  "payment.refund": ["payment.purchase", "payment.capture"],
};
/** What may stand of the same payment already. */
const BESIDE = { "payment.reversal": "payment.preauthorise", "payment.refund": "payment.refund" };

/** What a person wants done and the bridge has not answered yet, by the payment's job. It outlives the view, as the job does. */
const meant = new Map();

/** `amount` without `parts`, exactly: amounts are texts and no floats. null: nothing is left. */
function less(amount, parts) {
  const places = Math.max(...[amount, ...parts].map((one) => (one.split(".")[1] ?? "").length));
  const whole = (one) => {
    const [units, rest = ""] = one.split(".");
    return BigInt(units + rest.padEnd(places, "0"));
  };
  const left = parts.reduce((sum, one) => sum - whole(one), whole(amount));
  if (left <= 0n) return null;
  const digits = String(left).padStart(places + 1, "0");
  return places ? `${digits.slice(0, -places)}.${digits.slice(-places)}` : digits;
}

/** What the terminal can do and the payment still admits: { reverse: "12.50", refund: "10.50" }, null where it is not to be had. */
function offered(job, since) {
  const payment = job.result?.payment;
  if (job.state !== "done" || !["approved", "partial"].includes(payment?.outcome)) return { reverse: null, refund: null };
  const standing = since.filter((one) => OPEN_STATES.includes(one.state) || one.success);
  const can = (op) =>
    OF[op].includes(job.op) && device(job.device)?.capabilities?.operations.includes(op) && standing.every((one) => one.op === BESIDE[op]);
  const given = standing.map((one) => one.result?.payment?.approved ?? one.operation?.amount).filter(Boolean);
  return {
    reverse: can("payment.reversal") ? payment.approved : null,
    refund: can("payment.refund") ? less(payment.approved, given) : null,
  };
}

function question(job, op, money) {
  const named = { amount: money, terminal: job.device };
  if (op === "payment.refund") {
    return {
      title: woven(t("Refund {amount} at {terminal}?"), named),
      text: [t("The terminal gives the money back to the card, and may ask for it. The payment itself stands.")],
      action: t("Refund"),
    };
  }
  const means = {
    "payment.refund": t("The terminal takes the refund back, as if it had not been: the customer pays again."),
    "payment.preauthorise": t("The terminal takes the reservation back, as if it had not been."),
  };
  return {
    title: woven(t("Reverse {amount} at {terminal}?"), named),
    text: [means[job.op] ?? t("The terminal takes the whole payment back, as if it had not been: the customer gets the money again."), t("It may ask for the card.")],
    action: t("Reverse"),
  };
}

/** Whether the bridge has surely taken nothing. Once an answer got lost, only what it says behind looking up the key tells that. */
function surelyNot(problem, lost) {
  if (lost) return [409, 422].includes(problem.status);
  if (problem.status >= 500) return /^(device|plugin)\./.test(problem.code);
  return problem.status >= 400 && !problem.code.startsWith("gate.");
}

export class GiveBack extends Component {
  constructor(props) {
    super(props);
    this.asking = false;
    this.state = { problem: null };
  }

  async want(op, amount) {
    const { job } = this.props;
    if (this.asking || meant.has(job.id)) return;
    this.asking = true;
    const { currency } = job.result.payment;
    const sure = await ask({ ...question(job, op, `${amount} ${currency}`), danger: true });
    this.asking = false;
    if (sure === null) return;
    const money = op === "payment.refund" ? { amount, currency } : {};
    meant.set(job.id, { body: { op, original: { job: job.id }, ...money }, key: crypto.randomUUID(), sending: false, lost: false });
    await this.send();
  }

  async send() {
    const { job } = this.props;
    const wanted = meant.get(job.id);
    if (!wanted || wanted.sending) return;
    wanted.sending = true;
    this.setState({ problem: null });
    try {
      const made = await call("POST", `/devices/${part(job.device)}/jobs`, wanted.body, { "Idempotency-Key": wanted.key });
      meant.delete(job.id);
      keep(made);
      go("jobs", made.id);
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem(0, {}); // an answer that broke off
      if (surelyNot(problem, wanted.lost)) meant.delete(job.id);
      else wanted.lost = true;
      if (!problem.outdated) this.setState({ problem });
    } finally {
      wanted.sending = false;
      this.setState({});
    }
  }

  refund(event) {
    event.preventDefault();
    this.want("payment.refund", new FormData(event.currentTarget).get("amount").trim().replace(",", "."));
  }

  render({ job, since }, { problem }) {
    const wanted = meant.get(job.id);
    const { reverse, refund } = wanted ? { reverse: null, refund: null } : offered(job, since);
    const id = `refund-${job.id}`;
    return html`
      <${Fragment}>
        ${reverse && html`<div class="actions"><button type="button" class="danger" onClick=${() => this.want("payment.reversal", reverse)}>${t("Reverse")} …</button></div>`}
        ${refund &&
        html`<form class="give-back" onSubmit=${(event) => this.refund(event)}>
          <div class="field narrow">
            <label for=${id}>${t("Amount to refund, in {currency}", { currency: job.result.payment.currency })}</label>
            <input id=${id} key=${refund} name="amount" inputmode="decimal" pattern="[0-9]+([.,][0-9]+)?" required maxlength="20" autocomplete="off" defaultValue=${refund} />
          </div>
          <button type="submit" class="danger">${t("Refund")} …</button>
        </form>`}
        <div role="status" aria-live="polite">
          ${wanted?.sending && html`<p class="notice" aria-busy="true">${t("The bridge is being told …")}</p>`}
          ${problem && html`<div class="notice bad"><p><strong>${problem.message}</strong></p>${problem.remedy && html`<p>${problem.remedy}</p>`}</div>`}
          ${wanted?.lost &&
          !wanted.sending &&
          html`<div class="notice warn">
            <p>${t("It is not known whether the bridge has taken this. Try again: it is never done twice.")}</p>
            <button type="button" onClick=${() => this.send()}>${t("Try again")}</button>
          </div>`}
        </div>
      <//>
    `;
  }
}
