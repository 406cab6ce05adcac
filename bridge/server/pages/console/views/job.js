// One job: how it stands and why, its paper, its history and time line, and what a person can do with it.
import { get, part, post } from "../api.js";
import { ask } from "../confirm.js";
import { Fragment, html } from "../html.js";
import { full, t } from "../i18n.js";
import { Facts, JobMark, Json, Loaded, Panel, Title } from "../parts.js";
import { to } from "../route.js";
import { attempt, state } from "../store.js";
import { foreign, jobName, joined, woven } from "../texts.js";
import { jobState, ofMoney, operation, outcome, paper, registration } from "../words.js";
import { copies, copyTitle, isPayment, paymentRows, slipNotes, Totals } from "./payment.js";
import { Prompt } from "./prompts.js";
import { Receipt } from "./receipt.js";
import { Settle } from "./settle.js";
import { AtTheTerminal } from "./terminal.js";
import { TimeLine } from "./timeline.js";

export const Job = ({ id }) => html`
  <${Loaded}
    key=${id}
    load=${() => get(`/jobs/${part(id)}`)}
    on=${(kind, params) => kind.startsWith("job.") && params.job_id === id}
    show=${(job, again) => html`<${Shown} job=${job} again=${again} />`}
  />
`;

async function abort(job) {
  const sure = await ask({
    title: t("Abort this job?"),
    text: [t("It ends only if the device has not gone too far. What became of it the job itself says.")],
    action: t("Abort"),
    danger: true,
  });
  if (sure === null) return;
  const said = { requested: t("The end was asked for."), too_late: t("It is too late to abort it."), unsupported: t("This device cannot abort it.") };
  await attempt(
    () => post(`/jobs/${part(job.id)}/abort`),
    (answer) => said[answer.abort] ?? answer.abort,
  );
}

const PRINTED = ["receipt", "invoice", "print", "copy", "cash.in", "cash.out", "report.x", "report.period", "shift.close", "terminal.reconcile"];

const Shown = ({ job, again }) => html`
  <${Title} text=${`${operation(job.op)}${job.reference ? ` ${job.reference}` : ""}`} shown=${jobName(job)}>
    ${["queued", "running"].includes(job.state) && html`<button type="button" class="danger" onClick=${() => abort(job)}>${t("Abort …")}</button>`}
    ${state.attendant && html`<a class="button" href=${to()}>${t("Back")}</a>`}
    ${!state.attendant && isPayment(job) && html`<a class="button" href=${to("payments", { device: job.device })}>${t("Payments of {device}", { device: job.device })}</a>`}
    ${!state.attendant && html`<a class="button" href=${to("jobs", { device: job.device })}>${t("Jobs of {device}", { device: job.device })}</a>`}
  <//>
  ${job.attention?.prompt_id && html`<${Prompt} job=${job} />`}
  ${job.state === "unresolved" && html`<${Settle} job=${job} settled=${again} />`}
  <div class="columns even">
    <${Panel} title=${t("How it stands")} id="stands" aside=${html`<${JobMark} job=${job} />`}>
      <${Standing} job=${job} />
    <//>
    ${(isPayment(job) || PRINTED.includes(job.op)) &&
    html`<div class="stack">
      ${isPayment(job) && !state.attendant && html`<${AtTheTerminal} job=${job} again=${again} />`}
      <div class="papers">
        ${copies(job).map((copy) => html`<${Receipt} key=${`${job.state} ${copy} ${job.amendments.length}`} job=${job} copy=${copy} title=${copyTitle(copy)} notes=${slipNotes(job, copy)} />`)}
      </div>
    </div>`}
  </div>
  <${History} job=${job} />
  ${!state.attendant && html`<${Panel} title=${t("Time line")} id="timeline"><${TimeLine} key=${`${job.id} ${job.state}`} id=${job.id} /><//>`}
  ${!state.attendant && html`<${Panel} title=${t("For programs")} id="raw"><${Json} title=${t("The whole job as JSON")} data=${job} /><//>`}
`;

const Standing = ({ job }) => {
  const { result, error, attention, actor } = job;
  const document = result?.document;
  return html`
    <${Fragment}>
      ${error &&
      html`<div class="notice bad">
        <p><strong>${error.message}</strong></p>
        ${(error.device_code || error.device_text) && html`<p>${t("The device said:")} ${foreign([error.device_code, error.device_text].filter(Boolean).join(" "))}</p>`}
        ${!ofMoney(job.op) && html`<p>${error.fate === "not_issued" ? t("Surely nothing was issued.") : error.fate === "issued" ? t("The document was issued.") : t("It is not known whether the document was issued.")}</p>`}
        ${error.remedy && html`<p>${error.remedy}</p>`}
      </div>`}
      ${attention && !attention.prompt_id && html`<p class="notice warn">${attention.text}</p>`}
      ${(result?.warnings ?? []).map((one) => html`<p class="notice warn" key=${one.code + one.message}>${one.message}</p>`)}
      <${Facts}
        rows=${[
          [t("Device"), state.attendant ? job.device : html`<a href=${to("devices", job.device)}>${job.device}</a>`],
          [t("Document"), document?.number],
          [t("Fiscal"), document && (document.fiscal ? t("yes") : t("no"))],
          [t("Fiscal number"), document?.fiscal_id],
          [t("Total"), document?.total],
          [t("Issued"), document?.issued_at && full(document.issued_at)],
          ...paymentRows(job),
          [t("Tax authority"), result && result.registration.state !== "none" && registration(result.registration.state)],
          [t("Paper"), result && paper(result.paper)],
          [t("Reference of the till"), job.reference],
          [t("Asked by"), joined(who(actor).map(foreign), ", ")],
          [t("Accepted"), full(job.created_at)],
          [t("Begun"), job.started_at && full(job.started_at)],
          [t("Ended"), job.finished_at && full(job.finished_at)],
          [t("Must begin until"), job.state === "queued" && full(job.deadline)],
          [t("Place in the queue"), job.queue_position],
          [t("Repeats"), job.retry_of && html`<a href=${to("jobs", job.retry_of)}>${job.retry_of}</a>`],
          [t("The till has the outcome"), ["done", "failed"].includes(job.state) && (job.collected ? t("yes") : t("not yet"))],
          [t("Job"), html`<code>${job.id}</code>`],
        ]}
      />
      ${result && Object.keys(result.evidence).length > 0 && html`<${Json} title=${t("Evidence: the device's own answer")} data=${result.evidence} />`}
      ${result?.reconciliation && html`<${Totals} totals=${result.reconciliation} />`}
      ${document?.report && html`<${Json} title=${t("Figures of the report")} data=${document.report} />`}
    <//>
  `;
};

const who = (actor) => {
  const known = [actor.label, actor.operator?.name, actor.os_user].filter(Boolean);
  return known.length ? known : [actor.principal];
};

/** Each change in words; one of a newer bridge as it is. */
const amended = (changes) =>
  Object.entries(changes).map(([name, value]) => {
    if (name === "outcome") return outcome(value);
    if (name === "reversed_by") return woven(t("by job {id}"), { id: html`<a href=${to("jobs", value)}>${value}</a>` });
    if (name === "paper") return `${t("Paper")}: ${paper(value)}`;
    if (name === "registration") return `${t("Tax authority")}: ${[registration(value.state), value.id].filter(Boolean).join(" ")}`;
    return html`<code>${name}: ${JSON.stringify(value)}</code>`;
  });

const History = ({ job }) => html`
  <${Panel} title=${t("History")} id="history">
    <table class="small">
      <thead>
        <tr><th scope="col">${t("Time")}</th><th scope="col">${t("State")}</th><th scope="col">${t("Why")}</th></tr>
      </thead>
      <tbody>
        ${job.history.map((one, index) => html`<tr key=${index}><td class="nowrap">${full(one.at)}</td><td>${jobState(one.state)}</td><td>${one.note ?? ""}</td></tr>`)}
        ${job.amendments.map(
          (one) => html`<tr key=${`a${one.number}`}><td class="nowrap">${full(one.at)}</td><td>${t("amended")}</td><td>${joined(amended(one.changes), "; ")}</td></tr>`,
        )}
      </tbody>
    </table>
  <//>
`;

