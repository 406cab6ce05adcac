// The way out of doubt, step by step: what is known, where to look, what each choice means, and a reason for the audit.
import { get, part, post } from "../api.js";
import { ask } from "../confirm.js";
import { Component, html } from "../html.js";
import { t } from "../i18n.js";
import { Empty, Loaded, Title } from "../parts.js";
import { to } from "../route.js";
import { attempt, device, keep, state } from "../store.js";
import { foreign, jobName, woven } from "../texts.js";
import { deviceState, ofMoney } from "../words.js";
import { Prompt, asking } from "./prompts.js";

const report = (op) => op.startsWith("report.") || op === "shift.close";

/** Where to look, for this kind of job. */
function places(job) {
  if (job.op === "terminal.reconcile") {
    return [
      t("The terminal's display: does it say that the end of day was made?"),
      t("The terminal's own journal: is there an end of day of this time, and has a new batch begun?"),
      t("The bank's totals: have the payments of the day arrived?"),
    ];
  }
  if (ofMoney(job.op)) {
    return [
      t("The terminal's display: does it still show how this ended?"),
      t("The slip, the shop's or the customer's: is there one of this time, and does it say approved or declined?"),
      t("The terminal's own journal: look for the amount and the time of this payment."),
      t("The bank's totals, or the terminal's list of the day's transactions."),
    ];
  }
  if (report(job.op)) {
    return [
      t("The paper: did the report come out, up to its last line?"),
      t("The device's own memory: is the last report of today, and has the shift been closed?"),
    ];
  }
  return [
    t("The paper: did the document come out whole, with its total, its number and the fiscal logo?"),
    t("The device's own memory: compare the number and the total of its last document with this sale."),
    t("The customer: has he left with the goods and the paper?"),
  ];
}

const CHOICES = () => ({
  recheck: {
    title: t("Ask the device once more"),
    means: t("Nothing is decided. Choose this first when the device is back: switched on, cable in, paper in."),
    action: t("Ask it"),
  },
  issued: {
    title: t("It was issued"),
    means: t("The document exists. The till is told that it is sold, and does not print it again."),
    action: t("It was issued"),
    warning: t("If it was not issued, this sale is missing from the fiscal record and nobody will print it."),
    promise: t("I have seen the document on the paper or in the memory of the device."),
  },
  not_issued: {
    title: t("It was not issued"),
    means: t("There is no document. The till is told that it failed, and may print it anew."),
    action: t("It was not issued"),
    warning: t("If it was issued after all, the customer gets two documents and the sale is taxed twice."),
    promise: t("I have looked at the paper and at the memory of the device, and it is in neither."),
  },
});

/** What it means, by operation: [the title, what the till is told, the risk if it is not so], of it being so and of it not being so. */
const OF_MONEY = () => ({
  "payment.purchase": [
    [t("The card was charged"), t("The till is told that it is paid."), t("If it was not, the goods go out unpaid.")],
    [t("The card was not charged"), t("The till is told that it failed, and may ask for the payment anew."), t("If it was charged after all, the customer pays twice.")],
  ],
  "payment.refund": [
    [t("The money was given back"), t("The till is told that the customer has the money."), t("If it was not, the customer does not get the money.")],
    [t("No money was given back"), t("The till is told that it failed, and may give the money back anew."), t("If it was given back after all, the customer gets it twice.")],
  ],
  "payment.reversal": [
    [t("The payment was taken back"), t("The till is told that the payment is reversed."), t("If it was not, the customer has paid, and nobody will give the money back.")],
    [t("The payment was not taken back"), t("The till is told that the payment stands, and may take it back anew."), t("If it was taken back after all, goods may go out unpaid, or money is given back twice.")],
  ],
  "payment.preauthorise": [
    [t("The amount was reserved"), t("The till is told that the reservation stands."), t("If it was not, what is charged later may be refused.")],
    [t("Nothing was reserved"), t("The till is told that it failed, and may reserve anew."), t("If it was reserved after all, the customer's money is held back twice.")],
  ],
  "payment.release": [
    [t("The reservation was given up"), t("The till is told that nothing is reserved any more."), t("If it was not, the customer's money is held back for days.")],
    [t("The reservation was not given up"), t("The till is told that the reservation stands, and may give it up anew."), t("If it was given up after all, what is charged later may be refused.")],
  ],
  "terminal.reconcile": [
    [t("The end of day was made"), t("The till is told that the terminal's batch was closed."), t("If it was not, the payments of the day may not reach the bank.")],
    [t("The end of day was not made"), t("The till is told that it failed, and may ask for it anew."), t("If it was made after all, the totals of the day are told as those of the next one.")],
  ],
});

/** The same three choices, of what a terminal did. */
function choicesOfMoney(op) {
  const table = OF_MONEY();
  const [so, not] = table[op] ?? table["payment.purchase"]; // a capture is a charge, too
  const made = ([title, means, warning], promise) => ({ title, means, warning, promise, action: title });
  return {
    recheck: { ...CHOICES().recheck, title: t("Ask the terminal once more"), means: t("Nothing is decided. Choose this first when the terminal is back: switched on and connected.") },
    issued: made(so, t("I have seen it on a slip, on the terminal's display or in its journal.")),
    not_issued: made(not, t("I have looked into the terminal's journal, and it is not in it.")),
  };
}

export class Settle extends Component {
  constructor(props) {
    super(props);
    this.state = { verdict: "recheck", busy: false, asked: false };
  }

  /** The job moved: the device may have answered. */
  componentDidUpdate(before) {
    if (this.state.asked && before.job !== this.props.job) this.setState({ asked: false });
  }

  choices() {
    const { job } = this.props;
    return ofMoney(job.op) ? choicesOfMoney(job.op) : CHOICES();
  }

  async settle(event) {
    event.preventDefault();
    const { job, settled } = this.props;
    const { verdict } = this.state;
    const chosen = this.choices()[verdict];
    const form = new FormData(event.currentTarget);
    const number = (form.get("document") ?? "").trim();
    const reason = form.get("reason").trim();
    if (chosen.promise) {
      const sure = await ask({
        title: [...jobName(job), ": ", chosen.title],
        text: [chosen.means, chosen.warning, woven(t("This cannot be taken back. Your reason: “{reason}”"), { reason })],
        promise: chosen.promise,
        action: chosen.action,
        danger: true,
      });
      if (sure === null) return;
    }
    this.setState({ busy: true });
    const body = { verdict, reason, ...(verdict === "issued" && number ? { document: number } : {}) };
    let asked = false;
    await attempt(
      async () => {
        try {
          keep(await post(`/jobs/${part(job.id)}/resolve`, body));
        } catch (problem) {
          asked = problem.reason === "being_asked";
          if (asked) return;
          if (problem.status === 409) await this.look(); // it is settled already: what stands here is old
          throw problem;
        }
      },
      () => (asked ? null : verdict === "recheck" ? t("The device is asked.") : t("Settled: {choice}", { choice: chosen.title })),
    );
    this.setState({ busy: false, asked });
    if (!asked) settled?.();
  }

  /** How the job stands now. */
  async look() {
    keep(await get(`/jobs/${part(this.props.job.id)}`));
    this.props.settled?.();
  }

  render({ job }, { verdict, busy, asked }) {
    const id = `settle-${job.id}`;
    const money = ofMoney(job.op);
    const choices = this.choices();
    const where = device(job.device);
    return html`
      <section class="settle" aria-labelledby=${id}>
        <h2 id=${id}>${money ? t("In doubt: what did the terminal do?") : t("In doubt: was it issued?")}</h2>
        <p><a href=${to("jobs", job.id)}>${jobName(job)}</a>, ${job.device} – ${money ? t("the terminal takes no other payment until this is settled.") : t("the device takes no other document until this is settled.")}</p>
        <h3>${t("1. What is known")}</h3>
        <${Known} key=${job.attention?.text} job=${job} />
        ${where && where.state !== "ready" && html`<p class="notice warn">${t("The device now: {state}. Bring it back first: then it is mostly settled by itself.", { state: deviceState(where.state) })}</p>`}
        <h3>${t("2. Where to look")}</h3>
        <ul>${places(job).map((text) => html`<li key=${text}>${text}</li>`)}</ul>
        <form onSubmit=${(event) => this.settle(event)}>
          <fieldset class="verdicts" disabled=${asked}>
            <legend>${t("3. What you found")}</legend>
            ${Object.entries(choices).map(
              ([code, choice]) => html`
                <label class=${`verdict-choice ${code === verdict ? "chosen" : ""}`} key=${code}>
                  <input type="radio" name="verdict" value=${code} checked=${code === verdict} onChange=${() => this.setState({ verdict: code })} />
                  <span><b>${choice.title}</b><span>${choice.means}</span></span>
                </label>
              `,
            )}
          </fieldset>
          <div class="fields">
            ${verdict === "issued" &&
            html`<div class="field">
              <label for=${`${id}-document`}>${money ? t("Number of the slip, if it can be read") : t("Number of the document, if it can be read")}</label>
              <input id=${`${id}-document`} name="document" maxlength="100" autocomplete="off" />
            </div>`}
            <div class="field wide">
              <label for=${`${id}-reason`}>${t("What you saw, in your words (for the audit)")}</label>
              <input id=${`${id}-reason`} name="reason" required minlength="3" maxlength="500" autocomplete="off" />
            </div>
          </div>
          <div role="status" aria-live="polite">
            ${asked &&
            html`<div class="notice">
              <p>${t("The device is being asked about this very job. Wait for what it says: then it may be settled by itself.")}</p>
              <button type="button" onClick=${() => attempt(() => this.look())}>${t("Look again")}</button>
            </div>`}
          </div>
          <div class="actions"><button type="submit" class=${choices[verdict].promise ? "danger" : "primary"} disabled=${busy || asked}>${choices[verdict].action}${choices[verdict].promise ? " …" : ""}</button></div>
        </form>
      </section>
    `;
  }
}

/** The verdict sentences of the time line; where that may not be read, what the job itself says. */
const Known = ({ job }) =>
  state.attendant
    ? html`<p>${t("The connection was lost before the device confirmed.")} ${job.attention && foreign(job.attention.text)}</p>`
    : html`<${Loaded}
        load=${() => get(`/jobs/${part(job.id)}/wire`)}
        show=${(line) => html`<ul class="known">${line.verdict.map((sentence) => html`<li key=${sentence}>${sentence}</li>`)}</ul>`}
      />`;

export const doubtful = () => [...state.open.values()].filter((job) => job.state === "unresolved");

export const Unresolved = () => {
  const jobs = doubtful();
  return html`
    <${Title} text=${t("In doubt")} />
    ${asking().map((job) => html`<${Prompt} key=${job.attention.prompt_id} job=${job} />`)}
    ${jobs.length === 0
      ? html`<${Empty}>${t("No job is in doubt: of every document and payment it is known what became of it.")}<//>`
      : jobs.map((job) => html`<${Settle} key=${job.id} job=${job} />`)}
  `;
};
