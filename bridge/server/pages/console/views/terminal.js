// A payment at its terminal: asking it again, with its true answer; taking it back; what it is of, and what was done with it since.
import { answered, get, part, query } from "../api.js";
import { Component, Fragment, html } from "../html.js";
import { clock, full, t } from "../i18n.js";
import { Empty, Loaded, Moment, OutcomeMark, Panel } from "../parts.js";
import { to } from "../route.js";
import { foreign, woven } from "../texts.js";
import { operation, outcome, upshot } from "../words.js";
import { GiveBack } from "./give_back.js";
import { amounts } from "./payment.js";

// How long a person is kept waiting for the answer; a terminal that is there mostly has it at once.
const WAIT_SECONDS = 15;
const MOST = 200;

/** Whether the terminal would be asked at all: what was declined or taken back stays so. */
const canBeAsked = (job) => job.state === "unresolved" || (job.state === "done" && ["approved", "partial"].includes(job.result?.payment?.outcome));

/** What its answer means, by what was known before: { tone, text }. */
function meaning(before, { status, data: now }) {
  if (before.state === "unresolved") {
    if (now.state === "done") return { tone: "ok", text: woven(t("The terminal has answered: {answer}."), { answer: upshot(now) }) };
    if (now.state === "failed") return { tone: "ok", text: t("The terminal has answered: surely nothing was charged.") };
    const why = now.attention?.text;
    return { tone: "warn", text: t("It is still not known. The terminal is asked again by itself, and its answer appears here."), detail: why && foreign(why) };
  }
  const stands = now.result?.payment?.outcome;
  if (stands === "reversed") return { tone: "warn", text: t("The payment was taken back since.") };
  if (status === 202) return { tone: "warn", text: t("The terminal has not answered yet. Should the payment have been taken back, it appears here; else ask again.") };
  return { tone: "ok", text: t("The terminal was asked, and says the same as before: {outcome}.", { outcome: outcome(stands) }) };
}

class AskAgain extends Component {
  constructor(props) {
    super(props);
    this.state = { asking: false, said: null };
  }

  async ask() {
    const { job, again } = this.props;
    if (this.state.asking) return;
    this.setState({ asking: true, said: null });
    let said;
    try {
      said = meaning(job, await answered("POST", `/payments/${part(job.id)}/refresh`, {}, { Prefer: `wait=${WAIT_SECONDS}` }));
    } catch (problem) {
      if (problem.outdated) return;
      said = { tone: "bad", text: problem.message, detail: problem.remedy, unheard: true };
    }
    this.setState({ asking: false, said: { ...said, at: clock(new Date()) } });
    again();
  }

  render({ job }, { asking, said }) {
    return html`
      <${Fragment}>
        ${canBeAsked(job) &&
        html`
          <p class="muted">${job.state === "unresolved" ? t("The terminal is asked what became of the payment.") : t("The terminal looks the payment up once more.")} ${t("Nothing is charged by it.")}</p>
          <div class="actions"><button type="button" class="again" aria-disabled=${asking ? "true" : undefined} onClick=${() => this.ask()}>${t("Ask the terminal again")}</button></div>
        `}
        <div role="status" aria-live="polite">
          ${asking && html`<p class="notice" aria-busy="true">${t("The terminal is being asked …")}</p>`}
          ${said &&
          html`<div class=${`notice ${said.tone}`}>
            ${said.unheard && html`<p>${t("The terminal was not heard. What stands here is what was known before.")}</p>`}
            <p><strong>${said.text}</strong></p>
            ${said.detail && html`<p>${said.detail}</p>`}
            <p class="muted">${said.at}</p>
          </div>`}
        </div>
      <//>
    `;
  }
}

const Others = ({ title, jobs }) => html`
  <div class="scroll" tabindex="0" role="region" aria-label=${title}>
    <table class="small">
      <caption>${title}</caption>
      <thead>
        <tr><th scope="col">${t("Operation")}</th><th scope="col" class="amount">${t("Amount")}</th><th scope="col">${t("Outcome")}</th></tr>
      </thead>
      <tbody>
        ${jobs.map(
          (job) => html`
            <tr key=${job.id}>
              <td><a href=${to("jobs", job.id)}>${operation(job.op)}</a><div class="muted"><${Moment} at=${job.created_at} /></div></td>
              <td class="amount">${amounts(job).amount ? `${amounts(job).amount} ${amounts(job).currency}` : "–"}</td>
              <td class="nowrap"><${OutcomeMark} job=${job} /></td>
            </tr>
          `,
        )}
      </tbody>
    </table>
  </div>
`;

const originalOf = (job) => job.operation?.original?.job ?? null;

/** The payment that this one is of, unless its details are gone; and those that name this one. */
async function related(job) {
  const original = originalOf(job);
  const [of, since] = await Promise.all([
    original && get(`/jobs/${part(original)}`).catch(() => null),
    get(`/payments${query({ original: job.id, limit: MOST })}`),
  ]);
  return { of, since: since.payments };
}

/** Reversed, and no job asked for it. */
const byItself = (job) => job.amendments.find((one) => one.changes.outcome === "reversed" && !one.changes.reversed_by);

const Related = ({ job }) => html`
  <${Loaded}
    key=${job.state}
    load=${() => related(job)}
    on=${(kind, params) => kind.startsWith("job.") && params.job && (originalOf(params.job) === job.id || params.job_id === originalOf(job))}
    show=${({ of, since }) => html`
      <${Fragment}>
        <${GiveBack} job=${job} since=${since} />
        ${of && html`<${Others} title=${t("The payment that this is of")} jobs=${[of]} />`}
        ${since.length > 0 && html`<${Others} title=${t("What was done with it since")} jobs=${since} />`}
        ${since.length === 0 && job.state === "done" && !byItself(job) && html`<${Empty}>${t("Nothing was done with it since.")}<//>`}
      <//>
    `}
  />
`;

/** For administrators: what a terminal is asked, and the list of payments, is theirs. */
export const AtTheTerminal = ({ job, again }) => {
  const reversed = byItself(job);
  return html`
    <${Panel} title=${t("At the terminal")} id="terminal" aside=${html`<${OutcomeMark} job=${job} />`}>
      ${reversed && html`<p class="notice warn">${t("The terminal told at {time} that the payment was taken back. No job here asked for it.", { time: full(reversed.at) })}</p>`}
      <${AskAgain} job=${job} again=${again} />
      <${Related} job=${job} />
    <//>
  `;
};
